package configcheck_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configcheck"
)

func TestOutput(t *testing.T) {
	t.Parallel()
	var small configcheck.Output
	for _, text := range []string{"one\n", "\xfftwo\x1b[2J", ""} {
		if n, err := small.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if got := small.String(); got != "one\n\uFFFDtwo\uFFFD[2J" {
		t.Errorf("got %q", got)
	}
	for claim, piece := range map[string]int{"at once": 3_000_000, "in pieces": 7} {
		text := []byte("first\n" + strings.Repeat("a line ö\n", 300_000) + "last")
		var large configcheck.Output
		for len(text) > 0 {
			n := min(piece, len(text))
			_, _ = large.Write(text[:n])
			text = text[n:]
		}
		got := large.String()
		if len(got) > 2100 || !utf8.ValidString(got) || !strings.HasPrefix(got, "first\na line ö\n") || !strings.HasSuffix(got, "\na line ö\nlast") || !strings.Contains(got, "ö\n… 2998") {
			t.Errorf("%s: %d bytes: %q", claim, len(got), got)
		}
		if strings.Contains(got, "\uFFFD") {
			t.Errorf("%s: a line was cut", claim)
		}
	}
	var line configcheck.Output
	_, _ = line.Write(bytes.Repeat([]byte("ö"), 5000))
	if got := line.String(); len(got) > 2100 || !utf8.ValidString(got) {
		t.Errorf("a single line: %d bytes", len(got))
	}
}

func TestEnvironment(t *testing.T) {
	for _, name := range []string{"VICIDIAL_PASSWORD", "TF_VAR_db_password", "HAPROXY_ARGUMENT"} {
		t.Setenv(name, "hunter2")
	}
	got := strings.Join(configcheck.Environment(), "\n")
	if strings.Contains(got, "VICIDIAL_PASSWORD") || strings.Contains(got, "TF_VAR") || !strings.Contains(got, "HAPROXY_ARGUMENT=hunter2") {
		t.Errorf("got %s", got)
	}
}
