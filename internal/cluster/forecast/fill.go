package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// fill is the balance fill of docs/vicidial/dialer.md#balance-fill (AST_VDauto_dial_FILL.pl): campaigns by
// their id, each over the servers that balance and are not short themselves.
// It reads the table each time, and counts every row.
func (s *loopState) fill(local []Local) []Fill {
	if s.in.AutoDialOff || s.in.FillOff {
		return nil
	}
	shortage := make(map[string]int)
	short := make(map[serverCampaign]bool)
	var campaigns []string
	for _, line := range local {
		if line.Shortage == 0 {
			continue
		}
		if shortage[line.Campaign] == 0 {
			campaigns = append(campaigns, line.Campaign)
		}
		shortage[line.Campaign] += line.Shortage
		short[serverCampaign{line.ServerIP, line.Campaign}] = true
	}
	slices.Sort(campaigns)

	var all []Fill
	for _, campaign := range campaigns {
		needed := shortage[campaign] - s.fillRows(campaign)
		if needed > 0 {
			all = append(all, s.fillCampaign(campaign, needed, short)...)
		}
	}
	return all
}

// fillRows counts the lines that the fill has up for the campaign on all servers.
func (s *loopState) fillRows(campaign string) int {
	sum := 0
	for key, lines := range s.lines { // a sum: the order does not show
		if key.campaign == campaign {
			sum += lines.fillRows()
		}
	}
	return sum
}

func (s *loopState) fillCampaign(campaign string, needed int, short map[serverCampaign]bool) []Fill {
	var all []Fill
	tally, placed := 0, 0
	for _, server := range s.balancing() {
		key := serverCampaign{server.ip, campaign}
		if short[key] {
			continue
		}
		fill := Fill{ServerIP: server.ip, Campaign: campaign, Available: s.available(server, campaign)}
		// A server beyond its maximum has less than nothing free. The tally
		// goes down by that much, and the next server is asked for more; what
		// is placed in all is held to what is needed by a later check.
		dial := min(needed-tally, fill.Available, server.maxTrunks-s.rows[server.ip])
		tally += dial
		if s.campaigns[campaign].Unpaused {
			fill.Place = max(0, min(dial, needed-placed))
		}
		placed += fill.Place
		s.up(Lines{ServerIP: server.ip, Campaign: campaign, Fill: fill.Place})
		all = append(all, fill)
	}
	return all
}

// available is the lines that the fill may have for the campaign on the server, less
// those that it has. With a MAXIMUM_LIMIT row that is the row's number, and
// balance_trunks_offlimits is ignored. Unlike the local dialer the fill reads
// the first of duplicate rows, whatever its restriction.
func (s *loopState) available(server dialServer, campaign string) int {
	available := server.maxTrunks - server.offLimits - s.others(server.ip, campaign)
	for _, trunk := range s.trunks[server.ip] {
		if strings.EqualFold(trunk.CampaignID, campaign) {
			if trunk.Caps() {
				available = trunk.Dedicated
			}
			break
		}
	}
	return max(0, available-s.lines[serverCampaign{server.ip, campaign}].fillRows())
}

// balancing lists the servers that the fill uses, in its order: the higher rank
// first, then by address as text. It uses servers that are not active as well (docs/vicidial/measured.md#fill-ignores-active).
func (s *loopState) balancing() []dialServer {
	var servers []dialServer
	for _, server := range s.servers {
		if server.balance {
			servers = append(servers, server)
		}
	}
	slices.SortStableFunc(servers, func(a, b dialServer) int {
		return cmp.Or(cmp.Compare(b.balanceRank, a.balanceRank), cmp.Compare(a.ip, b.ip))
	})
	return servers
}

// whyUnfilled returns the reason why the fill does not cover a shortage.
func (s *loopState) whyUnfilled(campaign string, f Forecast) string {
	servers := s.balancing()
	asked, placed, shortage := 0, 0, 0
	for _, line := range f.Local {
		if line.Campaign == campaign {
			shortage += line.Shortage
		}
	}
	for _, fill := range f.Fill {
		if fill.Campaign == campaign {
			asked++
			placed += fill.Place
		}
	}
	switch {
	case s.in.AutoDialOff:
		return "The balance fill is switched off with auto dialing."
	case s.in.FillOff:
		return "The balance fill runs nowhere (keepalive 7)."
	case len(servers) == 0:
		return "No server has vicidial_balance_active=Y, so the balance fill has nowhere to place them."
	case asked == 0 && s.fillRows(campaign) >= shortage:
		return fmt.Sprintf("The balance fill has %d lines up for it already.", s.fillRows(campaign))
	case asked == 0:
		return "Every server that balances is short of lines for this campaign itself."
	case !s.campaigns[campaign].Unpaused:
		return "The balance fill places nothing, since no agent of the campaign is unpaused."
	default:
		return fmt.Sprintf("The balance fill finds room for %d of them.", placed)
	}
}
