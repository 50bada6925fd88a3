package numbers

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

// maxNumbers is how many numbers one set may hold, so that a mistyped range is an error.
const maxNumbers = 100_000

// mostDigits is the longest number that is counted with; a longer one is a pattern.
const mostDigits = 18

// Set is a set of did_patterns. Numbers are stored as runs of consecutive ones, so
// that the size of a set depends on its gaps. Numbers are text: leading zeros and a plus
// sign count. A pattern that is no number, such as *97, is a run of its own; its letters
// compare as the database compares them, without regard to case. The zero value is
// empty. Sets are immutable.
type Set struct {
	runs  []numberRun
	total int
}

// numberRun is count consecutive numbers of one width; before is how many members the runs
// in front of it have.
type numberRun struct {
	front         string // "+" or nothing; of a pattern, all of it
	width         int    // digits; 0 for a pattern
	first         uint64
	count, before int
}

// RangeError is an error in one of several ranges.
type RangeError struct {
	Index  int // position in what was given
	Range  string
	Reason string
}

func (e *RangeError) Error() string { return fmt.Sprintf("%q: %s", e.Range, e.Reason) }

// Parse reads numbers ("8005550100", "+18005550100"), ranges
// ("8005550100-8005550199") and patterns ("*97"). Both ends of a range have the same
// number of digits. A number that is given twice, a range that runs backwards and
// more than [maxNumbers] numbers are a [*RangeError].
func Parse(texts []string) (Set, error) {
	type given struct {
		numberRun
		index int
	}
	parsed := make([]given, 0, len(texts))
	total := 0
	for index, text := range texts {
		found, reason := parseRange(text)
		if reason == "" && total+found.count > maxNumbers {
			reason = fmt.Sprintf("brings the count over %d numbers", maxNumbers)
		}
		if reason != "" {
			return Set{}, &RangeError{Index: index, Range: text, Reason: reason}
		}
		total += found.count
		parsed = append(parsed, given{found, index})
	}
	slices.SortStableFunc(parsed, func(a, b given) int { return a.compare(b.numberRun) })
	var set Set
	for position, next := range parsed {
		if position > 0 && parsed[position-1].overlaps(next.numberRun) {
			later, earlier := next.index, parsed[position-1].index
			if later < earlier {
				later, earlier = earlier, later
			}
			return Set{}, &RangeError{Index: later, Range: texts[later], Reason: fmt.Sprintf("%s is in %q already", next.name(0), texts[earlier])}
		}
		set.extend(next.numberRun)
	}
	return set, nil
}

// Of returns the set of single numbers, each of which may be given several times.
func Of(names []string) Set {
	runs := make([]numberRun, 0, len(names))
	for _, name := range names {
		runs = append(runs, parseNumber(name))
	}
	slices.SortFunc(runs, numberRun.compare)
	var set Set
	for position, next := range runs {
		if position == 0 || runs[position-1].compare(next) != 0 {
			set.extend(next)
		}
	}
	return set
}

func parseRange(text string) (numberRun, string) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		if text == "" {
			return numberRun{}, "a number cannot be blank"
		}
		return parseNumber(text), ""
	}
	from, to := parseNumber(first), parseNumber(last)
	switch {
	case from.width == 0 || to.width == 0:
		return numberRun{}, fmt.Sprintf(`is neither a number nor a range like "8005550100-8005550199" of numbers with at most %d digits`, mostDigits)
	case from.front != to.front || from.width != to.width:
		return numberRun{}, fmt.Sprintf("%s and %s do not have the same number of digits, with or without a plus sign; write both ends in full", first, last)
	case to.first < from.first:
		return numberRun{}, fmt.Sprintf("runs backwards; write %s-%s", last, first)
	case to.first-from.first >= maxNumbers:
		return numberRun{}, fmt.Sprintf("has more than %d numbers", maxNumbers)
	}
	from.count = int(to.first-from.first) + 1 //nolint:gosec // below maxNumbers
	return from, ""
}

