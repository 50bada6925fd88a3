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

// remember notes the rows and, of the servers, those that they are on.
func remember(rows cluster.Split, servers cluster.Servers) memory {
	all, names := servers.Names(), map[string]string{}
	for ip := range rows {
		if id, found := all[ip]; found {
			names[ip] = id
		}
	}
	return memory{rows, names}
}
