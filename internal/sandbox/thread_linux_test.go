package sandbox

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// The kernel kills the children of a thread that ends, where they asked for it,
// and terraform-exec asks for it. A thread that ran a Terraform once and a
// server later must not end with the server.
func TestThreadsOutliveTheServersTheyStart(t *testing.T) {
	var threads []string
	for range 20 {
		p, err := launch(exec.CommandContext(t.Context(), "sleep", "60"), "")
		if err != nil {
			t.Fatal(err)
		}
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range tasks {
			threads = append(threads, task.Name())
		}
		p.kill()
	}
	time.Sleep(50 * time.Millisecond) // a thread ends after its goroutine
	for _, thread := range threads {
		if _, err := os.Stat("/proc/self/task/" + thread); err != nil {
			t.Fatalf("thread %s ended with the server that it started: %v", thread, err)
		}
	}
}
