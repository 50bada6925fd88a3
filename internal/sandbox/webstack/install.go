package webstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/apt"
)

// ErrNotInstalled says that a program is missing and cannot be installed from here.
var ErrNotInstalled = errors.New("not installed")

// packages hold the programs, on Debian and Ubuntu.
var packages = map[string][]string{
	"haproxy": {"haproxy"},
	"nginx":   {"nginx-light"},
	"apache2": {"apache2", "libapache2-mod-php"},
}

// Find is where a program is: on PATH or where Debian keeps servers.
func Find(name string) (string, error) {
	for _, path := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, ErrNotInstalled)
}

// phpModules are where Debian keeps mod_php, whatever its version.
const phpModules = "/usr/lib/apache2/modules/libphp*.so"

func missing(name string) bool {
	if _, err := Find(name); err != nil {
		return true
	}
	if name != "apache2" {
		return false
	}
	modules, err := filepath.Glob(phpModules)
	return err != nil || len(modules) == 0
}

// Install puts the programs on this machine where they are missing: with apt,
// when we are root on Debian or Ubuntu. No service is started. Elsewhere the
// error is [ErrNotInstalled], which names what to install. A line in log says
// that something is installed; what apt says is for when it fails.
func Install(ctx context.Context, log io.Writer, programs ...string) error {
	var wanted []string
	for _, program := range programs {
		if missing(program) {
			wanted = append(wanted, packages[program]...)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	slices.Sort(wanted)
	fmt.Fprintln(log, "installing with apt:", strings.Join(wanted, ", "))
	var said bytes.Buffer
	err := apt.Install(ctx, &said, wanted)
	switch {
	case errors.Is(err, apt.ErrUnable):
		return fmt.Errorf("packages %v: %w", wanted, ErrNotInstalled)
	case err != nil:
		return fmt.Errorf("%w\n%s", err, said.Bytes())
	}
	return nil
}
