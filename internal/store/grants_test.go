package store

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseGrant(t *testing.T) {
	t.Parallel()
	const rows = "SELECT INSERT UPDATE DELETE"
	for _, c := range []struct{ claim, text, want string }{
		{"a table's", "GRANT SELECT, INSERT ON `asterisk`.`servers` TO `terraform`@`%`", "servers: SELECT INSERT"},
		{"a database's", "GRANT SELECT ON `asterisk`.* TO `terraform`@`%`", "*: SELECT"},
		{"all databases, with a password", "GRANT PROCESS, READ_ONLY ADMIN ON *.* TO `terraform`@`%` IDENTIFIED BY PASSWORD '*3F'", "*: PROCESS READ_ONLY ADMIN"},
		{"ALL PRIVILEGES", "GRANT ALL PRIVILEGES ON `asterisk`.* TO `terraform`@`%` WITH GRANT OPTION", "*: " + rows},
		{"ALL PRIVILEGES on *.*", "GRANT ALL PRIVILEGES ON *.* TO `root`@`%`", "*: " + rows + " SUPER"},
		{"some columns'", "GRANT SELECT (`a`, `b`), UPDATE (`a`), DELETE ON `asterisk`.`phones` TO `terraform`@`%`", "phones: SELECT UPDATE DELETE"},
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
			if table, privileges := parseGrant(c.text, "asterisk"); len(privileges) > 0 {
				have = fmt.Sprintf("%s: %s", table, strings.Join(privileges, " "))
			}
			if have != c.want {
				t.Errorf("have %q, want %q", have, c.want)
			}
		})
	}
}
