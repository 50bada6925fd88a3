package apt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake returns an apt with a script in place of apt-get.
func fake(t *testing.T, script string) apt {
	t.Helper()
	program := filepath.Join(t.TempDir(), "apt-get")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ncd \"$(dirname \"$0\")\"\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return apt{program: program, timeout: time.Minute, pause: time.Millisecond}
}

func TestRun(t *testing.T) {
	t.Parallel()
	const locked = "echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)' >&2; exit 100\n"
	t.Run("waits for another apt and logs it once", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		a := fake(t, "echo x >>tries; [ $(wc -l <tries) -ge 3 ] && exit 0\n"+locked)
		a.log = &log
		if err := a.run(t.Context(), "update"); err != nil {
			t.Fatal(err)
		}
		if strings.Count(log.String(), "waiting for another apt") != 1 || strings.Contains(log.String(), "lock") {
			t.Errorf("said %q", log.String())
		}
	})
	t.Run("timeout", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		a := fake(t, locked)
		a.log, a.timeout = &log, 20*time.Millisecond
		if err := a.run(t.Context(), "update"); err == nil || !strings.Contains(err.Error(), "apt-get update") || !strings.Contains(log.String(), "process 7") {
			t.Errorf("have %v, said %q", err, log.String())
		}
	})
	t.Run("other errors are not retried", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		a := fake(t, "echo x >>tries; [ $(wc -l <tries) -ge 2 ] && exit 0\necho 'E: Unable to locate package' >&2; exit 100\n")
		a.log = &log
		if err := a.run(t.Context(), "install", "no-such-package"); err == nil || !strings.Contains(log.String(), "Unable to locate") {
			t.Errorf("have %v, said %q", err, log.String())
		}
	})
}

func TestForbidServices(t *testing.T) {
	t.Parallel()
	t.Run("services are forbidden during the installation only", func(t *testing.T) {
		t.Parallel()
		policy := filepath.Join(t.TempDir(), "policy-rc.d")
		restore, err := forbidServices(policy)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(policy)
		if err != nil || !strings.Contains(string(text), "exit 101") {
			t.Errorf("have %q, %v", text, err)
		}
		restore()
		if _, err := os.Stat(policy); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
	})
	t.Run("existing policy is kept", func(t *testing.T) {
		t.Parallel()
		policy := filepath.Join(t.TempDir(), "policy-rc.d")
		if err := os.WriteFile(policy, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		restore, err := forbidServices(policy)
		if err != nil {
			t.Fatal(err)
		}
		restore()
		if text, err := os.ReadFile(policy); err != nil || string(text) != "mine" {
			t.Errorf("have %q, %v", text, err)
		}
	})
}
