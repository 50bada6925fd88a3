package faulttest_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

const program = "terraform-provider-vicidial"

// folder holds what all tests share: the provider, built once, and Terraform's
// own configuration, which leads to it.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "vicidial-faults-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sandbox.Main(m, func() { _ = os.RemoveAll(folder) })
}

// built compiles the provider to where the CLI configuration overrides it.
var built = sync.OnceValue(func() error {
	build := exec.CommandContext(context.Background(), "go", "build", "-ldflags", "-s -w", "-o", filepath.Join(folder, program), "github.com/vicidial/terraform-provider-vicidial")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the provider: %w\n%s", err, said)
	}
	source, err := tfcli.Source()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", source, folder)
	return os.WriteFile(filepath.Join(folder, "cli.tfrc"), []byte(text), 0o600)
})

// needTerraform builds what the test needs.
func needTerraform(t *testing.T) {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
}

// workspace is a folder with a configuration and a state, and the way to a
// database.
type workspace struct {
	folder string
	env    []string
}

// open makes a workspace for a database. Connections go to this port, which may
// be a proxy's.
func open(t *testing.T, d *sandbox.Database, port int) *workspace {
	t.Helper()
	needTerraform(t)
	w := &workspace{folder: t.TempDir(), env: tfcli.Environment(filepath.Join(folder, "cli.tfrc"), "VICIDIAL_PASSWORD="+d.Password)}
	w.write(t, "provider.tf", []byte(fmt.Sprintf("provider \"vicidial\" {\n  host = %q\n  port = %d\n  database = %q\n  username = %q\n}\n", d.Host, port, d.Name, d.Username)))
	return w
}

// stay runs on a provider that stays, see attached, which does not have our
// environment and takes the password from the configuration.
func (w *workspace) stay(t *testing.T, provider string, d *sandbox.Database) {
	t.Helper()
	w.env = append(w.env, provider)
	block := strings.TrimSuffix(string(w.read(t, "provider.tf")), "}\n")
	w.write(t, "provider.tf", []byte(fmt.Sprintf("%s  password = %q\n}\n", block, d.Password)))
}

// declare writes the configuration.
func (w *workspace) declare(t *testing.T, text string) {
	t.Helper()
	required, err := tfcli.RequiredProviders()
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "main.tf", []byte(required+text))
}

func (w *workspace) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workspace) read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// command prepares a run of Terraform.
func (w *workspace) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	said := &bytes.Buffer{}
	command := exec.CommandContext(context.Background(), tfcli.Program(), append([]string{args[0], "-no-color"}, args[1:]...)...)
	command.Dir, command.Env, command.Stdout, command.Stderr = w.folder, w.env, said, said
	return command, said
}

// terraform runs to its end, and returns exit code and text.
func (w *workspace) terraform(args ...string) (int, string) {
	command, said := w.command(args...)
	if err := command.Run(); err != nil && command.ProcessState == nil {
		return -1, err.Error()
	}
	return command.ProcessState.ExitCode(), said.String()
}

// must runs Terraform and wants it to succeed.
func (w *workspace) must(t *testing.T, args ...string) string {
	t.Helper()
	code, said := w.terraform(args...)
	if code != 0 {
		t.Fatalf("terraform %s ends with %d\n%s", strings.Join(args, " "), code, said)
	}
	return said
}

func (w *workspace) apply(t *testing.T) {
	t.Helper()
	w.must(t, "apply", "-auto-approve")
}

// settled wants a plan that changes nothing.
func (w *workspace) settled(t *testing.T) {
	t.Helper()
	if code, said := w.terraform("plan", "-detailed-exitcode"); code != 0 {
		t.Errorf("the plan afterwards ends with %d\n%s", code, said)
	}
}

// attached starts a provider that stays, for as many runs of Terraform as there
// are: one run after the other, since each configures it anew. A run of a
// provider of its own starts it four times, which costs more than the run.
func attached(t *testing.T) string {
	t.Helper()
	needTerraform(t)
	command := exec.CommandContext(t.Context(), filepath.Join(folder, program), "-debug")
	said, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if _, value, found := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS='"); found {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			value, err := tfcli.Reattach(strings.TrimSuffix(strings.TrimSpace(value), "'"))
			if err != nil {
				t.Fatal(err)
			}
			return "TF_REATTACH_PROVIDERS=" + value
		}
	}
	t.Fatalf("the provider does not say how to reach it: %v", lines.Err())
	return ""
}
