package seating

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Placement says which nodes each seat may log in to, in the order in which its
// alias lists them: the last one wins ties (www/agc/vicidial.php, docs/vicidial/agent-login.md#ties).
// Seats on the same nodes in the same order share one pattern, so that a floor
// costs four bytes a seat. The zero value holds no seat.
type Placement struct {
	seats    Seats
	of       []int32 // position of a seat → its pattern
	patterns [][]string
	known    map[string]int32
}

// NewPlacement begins a placement in which no seat has a node yet.
func NewPlacement(seats Seats) *Placement {
	p := &Placement{seats: seats, of: make([]int32, seats.Len()), known: map[string]int32{}}
	p.pattern(nil)
	return p
}

// Put sets the nodes (server_ip) of the seat at a position, in alias order.
func (p *Placement) Put(position int, nodes []string) { p.of[position] = p.pattern(nodes) }

// Hold puts seats where another placement has them.
func (p *Placement) Hold(seats []string, from *Placement) {
	for _, seat := range seats {
		if position, ours := p.Seats().Index(seat); ours {
			p.Put(position, from.Of(seat))
		}
	}
}

func (p *Placement) pattern(nodes []string) int32 {
	key := ""
	for _, node := range nodes {
		key += node + ","
	}
	if number, ok := p.known[key]; ok {
		return number
	}
	number := int32(len(p.patterns)) //nolint:gosec // at most one pattern a seat, and those are bounded by MostSeats
	p.patterns = append(p.patterns, slices.Clone(nodes))
	p.known[key] = number
	return number
}

// Seats are the seats that the placement is about.
func (p *Placement) Seats() Seats {
	if p == nil {
		return Seats{}
	}
	return p.seats
}

// At returns the nodes of the seat at a position; callers leave them as they are.
func (p *Placement) At(position int) []string { return p.patterns[p.of[position]] }

// Of returns the nodes of a seat; none where the seat is not placed.
func (p *Placement) Of(seat string) []string {
	if p == nil {
		return nil
	}
	position, ok := p.seats.Index(seat)
	if !ok {
		return nil
	}
	return p.At(position)
}

// PerServer counts the seats that have each node (server_ip).
func (p *Placement) PerServer() map[string]int {
	seats := make([]int, len(p.patterns))
	for _, pattern := range p.of {
		seats[pattern]++
	}
	count := map[string]int{}
	for pattern, nodes := range p.patterns {
		for _, node := range nodes {
			if seats[pattern] > 0 {
				count[node] += seats[pattern]
			}
		}
	}
	return count
}

// Equal says whether both place the same seats on the same nodes in the same
// order.
func (p *Placement) Equal(other *Placement) bool {
	if !p.seats.Equal(other.seats) {
		return false
	}
	for position := range p.of {
		if !slices.Equal(p.At(position), other.At(position)) {
			return false
		}
	}
	return true
}

// FloorNode is a server that seats may be placed on.
type FloorNode struct {
	ServerIP string
	Suffix   string // marks the node in phone logins, and orders the nodes
	Weight   int    // its part of the seats, 1 or more
	Capacity int    // seats at most; [Unbounded] for as many as there are
}

// Unbounded is the capacity of a node without a limit.
const Unbounded = -1

// Floor declares which seats are to sit on which nodes.
type Floor struct {
	Seats        Seats
	Nodes        []FloorNode
	NodesPerSeat int // distinct nodes of each seat; 0 is all of them
	// KeepOrder leaves the order of every alias as it is, and lists the nodes of
	// a new one in the order of their suffixes, as floors made by hand do.
	KeepOrder bool
}

// Place shares the seats out over the nodes. It is a function of its arguments
// alone: the same floor and the same placement now (nil on an empty floor) give
// the same placement, whatever the order in which the nodes are declared.
//
//   - Each seat has NodesPerSeat distinct nodes.
//   - Each node has its quota by weight, rounded down or up, but at most its
//     capacity: any two nodes below their capacity are within one seat per unit
//     of weight.
//   - Of all placements for which that holds, it is one with the fewest moves: a
//     node that joins takes its share and nothing else moves, and what is
//     balanced stays as it is. When a node leaves, balance may ask for more moves
//     than it had seats: where weights differ, or where whoever should take a seat
//     over has it already.
//   - Each node is the last one of its seats' aliases for one in NodesPerSeat of
//     its seats, rounded down or up: VICIdial gives ties to the last login, so on
//     an empty floor nobody gets more than their share of them. KeepOrder gives
//     this up.
//   - New seats are laid out in contiguous runs.
//
// The error is a [*CapacityShort] or names what is wrong with the nodes.
func Place(floor Floor, now *Placement) (*Placement, error) {
	perSeat, err := floor.check()
	if err != nil {
		return nil, err
	}
	f := newSolver(floor, now, perSeat)
	if err := f.bound(floor); err != nil {
		return nil, err
	}
	if err := f.share(); err != nil {
		return nil, err
	}
	f.layOut()
	if !floor.KeepOrder {
		if err := f.spreadTies(); err != nil {
			return nil, err
		}
	}
	return f.placement(), nil
}

// check returns the nodes per seat.
func (f Floor) check() (int, error) {
	wrong := &cluster.Refused{Subject: "these seats cannot be placed"}
	perSeat := f.NodesPerSeat
	if perSeat == 0 {
		perSeat = len(f.Nodes)
	}
	switch {
	case len(f.Nodes) == 0:
		wrong.Reasons = append(wrong.Reasons, "no server is declared")
	case perSeat < 0:
		wrong.Reasons = append(wrong.Reasons, "nodes_per_seat is below zero")
	case perSeat > len(f.Nodes):
		wrong.Reasons = append(wrong.Reasons, cluster.Plural(perSeat, "node")+" per seat but "+cluster.Plural(len(f.Nodes), "server")+" declared")
	}
	servers, suffixes := map[string]bool{}, map[string]string{}
	for _, node := range f.Nodes {
		if servers[node.ServerIP] {
			wrong.Reasons = append(wrong.Reasons, "server "+node.ServerIP+" is declared twice")
		}
		if other, taken := suffixes[node.Suffix]; taken && other != node.ServerIP {
			wrong.Reasons = append(wrong.Reasons, "servers "+other+" and "+node.ServerIP+` share the suffix "`+node.Suffix+`"`)
		}
		if node.Weight < 1 {
			wrong.Reasons = append(wrong.Reasons, "server "+node.ServerIP+" has a weight below 1")
		}
		servers[node.ServerIP], suffixes[node.Suffix] = true, node.ServerIP
	}
	if len(wrong.Reasons) > 0 {
		return 0, wrong
	}
	return perSeat, nil
}

// bound works out how many seats each column may and must have, or says how
// much capacity is missing.
func (f *solver) bound(floor Floor) error {
	seats := len(f.now)
	claims := make([]claim, len(f.nodes))
	ceilings := 0
	for c, node := range f.nodes {
		ceiling := seats
		if node.Capacity >= 0 {
			ceiling = min(ceiling, node.Capacity)
		}
		claims[c] = claim{weight: node.Weight, ceiling: ceiling}
		ceilings += ceiling
	}
	if total := seats * f.perSeat; ceilings < total {
		return &CapacityShort{Seats: seats, PerSeat: f.perSeat, Places: ceilings, Nodes: slices.Clone(floor.Nodes)}
	}
	f.bounds = quotas(seats*f.perSeat, claims)
	return nil
}
