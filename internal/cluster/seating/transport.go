package seating

import "slices"

// transport is the sum behind a placement: rows are groups of like seats, the
// columns are nodes, and on says how many seats of a group have a node. A seat
// that goes from one node to another within its group costs the difference of
// the two prices; how many nodes a group has in all never changes. settle finds
// the cheapest change that brings every column within its bound.
//
// This is minimum-cost flow by successive shortest paths, with the residual
// network read off the matrix: a path leaves a column that has too much, goes
// through groups and columns that pass it on, and ends at a column that has too
// little. As many seats follow one path as it bears, and all paths of one length
// are used up before the next are looked for, so 10,000 seats on 100 nodes take
// milliseconds.
type transport struct {
	rows, columns int
	size          []int   // seats in the row
	on            []int   // row × column
	price         []price // row × column
	bounds        []bound // of the column sums

	pooled []int // of each column's sum, what its bound accepts
	supply []int // per vertex: more than accepted (> 0) or less than needed (< 0)
	level  []int // per vertex: length of the shortest path so far
	seen   []bool
}

type price int8

const (
	free  price = 0  // where the seat sits already
	fresh price = 1  // a move
	held  price = -1 // neither gives nor takes
)

func newTransport(rows, columns int) *transport {
	return &transport{
		rows: rows, columns: columns,
		size:  make([]int, rows),
		on:    make([]int, rows*columns),
		price: make([]price, rows*columns),
	}
}

// The vertices: rows first, then columns, then the pool. The pool stands for
// the freedom between a column's low and its high.
func (t *transport) column(c int) int { return t.rows + c }
func (t *transport) pool() int        { return t.rows + t.columns }

// settle changes on. The matrix it begins with must be the cheapest for its own
// column sums, which holds where each row uses its free columns first. False
// says that no matrix satisfies the bounds.
func (t *transport) settle(bounds []bound) bool {
	t.bounds = bounds
	vertices := t.pool() + 1
	t.pooled = make([]int, t.columns)
	t.supply = make([]int, vertices)
	t.level = make([]int, vertices)
	t.seen = make([]bool, vertices)
	total := 0
	for c := range t.columns {
		sum := 0
		for r := range t.rows {
			sum += t.on[r*t.columns+c]
		}
		t.pooled[c] = min(max(sum, bounds[c].low), bounds[c].high)
		t.supply[t.column(c)] = sum - t.pooled[c]
		total += t.supply[t.column(c)]
	}
	t.supply[t.pool()] = -total
	t.begin()
	for t.anySupply() {
		if !t.measure() {
			return false
		}
		for pushed := true; pushed; {
			pushed = false
			clear(t.seen)
			for v := range vertices {
				if t.supply[v] > 0 && !t.seen[v] {
					sent := t.push(v, t.supply[v])
					t.supply[v] -= sent
					pushed = pushed || sent > 0
				}
			}
		}
	}
	return true
}

// begin sets the levels so that no arc of the first network is shorter than 0.
func (t *transport) begin() {
	for r := range t.rows {
		cheapest := price(1)
		for c := range t.columns {
			if i := r*t.columns + c; t.price[i] != held && t.on[i] < t.size[r] {
				cheapest = min(cheapest, t.price[i])
			}
		}
		t.level[r] = -int(cheapest)
	}
}

func (t *transport) anySupply() bool {
	return slices.ContainsFunc(t.supply, func(amount int) bool { return amount > 0 })
}

// arcs calls visit for each arc that leaves v, with its length and how much it
// bears, until visit says false. Row to column seats more, column to row takes
// a seat away.
func (t *transport) arcs(v int, visit func(to, length, bears int) bool) {
	switch {
	case v < t.rows:
		for c := range t.columns {
			i := v*t.columns + c
			if room := t.size[v] - t.on[i]; room > 0 && t.price[i] != held && !visit(t.column(c), int(t.price[i]), room) {
				return
			}
		}
	case v < t.pool():
		c := v - t.rows
		if room := t.bounds[c].high - t.pooled[c]; room > 0 && !visit(t.pool(), 0, room) {
			return
		}
		for r := range t.rows {
			i := r*t.columns + c
			if t.on[i] > 0 && t.price[i] != held && !visit(r, -int(t.price[i]), t.on[i]) {
				return
			}
		}
	default:
		for c := range t.columns {
			if spare := t.pooled[c] - t.bounds[c].low; spare > 0 && !visit(t.column(c), 0, spare) {
				return
			}
		}
	}
}

// carry moves amount along an arc.
func (t *transport) carry(from, to, amount int) {
	switch {
	case from < t.rows:
		t.on[from*t.columns+to-t.rows] += amount
	case to < t.rows:
		t.on[to*t.columns+from-t.rows] -= amount
	case to == t.pool():
		t.pooled[from-t.rows] += amount
	default:
		t.pooled[to-t.rows] -= amount
	}
}

// measure adds to each level the length of the shortest path from any supply,
// so that arcs on shortest paths get the reduced length 0. Lengths are small
// whole numbers: the queue is a list of buckets. False says that no path leads
// from a supply to a need.
func (t *transport) measure() bool {
	const far = int(^uint(0) >> 1)
	distance := make([]int, len(t.level))
	buckets := [][]int{nil}
	for v := range distance {
		distance[v] = far
		if t.supply[v] > 0 {
			distance[v] = 0
			buckets[0] = append(buckets[0], v)
		}
	}
	furthest, reached := 0, false
	for length := 0; length < len(buckets); length++ {
		for k := 0; k < len(buckets[length]); k++ {
			v := buckets[length][k]
			if distance[v] != length {
				continue // reached on a shorter way meanwhile
			}
			furthest = length
			reached = reached || t.supply[v] < 0
			t.arcs(v, func(to, arc, _ int) bool {
				next := length + arc + t.level[v] - t.level[to]
				if next < distance[to] {
					distance[to] = next
					for len(buckets) <= next {
						buckets = append(buckets, nil)
					}
					buckets[next] = append(buckets[next], to)
				}
				return true
			})
		}
	}
	for v := range distance {
		t.level[v] += min(distance[v], furthest)
	}
	return reached
}

// push sends up to amount from v along arcs of reduced length 0 to wherever
// something is needed, and says how much arrived.
func (t *transport) push(v, amount int) int {
	t.seen[v] = true
	sent := 0
	if need := -t.supply[v]; need > 0 {
		sent = min(need, amount)
		t.supply[v] += sent
	}
	if sent == amount {
		return sent
	}
	t.arcs(v, func(to, length, bears int) bool {
		if !t.seen[to] && length+t.level[v]-t.level[to] == 0 {
			if part := t.push(to, min(bears, amount-sent)); part > 0 {
				t.carry(v, to, part)
				sent += part
			}
		}
		return sent < amount
	})
	return sent
}
