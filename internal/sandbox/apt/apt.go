// Package apt installs Debian or Ubuntu packages for the temporary servers of tests
// and demo. It does not start their services.
package apt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// ErrUnable is returned without apt-get or without root privileges.
var ErrUnable = errors.New("not root on Debian or Ubuntu")

// Debian's timers run apt too, mostly after a boot, and hold its locks for a minute
// or two.
const (
	lockPatience = 5 * time.Minute
	lockPause    = 2 * time.Second
)

// Install installs the first of the choices, which are lists of packages, that can
// be installed, since releases differ. It writes the output of apt to log. The
// error is [ErrUnable] if nothing can be installed.
func Install(ctx context.Context, log io.Writer, choices ...[]string) error {
	program, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return ErrUnable
	}
	restore, err := forbidServices("/usr/sbin/policy-rc.d")
	if err != nil {
		return err
	}
	defer restore()
	a := apt{program: program, log: log, timeout: lockPatience, pause: lockPause}
	if err := a.run(ctx, "update", "-qq"); err != nil {
		return err
	}
	for _, packages := range choices {
		if err = a.run(ctx, append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...)...); err == nil {
			return nil
		}
	}
	return err
}

type apt struct {
	program        string
	log            io.Writer
	timeout, pause time.Duration // for the locks of another apt
}

// run runs apt-get and waits for the locks of another apt, since apt-get fails
// immediately when the package lists are locked.
func (a apt) run(ctx context.Context, args ...string) error {
	deadline := time.Now().Add(a.timeout)
	for counted := false; ; counted = true {
		var said bytes.Buffer
		command := exec.CommandContext(ctx, a.program, args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
		command.Stdout, command.Stderr = a.log, &said
		err := command.Run()
		locked := err != nil && bytes.Contains(said.Bytes(), []byte("Could not get lock"))
		if !locked || time.Now().After(deadline) {
			_, _ = a.log.Write(said.Bytes()) // the log is optional
			if err != nil {
				return fmt.Errorf("apt-get %s: %w", args[0], err)
			}
			return nil
		}
		if !counted {
			fmt.Fprintln(a.log, "apt-get: waiting for another apt on this machine to end")
		}
		select {
		case <-time.After(a.pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// forbidServices prevents packages from starting their services during installation
// (invoke-rc.d of the Debian policy), and returns a function that undoes it. An
// existing policy is kept.
func forbidServices(policy string) (restore func(), err error) {
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
