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

// MostSeats bounds what one declaration may hold, so that a slip of the finger
// ("2000-20000000") is an error and not an afternoon.
const MostSeats = 100_000

// widestSeat is as wide as phones.voicemail_id
// (docs/vicidial/schema.md#phones), which is made of it.
const widestSeat = 10

// Seats is a set of seat numbers, kept as runs of consecutive numbers of one
// width: a floor of 10,000 costs as much as it has gaps. A seat is text, since
// "0200" and "200" are two phones; seats are ordered by width, then by number.
// The zero value holds no seat. Seats are values: nothing changes one.
type Seats struct {
	runs  []seatRun
	total int
}

// seatRun is count consecutive numbers of one width; before is how many seats
// the runs in front of it hold.
type seatRun struct {
	width, first, count, before int
}

// SeatRangeError says which of the ranges is wrong, so that the message can
// point at it.
type SeatRangeError struct {
	Index  int // position in what was given
	Range  string
	Reason string
}

func (e *SeatRangeError) Error() string { return fmt.Sprintf("seats %q: %s", e.Range, e.Reason) }

// ParseSeats reads ranges like "2000-2149" and single seats like "2200".
// Both ends of a range have the same number of digits; leading zeros stay. A
// seat named twice, a range that runs backwards and more than [MostSeats]
// seats are a [SeatRangeError].
func ParseSeats(ranges []string) (Seats, error) {
	type numbered struct {
		seatRun
		index int
	}
	parsed := make([]numbered, 0, len(ranges))
	total := 0
	for index, text := range ranges {
		run, reason := parseRange(text)
		if reason == "" && total+run.count > MostSeats {
			reason = fmt.Sprintf("brings the number of seats over %d", MostSeats)
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

// SeatsOf gathers single seats, in any order, each at most once.
func SeatsOf(names []string) (Seats, error) { return ParseSeats(names) }

func parseRange(text string) (seatRun, string) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	for _, end := range []string{first, last} {
		if end == "" || strings.Trim(end, "0123456789") != "" {
			return seatRun{}, `is neither a number like "2200" nor a range like "2000-2149"`
		}
		if len(end) > widestSeat {
			return seatRun{}, fmt.Sprintf("%s has more than %d digits", end, widestSeat)
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

// digits reads at most widestSeat decimal digits.
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

// name writes the offset'th seat of the run.
func (r seatRun) name(offset int) string {
	text := strconv.Itoa(r.first + offset)
	if missing := r.width - len(text); missing > 0 {
		return strings.Repeat("0", missing) + text
	}
	return text
}

// extend appends a run that comes after all others.
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

// Len is the number of seats.
func (s Seats) Len() int { return s.total }

// At names the seat at a position between 0 and Len()-1; "" beyond.
func (s Seats) At(position int) string {
	if position < 0 || position >= s.total {
		return ""
	}
	run := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].before > position }) - 1
	return s.runs[run].name(position - s.runs[run].before)
}

// Index finds the position of a seat.
func (s Seats) Index(seat string) (int, bool) {
	if seat == "" || len(seat) > widestSeat || strings.Trim(seat, "0123456789") != "" {
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

// Common returns the first seat that both hold.
func (s Seats) Common(other Seats) (string, bool) {
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

// Ranges writes the seats in the fewest ranges, in order.
func (s Seats) Ranges() []string {
	ranges := make([]string, 0, len(s.runs))
	for _, run := range s.runs {
		ranges = append(ranges, run.text())
	}
	return ranges
}

// Equal says whether both hold the same seats, however they were written.
func (s Seats) Equal(other Seats) bool { return slices.Equal(s.runs, other.runs) }

func (s Seats) String() string { return strings.Join(s.Ranges(), ", ") }

func (r seatRun) text() string {
	if r.count == 1 {
		return r.name(0)
	}
	return r.name(0) + "-" + r.name(r.count-1)
}

// ranges writes the positions from (included) to (excluded) as seat ranges, one
// for each gap that lies between them.
func (s Seats) ranges(from, to int) []string {
	var ranges []string
	for _, run := range s.runs {
		start, end := max(from, run.before), min(to, run.before+run.count)
		if start < end {
			part := seatRun{width: run.width, first: run.first + start - run.before, count: end - start}
			ranges = append(ranges, part.text())
		}
	}
	return ranges
}
