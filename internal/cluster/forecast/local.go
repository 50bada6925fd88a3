package forecast

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// serverCampaign names a campaign on a server.
type serverCampaign struct{ server, campaign string }

// dialServer is the part of a row of servers that the dialers read. They ignore the
// column active (docs/vicidial/dialer.md#active-flag).
type dialServer struct {
	ip             string
	maxTrunks      int // NULL counts as 0 and stops dialing
	callsPerSecond int // outbound_calls_per_second, as the row says it
	balance        bool
	balanceRank    int // vicidial_balance_rank, the higher the earlier
	offLimits      int // balance_trunks_offlimits, lines the fill leaves alone
}

func newDialServer(row cluster.Server) dialServer {
	return dialServer{
		ip: row.IP(), maxTrunks: row.MaxTrunks(), callsPerSecond: row.Row.Int("outbound_calls_per_second"),
		balance: row.Balance(), balanceRank: row.Row.Int("vicidial_balance_rank"), offLimits: row.Row.Int("balance_trunks_offlimits"),
	}
}

// loopState is the state of a loop: the lines that are up.
type loopState struct {
	in        Input
	servers   []dialServer // in the order of the input
	campaigns map[string]Campaign
	trunks    map[string][]cluster.Trunk // by server, in the order of the table
	goals     map[string][]Goal          // by server, in the order in which they are served
	lines     map[serverCampaign]Lines
	busy      map[string]int // lines up per server, all campaigns
	rows      map[string]int // calls of any status per server
}

func newLoopState(in Input) *loopState {
	s := &loopState{
		in:        in,
		campaigns: make(map[string]Campaign, len(in.Campaigns)),
		trunks:    make(map[string][]cluster.Trunk, len(in.Servers)),
		goals:     make(map[string][]Goal, len(in.Servers)),
		lines:     make(map[serverCampaign]Lines),
		busy:      make(map[string]int),
		rows:      make(map[string]int),
	}
	for _, server := range in.Servers {
		s.servers = append(s.servers, newDialServer(server))
	}
	for _, campaign := range in.Campaigns {
		s.campaigns[campaign.ID] = campaign
	}
	for _, trunk := range in.Trunks {
		s.trunks[trunk.ServerIP] = append(s.trunks[trunk.ServerIP], trunk)
	}
	for _, goal := range in.Goals {
		s.goals[goal.ServerIP] = append(s.goals[goal.ServerIP], goal)
	}
	for _, lines := range in.InUse {
		s.up(lines)
	}
	return s
}

func (s *loopState) up(lines Lines) {
	key := serverCampaign{lines.ServerIP, lines.Campaign}
	s.lines[key] = s.lines[key].plus(lines)
	s.busy[lines.ServerIP] += lines.up()
	s.rows[lines.ServerIP] += lines.rows()
}

// limit returns the limit of the campaign's MAXIMUM_LIMIT row on the server. The
// dialer reads all rows that match and keeps the last (AST_VDauto_dial.pl:933).
func (s *loopState) limit(server, campaign string) (limit int, found bool) {
	for _, trunk := range s.trunks[server] {
		if strings.EqualFold(trunk.CampaignID, campaign) && trunk.Caps() {
			limit, found = trunk.Dedicated, true
		}
	}
	return limit, found
}

// others sums the reservations of all other campaigns on the server, whatever
// their restriction, duplicates and idle owners included (AST_VDauto_dial.pl:946).
func (s *loopState) others(server, campaign string) int {
	sum := 0
	for _, trunk := range s.trunks[server] {
		if !strings.EqualFold(trunk.CampaignID, campaign) {
			sum += trunk.Dedicated
		}
	}
	return sum
}

// local computes one loop of one server's dialer. As in the dialer, all sums are made
// before the first call is placed.
func (s *loopState) local(server dialServer) []Local {
	var all []Local
	active := s.busy[server.ip] // grows by what each campaign is to place
	for _, goal := range s.goals[server.ip] {
		line, counted := s.localCampaign(server, goal, active)
		active += counted
		all = append(all, line)
	}
	for _, line := range all {
		s.up(Lines{ServerIP: line.ServerIP, Campaign: line.Campaign, Local: line.Place})
	}
	return all
}

