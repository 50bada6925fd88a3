package cluster

import (
	"cmp"
	"slices"
	"strings"
)

// LoginSeat is what an agent types as phone login, and the phones behind it
// in the order of the alias. A seat of one phone is not balanced and not
// checked for a heartbeat (docs/vicidial/agent-login.md#single-login).
type LoginSeat struct {
	ID     string
	Phones []LoginPhone
}

// LoginPhone is one login of a seat.
type LoginPhone struct {
	Login    string
	ServerIP string
	// Usable reports that the phone is active and has the password that the seat
	// types. VICIdial's balancer does not check this: it may choose a phone
	// that then refuses the agent.
	Usable bool
}

// CarrierServers are the servers on which a carrier is.
type CarrierServers struct {
	Name    string
	Servers []string // server_ip, sorted
}

// AgentPhone is one row of phones, without its secrets.
type AgentPhone struct {
	Login          string
	ServerIP       string
	Extension      string
	DialplanNumber string
	Protocol       string
	Active         bool
	// Password is a token of the phone's password: equal passwords have equal tokens,
	// and nothing else can be derived from it.
	Password   string
	PeerStatus string   // empty where the schema has none
	Aliases    []string // the aliases that list the login, sorted
}

// CarrierRow is one row of vicidial_server_carriers, without what may hold
// secrets.
type CarrierRow struct {
	ID         string
	Name       string
	Protocol   string
	TemplateID string
	ServerIP   string // 0.0.0.0 means every server
	Active     bool
	Inbound    bool // its account entry, or the template of it, sends calls into trunkinbound
	Outbound   bool // its dialplan entry dials
}

// WithAliases returns the phones with the aliases that list them, sorted by login, then
// by server.
func WithAliases(phones []AgentPhone, aliases []Alias) []AgentPhone {
	listed := make(map[string][]string)
	for _, alias := range aliases {
		for _, login := range alias.Logins {
			key := strings.ToLower(login)
			listed[key] = append(listed[key], alias.ID)
		}
	}
	all := slices.Clone(phones)
	for i, phone := range all {
		all[i].Aliases = SortedUnique(listed[strings.ToLower(phone.Login)])
	}
	slices.SortStableFunc(all, func(a, b AgentPhone) int {
		return cmp.Or(cmp.Compare(a.Login, b.Login), cmp.Compare(a.ServerIP, b.ServerIP))
	})
	return all
}

// SeatsFrom returns a seat for every alias and, with pinned, for every active phone that
// no alias lists. A phone is usable when it is active and has the password that most of
// the alias' active phones have. A login that no phone has keeps its position, without a
// server: VICIdial balances each login with a comma, whether or not phones exist.
func SeatsFrom(phones []AgentPhone, aliases []Alias, pinned bool) []LoginSeat {
	byLogin := make(map[string]AgentPhone, len(phones))
	for _, phone := range phones {
		if key := strings.ToLower(phone.Login); key != "" {
			if _, twice := byLogin[key]; !twice {
				byLogin[key] = phone
			}
		}
	}
	taken := make(map[string]bool)
	var seats []LoginSeat
	for _, alias := range slices.SortedFunc(slices.Values(aliases), func(a, b Alias) int { return cmp.Compare(a.ID, b.ID) }) {
		found := make([]AgentPhone, 0, len(alias.Logins))
		for _, login := range alias.Logins {
			key := FoldKey(login)
			taken[key] = true
			phone, ok := byLogin[key]
			if !ok {
				phone = AgentPhone{Login: login}
			}
			found = append(found, phone)
		}
		password := commonPassword(found)
		seat := LoginSeat{ID: alias.ID}
		for _, phone := range found {
			seat.Phones = append(seat.Phones, LoginPhone{Login: phone.Login, ServerIP: phone.ServerIP, Usable: phone.Active && phone.Password == password})
		}
		seats = append(seats, seat)
	}
	if !pinned {
		return seats
	}
	for _, phone := range phones {
		key := strings.ToLower(phone.Login)
		if key == "" || taken[key] || !phone.Active {
			continue
		}
		taken[key] = true
		seats = append(seats, LoginSeat{ID: phone.Login, Phones: []LoginPhone{{Login: phone.Login, ServerIP: phone.ServerIP, Usable: true}}})
	}
	slices.SortStableFunc(seats, func(a, b LoginSeat) int { return cmp.Compare(a.ID, b.ID) })
	return seats
}

// commonPassword returns the password of most active phones, the first on a tie.
func commonPassword(phones []AgentPhone) string {
	counts := make(map[string]int)
	best := ""
	for _, phone := range phones {
		if phone.Active {
			counts[phone.Password]++
		}
	}
	for _, phone := range phones {
		if phone.Active && (best == "" || counts[phone.Password] > counts[best]) {
			best = phone.Password
		}
	}
	return best
}

// InboundOf returns the active carriers that deliver calls, with the servers that they
// deliver to. Rows of one carrier name are one carrier, and 0.0.0.0 is every telephony
// server.
func InboundOf(carriers []CarrierRow, telephony []string) []CarrierServers {
	return carrierServers(carriers, telephony, CarrierRow.inbound)
}

// OutboundOf returns the active carriers that dial, with the servers that they dial
// from, as [InboundOf] does.
func OutboundOf(carriers []CarrierRow, telephony []string) []CarrierServers {
	return carrierServers(carriers, telephony, CarrierRow.outbound)
}

func carrierServers(carriers []CarrierRow, telephony []string, counts func(CarrierRow) bool) []CarrierServers {
	servers := make(map[string][]string)
	var names []string
	for _, carrier := range carriers {
		if !carrier.Active || !counts(carrier) {
			continue
		}
		name := carrier.title()
		if servers[name] == nil {
			names = append(names, name)
		}
		servers[name] = append(servers[name], carrier.servers(telephony)...)
	}
	slices.Sort(names)
	all := make([]CarrierServers, 0, len(names))
	for _, name := range names {
		all = append(all, CarrierServers{Name: name, Servers: SortedUnique(servers[name])})
	}
	return all
}

func (c CarrierRow) inbound() bool  { return c.Inbound }
func (c CarrierRow) outbound() bool { return c.Outbound }

// title names the carrier that a row is a part of: copies for several servers
// need ids of their own and share the name.
func (c CarrierRow) title() string {
	if name := strings.TrimSpace(c.Name); name != "" {
		return name
	}
	return c.ID
}

func (c CarrierRow) servers(telephony []string) []string {
	if c.ServerIP == AllServers {
		return telephony
	}
	return []string{c.ServerIP}
}
