// Package failoverplan implements the data source vicidial_failover_plan: what remains
// of a cluster when telephony nodes fail. Package forecast computes it.
package failoverplan

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is the part of the store that the data source needs.
type store interface {
	FailoverInput(ctx context.Context, pinned, live bool) (forecast.FailoverInput, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("failover_plan", "Unable to plan for failure", newSchema, read)
}

// read computes the plan. A cluster that does not survive is a result, not an
// error: a check block or a precondition can make it a warning or an error.
func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	in, err := s.FailoverInput(ctx, m.PinnedPhones.IsNull() || m.PinnedPhones.ValueBool(), m.Live.ValueBool())
	if err != nil {
		return nil, err
	}
	plan, err := forecast.NewFailoverPlan(m.withArguments(in))
	if err != nil {
		return tfhelper.DiagnoseAt(path.Root("lost_at_once"), "Too many cases to compute", err), nil
	}
	*m = m.withResult(in, plan)
	return nil, nil
}

// withArguments adds the requirements of the configuration.
func (m model) withArguments(in forecast.FailoverInput) forecast.FailoverInput {
	in.Depth = int(m.LostAtOnce.ValueInt64())
	in.CallsPerSecond = int(m.CallsPerSecond.ValueInt64())
	in.FillOff = !m.BalanceFill.IsNull() && !m.BalanceFill.ValueBool()
	in.Duties, in.WebNodes = m.Duties, m.WebNodes
	for _, id := range slices.Sorted(maps.Keys(m.Campaigns)) {
		in.Campaigns = append(in.Campaigns, forecast.FailoverCampaign{ID: id, Lines: int(m.Campaigns[id])})
	}
	return in
}
