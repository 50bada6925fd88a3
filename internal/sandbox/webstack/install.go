package webstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
// error is [ErrNotInstalled], which names what to install.
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
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("packages %v: %w", wanted, ErrNotInstalled)
	}
	restore, err := forbidServices()
	if err != nil {
		return err
	}
	defer restore()
	for _, args := range [][]string{{"update", "-qq"}, append([]string{"install", "-y", "-qq", "--no-install-recommends"}, wanted...)} {
		command := exec.CommandContext(ctx, apt, args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		command.Stdout, command.Stderr = log, log
		if err := command.Run(); err != nil {
			return fmt.Errorf("apt-get %s: %w", args[0], err)
		}
	}
	return nil
}

// forbidServices keeps packages from starting their services while they are
// installed, and says how to undo that. A policy that is there already stays.
func forbidServices() (restore func(), err error) {
	const policy = "/usr/sbin/policy-rc.d"
	file, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keep services from starting: %w", err)
	}
	restore = func() { _ = os.Remove(policy) }
	_, err = file.WriteString("#!/bin/sh\nexit 101\n")
	if err := errors.Join(err, file.Close()); err != nil {
		restore()
		return nil, fmt.Errorf("keep services from starting: %w", err)
	}
	return restore, nil
}
