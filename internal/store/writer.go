package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// writer writes plans over one connection, which holds the lock. If the connection is
// lost, so is the lock, and nothing more is written over it.
type writer struct {
	store          *Store
	info           serverInfo
	conn           *sql.Conn
	connID         int64           // the connection's id at the server
	lostState      string          // of the statement that the lost connection ran, as in SHOW PROCESSLIST
	uncertain      bool            // the last statement of the step may have run
	sent           bool            // a statement of the step was sent
	since          time.Time       // when the lock was acquired
	roundTrip      time.Duration   // of a query under the lock
	interval       time.Duration   // from the answers of a batch to the next change
	fresh          bool            // nothing was written since the rows were forgotten under this lock
	freshAt        time.Time       // when they were forgotten
	connMu         sync.Mutex      // a connection takes no statement before the rows of the last one are read
	stale          bool            // another client has written since
	decided        bool            // plans were decided under this lock
	flagged        cluster.Rebuild // by the last batch
	flaggedAt      time.Time
	lastInsertID   int64 // the number that the database gave the first row of the latest insert
	pending        *pendingEntries
	unlogged       []auditEntry // entries that are not added yet
	unloggedBytes  int
	gathersEntries bool // statements run at the same time: their entries are added together
}

// use returns the connection, nil where there is none, to a caller who has it alone
// until release is called.
func (w *writer) use() (conn *sql.Conn, release func()) {
	w.connMu.Lock()
	if w.conn == nil {
		w.connMu.Unlock()
		return nil, func() {}
	}
	return w.conn, w.connMu.Unlock
}

// connect sets the connection, nil for none, and returns the one before.
func (w *writer) connect(conn *sql.Conn) (before *sql.Conn) {
	w.connMu.Lock()
	defer w.connMu.Unlock()
	before, w.conn = w.conn, conn
	return before
}

const flagStep = "flag servers to rebuild their configuration files"

// flagStatement flags servers as the admin page does, only those that generate
// files (docs/vicidial/generator.md#who-is-flagged).
func flagStatement(r cluster.Rebuild) (statement, bool) {
	text := "UPDATE servers SET rebuild_conf_files = 'Y' WHERE generate_vicidial_conf = 'Y' AND active_asterisk_server = 'Y'"
	if r.All {
		return statement{text, nil}, true
	}
	if len(r.Servers) == 0 {
		return statement{}, false
	}
	return statement{text + " AND server_ip IN (" + placeholders(len(r.Servers)) + ")", argsOf(r.Servers)}, true
}

// pauses are the delays before each try of a statement, for a short network failure
// or a restart of the database.
var pauses = []time.Duration{0, 200 * time.Millisecond, time.Second, 2 * time.Second}

// exec runs a statement that writes, unless it was sent over another connection: sent has the
// result of that, and is nil where it was not. If the connection is lost while it runs, done
// checks the rows, over a new connection with the lock, before it is repeated.
func (w *writer) exec(ctx context.Context, s statement, sent <-chan *poolResult, done func(context.Context) (bool, error)) (int64, error) {
	// Ctrl-C interrupts a pause, but not a statement.
	stop, ctx := ctx, context.WithoutCancel(ctx)
	var failure error
	if sent != nil {
		early := <-sent
		w.sent = true
		w.uncertain = early.err != nil && isLostConnection(early.err)
		switch {
		case early.err == nil:
			return early.changed, nil
		case !w.uncertain && !isRetryable(early.err):
			return 0, withAdvice(early.err)
		}
		if w.uncertain && w.conn != nil && done != nil {
			if finished, err := done(ctx); err == nil && finished {
				w.uncertain = false
				return 1, nil
			}
		}
	}
	for try, pause := range w.store.pauses {
		if try > 0 {
			verb, table := verbAndTable(s.text)
			w.store.log.store.LogAttrs(ctx, slog.LevelDebug, "retry", slog.String("verb", verb), slog.String("table", table),
				slog.Int("try", try+1), slog.Int64("pause_ms", pause.Milliseconds()))
		}
		select {
		case <-time.After(pause):
		case <-stop.Done():
			return 0, cmp.Or(failure, stop.Err())
		}
		if w.conn == nil {
			failure = w.lock(ctx)
			if strings.Contains(w.lostState, waitsForSpace) {
				w.drop()
				return 0, errWaitsForSpace
			}
			if failure != nil {
				if isLostConnection(failure) {
					continue
				}
				return 0, failure
			}
			if done != nil {
				finished, err := done(ctx)
				if err != nil {
					w.drop()
					failure = err
					continue
				}
				if finished {
					w.uncertain, w.lastInsertID = false, 0
					return 1, nil
				}
			}
		}
		w.sent = true
		result, err := w.send(ctx, s)
		w.uncertain = err != nil && isLostConnection(err) && !errors.Is(err, driver.ErrBadConn) // which was not sent
		switch {
		case err == nil:
			w.lastInsertID, _ = result.LastInsertId() // 0 where there is none
			return result.RowsAffected()
		case isLostConnection(err):
			w.drop()
		case !isRetryable(err):
			return 0, withAdvice(err)
		}
		failure = withAdvice(err)
	}
	return 0, failure
}

// send sends a statement once.
func (w *writer) send(ctx context.Context, s statement) (sql.Result, error) {
	conn, release := w.use()
	defer release()
	if conn == nil {
		return nil, sql.ErrConnDone
	}
	return w.store.exec(ctx, conn, s)
}

// executor is a pool or one of its connections.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// exec runs a statement once, and logs it.
func (s *Store) exec(ctx context.Context, on executor, run statement) (sql.Result, error) {
	began := time.Now()
	result, err := on.ExecContext(ctx, run.text, run.args...)
	rows := int64(0)
	if err == nil {
		rows, _ = result.RowsAffected()
	}
	s.log.statement(ctx, run.text, began, rows, err)
	return result, err
}

// poolResult is the result of a statement over a connection of the pool.
type poolResult struct {
	changed int64
	err     error
}

// execOverPool starts to run a statement once, over a connection of the pool.
func (s *Store) execOverPool(ctx context.Context, run statement) <-chan *poolResult {
	ended := make(chan *poolResult, 1)
	go func() {
		var ran poolResult
		var result sql.Result
		db, err := s.pool()
		if err == nil {
			result, err = s.exec(context.WithoutCancel(ctx), db, run)
		}
		if ran.err = err; err == nil {
			ran.changed, ran.err = result.RowsAffected()
		}
		ended <- &ran
	}()
	return ended
}

// maxConcurrentGroups is how many statements run at the same time.
func (s *Store) maxConcurrentGroups() int {
	db, err := s.pool()
	if err != nil {
		return 1
	}
	return max(1, db.Stats().MaxOpenConnections/2)
}

func (w *writer) count(ctx context.Context, s statement) (int, error) {
	var n int
	err := w.queryRow(ctx, s, &n)
	return n, err
}

// queryRow runs a query of one row over the connection that holds the lock.
func (w *writer) queryRow(ctx context.Context, s statement, into ...any) error {
	began := time.Now()
	conn, release := w.use()
	defer release()
	if conn == nil {
		return sql.ErrConnDone
	}
	err := conn.QueryRowContext(ctx, s.text, s.args...).Scan(into...)
	w.store.log.statement(ctx, s.text, began, 1, err)
	return err
}
