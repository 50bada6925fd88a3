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
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is what the data source reads of the cluster.
type store interface {
	Health(context.Context) (health.Snapshot, error)
	Replica(context.Context) (*health.Replica, error)
	RebuildPending(context.Context) ([]string, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("cluster_health", "Unable to read cluster health", newSchema, read)
}

// read takes a snapshot and evaluates it. Problems are results, not errors: read
// fails only when the database cannot be read.
func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	snapshot, err := takeSnapshot(ctx, s, *m)
	if err != nil {
		return nil, err
	}
	*m = m.withResult(snapshot, health.NewReport(snapshot), health.PermanentFindings(snapshot))
	return nil, nil
}

func takeSnapshot(ctx context.Context, s store, m model) (health.Snapshot, error) {
	snapshot, err := s.Health(ctx)
	if err != nil {
		return snapshot, err
	}
	if pending := unknownRebuilds(snapshot); m.WatchRebuild.ValueBool() && len(pending) > 0 {
		seen, err := watchRebuild(ctx, s, pending)
		if err != nil {
			return snapshot, err
		}
		if snapshot, err = s.Health(ctx); err != nil {
			return snapshot, err
		}
		for i, server := range snapshot.Servers {
			snapshot.Servers[i].FlagSeen = seen[server.IP()]
		}
	}
	snapshot.ExpectedSchema = int(m.ExpectedSchema.ValueInt64())
	if m.CheckReplica.IsNull() || m.CheckReplica.ValueBool() {
		snapshot.Replica, err = s.Replica(ctx)
	}
	return snapshot, err
}

// rebuildInterval is the time between two reads of the rebuild flags.
const rebuildInterval = 5 * time.Second

// unknownRebuilds lists the servers of which a snapshot does not show whether they
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

// watchRebuild reads the rebuild flags of servers until no flag is left that was set
// in every read, or for as long as a node may take to read its flag. It returns for
// how long each flag that is left was seen set, by server_ip.
func watchRebuild(ctx context.Context, s store, servers []string) (map[string]time.Duration, error) {
	seen := map[string]time.Duration{}
	err := tfhelper.Poll(ctx, health.RebuildTolerance, rebuildInterval, func(ctx context.Context, waited time.Duration) (bool, error) {
		pending, err := s.RebuildPending(ctx)
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
