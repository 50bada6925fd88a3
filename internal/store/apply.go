package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Decide reads what it needs and says what to write. It runs under the lock, so
// no other writer of this provider comes between its reads and its plan.
type Decide = func(context.Context) (cluster.Plan, error)

// ErrReadOnly says that the provider was told to write nothing.
var ErrReadOnly error = &NotWritable{
	Why:    "the provider is configured with read_only = true, so nothing is written",
	Advice: "Remove read_only (or VICIDIAL_READ_ONLY) from the provider configuration to apply changes.",
}

// Apply decides and writes one plan, step by step, each with its line in the
// admin change log, and at the end flags the servers whose files must be built
// anew. Statements are never cut off by a cancelled context: it stops between
// two of them. A failure from the first statement on is a [cluster.Partial].
func (s *Store) Apply(ctx context.Context, decide Decide) (err error) {
	defer func() {
		if err != nil { // perhaps a conflict, with a line that tells of it
			s.logPosition.forget()
		}
	}()
	if s.settings.ReadOnly {
		return ErrReadOnly
	}
	began := time.Now()
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	since(ctx, s.log.lock, "waited for other changes of this run", began)
	w := &writer{store: s}
	defer w.close(context.WithoutCancel(ctx))
	if err := w.lock(ctx); err != nil {
		return err
	}
	// Others may have written since this process last read.
	s.forget()
	defer s.forget()

	deciding := ctx
	if s.settings.Single() {
		deciding = context.WithValue(ctx, writerKey{}, w)
	}
	plan, err := decide(deciding)
	if err != nil || plan.Empty() {
		return err
	}
	if err := s.Writable(ctx, tablesOf(plan)...); err != nil {
		return err
	}
	if w.info, err = s.info.get(ctx); err != nil {
		return err
	}
	return w.run(ctx, plan)
}

