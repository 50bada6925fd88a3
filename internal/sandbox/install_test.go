package sandbox

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	t.Run("does nothing where MariaDB is", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		if err := Install(t.Context(), &log); err != nil || log.Len() > 0 {
			t.Errorf("have %v, and it said %q", err, log.String())
		}
	})
	t.Run("what is missing is named, and what to do", func(t *testing.T) {
		t.Parallel()
		_, err := findBinary("no-such-server", "nor-this-one")
		if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "no-such-server") || !strings.Contains(err.Error(), "install the package mariadb-server") {
			t.Errorf("have %v", err)
		}
	})
	t.Run("services are forbidden to start meanwhile, and no longer", func(t *testing.T) {
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
	t.Run("a policy that is there already stays", func(t *testing.T) {
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
