package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

const selectHeartbeats = `
SELECT server_ip,
       UNIX_TIMESTAMP(last_update),
       UNIX_TIMESTAMP(db_time),
       UNIX_TIMESTAMP(NOW(3))
  FROM server_updater
 WHERE last_update IS NOT NULL
 ORDER BY server_ip`

// heartbeats reads the heartbeats and the database's clock. Old schemas allow two
// rows of one node; the newest tells whether it lives.
func (s *Store) heartbeats(ctx context.Context) (beats []health.Heartbeat, now time.Time, err error) {
	err = s.query(ctx, "heartbeats", selectHeartbeats, nil, func(rows *sql.Rows) error {
		var beat health.Heartbeat
		var last, database, clock sql.NullFloat64
		if err := rows.Scan(&beat.ServerIP, &last, &database, &clock); err != nil {
			return err
		}
		beat.LastUpdate, beat.DatabaseTime, now = moment(last), moment(database), moment(clock)
		newest := len(beats) - 1
		switch {
		case newest < 0 || beats[newest].ServerIP != beat.ServerIP:
			beats = append(beats, beat)
		case beat.LastUpdate.After(beats[newest].LastUpdate):
			beats[newest] = beat
		}
		return nil
	})
	return beats, now, err
}

// Alive lists the servers whose heartbeat is fresh. heard says whether there is any
// heartbeat at all: the table is kept in memory, and empty after a restart of the
// database.
func (s *Store) Alive(ctx context.Context) (alive []string, heard bool, err error) {
	beats, now, err := s.heartbeats(ctx)
	for _, beat := range beats {
		if beat.Alive(now) {
			alive = append(alive, beat.ServerIP)
		}
	}
	return alive, len(beats) > 0, err
}
