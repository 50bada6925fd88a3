package seating

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// capacityError is the error of nodes with less capacity than the seats need.
type capacityError struct {
	Seats, PerSeat int
	Places         int // capacity of the nodes, with each seat at most once per node
	Nodes          []FloorNode
}

// short returns the number of missing places.
func (e *capacityError) short() int { return e.Seats*e.PerSeat - e.Places }

func (e *capacityError) Error() string {
	full := make([]string, 0, len(e.Nodes))
	for _, node := range orderedNodes(e.Nodes) {
		if node.Capacity >= 0 && node.Capacity < e.Seats {
			full = append(full, fmt.Sprintf("%s (%s) holds %d", node.ServerIP, node.Suffix, node.Capacity))
		}
	}
	return fmt.Sprintf("capacity is short by %s: %s on %s each need %d, the servers hold %d: %s",
		cluster.Plural(e.short(), "place"), cluster.Plural(e.Seats, "seat"), cluster.Plural(e.PerSeat, "node"), e.Seats*e.PerSeat, e.Places,
		strings.Join(full, ", "))
}

func (e *capacityError) Hint() string {
	return "Raise the capacity of these servers (and their rooms), add a server, declare fewer seats, or lower nodes_per_seat."
}
