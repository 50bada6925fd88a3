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
var ErrNotInstalled = errors.New("MariaDB is not installed: install the package mariadb-server (Debian, Ubuntu), mariadb-server (Fedora, RHEL) or mariadb (Homebrew, Arch, Alpine); its service need not run")

// findBinary looks a program up in PATH and where Debian keeps servers.
func findBinary(names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
		for _, folder := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/opt/mariadb/bin"} {
			if path, err := exec.LookPath(folder + "/" + name); err == nil {
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
	if _, err := findBinary("mariadbd", "mysqld"); err == nil {
		return nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return ErrNotInstalled
	}
	restore, err := forbidServices()
	if err != nil {
		return err
	}
	defer restore()
	run := func(args ...string) error {
		//nolint:gosec // the arguments are the constants below
		command := exec.CommandContext(ctx, apt, args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		command.Stdout, command.Stderr = log, log
		return command.Run()
	}
	if err := run("update", "-qq"); err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	// The core package has the programs and no service. Older releases number
	// it, but all have the whole one.
	if run("install", "-y", "-qq", "--no-install-recommends", "mariadb-server-core") != nil {
		if err := run("install", "-y", "-qq", "--no-install-recommends", "mariadb-server"); err != nil {
			return fmt.Errorf("apt-get install mariadb-server: %w", err)
		}
	}
	_, err = findBinary("mariadbd", "mysqld")
	return err
}

// forbidServices keeps packages from starting their services while they are
// installed (Debian policy's invoke-rc.d), and says how to undo that. A policy
// that is there already stays.
func forbidServices() (restore func(), err error) {
	const policy = "/usr/sbin/policy-rc.d"
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
