// Package testenv is the environment of `make demo` and `make bench`: a temporary
// folder with the provider in a local mirror, and the real Terraform, configured to
// install it from there only. It imports only sandbox of this module, and the
// provider does not import it.
package testenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

// address is the source address of the provider in configurations.
const address = "registry.terraform.io/vicidial/vicidial"

// FolderPrefix is the prefix of the temporary folders.
const FolderPrefix = "vicidial-testenv-"

// errNoTerraform is the error of a machine without Terraform.
var errNoTerraform = errors.New("terraform is not in PATH: install Terraform 1.11 or newer, https://developer.hashicorp.com/terraform/install")

// Environment is the temporary folder.
type Environment struct {
	folder string
	root   string // of the project
}

// New creates the folder. The working directory must be inside the project.
func New(ctx context.Context) (*Environment, error) {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("find the project: %w", err)
	}
	folder, err := os.MkdirTemp("", FolderPrefix)
	if err != nil {
		return nil, err
	}
	return &Environment{folder: folder, root: filepath.Dir(strings.TrimSpace(string(module)))}, nil
}

// Close removes the folder.
func (w *Environment) Close() error { return os.RemoveAll(w.folder) }

// File returns the path of a file of the project.
func (w *Environment) File(path string) string {
	return filepath.Join(w.root, filepath.FromSlash(path))
}

// Temporary returns a path in the temporary folder.
func (w *Environment) Temporary(name string) string { return filepath.Join(w.folder, name) }

// Build compiles the provider as a release is, into a filesystem mirror, and returns the
// path in the mirror. The output of the compiler goes to out.
func (w *Environment) Build(ctx context.Context, out io.Writer) (string, error) {
	version, err := w.version()
	if err != nil {
		return "", err
	}
	place := filepath.Join(filepath.FromSlash(address), version, runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-vicidial_v"+version)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+version, "-o", filepath.Join(w.mirror(), place), ".")
	build.Dir, build.Stdout, build.Stderr = w.root, out, out
	// An interrupted build leaves temporary files, which Close removes.
	temporary := w.Temporary("build")
	if err := os.Mkdir(temporary, 0o700); err != nil {
		return "", err
	}
	build.Env = append(os.Environ(), "GOTMPDIR="+temporary, "CGO_ENABLED=0")
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build the provider: %w", err)
	}
	return place, nil
}

func (w *Environment) mirror() string { return filepath.Join(w.folder, "mirror") }

// version returns the version at the top of the changelog.
func (w *Environment) version() (string, error) {
	text, err := os.ReadFile(w.File("CHANGELOG.md"))
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

// leftovers are files of Terraform that are not copied.
var leftovers = []string{".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"}

// Open copies a configuration into the temporary folder and returns a Terraform for
// it with these environment variables.
func (w *Environment) Open(name string, configuration fs.FS, settings ...string) (*Terraform, error) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		return nil, errNoTerraform
	}
	folder := filepath.Join(w.folder, name)
	if err := os.CopyFS(folder, configuration); err != nil {
		return nil, err
	}
	for _, leftover := range leftovers {
		if err := os.RemoveAll(filepath.Join(folder, leftover)); err != nil {
			return nil, err
		}
	}
	// The mirror is the only source, so that nothing is downloaded.
	cli := filepath.Join(w.folder, "cli.tfrc")
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", w.mirror())
	if err := os.WriteFile(cli, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return &Terraform{Folder: folder, binary: binary, environment: tfcli.Environment(cli, settings...)}, nil
}

// Connection returns the environment variables that connect the provider to a
// database.
func Connection(database *sandbox.Database) []string {
	return []string{
		"VICIDIAL_HOST=" + database.Host,
		fmt.Sprintf("VICIDIAL_PORT=%d", database.Port),
		"VICIDIAL_DATABASE=" + database.Name,
		"VICIDIAL_USERNAME=" + database.Username,
		"VICIDIAL_PASSWORD=" + database.Password,
	}
}
