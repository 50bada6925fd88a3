package trunksplit

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// privateRows is the content of private state: the campaign's rows as they were read
// last, and the servers that they were on. If a server has changed its address since,
// its rows have the new address and still belong to the split.
type privateRows struct {
	Rows  cluster.Split
	Names map[string]string // server_id by server_ip
}

// atCurrentAddresses returns the rows by the current addresses of the servers.
func (p privateRows) atCurrentAddresses(servers cluster.Servers) cluster.Split {
	return p.Rows.Moved(cluster.ChangedAddresses(p.Names, servers))
}

// privateRowsOf returns the rows with the names of the servers that they are on.
func privateRowsOf(rows cluster.Split, servers cluster.Servers) privateRows {
	all, names := servers.IDsByIP(), map[string]string{}
	for ip := range rows {
		if id, found := all[ip]; found {
			names[ip] = id
		}
	}
	return privateRows{rows, names}
}

// ownedBy returns the rows that a split owns.
func (p privateRows) ownedBy(split model) privateRows {
	return privateRows{split.ownedRows(p.Rows), p.Names}
}
