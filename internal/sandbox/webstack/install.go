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

// errNotInstalled is the error of a missing program that cannot be installed.
var errNotInstalled = errors.New("not installed")

// packages maps programs to packages of Debian and Ubuntu.
var packages = map[string][]string{
	"haproxy": {"haproxy"},
	"nginx":   {"nginx-light"},
	"apache2": {"apache2", "libapache2-mod-php"},
	"ip":      {"iproute2"},
}

// Find returns the path of a program, from PATH or Debian's sbin folders.
func Find(name string) (string, error) {
	for _, path := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, errNotInstalled)
}

// phpModules matches mod_php of any version on Debian.
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

// Install installs missing programs with apt, as root on Debian or Ubuntu. It does
// not start services. Elsewhere the error is [errNotInstalled] with the packages to
// install. The output of apt goes to log.
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
		return fmt.Errorf("packages %v: %w", wanted, errNotInstalled)
	case err != nil:
		return fmt.Errorf("%w\n%s", err, said.Bytes())
	}
	return nil
}
