// Command demo shows the provider at work from an empty database to an empty
// database: it starts a throwaway MariaDB with VICIdial's tables, builds the
// provider into a local mirror, and lets the real Terraform declare the cluster
// of examples/demo, find what an operator changed by hand, put it back, have
// HAProxy and nginx read what is written for them, take a node out, say what
// the loss of another would mean, and take all down again. What it shows it also
// checks; any surprise ends it with an error. Two pictures of the cluster stay,
// in the user's cache.
//
// It may import sandbox and testenv and nothing else of ours: it sees the
// provider as its users do.
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

// limit bounds the whole run. The first one on a machine installs and compiles;
// later ones end in a fraction of it.
const limit = 10 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, isTerminal(os.Stdout))
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// run tells the story to out and says last how it ended.
func run(ctx context.Context, out io.Writer, colours bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s := newScreen(out, colours)
	err := tell(ctx, s)
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

// isTerminal says whether a person is looking who can see colours.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// surprise is an outcome that the story does not have.
func surprise(format string, args ...any) error {
	return fmt.Errorf("surprise: "+format, args...)
}
