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
}

// interval is long, since each sample reads the status of every process; the kernel
// keeps the peaks.
const interval = 200 * time.Millisecond

func watchMemory(ctx context.Context) *watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{cancel: cancel, done: make(chan struct{})}
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

// sample reads the status of the started command, and of the provider that it
// started.
func (w *watch) sample() {
	paths, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return
	}
	parents, names, peaks := map[int]int{}, map[int]string{}, map[int]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := status(string(text))
		pid, err := strconv.Atoi(fields["Pid"])
		if err != nil {
			continue
		}
		names[pid] = fields["Name"]
		parents[pid], _ = strconv.Atoi(fields["PPid"])
		peaks[pid], _ = strconv.Atoi(strings.TrimSuffix(fields["VmHWM"], " kB"))
	}
	self := os.Getpid()
	for pid, name := range names {
		switch {
		case strings.HasPrefix(name, "terraform-provi") && parents[parents[pid]] == self: // the kernel truncates names
			w.provider = max(w.provider, peaks[pid])
		case name == "terraform" && parents[pid] == self:
			w.terraform = max(w.terraform, peaks[pid])
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
