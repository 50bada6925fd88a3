package sandbox

import (
	"bytes"
	"os/exec"
	"runtime"
	"strings"
	"sync"
)

// process is a running mariadbd.
type process struct {
	command *exec.Cmd
	log     *logTail
	ended   chan struct{} // closed when it has ended and was waited for
}

// launch starts a command that the kernel kills when this process ends.
//
// The kernel sends the signal when the thread that started the child ends, and Go
// may end threads at any time. So the goroutine that starts the child locks its
// thread until the child has ended, and unlocks it then: a thread that ends with
// its goroutine would kill children that others started on it before, such as
// Terraform.
func launch(command *exec.Cmd, readyText string) (*process, error) {
	p := &process{command: command, log: newLogTail(readyText), ended: make(chan struct{})}
	command.Stdout = p.log
	command.Stderr = p.log
	command.SysProcAttr = killedWithParent()
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
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// kill kills the process and waits for its end.
func (p *process) kill() {
	_ = p.command.Process.Kill() // an error means that it has ended
	<-p.ended
}

// logTail keeps the last lines of a log and detects a text.
type logTail struct {
	mutex   sync.Mutex
	lines   []string
	partial []byte
	text    string
	ready   chan struct{}
}

const logTailLines = 200

func newLogTail(readyText string) *logTail {
	return &logTail{text: readyText, ready: make(chan struct{})}
}

// Write implements io.Writer.
func (l *logTail) Write(data []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.partial = append(l.partial, data...)
	for {
		line, rest, whole := bytes.Cut(l.partial, []byte("\n"))
		if !whole {
			return len(data), nil
		}
		l.partial = bytes.Clone(rest)
		l.lines = append(l.lines, string(line))
		if len(l.lines) > logTailLines {
			l.lines = l.lines[1:]
		}
		if l.text != "" && strings.Contains(string(line), l.text) {
			close(l.ready)
			l.text = ""
		}
	}
}

// String returns the last lines.
func (l *logTail) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Join(l.lines, "\n")
}
