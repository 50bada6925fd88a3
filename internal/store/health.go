package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

// liveTimeout is the timeout of reads of live tables, which dialers write four
// times a second.
const liveTimeout = 30 * time.Second

// partTimeout bounds each part of a health report.
const partTimeout = 5 * time.Second

// Health reads a snapshot of the cluster. Nothing of it is cached, and the number of
// statements does not depend on the size of the cluster. Without servers and settings
// there is no report; each other part that is not answered within partTimeout is
// named in the snapshot.
func (s *Store) Health(ctx context.Context) (health.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var snapshot health.Snapshot
	info, err := s.info.get(ctx)
	if err != nil {
		return snapshot, err
	}
	snapshot.Schema, snapshot.FirstLogin = info.schema.Version, info.firstLogin
	for _, read := range []func(context.Context, *health.Snapshot) error{s.readTime, s.readHealthSettings, s.readHealthServers} {
		if err := read(ctx, &snapshot); err != nil {
			return snapshot, err
		}
	}
	for _, part := range []struct {
		name health.Part
		read func(context.Context) error
	}{
		{health.PartRooms, func(ctx context.Context) error { return s.readHealthRooms(ctx, &snapshot) }},
		{health.PartPhones, func(ctx context.Context) error { return s.readHealthPhones(ctx, info, &snapshot) }},
		{health.PartHeartbeats, func(ctx context.Context) (err error) { snapshot.Heartbeats, err = s.heartbeats(ctx); return err }},
		{health.PartAgents, func(ctx context.Context) error {
			agents, err := s.liveAgents(ctx, "")
			snapshot.Agents = health.CountAgents(agents)
			return err
		}},
		{health.PartCalls, func(ctx context.Context) (err error) { snapshot.Calls, err = s.liveCalls(ctx, ""); return err }},
		{health.PartShortages, func(ctx context.Context) (err error) { snapshot.Shortages, err = s.shortages(ctx); return err }},
	} {
		partCtx, cancel := context.WithTimeout(ctx, partTimeout)
		err := part.read(partCtx)
		late := partCtx.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err != nil && late:
			snapshot.Unanswered = append(snapshot.Unanswered, part.name)
		case err != nil:
			return snapshot, err
		}
	}
	if snapshot.Carriers, err = s.carriers.read(ctx); err != nil {
		return snapshot, err
	}
	if snapshot.Templates, err = s.templates.read(ctx); err != nil {
		return snapshot, err
	}
	snapshot.Trunks, err = s.trunks.read(ctx)
	return snapshot, err
}

// column returns the name of a column, or another expression if this schema does not
// have the column.
func column(schema cluster.Schema, table cluster.Table, name, expression string) string {
	if schema.Has(table, name) {
		return name
	}
	return expression
}

// timeOf converts the database's seconds to a time; the zero time for NULL and the
// zero date of VICIdial's samples.
func timeOf(seconds sql.NullFloat64) time.Time {
	if !seconds.Valid || seconds.Float64 <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(seconds.Float64 * 1e6)).UTC()
}

// readTime reads the clock of the database and when it was started.
func (s *Store) readTime(ctx context.Context, snapshot *health.Snapshot) error {
	var now sql.NullFloat64
	if err := s.query(ctx, "the time", "SELECT UNIX_TIMESTAMP() + MICROSECOND(NOW(6)) / 1e6", nil, func(rows *sql.Rows) error { return rows.Scan(&now) }); err != nil {
		return err
	}
	snapshot.Now = timeOf(now)
	return s.query(ctx, "the database's uptime", "SHOW GLOBAL STATUS LIKE 'Uptime'", nil, func(rows *sql.Rows) error {
		var name string
		var seconds int64
		if err := rows.Scan(&name, &seconds); err != nil {
			return err
		}
		snapshot.DatabaseStarted = snapshot.Now.Add(-time.Duration(seconds) * time.Second)
		return nil
	})
}

// readHealthSettings reads the settings. AutoDialOff is disable_auto_dial: a cluster that
// only takes calls has outbound_autodial_active off for good.
func (s *Store) readHealthSettings(ctx context.Context, snapshot *health.Snapshot) error {
	settings, err := s.settingsRow.read(ctx)
	snapshot.Settings = settings
	snapshot.VoicemailServer, snapshot.AutoDialOff = settings.VoicemailServer(), settings.AutoDialPaused
	return err
}

func (s *Store) readHealthServers(ctx context.Context, snapshot *health.Snapshot) error {
	servers, err := s.servers.read(ctx)
	for _, server := range servers {
		snapshot.Servers = append(snapshot.Servers, health.Server{Server: server, PhonesRegistered: -1})
	}
	return err
}

// roomCount is the number of rooms of a server's engine.
type roomCount struct{ total, free int }

// roomCounts counts the rooms of each server's own engine.
func (s *Store) roomCounts(ctx context.Context, fresh bool) (map[string]roomCount, error) {
	servers, err := s.Servers(ctx)
	if err != nil {
		return nil, err
	}
	rooms, err := s.rooms.latest(ctx, fresh)
	counts := make(map[string]roomCount)
	for engine, byServer := range rooms {
		for ip, rooms := range byServer {
			if server, found := servers.ByIP(ip); !found || server.Engine() != engine {
				continue
			}
			count := roomCount{total: len(rooms)}
			for _, room := range rooms {
				if !room.InUse {
					count.free++
				}
			}
			counts[ip] = count
		}
	}
	return counts, err
}

func (s *Store) readHealthRooms(ctx context.Context, snapshot *health.Snapshot) error {
	counts, err := s.roomCounts(ctx, true)
	for i, server := range snapshot.Servers {
		count := counts[server.IP()]
		snapshot.Servers[i].RoomsTotal, snapshot.Servers[i].RoomsFree = count.total, count.free
	}
	return err
}

// countPhones counts a node's active phones, the reachable ones, and those with a
// known status, which only nodes with gather_asterisk_output write.
const countPhones = `
SELECT server_ip,
       COUNT(*),
       SUM(%[1]s IN ('REGISTERED', 'REACHABLE', 'LAGGED')),
       SUM(%[1]s <> 'UNKNOWN')
  FROM phones
 WHERE active = 'Y'
   AND COALESCE(login, '') <> ''
 GROUP BY server_ip`

func (s *Store) readHealthPhones(ctx context.Context, info serverInfo, snapshot *health.Snapshot) error {
	query := fmt.Sprintf(countPhones, column(info.schema, cluster.TablePhones, "peer_status", "'UNKNOWN'"))
	return s.query(ctx, "phones", query, nil, func(rows *sql.Rows) error {
		var ip string
		var active, registered, known int
		if err := rows.Scan(keyText{&ip}, &active, &registered, &known); err != nil {
			return err
		}
		for i := range snapshot.Servers {
			if snapshot.Servers[i].IP() == ip {
				snapshot.Servers[i].Phones = active
				if known > 0 {
					snapshot.Servers[i].PhonesRegistered = registered
				}
			}
		}
		return nil
	})
}