func tablesOf(plan cluster.Plan) []cluster.Table {
	tables := make([]cluster.Table, 0, len(plan.Steps)+1)
	for _, step := range plan.Steps {
		tables = append(tables, step.Table)
	}
	if plan.Rebuild.All || len(plan.Rebuild.Servers) > 0 {
		tables = append(tables, cluster.TableServers)
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// writer writes one plan over one connection, which holds the lock: where the
// connection is lost the lock is too, and nothing more is written over it.
type writer struct {
	store    *Store
	info     serverInfo
	conn     *sql.Conn
	thread   int64     // the connection's number at the server
	unsure   bool      // the latest statement may have run, and nobody answered
	sent     bool      // the latest step has sent its statement
	inserted int64     // the number that the database gave the row of the latest statement
	since    time.Time // when the lock was acquired
}

func (w *writer) run(ctx context.Context, plan cluster.Plan) error {
	steps := plan.Ordered()
	flag, flags := rebuild(plan.Rebuild)
	total := len(steps)
	if flags {
		total++
	}
	if flags && len(steps) > 0 {
		// Whoever is killed after the last step can set no flag any more, and
		// the next plan, seeing the rows as they are wanted, has none to set. So
		// the flags stand before the first step already. A node that comes too
		// early builds the files that it has, which costs it nothing
		// (docs/vicidial/generator.md#compared-before-copied).
		if _, err := w.exec(ctx, flag, nil); err != nil {
			return &cluster.Partial{Total: total, Step: flagging, Err: err}
		}
	}
	for i, step := range steps {
		w.sent = false
		err := ctx.Err()
		if err == nil {
			err = w.step(ctx, step)
		}
		if err != nil {
			if flags && w.conn != nil { // for the steps that are written
				_, _ = w.send(context.WithoutCancel(ctx), flag)
			}
			// MyISAM keeps the rows that a statement came to before it failed.
			inPart := w.sent && max(len(step.Rows), len(step.In)) > 1
			return &cluster.Partial{Applied: i, Total: total, Step: describe(step), Unsure: w.unsure || inPart, Err: err}
		}
	}
	if !flags {
		return nil
	}
	// Data first, flags last: a node clears its flag before it reads
	// (docs/vicidial/generator.md#flag-reset-first).
	if _, err := w.exec(context.WithoutCancel(ctx), flag, nil); err != nil {
		return &cluster.Partial{Applied: len(steps), Total: total, Step: flagging, Err: err}
	}
	return nil
}

const flagging = "flag servers to rebuild their configuration files"

// rebuild flags servers as the admin page does: only where files are generated
// at all (docs/vicidial/generator.md#who-is-flagged).
func rebuild(r cluster.Rebuild) (statement, bool) {
	text := "UPDATE servers SET rebuild_conf_files = 'Y' WHERE generate_vicidial_conf = 'Y' AND active_asterisk_server = 'Y'"
	if r.All {
		return statement{text, nil}, true
	}
	if len(r.Servers) == 0 {
		return statement{}, false
	}
	args := make([]any, 0, len(r.Servers))
	for _, ip := range r.Servers {
		args = append(args, ip)
	}
	return statement{text + " AND server_ip IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ") + ")", args}, true
}

// step writes one step and its line in the change log.
func (w *writer) step(ctx context.Context, step cluster.Step) error {
	done := newStatement(step)
	for thinned := false; ; thinned = true {
		changed, err := w.exec(ctx, done, func(ctx context.Context) (bool, error) { return w.done(ctx, step) })
		if err != nil {
			return err
		}
		if changed == 0 && step.Loose {
			return nil // nothing to tell of
		}
		if step.Column != "" && changed < int64(len(step.In)) {
			if err := w.bulkConflict(ctx, step); err != nil {
				return err
			}
		}
		if comparesRows(step) {
			if changed < int64(len(step.In)) {
				if err := w.bulkConflict(ctx, step); err != nil {
					return err
				}
			}
			break
		}
		if changed == 0 && step.Column == "" && step.Verb != cluster.Thin {
			if err := w.conflict(ctx, step); err != nil {
				return err
			}
		}
		if changed == 0 && step.Verb == cluster.Thin && !thinned {
			return nil // there was one copy, or none that may go
		}
		if step.Verb != cluster.Thin || changed == 0 {
			break
		}
	}
	if !w.store.settings.AuditEnabled || step.Audit.Section == "" {
		return nil
	}
	// The step is written: its line follows, whoever wants to stop.
	log := w.log
	if step.Audit.EachRow {
		log = w.logRows
	}
	if err := log(context.WithoutCancel(ctx), step, done); err != nil {
		w.unsure = true
		return fmt.Errorf("the step is written, its line in the admin change log is not: %w", err)
	}
	return nil
}

// log writes a step's line in the admin change log.
func (w *writer) log(ctx context.Context, step cluster.Step, done statement) error {
	if step.Audit.Numbered != "" {
		number, err := w.number(ctx, step)
		if err != nil {
			return err
		}
		step.Audit.Record = number
	}
	insert, count := w.store.audit(w.info, step, done)
	_, err := w.exec(ctx, insert, func(ctx context.Context) (bool, error) {
		n, err := w.count(ctx, count)
		return n > 0, err
	})
	if err == nil {
		w.store.lastLine.Store(max(w.store.lastLine.Load(), w.inserted))
	}
	return err
}

// unmoved looks why a step found no row: it may have been done before, else
// somebody moved the row.
func (w *writer) conflict(ctx context.Context, step cluster.Step) error {
	stands, err := w.done(ctx, step)
	if err == nil && stands && step.Verb == cluster.Delete && len(step.From) > 0 {
		// No row says what it said. Has it gone, or does it say something else?
		where, args := whereOf(step, nil)
		var others int
		others, err = w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
		stands = others == 0
	}
	if err != nil || stands {
		return err
	}
	if step.Verb == cluster.Insert {
		return &cluster.Conflict{Subject: "another row", Found: "was put there by somebody else in this moment"}
	}
	return &cluster.Conflict{Subject: "the row", Found: "was changed by somebody else in this moment"}
}

// stands asks the rows whether a step is done.
func (w *writer) done(ctx context.Context, step cluster.Step) (bool, error) {
	if step.Column != "" || comparesRows(step) {
		left, err := w.unfinished(ctx, step)
		return len(left) == 0, err
	}
	from := func(says cluster.Row) (int, error) {
		where, args := whereOf(step, says)
		return w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
	}
	switch step.Verb {
	case cluster.Insert:
		for _, row := range step.Rows {
			where, args := conditions(step.Whole(row), " AND ", "<=>")
			n, err := w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
			if err != nil || n == 0 {
				return false, err
			}
		}
		return true, nil
	case cluster.Update:
		if step.Loose { // all rows of the old key are to go
			left, err := from(step.From)
			return left == 0, err
		}
		done, err := from(step.To)
		return done > 0, err
	case cluster.Delete:
		left, err := from(step.From)
		return left == 0, err
	default: // Thin is safe to repeat until it finds nothing
		return false, nil
	}
}

// pauses come before each try of a statement: enough for a network that hiccups
// or a database that restarts.
var pauses = []time.Duration{0, 200 * time.Millisecond, time.Second, 2 * time.Second}

// exec runs a statement that writes. Where the connection is lost while it runs,
// nobody knows whether it did: done asks the rows, over a new connection that
// holds the lock again, before it is repeated.
func (w *writer) exec(ctx context.Context, s statement, done func(context.Context) (bool, error)) (int64, error) {
	// A statement under way is not cut off by Ctrl-C, but a pause is.
	stop, ctx := ctx, context.WithoutCancel(ctx)
	var failure error
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
			if failure = w.lock(ctx); failure != nil {
				if lost(failure) {
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
					w.unsure = false
					return 1, nil
				}
			}
		}
		w.sent = true
		result, err := w.send(ctx, s)
		w.unsure = err != nil && lost(err) && !errors.Is(err, driver.ErrBadConn) // which was not sent
		switch {
		case err == nil:
			return result.RowsAffected()
		case lost(err):
			w.drop()
		case !isRetryable(err):
			return 0, withAdvice(err)
		}
		failure = withAdvice(err)
	}
	return 0, failure
}

