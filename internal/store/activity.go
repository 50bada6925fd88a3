package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
)

// selectGates takes the first row of an address, as the daemons do
// (docs/vicidial/schema.md#duplicate-addresses).
const selectGates = `
SELECT COALESCE(active_agent_login_server, '') = 'Y',
       COALESCE(vicidial_balance_active, '') = 'Y'
  FROM servers
 WHERE server_ip = ?
 ORDER BY server_id
 LIMIT 1`

// AtWork reads who is at work on a server now, and whether more may come. It
// asks three questions and is never cached.
func (s *Store) AtWork(ctx context.Context, ip string) (maintenance.AtWork, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	now := maintenance.AtWork{Gone: true}
	err := s.query(ctx, "server "+ip, selectGates, []any{ip}, func(rows *sql.Rows) error {
		now.Gone = false
		return rows.Scan(&now.Logins, &now.Balance)
	})
	if err != nil {
		return now, err
	}
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

const selectPending = `
SELECT DISTINCT server_ip
  FROM servers
 WHERE rebuild_conf_files = 'Y'
 ORDER BY server_ip`

// RebuildPending lists the servers that have been told to generate their
// configuration files and have not begun. It is never cached.
func (s *Store) RebuildPending(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var pending []string
	err := s.query(ctx, "rebuild flags", selectPending, nil, func(rows *sql.Rows) error {
		var ip string
		err := rows.Scan(&ip)
		pending = append(pending, ip)
		return err
	})
	return pending, err
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
