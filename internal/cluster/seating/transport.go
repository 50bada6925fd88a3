package seating

import "slices"

// transport is the transportation problem of a placement. Rows are groups of equal
// seats, columns are nodes, and on has the number of seats of a group on a node. A
// seat that moves from one node to another within its group costs the difference of
// the prices; the row sums never change. solve finds the cheapest change that
// brings every column sum within its bound.
//
// It is minimum-cost flow by successive shortest paths, with the matrix as the
// residual network: a path starts at a column above its bound and ends at a column
// below its bound. Each path carries as many seats as its capacity, and all paths
// of one length are used before longer ones are computed, so that 10,000 seats on
// 100 nodes take milliseconds.
type transport struct {
	rows, columns int
	size          []int   // seats in the row
	on            []int   // row × column
	price         []price // row × column
	bounds        []bound // of the column sums

	pooled []int // the part of each column's sum within its bound
	supply []int // per vertex: excess (> 0) or deficit (< 0)
	level  []int // per vertex: length of the shortest path so far
	seen   []bool
}

type price int8

const (
	priceKeep      price = 0  // the current node of the seat
	priceMove      price = 1  // a move
	priceForbidden price = -1 // cannot change
)

func newTransport(rows, columns int) *transport {
	return &transport{
		rows: rows, columns: columns,
		size:  make([]int, rows),
		on:    make([]int, rows*columns),
		price: make([]price, rows*columns),
	}
}

// The vertices: rows, columns and the pool, which represents the difference between
// the low and high bounds of the columns.
func (t *transport) column(c int) int { return t.rows + c }
func (t *transport) pool() int        { return t.rows + t.columns }

// solve changes t.on so that every column sum is within its bound. The initial
// matrix must be the cheapest for its own column sums, which holds if each row uses
// its current columns first. It reports false if no matrix satisfies the bounds.
func (t *transport) solve(bounds []bound) bool {
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
	t.initLevels()
	for t.anySupply() {
		if !t.relabel() {
			return false
		}
		for pushed := true; pushed; {
			pushed = false
			clear(t.seen)
			for v := range vertices {
				if t.supply[v] > 0 && !t.seen[v] {
					sent := t.augment(v, t.supply[v])
					t.supply[v] -= sent
					pushed = pushed || sent > 0
				}
			}
		}
	}
	return true
}

// initLevels sets the levels so that no arc of the initial network has a negative
// length.
func (t *transport) initLevels() {
	for r := range t.rows {
		cheapest := price(1)
		for c := range t.columns {
			if i := r*t.columns + c; t.price[i] != priceForbidden && t.on[i] < t.size[r] {
				cheapest = min(cheapest, t.price[i])
			}
		}
		t.level[r] = -int(cheapest)
	}
}

func (t *transport) anySupply() bool {
	return slices.ContainsFunc(t.supply, func(amount int) bool { return amount > 0 })
}

// arcs calls visit for each arc from v, with its length and capacity, until visit
// returns false. An arc from a row to a column adds seats, one from a column to a
// row removes them.
func (t *transport) arcs(v int, visit func(to, length, capacity int) bool) {
	switch {
	case v < t.rows:
		for c := range t.columns {
			i := v*t.columns + c
			if room := t.size[v] - t.on[i]; room > 0 && t.price[i] != priceForbidden && !visit(t.column(c), int(t.price[i]), room) {
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
			if t.on[i] > 0 && t.price[i] != priceForbidden && !visit(r, -int(t.price[i]), t.on[i]) {
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

// apply moves amount along an arc.
func (t *transport) apply(from, to, amount int) {
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

// relabel adds to each level the length of the shortest path from any excess, so
// that arcs on shortest paths have the reduced length 0. Lengths are small whole
// numbers, so the queue is a list of buckets. It reports false if there is no path
// from an excess to a deficit.
func (t *transport) relabel() bool {
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
				continue // reached on a shorter path
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

// augment sends up to amount from v along arcs of reduced length 0 to vertices with
// a deficit, and returns how much arrived.
func (t *transport) augment(v, amount int) int {
	t.seen[v] = true
	sent := 0
	if need := -t.supply[v]; need > 0 {
		sent = min(need, amount)
		t.supply[v] += sent
	}
	if sent == amount {
		return sent
	}
	t.arcs(v, func(to, length, capacity int) bool {
		if !t.seen[to] && length+t.level[v]-t.level[to] == 0 {
			if part := t.augment(to, min(capacity, amount-sent)); part > 0 {
				t.apply(v, to, part)
				sent += part
			}
		}
		return sent < amount
	})
	return sent
}
