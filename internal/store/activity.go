package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
)

// AtWork reads who is at work on a server now, and whether more may come. It
// asks three questions and is never cached.
func (s *Store) AtWork(ctx context.Context, ip string) (maintenance.AtWork, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var now maintenance.AtWork
	servers, err := s.servers.latest(ctx, true)
	if err != nil {
		return now, err
	}
	server, found := servers.ByIP(ip)
	now.Gone, now.Logins, now.Balance = !found, server.Logins(), server.Balance()
	agents, err := s.liveAgents(ctx, ip)
	if err != nil {
		return now, err
	}
	for _, a := range agents {
		if !a.Remote() {
			now.Agents = append(now.Agents, maintenance.AgentAtWork{User: a.User, Extension: a.Extension, Campaign: a.Campaign, Status: a.Status})
		}
	}
	now.Calls, err = s.liveCalls(ctx, ip)
	return now, err
}

// RebuildPending lists the servers that have been told to generate their
// configuration files and have not begun. It is never cached.
func (s *Store) RebuildPending(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	servers, err := s.servers.latest(ctx, true)
	pending := slices.DeleteFunc(servers, func(server cluster.Server) bool { return !server.RebuildPending() })
	return pending.IPs(), err
}

const selectReloadStamp = `
SELECT db_schema_version,
       ` + cluster.ColumnReload + `,
       NOW()
  FROM system_settings
 LIMIT 1`

// ReloadStamp reads when all nodes were asked last to reload their files, and
// what time it is.
func (s *Store) ReloadStamp(ctx context.Context) (maintenance.ReloadStamp, error) {
	var stamp maintenance.ReloadStamp
	err := s.query(ctx, "system settings", selectReloadStamp, nil, func(rows *sql.Rows) error {
		var version, was, now sql.NullString
		err := rows.Scan(&version, &was, &now)
		stamp.SchemaVersion, stamp.Was, stamp.Now = value(version), value(was), value(now)
		return err
	})
	return stamp, err
}