// localCampaign is steps 1 to 7 of docs/vicidial/dialer.md#trunk-limits. The second result is what the dialer
// adds to its count of active lines, which it does even for a campaign that it
// then does not dial.
func (s *loopState) localCampaign(server dialServer, goal Goal, active int) (Local, int) {
	campaign := s.campaigns[goal.Campaign]
	now := s.lines[serverCampaign{server.ip, goal.Campaign}]
	line := Local{ServerIP: server.ip, Campaign: goal.Campaign, Goal: goal.Lines, Existing: now.own()}
	if !campaign.Active {
		line.Goal = 0
	}
	line.Limit, line.Limited = s.limit(server.ip, goal.Campaign) // step 1
	others := s.others(server.ip, goal.Campaign)
	line.Allowed = server.maxTrunks - others // step 2

	wanted := line.Goal - line.Existing // step 3
	place, shortage := wanted, 0
	wouldBe := active + wanted
	if wouldBe > server.maxTrunks { // step 4
		place = min(place, server.maxTrunks-active)
		shortage = min(wouldBe-server.maxTrunks, wanted)
		line.Reason = fmt.Sprintf("Server %s has a maximum of %d lines, and %d are in use.", server.ip, server.maxTrunks, active)
	}
	switch {
	case line.Limited && line.Limit < line.Goal: // step 5, which ignores step 4
		place = line.Limit - line.Existing
		shortage = min(line.Goal-line.Limit, wanted) // step 7
		line.Reason = fmt.Sprintf("Its MAXIMUM_LIMIT on server %s is %d.", server.ip, line.Limit)
	case !line.Limited && line.Allowed < wouldBe: // step 6
		shortage = min(wouldBe-line.Allowed, wanted) // step 7
		place = min(place, line.Allowed-active)
		line.Reason = fmt.Sprintf("Other campaigns reserve %d of the %d lines of server %s, and %d lines are in use: "+
			"without a MAXIMUM_LIMIT row of its own the campaign stops at %d lines in use by anybody.",
			others, server.maxTrunks, server.ip, active, line.Allowed)
		if others == 0 {
			line.Reason = fmt.Sprintf("Server %s has a maximum of %d lines, and %d are in use.", server.ip, server.maxTrunks, active)
		}
	}
	counted := max(0, place)
	line.Place, line.Shortage = counted, max(0, shortage) // the column is unsigned
	if campaign.NoDial || campaign.LowLevel {
		line.Shortage = 0
	}
	if campaign.NoDial || s.in.AutoDialOff {
		line.Place = 0
		line.Reason = "Nothing dials it: its dial method or an inbound rule forbids it."
		if s.in.AutoDialOff {
			line.Reason = "Auto dialing is switched off in the system settings."
		}
	}
	return line, counted
}

// nodes sums up per server.
func (s *loopState) nodes(f Forecast) []Node {
	placed := make(map[string]int, len(s.servers))
	for _, line := range f.Local {
		placed[line.ServerIP] += line.Place
	}
	nodes := make([]Node, 0, len(s.servers))
	for _, server := range s.servers {
		rate := localCallsPerSecond(server.callsPerSecond)
		nodes = append(nodes, Node{
			ServerIP:       server.ip,
			Lines:          s.busy[server.ip],
			OverMaximum:    max(0, s.busy[server.ip]-server.maxTrunks),
			CallsPerSecond: rate,
			Seconds:        float64(placed[server.ip]) / rate,
		})
	}
	return nodes
}

// totals sums up per campaign and adds the reasons for missing lines.
func (s *loopState) totals(f Forecast) []Total {
	sums := make(map[string]*Total)
	var ids []string
	for _, line := range f.Local {
		total := sums[line.Campaign]
		if total == nil {
			total = &Total{Campaign: line.Campaign}
			sums[line.Campaign] = total
			ids = append(ids, line.Campaign)
		}
		total.Goal += line.Goal
		total.Shortage += line.Shortage
		if line.Reason != "" && line.Existing+line.Place < line.Goal && !slices.Contains(total.Reasons, line.Reason) {
			total.Reasons = append(total.Reasons, line.Reason)
		}
	}
	for _, fill := range f.Fill {
		if total := sums[fill.Campaign]; total != nil {
			total.Filled += fill.Place
		}
	}
	for key, lines := range s.lines { // a sum: the order does not show
		if total := sums[key.campaign]; total != nil {
			total.Lines += lines.own()
		}
	}
	slices.Sort(ids)
	totals := make([]Total, 0, len(ids))
	for _, id := range ids {
		total := *sums[id]
		total.Missing = max(0, total.Goal-total.Lines)
		if total.Missing > 0 && total.Shortage > 0 {
			total.Reasons = append(total.Reasons, s.whyUnfilled(id, f))
		}
		totals = append(totals, total)
	}
	return totals
}
