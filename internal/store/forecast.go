package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
)

// ForecastInput reads what VICIdial's dialers read. With live, the goals are those
// of the logged-in agents, longest waiting first, and the used lines are the
// current ones. Otherwise there are no goals and no used lines, and agents are
// assumed to be unpaused.
func (s *Store) ForecastInput(ctx context.Context, live bool) (forecast.Input, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var in forecast.Input
	servers, err := s.ExpectedServers(ctx)
	if err != nil {
		return in, err
	}
	in.Servers = servers.FirstByAddress()
	if in.Trunks, err = s.Trunks(ctx); err != nil {
		return in, err
	}
	settings, err := s.settingsRow.latest(ctx, live)
	if err != nil {
		return in, err
	}
	perSecond, _ := settings.Row["outbound_calls_per_second"].Int()
	schema, _ := settings.SchemaVersion.Int()
	in.Schema = int(schema)
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

func (s *Store) readDialLoad(ctx context.Context, in *forecast.Input, campaigns cluster.Campaigns) error {
	agents, err := s.liveAgents(ctx, "")
	if err != nil {
		return err
	}
	in.Goals = forecast.GoalsOf(agents, campaigns)
	unpaused := make(map[string]bool)
	for _, agent := range agents {
		unpaused[agent.Campaign] = unpaused[agent.Campaign] || agent.Status != "PAUSED"
	}
	for i := range in.Campaigns {
		in.Campaigns[i].Unpaused = unpaused[in.Campaigns[i].ID]
	}
	calls, err := s.liveCalls(ctx, "")
	for _, call := range calls {
		in.InUse = append(in.InUse, forecast.LinesOf(call))
	}
	return err
}
