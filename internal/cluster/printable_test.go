package cluster_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "",
		"line\r\n\tü → €\u00a0":         "line\n\tü → €\u00a0",
		"\x1b[2J\x1b]0;title\a":         "\uFFFD[2J\uFFFD]0;title\uFFFD",
		"over\rwritten\b\x00\x7f\u009b": "over\uFFFDwritten\uFFFD\uFFFD\uFFFD\uFFFD",
		"abc\u202egnp":                  "abc\uFFFDgnp",
		"cut \xc3":                      "cut \uFFFD",
	} {
		if got := cluster.Printable(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
