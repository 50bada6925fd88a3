package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return ErrNotInstalled
	}
	restore, err := forbidServices("/usr/sbin/policy-rc.d")
	if err != nil {
		return err
	}
	defer restore()
	run := func(args ...string) error {
		command := exec.CommandContext(ctx, apt, args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		command.Stdout, command.Stderr = log, log
		return command.Run()
	}
	if err := run("update", "-qq"); err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	// The core packages have the programs and no service. Older releases number
	// them, but all have the whole one.
	if run("install", "-y", "-qq", "--no-install-recommends", "mariadb-server-core", "mariadb-client-core") != nil {
		if err := run("install", "-y", "-qq", "--no-install-recommends", "mariadb-server"); err != nil {
			return fmt.Errorf("apt-get install mariadb-server: %w", err)
		}
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

// forbidServices keeps packages from starting their services while they are
// installed (Debian policy's invoke-rc.d), and says how to undo that. A policy
// that is there already stays.
func forbidServices(policy string) (restore func(), err error) {
	file, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keep the service from starting: %w", err)
	}
	restore = func() { _ = os.Remove(policy) }
	_, err = file.WriteString("#!/bin/sh\nexit 101\n")
	if err := errors.Join(err, file.Close()); err != nil {
		restore()
		return nil, fmt.Errorf("keep the service from starting: %w", err)
	}
	return restore, nil
}
