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

// launch starts a command that dies with this process, however this one ends.
//
// The kernel sends the death signal when the *thread* ends that started the
// child, and Go ends threads when it likes. So the goroutine that starts the
// child keeps its thread to itself until the child is gone, and gives it back
// then: a thread that ended with its goroutine would take along the children
// that others had started on it before, such as a Terraform.
func launch(command *exec.Cmd, readyText string) (*process, error) {
	p := &process{command: command, log: newLogTail(readyText), ended: make(chan struct{})}
	command.Stdout = p.log
	command.Stderr = p.log
	command.SysProcAttr = dyingWithParent()
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
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// kill ends the process at once and waits until it is gone.
func (p *process) kill() {
	_ = p.command.Process.Kill() // an error says that it has ended already
	<-p.ended
}

// logTail keeps the last lines of a log and tells when a certain text came by.
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

// Write takes what the process says.
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

// String is the text that was kept.
func (l *logTail) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Join(l.lines, "\n")
}
