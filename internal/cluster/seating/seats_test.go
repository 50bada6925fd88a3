package seating

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func someSeats(t interface{ Fatalf(string, ...any) }, ranges ...string) Seats {
	seats, err := ParseSeats(ranges)
	if err != nil {
		t.Fatalf("seats %q: %v", ranges, err)
	}
	return seats
}

func TestParseSeats(t *testing.T) {
	for _, c := range []struct {
		claim  string
		ranges []string
		length int
		text   string
	}{
		{"a range counts both ends", []string{"2000-2149"}, 150, "2000-2149"},
		{"a single seat is a range of one", []string{"2200"}, 1, "2200"},
		{"leading zeros stay", []string{"0098-0101"}, 4, "0098-0101"},
		{"ranges that touch become one", []string{"2050-2099", "2000-2049"}, 100, "2000-2099"},
		{"the same number in two widths is two seats", []string{"200", "0200"}, 2, "200, 0200"},
		{"nothing is no seat", nil, 0, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			seats := someSeats(t, c.ranges...)
			if seats.Len() != c.length || seats.String() != c.text {
				t.Errorf("got %d seats %q, want %d %q", seats.Len(), seats, c.length, c.text)
			}
		})
	}
}

func TestParseSeats_refuses(t *testing.T) {
	for _, c := range []struct {
		claim  string
		ranges []string
		index  int
		says   string
	}{
		{"a range that runs backwards", []string{"2149-2000"}, 0, "write 2000-2149"},
		{"two widths", []string{"99-100"}, 0, "same number of digits"},
		{"a seat named twice, pointing at the second", []string{"2000-2010", "2300", "2005"}, 2, `seat 2005 is in "2000-2010" already`},
		{"ranges that overlap", []string{"2005-2020", "2000-2010"}, 1, `"2005-2020" already`},
		{"a letter", []string{"20a0"}, 0, "neither a number"},
		{"a minus sign", []string{"-5"}, 0, "neither a number"},
		{"three ends", []string{"1-2-3"}, 0, "neither a number"},
		{"nothing", []string{""}, 0, "neither a number"},
		{"digits that are not ASCII", []string{"٢٠٠"}, 0, "neither a number"},
		{"eleven digits", []string{"12345678901"}, 0, "more than 10 digits"},
		{"more than anyone has", []string{"0000000000-9999999999"}, 0, "over 100000"},
		{"a sum that is too much", []string{"000000-099999", "200000"}, 1, "over 100000"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			_, err := ParseSeats(c.ranges)
			var wrong *SeatRangeError
			if !errors.As(err, &wrong) || wrong.Index != c.index || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want range %d to say %q", err, c.index, c.says)
			}
		})
	}
}

// drawSeats draws up to most seats in one to three runs.
func drawSeats(t *rapid.T, most int) Seats {
	count := rapid.IntRange(1, most).Draw(t, "seats")
	gap := rapid.SliceOfN(rapid.IntRange(0, 5), 2, 2).Draw(t, "gaps")
	seats, first := Seats{}, 2000
	for part := range 3 {
		size := count / 3
		if part == 2 {
			size = count - 2*(count/3)
		}
		if size == 0 {
			continue
		}
		seats.extend(seatRun{width: 4, first: first, count: size})
		first += size
		if part < 2 {
			first += gap[part]
		}
	}
	return seats
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
		again := someSeats(t, seats.Ranges()...)
		if !again.Equal(seats) {
			t.Fatalf("%s is read back as %s", seats, again)
		}
		singles, err := SeatsOf(rapid.Permutation(names).Draw(t, "names"))
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
		if again := someSeats(t, seats.Ranges()...); !again.Equal(seats) || seats.Len() > MostSeats {
			t.Fatalf("%q is %s, read back as %s", text, seats, again)
		}
	})
}
