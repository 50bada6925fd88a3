package configdiff_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configdiff"
)

func statements(lines ...string) []configdiff.Statement {
	list := make([]configdiff.Statement, 0, len(lines))
	for _, line := range lines {
		list = append(list, configdiff.Statement{Section: line[:1], Keyword: line[1:2], Text: line[2:]})
	}
	return list
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		claim      string
		want, have []configdiff.Statement
		lines      []string
	}{
		{"the same is none", statements("ax1", "ax2"), statements("ax1", "ax2"), nil},
		{"another order of keywords is none", statements("ax1", "ay1"), statements("ay1", "ax1"), nil},
		{"another order of sections is none", statements("ax1", "bx1"), statements("bx1", "ax1"), nil},
		{"another order within a keyword is one", statements("ax1", "ax2"), statements("ax2", "ax1"), []string{"a: - 1", "a: + 1"}},
		{"a changed word is one line", statements("ax1", "ax2", "ax3"), statements("ax1", "ax9", "ax3"), []string{"a: ~ 2 -> 9"}},
		{"what is missing", statements("ax1", "ax2"), statements("ax1"), []string{"a: - 2"}},
		{"what is too much", statements("ax1"), statements("ax1", "by2"), []string{"b: + 2"}},
		{"a line in the middle moves no other", statements("ax1", "ax3"), statements("ax1", "ax2", "ax3"), []string{"a: + 2"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if lines := configdiff.Differences(c.want, c.have); !slices.Equal(lines, c.lines) {
				t.Errorf("got %q", lines)
			}
		})
	}
	t.Run("there is a difference exactly when the checksums differ", func(t *testing.T) {
		some := rapid.SliceOfN(rapid.SampledFrom([]string{"ax1", "ax2", "ay1", "bx1", "bx2"}), 0, 6)
		rapid.Check(t, func(t *rapid.T) {
			want, have := statements(some.Draw(t, "want")...), statements(some.Draw(t, "have")...)
			lines := configdiff.Differences(want, have)
			if same := configdiff.Sum(want) == configdiff.Sum(have); same != (len(lines) == 0) {
				t.Fatalf("same checksum: %v, differences: %q", same, lines)
			}
		})
	})
}
