package seating

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Placement has the nodes of each seat in the order of its alias, whose last node
// wins ties (www/agc/vicidial.php, docs/vicidial/agent-login.md#ties). Seats with
// the same nodes in the same order share a pattern, so that a seat takes four
// bytes. The zero value has no seats.
type Placement struct {
	seats    Seats
	of       []int32 // position of a seat → its pattern
	patterns [][]string
	known    map[string]int32
}

// NewPlacement returns a placement of seats without nodes.
func NewPlacement(seats Seats) *Placement {
	p := &Placement{seats: seats, of: make([]int32, seats.Len()), known: map[string]int32{}}
	p.pattern(nil)
	return p
}

// Set sets the nodes (server_ip) of the seat at a position, in alias order.
func (p *Placement) Set(position int, nodes []string) {
	if position > 0 && slices.Equal(p.at(position-1), nodes) { // as of most seats
		p.of[position] = p.of[position-1]
		return
	}
	p.of[position] = p.pattern(nodes)
}

// CopyFrom copies the nodes of seats from another placement.
func (p *Placement) CopyFrom(seats []string, from *Placement) {
	for _, seat := range seats {
		if position, ours := p.Seats().Index(seat); ours {
			p.Set(position, from.Of(seat))
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
	number := int32(len(p.patterns)) //nolint:gosec // at most one pattern a seat, and seats are limited by MostSeats
	p.patterns = append(p.patterns, slices.Clone(nodes))
	p.known[key] = number
	return number
}

// Seats returns the seats of the placement.
func (p *Placement) Seats() Seats {
	if p == nil {
		return Seats{}
	}
	return p.seats
}

// at returns the nodes of the seat at a position. The slice must not be modified.
func (p *Placement) at(position int) []string { return p.patterns[p.of[position]] }

// Of returns the nodes of a seat, or nil if the seat is not placed.
func (p *Placement) Of(seat string) []string {
	if p == nil {
		return nil
	}
	position, ok := p.seats.Index(seat)
	if !ok {
		return nil
	}
	return p.at(position)
}

// PerServer returns the number of seats on each node (server_ip).
func (p *Placement) PerServer() map[string]int {
	if p == nil {
		return nil
	}
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

// Equal reports whether both have the same seats with the same nodes in the same
// order.
func (p *Placement) Equal(other *Placement) bool {
	if !p.seats.Equal(other.seats) {
		return false
	}
	for position := range p.of {
		if !slices.Equal(p.at(position), other.at(position)) {
			return false
		}
	}
	return true
}

// FloorNode is a server that seats may be placed on.
type FloorNode struct {
	ServerIP string
	Suffix   string // the suffix of phone logins; it also orders the nodes
	Weight   int    // relative number of seats, at least 1
	Capacity int    // maximum number of seats, or [Unbounded]
}

// Unbounded is the capacity of a node without a limit.
const Unbounded = -1

// Floor declares seats and the nodes to place them on.
type Floor struct {
	Seats        Seats
	Nodes        []FloorNode
	NodesPerSeat int // distinct nodes of each seat; 0 means all
	// KeepOrder keeps the order of existing aliases. A new alias lists nodes in the
	// order of their suffixes, as in floors that were made by hand.
	KeepOrder bool
}

// Place distributes the seats over the nodes. now is the current placement, or nil.
// The result depends on the arguments only, and not on the order of the nodes.
//
//   - Each seat has NodesPerSeat distinct nodes.
//   - Each node has its quota by weight, rounded down or up, and at most its
//     capacity: any two nodes below their capacity differ by at most one seat
//     per unit of weight.
//   - Of all such placements it is one with the fewest moves: a new node gets its
//     share and no other seat moves, and a balanced placement does not change.
//     The removal of a node may need more moves than it had seats, if weights
//     differ or if a node that should take over a seat has it already.
//   - Each node is last in the aliases of one in NodesPerSeat of its seats,
//     rounded down or up. VICIdial gives ties to the last login, so that agents
//     are distributed evenly while few are logged in. With KeepOrder this does
//     not hold.
//   - New seats are assigned in contiguous runs.
//
// The error is a [capacityError], or a [cluster.Refused] for invalid nodes.
func Place(floor Floor, now *Placement) (*Placement, error) {
	perSeat, err := floor.check()
	if err != nil {
		return nil, err
	}
	f := newSolver(floor, now, perSeat)
	if err := f.bound(floor); err != nil {
		return nil, err
	}
	if err := f.distribute(); err != nil {
		return nil, err
	}
	f.arrangeRuns()
	if !floor.KeepOrder {
		if err := f.assignLast(); err != nil {
			return nil, err
		}
	}
	return f.placement(), nil
}

// check returns the number of nodes per seat, or an error for an invalid floor.
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

// bound computes the bounds of each column. It returns a [capacityError] if the
// nodes cannot have all seats.
func (f *solver) bound(floor Floor) error {
	seats := len(f.now)
	demands := make([]demand, len(f.nodes))
	ceilings := 0
	for c, node := range f.nodes {
		ceiling := seats
		if node.Capacity >= 0 {
			ceiling = min(ceiling, node.Capacity)
		}
		demands[c] = demand{weight: node.Weight, ceiling: ceiling}
		ceilings += ceiling
	}
	if total := seats * f.perSeat; ceilings < total {
		return &capacityError{Seats: seats, PerSeat: f.perSeat, Places: ceilings, Nodes: slices.Clone(floor.Nodes)}
	}
	f.bounds = quotas(seats*f.perSeat, demands)
	return nil
}
