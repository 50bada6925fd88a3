package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Campaign is the part of a campaign that the provider reads. It never writes one.
type Campaign struct {
	ID         string
	Name       string
	Active     bool
	DialMethod string
	DialLevel  float64 // auto_dial_level
}

// Dials reports whether VICIdial's dialer places calls for the campaign by itself.
func (c Campaign) Dials() bool {
	return c.Active && c.DialMethod != "MANUAL" && c.DialMethod != "INBOUND_MAN"
}

// Campaigns are all campaigns, sorted by id.
type Campaigns []Campaign

// Find looks a campaign up, without regard to case as VICIdial's collation does.
func (c Campaigns) Find(id string) (Campaign, bool) {
	for _, campaign := range c {
		if FoldKey(campaign.ID) == FoldKey(id) {
			return campaign, true
		}
	}
	return Campaign{}, false
}

// Spelling returns a function that returns an id as the campaign's row spells it. Rows
// of other tables that spell it in another way are the same campaign's. An id without a
// campaign keeps its letters, those of its first call.
func (c Campaigns) Spelling() func(id string) string {
	spelled := make(map[string]string, len(c))
	for _, campaign := range c {
		spelled[FoldKey(campaign.ID)] = campaign.ID
	}
	return func(id string) string {
		key := FoldKey(id)
		if _, known := spelled[key]; !known {
			spelled[key] = strings.TrimRight(id, " ")
		}
		return spelled[key]
	}
}

// Overcommit is a server with more reserved trunks than it has.
type Overcommit struct {
	ServerIP string
	Reserved int // lines over all campaigns
	Max      int // max_vicidial_trunks
	Others   int // lines of other campaigns among the reserved
}

func (o Overcommit) String() string {
	return fmt.Sprintf("server %s has max_vicidial_trunks = %d, but %d would be reserved (%d of them by other campaigns): %d too many",
		o.ServerIP, o.Max, o.Reserved, o.Others, o.Reserved-o.Max)
}

// Overcommitted finds the servers on which the campaign's limits, together with
// what other campaigns hold there, exceed max_vicidial_trunks: the rule of the
// admin page (docs/vicidial/admin-page.md#server-trunks), which the table does not enforce. A server on which the
// campaign takes no more than it has now is never among them.
func (t Trunks) Overcommitted(servers Servers, campaign string, limits map[string]Limit) []Overcommit {
	var found []Overcommit
	demand := t.Demand(servers, campaign, limits)
	for _, ip := range slices.Sorted(maps.Keys(demand)) {
		server, _ := servers.ByIP(ip)
		if trunks := demand[ip]; trunks.Needed > trunks.Free {
			reserved := server.MaxTrunks() - trunks.Free + trunks.Needed
			found = append(found, Overcommit{ServerIP: ip, Reserved: reserved, Max: server.MaxTrunks(), Others: reserved - limits[ip].Dedicated})
		}
	}
	return found
}

// TrunkDemand is how many more trunks of a server a change of a split needs, and how many
// are free before it.
type TrunkDemand struct{ Needed, Free int }

// Demand returns the demand on the servers where the campaign's limits reserve more than
// its rows do.
func (t Trunks) Demand(servers Servers, campaign string, limits map[string]Limit) map[string]TrunkDemand {
	t = t.On(slices.Collect(maps.Keys(limits)))
	demand, rows, all := map[string]TrunkDemand{}, t.OfCampaign(campaign), t.byServer()
	for ip, limit := range limits {
		needed := limit.Dedicated - rows.Reserved(ip)
		if server, ok := servers.ByIP(ip); ok && needed > 0 {
			demand[ip] = TrunkDemand{needed, server.MaxTrunks() - all.Reserved(ip)}
		}
	}
	return demand
}

