// Package failoverplan is the data source vicidial_failover_plan: what remains of
// a cluster when telephony nodes fail. Package cluster does the arithmetic.
package failoverplan

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is what the data source reads of the cluster.
type store interface {
	FailoverInput(ctx context.Context, pinned, live bool) (forecast.FailoverInput, error)
}

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_failover_plan.
type DataSource struct{ store store }

// New returns the data source.
func New() datasource.DataSource { return &DataSource{} }

// Metadata sets the type name.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_failover_plan"
}

// Configure stores the cluster that the provider has opened.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &d.store)...)
}

// Read computes the plan. A cluster that does not survive is a result, not an
// error: a check block or a precondition can make it a warning or an error.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if d.store == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan for failure", "", tfhelper.ErrUnconfigured)...)
		return
	}
	floor, err := d.store.FailoverInput(ctx, m.PinnedPhones.IsNull() || m.PinnedPhones.ValueBool(), m.Live.ValueBool())
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan for failure", "", err)...)
	if err != nil {
		return
	}
	plan, err := forecast.NewFailoverPlan(m.withArguments(floor))
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("lost_at_once"), "Too many cases to work out", err)...)
	if err == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, m.withResult(floor, plan))...)
	}
}

// withArguments adds the requirements of the configuration.
func (m model) withArguments(floor forecast.FailoverInput) forecast.FailoverInput {
	floor.Depth = int(m.LostAtOnce.ValueInt64())
	floor.CallsPerSecond = int(m.CallsPerSecond.ValueInt64())
	floor.FillOff = !m.BalanceFill.IsNull() && !m.BalanceFill.ValueBool()
	floor.Duties, floor.WebNodes = m.Duties, m.WebNodes
	for _, id := range slices.Sorted(maps.Keys(m.Campaigns)) {
		floor.Campaigns = append(floor.Campaigns, forecast.FailoverCampaign{ID: id, Lines: int(m.Campaigns[id])})
	}
	return floor
}
