// Package apt puts packages on a Debian or Ubuntu machine for the throwaway
// servers of tests and demo. It starts none of their services.
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

// ErrUnable says that nothing can be installed from here: there is no apt-get,
// or we are not root.
var ErrUnable = errors.New("not root on Debian or Ubuntu")

// Debian's own timers run apt as well, above all on a machine that has just come
// up, and hold its locks for a minute or two.
const (
	lockPatience = 5 * time.Minute
	lockPause    = 2 * time.Second
)

// Install installs the first of the choices that can be installed, each a list
// of packages: a release may know one and not the other. What apt says goes to
// log. The error is [ErrUnable] where it is no use to try.
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
	a := apt{program: program, log: log, patience: lockPatience, pause: lockPause}
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
	program         string
	log             io.Writer
	patience, pause time.Duration // with the locks of another apt
}

// run waits for another apt: it gives up at once by itself where that one holds
// the lists of packages.
func (a apt) run(ctx context.Context, args ...string) error {
	deadline := time.Now().Add(a.patience)
	for told := false; ; told = true {
		var said bytes.Buffer
		command := exec.CommandContext(ctx, a.program, args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
		command.Stdout, command.Stderr = a.log, &said
		err := command.Run()
		locked := err != nil && bytes.Contains(said.Bytes(), []byte("Could not get lock"))
		if !locked || time.Now().After(deadline) {
			_, _ = a.log.Write(said.Bytes()) // a log that cannot be written changes nothing
			if err != nil {
				return fmt.Errorf("apt-get %s: %w", args[0], err)
			}
			return nil
		}
		if !told {
			fmt.Fprintln(a.log, "apt-get: waiting for another apt on this machine to end")
		}
		select {
		case <-time.After(a.pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
