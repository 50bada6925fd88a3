package store

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

// replicaTimeout bounds the queries to the replica, which a dead one does not answer.
const replicaTimeout = 3 * time.Second

// Replica queries the reporting replica with the user, password and database name
// of the primary, as VICIdial's reports do. It returns nil if the cluster has none.
// An unreachable replica is a result, not an error.
func (s *Store) Replica(ctx context.Context) (*health.Replica, error) {
	settings, err := s.settingsRow.read(ctx)
	if err != nil || settings.Replica() == "" {
		return nil, err
	}
	replica := &health.Replica{Host: settings.Replica()}
	ctx, cancel := context.WithTimeout(ctx, replicaTimeout)
	defer cancel()
	if err := s.queryReplica(ctx, replica); err != nil {
		replica.Err = shortened(err)
	}
	return replica, nil
}

// queryReplica opens a connection of its own, which it closes again.
func (s *Store) queryReplica(ctx context.Context, replica *health.Replica) error {
	host, digits, found := strings.Cut(replica.Host, ":")
	port := 0
	if found {
		number, err := strconv.Atoi(digits)
		if err != nil {
			return errors.New("its port is not a number")
		}
		port = number
	}
	server := s.onHost(host, port)
	defer func() { _ = server.Close() }()

	status, err := server.replication(ctx)
	if err != nil {
		return err
	}
	replica.ThreadsKnown, replica.Stopped = status.known, status.stopped
	replica.Running = status.running()
	replica.Lag, replica.LagKnown = status.lag, status.lagKnown
	if replica.LagKnown {
		return nil
	}
	if err := server.compareHeartbeats(ctx, replica, s); err != nil {
		return err
	}
	if !status.known && !status.both && status.applying {
		// A user without privileges cannot tell replication by a named connection from
		// one that receives nothing any more, except by the heartbeats.
		replica.Running = replica.LagKnown && replica.Lag < unprivilegedLag
		if !replica.Running {
			replica.Stopped = []string{"one of its threads is not running"}
		}
	}
	return nil
}

// unprivilegedLag is how old the newest heartbeat on a replica may be when its
// status cannot be read. Nodes write one several times a second.
const unprivilegedLag = 10 * time.Second

const selectNewestBeat = `
SELECT UNIX_TIMESTAMP(MAX(db_time))
  FROM server_updater`

// compareHeartbeats computes how much older the replica's newest heartbeat is than
// the primary's, both by the primary's clock.
func (s *Store) compareHeartbeats(ctx context.Context, replica *health.Replica, primary *Store) error {
	newest := func(server *Store) (sql.NullFloat64, error) {
		var seconds sql.NullFloat64
		err := server.query(ctx, "heartbeats", selectNewestBeat, nil, func(rows *sql.Rows) error { return rows.Scan(&seconds) })
		return seconds, err
	}
	replicated, err := newest(s)
	if err != nil {
		return err
	}
	written, err := newest(primary)
	if err != nil || !replicated.Valid || !written.Valid {
		return err // MEMORY tables are empty after a restart: the lag is unknown
	}
	replica.Lag, replica.LagKnown = max(0, timeOf(written).Sub(timeOf(replicated))), true
	return nil
}

// shortened returns the cause of an error as one line.
func shortened(err error) string {
	var network *net.OpError
	if errors.As(err, &network) && network.Err != nil {
		return network.Err.Error()
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
