package trunksplit

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// memory is kept beside the state: what the campaign's rows said when they were
// last read, and which servers they were on. A server that has changed its
// address since took its rows along, and they are still the split's.
type memory struct {
	Rows  cluster.Split
	Names map[string]string // server_id by server_ip
}

// at returns the rows under the addresses that the servers have by now.
func (m memory) at(servers cluster.Servers) cluster.Split {
	return m.Rows.Moved(cluster.MovedSince(m.Names, servers))
}

// brief leaves the servers out that have no row.
func (m memory) brief() memory {
	names := map[string]string{}
	for ip := range m.Rows {
		if id, found := m.Names[ip]; found {
			names[ip] = id
		}
	}
	return memory{m.Rows, names}
}
