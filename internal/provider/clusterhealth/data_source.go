// Package clusterhealth implements the data source vicidial_cluster_health: the current
// state of each node, and the problems of the cluster. Package health finds them.
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

// store is the part of the store that the data source needs.
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
		flagged, err := watchRebuild(ctx, s, pending)
		if err != nil {
			return snapshot, err
		}
		if snapshot, err = s.Health(ctx); err != nil {
			return snapshot, err
		}
		for i, server := range snapshot.Servers {
			snapshot.Servers[i].FlagSeen = flagged[server.IP()]
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

// unknownRebuilds returns the servers for which a snapshot does not show whether they
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

// watchRebuild reads the rebuild flags of servers until each flag has been clear in a
// read, or until the time in which a node must read its flag is over. It returns how
// long each remaining flag was set, by server_ip.
func watchRebuild(ctx context.Context, s store, servers []string) (map[string]time.Duration, error) {
	flagged := map[string]time.Duration{}
	err := tfhelper.Poll(ctx, health.RebuildTolerance, rebuildInterval, func(ctx context.Context, waited time.Duration) (bool, error) {
		pending, err := s.RebuildPending(ctx)
		if err != nil {
			return false, err
		}
		servers = slices.DeleteFunc(servers, func(ip string) bool { return !slices.Contains(pending, ip) })
		clear(flagged)
		for _, ip := range servers {
			flagged[ip] = waited
		}
		return len(servers) == 0, nil
	})
	if errors.Is(err, tfhelper.ErrPollTimeout) {
		err = nil
	}
	return flagged, err
}
