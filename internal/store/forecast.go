package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
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

func forecastServer(server cluster.Server) cluster.ForecastServer {
	number := func(column string) int {
		value, _ := server.Row[column].Int()
		return int(value)
	}
	return cluster.ForecastServer{
		IP: server.IP(), MaxTrunks: server.MaxTrunks(), CallsPerSecond: number("outbound_calls_per_second"),
		Balance: server.Row["vicidial_balance_active"].Yes(), BalanceRank: number("vicidial_balance_rank"),
		OffLimits: number("balance_trunks_offlimits"),
	}
}

// trunkRows keeps the order of the table, which decides between duplicates.
func (s *Store) trunkRows(ctx context.Context) ([]cluster.ForecastTrunk, error) {
	trunks, err := s.Trunks(ctx)
	rows := make([]cluster.ForecastTrunk, 0, len(trunks))
	for _, trunk := range trunks {
		rows = append(rows, cluster.ForecastTrunk{
			ServerIP: trunk.ServerIP, Campaign: trunk.CampaignID, Dedicated: trunk.Dedicated,
			MaximumLimit: trunk.Caps(),
		})
	}
	return rows, err
}

const selectDialCampaigns = `
SELECT campaign_id,
       COALESCE(active, '') = 'Y',
       COALESCE(dial_method, '') IN ('MANUAL', 'INBOUND_MAN'),
       COALESCE(auto_dial_level, '0') + 0
  FROM vicidial_campaigns
 ORDER BY campaign_id`

const selectDialSettings = `
SELECT COALESCE(outbound_calls_per_second, 0),
       COALESCE(outbound_autodial_active, '1') = '0' OR COALESCE(%s, '0') = '1'
  FROM system_settings
 LIMIT 1`

// selectDialAgents counts the agents that the dialer counts
// (docs/vicidial/dialer.md#counted-agents).
const selectDialAgents = `
SELECT server_ip,
       COALESCE(campaign_id, ''),
       COUNT(*)
  FROM vicidial_live_agents
 WHERE status IN ('READY', 'QUEUE', 'INCALL')
   AND outbound_autodial = 'Y'
 GROUP BY 1, 2
 ORDER BY MIN(last_call_time), 2`

// Dialing reads what VICIdial's dialers read. With live, the goals are those of
// the agents who are logged in now, served in the order of who waits longest,
// and the lines in use are those of now; without, there are no goals, no line
// is in use, and agents are taken to be unpaused.
func (s *Store) Dialing(ctx context.Context, live bool) (cluster.ForecastInput, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var in cluster.ForecastInput
	info, err := s.info.get(ctx)
	if err != nil {
		return in, err
	}
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
	query := fmt.Sprintf(selectDialSettings, info.column(cluster.TableSettings, "disable_auto_dial", "'0'"))
	if err := s.query(ctx, "system settings", query, nil, func(rows *sql.Rows) error {
		return rows.Scan(&in.FillCallsPerSecond, &in.AutoDialOff)
	}); err != nil {
		return in, err
	}
	levels := make(map[string]float64)
	if err := s.query(ctx, "campaigns", selectDialCampaigns, nil, func(rows *sql.Rows) error {
		campaign := cluster.ForecastCampaign{Unpaused: true}
		var level float64
		if err := rows.Scan(&campaign.ID, &campaign.Active, &campaign.NoDial, &level); err != nil {
			return err
		}
		campaign.LowLevel = level < 1
		levels[campaign.ID] = level
		in.Campaigns = append(in.Campaigns, campaign)
		return nil
	}); err != nil || !live {
		return in, err
	}
	return in, s.readDialLoad(ctx, &in, levels)
}

func (s *Store) readDialLoad(ctx context.Context, in *cluster.ForecastInput, levels map[string]float64) error {
	err := s.query(ctx, "live agents", selectDialAgents, nil, func(rows *sql.Rows) error {
		var goal cluster.ForecastGoal
		var agents int
		if err := rows.Scan(&goal.ServerIP, &goal.Campaign, &agents); err != nil {
			return err
		}
		goal.Lines = cluster.GoalLines(agents, levels[goal.Campaign])
		in.Goals = append(in.Goals, goal)
		return nil
	})
	if err != nil {
		return err
	}
	agents, err := s.liveAgents(ctx)
	if err != nil {
		return err
	}
	unpaused := make(map[string]bool)
	for _, group := range agents {
		unpaused[group.Campaign] = unpaused[group.Campaign] || group.Status != "PAUSED"
	}
	for i := range in.Campaigns {
		in.Campaigns[i].Unpaused = unpaused[in.Campaigns[i].ID]
	}
	calls, err := s.liveCalls(ctx)
	for _, call := range calls {
		in.InUse = append(in.InUse, linesOf(call))
	}
	return err
}

// linesOf sorts calls by who counts them (bin/AST_VDauto_dial.pl:761; docs/vicidial/dialer.md#calls-by-counter).
func linesOf(call cluster.HealthCalls) cluster.ForecastLines {
	lines := cluster.ForecastLines{ServerIP: call.ServerIP, Campaign: call.Campaign}
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
