package diagram

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// Picture is the content of a drawing. Empty parts are omitted.
type Picture struct {
	Title     string
	Seats     int // each counted once, whatever the number of its nodes; 0 is omitted
	Proxy     *Machine
	Web       []Machine
	Telephony []Node
	Carriers  []Carrier
	Database  *Machine
	Replica   *Machine
}

// Machine is a machine that is drawn with its name and address.
type Machine struct {
	Name    string
	Address string
	Dead    bool
}

// Node is a telephony node.
type Node struct {
	Name    string
	Address string  // server_ip, by which carriers name it
	Seats   int     // that can log in there
	Lines   int     // max_vicidial_trunks
	Trunks  []Trunk // per campaign
	Role    string  // duties of this node only, e.g. "voicemail, end of day"
	Dead    bool
}

// Trunk is the allocation of one campaign on a node.
type Trunk struct {
	Campaign string
	Lines    int
	Limit    bool // MAXIMUM_LIMIT; else lines withheld from other campaigns
}

// Carrier is a connection to the telephone network.
type Carrier struct {
	Name    string
	Servers []string // addresses of the nodes it is on; empty means all
	// Inbound and Outbound are the directions of calls. A carrier with neither is an
	// account that the dialplan of others may use.
	Inbound, Outbound bool
}

// sorted returns the topology with every list sorted, so that drawings of equal
// clusters are equal.
func (t Picture) sorted() Picture {
	t.Web = slices.SortedStableFunc(slices.Values(t.Web), func(a, b Machine) int {
		return cmp.Or(svg.Natural(a.Name, b.Name), svg.Natural(a.Address, b.Address))
	})
	t.Carriers = slices.SortedStableFunc(slices.Values(t.Carriers), func(a, b Carrier) int { return svg.Natural(a.Name, b.Name) })
	t.Telephony = slices.SortedStableFunc(slices.Values(t.Telephony), func(a, b Node) int {
		return cmp.Or(svg.Natural(a.Name, b.Name), svg.Natural(a.Address, b.Address))
	})
	for i, node := range t.Telephony {
		t.Telephony[i].Trunks = slices.SortedStableFunc(slices.Values(node.Trunks), func(a, b Trunk) int { return cmp.Compare(a.Campaign, b.Campaign) })
	}
	return t
}

// on reports whether the carrier is on the node.
func (c Carrier) on(node Node) bool {
	return len(c.Servers) == 0 || slices.Contains(c.Servers, node.Address)
}

// everywhere reports whether the carrier is on all nodes of the topology.
func (t Picture) everywhere(c Carrier) bool {
	return !slices.ContainsFunc(t.Telephony, func(n Node) bool { return !c.on(n) })
}

// campaigns lists the campaigns that have trunks anywhere.
func (t Picture) campaigns() []string {
	var all []string
	for _, node := range t.Telephony {
		for _, trunk := range node.Trunks {
			all = append(all, trunk.Campaign)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// summary is the cluster in one line.
func (t Picture) summary() string {
	lines, dead := 0, 0
	for _, node := range t.Telephony {
		if node.Dead {
			dead++
			continue
		}
		lines += node.Lines
	}
	text := svg.Counted(len(t.Telephony), "telephony node")
	if dead > 0 {
		text += fmt.Sprintf(", %d of them dead", dead)
	}
	if t.Seats > 0 {
		text += " · " + svg.Counted(t.Seats, "seat")
	}
	return text + " · " + svg.Counted(lines, "line")
}

// load is the number of seats and lines of a node.
func (n Node) load() string {
	return svg.Counted(n.Seats, "seat") + " · " + svg.Counted(n.Lines, "line")
}

// text is a trunk's label: up to a limit, or withheld from others.
func (t Trunk) text() string {
	if t.Limit {
		return fmt.Sprintf("≤ %d", t.Lines)
	}
	return fmt.Sprintf("%d kept", t.Lines)
}

func (c Carrier) directionText() string {
	return map[direction]string{both: "out and in", inOnly: "in", outOnly: "out", neither: "account only"}[c.direction()]
}
