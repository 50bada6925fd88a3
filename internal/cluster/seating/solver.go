package seating

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// solver is the state of [Place]. Nodes are columns, in the order of their
// suffixes. Seats with the same current nodes form a group.
type solver struct {
	perSeat int
	nodes   []FloorNode
	column  map[string]int

	seats  Seats
	now    [][]int // per seat: its current columns, in alias order, without removed nodes
	groups []group
	bounds []bound
	shared *transport

	sets  [][]int // per seat: its new columns, ascending
	lasts []int   // per seat: the last column of its alias
}

// noColumn is the index of no column.
const noColumn = -1

// group is a set of seats with the same current nodes.
type group struct {
	set   []int // current columns, ascending
	seats []int // positions, ascending
}

func orderedNodes(nodes []FloorNode) []FloorNode {
	ordered := slices.Clone(nodes)
	slices.SortFunc(ordered, func(a, b FloorNode) int {
		return compareSuffixes(a.Suffix, b.Suffix, a.ServerIP, b.ServerIP)
	})
	return ordered
}

// compareSuffixes orders nodes: a to z, then aa and so on.
func compareSuffixes(a, b, serverA, serverB string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b), cmp.Compare(serverA, serverB))
}

func newSolver(floor Floor, now *Placement, perSeat int) *solver {
	f := &solver{
		perSeat: perSeat,
		nodes:   orderedNodes(floor.Nodes),
		column:  map[string]int{},
		seats:   floor.Seats,
	}
	for c, node := range f.nodes {
		f.column[node.ServerIP] = c
	}
	f.groupSeats(now)
	return f
}

// groupSeats sets the current columns of each seat and groups equal seats.
func (f *solver) groupSeats(now *Placement) {
	f.now = make([][]int, f.seats.Len())
	var columns [][]int // per pattern of the placement now
	if now != nil {
		columns = make([][]int, len(now.patterns))
		for pattern, nodes := range now.patterns {
			for _, node := range nodes {
				if c, ok := f.column[node]; ok && !slices.Contains(columns[pattern], c) {
					columns[pattern] = append(columns[pattern], c)
				}
			}
		}
	}
	known := map[string]int{}
	var key []byte
	for position, seat := range f.seats.All() {
		var current []int
		if now != nil {
			if before, ok := now.seats.Index(seat); ok {
				current = columns[now.of[before]]
			}
		}
		f.now[position] = current

		key = key[:0]
		set := slices.Sorted(slices.Values(current))
		for _, c := range set {
			key = binary.AppendUvarint(key, uint64(c)) //nolint:gosec // a column is not below zero
		}
		number, ok := known[string(key)]
		if !ok {
			number = len(f.groups)
			known[string(key)] = number
			f.groups = append(f.groups, group{set: set})
		}
		f.groups[number].seats = append(f.groups[number].seats, position)
	}
}

// distribute computes how many seats of each group get each node.
func (f *solver) distribute() error {
	t := newTransport(len(f.groups), len(f.nodes))
	sums := make([]int, t.columns)
	for r, g := range f.groups {
		t.size[r] = len(g.seats)
		for c := range t.columns {
			t.price[r*t.columns+c] = priceMove
		}
		for _, c := range g.set {
			i := r*t.columns + c
			t.price[i] = priceKeep
			t.on[i] = t.size[r]
			sums[c] += t.size[r]
		}
	}
	for r, g := range f.groups {
		f.balance(t, r, (f.perSeat-len(g.set))*len(g.seats), sums)
	}
	if !t.solve(f.bounds) {
		return fmt.Errorf("no placement of %s on %s is within all bounds", cluster.Plural(f.seats.Len(), "seat"), cluster.Plural(len(f.nodes), "server"))
	}
	f.shared = t
	return nil
}

// balance adds the nodes that the seats of a group lack, or removes those that they
// have too many of. It begins with the columns farthest from their bounds, so that
// little is left for solve.
func (f *solver) balance(t *transport, r, lack int, sums []int) {
	if lack == 0 {
		return
	}
	columns := make([]int, t.columns)
	for c := range columns {
		columns[c] = c
	}
	slices.SortStableFunc(columns, func(a, b int) int { return cmp.Compare(f.bounds[b].rest, f.bounds[a].rest) })
	low := func(c int) int { return f.bounds[c].low }
	high := func(c int) int { return f.bounds[c].high }
	change := func(c, amount int) {
		t.on[r*t.columns+c] += amount
		sums[c] += amount
		lack -= amount
	}
	for _, upTo := range []func(c int) int{low, high, func(c int) int { return sums[c] + t.size[r] }} {
		for _, c := range columns {
			if lack > 0 {
				change(c, min(lack, t.size[r]-t.on[r*t.columns+c], max(0, upTo(c)-sums[c])))
			}
		}
	}
	slices.Reverse(columns)
	for _, downTo := range []func(c int) int{high, low, func(int) int { return 0 }} {
		for _, c := range columns {
			if lack < 0 {
				change(c, -min(-lack, t.on[r*t.columns+c], max(0, sums[c]-downTo(c))))
			}
		}
	}
}

// placement returns the result, in alias order.
func (f *solver) placement() *Placement {
	p := NewPlacement(f.seats)
	var order []int
	var nodes []string
	known := map[string]int32{}
	var key []byte
	for position := range f.sets {
		order = f.order(order[:0], position)
		key = key[:0]
		for _, c := range order {
			key = binary.AppendUvarint(key, uint64(c)) //nolint:gosec // a column is not below zero
		}
		pattern, ok := known[string(key)]
		if !ok {
			nodes = nodes[:0]
			for _, c := range order {
				nodes = append(nodes, f.nodes[c].ServerIP)
			}
			pattern = p.pattern(nodes)
			known[string(key)] = pattern
		}
		p.of[position] = pattern
	}
	return p
}
