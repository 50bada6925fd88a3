package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

// dialServers returns the servers as they will be once this run has written. Of
// two with one address, which no key forbids, the first counts, as it does for
// VICIdial's daemons (docs/vicidial/schema.md#duplicate-addresses).
func (s *Store) dialServers(ctx context.Context) (cluster.Servers, error) {
	servers, err := s.Expected(ctx)
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(servers), func(server cluster.Server) bool {
		twice := seen[server.IP()]
		seen[server.IP()] = true
		return twice
	}), err
}

func forecastServer(server cluster.Server) forecast.Server {
	number := func(column string) int {
		value, _ := server.Row[column].Int()
		return int(value)
	}
	return forecast.Server{
		IP: server.IP(), MaxTrunks: server.MaxTrunks(), CallsPerSecond: number("outbound_calls_per_second"),
		Balance: server.Row["vicidial_balance_active"].Yes(), BalanceRank: number("vicidial_balance_rank"),
		OffLimits: number("balance_trunks_offlimits"),
	}
}

// trunkRows keeps the order of the table, which decides between duplicates.
// Campaigns are spelled as their rows spell them.
func (s *Store) trunkRows(ctx context.Context) ([]cluster.TrunkRow, error) {
	trunks, err := s.Trunks(ctx)
	if err != nil {
		return nil, err
	}
	campaigns, err := s.campaigns.get(ctx)
	rows := make([]cluster.TrunkRow, 0, len(trunks))
	for _, trunk := range trunks {
		rows = append(rows, cluster.TrunkRow{
			ServerIP: trunk.ServerIP, Campaign: campaigns.Spelled(trunk.CampaignID), Dedicated: trunk.Dedicated,
			MaximumLimit: trunk.Caps(),
		})
	}
	return rows, err
}

// Dialing reads what VICIdial's dialers read. With live, the goals are those of
// the agents who are logged in now, served in the order of who waits longest,
// and the lines in use are those of now; without, there are no goals, no line
// is in use, and agents are taken to be unpaused.
func (s *Store) Dialing(ctx context.Context, live bool) (forecast.Input, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var in forecast.Input
	servers, err := s.dialServers(ctx)
	if err != nil {
		return in, err
	}
	for _, server := range servers {
		in.Servers = append(in.Servers, forecastServer(server))
	}
	if in.Trunks, err = s.trunkRows(ctx); err != nil {
		return in, err
	}
	settings, err := s.settingsRow.latest(ctx, live)
	if err != nil {
		return in, err
	}
	perSecond, _ := settings.Row["outbound_calls_per_second"].Int()
	in.FillCallsPerSecond, in.AutoDialOff = int(perSecond), settings.AutoDialOff || settings.AutoDialPaused
	campaigns, err := s.campaigns.latest(ctx, live)
	if err != nil {
		return in, err
	}
	for _, campaign := range campaigns {
		in.Campaigns = append(in.Campaigns, forecast.Campaign{
			ID: campaign.ID, Active: campaign.Active, Unpaused: true, LowLevel: campaign.DialLevel < 1,
			NoDial: campaign.DialMethod == "MANUAL" || campaign.DialMethod == "INBOUND_MAN",
		})
	}
	if !live {
		return in, nil
	}
	return in, s.readDialLoad(ctx, &in, campaigns)
}

// dialGoals are the goals of the agents whom the dialer counts
// (docs/vicidial/dialer.md#counted-agents), in the order of who waits longest.
func dialGoals(agents []cluster.LiveAgent, campaigns cluster.Campaigns) []forecast.Goal {
	type group struct{ server, campaign string }
	type load struct {
		goal    forecast.Goal
		agents  int
		longest string // the earliest last call of them
	}
	level := make(map[string]float64)
	for _, campaign := range campaigns {
		level[campaign.ID] = campaign.DialLevel
	}
	loads := make(map[group]*load)
	for _, a := range agents {
		if !a.Autodial || !slices.Contains([]string{"READY", "QUEUE", "INCALL"}, a.Status) {
			continue
		}
		of := group{a.ServerIP, fold(a.Campaign)}
		if loads[of] == nil {
			loads[of] = &load{goal: forecast.Goal{ServerIP: a.ServerIP, Campaign: a.Campaign}, longest: a.LastCall}
		}
		loads[of].agents++
		loads[of].longest = min(loads[of].longest, a.LastCall)
	}
	sorted := slices.SortedFunc(maps.Values(loads), func(a, b *load) int {
		return cmp.Or(cmp.Compare(a.longest, b.longest), cmp.Compare(a.goal.Campaign, b.goal.Campaign), cmp.Compare(a.goal.ServerIP, b.goal.ServerIP))
	})
	goals := make([]forecast.Goal, 0, len(sorted))
	for _, l := range sorted {
		l.goal.Lines = forecast.GoalLines(l.agents, level[l.goal.Campaign])
		goals = append(goals, l.goal)
	}
	return goals
}

func (s *Store) readDialLoad(ctx context.Context, in *forecast.Input, campaigns cluster.Campaigns) error {
	agents, err := s.liveAgents(ctx, "")
	if err != nil {
		return err
	}
	agents = slices.Clone(agents)
	for i, agent := range agents {
		agents[i].Campaign = campaigns.Spelled(agent.Campaign)
	}
	in.Goals = dialGoals(agents, campaigns)
	unpaused := make(map[string]bool)
	for _, agent := range agents {
		unpaused[agent.Campaign] = unpaused[agent.Campaign] || agent.Status != "PAUSED"
	}
	for i := range in.Campaigns {
		in.Campaigns[i].Unpaused = unpaused[in.Campaigns[i].ID]
	}
	calls, err := s.liveCalls(ctx, "")
	for _, call := range calls {
		call.Campaign = campaigns.Spelled(call.Campaign)
		in.InUse = append(in.InUse, linesOf(call))
	}
	return err
}

// linesOf sorts calls by who counts them (bin/AST_VDauto_dial.pl:761; docs/vicidial/dialer.md#calls-by-counter).
func linesOf(call health.CallCount) forecast.Lines {
	lines := forecast.Lines{ServerIP: call.ServerIP, Campaign: call.Campaign}
	local, fill := &lines.Ended, &lines.FillEnded
	switch call.Status {
	case "SENT", "RINGING", "LIVE", "XFER", "CLOSER":
		local, fill = &lines.Local, &lines.Fill
	case "IVR":
		local, fill = &lines.IVR, &lines.FillIVR
	}
	if call.Type == "OUTBALANCE" {
		local = fill
	}
	*local = call.Count
	return lines
}
