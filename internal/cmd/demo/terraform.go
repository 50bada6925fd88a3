package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// terraform is Terraform and the printer of its output.
type terraform struct {
	*testenv.Terraform
	printer *printer
}

// Exit codes of plan -detailed-exitcode.
const (
	exitEmpty   = 0
	exitChanges = 2
)

// show runs a command, prints it with its output, and returns the output without
// colours. An exit code other than want is an error.
func (t terraform) show(ctx context.Context, want int, args ...string) (string, error) {
	t.printer.print("$ terraform " + strings.Join(args, " "))
	out := t.printer.planFilter()
	text, err := t.run(ctx, out, want, args...)
	if err != nil && !t.printer.full {
		fmt.Fprintln(t.printer.out, text)
		return text, err
	}
	return text, errors.Join(err, out.Close())
}

// quiet runs a command and prints its output only when the exit code is not want.
func (t terraform) quiet(ctx context.Context, want int, args ...string) (string, error) {
	text, err := t.run(ctx, io.Discard, want, args...)
	if err != nil {
		t.printer.print(text)
	}
	return text, err
}

func (t terraform) run(ctx context.Context, out io.Writer, want int, args ...string) (string, error) {
	given := args
	if !t.printer.colours && args[0] != "show" {
		given = append([]string{args[0], "-no-color"}, args[1:]...)
	}
	outcome, err := t.Run(ctx, out, given...)
	if err == nil && outcome.Code != want {
		err = unexpected("terraform %s ends with exit code %d instead of %d", strings.Join(args, " "), outcome.Code, want)
	}
	return outcome.Text, err
}

// change is the change of one resource in a plan.
type change struct {
	Address string `json:"address"`
	Change  struct {
		Actions []string       `json:"actions"`
		After   map[string]any `json:"after"`
	} `json:"change"`
}

// changes returns the changes of a saved plan, without no-ops.
func (t terraform) changes(ctx context.Context, plan string) (map[string]change, error) {
	text, err := t.quiet(ctx, 0, "show", "-json", plan)
	if err != nil {
		return nil, err
	}
	var document struct {
		Changes []change `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("terraform show -json: %w", err)
	}
	found := make(map[string]change, len(document.Changes))
	for _, one := range document.Changes {
		if len(one.Change.Actions) != 1 || one.Change.Actions[0] != "no-op" {
			found[one.Address] = one
		}
	}
	return found, nil
}
