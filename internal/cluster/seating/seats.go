package seating

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// MaxSeats is the maximum number of seats of a declaration, so that a typing error
// such as "2000-20000000" is rejected.
const MaxSeats = 100_000

// maxSeatWidth is the width of phones.voicemail_id
// (docs/vicidial/schema.md#phones), which contains the seat.
const maxSeatWidth = 10

// Seats is an immutable set of seats, stored as runs of consecutive numbers of one
// width, so that its size depends on the number of gaps. A seat is text, since
// "0200" and "200" are two phones. Seats are ordered by width, then by number. The
// zero value is the empty set.
type Seats struct {
	runs  []seatRun
	total int
}

// seatRun is count consecutive numbers of one width; before is the number of seats
// in the runs before it.
type seatRun struct {
	width, first, count, before int
}

// SeatRangeError is the error of one range.
type SeatRangeError struct {
	Index  int // position among the arguments
	Range  string
	Reason string
}

func (e *SeatRangeError) Error() string { return fmt.Sprintf("seats %q: %s", e.Range, e.Reason) }

// ParseSeats parses ranges like "2000-2149" and single seats like "2200". Both ends
// of a range must have the same number of digits; leading zeros are kept. The error
// is a [SeatRangeError], also for a duplicate seat, a descending range and more
// than [MaxSeats] seats.
func ParseSeats(ranges []string) (Seats, error) {
	type numbered struct {
		seatRun
		index int
	}
	parsed := make([]numbered, 0, len(ranges))
	total := 0
	for index, text := range ranges {
		run, reason := parseRange(text)
		if reason == "" && total+run.count > MaxSeats {
			reason = fmt.Sprintf("brings the number of seats over %d", MaxSeats)
		}
		if reason != "" {
			return Seats{}, &SeatRangeError{Index: index, Range: text, Reason: reason}
		}
		total += run.count
		parsed = append(parsed, numbered{run, index})
	}
	slices.SortStableFunc(parsed, func(a, b numbered) int { return a.compare(b.seatRun) })
	seats := Seats{}
	for position, run := range parsed {
		if position > 0 {
			before := parsed[position-1]
			if before.width == run.width && before.first+before.count > run.first {
				later, earlier := max(before.index, run.index), min(before.index, run.index)
				return Seats{}, &SeatRangeError{
					Index: later, Range: ranges[later],
					Reason: fmt.Sprintf("seat %s is in %q already", run.name(0), ranges[earlier]),
				}
			}
		}
		seats.extend(run.seatRun)
	}
	return seats, nil
}

func parseRange(text string) (seatRun, string) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	for _, end := range []string{first, last} {
		if end == "" || strings.Trim(end, "0123456789") != "" {
			return seatRun{}, `is neither a number like "2200" nor a range like "2000-2149"`
		}
		if len(end) > maxSeatWidth {
			return seatRun{}, fmt.Sprintf("%s has more than %d digits", end, maxSeatWidth)
		}
	}
	if len(first) != len(last) {
		return seatRun{}, fmt.Sprintf("%s and %s do not have the same number of digits; write leading zeros, or two ranges", first, last)
	}
	from, to := digits(first), digits(last)
	if to < from {
		return seatRun{}, fmt.Sprintf("runs backwards; write %s-%s", last, first)
	}
	return seatRun{width: len(first), first: from, count: to - from + 1}, ""
}

// digits parses at most maxSeatWidth decimal digits.
func digits(text string) int {
	number := 0
	for _, digit := range text {
		number = number*10 + int(digit-'0')
	}
	return number
}

func (r seatRun) compare(other seatRun) int {
	return cmp.Or(cmp.Compare(r.width, other.width), cmp.Compare(r.first, other.first))
}

// name returns the seat at an offset of the run.
func (r seatRun) name(offset int) string {
	text := strconv.Itoa(r.first + offset)
	if missing := r.width - len(text); missing > 0 {
		return strings.Repeat("0", missing) + text
	}
	return text
}

// extend appends a run that is after all others.
func (s *Seats) extend(run seatRun) {
	run.before = s.total
	s.total += run.count
	if last := len(s.runs) - 1; last >= 0 {
		end := &s.runs[last]
		if end.width == run.width && end.first+end.count == run.first {
			end.count += run.count
			return
		}
	}
	s.runs = append(s.runs, run)
}

// Len returns the number of seats.
func (s Seats) Len() int { return s.total }

// At returns the seat at a position, or "" if it is out of range.
func (s Seats) At(position int) string {
	if position < 0 || position >= s.total {
		return ""
	}
	run := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].before > position }) - 1
	return s.runs[run].name(position - s.runs[run].before)
}

// Index returns the position of a seat.
func (s Seats) Index(seat string) (int, bool) {
	if seat == "" || len(seat) > maxSeatWidth || strings.Trim(seat, "0123456789") != "" {
		return 0, false
	}
	wanted := seatRun{width: len(seat), first: digits(seat)}
	after := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].compare(wanted) > 0 })
	if after == 0 {
		return 0, false
	}
	run := s.runs[after-1]
	if offset := wanted.first - run.first; run.width == wanted.width && offset < run.count {
		return run.before + offset, true
	}
	return 0, false
}

// common returns the first common seat.
func (s Seats) common(other Seats) (string, bool) {
	for i, j := 0, 0; i < len(s.runs) && j < len(other.runs); {
		a, b := s.runs[i], other.runs[j]
		if first := max(a.first, b.first); a.width == b.width && first < min(a.first+a.count, b.first+b.count) {
			return seatRun{width: a.width, first: first}.name(0), true
		}
		if a.compare(b) < 0 {
			i++
		} else {
			j++
		}
	}
	return "", false
}

// All ranges over positions and names in order.
func (s Seats) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for _, run := range s.runs {
			for offset := range run.count {
				if !yield(run.before+offset, run.name(offset)) {
					return
				}
			}
		}
	}
}

// Ranges returns the seats as the fewest ranges, in order.
func (s Seats) Ranges() []string {
	ranges := make([]string, 0, len(s.runs))
	for _, run := range s.runs {
		ranges = append(ranges, run.text())
	}
	return ranges
}

// Equal reports whether both sets are equal.
func (s Seats) Equal(other Seats) bool { return slices.Equal(s.runs, other.runs) }

func (s Seats) String() string { return strings.Join(s.Ranges(), ", ") }

func (r seatRun) text() string {
	if r.count == 1 {
		return r.name(0)
	}
	return r.name(0) + "-" + r.name(r.count-1)
}

// between returns the runs of the positions from (inclusive) to (exclusive).
func (s Seats) between(from, to int) []seatRun {
	var runs []seatRun
	for _, run := range s.runs {
		start, end := max(from, run.before), min(to, run.before+run.count)
		if start < end {
			runs = append(runs, seatRun{width: run.width, first: run.first + start - run.before, count: end - start})
		}
	}
	return runs
}
