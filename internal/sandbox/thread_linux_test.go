package sandbox

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestStart_keepsThread checks that the thread that starts a server outlives it.
// The kernel kills the children of a thread that ends if they have a parent death
// signal, which terraform-exec sets.
func TestStart_keepsThread(t *testing.T) {
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
