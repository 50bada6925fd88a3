package seating

import "slices"

// arrangeRuns assigns nodes to the seats of each group; distribute has computed how many
// seats each node gets. It uses McNaughton's wrap-around rule: each node in turn
// gets the next seats of the group, beginning again at the first seat after the
// last. No node gets more seats than the group has, so no seat gets a node twice,
// and the group has at most one run more than it has nodes.
func (f *solver) arrangeRuns() {
	f.sets = make([][]int, len(f.now))
	for r, g := range f.groups {
		counts := f.shared.on[r*f.shared.columns : (r+1)*f.shared.columns]
		if len(g.set) == 0 {
			f.arrangeNewRuns(g.seats, counts)
			continue
		}
		order := slices.Clone(g.set) // current nodes first, so that most seats stay in one run
		for c := range counts {
			if !slices.Contains(g.set, c) {
				order = append(order, c)
			}
		}
		f.assign(g.seats, wrap(len(g.seats), counts, order))
	}
}

// segment is a number of consecutive seats with the same nodes.
type segment struct {
	seats   int
	columns []int // ascending
}

func (f *solver) assign(seats []int, segments []segment) {
	next := 0
	for _, s := range segments {
		for range s.seats {
			f.sets[seats[next]] = s.columns
			next++
		}
	}
}

// wrap assigns consecutive seats to the nodes in the given order, beginning again
// after the last seat.
func wrap(seats int, counts, order []int) []segment {
	type edge struct{ at, column int }
	var starts, ends []edge
	current := make(map[int]bool, len(order))
	next := 0
	for _, c := range order {
		switch end := next + counts[c]; {
		case counts[c] == 0:
			continue
		case counts[c] == seats: // on every seat
			current[c] = true
			continue
		case end > seats:
			current[c] = true
			ends = append(ends, edge{end - seats, c})
			starts = append(starts, edge{next, c})
		default:
			starts = append(starts, edge{next, c})
			ends = append(ends, edge{end, c})
		}
		next = (next + counts[c]) % seats
	}
	cuts := []int{0, seats}
	for _, e := range slices.Concat(starts, ends) {
		cuts = append(cuts, e.at)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	slices.SortFunc(starts, func(a, b edge) int { return a.at - b.at })
	slices.SortFunc(ends, func(a, b edge) int { return a.at - b.at })
	segments := make([]segment, 0, len(cuts))
	for i, at := range cuts[:len(cuts)-1] {
		for ; len(ends) > 0 && ends[0].at == at; ends = ends[1:] {
			delete(current, ends[0].column)
		}
		for ; len(starts) > 0 && starts[0].at == at; starts = starts[1:] {
			current[starts[0].column] = true
		}
		columns := make([]int, 0, len(current))
		for c := range current {
			columns = append(columns, c)
		}
		slices.Sort(columns)
		segments = append(segments, segment{cuts[i+1] - at, columns})
	}
	return segments
}

// arrangeNewRuns assigns seats that have no nodes yet. With a single wrap, a node would
// share all its seats with the same few others. When it fails, only these would
// take over its seats, and they have them already. So the seats are divided into
// sections, each with the order of nodes that repeats the fewest frequent pairs.
func (f *solver) arrangeNewRuns(seats, counts []int) {
	var order []int
	for c, count := range counts {
		if count > 0 {
			order = append(order, c)
		}
	}
	paired := newPairs(len(counts))
	rest := slices.Clone(counts)
	for part := f.sections(len(order)); part > 0; part-- {
		row := seats[:len(seats)/part]
		section := portion(rest, len(row), len(seats), f.perSeat)
		best, least := []segment(nil), -1
		for _, candidate := range strides(order) {
			segments := wrap(len(row), section, candidate)
			if score := paired.score(segments); least < 0 || score < least {
				best, least = segments, score
			}
		}
		paired.add(best)
		f.assign(row, best)
		for c, count := range section {
			rest[c] -= count
		}
		seats = seats[len(row):]
	}
}

// sections returns the number of sections of new seats: one if each seat has all
// nodes or all but one, since any order then pairs all nodes; else three, or two
// for many nodes, whose runs would be too many to read.
func (f *solver) sections(nodes int) int {
	switch {
	case f.perSeat == 1 || f.perSeat >= nodes-1:
		return 1
	case nodes <= 12:
		return 3
	default:
		return 2
	}
}

// portion returns the part of counts for some of the seats, so that neither they
// nor the others get a node twice.
func portion(counts []int, some, seats, perSeat int) []int {
	part := make([]int, len(counts))
	missing := some * perSeat
	for c, count := range counts {
		part[c] = count * some / seats
		missing -= part[c]
	}
	for c, count := range counts {
		if missing > 0 && count*some%seats > 0 {
			part[c]++
			missing--
		}
	}
	return part
}

// strides returns the order itself and permutations with every second node, every
// third node and so on, which separate neighbours.
func strides(order []int) [][]int {
	candidates := [][]int{order}
	for step := 2; step <= min(len(order)-1, 9); step++ {
		shuffled := make([]int, 0, len(order))
		for first := range step {
			for i := first; i < len(order); i += step {
				shuffled = append(shuffled, order[i])
			}
		}
		candidates = append(candidates, shuffled)
	}
	return candidates
}

// pairs has the number of common seats of each pair of nodes.
type pairs struct {
	columns int
	seats   []int
}

func newPairs(columns int) *pairs { return &pairs{columns, make([]int, columns*columns)} }

func (p *pairs) add(segments []segment) {
	for _, s := range segments {
		for _, a := range s.columns {
			for _, b := range s.columns {
				p.seats[a*p.columns+b] += s.seats
			}
		}
	}
}

// score returns what the segments would add to the sum of squares of all pairs.
func (p *pairs) score(segments []segment) int {
	sum := 0
	for _, s := range segments {
		for _, a := range s.columns {
			for _, b := range s.columns {
				if a != b {
					sum += s.seats * (2*p.seats[a*p.columns+b] + s.seats)
				}
			}
		}
	}
	return sum
}
