package cluster

import (
	"slices"
	"strings"
)

// TopologyNode is a row of servers, and what a picture shows beside it.
type TopologyNode struct {
	Server
	Seats  int // that can log in there
	Trunks []TrunkRow
	Dead   bool
}

// Topology is what a cluster consists of.
type Topology struct {
	Nodes     []TopologyNode // sorted by id
	Seats     int            // aliases, and active phones that none lists
	Carriers  []CarrierRow
	Web       []string // host names under which agents log in
	Database  string   // the host that the provider is connected to
	Replica   string   // slave_db_server
	Voicemail string   // active_voicemail_server
}

// WithoutTelephony returns the row of servers that stands for the database, if one
// does, and the other rows without telephony: web nodes and archives. VICIdial does
// not mark them. The database is the row with the address that the provider is
// connected to, or else the only one whose server_id names a database, or the only
// row without telephony.
func (t Topology) WithoutTelephony() (database TopologyNode, others []TopologyNode) {
	var named []TopologyNode
	for _, node := range t.Nodes {
		if node.Telephony() {
			continue
		}
		others = append(others, node)
		if id := strings.ToLower(node.ID()); strings.Contains(id, "db") || strings.Contains(id, "database") || strings.Contains(id, "sql") {
			named = append(named, node)
		}
	}
	at := slices.IndexFunc(others, func(node TopologyNode) bool { return node.IP() == t.Database })
	switch {
	case at >= 0:
	case len(named) == 1:
		at = slices.IndexFunc(others, func(node TopologyNode) bool { return node.ID() == named[0].ID() })
	case len(others) == 1:
		at = 0
	default:
		return TopologyNode{}, others
	}
	database = others[at]
	return database, slices.Delete(others, at, at+1)
}

// TopologyCarrier is a carrier and the servers that it is on.
type TopologyCarrier struct {
	Name     string
	Servers  []string // server_ip, sorted
	Inbound  bool
	Outbound bool
}

// ActiveCarriers gathers the rows of one carrier name, sorted by name.
func (t Topology) ActiveCarriers() []TopologyCarrier {
	var telephony []string
	for _, node := range t.Nodes {
		if node.Telephony() {
			telephony = append(telephony, node.IP())
		}
	}
	names := make([]string, 0, len(t.Carriers))
	found := make(map[string]*TopologyCarrier)
	for _, row := range t.Carriers {
		if !row.Active {
			continue
		}
		name := row.title()
		if found[name] == nil {
			found[name] = &TopologyCarrier{Name: name}
		}
		names = append(names, name)
		found[name].Servers = SortedUnique(found[name].Servers, row.servers(telephony))
		found[name].Inbound = found[name].Inbound || row.Inbound
		found[name].Outbound = found[name].Outbound || row.Outbound
	}
	names = SortedUnique(names)
	carriers := make([]TopologyCarrier, 0, len(names))
	for _, name := range names {
		carriers = append(carriers, *found[name])
	}
	return carriers
}

// TrunkRow is one row of vicidial_server_trunks.
type TrunkRow struct {
	ServerIP     string
	Campaign     string
	Dedicated    int  // dedicated_trunks
	MaximumLimit bool // trunk_restriction is MAXIMUM_LIMIT, else OVERFLOW_ALLOWED
}
