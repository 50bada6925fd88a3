package configdiff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configdiff"
)

// parse parses words, each of a section, a keyword and a text.
func parse(text []byte) ([]configdiff.Statement, error) {
	var list []configdiff.Statement
	for word := range strings.FieldsSeq(string(text)) {
		list = append(list, configdiff.Statement{Section: word[:1], Keyword: word[1:2], Text: word[2:]})
	}
	return list, nil
}

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		claim      string
		want, have string
		lines      []string
	}{
		{"the same is none", "ax1 ax2", "ax1 ax2", nil},
		{"another order of keywords is none", "ax1 ay1", "ay1 ax1", nil},
		{"another order of sections is none", "ax1 bx1", "bx1 ax1", nil},
		{"another order within a keyword is one", "ax1 ax2", "ax2 ax1", []string{"a: - 1", "a: + 1"}},
		{"a changed word is one line", "ax1 ax2 ax3", "ax1 ax9 ax3", []string{"a: ~ 2 -> 9"}},
		{"what is missing", "ax1 ax2", "ax1", []string{"a: - 2"}},
		{"what is too much", "ax1", "ax1 by2", []string{"b: + 2"}},
		{"a line in the middle moves no other", "ax1 ax3", "ax1 ax2 ax3", []string{"a: + 2"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if lines, err := configdiff.Diff(parse, []byte(c.want), []byte(c.have)); err != nil || !slices.Equal(lines, c.lines) {
				t.Errorf("got %q, %v", lines, err)
			}
		})
	}
	t.Run("there is a difference exactly when the checksums differ", func(t *testing.T) {
		some := rapid.SliceOfN(rapid.SampledFrom([]string{"ax1", "ax2", "ay1", "bx1", "bx2"}), 0, 6)
		rapid.Check(t, func(t *rapid.T) {
			want, have := []byte(strings.Join(some.Draw(t, "want"), " ")), []byte(strings.Join(some.Draw(t, "have"), " "))
			lines, err := configdiff.Diff(parse, want, have)
			one, err1 := configdiff.Sum(parse, want)
			other, err2 := configdiff.Sum(parse, have)
			if err := errors.Join(err, err1, err2); err != nil {
				t.Fatal(err)
			}
			if same := one == other; same != (len(lines) == 0) {
				t.Fatalf("same checksum: %v, differences: %q", same, lines)
			}
		})
	})
}
