package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

// selectHeartbeats computes ages in the database. last_update is a node's wall clock
// and is compared with the database's, as VICIdial does. db_time is a point in time:
// its age does not jump when clocks change, and UNIX_TIMESTAMP() without an argument
// is the only present time of the database that does not either, since NOW() is
// read as the other hour when an hour repeats.
const selectHeartbeats = `
SELECT server_ip,
       TIMESTAMPDIFF(MICROSECOND, last_update, NOW(6)),
       UNIX_TIMESTAMP() - UNIX_TIMESTAMP(db_time),
       TIMESTAMPDIFF(MICROSECOND, db_time, last_update)
  FROM server_updater
 WHERE last_update IS NOT NULL
 ORDER BY server_ip`

// heartbeats reads the heartbeats. Old schemas allow two rows of one node; the newest
// counts. A zero date is as old as can be.
func (s *Store) heartbeats(ctx context.Context) ([]health.Heartbeat, error) {
	var beats []health.Heartbeat
	err := s.query(ctx, "heartbeats", selectHeartbeats, nil, func(rows *sql.Rows) error {
		var beat health.Heartbeat
		var age, skew sql.NullInt64
		var silence sql.NullFloat64
		if err := rows.Scan(keyText{&beat.ServerIP}, &age, &silence, &skew); err != nil {
			return err
		}
		beat.Age = neverSeen
		if age.Valid {
			beat.Age = time.Duration(age.Int64) * time.Microsecond
		}
		if skew.Valid && silence.Valid {
			beat.SkewKnown, beat.Skew = true, time.Duration(skew.Int64)*time.Microsecond
			beat.Silence = time.Duration(silence.Float64 * float64(time.Second))
		}
		newest := len(beats) - 1
		switch {
		case newest < 0 || beats[newest].ServerIP != beat.ServerIP:
			beats = append(beats, beat)
		case beat.Age < beats[newest].Age:
			beats[newest] = beat
		}
		return nil
	})
	return beats, err
}

// neverSeen is the age of a heartbeat with a zero date.
const neverSeen = 100 * 365 * 24 * time.Hour

// Alive lists the servers whose heartbeat is fresh. It also reports whether any
// heartbeat is found: the table is kept in memory, and empty after a restart of the
// database.
func (s *Store) Alive(ctx context.Context) (alive []string, found bool, err error) {
	beats, err := s.heartbeats(ctx)
	for _, beat := range beats {
		if beat.Alive() {
			alive = append(alive, beat.ServerIP)
		}
	}
	return alive, len(beats) > 0, err
}