// send sends a statement once, and logs it.
func (w *writer) send(ctx context.Context, s statement) (sql.Result, error) {
	began := time.Now()
	result, err := w.conn.ExecContext(ctx, s.text, s.args...)
	rows := int64(0)
	w.inserted = 0
	if err == nil {
		rows, _ = result.RowsAffected()
		w.inserted, _ = result.LastInsertId()
	}
	w.store.log.statement(ctx, s.text, began, rows, err)
	return result, err
}

// number asks which number the database gave the row of an insert.
func (w *writer) number(ctx context.Context, step cluster.Step) (string, error) {
	if w.conn == nil {
		return "", sql.ErrConnDone
	}
	var number string
	where, args := conditions(keyOf(step, step.Rows[0]), " AND ", "=")
	ask := statement{fmt.Sprintf("SELECT %s FROM %s WHERE %s", step.Audit.Numbered, step.Table, where), args}
	err := w.one(context.WithoutCancel(ctx), ask, &number)
	return number, err
}

func (w *writer) count(ctx context.Context, s statement) (int, error) {
	var n int
	if w.conn == nil {
		return 0, sql.ErrConnDone
	}
	err := w.one(ctx, s, &n)
	return n, err
}

// one runs a query that returns one row over the connection that holds the lock.
func (w *writer) one(ctx context.Context, s statement, into ...any) error {
	began := time.Now()
	err := w.conn.QueryRowContext(ctx, s.text, s.args...).Scan(into...)
	w.store.log.statement(ctx, s.text, began, 1, err)
	return err
}
