package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
)

// Activity reads the agents and calls of a server, and whether it accepts more, in
// three queries. The result is not cached.
func (s *Store) Activity(ctx context.Context, ip string) (maintenance.Activity, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var now maintenance.Activity
	servers, err := s.servers.read(ctx)
	if err != nil {
		return now, err
	}
	server, found := servers.ByIP(ip)
	now.Deleted, now.Logins, now.Balance = !found, server.Logins(), server.Balance()
	agents, err := s.liveAgents(ctx, ip)
	if err != nil {
		return now, err
	}
	now.Agents = slices.DeleteFunc(agents, cluster.LiveAgent.Remote)
	now.Calls, err = s.liveCalls(ctx, ip)
	return now, err
}

// RebuildPending returns the servers whose rebuild flag is set. The result is not
// cached.
func (s *Store) RebuildPending(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	servers, err := s.servers.read(ctx)
	pending := slices.DeleteFunc(servers, func(server cluster.Server) bool { return !server.RebuildPending() })
	return pending.IPs(), err
}

const selectReloadStamp = `
SELECT db_schema_version,
       ` + cluster.ColumnReload + `,
       NOW()
  FROM system_settings
 LIMIT 1`

// ReloadStamp reads reload_timestamp and the current time.
func (s *Store) ReloadStamp(ctx context.Context) (maintenance.ReloadStamp, error) {
	var stamp maintenance.ReloadStamp
	err := s.query(ctx, "system settings", selectReloadStamp, nil, func(rows *sql.Rows) error {
		var version, old, now sql.NullString
		err := rows.Scan(&version, &old, &now)
		stamp.SchemaVersion, stamp.Old, stamp.New = value(version), value(old), value(now)
		return err
	})
	return stamp, err
}
