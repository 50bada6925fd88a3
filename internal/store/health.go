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
	snapshot.Schema = info.schema.Version
	for _, read := range []func(context.Context, serverInfo, *health.Snapshot) error{s.readMoment, s.readHealthSettings, s.readHealthServers} {
		if err := read(ctx, info, &snapshot); err != nil {
			return snapshot, err
		}
	}
	for _, part := range []struct {
		name health.Part
		read func(context.Context, serverInfo, *health.Snapshot) error
	}{
		{health.PartRooms, s.readHealthRooms},
		{health.PartPhones, s.readHealthPhones},
		{health.PartHeartbeats, s.readHealthBeats},
		{health.PartAgents, s.readHealthAgents},
		{health.PartCalls, s.readHealthCalls},
		{health.PartShortages, s.readHealthShortages},
	} {
		partCtx, cancel := context.WithTimeout(ctx, partTimeout)
		err := part.read(partCtx, info, &snapshot)
		late := partCtx.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err != nil && late:
			snapshot.Unanswered = append(snapshot.Unanswered, part.name)
		case err != nil:
			return snapshot, err
		}
	}
	return snapshot, s.readStanding(ctx, info, &snapshot)
}

// readStanding reads the carriers, templates and trunks, whose faults do not depend on time.
func (s *Store) readStanding(ctx context.Context, info serverInfo, snapshot *health.Snapshot) (err error) {
	snapshot.FirstLogin = info.firstLogin
	if snapshot.Carriers, err = s.carriers.latest(ctx, true); err != nil {
		return err
	}
	if snapshot.Templates, err = s.templates.latest(ctx, true); err != nil {
		return err
	}
	snapshot.Trunks, err = s.trunks.latest(ctx, true)
	return err
}

func (s *Store) readHealthBeats(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) (err error) {
	snapshot.Beats, err = s.heartbeats(ctx)
	return err
}

func (s *Store) readHealthAgents(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) error {
	agents, err := s.liveAgents(ctx, "")
	snapshot.Agents = health.CountAgents(agents)
	return err
}

func (s *Store) readHealthCalls(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) (err error) {
	snapshot.Calls, err = s.liveCalls(ctx, "")
	return err
}

func (s *Store) readHealthShortages(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) (err error) {
	snapshot.Shortages, err = s.shortages(ctx)
	return err
}

// column returns the name of a column, or otherwise if this schema does not have
// it.
func (info serverInfo) column(table cluster.Table, name, otherwise string) string {
	if info.schema.Has(table, name) {
		return name
	}
	return otherwise
}

// timeOf converts the database's seconds to a time; the zero time for NULL and the
// zero date of VICIdial's samples.
func timeOf(seconds sql.NullFloat64) time.Time {
	if !seconds.Valid || seconds.Float64 <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(seconds.Float64 * 1e6)).UTC()
}

func (s *Store) readMoment(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) error {
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

// readHealthSettings takes AutoDialOff from disable_auto_dial. A cluster that only
// takes calls has outbound_autodial_active off for good.
func (s *Store) readHealthSettings(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) error {
	settings, err := s.settingsRow.latest(ctx, true)
	snapshot.Settings = settings
	snapshot.VoicemailServer, snapshot.AutoDialOff = settings.VoicemailServer(), settings.AutoDialPaused
	return err
}

func (s *Store) readHealthServers(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) error {
	servers, err := s.servers.latest(ctx, true)
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
	for engine, all := range rooms {
		for ip, there := range all {
			if server, found := servers.ByIP(ip); !found || server.Engine() != engine {
				continue
			}
			count := roomCount{total: len(there)}
			for _, room := range there {
				if !room.InUse {
					count.free++
				}
			}
			counts[ip] = count
		}
	}
	return counts, err
}

func (s *Store) readHealthRooms(ctx context.Context, _ serverInfo, snapshot *health.Snapshot) error {
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
	query := fmt.Sprintf(countPhones, info.column(cluster.TablePhones, "peer_status", "'UNKNOWN'"))
	return s.query(ctx, "phones", query, nil, func(rows *sql.Rows) error {
		var ip string
		var active, registered, known int
		if err := rows.Scan(joined{&ip}, &active, &registered, &known); err != nil {
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
