package seating

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Move is seats that go from one node to another. From is empty for seats that
// get a node more, To for seats that lose one.
type Move struct {
	From, To string // server_ip
	Seats    int
}

// ChangedRun is neighbouring seats whose nodes, or the order of them, change in
// the same way. Before is nil for new seats, After for seats that go.
type ChangedRun struct {
	Seats         string
	Before, After []string
}

// Moves is the difference of two placements, for people.
type Moves struct {
	Added, Removed int    // seats that come and go
	Moved          int    // seats that stay and change a node
	Reordered      int    // seats that only list their nodes in another order
	Flows          []Move // of the seats that stay; sorted by From, then To
	Runs           []ChangedRun
}

// MovesBetween compares two placements; nil is one without seats.
func MovesBetween(before, after *Placement) Moves {
	var moves Moves
	flows := map[Move]int{}
	for _, part := range changes(before, after) {
		moves.Runs = append(moves.Runs, part.ChangedRun)
		switch {
		case part.Before == nil:
			moves.Added += part.count
		case part.After == nil:
			moves.Removed += part.count
		default:
			left, came := lacking(part.Before, part.After), lacking(part.After, part.Before)
			if len(left)+len(came) == 0 {
				moves.Reordered += part.count
				continue
			}
			moves.Moved += part.count
			for i := range max(len(left), len(came)) {
				var move Move
				if i < len(left) {
					move.From = left[i]
				}
				if i < len(came) {
					move.To = came[i]
				}
				flows[move] += part.count
			}
		}
	}
	for _, move := range slices.SortedFunc(maps.Keys(flows), func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	}) {
		move.Seats = flows[move]
		moves.Flows = append(moves.Flows, move)
	}
	return moves
}

// Touched lists the servers on which phones come or go between two placements,
// sorted.
func Touched(before, after *Placement) []string {
	var servers []string
	for _, run := range MovesBetween(before, after).Runs {
		servers = append(servers, lacking(run.Before, run.After)...)
		servers = append(servers, lacking(run.After, run.Before)...)
	}
	return cluster.SortedUnique(servers)
}

// lacking returns what is in have but not in other, in order.
func lacking(have, other []string) []string {
	var only []string
	for _, node := range have {
		if !slices.Contains(other, node) {
			only = append(only, node)
		}
	}
	return only
}

type changedPart struct {
	ChangedRun
	count int
}

// changes lists the changed runs in seat order, the seats that go last.
func changes(before, after *Placement) []changedPart {
	parts := runsWhere(after, func(seat string, position int) ([]string, []string, bool) {
		was, is := before.Of(seat), after.At(position)
		return was, is, !slices.Equal(was, is)
	})
	return append(parts, runsWhere(before, func(seat string, position int) ([]string, []string, bool) {
		_, stays := after.Seats().Index(seat)
		return before.At(position), nil, !stays && len(before.At(position)) > 0
	})...)
}

func runsWhere(p *Placement, changed func(seat string, position int) (before, after []string, is bool)) []changedPart {
	var parts []changedPart
	from := 0
	var was, is []string
	open := false
	end := func(to int) {
		if !open {
			return
		}
		open = false
		for _, text := range p.seats.ranges(from, to) {
			run, err := ParseSeats([]string{text})
			if err != nil {
				continue // ranges writes what ParseSeats reads
			}
			parts = append(parts, changedPart{ChangedRun{Seats: text, Before: was, After: is}, run.Len()})
		}
	}
	for position, seat := range p.Seats().All() {
		before, after, differs := changed(seat, position)
		if open && (!differs || !slices.Equal(before, was) || !slices.Equal(after, is)) {
			end(position)
		}
		if differs && !open {
			from, was, is, open = position, before, after, true
		}
	}
	end(p.Seats().Len())
	return parts
}

// Empty says whether nothing changes.
func (m Moves) Empty() bool { return len(m.Runs) == 0 }

// Summary tells the moves in lines: first counts, then the changed runs, of
// which it shows at most so many.
func (m Moves) Summary(suffixes Suffixes, most int) []string {
	var lines []string
	count := func(number int, what string) {
		if number > 0 {
			lines = append(lines, cluster.Plural(number, "seat")+" "+what)
		}
	}
	count(m.Added, "new")
	count(m.Removed, "gone")
	count(m.Moved, "on other nodes than before")
	count(m.Reordered, "with the same nodes in another order")
	name := func(node string) string {
		if suffix := suffixes[node]; suffix != "" {
			return fmt.Sprintf("%s (%s)", node, suffix)
		}
		return node
	}
	for _, flow := range m.Flows {
		switch {
		case flow.From == "":
			lines = append(lines, fmt.Sprintf("  onto %s: %s", name(flow.To), cluster.Plural(flow.Seats, "seat")))
		case flow.To == "":
			lines = append(lines, fmt.Sprintf("  off %s: %s", name(flow.From), cluster.Plural(flow.Seats, "seat")))
		default:
			lines = append(lines, fmt.Sprintf("  %s to %s: %s", name(flow.From), name(flow.To), cluster.Plural(flow.Seats, "seat")))
		}
	}
	pattern := func(nodes []string) string {
		if len(nodes) == 0 {
			return "none"
		}
		return suffixes.Pattern(nodes)
	}
	for i, run := range m.Runs {
		if i == most {
			lines = append(lines, fmt.Sprintf("  and %d more runs", len(m.Runs)-most))
			break
		}
		lines = append(lines, fmt.Sprintf("  %s: %s to %s", run.Seats, pattern(run.Before), pattern(run.After)))
	}
	return lines
}

func (m Moves) String() string { return strings.Join(m.Summary(nil, 20), "\n") }
