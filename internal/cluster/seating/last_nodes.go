package seating

import (
	"encoding/binary"
	"errors"
	"slices"
)

// assignLast decides which node each alias lists last. VICIdial sends an agent to
// the node with the fewest agents, and to the last listed of several
// (docs/vicidial/agent-login.md#ties). So each node is last for one in perSeat of
// its seats, rounded down or up. This is always possible, since the fractional
// solution, with each node last for that part of each of its seats, satisfies it.
// Aliases that satisfy it already do not change.
func (f *solver) assignLast() error {
	groups, lasts := f.tieGroups()
	t := newTransport(len(groups), len(f.nodes))
	sums := make([]int, len(f.nodes))
	parts := make([]int, len(f.nodes))
	for r, g := range groups {
		t.size[r] = len(g.seats)
		for c := range t.columns {
			t.price[r*t.columns+c] = priceForbidden
		}
		for _, c := range g.set {
			parts[c] += t.size[r]
			t.price[r*t.columns+c] = priceKeep
			if lasts[r] != noColumn && lasts[r] != c {
				t.price[r*t.columns+c] = priceMove
			}
		}
	}
	bounds := make([]bound, len(f.nodes))
	for c, seats := range parts {
		bounds[c] = rounded(seats, f.perSeat)
	}
	// A seat whose nodes change comes last, so that an alias which lost a login gets the
	// order back that it had.
	put := func(r, last int) {
		t.on[r*t.columns+last] = t.size[r]
		sums[last] += t.size[r]
	}
	for r, last := range lasts {
		if last != noColumn {
			put(r, last)
		}
	}
	for r, g := range groups {
		if lasts[r] == noColumn { // the node that lacks most
			put(r, slices.MaxFunc(g.set, func(a, b int) int { return (bounds[a].high - sums[a]) - (bounds[b].high - sums[b]) }))
		}
	}
	if !t.solve(bounds) {
		return errors.New("no order of the aliases spreads ties evenly")
	}
	f.lasts = make([]int, len(f.now))
	for r, g := range groups {
		next := 0
		give := func(c int) {
			for range t.on[r*t.columns+c] {
				f.lasts[g.seats[next]] = c
				next++
			}
		}
		if lasts[r] != noColumn {
			give(lasts[r])
		}
		for _, c := range g.set {
			if c != lasts[r] {
				give(c)
			}
		}
	}
	return nil
}

// tieGroups groups the seats by their new nodes and by the current last one. A seat
// whose nodes change has none, since its alias changes in any case.
func (f *solver) tieGroups() ([]group, []int) {
	var groups []group
	var lasts []int
	known := map[string]int{}
	var key []byte
	for position, set := range f.sets {
		last := noColumn
		if now := f.now[position]; len(now) == len(set) && sameColumns(now, set) {
			last = now[len(now)-1]
		}
		key = binary.AppendVarint(key[:0], int64(last))
		for _, c := range set {
			key = binary.AppendUvarint(key, uint64(c)) //nolint:gosec // a column is not below zero
		}
		number, ok := known[string(key)]
		if !ok {
			number = len(groups)
			known[string(key)] = number
			groups = append(groups, group{set: set})
			lasts = append(lasts, last)
		}
		groups[number].seats = append(groups[number].seats, position)
	}
	return groups, lasts
}

func sameColumns(order, set []int) bool {
	for _, c := range order {
		if _, ok := slices.BinarySearch(set, c); !ok {
			return false
		}
	}
	return true
}

// order appends the columns of a seat in alias order. A seat with the same nodes
// keeps their order, except for the last one. Other seats list them as a rotation
// that ends with the last one, so that the second choice varies too.
func (f *solver) order(order []int, position int) []int {
	if f.lasts == nil { // current nodes first
		for _, c := range f.now[position] {
			if slices.Contains(f.sets[position], c) {
				order = append(order, c)
			}
		}
		for _, c := range f.sets[position] {
			if !slices.Contains(order, c) {
				order = append(order, c)
			}
		}
		return order
	}
	set, last := f.sets[position], f.lasts[position]
	if now := f.now[position]; len(now) == len(set) && sameColumns(now, set) {
		for _, c := range now {
			if c != last {
				order = append(order, c)
			}
		}
		return append(order, last)
	}
	after := slices.Index(set, last) + 1
	return append(append(order, set[after:]...), set[:after]...)
}
