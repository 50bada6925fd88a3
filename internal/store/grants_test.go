package store

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestParseGrant(t *testing.T) {
	t.Parallel()
	const rows = "DELETE INSERT SELECT UPDATE"
	for _, c := range []struct{ claim, text, want string }{
		{"a table's", "GRANT SELECT, INSERT ON `asterisk`.`servers` TO `terraform`@`%`", "servers: INSERT SELECT"},
		{"a database's", "GRANT SELECT ON `asterisk`.* TO `terraform`@`%`", "*: SELECT"},
		{"all databases, with a password", "GRANT PROCESS, READ_ONLY ADMIN ON *.* TO `terraform`@`%` IDENTIFIED BY PASSWORD '*3F'", "*: PROCESS READ_ONLY ADMIN"},
		{"ALL PRIVILEGES", "GRANT ALL PRIVILEGES ON `asterisk`.* TO `terraform`@`%` WITH GRANT OPTION", "*: " + rows},
		{"ALL PRIVILEGES on *.*", "GRANT ALL PRIVILEGES ON *.* TO `root`@`%`", "*: " + "DELETE INSERT SELECT SUPER UPDATE"},
		{"some columns'", "GRANT SELECT (`a`, `b`), UPDATE (`a`), DELETE ON `asterisk`.`phones` TO `terraform`@`%`", "phones: DELETE SELECT(a b) UPDATE(a)"},
		{"some columns', without backticks", "GRANT SELECT (login, ASTmgrSECRET), INSERT (login) ON asterisk.phones TO terraform@%", "phones: INSERT(login) SELECT(login astmgrsecret)"},
		{"a role's", "GRANT UPDATE ON `asterisk`.`phones` TO `dialers`", "phones: UPDATE"},
		{"everybody's", "GRANT SELECT ON `asterisk`.`phones` TO PUBLIC", "phones: SELECT"},
		{"databases of a pattern", "GRANT SELECT ON `aster%`.* TO `terraform`@`%`", "*: SELECT"},
		{"another database's", "GRANT SELECT ON `mysql`.`db` TO `terraform`@`%`", ""},
		{"another database's, with an escaped underscore", `GRANT SELECT ON ` + "`asteris\\_`" + `.* TO x`, ""},
		{"names without backticks", "GRANT SELECT ON asterisk.servers TO terraform@%", "servers: SELECT"},
		{"a granted role", "GRANT `dialers` TO `terraform`@`%`", ""},
		{"a procedure's", "GRANT EXECUTE ON PROCEDURE `asterisk`.`p` TO `terraform`@`%`", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			have := ""
			if table, verbs := parseGrant(c.text, "asterisk"); len(verbs) > 0 {
				have = string(table) + ":"
				for _, verb := range slices.Sorted(maps.Keys(verbs)) {
					have += " " + verb
					if !verbs[verb].whole {
						have += "(" + strings.Join(verbs[verb].columns, " ") + ")"
					}
				}
			}
			if have != c.want {
				t.Errorf("have %q, want %q", have, c.want)
			}
		})
	}
}

