package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

// errLocked is the error of a lock that another apply holds.
var errLocked = errors.New("another apply of this provider is writing to this database")

// lock acquires the lock, and drops rows that are outdated.
func (w *writer) lock(ctx context.Context) error {
	if err := w.acquire(ctx); err != nil {
		return err
	}
	return w.revalidate(ctx)
}

// acquire opens a connection and acquires the advisory lock on it. VICIdial's admin
// page and daemons do not use the lock, so each step compares before it sets.
func (w *writer) acquire(ctx context.Context) error {
	db, err := w.store.pool()
	if err != nil {
		return err
	}
	var conn *sql.Conn
	if err := retryWhenFull(ctx, func() (err error) { conn, err = db.Conn(ctx); return err }); err != nil {
		return withAdvice(err)
	}
	name, wait := w.store.lockName(), w.store.settings.LockTimeout
	w.lostState = ""
	if w.connID != 0 {
		w.killLostConnection(ctx, conn, name)
	}
	var got, holder sql.NullInt64
	log, began := w.store.log.lock, time.Now()
	log.LogAttrs(ctx, slog.LevelDebug, "waiting for the lock", slog.Int64("timeout_ms", wait.Milliseconds()))
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?), IS_USED_LOCK(?), CONNECTION_ID()", name, wait.Seconds(), name).Scan(&got, &holder, &w.connID)
	if err != nil {
		discard(conn)
		return withAdvice(err)
	}
	if got.Int64 == 1 {
		w.connect(conn)
		w.since, w.decided, w.stale, w.fresh, w.freshAt = time.Now(), false, true, false, time.Time{}
		since(ctx, log, "lock acquired", began)
		return nil
	}
	defer func() { _ = conn.Close() }()
	log.LogAttrs(ctx, slog.LevelDebug, "lock not acquired", slog.Int64("holder", holder.Int64), slog.Int64("ms", time.Since(began).Milliseconds()))
	if !holder.Valid {
		return &adviceError{
			Why:    fmt.Sprintf("%s: it held the lock for more than %s", errLocked, wait),
			Advice: "It has ended by now. Run apply again.",
		}
	}
	return &adviceError{
		Why:    fmt.Sprintf("%s: its database connection %s has held the lock for more than %s", errLocked, nameHolder(ctx, conn, holder.Int64), wait),
		Advice: fmt.Sprintf("Wait for the other apply to end. If none runs, its connection is a leftover: an administrator can end it with KILL %d.", holder.Int64),
	}
}

func (s *Store) lockName() string { return truncate("terraform-vicidial:"+s.settings.Database, 64) }

// nameHolder describes the client of a connection, as far as its privileges permit.
func nameHolder(ctx context.Context, conn *sql.Conn, thread int64) string {
	var user, host string
	err := conn.QueryRowContext(ctx, "SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE ID = ?", thread).Scan(&user, &host)
	if err != nil {
		return strconv.FormatInt(thread, 10)
	}
	return fmt.Sprintf("%d (user %s from %s)", thread, user, host)
}

// killLostConnection kills the writer's lost connection if the server has not
// noticed the loss, as behind a firewall that drops packets: it would hold the lock
// until the server's timeouts. It notes what the connection did meanwhile. If it fails,
// the writer waits for the lock.
func (w *writer) killLostConnection(ctx context.Context, conn *sql.Conn, name string) {
	var holder sql.NullInt64
	var state sql.NullString
	err := conn.QueryRowContext(ctx, "SELECT IS_USED_LOCK(?), (SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = ?)", name, w.connID).Scan(&holder, &state)
	if err == nil && holder.Int64 == w.connID {
		w.lostState = state.String
		_, _ = conn.ExecContext(ctx, fmt.Sprintf("KILL %d", w.connID))
	}
}

// lockLinger is how long the lock is held for the next change of the run; not longer than
// maxLockAge altogether, so that another run gets it between two changes.
const (
	lockLinger = 250 * time.Millisecond
	maxLockAge = 5 * time.Second
)