// parseNumber reads a number, or a pattern.
func parseNumber(text string) numberRun {
	front, digits := "", text
	if strings.HasPrefix(text, "+") {
		front, digits = "+", text[1:]
	}
	if digits != "" && len(digits) <= mostDigits && strings.Trim(digits, "0123456789") == "" {
		first, _ := strconv.ParseUint(digits, 10, 64)
		return numberRun{front: front, width: len(digits), first: first, count: 1}
	}
	return numberRun{front: text, count: 1}
}

func (r numberRun) compare(other numberRun) int {
	return cmp.Or(cmp.Compare(r.width, other.width), cmp.Compare(cluster.FoldKey(r.front), cluster.FoldKey(other.front)), cmp.Compare(r.first, other.first))
}

// overlaps reports whether a run that does not come before r shares a member with it.
func (r numberRun) overlaps(next numberRun) bool {
	return r.width == next.width && cluster.FoldKey(r.front) == cluster.FoldKey(next.front) && next.first < r.first+uint64(r.count) //nolint:gosec // counts are not negative
}

// name returns the offset'th member of the run.
func (r numberRun) name(offset int) string {
	if r.width == 0 {
		return r.front
	}
	text := strconv.FormatUint(r.first+uint64(offset), 10) //nolint:gosec // offsets are not negative
	return r.front + strings.Repeat("0", max(0, r.width-len(text))) + text
}

func (r numberRun) text() string {
	if r.count == 1 {
		return r.name(0)
	}
	return r.name(0) + "-" + r.name(r.count-1)
}

// extend appends a run that comes after all others.
func (s *Set) extend(next numberRun) {
	next.before = s.total
	s.total += next.count
	if last := len(s.runs) - 1; last >= 0 && next.width > 0 {
		end := &s.runs[last]
		if end.width == next.width && end.front == next.front && end.first+uint64(end.count) == next.first { //nolint:gosec // counts are not negative
			end.count += next.count
			return
		}
	}
	s.runs = append(s.runs, next)
}

// Len returns the number of members.
func (s Set) Len() int { return s.total }

// All returns the members in order.
func (s Set) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, part := range s.runs {
			for offset := range part.count {
				if !yield(part.name(offset)) {
					return
				}
			}
		}
	}
}

// Index returns the position of a member.
func (s Set) Index(name string) (int, bool) {
	wanted := parseNumber(name)
	after := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].compare(wanted) > 0 })
	if after == 0 || !s.runs[after-1].overlaps(wanted) {
		return 0, false
	}
	found := s.runs[after-1]
	return found.before + int(wanted.first-found.first), true //nolint:gosec // within the run
}

// Has reports whether the set has a member.
func (s Set) Has(name string) bool {
	_, has := s.Index(name)
	return has
}

// Without returns the members that the other set does not have.
func (s Set) Without(other Set) Set {
	var left []string
	for name := range s.All() {
		if !other.Has(name) {
			left = append(left, name)
		}
	}
	return Of(left)
}

// Common returns the members that both sets have.
func (s Set) Common(other Set) Set {
	if other.total < s.total {
		s, other = other, s
	}
	var both []string
	for name := range s.All() {
		if other.Has(name) {
			both = append(both, name)
		}
	}
	return Of(both)
}

// Equal reports whether both sets have the same members, however they were given.
func (s Set) Equal(other Set) bool {
	return slices.EqualFunc(s.runs, other.runs, func(a, b numberRun) bool { return a.compare(b) == 0 && a.count == b.count })
}

// Ranges returns the members as the fewest ranges, in order.
func (s Set) Ranges() []string {
	ranges := make([]string, 0, len(s.runs))
	for _, part := range s.runs {
		ranges = append(ranges, part.text())
	}
	return ranges
}

func (s Set) String() string { return strings.Join(s.Ranges(), ",") }

// mostRanges is how many ranges a message names.
const mostRanges = 10

// Brief names the members in a message: the first ranges, and how many more there
// are.
func (s Set) Brief() string {
	ranges := s.Ranges()
	if len(ranges) <= mostRanges {
		return strings.Join(ranges, ", ")
	}
	named := 0
	for _, part := range s.runs[:mostRanges] {
		named += part.count
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ranges[:mostRanges], ", "), s.total-named)
}
