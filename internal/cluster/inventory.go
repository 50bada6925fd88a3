package cluster

// LandscapeNode is a row of servers, and what a picture shows beside it.
type LandscapeNode struct {
	Server
	Seats  int // that can log in there
	Trunks []TrunkRow
	Dead   bool
}

// Landscape is what a cluster consists of.
type Landscape struct {
	Nodes     []LandscapeNode // sorted by id
	Seats     int             // aliases, and active phones that none lists
	Carriers  []CarrierRow
	Web       []string // host names under which agents log in
	Database  string   // the host that the provider is connected to
	Replica   string   // slave_db_server
	Voicemail string   // active_voicemail_server
}

// LandscapeCarrier is a carrier and the servers that it is on.
type LandscapeCarrier struct {
	Name     string
	Servers  []string // server_ip, sorted
	Inbound  bool
	Outbound bool
}

// ActiveCarriers gathers the rows of one carrier name, sorted by name.
func (l Landscape) ActiveCarriers() []LandscapeCarrier {
	var telephony []string
	for _, node := range l.Nodes {
		if node.Telephony() {
			telephony = append(telephony, node.IP())
		}
	}
	names := make([]string, 0, len(l.Carriers))
	found := make(map[string]*LandscapeCarrier)
	for _, row := range l.Carriers {
		if !row.Active {
			continue
		}
		name := row.title()
		if found[name] == nil {
			found[name] = &LandscapeCarrier{Name: name}
		}
		names = append(names, name)
		found[name].Servers = SortedUnique(found[name].Servers, row.servers(telephony))
		found[name].Inbound = found[name].Inbound || row.Inbound
		found[name].Outbound = found[name].Outbound || row.Outbound
	}
	names = SortedUnique(names)
	carriers := make([]LandscapeCarrier, 0, len(names))
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
