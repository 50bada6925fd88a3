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

// Terraform runs the real Terraform in a copy of a configuration.
type Terraform struct {
	Folder      string // the copy
	binary      string
	environment []string
}

// Outcome is the result of a command.
type Outcome struct {
	Code int
	Text string // its output and errors, without colours
	Took time.Duration
}

// stopTimeout is the time for an interrupted Terraform to finish its current step.
const stopTimeout = 20 * time.Second

// Run runs a command and writes its output to out. A non-zero exit code is not an
// error.
func (t *Terraform) Run(ctx context.Context, out io.Writer, args ...string) (Outcome, error) {
	var text bytes.Buffer
	command := exec.CommandContext(ctx, t.binary, args...)
	command.Dir, command.Env = t.Folder, t.environment
	command.Stdout = io.MultiWriter(out, &text)
	command.Stderr = command.Stdout
	// A terminal sends an interrupt to all its processes. Terraform aborts at a
	// second interrupt, so it only receives the one of this process.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopTimeout
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

// WithoutColours removes Terraform's escape sequences.
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
