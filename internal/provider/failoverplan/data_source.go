// Package failoverplan tells what is left of a cluster when telephony nodes die.
// The sums are cluster's and the SQL is store's. It imports tfhelper and cluster
// only.
package failoverplan

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// topology is the part of the cluster that is looked at.
type topology interface {
	FailoverInput(ctx context.Context, pinned, live bool) (cluster.FailoverInput, error)
}

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_failover_plan.
type DataSource struct{ topology topology }

// New makes the data source.
func New() datasource.DataSource { return &DataSource{} }

// Metadata names the data source.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_failover_plan"
}

// Configure takes the cluster from the provider.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &d.topology)...)
}

// Read works the plan out. That a cluster does not survive is a finding, not an
// error: a check block or a precondition makes of it what the operator wants.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if d.topology == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan for failure", "", tfhelper.ErrUnconfigured)...)
		return
	}
	floor, err := d.topology.FailoverInput(ctx, m.PinnedPhones.IsNull() || m.PinnedPhones.ValueBool(), m.Live.ValueBool())
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan for failure", "", err)...)
	if err != nil {
		return
	}
	plan, err := cluster.NewFailoverPlan(m.asked(floor))
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("lost_at_once"), "Too many cases to work out", err)...)
	if err == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, m.with(floor, plan))...)
	}
}

// asked adds what the configuration asks of the cluster.
func (m model) asked(floor cluster.FailoverInput) cluster.FailoverInput {
	floor.Depth = int(m.LostAtOnce.ValueInt64())
	floor.CallsPerSecond = int(m.CallsPerSecond.ValueInt64())
	floor.FillOff = !m.BalanceFill.IsNull() && !m.BalanceFill.ValueBool()
	for _, id := range slices.Sorted(maps.Keys(m.Campaigns)) {
		floor.Campaigns = append(floor.Campaigns, cluster.FailoverCampaign{ID: id, Lines: int(m.Campaigns[id])})
	}
	return floor
}
