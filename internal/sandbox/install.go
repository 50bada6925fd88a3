package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/apt"
)

// ErrNotInstalled says that this machine has no MariaDB server to run.
var ErrNotInstalled = errors.New("no MariaDB server on this machine: install the package mariadb-server (Debian, Ubuntu), mariadb-server (Fedora, RHEL) or mariadb (Homebrew, Arch, Alpine); its service need not run")

// The programs' names, today's and yesterday's.
var (
	serverNames    = []string{"mariadbd", "mysqld"}
	installerNames = []string{"mariadb-install-db", "mysql_install_db"}
)

// findBinary looks a program up in PATH and where Debian keeps servers.
func findBinary(names ...string) (string, error) {
	for _, name := range names {
		for _, folder := range []string{"", "/usr/sbin/", "/usr/local/sbin/", "/usr/libexec/", "/usr/local/opt/mariadb/bin/"} {
			if path, err := exec.LookPath(folder + name); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s: %w", names[0], ErrNotInstalled)
}

// Install puts a MariaDB server on this machine where it is missing: with apt,
// when we are root on Debian or Ubuntu. No service is started. Elsewhere the
// error is [ErrNotInstalled], which says what to install. Progress goes to log.
func Install(ctx context.Context, log io.Writer) error {
	if findAll() == nil {
		return nil
	}
	// The core packages have the programs and no service. Older releases number
	// them, but all have the whole one.
	err := apt.Install(ctx, log, []string{"mariadb-server-core", "mariadb-client-core"}, []string{"mariadb-server"})
	if errors.Is(err, apt.ErrUnable) {
		return ErrNotInstalled
	}
	if err != nil {
		return err
	}
	return findAll()
}

// findAll says whether all is there that a start needs. The last one is what
// mariadb-install-db calls, and comes with the client.
func findAll() error {
	for _, names := range [][]string{serverNames, installerNames, {"my_print_defaults"}} {
		if _, err := findBinary(names...); err != nil {
			return err
		}
	}
	return nil
}
