package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatus_ofThisProcess(t *testing.T) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if peak := status(string(text))["VmHWM"]; !strings.HasSuffix(peak, " kB") {
		t.Errorf("peak memory is %q", peak)
	}
}

func TestWatch_sample(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	terraform := filepath.Join(t.TempDir(), "terraform")
	if err := os.Symlink(sleep, terraform); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), terraform, "600")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = command.Process.Kill(), command.Wait() }()
	w := watch{parents: map[int]int{}}
	for range 2 { // the second one knows the processes
		w.terraform = 0
		if w.sample(); w.terraform == 0 || w.provider != 0 {
			t.Errorf("the peak of Terraform is %d and of the provider %d", w.terraform, w.provider)
		}
	}
}
