// Package dialforecast implements the data source vicidial_dial_forecast: how VICIdial's
// dialers will use the trunks. Package forecast computes it.
package dialforecast

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is the part of the store that the data source needs.
type store interface {
	ForecastInput(ctx context.Context, live bool) (forecast.Input, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("dial_forecast", "Unable to forecast dialing", newSchema, read)
}

// read computes one loop of all dialers.
func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	in, err := s.ForecastInput(ctx, m.live())
	if err != nil {
		return nil, err
	}
	in, diags := m.withArguments(in)
	if !diags.HasError() {
		*m = m.withResult(in.Servers, forecast.New(in))
	}
	return diags, nil
}

// live reports whether the current load is part of the input: by default without goals.
func (m model) live() bool {
	if m.Live.IsNull() {
		return m.Goals == nil
	}
	return m.Live.ValueBool()
}

// withArguments replaces the goals of the agents who are logged in by those of the
// configuration. Campaigns are served in the order of their ids, unless serve_order
// is set.
func (m model) withArguments(in forecast.Input) (forecast.Input, diag.Diagnostics) {
	in.FillOff = !m.BalanceFill.IsNull() && !m.BalanceFill.ValueBool()
	if m.Goals == nil {
		return in, nil
	}
	var diags diag.Diagnostics
	in.Goals = nil
	for _, campaign := range m.order() {
		at := path.Root("goals").AtMapKey(campaign)
		if !slices.ContainsFunc(in.Campaigns, func(c forecast.Campaign) bool { return c.ID == campaign }) {
			diags.AddAttributeError(at, "Unknown campaign", fmt.Sprintf("The campaign %s is not in vicidial_campaigns, or VICIdial writes it differently.", campaign))
		}
		for _, server := range slices.Sorted(maps.Keys(m.Goals[campaign])) {
			if _, found := in.Servers.ByIP(server); !found {
				diags.Append(tfhelper.DiagnoseAt(at.AtMapKey(server), "Unknown server", cluster.UnknownServer(server))...)
			}
			in.Goals = append(in.Goals, forecast.Goal{ServerIP: server, Campaign: campaign, Lines: int(m.Goals[campaign][server])})
		}
	}
	return in, diags
}

// order returns the campaigns that have goals: those of serve_order first, then the
// others by id.
func (m model) order() []string {
	ids := slices.Sorted(maps.Keys(m.Goals))
	var order []string
	for _, id := range m.ServeOrder {
		if slices.Contains(ids, id) && !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, id := range ids {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	return order
}
