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

// process is a started program with its children.
type process struct {
	command *exec.Cmd
	ended   chan struct{} // closed when it has ended and was waited for
}

// start starts a command in its own process group, with its output in a file. The
// kernel kills it when this process ends. Therefore the goroutine that starts it
// keeps its thread, whose end the kernel observes.
func start(command *exec.Cmd, log string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = file, file
	if command.SysProcAttr == nil {
		command.SysProcAttr = killedWithParent()
	}
	p := &process{command: command, ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		_ = command.Wait() // its log has the error
		_ = file.Close()
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Path, err)
	}
	return p, nil
}

// signal sends a signal to the process.
func (p *process) signal(signal syscall.Signal) error { return p.command.Process.Signal(signal) }

// signalAll sends a signal to the process and its children.
func (p *process) signalAll(signal syscall.Signal) error {
	if err := syscall.Kill(-p.command.Process.Pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// children returns the ids of its running child processes.
func (p *process) children() ([]int, error) {
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

// kill kills the process and its children, and waits for its end.
func (p *process) kill() error {
	err := p.signalAll(syscall.SIGKILL)
	<-p.ended
	return err
}

// Ended returns a channel that is closed when the process has ended.
func (p *process) Ended() <-chan struct{} { return p.ended }
