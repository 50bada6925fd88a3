// Command demo runs the provider from an empty database to an empty database. It
// starts a temporary MariaDB with VICIdial's tables, builds the provider into a
// local mirror, and has the real Terraform create the cluster of examples/demo,
// find and restore a row that was changed by hand, check the configurations of
// HAProxy and nginx, remove a node, plan for the failure of another, and destroy
// the cluster. It checks each step, and ends with an error at the first unexpected
// result. Two pictures of the cluster are kept in the user's cache folder.
// With DEMO=full in the environment it prints plans and tables whole.
//
// It imports only sandbox and testenv of this module, since it uses the provider as
// users do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// limit is the timeout of a run. The first run on a machine installs and compiles
// programs; later runs are much shorter.
const limit = 10 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, isTerminal(os.Stdout), os.Getenv("DEMO") == "full")
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// run runs the demo and prints the result as the last line. full prints the whole
// output of programs, not its decisive lines only.
func run(ctx context.Context, out io.Writer, colours, full bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s := newPrinter(out, colours, full)
	err := demonstrate(ctx, s)
	if errors.Is(ctx.Err(), context.Canceled) {
		err = fmt.Errorf("interrupted: %w", err)
	}
	if err != nil {
		s.fail(err)
		return err
	}
	s.end()
	return nil
}

// isTerminal reports whether a file is a terminal with colours.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// unexpected returns an error for an unexpected result.
func unexpected(format string, args ...any) error {
	return fmt.Errorf("unexpected: "+format, args...)
}
