// Package ranges has sets of numbers that are text, such as the seats of a floor and the
// numbers of DIDs. Leading zeros count, and consecutive numbers are written as a range,
// "2000-2149". It computes from values and does no I/O.
package ranges

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Max is how many numbers one set may have, so that a mistyped range such as
// "2000-20000000" is an error.
const Max = 100_000

// maxDigits is the length of the longest number that can be in a range. A longer one is a
// pattern.
const maxDigits = 18

// Set is an immutable set of numbers, stored as runs of consecutive ones, so that its size
// depends on its gaps. Numbers are text: leading zeros and a plus sign count. Text that is
// no number, such as *97, is a pattern and a run of its own; its letters compare as the
// database compares them, without regard to case. Numbers are ordered by width, then by
// value. The zero value is empty.
type Set struct {
	runs  []Run
	total int
}

// Run is a number of consecutive numbers of one width.
type Run struct {
	prefix string // "+" or nothing; of a pattern, all of it
	width  int    // digits; 0 for a pattern
	first  int
	count  int
	before int // how many members the runs before it have
}

// Error is an error in one of several ranges.
type Error struct {
	Index  int // position among the arguments
	Range  string
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%q: %s", e.Range, e.Reason) }

// Parse parses numbers ("2200", "+18005550100"), ranges ("2000-2149") and patterns
// ("*97"). Both ends of a range have the same number of digits. The error is an [*Error],
// also for a number that is given twice, a descending range and more than [Max] numbers.
func Parse(texts []string) (Set, error) {
	type argument struct {
		Run
		index int
	}
	arguments := make([]argument, 0, len(texts))
	total := 0
	for index, text := range texts {
		run, reason := parseRange(text)
		if reason == "" && total+run.count > Max {
			reason = fmt.Sprintf("brings the count over %d numbers", Max)
		}
		if reason != "" {
			return Set{}, &Error{Index: index, Range: text, Reason: reason}
		}
		total += run.count
		arguments = append(arguments, argument{run, index})
	}
	slices.SortStableFunc(arguments, func(a, b argument) int { return a.compare(b.Run) })
	var set Set
	for i, next := range arguments {
		if i > 0 && arguments[i-1].overlaps(next.Run) {
			earlier, later := min(arguments[i-1].index, next.index), max(arguments[i-1].index, next.index)
			return Set{}, &Error{Index: later, Range: texts[later], Reason: fmt.Sprintf("%s is in %q already", next.First(), texts[earlier])}
		}
		set.extend(next.Run)
	}
	return set, nil
}

// Of returns the set of single numbers, each of which may be given several times.
func Of(names []string) Set {
	runs := make([]Run, 0, len(names))
	for _, name := range names {
		runs = append(runs, parseNumber(name))
	}
	slices.SortFunc(runs, Run.compare)
	var set Set
	for _, next := range slices.CompactFunc(runs, func(a, b Run) bool { return a.compare(b) == 0 }) {
		set.extend(next)
	}
	return set
}

func parseRange(text string) (Run, string) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		if text == "" {
			return Run{}, "a number cannot be blank"
		}
		return parseNumber(text), ""
	}
	from, to := parseNumber(first), parseNumber(last)
	switch {
	case from.width == 0 || to.width == 0:
		return Run{}, fmt.Sprintf(`is neither a number nor a range like "8005550100-8005550199" of numbers with at most %d digits`, maxDigits)
	case from.prefix != to.prefix || from.width != to.width:
		return Run{}, fmt.Sprintf("%s and %s do not have the same number of digits, or the same sign; write both ends in full, or two ranges", first, last)
	case to.first < from.first:
		return Run{}, fmt.Sprintf("runs backwards; write %s-%s", last, first)
	}
	from.count = to.first - from.first + 1
	return from, ""
}

// parseNumber parses a number, or a pattern.
func parseNumber(text string) Run {
	digits, hasSign := strings.CutPrefix(text, "+")
	first, err := strconv.Atoi(digits)
	if err != nil || len(digits) > maxDigits || digits[0] < '0' { // a second sign
		return Run{prefix: text, count: 1}
	}
	run := Run{width: len(digits), first: first, count: 1}
	if hasSign {
		run.prefix = "+"
	}
	return run
}

// First returns the first number.
func (r Run) First() string { return r.name(0) }

// Last returns the last number.
func (r Run) Last() string { return r.name(r.count - 1) }

// Len returns the number of numbers.
func (r Run) Len() int { return r.count }

// String returns the run as a range, or the only number.
func (r Run) String() string {
	if r.count == 1 {
		return r.First()
	}
	return r.First() + "-" + r.Last()
}

