// Package clusterhealth tells how a cluster is at this moment. The judgement is
// cluster's and the SQL is store's. It imports tfhelper and cluster only.
package clusterhealth

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// topology is the part of the cluster that is looked at.
type topology interface {
	Health(context.Context) (cluster.HealthSnapshot, error)
	Replica(context.Context) (*cluster.HealthReplica, error)
}

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_cluster_health.
type DataSource struct{ topology topology }

// New makes the data source.
func New() datasource.DataSource { return &DataSource{} }

// Metadata names the data source.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cluster_health"
}

// Configure takes the cluster from the provider.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &d.topology)...)
}

// Read takes a snapshot and judges it. Problems are findings, not errors: it
// fails only when the database itself cannot be asked.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if d.topology == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster health", "", tfhelper.ErrUnconfigured)...)
		return
	}
	snapshot, err := d.snapshot(ctx, m)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster health", "", err)...)
	if err == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, m.with(snapshot, cluster.NewHealth(snapshot)))...)
	}
}

func (d *DataSource) snapshot(ctx context.Context, m model) (cluster.HealthSnapshot, error) {
	snapshot, err := d.topology.Health(ctx)
	if err != nil {
		return snapshot, err
	}
	snapshot.ExpectedSchema = int(m.ExpectedSchema.ValueInt64())
	if m.CheckReplica.IsNull() || m.CheckReplica.ValueBool() {
		snapshot.Replica, err = d.topology.Replica(ctx)
	}
	return snapshot, err
}
