package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// replication is the state of a database server's replication.
type replication struct {
	known    bool     // the user may read the status of each connection
	sources  int      // replication connections; where known
	stopped  []string // their threads that do not run; where known
	lag      time.Duration
	lagKnown bool

	both     bool // Slave_running: both threads of the default connection run
	applying bool // Slaves_running: some connection applies changes
}

// running reports whether the server replicates.
func (r replication) running() bool {
	if r.known {
		return r.sources > 0 && len(r.stopped) == 0
	}
	return r.both
}

// replicationStatements read the status of each replication connection: of MariaDB,
// of MySQL from 8.0.22 on, and of older MySQL.
var replicationStatements = []string{"SHOW ALL SLAVES STATUS", "SHOW REPLICA STATUS", "SHOW SLAVE STATUS"}

// replication reads the replication status of the connected server. Two counters of
// MariaDB are open to every user. The status itself needs the privilege REPLICA
// MONITOR (REPLICATION CLIENT before MariaDB 10.5.9, and in MySQL).
func (s *Store) replication(ctx context.Context) (replication, error) {
	var threads, connections replication
	var refused error
	err := concurrently(
		func() error {
			return s.query(ctx, "replica threads", "SHOW GLOBAL STATUS LIKE 'Slave%running'", nil, func(rows *sql.Rows) error {
				var name, value string
				err := rows.Scan(&name, &value)
				switch strings.ToLower(name) {
				case "slave_running":
					threads.both = value == "ON"
				case "slaves_running":
					threads.applying = value != "0"
				}
				return err
			})
		},
		func() error { connections, refused = s.replicationConnections(ctx); return nil },
	)
	_, mayNotAsk := conn.ErrorNumber(refused)
	switch {
	case err != nil:
		return threads, err
	case mayNotAsk:
		return threads, nil
	case refused != nil:
		return threads, refused
	}
	connections.known, connections.both, connections.applying = true, threads.both, threads.applying
	return connections, nil
}

func (s *Store) replicationConnections(ctx context.Context) (found replication, err error) {
	for _, statement := range replicationStatements {
		if err = s.query(ctx, "replica status", statement, nil, found.add); err == nil {
			break
		}
		if number, _ := conn.ErrorNumber(err); number != numberSyntax {
			break
		}
	}
	return found, err
}

// add adds the status of one replication connection.
func (r *replication) add(rows *sql.Rows) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values, err := scanTexts(rows, len(names))
	if err != nil {
		return err
	}
	row := map[string]string{}
	for i, name := range names {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "Replica_", "Slave_"), "_Source", "_Master")
		if values[i].Valid {
			row[name] = values[i].String
		}
	}
	r.sources++
	for _, thread := range []string{"IO", "SQL"} {
		state := row["Slave_"+thread+"_Running"]
		if state == "Yes" {
			continue
		}
		text := fmt.Sprintf("its %s thread is not running", thread)
		if state == "Connecting" || state == "Preparing" {
			text = fmt.Sprintf("its %s thread is still connecting", thread)
		}
		if number := row["Last_"+thread+"_Errno"]; number != "" && number != "0" {
			text += ", error " + number
		}
		r.stopped = append(r.stopped, text)
	}
	if seconds, err := strconv.Atoi(row["Seconds_Behind_Master"]); err == nil {
		r.lag, r.lagKnown = max(r.lag, time.Duration(seconds)*time.Second), true
	}
	return nil
}
