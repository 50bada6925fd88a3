package ranges_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct {
		given  []string
		want   []string
		length int
		err    string
	}{
		"ranges join where they touch":               {given: []string{"8005550105-8005550109", "8005550100-8005550104"}, want: []string{"8005550100-8005550109"}, length: 10},
		"leading zeros count":                        {given: []string{"0100", "100", "0099"}, want: []string{"100", "0099-0100"}, length: 3},
		"a plus sign counts":                         {given: []string{"+100", "100", "+101"}, want: []string{"100", "+100-+101"}, length: 3},
		"patterns are single":                        {given: []string{"*97", "100", "Sales800"}, want: []string{"*97", "Sales800", "100"}, length: 3},
		"a number of 30 digits is a pattern":         {given: []string{strings.Repeat("1", 30)}, want: []string{strings.Repeat("1", 30)}, length: 1},
		"a range crosses a power of ten":             {given: []string{"0998-1001"}, want: []string{"0998-1001"}, length: 4},
		"both ends have as many digits":              {given: []string{"1", "98-102"}, err: `"98-102": 98 and 102 do not have the same number of digits`},
		"both ends have a plus sign":                 {given: []string{"+98-99"}, err: "do not have the same number of digits"},
		"a range runs forwards":                      {given: []string{"200-100"}, err: "write 100-200"},
		"a range is of numbers":                      {given: []string{"*97-*98"}, err: "neither a number nor a range"},
		"a number is given once":                     {given: []string{"100-200", "150"}, err: `"150": 150 is in "100-200" already`},
		"a pattern is given once, whatever its case": {given: []string{"sales", "SALES"}, err: `is in "sales" already`},
		"a blank is no number":                       {given: []string{"100", ""}, err: `"": a number cannot be blank`},
		"a slip of the finger":                       {given: []string{"1000000-9000000"}, err: "brings the count over 100000 numbers"},
		"too many together":                          {given: []string{"100000-180000", "200000-280000"}, err: "brings the count over 100000"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			set, err := ranges.Parse(c.given)
			if c.err != "" {
				var wrong *ranges.Error
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("err = %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || set.Len() != c.length {
				t.Fatalf("%d numbers, %v", set.Len(), err)
			}
			if diff := cmp.Diff(c.want, set.Ranges()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A set is what a map of its members is, whatever the order in which they are given.
func TestSet_isASet(t *testing.T) {
	t.Parallel()
	member := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "+", "*"}).Draw(t, "front") + fmt.Sprintf("%0*d", rapid.IntRange(1, 3).Draw(t, "width"), rapid.IntRange(0, 120).Draw(t, "number"))
	})
	rapid.Check(t, func(t *rapid.T) {
		one, other := rapid.SliceOf(member).Draw(t, "one"), rapid.SliceOf(member).Draw(t, "other")
		set, there := ranges.Of(one), ranges.Of(other)
		for _, name := range slices.Concat(one, other) {
			if set.Has(name) != slices.Contains(one, name) {
				t.Fatalf("%v has %s: %t", set, name, set.Has(name))
			}
		}
		position := 0
		for name := range set.Values() {
			if at, ok := set.Index(name); !ok || at != position {
				t.Fatalf("%s is at %d, want %d", name, at, position)
			}
			position++
		}
		again, err := ranges.Parse(set.Ranges())
		if err != nil || !again.Equal(set) || position != set.Len() {
			t.Fatalf("%v read again is %v: %v", set.Ranges(), again, err)
		}
		if left, both := set.Without(there), set.Common(there); left.Len()+both.Len() != set.Len() || left.Common(there).Len() != 0 || both.Without(there).Len() != 0 {
			t.Fatalf("%v without %v is %v, and %v is common", set, there, left, both)
		}
	})
}
