package webstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Process is a program that we started, with all its children.
type Process struct {
	command *exec.Cmd
	ended   chan struct{} // closed when it has ended and was waited for
}

// start runs a command in a process group of its own; its output goes to a
// file. The kernel kills it when we end, however we end. For that the goroutine
// that starts it must keep its thread, whose death is what the kernel sees.
func start(command *exec.Cmd, log string) (*Process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = file, file
	command.SysProcAttr = dyingWithParent()
	p := &Process{command: command, ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		_ = command.Wait() // how it ended shows in its log
		_ = file.Close()
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Path, err)
	}
	return p, nil
}

// Signal reaches the process itself.
func (p *Process) Signal(signal syscall.Signal) error { return p.command.Process.Signal(signal) }

// SignalAll reaches the process and all its children.
func (p *Process) SignalAll(signal syscall.Signal) error {
	if err := syscall.Kill(-p.command.Process.Pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// Children are the numbers of the processes that it has started and that live.
func (p *Process) Children() ([]int, error) {
	number := strconv.Itoa(p.command.Process.Pid)
	text, err := os.ReadFile(filepath.Join("/proc", number, "task", number, "children"))
	if err != nil {
		return nil, err
	}
	var children []int
	for _, field := range strings.Fields(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return children, nil
}

// Kill ends it and its children at once, and waits until it is gone.
func (p *Process) Kill() error {
	err := p.SignalAll(syscall.SIGKILL)
	<-p.ended
	return err
}

// Ended is closed when the process is gone.
func (p *Process) Ended() <-chan struct{} { return p.ended }
