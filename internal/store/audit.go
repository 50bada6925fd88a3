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
VALUES (NOW(), ?, ?, ?, ?, ?, ?, ?, ?)`

const countAudit = `
SELECT COUNT(*)
  FROM vicidial_admin_log
 WHERE record_id = ?
   AND event_section = ?
   AND user = ?
   AND event_sql = ?
   AND event_date >= NOW() - INTERVAL 5 MINUTE`

// maxEventSQL keeps a line below the 65535 bytes that event_sql has before
// schema 1606 made it larger.
const maxEventSQL = 60000

// audit is the line in VICIdial's admin change log about one written step.
func (s *Store) audit(info serverInfo, step cluster.Step, done statement) (insert, count statement) {
	text := auditText(step, done)
	a := step.Audit
	user := s.settings.AuditUser
	insert = statement{insertAudit, []any{user, info.address, a.Section, a.Type, cut(a.Record, 50), cut(a.Code, 255), text, a.Notes}}
	count = statement{countAudit, []any{cut(a.Record, 50), a.Section, user, text}}
	return insert, count
}

// auditBytes is about how much text one statement adds to the admin change log,
// below any max_allowed_packet.
const auditBytes = 500_000

// logRows writes a line in the admin change log for each row of a step, as though
// the row had been written by a statement of its own.
func (w *writer) logRows(ctx context.Context, step cluster.Step, _ statement) error {
	records, err := w.records(ctx, step)
	if err != nil {
		return err
	}
	var lines statement
	var last statement // counts the last line
	send := func() error {
		if len(lines.args) == 0 {
			return nil
		}
		// Lines are added in their order: where the last one is there, all are.
		_, err := w.exec(ctx, lines, func(ctx context.Context) (bool, error) {
			n, err := w.count(ctx, last)
			return n > 0, err
		})
		lines = statement{}
		return err
	}
	bytes := 0
	for row, record := range records {
		single := step.Single(row)
		single.Audit.Record = record
		line, count := w.store.audit(w.info, single, newStatement(single))
		if lines.text == "" {
			lines.text, bytes = line.text, 0
		} else {
			_, values, _ := strings.Cut(line.text, "VALUES ")
			lines.text += ", " + values
		}
		lines.args, last = append(lines.args, line.args...), count
		for _, arg := range line.args {
			if text, ok := arg.(string); ok {
				bytes += len(text)
			}
		}
		if bytes > auditBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
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
	if w.conn == nil {
		return nil, sql.ErrConnDone
	}
	key := slices.Sorted(maps.Keys(step.Key))[0]
	args := make([]any, 0, len(step.Rows))
	for _, row := range step.Rows {
		args = append(args, bind(row[key]))
	}
	numbers := make(map[string]string, len(step.Rows))
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s IN (%s)", key, step.Audit.Numbered, step.Table, key, strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", "))
	err := scanRows(ctx, w.conn, query, args, func(rows *sql.Rows) error {
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

// auditText writes a statement out as the admin page does: values in quotes, no
// semicolon, a bar at the end
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
			text.WriteString("'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, ";", "").Replace(value) + "'")
		}
		if text.Len() > maxEventSQL {
			return cut(text.String(), maxEventSQL) + " ...|"
		}
	}
	text.WriteString(rest)
	return strings.ReplaceAll(text.String(), ";", "") + "|"
}

const hidden = "****"

// shownOf maps the values of a step that are secrets, or have secrets in them, to
// what is shown instead.
func shownOf(step cluster.Step) map[string]string {
	shown := map[string]string{}
	note := func(column string, value cluster.Value) {
		safe, has := step.Shown[value.Text]
		switch {
		case value.Text == "":
		case secretColumns[column]:
			shown[value.Text] = hidden
		case shown[value.Text] == hidden:
		case has:
			shown[value.Text] = cluster.HideSecrets(safe, hidden)
		case asterisk.IsText(string(step.Table), column):
			if sealed := asterisk.SealSecrets(value.Text, "secret"); len(cluster.SecretNames(sealed)) > 0 {
				shown[value.Text] = cluster.HideSecrets(sealed, hidden)
			}
		case strings.Contains(value.Text, "@"):
			shown[value.Text] = cluster.HideSecrets(asterisk.SealDialed(value.Text, "secret"), hidden)
		}
	}
	for _, value := range slices.Concat(step.Was, step.Become) {
		note(step.Column, value)
	}
	for _, row := range slices.Concat(step.Rows, []cluster.Row{step.Common, step.Key, step.From, step.To}) {
		for column, value := range row {
			note(column, value)
		}
	}
	return shown
}

func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}
