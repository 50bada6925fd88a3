package store

import (
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
