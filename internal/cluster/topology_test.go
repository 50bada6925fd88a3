package cluster_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestTopology_WithoutTelephony(t *testing.T) {
	server := func(id, ip string, telephony bool) cluster.TopologyNode {
		return cluster.TopologyNode{Server: cluster.Server{Row: cluster.Row{
			"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active_asterisk_server": cluster.YesNo(telephony),
		}}}
	}
	dial := server("dial1", "10.0.0.1", true)
	for name, c := range map[string]struct {
		connected string
		nodes     []cluster.TopologyNode
		database  string
		others    []string
	}{
		"none":                          {"10.0.0.5", []cluster.TopologyNode{dial}, "", nil},
		"the only one":                  {"127.0.0.1", []cluster.TopologyNode{dial, server("host9", "10.0.0.9", false)}, "host9", nil},
		"by the connected address":      {"10.0.0.8", []cluster.TopologyNode{server("db1", "10.0.0.7", false), server("sql2", "10.0.0.8", false), dial}, "sql2", []string{"db1"}},
		"by its name, not the last one": {"127.0.0.1", []cluster.TopologyNode{server("DB1", "10.0.0.7", false), dial, server("web1", "10.0.0.8", false), server("web2", "10.0.0.9", false)}, "DB1", []string{"web1", "web2"}},
		"not known":                     {"127.0.0.1", []cluster.TopologyNode{server("web1", "10.0.0.8", false), server("web2", "10.0.0.9", false)}, "", []string{"web1", "web2"}},
	} {
		t.Run(name, func(t *testing.T) {
			database, others := cluster.Topology{Database: c.connected, Nodes: c.nodes}.WithoutTelephony()
			if database.ID() != c.database || len(others) != len(c.others) {
				t.Fatalf("database %q, others %v; want %q, %v", database.ID(), others, c.database, c.others)
			}
			for i, other := range others {
				if other.ID() != c.others[i] {
					t.Errorf("others[%d] = %s, want %s", i, other.ID(), c.others[i])
				}
			}
		})
	}
}
