package proxyconfig

import (
	"strings"
	"testing"
	"time"
)

// What a command prints is shown without what a terminal would obey, in a bounded
// length, and the command does not have our passwords to print.
func TestReload_hostileOutput(t *testing.T) {
	t.Setenv("VICIDIAL_PASSWORD", "hunter2")
	t.Setenv("TF_VAR_db_password", "hunter2")
	err := reload(t.Context(), []string{"sh", "-c", `printf '\033[2J\377 begins\n'; env; head -c 3000000 /dev/zero | tr '\0' x; printf '\n\033]0;title\007the cause\n'; exit 3`}, time.Minute, "")
	if err == nil {
		t.Fatal("a reload that fails is no error")
	}
	text := err.Error()
	if !strings.Contains(text, "begins") || !strings.HasSuffix(text, "the cause") || len(text) > 3000 {
		t.Errorf("%d bytes: %q", len(text), text)
	}
	for _, never := range []string{"\x1b", "\a", "\xff", "hunter2", "VICIDIAL_PASSWORD"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in %q", never, text)
		}
	}
}
