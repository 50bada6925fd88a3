package sandbox

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	t.Run("MariaDB is installed", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		if err := Install(t.Context(), &log); err != nil || log.Len() > 0 {
			t.Errorf("have %v, and it said %q", err, log.String())
		}
	})
	t.Run("missing programs are reported", func(t *testing.T) {
		t.Parallel()
		_, err := findBinary("no-such-server", "nor-this-one")
		if !errors.Is(err, errNotInstalled) || !strings.Contains(err.Error(), "no-such-server") || !strings.Contains(err.Error(), "install the package mariadb-server") {
			t.Errorf("have %v", err)
		}
	})
}