// name returns the number at an offset.
func (r Run) name(offset int) string {
	if r.width == 0 {
		return r.prefix
	}
	text := strconv.Itoa(r.first + offset)
	return r.prefix + strings.Repeat("0", max(0, r.width-len(text))) + text
}

// compareForm compares width and prefix, which all numbers of a run share.
func (r Run) compareForm(other Run) int {
	if r.width != other.width || r.prefix == other.prefix {
		return cmp.Compare(r.width, other.width)
	}
	return cmp.Compare(cluster.FoldKey(r.prefix), cluster.FoldKey(other.prefix))
}

func (r Run) compare(other Run) int {
	return cmp.Or(r.compareForm(other), cmp.Compare(r.first, other.first))
}

// overlaps reports whether a run that does not come before r shares a number with it.
func (r Run) overlaps(next Run) bool {
	return r.compareForm(next) == 0 && next.first < r.first+r.count
}

// part returns the numbers from one offset to another, which is excluded.
func (r Run) part(from, to int) Run {
	r.first, r.count = r.first+from, to-from
	return r
}

// extend appends a run that comes after all others.
func (s *Set) extend(next Run) {
	next.before = s.total
	s.total += next.count
	if last := len(s.runs) - 1; last >= 0 && next.width > 0 {
		if end := &s.runs[last]; end.compareForm(next) == 0 && end.first+end.count == next.first {
			end.count += next.count
			return
		}
	}
	s.runs = append(s.runs, next)
}

// Len returns the number of members.
func (s Set) Len() int { return s.total }

// All returns the positions and members in order.
func (s Set) All() iter.Seq2[int, string] {
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

// Values returns the members in order.
func (s Set) Values() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range s.All() {
			if !yield(name) {
				return
			}
		}
	}
}

// At returns the member at a position, or "" if the position is out of range.
func (s Set) At(position int) string {
	if position < 0 || position >= s.total {
		return ""
	}
	run := s.runs[sort.Search(len(s.runs), func(i int) bool { return s.runs[i].before > position })-1]
	return run.name(position - run.before)
}

// Index returns the position of a member.
func (s Set) Index(name string) (int, bool) {
	wanted := parseNumber(name)
	after := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].compare(wanted) > 0 })
	if after == 0 || !s.runs[after-1].overlaps(wanted) {
		return 0, false
	}
	run := s.runs[after-1]
	return run.before + wanted.first - run.first, true
}

// Has reports whether the set has a member.
func (s Set) Has(name string) bool {
	_, ok := s.Index(name)
	return ok
}

// Without returns the members that the other set does not have.
func (s Set) Without(other Set) Set {
	var left []string
	for name := range s.Values() {
		if !other.Has(name) {
			left = append(left, name)
		}
	}
	return Of(left)
}

// Common returns the members that both sets have.
func (s Set) Common(other Set) Set {
	var both Set
	for i, j := 0, 0; i < len(s.runs) && j < len(other.runs); {
		a, b := s.runs[i], other.runs[j]
		form := a.compareForm(b)
		if from, to := max(a.first, b.first), min(a.first+a.count, b.first+b.count); form == 0 && from < to {
			both.extend(a.part(from-a.first, to-a.first))
		}
		if cmp.Or(form, cmp.Compare(a.first+a.count, b.first+b.count)) < 0 {
			i++
		} else {
			j++
		}
	}
	return both
}

// Equal reports whether both sets have the same members, however they were given.
func (s Set) Equal(other Set) bool {
	return slices.EqualFunc(s.runs, other.runs, func(a, b Run) bool { return a.compare(b) == 0 && a.count == b.count })
}

// Runs returns the fewest runs that have all members, in order.
func (s Set) Runs() []Run { return slices.Clone(s.runs) }

// Between returns the runs of the members from one position to another, which is
// excluded.
func (s Set) Between(from, to int) []Run {
	var runs []Run
	for _, run := range s.runs {
		if start, end := max(from-run.before, 0), min(to-run.before, run.count); start < end {
			runs = append(runs, run.part(start, end))
		}
	}
	return runs
}

// Ranges returns the members as the fewest ranges, in order.
func (s Set) Ranges() []string {
	ranges := make([]string, 0, len(s.runs))
	for _, run := range s.runs {
		ranges = append(ranges, run.String())
	}
	return ranges
}

func (s Set) String() string { return strings.Join(s.Ranges(), ", ") }

// mostRanges is how many ranges a message names.
const mostRanges = 10

// Brief names the members in a message: the first ranges, and how many numbers there are
// beyond them.
func (s Set) Brief() string {
	if len(s.runs) <= mostRanges {
		return s.String()
	}
	return fmt.Sprintf("%s and %d more", strings.Join(s.Ranges()[:mostRanges], ", "), s.total-s.runs[mostRanges].before)
}