// maxUnlockedAge is how long plans may use rows that were read before the lock was free
// for a while, if the change log says that nobody else has written.
const maxUnlockedAge = 10 * time.Second

// maxFreshAge is how long rows that were read under the lock count as present for changes
// that fail, although others were written since.
const maxFreshAge = time.Second

// holdsLock is 0 where this is not the session that acquired the lock.
const holdsLock = `SELECT IS_USED_LOCK(?) <=> CONNECTION_ID() AND CONNECTION_ID() = ?, `

// unknown is the position in the change log where it is not known.
const unknown = -1

// newestEntry is what is selected of the change log where there is one.
const newestEntry = `COALESCE(MAX(admin_log_id), 0) FROM vicidial_admin_log`

// sessionPoolingError is the error of a proxy that runs the statements of one connection in several
// sessions of the database.
func sessionPoolingError(why string) error {
	return &adviceError{
		Why:    "a proxy in front of the database runs each statement of this connection in any of its own sessions: " + why,
		Advice: "Neither the lock that keeps two applies apart nor a check before a write holds there. Set host and port to the database itself, or let the proxy keep a session for each client (session pooling; in ProxySQL multiplexing = 0 for the provider's user).",
	}
}

// revalidate determines whether plans may still use rows that were read while the lock was
// free, or held by another. The admin page and other runs of the provider add an entry to
// the change log for each write; as long as the newest entry is our own, the rows are
// current. Writes without an entry are found by the compare-and-set of each step.
//
// An error is that of a connection which does not hold its own lock.
func (w *writer) revalidate(ctx context.Context) error {
	s := w.store
	holds, newest := true, int64(unknown)
	entry := newestEntry
	if !s.settings.AuditEnabled {
		entry = strconv.Itoa(unknown)
	}
	began := time.Now()
	if err := w.queryRow(ctx, statement{holdsLock + entry, []any{s.lockName(), w.connID}}, &holds, &newest); err != nil {
		newest = unknown
	}
	w.roundTrip = time.Since(began)
	if !holds {
		w.drop()
		return sessionPoolingError(fmt.Sprintf("session %d has acquired the lock, and the next statement ran in another one. KILL %d releases the lock", w.connID, w.connID))
	}
	if noted := s.firstPosition.Load(); noted != nil && s.newestEntry == unknown {
		s.newestEntry, s.released = noted.entry, noted.at
	}
	if !w.fresh && (newest == unknown || newest != s.newestEntry || time.Since(s.released) > s.maxUnlockedAge) {
		w.forget()
		if newest != unknown {
			s.logPosition.set(newest)
		}
	}
	s.newestEntry, w.stale = newest, false
	return nil
}

// forget drops the rows that were read.
func (w *writer) forget() {
	w.store.Forget()
	w.fresh, w.freshAt = true, time.Now()
}

// recordEntries records the entries that this process has written. If they do not follow our last ones,
// somebody else has written.
func (w *writer) recordEntries(first, entries int64) {
	if first == 0 || first != w.store.newestEntry+1 {
		w.store.newestEntry, w.stale = unknown, true
		return
	}
	w.store.newestEntry += entries
}

// drop discards a lost connection.
func (w *writer) drop() {
	if conn := w.connect(nil); conn != nil {
		discard(conn)
	}
}

// discard closes a connection instead of returning it to the pool, where it might
// hold the lock without end.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// close releases the lock for the next writer.
func (w *writer) close(ctx context.Context) {
	conn, done := w.use()
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	// Closing returns the connection to the pool; only this releases the lock.
	_, err := conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", w.store.lockName())
	done()
	if err != nil {
		w.drop()
		return
	}
	_ = w.connect(nil).Close()
	w.connID, w.store.released = 0, time.Now()
	since(ctx, w.store.log.lock, "lock released", w.since)
}
