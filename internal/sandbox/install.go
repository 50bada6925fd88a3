package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/apt"
)

// errNotInstalled is the error of a machine without a MariaDB server.
var errNotInstalled = errors.New("no MariaDB server on this machine: install the package mariadb-server (Debian, Ubuntu), mariadb-server (Fedora, RHEL) or mariadb (Homebrew, Arch, Alpine); its service need not run")

// The current and former names of the programs.
var (
	serverNames    = []string{"mariadbd", "mysqld"}
	installerNames = []string{"mariadb-install-db", "mysql_install_db"}
)

// findBinary finds a program in PATH or Debian's sbin folders.
func findBinary(names ...string) (string, error) {
	for _, name := range names {
		for _, folder := range []string{"", "/usr/sbin/", "/usr/local/sbin/", "/usr/libexec/", "/usr/local/opt/mariadb/bin/"} {
			if path, err := exec.LookPath(folder + name); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s: %w", names[0], errNotInstalled)
}

// Install installs a MariaDB server if it is missing, with apt, as root on Debian
// or Ubuntu. It does not start a service. Elsewhere the error is [errNotInstalled]
// with the packages to install. The output of apt goes to log.
func Install(ctx context.Context, log io.Writer) error {
	if findAll() == nil {
		return nil
	}
	// The core packages have the programs without a service. In older releases
	// their names have a version; all releases have the full package.
	err := apt.Install(ctx, log, []string{"mariadb-server-core", "mariadb-client-core"}, []string{"mariadb-server"})
	if errors.Is(err, apt.ErrUnable) {
		return errNotInstalled
	}
	if err != nil {
		return err
	}
	return findAll()
}

// findAll returns an error if a program that a start needs is missing.
// mariadb-install-db calls the last one, which is part of the client.
func findAll() error {
	for _, names := range [][]string{serverNames, installerNames, {"my_print_defaults"}} {
		if _, err := findBinary(names...); err != nil {
			return err
		}
	}
	return nil
}
