package seating

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// CapacityShort says that the nodes together cannot hold the seats.
type CapacityShort struct {
	Seats, PerSeat int
	Places         int // how many the nodes can hold, each seat at most once
	Nodes          []FloorNode
}

// Short is how many places are missing.
func (e *CapacityShort) Short() int { return e.Seats*e.PerSeat - e.Places }

func (e *CapacityShort) Error() string {
	full := make([]string, 0, len(e.Nodes))
	for _, node := range orderedNodes(e.Nodes) {
		if node.Capacity >= 0 && node.Capacity < e.Seats {
			full = append(full, fmt.Sprintf("%s (%s) holds %d", node.ServerIP, node.Suffix, node.Capacity))
		}
	}
	return fmt.Sprintf("capacity is short by %s: %s on %s each need %d, the servers hold %d: %s",
		cluster.Plural(e.Short(), "place"), cluster.Plural(e.Seats, "seat"), cluster.Plural(e.PerSeat, "node"), e.Seats*e.PerSeat, e.Places,
		strings.Join(full, ", "))
}

// Hint tells what to do about it.
func (e *CapacityShort) Hint() string {
	return "Raise the capacity of these servers (and their rooms), add a server, declare fewer seats, or lower nodes_per_seat."
}
