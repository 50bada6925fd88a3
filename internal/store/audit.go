package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
)

const insertAudit = `
INSERT INTO vicidial_admin_log
       (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes)
VALUES `

const countAudit = `
SELECT COUNT(*)
  FROM vicidial_admin_log
 WHERE record_id = %s
   AND event_section = ?
   AND user = ?
   AND event_sql = ?
   AND event_date >= NOW() - INTERVAL 5 MINUTE`

// maxEventSQL keeps an entry below the 65535 bytes that event_sql has before
// schema 1606 made it larger.
const maxEventSQL = 60000

// auditBytes is about how much text one statement adds to the admin change log,
// below any max_allowed_packet.
const auditBytes = 500_000

// log adds the entries of steps to VICIdial's admin change log while the next statement
// runs. If they cannot be added, fail is called, at the latest by [writer.awaitEntries].
func (w *writer) log(ctx context.Context, steps []cluster.Step, fail func(error)) {
	if !w.store.settings.AuditEnabled {
		return
	}
	for _, step := range steps {
		single := []cluster.Step{step}
		switch {
		case step.Audit.Section == "":
			continue
		case step.Audit.EachRow:
			var err error
			if single, err = w.eachRow(ctx, step); err != nil {
				fail(notLogged(err))
				return
			}
		}
		for _, one := range single {
			entry := newAuditEntry(one)
			entry.fail = fail
			w.unlogged, w.unloggedBytes = append(w.unlogged, entry), w.unloggedBytes+len(entry.text)
			if w.unloggedBytes >= auditBytes {
				w.insertEntries(ctx)
			}
		}
	}
	if !w.gathersEntries {
		w.insertEntries(ctx)
	}
}

// eachRow returns a step for each row of a step, as though it had been written by a
// statement of its own.
func (w *writer) eachRow(ctx context.Context, step cluster.Step) ([]cluster.Step, error) {
	records, err := w.records(ctx, step)
	if err != nil {
		return nil, err
	}
	single := make([]cluster.Step, len(records))
	for row, record := range records {
		single[row] = step.Single(row)
		single[row].Audit.Record, single[row].Audit.Numbered = record, ""
	}
	return single, nil
}

// pendingEntries are entries that are being added over a connection of the pool.
type pendingEntries struct {
	entries int64
	added   chan struct{}
	first   int64 // the number of the first entry
	err     error
	retry   func() error // adds the entries over the connection that holds the lock
	fail    func(error)
}

// insertEntries adds entries after those before. They are added in their order: where the
// last one is there, all are.
func (w *writer) insertEntries(ctx context.Context) {
	entries := w.unlogged
	w.unlogged, w.unloggedBytes = nil, 0
	if len(entries) == 0 {
		return
	}
	w.awaitEntries()
	w.store.changeQueries.invalidate()
	fail := func(err error) {
		for _, entry := range entries {
			entry.fail(err)
		}
	}
	insert, count := w.store.auditStatements(w.info, entries)
	exist := func(ctx context.Context) (bool, error) {
		n, err := w.count(ctx, count)
		return n > 0, err
	}
	p := &pendingEntries{entries: int64(len(entries)), added: make(chan struct{}), fail: fail}
	p.retry = func() error {
		p.first = 0
		if added, err := exist(ctx); err == nil && added {
			return nil
		}
		_, err := w.exec(ctx, insert, nil, exist)
		p.first = w.lastInsertID
		return err
	}
	w.pending = p
	db, err := w.store.pool()
	if err != nil || w.store.settings.SingleConnection() {
		_, p.err = w.exec(ctx, insert, nil, exist)
		p.first = w.lastInsertID
		close(p.added)
		return
	}
	go func() {
		defer close(p.added)
		result, err := w.store.exec(ctx, db, insert)
		p.err = err
		if err == nil {
			p.first, _ = result.LastInsertId() // 0 where there is none
		}
	}()
}

// awaitEntries waits until the pending entries are added.
func (w *writer) awaitEntries() {
	p := w.pending
	if p == nil {
		return
	}
	w.pending = nil
	<-p.added
	err := p.err
	if err != nil {
		err = p.retry()
	}
	w.recordEntries(p.first, p.entries)
	switch {
	case err != nil:
		p.fail(notLogged(err))
	case p.first > 0:
		w.store.lastEntry.Store(max(w.store.lastEntry.Load(), p.first+p.entries-1))
	}
}

// auditEntry is the entry in VICIdial's admin change log about one written step.
type auditEntry struct {
	cluster.Audit
	record string // an expression
	args   []any  // its values
	text   string
	fail   func(error) // where it cannot be added
}

func newAuditEntry(step cluster.Step) auditEntry {
	entry := auditEntry{Audit: step.Audit, record: "?", args: []any{truncate(step.Audit.Record, 50)}, text: auditText(step, newStatement(step))}
	if step.Audit.Numbered != "" {
		where, args := conditions(keyOf(step, step.Rows[0]), " AND ", "=")
		entry.record = fmt.Sprintf("COALESCE((SELECT MAX(%s) FROM %s WHERE %s), '')", step.Audit.Numbered, step.Table, where)
		entry.args = args
	}
	return entry
}

