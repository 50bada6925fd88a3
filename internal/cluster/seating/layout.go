package seating

import "slices"

// layOut decides which seats of a group get which node: share has settled how
// many. Within a group the seats stand in a row and the nodes follow one another
// along it, each over as many neighbouring seats as it has; where the row ends,
// the next layer begins (McNaughton's wrap-around rule). No node has more seats
// than the row is long, so none meets itself, and the row falls into at most one
// run more than there are nodes.
func (f *solver) layOut() {
	f.sets = make([][]int, len(f.now))
	for r, g := range f.groups {
		counts := f.shared.on[r*f.shared.columns : (r+1)*f.shared.columns]
		if len(g.set) == 0 {
			f.layOutNew(g.seats, counts)
			continue
		}
		order := slices.Clone(g.set) // who sits there now begins, so that most seats stay in one run
		for c := range counts {
			if !slices.Contains(g.set, c) {
				order = append(order, c)
			}
		}
		f.lay(g.seats, wrap(len(g.seats), counts, order))
	}
}

// stretch is neighbouring seats of a row that get the same nodes.
type stretch struct {
	seats   int
	columns []int // ascending
}

func (f *solver) lay(seats []int, stretches []stretch) {
	next := 0
	for _, s := range stretches {
		for range s.seats {
			f.sets[seats[next]] = s.columns
			next++
		}
	}
}

// wrap lays the nodes along a row in an order, around it as often as needed.
func wrap(seats int, counts, order []int) []stretch {
	type edge struct{ at, column int }
	var starts, ends []edge
	sits := make(map[int]bool, len(order))
	next := 0
	for _, c := range order {
		switch end := next + counts[c]; {
		case counts[c] == 0:
			continue
		case counts[c] == seats: // on every seat: no layer of its own
			sits[c] = true
			continue
		case end > seats:
			sits[c] = true
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
	stretches := make([]stretch, 0, len(cuts))
	for i, at := range cuts[:len(cuts)-1] {
		for ; len(ends) > 0 && ends[0].at == at; ends = ends[1:] {
			delete(sits, ends[0].column)
		}
		for ; len(starts) > 0 && starts[0].at == at; starts = starts[1:] {
			sits[starts[0].column] = true
		}
		columns := make([]int, 0, len(sits))
		for c := range sits {
			columns = append(columns, c)
		}
		slices.Sort(columns)
		stretches = append(stretches, stretch{cuts[i+1] - at, columns})
	}
	return stretches
}

// layOutNew lays seats out that sit nowhere yet. Wrapped around once, a node
// would share all its seats with the same few others: its loss would fall on
// these alone, and they could not take its seats over, since they have them
// already. So the row falls into sections, and each takes the nodes in the order
// that pairs up least of those who are paired often.
func (f *solver) layOutNew(seats, counts []int) {
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
		best, least := []stretch(nil), -1
		for _, candidate := range shuffles(order) {
			stretches := wrap(len(row), section, candidate)
			if score := paired.score(stretches); least < 0 || score < least {
				best, least = stretches, score
			}
		}
		paired.add(best)
		f.lay(row, best)
		for c, count := range section {
			rest[c] -= count
		}
		seats = seats[len(row):]
	}
}

// sections says into how many parts a row of new seats falls: one where each
// seat has all nodes but one, which pairs all of them in any order; else three,
// or two on many nodes, where the runs would become too many for people to read.
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

// portion takes the part of counts that falls to some of the seats, so that
// neither they nor the others get a node twice.
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

// shuffles returns the order as it is, and orders that take every second, every
// third node and so on: those that stood next to one another get apart.
func shuffles(order []int) [][]int {
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

// pairs counts the seats that two nodes share.
type pairs struct {
	columns int
	seats   []int
}

func newPairs(columns int) *pairs { return &pairs{columns, make([]int, columns*columns)} }

func (p *pairs) add(stretches []stretch) {
	for _, s := range stretches {
		for _, a := range s.columns {
			for _, b := range s.columns {
				p.seats[a*p.columns+b] += s.seats
			}
		}
	}
}

// score is what the stretches would add to the sum of squares of all pairs.
func (p *pairs) score(stretches []stretch) int {
	sum := 0
	for _, s := range stretches {
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
