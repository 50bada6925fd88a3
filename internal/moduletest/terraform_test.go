package moduletest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

func TestMain(m *testing.M) { sandbox.Main(m) }

// version is the version that the modules require.
const version = "0.1.0"

// compiled builds the provider once for all tests.
var compiled = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "vicidial-modules-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "provider")
	build := exec.CommandContext(context.Background(), "go", "build", "-ldflags", "-s -w", "-o", program, "github.com/vicidial/terraform-provider-vicidial")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	return os.ReadFile(program)
})

// mirror returns a filesystem mirror with the provider.
func mirror(t *testing.T) string {
	t.Helper()
	program, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	host, err := tfcli.DefaultHost()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	place := filepath.Join(folder, host, "vicidial", "vicidial", version,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-vicidial_v"+version)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, program, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// cli runs the real Terraform in a copy of the examples.
type cli struct {
	t      *testing.T
	folder string
	env    []string
	mirror string
}

// newCLI copies the examples and initialises one of them, with environment
// variables for the provider.
func newCLI(t *testing.T, example string, environment ...string) *cli {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "examples")
	if err := os.CopyFS(copied, os.DirFS(filepath.Join("..", "..", "examples"))); err != nil {
		t.Fatal(err)
	}
	return newCLIIn(t, filepath.Join(copied, filepath.FromSlash(example)), environment...)
}

// newCLIIn initialises a folder, with environment variables for the provider.
func newCLIIn(t *testing.T, folder string, environment ...string) *cli {
	t.Helper()
	plugins := mirror(t)
	config := filepath.Join(t.TempDir(), "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", plugins)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, folder: folder, mirror: plugins, env: tfcli.Environment(config, environment...)}
	c.run(0, "init")
	return c
}

// read returns the text of a file of the example.
func (c *cli) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.folder, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// write writes a file of the example.
func (c *cli) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.folder, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// run runs Terraform and returns its output. Another exit code fails the test.
func (c *cli) run(want int, args ...string) string {
	c.t.Helper()
	command := exec.CommandContext(context.Background(), tfcli.Program(), append([]string{args[0], "-no-color"}, args[1:]...)...)
	command.Dir, command.Env = c.folder, c.env
	said, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code != want {
		c.t.Fatalf("terraform %s: exit code %d, want %d (%v)\n%s", strings.Join(args, " "), code, want, err, said)
	}
	return string(said)
}

// connection returns the environment variables for a database.
func connection(d *sandbox.Database) []string {
	return []string{
		"VICIDIAL_HOST=" + d.Host, fmt.Sprintf("VICIDIAL_PORT=%d", d.Port), "VICIDIAL_DATABASE=" + d.Name,
		"VICIDIAL_USERNAME=" + d.Username, "VICIDIAL_PASSWORD=" + d.Password,
	}
}

// variableSetting returns the environment variable for a Terraform variable.
func variableSetting(t *testing.T, name string, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return "TF_VAR_" + name + "=" + string(text)
}
