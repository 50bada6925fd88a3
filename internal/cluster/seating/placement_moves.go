package seating

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Move is a number of seats that move from one node to another. From is empty for
// seats that get a further node, To for seats that lose one.
type Move struct {
	From, To string // server_ip
	Seats    int
}

// ChangedRun is a run of seats whose nodes, or their order, change in the same way.
// Before is nil for new seats, After for removed ones.
type ChangedRun struct {
	Seats         string
	Before, After []string
}

// Moves is the difference of two placements.
type Moves struct {
	Added, Removed int    // new and removed seats
	Moved          int    // remaining seats with other nodes
	Reordered      int    // remaining seats with the same nodes in another order
	Flows          []Move // of the remaining seats; sorted by From, then To
	Runs           []ChangedRun
}

// MovesBetween compares two placements. nil is a placement without seats.
func MovesBetween(before, after *Placement) Moves {
	var moves Moves
	if before != nil && after != nil && before.Equal(after) {
		return moves
	}
	flows := map[Move]int{}
	for _, part := range changedParts(before, after) {
		moves.Runs = append(moves.Runs, part.ChangedRun)
		switch {
		case part.Before == nil:
			moves.Added += part.count
		case part.After == nil:
			moves.Removed += part.count
		default:
			left, came := difference(part.Before, part.After), difference(part.After, part.Before)
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

// ChangedServers returns, sorted, the servers whose phones change between two placements.
func ChangedServers(before, after *Placement) []string {
	var servers []string
	for _, run := range MovesBetween(before, after).Runs {
		servers = append(servers, difference(run.Before, run.After)...)
		servers = append(servers, difference(run.After, run.Before)...)
	}
	return cluster.SortedUnique(servers)
}

// difference returns the nodes in have that are not in other, in order.
func difference(have, other []string) []string {
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

// changedParts returns the changed runs in seat order, with the removed seats at the
// end.
func changedParts(before, after *Placement) []changedPart {
	parts := changedRuns(after, func(seat string, position int) ([]string, []string, bool) {
		nodesBefore, nodesAfter := before.Of(seat), after.at(position)
		return nodesBefore, nodesAfter, !slices.Equal(nodesBefore, nodesAfter)
	})
	return append(parts, changedRuns(before, func(seat string, position int) ([]string, []string, bool) {
		_, stays := after.Seats().Index(seat)
		return before.at(position), nil, !stays && len(before.at(position)) > 0
	})...)
}

func changedRuns(p *Placement, changed func(seat string, position int) (before, after []string, differ bool)) []changedPart {
	var parts []changedPart
	from := 0
	var runBefore, runAfter []string
	open := false
	end := func(to int) {
		if !open {
			return
		}
		open = false
		for _, run := range p.seats.Between(from, to) {
			parts = append(parts, changedPart{ChangedRun{Seats: run.String(), Before: runBefore, After: runAfter}, run.Len()})
		}
	}
	for position, seat := range p.Seats().All() {
		before, after, differs := changed(seat, position)
		if open && (!differs || !slices.Equal(before, runBefore) || !slices.Equal(after, runAfter)) {
			end(position)
		}
		if differs && !open {
			from, runBefore, runAfter, open = position, before, after, true
		}
	}
	end(p.Seats().Len())
	return parts
}

// Summary formats the moves as lines: counts, moves between nodes, and at most the
// given number of changed runs.
func (m Moves) Summary(suffixes Suffixes, most int) []string {
	var lines []string
	count := func(number int, kind string) {
		if number > 0 {
			lines = append(lines, cluster.Plural(number, "seat")+" "+kind)
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