// auditStatements writes entries, and counts the last of them.
func (s *Store) auditStatements(info serverInfo, entries []auditEntry) (insert, count statement) {
	user := s.settings.AuditUser
	rows := make([]string, 0, len(entries))
	for _, entry := range entries {
		rows = append(rows, "(NOW(), ?, ?, ?, ?, "+entry.record+", ?, ?, ?)")
		insert.args = append(append(insert.args, user, info.address, entry.Section, entry.Type), entry.args...)
		insert.args = append(insert.args, truncate(entry.Code, 255), entry.text, entry.Notes)
		count.text = fmt.Sprintf(countAudit, entry.record)
		count.args = append(slices.Clone(entry.args), entry.Section, user, entry.text)
	}
	insert.text = insertAudit + strings.Join(rows, ",\n       ")
	return insert, count
}

// records returns the record_id of each row of a step.
func (w *writer) records(ctx context.Context, step cluster.Step) ([]string, error) {
	records := make([]string, 0, max(len(step.In), len(step.Rows)))
	if step.Verb != cluster.Insert {
		for _, key := range step.In {
			records = append(records, key.Text)
		}
		return records, nil
	}
	conn, release := w.use()
	defer release()
	if conn == nil {
		return nil, sql.ErrConnDone
	}
	key := slices.Sorted(maps.Keys(step.Key))[0]
	args := make([]any, 0, len(step.Rows))
	for _, row := range step.Rows {
		args = append(args, bind(row[key]))
	}
	numbers := make(map[string]string, len(step.Rows))
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s IN (%s)", key, step.Audit.Numbered, step.Table, key, placeholders(len(args)))
	err := scanRows(ctx, conn, query, args, func(rows *sql.Rows) error {
		var name, number string
		err := rows.Scan(&name, &number)
		numbers[cluster.FoldKey(name)] = number
		return err
	}, w.store.log)
	for _, row := range step.Rows {
		records = append(records, numbers[cluster.FoldKey(row[key].Text)])
	}
	return records, err
}

// secretColumns never show in the change log. VICIdial itself writes them there
// in clear (docs/vicidial/admin-page.md#log-secrets).
var secretColumns = map[string]bool{
	cluster.ServerSecret: true, cluster.ManagerSecret: true, "pass": true, "login_pass": true,
	"DBX_pass": true, "DBY_pass": true, "conf_override": true, // of phones
	"phone_pass": true, "registration_string": true, "account_entry": true,
	cluster.DefaultServerPassword: true, cluster.DefaultRegistrationPassword: true, cluster.DefaultLoginPassword: true,
}

// auditText formats a statement as the admin page does: values in quotes, no semicolon, a
// bar at the end
// (docs/vicidial/admin-page.md#event-sql). It is for people to read and is
// never run. Secrets are replaced by ****.
func auditText(step cluster.Step, done statement) string {
	shown := shownOf(step)
	var text strings.Builder
	rest := done.text
	for _, arg := range done.args {
		before, after, found := strings.Cut(rest, "?")
		if !found {
			break
		}
		text.WriteString(before)
		rest = after
		value, isText := arg.(string)
		if other, secret := shown[value]; secret {
			value = other
		}
		if !isText {
			text.WriteString("NULL")
		} else {
			text.WriteString("'" + quoted.Replace(value) + "'")
		}
		if text.Len() > maxEventSQL {
			return truncate(text.String(), maxEventSQL) + " ...|"
		}
	}
	text.WriteString(rest)
	return strings.ReplaceAll(text.String(), ";", "") + "|"
}

var quoted = strings.NewReplacer(`\`, `\\`, `'`, `\'`, ";", "")

const secretMask = "****"

// shownOf maps the values of a step that are secrets, or have secrets in them, to
// what is shown instead.
func shownOf(step cluster.Step) map[string]string {
	shown := map[string]string{}
	note := func(column string, value cluster.Value) {
		safe, ok := step.Shown[value.Text]
		switch {
		case value.Text == "":
		case secretColumns[column]:
			shown[value.Text] = secretMask
		case shown[value.Text] == secretMask:
		case ok:
			shown[value.Text] = cluster.HideSecrets(safe, secretMask)
		case asterisk.IsText(step.Table, column):
			if hidden := asterisk.ReplaceSecrets(value.Text, "secret"); len(cluster.SecretNames(hidden)) > 0 {
				shown[value.Text] = cluster.HideSecrets(hidden, secretMask)
			}
		case strings.ContainsAny(value.Text, "@=("):
			shown[value.Text] = cluster.HideSecrets(asterisk.ReplaceDialedSecrets(value.Text, "secret"), secretMask)
		}
	}
	for _, value := range slices.Concat(step.Old, step.New) {
		note(step.Column, value)
	}
	for _, row := range slices.Concat(step.Rows, []cluster.Row{step.Common, step.Key, step.From, step.To}) {
		for column, value := range row {
			note(column, value)
		}
	}
	return shown
}

func truncate(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}
