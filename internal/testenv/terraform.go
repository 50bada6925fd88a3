package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Terraform is the real CLI in a copy of a configuration.
type Terraform struct {
	Folder      string // the copy
	binary      string
	environment []string
}

// Outcome is how a command ended.
type Outcome struct {
	Code int
	Text string // what it wrote to both of its outputs, without colours
	Took time.Duration
}

// patience is how long an interrupted Terraform may take to end by itself: it
// finishes the step that it is in.
const patience = 20 * time.Second

// Run runs a command and writes what it says to out as it comes. Only a command
// that did not run to its end is an error; its exit code is for the caller to
// judge.
func (t *Terraform) Run(ctx context.Context, out io.Writer, args ...string) (Outcome, error) {
	var text bytes.Buffer
	command := exec.CommandContext(ctx, t.binary, args...)
	command.Dir, command.Env = t.Folder, t.environment
	command.Stdout = io.MultiWriter(out, &text)
	command.Stderr = command.Stdout
	// A terminal interrupts all who read from it. Terraform takes a second
	// interrupt for an order to drop everything, so it gets ours alone.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
	from := time.Now()
	err := command.Run()
	outcome := Outcome{Text: WithoutColours(text.String()), Took: time.Since(from)}
	if ctx.Err() != nil {
		return outcome, fmt.Errorf("terraform %s: %w", args[0], context.Cause(ctx))
	}
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		return outcome, fmt.Errorf("terraform %s: %w", args[0], err)
	}
	outcome.Code = command.ProcessState.ExitCode()
	return outcome, nil
}

// WithoutColours takes the escape sequences off that Terraform paints with.
func WithoutColours(text string) string {
	var clean strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		clean.WriteString(before)
		if !found {
			return clean.String()
		}
		_, text, _ = strings.Cut(after, "m")
	}
}
