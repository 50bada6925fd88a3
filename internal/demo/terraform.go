package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const address = "registry.terraform.io/vicidial/vicidial"

// errNoTerraform tells what to do about it.
var errNoTerraform = errors.New("terraform is not in PATH: install Terraform 1.11 or newer, https://developer.hashicorp.com/terraform/install")

// terraform is the real CLI in a copy of examples/demo, with a provider that
// comes from a local mirror and a database that it knows from its environment.
type terraform struct {
	binary string
	folder string // the copy
	env    []string
	screen *screen
	plain  bool
}

// workshop is the temporary folder with all that the demo makes.
type workshop struct {
	folder string
	root   string // of the project
}

func newWorkshop(ctx context.Context) (*workshop, error) {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("find the project: %w", err)
	}
	folder, err := os.MkdirTemp("", "vicidial-demo-")
	if err != nil {
		return nil, err
	}
	return &workshop{folder: folder, root: filepath.Dir(strings.TrimSpace(string(module)))}, nil
}

func (w *workshop) remove() error { return os.RemoveAll(w.folder) }

// build compiles the provider to where a filesystem mirror has it, and returns
// the path below the mirror.
func (w *workshop) build(ctx context.Context, out io.Writer) (string, error) {
	version, err := w.version()
	if err != nil {
		return "", err
	}
	place := filepath.Join(filepath.FromSlash(address), version, runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-vicidial_v"+version)
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-X main.version="+version, "-o", filepath.Join(w.mirror(), place), ".")
	build.Dir, build.Stdout, build.Stderr = w.root, out, out
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build the provider: %w", err)
	}
	return place, nil
}

func (w *workshop) mirror() string { return filepath.Join(w.folder, "mirror") }

// version is the one under way: the top of the changelog.
func (w *workshop) version() (string, error) {
	text, err := os.ReadFile(filepath.Join(w.root, "CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "## "); found {
			if fields := strings.Fields(rest); len(fields) > 0 {
				return fields[0], nil
			}
		}
	}
	return "", errors.New("CHANGELOG.md names no version")
}

// terraform copies the example and sets the CLI up beside it.
func (w *workshop) terraform(database *sandbox.Database, secrets [2]string, s *screen) (*terraform, error) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		return nil, errNoTerraform
	}
	folder := filepath.Join(w.folder, "configuration")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(w.root, "examples", "demo"))); err != nil {
		return nil, err
	}
	for _, leftover := range []string{".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.RemoveAll(filepath.Join(folder, leftover)); err != nil {
			return nil, err
		}
	}
	// The mirror is the only source: nothing is fetched from anywhere.
	cli := filepath.Join(w.folder, "cli.tfrc")
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", w.mirror())
	if err := os.WriteFile(cli, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return &terraform{
		binary: binary, folder: folder, screen: s, plain: !s.colours,
		env: append(cleanEnvironment(),
			"TF_CLI_CONFIG_FILE="+cli,
			"CHECKPOINT_DISABLE=1",
			"TF_IN_AUTOMATION=1",
			"TF_INPUT=0",
			"TF_VAR_conf_secret="+secrets[0],
			"TF_VAR_manager_secret="+secrets[1],
			"VICIDIAL_HOST="+database.Host,
			fmt.Sprintf("VICIDIAL_PORT=%d", database.Port),
			"VICIDIAL_DATABASE="+database.Name,
			"VICIDIAL_USERNAME="+database.Username,
			"VICIDIAL_PASSWORD="+database.Password,
		),
	}, nil
}

// cleanEnvironment is ours without what would make Terraform or the provider do
// something else than the story says.
func cleanEnvironment() []string {
	var clean []string
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if strings.HasPrefix(name, "VICIDIAL_") || strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TF_LOG") {
			continue
		}
		clean = append(clean, setting)
	}
	return clean
}

// What plan -detailed-exitcode says.
const (
	planEmpty   = 0
	planChanges = 2
)

// show runs a command, shows it and what it writes, and returns that without
// colours. An exit code that is not the wanted one is a surprise.
func (t *terraform) show(ctx context.Context, want int, args ...string) (string, error) {
	t.screen.say("$ terraform " + strings.Join(args, " "))
	out := t.screen.margin()
	text, err := t.run(ctx, out, want, args...)
	return text, errors.Join(err, out.Close())
}

// quiet does the same, but shows what the command writes only when the exit code
// is a surprise.
func (t *terraform) quiet(ctx context.Context, want int, args ...string) (string, error) {
	text, err := t.run(ctx, io.Discard, want, args...)
	if err != nil {
		t.screen.say(text)
	}
	return text, err
}

func (t *terraform) run(ctx context.Context, out io.Writer, want int, args ...string) (string, error) {
	given := args
	if t.plain && args[0] != "show" {
		given = append([]string{args[0], "-no-color"}, args[1:]...)
	}
	var text bytes.Buffer
	command := exec.CommandContext(ctx, t.binary, given...)
	command.Dir, command.Env = t.folder, t.env
	command.Stdout = io.MultiWriter(out, &text)
	command.Stderr = command.Stdout
	// Interrupted, Terraform finishes the step that it is in.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	err := command.Run()
	said := withoutColours(text.String())
	if ctx.Err() != nil {
		return said, fmt.Errorf("terraform %s: %w", args[0], context.Cause(ctx))
	}
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		return said, fmt.Errorf("terraform %s: %w", args[0], err)
	}
	if code := command.ProcessState.ExitCode(); code != want {
		return said, surprise("terraform %s ends with exit code %d instead of %d", strings.Join(args, " "), code, want)
	}
	return said, nil
}

func withoutColours(text string) string {
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

// change is what a plan does to one resource.
type change struct {
	Address string `json:"address"`
	Change  struct {
		Actions []string       `json:"actions"`
		After   map[string]any `json:"after"`
	} `json:"change"`
}

// changes reads a saved plan; what it leaves alone is left out.
func (t *terraform) changes(ctx context.Context, plan string) (map[string]change, error) {
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
