package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// selectWebNodes selects each host once, whatever names agents use for it.
const selectWebNodes = `
SELECT DISTINCT hostname
  FROM vicidial_webservers
 WHERE COALESCE(hostname, '') <> ''
 ORDER BY hostname`

// Topology reads the components of the cluster. With live, nodes without a recent
// heartbeat are marked as dead, unless no node has one, as after a restart of the
// database.
func (s *Store) Topology(ctx context.Context, live bool) (cluster.Topology, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	topology := cluster.Topology{Database: cmp.Or(s.settings.Host, s.settings.Socket)}
	phones, aliases, err := s.AgentPhones(ctx)
	if err != nil {
		return topology, err
	}
	seats := make(map[string]int)
	for _, seat := range cluster.SeatsFrom(phones, aliases, true) {
		topology.Seats++
		for _, phone := range seat.Phones {
			if phone.Usable {
				seats[phone.ServerIP]++
			}
		}
	}
	settings, err := s.settingsRow.latest(ctx, live)
	if err != nil {
		return topology, err
	}
	topology.Voicemail, topology.Replica = settings.VoicemailServer(), settings.Replica()
	if exists, err := s.has(ctx, cluster.TableWebServers); err != nil {
		return topology, err
	} else if exists {
		topology.Web, err = selectAll(ctx, s, "web nodes", selectWebNodes, nil, func(rows *sql.Rows, host *string) error { return rows.Scan(host) })
		if err != nil {
			return topology, err
		}
	}
	if topology.Carriers, err = s.CarrierRows(ctx); err != nil {
		return topology, err
	}
	topology.Nodes, err = s.topologyNodes(ctx, seats, live)
	return topology, err
}

func (s *Store) topologyNodes(ctx context.Context, seats map[string]int, live bool) ([]cluster.TopologyNode, error) {
	servers, err := s.ExpectedServers(ctx)
	if err != nil {
		return nil, err
	}
	trunks, err := s.Trunks(ctx)
	if err != nil {
		return nil, err
	}
	var alive []string
	found := false
	if live {
		if alive, found, err = s.Alive(ctx); err != nil {
			return nil, err
		}
	}
	nodes := make([]cluster.TopologyNode, 0, len(servers))
	for _, server := range servers.FirstByAddress() {
		ip := server.IP()
		node := cluster.TopologyNode{Server: server, Seats: seats[ip], Dead: found && !slices.Contains(alive, ip)}
		for _, trunk := range trunks {
			if trunk.ServerIP == ip {
				node.Trunks = append(node.Trunks, trunk)
			}
		}
		nodes = append(nodes, node)
	}
	slices.SortStableFunc(nodes, func(a, b cluster.TopologyNode) int { return cmp.Compare(a.ID(), b.ID()) })
	return nodes, nil
}
