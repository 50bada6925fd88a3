// Withdb runs a command with a sandbox server that all its test packages share:
//
//	go run ./internal/cmd/withdb -- go test ./...
//
// It exits with the exit code of the command, which `go run` replaces by 1 if it is
// not 0.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// startTimeout is the timeout of everything before the command. The first run on a
// machine installs MariaDB.
const startTimeout = 5 * time.Minute

func main() {
	code, err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "withdb:", err)
	}
	os.Exit(code)
}

// run returns the exit code of the command, or 1 if it did not run.
func run(args []string, in io.Reader, out, errs io.Writer) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: withdb -- COMMAND [ARGUMENT…]")
	}
	// The command receives an interrupt from the terminal and handles it. The
	// server runs until the command has exited.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := sandbox.Install(ctx, errs); err != nil {
		return 1, err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopped := server.Stop(); stopped != nil {
			code, err = max(code, 1), errors.Join(err, stopped)
		}
	}()
	name, err := server.Export()
	if err != nil {
		return 1, err
	}
	command := exec.Command(args[0], args[1:]...)
	command.Env = append(withoutSandbox(os.Environ()), sandbox.Environment+"="+name)
	command.Stdin, command.Stdout, command.Stderr = in, out, errs
	if err := command.Start(); err != nil {
		return 1, err
	}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case received := <-signals:
				if received == syscall.SIGTERM { // the terminal sends an interrupt to the whole process group
					_ = command.Process.Signal(received)
				}
			case <-done:
				return
			}
		}
	}()
	err = command.Wait()
	close(done)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		if code := ended.ExitCode(); code > 0 {
			return code, nil
		}
		return 1, fmt.Errorf("%s: %w", args[0], err)
	}
	return 0, err
}

func withoutSandbox(environment []string) []string {
	return slices.DeleteFunc(environment, func(setting string) bool {
		return len(setting) > len(sandbox.Environment) && setting[:len(sandbox.Environment)+1] == sandbox.Environment+"="
	})
}
