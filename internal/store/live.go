package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const selectBeats = `
SELECT server_ip,
       UNIX_TIMESTAMP(last_update),
       UNIX_TIMESTAMP(db_time)
  FROM server_updater
 WHERE last_update IS NOT NULL`

// beats reads the heartbeats. Old schemas allow two rows of one node; the
// newest tells whether it lives.
func (s *Store) beats(ctx context.Context) ([]cluster.HealthBeat, error) {
	var beats []cluster.HealthBeat
	at := make(map[string]int)
	err := s.query(ctx, "heartbeats", selectBeats, nil, func(rows *sql.Rows) error {
		var beat cluster.HealthBeat
		var last, database sql.NullFloat64
		if err := rows.Scan(&beat.ServerIP, &last, &database); err != nil {
			return err
		}
		beat.LastUpdate, beat.DatabaseTime = moment(last), moment(database)
		if i, twice := at[beat.ServerIP]; twice {
			if beat.LastUpdate.After(beats[i].LastUpdate) {
				beats[i] = beat
			}
			return nil
		}
		at[beat.ServerIP] = len(beats)
		beats = append(beats, beat)
		return nil
	})
	return beats, err
}

const countAgents = `
SELECT server_ip,
       COALESCE(campaign_id, ''),
       COALESCE(status, ''),
       COALESCE(extension, '') LIKE 'R/%',
       COUNT(*)
  FROM vicidial_live_agents
 GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2, 3, 4`

func (s *Store) liveAgents(ctx context.Context) ([]cluster.HealthAgents, error) {
	var agents []cluster.HealthAgents
	err := s.query(ctx, "live agents", countAgents, nil, func(rows *sql.Rows) error {
		var a cluster.HealthAgents
		err := rows.Scan(&a.ServerIP, &a.Campaign, &a.Status, &a.Remote, &a.Count)
		agents = append(agents, a)
		return err
	})
	return agents, err
}

const countCalls = `
SELECT server_ip,
       COALESCE(campaign_id, ''),
       COALESCE(call_type, ''),
       COALESCE(status, ''),
       COUNT(*)
  FROM vicidial_auto_calls
 GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2, 3, 4`

func (s *Store) liveCalls(ctx context.Context) ([]cluster.HealthCalls, error) {
	var calls []cluster.HealthCalls
	err := s.query(ctx, "live calls", countCalls, nil, func(rows *sql.Rows) error {
		var c cluster.HealthCalls
		err := rows.Scan(&c.ServerIP, &c.Campaign, &c.Type, &c.Status, &c.Count)
		calls = append(calls, c)
		return err
	})
	return calls, err
}

const selectShortages = `
SELECT server_ip,
       campaign_id,
       COALESCE(local_trunk_shortage, 0),
       UNIX_TIMESTAMP(update_time)
  FROM vicidial_campaign_server_stats
 WHERE local_trunk_shortage > 0
 ORDER BY 1, 2`

func (s *Store) shortages(ctx context.Context) ([]cluster.HealthShortage, error) {
	var shortages []cluster.HealthShortage
	err := s.query(ctx, "trunk shortages", selectShortages, nil, func(rows *sql.Rows) error {
		var shortage cluster.HealthShortage
		var updated sql.NullFloat64
		err := rows.Scan(&shortage.ServerIP, &shortage.Campaign, &shortage.Lines, &updated)
		shortage.Updated = moment(updated)
		shortages = append(shortages, shortage)
		return err
	})
	return shortages, err
}
