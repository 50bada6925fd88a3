package seating

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

func mustSeats(t interface{ Fatalf(string, ...any) }, ranges ...string) Seats {
	seats, err := ParseSeats(ranges)
	if err != nil {
		t.Fatalf("seats %q: %v", ranges, err)
	}
	return seats
}

func TestParseSeats(t *testing.T) {
	for _, c := range []struct {
		name   string
		ranges []string
		length int
		text   string
	}{
		{"range", []string{"2000-2149"}, 150, "2000-2149"},
		{"single seat", []string{"2200"}, 1, "2200"},
		{"leading zeros", []string{"0098-0101"}, 4, "0098-0101"},
		{"adjacent ranges", []string{"2050-2099", "2000-2049"}, 100, "2000-2099"},
		{"same number in two widths", []string{"200", "0200"}, 2, "200, 0200"},
		{"no ranges", nil, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			seats := mustSeats(t, c.ranges...)
			if seats.Len() != c.length || seats.String() != c.text {
				t.Errorf("got %d seats %q, want %d %q", seats.Len(), seats, c.length, c.text)
			}
		})
	}
}

func TestParseSeats_errors(t *testing.T) {
	for _, c := range []struct {
		name   string
		ranges []string
		index  int
		err    string
	}{
		{"descending range", []string{"2149-2000"}, 0, "write 2000-2149"},
		{"two widths", []string{"99-100"}, 0, "same number of digits"},
		{"duplicate seat", []string{"2000-2010", "2300", "2005"}, 2, `2005 is in "2000-2010" already`},
		{"overlapping ranges", []string{"2005-2020", "2000-2010"}, 1, `"2005-2020" already`},
		{"letter", []string{"20a0"}, 0, "neither a number"},
		{"minus sign", []string{"-5"}, 0, "neither a number"},
		{"three ends", []string{"1-2-3"}, 0, "neither a number"},
		{"empty string", []string{""}, 0, "neither a number"},
		{"non-ASCII digits", []string{"٢٠٠"}, 0, "neither a number"},
		{"eleven digits", []string{"12345678901"}, 0, "more than 10 digits"},
		{"too many seats in a range", []string{"0000000000-9999999999"}, 0, "over 100000"},
		{"too many seats", []string{"000000-099999", "200000"}, 1, "over 100000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseSeats(c.ranges)
			var wrong *ranges.Error
			if !errors.As(err, &wrong) || wrong.Index != c.index || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want range %d to say %q", err, c.index, c.err)
			}
		})
	}
}

// drawSeats draws at most the given number of seats in one to three runs.
func drawSeats(t *rapid.T, most int) Seats {
	count := rapid.IntRange(1, most).Draw(t, "seats")
	gap := rapid.SliceOfN(rapid.IntRange(0, 5), 2, 2).Draw(t, "gaps")
	var parts []string
	first := 2000
	for part := range 3 {
		size := count / 3
		if part == 2 {
			size = count - 2*(count/3)
		}
		if size == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%d-%d", first, first+size-1))
		first += size
		if part < 2 {
			first += gap[part]
		}
	}
	return mustSeats(t, parts...)
}

func TestSeats_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seats := drawSeats(t, 200)
		names := make([]string, 0, seats.Len())
		for position, name := range seats.All() {
			found, ok := seats.Index(name)
			if !ok || found != position || seats.At(position) != name {
				t.Fatalf("seat %s at %d is found at %d (%v), which is %s", name, position, found, ok, seats.At(position))
			}
			names = append(names, name)
		}
		if !slices.IsSorted(names) || len(names) != seats.Len() {
			t.Fatalf("%d seats, of which All names %v", seats.Len(), names)
		}
		again := mustSeats(t, seats.Ranges()...)
		if !again.Equal(seats) {
			t.Fatalf("%s is read back as %s", seats, again)
		}
		singles, err := ParseSeats(rapid.Permutation(names).Draw(t, "names"))
		if err != nil || !singles.Equal(seats) {
			t.Fatalf("single seats give %s (%v), want %s", singles, err, seats)
		}
		if _, ok := seats.Index("1999"); ok || seats.At(-1) != "" || seats.At(seats.Len()) != "" {
			t.Fatalf("%s knows seats that it does not hold", seats)
		}
	})
}

func FuzzParseSeats(f *testing.F) {
	for _, text := range []string{"2000-2149", "0001", "9-0", "-", "", "1-99999", "٣"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seats, err := ParseSeats([]string{text})
		if err != nil {
			return
		}
		if again := mustSeats(t, seats.Ranges()...); !again.Equal(seats) || seats.Len() > MaxSeats {
			t.Fatalf("%q is %s, read back as %s", text, seats, again)
		}
	})
}