// CheckMaximum returns an error if splits reserve more trunks than most. A maximum that
// is kept or raised is never an error. have is the present server, whose rows follow it
// to a new address; a server that does not exist yet has no row.
func (t Trunks) CheckMaximum(have Server, ip string, most int) error {
	if have.Row != nil && have.MaxTrunks() <= most {
		return nil
	}
	onServer := slices.DeleteFunc(slices.Clone(t), func(trunk Trunk) bool {
		return trunk.ServerIP != ip && (have.Row == nil || trunk.ServerIP != have.IP())
	})
	reserved := 0
	var splits []string
	for _, campaign := range onServer.Campaigns() {
		split, dedicated := onServer.OfCampaign(campaign), 0
		for server := range split {
			dedicated += split.Reserved(server)
		}
		if dedicated > 0 {
			reserved += dedicated
			splits = append(splits, fmt.Sprintf("%s %d", campaign, dedicated))
		}
	}
	if reserved <= most {
		return nil
	}
	return fmt.Errorf("trunk splits reserve %d trunks on %s (%s), %d more than %d; lower the splits in an apply before this one, or keep the maximum",
		reserved, ip, strings.Join(splits, ", "), reserved-most, most)
}

// BlockedCampaigns is a server on which reservations leave no line to campaigns without a
// MAXIMUM_LIMIT row there, although lines are idle.
type BlockedCampaigns struct {
	ServerIP  string
	Max       int      // max_vicidial_trunks
	Reserved  int      // lines that rows of other campaigns withhold from them
	Idle      int      // lines that stay idle while the reserved ones are in use
	Campaigns []string // campaigns that may place no call then
	Overflow  bool     // they have OVERFLOW_ALLOWED rows there, and no other
}

func (s BlockedCampaigns) String() string {
	do := "a vicidial_trunk_split with MAXIMUM_LIMIT gives them lines there"
	if s.Overflow {
		do = "their own rows there are OVERFLOW_ALLOWED, which limits others only; trunk_restriction = MAXIMUM_LIMIT gives them lines"
	}
	return fmt.Sprintf("on server %s, while the %d of its %d trunks that others reserve are in use, %s may place no call although %d trunks are idle; %s",
		s.ServerIP, s.Reserved, s.Max, ListOf(s.Campaigns), s.Idle, do)
}

// BlockedCampaigns returns the servers among those given where the double counting of the
// dialer blocks campaigns: for a campaign without a MAXIMUM_LIMIT row it
// compares the maximum less the reservations of others with the active lines of
// all campaigns, the calls of those others included
// (bin/AST_VDauto_dial.pl lines 1454-1467; docs/vicidial/dialer.md#double-counting).
func (t Trunks) BlockedCampaigns(servers Servers, campaigns Campaigns, ips []string) []BlockedCampaigns {
	var found []BlockedCampaigns
	trunks, all := t.dedicated(), t.byServer()
	ids := make([]string, len(campaigns))
	for i, campaign := range campaigns {
		ids[i] = FoldKey(campaign.ID)
	}
	for _, ip := range slices.Sorted(slices.Values(ips)) {
		server, ok := servers.ByIP(ip)
		if !ok {
			continue
		}
		most, reserved := server.MaxTrunks(), all.Reserved(ip)
		if reserved == 0 || reserved > most {
			continue
		}
		start := len(found)
		for i, campaign := range campaigns {
			ownTrunks := trunks[trunkKey{ip, ids[i]}]
			others := reserved - ownTrunks.dedicated
			if !campaign.Dials() || ownTrunks.limited || most-others > others {
				continue
			}
			blocked := BlockedCampaigns{ServerIP: ip, Max: most, Reserved: others, Idle: most - others, Overflow: ownTrunks.dedicated > 0}
			at := slices.IndexFunc(found[start:], func(s BlockedCampaigns) bool { return s.Reserved == others && s.Overflow == blocked.Overflow })
			if at < 0 {
				at, found = len(found)-start, append(found, blocked)
			}
			found[start+at].Campaigns = append(found[start+at].Campaigns, campaign.ID)
		}
	}
	return found
}

// trunkKey is a campaign, by its folded id, on a server.
type trunkKey struct{ serverIP, campaign string }

// dedicatedTrunks are how many trunks a campaign's rows withhold on a server, and whether
// one of them is a MAXIMUM_LIMIT.
type dedicatedTrunks struct {
	dedicated int
	limited   bool
}

func (t Trunks) dedicated() map[trunkKey]dedicatedTrunks {
	trunks := make(map[trunkKey]dedicatedTrunks, len(t))
	for _, trunk := range t {
		key := trunkKey{trunk.ServerIP, FoldKey(trunk.CampaignID)}
		sum := trunks[key]
		trunks[key] = dedicatedTrunks{sum.dedicated + trunk.Dedicated, sum.limited || trunk.Caps()}
	}
	return trunks
}
