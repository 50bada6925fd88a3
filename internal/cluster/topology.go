package cluster

import (
	"slices"
	"strings"
)

// TopologyNode is a row of servers with its seats, trunks and heartbeat.
type TopologyNode struct {
	Server
	Seats  int // that can log in there
	Trunks Trunks
	Dead   bool
}

// Topology is the parts of a cluster.
type Topology struct {
	Nodes     []TopologyNode // sorted by id
	Seats     int            // aliases, and active phones that none lists
	Carriers  []CarrierRow
	Web       []string // host names under which agents log in
	Database  string   // the host that the provider is connected to
	Replica   string   // slave_db_server
	Voicemail string   // active_voicemail_server
}

// WithoutTelephony returns the row of servers that represents the database, if any, and the other rows without telephony: web nodes and archives. VICIdial does
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
	i := slices.IndexFunc(others, func(node TopologyNode) bool { return node.IP() == t.Database })
	switch {
	case i >= 0:
	case len(named) == 1:
		i = slices.IndexFunc(others, func(node TopologyNode) bool { return node.ID() == named[0].ID() })
	case len(others) == 1:
		i = 0
	default:
		return TopologyNode{}, others
	}
	database = others[i]
	return database, slices.Delete(others, i, i+1)
}

// TopologyCarrier is a carrier and the servers that it is on.
type TopologyCarrier struct {
	CarrierServers
	Inbound, Outbound bool
}

// ActiveCarriers gathers the rows of one carrier name, sorted by name.
func (t Topology) ActiveCarriers() []TopologyCarrier {
	var telephony []string
	for _, node := range t.Nodes {
		if node.Telephony() {
			telephony = append(telephony, node.IP())
		}
	}
	var carriers []TopologyCarrier
	for _, carrier := range carrierServers(t.Carriers, telephony, func(CarrierRow) bool { return true }) {
		anyRow := func(matches func(CarrierRow) bool) bool {
			return slices.ContainsFunc(t.Carriers, func(row CarrierRow) bool { return row.Active && row.title() == carrier.Name && matches(row) })
		}
		carriers = append(carriers, TopologyCarrier{carrier, anyRow(CarrierRow.inbound), anyRow(CarrierRow.outbound)})
	}
	return carriers
}
