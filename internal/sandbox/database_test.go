package sandbox

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// asUser connects to a database as the provider's user.
func asUser(t *testing.T, d *Database) *sql.DB {
	t.Helper()
	db, err := d.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestDatabase_isolated(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	for n := range 8 {
		t.Run(fmt.Sprintf("database %d has its own rows and user", n), func(t *testing.T) {
			t.Parallel()
			d := s.Database(t, Schemas()[n%len(Schemas())])
			db := asUser(t, d)
			mustExec(t, db, insertTrunks, "10.0.0.1", n)
			d.Expect(t, listTrunks, fmt.Sprintf(`
				+-----------+------------------+
				| server_ip | dedicated_trunks |
				+-----------+------------------+
				| 10.0.0.1  | %16d |
				+-----------+------------------+`, n))
			other := s.Database(t, 1302)
			_, err := db.ExecContext(t.Context(), "SELECT 1 FROM "+quoteName(other.Name)+".servers")
			expectNumber(t, err, 1142)
			if err := other.drop(); err != nil {
				t.Fatal(err)
			}
			if err := other.drop(); err != nil {
				t.Errorf("dropping twice: %v", err)
			}
			var left int
			query := "SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?) + (SELECT COUNT(*) FROM mysql.user WHERE User = ?)"
			if err := s.Root().QueryRowContext(t.Context(), query, other.Name, other.Username).Scan(&left); err != nil {
				t.Fatal(err)
			}
			if left != 0 {
				t.Error("a database or its user stays behind")
			}
		})
	}
	t.Run("unknown schema", func(t *testing.T) {
		t.Parallel()
		if _, err := s.NewDatabase(t.Context(), 1500); err == nil || !strings.Contains(err.Error(), "1500") {
			t.Errorf("have %v", err)
		}
	})
}

func TestSeed(t *testing.T) {
	t.Parallel()
	for _, schema := range AllSchemas() {
		t.Run(fmt.Sprintf("schema %d begins with the rows of a fresh system", schema), func(t *testing.T) {
			t.Parallel()
			d := New(t, schema)
			d.Expect(t, "SELECT db_schema_version, first_login_trigger FROM system_settings", fmt.Sprintf(`
				+-------------------+---------------------+
				| db_schema_version | first_login_trigger |
				+-------------------+---------------------+
				|              %d | N                   |
				+-------------------+---------------------+`, schema))
			d.Expect(t, "SELECT user, user_level FROM vicidial_users ORDER BY user", `
				+------+------------+
				| user | user_level |
				+------+------------+
				| 6666 |          9 |
				| VDAD |          1 |
				| VDCL |          1 |
				+------+------------+`)
			d.Expect(t, "SELECT template_id FROM vicidial_conf_templates ORDER BY 1", `
				+-------------+
				| template_id |
				+-------------+
				| IAX_generic |
				| SIP_generic |
				+-------------+`)
			d.Expect(t, "SELECT did_pattern, did_route, extension FROM vicidial_inbound_dids", `
				+-------------+-----------+------------+
				| did_pattern | did_route | extension  |
				+-------------+-----------+------------+
				| default     | EXTEN     | 9998811112 |
				+-------------+-----------+------------+`)
			d.Expect(t, "SELECT id_table, active, value FROM vicidial_override_ids", `
				+----------+--------+-------+
				| id_table | active | value |
				+----------+--------+-------+
				| phones   | 0      |   100 |
				+----------+--------+-------+`)
			d.Expect(t, "SELECT trigger_id, server_ip FROM vicidial_process_triggers", `
				+------------+-------------+
				| trigger_id | server_ip   |
				+------------+-------------+
				| LOAD_LEADS | 10.10.10.15 |
				+------------+-------------+`)
			which := map[int]int{1302: 1302, 1720: 1720}[schema] // 0 for those between
			d.Expect(t, "SELECT carrier_id, protocol, server_ip, active FROM vicidial_server_carriers ORDER BY carrier_id", map[int]string{
				1302: `
					+----------------+----------+-------------+--------+
					| carrier_id     | protocol | server_ip   | active |
					+----------------+----------+-------------+--------+
					| OLD_IAXEXAMPLE | IAX2     | 10.10.10.15 | N      |
					| OLD_SIPEXAMPLE | SIP      | 10.10.10.15 | N      |
					+----------------+----------+-------------+--------+`,
				0: `
					+----------------+----------+-------------+--------+
					| carrier_id     | protocol | server_ip   | active |
					+----------------+----------+-------------+--------+
					| OLD_IAXEXAMPLE | IAX2     | 10.10.10.15 | N      |
					| OLD_SIPEXAMPLE | SIP      | 10.10.10.15 | N      |
					| SIPExample     | SIP      | 0.0.0.0     | N      |
					+----------------+----------+-------------+--------+`,
				1720: `
					+-----------------+-----------+-------------+--------+
					| carrier_id      | protocol  | server_ip   | active |
					+-----------------+-----------+-------------+--------+
					| OLD_IAXEXAMPLE  | IAX2      | 10.10.10.15 | N      |
					| OLD_SIPEXAMPLE  | SIP       | 10.10.10.15 | N      |
					| PJSIPExample    | PJSIP     | 0.0.0.0     | N      |
					| PJSIPWIZExample | PJSIP_WIZ | 0.0.0.0     | N      |
					| SIPExample      | SIP       | 0.0.0.0     | N      |
					+-----------------+-----------+-------------+--------+`,
			}[which])
		})
	}
	t.Run("strict sql_mode", func(t *testing.T) {
		t.Parallel()
		s := Own(t, Options{SQLMode: "STRICT_ALL_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO"})
		for _, schema := range AllSchemas() {
			s.Database(t, schema)
		}
	})
}

// TestGrants runs the script of the guide and uses what it grants.
func TestGrants(t *testing.T) {
	t.Parallel()
	for _, schema := range AllSchemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := New(t, schema)
			writer := asUser(t, d)
			reader := asReader(t, d)
			try := func(db *sql.DB, statement string, denied uint16) {
				t.Helper()
				if _, err := db.ExecContext(t.Context(), statement); denied != 0 {
					expectNumber(t, err, denied)
				} else if err != nil {
					t.Errorf("%s: %v", statement, err)
				}
			}
			const tableDenied, columnDenied = 1142, 1143
			for _, statement := range []string{
				"SELECT conf_secret, sysload FROM servers WHERE FALSE", "SELECT login, pass, template_id FROM phones WHERE FALSE",
				"SELECT user, phone_login FROM vicidial_users WHERE FALSE", "SELECT * FROM vicidial_server_trunks WHERE FALSE", "SELECT COUNT(*) FROM phones",
			} {
				try(writer, statement, 0)
				try(reader, statement, 0)
			}
			for _, statement := range []string{
				"SELECT pass FROM vicidial_users WHERE FALSE", "SELECT DBX_pass FROM phones WHERE FALSE", "SELECT default_local_gmt FROM system_settings WHERE FALSE",
				"SELECT agent_station FROM vicidial_stations WHERE FALSE",
			} {
				try(writer, statement, columnDenied)
				try(reader, statement, columnDenied)
			}
			for statement, denied := range map[string]uint16{
				"UPDATE vicidial_users SET phone_login = '1' WHERE FALSE":                0,
				"UPDATE vicidial_users SET user_level = 9 WHERE FALSE":                   columnDenied,
				"UPDATE servers SET rebuild_conf_files = 'Y' WHERE FALSE":                0,
				"UPDATE servers SET sysload = 1 WHERE FALSE":                             columnDenied,
				"UPDATE system_settings SET sounds_web_server = '1' WHERE FALSE":         0,
				"UPDATE system_settings SET db_schema_version = 1 WHERE FALSE":           columnDenied,
				"INSERT INTO phones (login) SELECT 'x' FROM DUAL WHERE FALSE":            0,
				"INSERT INTO phones (peer_status) SELECT 'x' FROM DUAL WHERE FALSE":      columnDenied,
				"INSERT INTO vicidial_users (user) SELECT 'x' FROM DUAL WHERE FALSE":     tableDenied,
				"INSERT INTO system_settings (version) SELECT 'x' FROM DUAL WHERE FALSE": tableDenied,
				"DELETE FROM phones WHERE FALSE":                                         0,
				"DELETE FROM vicidial_users WHERE FALSE":                                 tableDenied,
				"DELETE FROM vicidial_admin_log WHERE FALSE":                             tableDenied,
				"UPDATE vicidial_admin_log SET user = '' WHERE FALSE":                    tableDenied,
				"ALTER TABLE servers COMMENT 'mine'":                                     tableDenied,
				"SELECT trigger_id FROM vicidial_process_triggers":                       tableDenied,
			} {
				try(writer, statement, denied)
				try(reader, statement, tableDenied)
			}
			for _, db := range []*sql.DB{writer, reader} {
				have, err := drawQuery(t.Context(), db, "SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%process_triggers'")
				if err != nil || Trim(have) != "| n |\n| 0 |" {
					t.Errorf("process triggers: %v\n%s", err, have)
				}
			}
		})
	}
	t.Run("every declared column is one of the newest schema", func(t *testing.T) {
		t.Parallel()
		for _, table := range privileges.Tables() {
			for _, column := range slices.Concat(table.Own, table.Read, table.Except) {
				if len(ColumnForms(string(table.Name), column)) == 0 {
					t.Errorf("%s.%s", table.Name, column)
				}
			}
		}
	})
}

// asReader connects as a user who only looks.
func asReader(t *testing.T, d *Database) *sql.DB {
	t.Helper()
	username, password, err := d.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, err := open(d.server.dsn(username, password, d.Name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
