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

// terraform is the real CLI, and the screen on which it is seen at work.
type terraform struct {
	*testenv.Terraform
	screen *screen
}

// What plan -detailed-exitcode says.
const (
	planEmpty   = 0
	planChanges = 2
)

// show runs a command, shows it and what it writes, and returns that without
// colours. An exit code that is not the wanted one is a surprise.
func (t terraform) show(ctx context.Context, want int, args ...string) (string, error) {
	t.screen.say("$ terraform " + strings.Join(args, " "))
	out := t.screen.margin()
	text, err := t.run(ctx, out, want, args...)
	return text, errors.Join(err, out.Close())
}

// quiet does the same, but shows what the command writes only when the exit code
// is a surprise.
func (t terraform) quiet(ctx context.Context, want int, args ...string) (string, error) {
	text, err := t.run(ctx, io.Discard, want, args...)
	if err != nil {
		t.screen.say(text)
	}
	return text, err
}

func (t terraform) run(ctx context.Context, out io.Writer, want int, args ...string) (string, error) {
	given := args
	if !t.screen.colours && args[0] != "show" {
		given = append([]string{args[0], "-no-color"}, args[1:]...)
	}
	outcome, err := t.Run(ctx, out, given...)
	if err == nil && outcome.Code != want {
		err = surprise("terraform %s ends with exit code %d instead of %d", strings.Join(args, " "), outcome.Code, want)
	}
	return outcome.Text, err
}

// change is what a plan does to one resource.
type change struct {
	Address string `json:"address"`
	Change  struct {
		Actions []string       `json:"actions"`
		After   map[string]any `json:"after"`
	} `json:"change"`
}

// changes reads a saved plan; what it leaves alone is left out.
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
