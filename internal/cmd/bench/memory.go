package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watch looks at the processes below this one while a command runs, and keeps
// the most memory that the kernel says each kind has used. Where there is no
// /proc it sees nothing.
type watch struct {
	cancel              context.CancelFunc
	done                chan struct{}
	provider, terraform int // KiB
}

const glance = 20 * time.Millisecond

func watchMemory(ctx context.Context) *watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		ticker := time.NewTicker(glance)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				w.look()
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

// look reads the status of every process of ours: the command that was started
// by us, and the provider that was started by that.
func (w *watch) look() {
	paths, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return
	}
	parents, names, peaks := map[int]int{}, map[int]string{}, map[int]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
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
		case strings.HasPrefix(name, "terraform-provi") && parents[parents[pid]] == self: // the kernel cuts names
			w.provider = max(w.provider, peaks[pid])
		case name == "terraform" && parents[pid] == self:
			w.terraform = max(w.terraform, peaks[pid])
		}
	}
}

// status takes the lines of a status file apart.
func status(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}