func TestMissingPrivileges(t *testing.T) {
	t.Parallel()
	schema := cluster.Schema{Tables: map[cluster.Table]map[string]cluster.Column{
		"vicidial_conferences":   {"conf_exten": {}, "leave_3way": {}}, // the user sees no other
		"phones":                 {"login": {}, "DBX_pass": {}, "peer_status": {}, "a_later_column": {}},
		"vicidial_users":         {"user": {}, "phone_login": {}, "pass": {}},
		"vicidial_server_trunks": {"server_ip": {}, "campaign_id": {}},
	}}
	for _, c := range []struct {
		claim  string
		grants []string
		want   string
	}{
		{"nothing is granted", nil, "phones: SELECT (a_later_column, login, peer_status), INSERT (a_later_column, login), UPDATE (a_later_column, login), DELETE; " +
			"vicidial_conferences: SELECT (conf_exten, extension, server_ip), INSERT (conf_exten, extension, server_ip), UPDATE (conf_exten, extension, server_ip), DELETE; " +
			"vicidial_server_trunks: SELECT, INSERT, UPDATE, DELETE; vicidial_users: SELECT (phone_login, user), UPDATE (phone_login)"},
		{"all of the database", []string{"ALL PRIVILEGES ON `asterisk`.*"}, ""},
		{"all of each table", []string{
			"SELECT, INSERT, UPDATE, DELETE ON `asterisk`.`phones`", "SELECT, INSERT, UPDATE, DELETE ON `asterisk`.`vicidial_conferences`",
			"SELECT, INSERT, UPDATE, DELETE ON `asterisk`.`vicidial_server_trunks`", "SELECT, UPDATE ON `asterisk`.`vicidial_users`",
		}, ""},
		{"the columns, over two lines", []string{
			"SELECT (`a_later_column`, `login`, `peer_status`), INSERT (`a_later_column`, `login`), UPDATE (`a_later_column`, `login`), DELETE ON `asterisk`.`phones`",
			"SELECT (`conf_exten`, `server_ip`), INSERT (`conf_exten`, `extension`, `server_ip`), UPDATE (`conf_exten`, `extension`, `server_ip`) ON `asterisk`.`vicidial_conferences`",
			"SELECT (`EXTENSION`), DELETE ON `asterisk`.`vicidial_conferences`", "SELECT (`user`, `phone_login`), UPDATE (`phone_login`) ON `asterisk`.`vicidial_users`",
			"SELECT (`campaign_id`, `server_ip`), INSERT (`campaign_id`, `server_ip`), UPDATE (`campaign_id`, `server_ip`), DELETE ON `asterisk`.`vicidial_server_trunks`",
		}, ""},
		{"a column less for each verb", []string{
			"SELECT (`a_later_column`, `peer_status`), INSERT (`login`), UPDATE (`a_later_column`) ON `asterisk`.`phones`",
			"SELECT, INSERT, UPDATE, DELETE ON `asterisk`.`vicidial_conferences`", "SELECT, UPDATE (`pass`) ON `asterisk`.`vicidial_users`",
			"SELECT, INSERT (`campaign_id`), UPDATE, DELETE ON `asterisk`.`vicidial_server_trunks`",
		}, "phones: SELECT (login), INSERT (a_later_column), UPDATE (login), DELETE; vicidial_server_trunks: INSERT (server_ip); vicidial_users: UPDATE (phone_login)"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			have := grants{}
			for _, grant := range c.grants {
				table, verbs := parseGrant("GRANT "+grant+" TO `terraform`@`%`", "asterisk")
				have.add(table, verbs)
			}
			missing := have.missingPrivileges(schema, []cluster.Table{"phones", "vicidial_conferences", "vicidial_server_trunks", "vicidial_users"})
			if text := describeMissing(missing); text != c.want {
				t.Errorf("have %q, want %q", text, c.want)
			}
		})
	}
}

func TestGrantAdvice(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"SELECT command denied to user 'terraform'@'10.0.0.5' for column 'pass' in table 'phones'": "GRANT SELECT (pass) ON phones TO",
		"SELECT command denied to user 'terraform'@'10.0.0.5' for table `asterisk`.`phones`":       "GRANT SELECT ON phones TO",
		"SELECT command denied to user 'terraform'@'10.0.0.5' for table `asterisk`.`conferences`":  "GRANT SELECT (conf_exten, server_ip) ON conferences TO",
		"insert command denied to user 'terraform'@'10.0.0.5' for table 'phones'":                  "GRANT INSERT ON phones TO",
		"Befehl SELECT für Benutzer 'terraform'@'10.0.0.5' auf Tabelle 'phones' ist nicht erlaubt": "Least privilege",
	} {
		if have := grantAdvice(&mysql.MySQLError{Number: numberColumnDenied, Message: message}); !strings.Contains(have, want) {
			t.Errorf("%s: %q lacks %q", message, have, want)
		}
	}
}
