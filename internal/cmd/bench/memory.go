package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watch records the peak memory of Terraform and the provider while a command runs.
// It records nothing without /proc.
type watch struct {
	cancel              context.CancelFunc
	done                chan struct{}
	provider, terraform int // KiB
	parents             map[int]int
}

// interval is short, since the provider of a plan runs for a fraction of a second. The
// kernel keeps the peak of a process, not that of one that has ended.
const interval = 5 * time.Millisecond

func watchMemory(ctx context.Context) *watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{cancel: cancel, done: make(chan struct{}), parents: map[int]int{}}
	go func() {
		defer close(w.done)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				w.sample()
			}
		}
	}()
	return w
}

func (w *watch) stop() (provider, terraform int) {
	w.cancel()
	<-w.done
	return w.provider, w.terraform
}

// sample reads the peaks of the started command and of the provider that it started. The
// status of other processes is read once.
func (w *watch) sample() {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	self := os.Getpid()
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		parent, known := w.parents[pid]
		if known && parent != self && w.parents[parent] != self {
			continue
		}
		text, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "status"))
		if err != nil {
			continue // it has ended
		}
		fields := status(string(text))
		w.parents[pid], _ = strconv.Atoi(fields["PPid"])
		peak, _ := strconv.Atoi(strings.TrimSuffix(fields["VmHWM"], " kB"))
		switch {
		case strings.HasPrefix(fields["Name"], "terraform-provi") && w.parents[w.parents[pid]] == self: // the kernel truncates names
			w.provider = max(w.provider, peak)
		case fields["Name"] == "terraform" && w.parents[pid] == self:
			w.terraform = max(w.terraform, peak)
		}
	}
}

// status parses a status file.
func status(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}
