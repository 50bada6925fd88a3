// Package clusterhealth is the data source vicidial_cluster_health: the present
// state of each node, and the problems of the cluster. Package cluster decides
// what is a problem.
package clusterhealth

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is what the data source reads of the cluster.
type store interface {
	Health(context.Context) (health.Snapshot, error)
	Replica(context.Context) (*health.Replica, error)
	RebuildPending(context.Context) ([]string, error)
}

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_cluster_health.
type DataSource struct{ store store }

// New returns the data source.
func New() datasource.DataSource { return &DataSource{} }

// Metadata sets the type name.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cluster_health"
}

// Configure stores the cluster that the provider has opened.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &d.store)...)
}

// Read takes a snapshot and evaluates it. Problems are results, not errors: Read
// fails only when the database cannot be read.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if d.store == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster health", "", tfhelper.ErrUnconfigured)...)
		return
	}
	snapshot, err := d.snapshot(ctx, m)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster health", "", err)...)
	if err == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, m.withResult(snapshot, health.NewReport(snapshot), health.Standing(snapshot)))...)
	}
}

func (d *DataSource) snapshot(ctx context.Context, m model) (health.Snapshot, error) {
	snapshot, err := d.store.Health(ctx)
	if err != nil {
		return snapshot, err
	}
	if pending := unknownRebuilds(snapshot); m.WatchRebuild.ValueBool() && len(pending) > 0 {
		seen, err := d.watchRebuild(ctx, pending)
		if err != nil {
			return snapshot, err
		}
		if snapshot, err = d.store.Health(ctx); err != nil {
			return snapshot, err
		}
		for i, server := range snapshot.Servers {
			snapshot.Servers[i].FlagSeen = seen[server.IP()]
		}
	}
	snapshot.ExpectedSchema = int(m.ExpectedSchema.ValueInt64())
	if m.CheckReplica.IsNull() || m.CheckReplica.ValueBool() {
		snapshot.Replica, err = d.store.Replica(ctx)
	}
	return snapshot, err
}

// rebuildInterval is the time between two looks at the rebuild flags.
const rebuildInterval = 5 * time.Second

// unknownRebuilds lists the servers of which one look does not tell whether they
// read their rebuild flag.
func unknownRebuilds(snapshot health.Snapshot) []string {
	var servers []string
	for _, node := range health.NewReport(snapshot).Nodes {
		if !node.RebuildKnown {
			servers = append(servers, node.IP)
		}
	}
	return servers
}

// watchRebuild looks at the rebuild flags of servers until none is left that was set
// at every look, or for as long as a node may take to read its flag. It returns for
// how long each flag that is left was seen set, by server_ip.
func (d *DataSource) watchRebuild(ctx context.Context, servers []string) (map[string]time.Duration, error) {
	seen := map[string]time.Duration{}
	err := tfhelper.Poll(ctx, health.RebuildTolerance, rebuildInterval, func(ctx context.Context, waited time.Duration) (bool, error) {
		pending, err := d.store.RebuildPending(ctx)
		if err != nil {
			return false, err
		}
		servers = slices.DeleteFunc(servers, func(ip string) bool { return !slices.Contains(pending, ip) })
		clear(seen)
		for _, ip := range servers {
			seen[ip] = waited
		}
		return len(servers) == 0, nil
	})
	if errors.Is(err, tfhelper.ErrPollTimeout) {
		err = nil
	}
	return seen, err
}
