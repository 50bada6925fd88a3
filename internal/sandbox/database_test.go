package sandbox

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// asUser connects to a database as the provider's user.
func asUser(t *testing.T, d *Database) *sql.DB {
	t.Helper()
	db, err := d.Open()
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
			if err := other.Drop(); err != nil {
				t.Fatal(err)
			}
			if err := other.Drop(); err != nil {
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
			d.Expect(t, "SELECT carrier_id, protocol, server_ip, active FROM vicidial_server_carriers ORDER BY carrier_id", map[int]string{
				1302: `
					+----------------+----------+-------------+--------+
					| carrier_id     | protocol | server_ip   | active |
					+----------------+----------+-------------+--------+
					| OLD_IAXEXAMPLE | IAX2     | 10.10.10.15 | N      |
					| OLD_SIPEXAMPLE | SIP      | 10.10.10.15 | N      |
					+----------------+----------+-------------+--------+`,
				1606: `
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
			}[schema])
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

func TestGrants(t *testing.T) {
	t.Parallel()
	t.Run("one statement for each table, sorted", func(t *testing.T) {
		t.Parallel()
		have := Grants("asterisk", "terraform", "10.0.0.%", []string{"vicidial_users", "vicidial_process_triggers", "servers", "vicidial_campaigns"})
		want := []string{
			"GRANT SELECT, INSERT, UPDATE, DELETE ON `asterisk`.`servers` TO 'terraform'@'10.0.0.%'",
			"GRANT SELECT ON `asterisk`.`vicidial_campaigns` TO 'terraform'@'10.0.0.%'",
			"GRANT SELECT, UPDATE ON `asterisk`.`vicidial_users` TO 'terraform'@'10.0.0.%'",
		}
		if strings.Join(have, "\n") != strings.Join(want, "\n") {
			t.Errorf("have\n%s", strings.Join(have, "\n"))
		}
	})
	t.Run("existing tables only", func(t *testing.T) {
		t.Parallel()
		newest := strings.Join(Tables(1720), " ") + " "
		for name := range writePrivileges {
			if !strings.Contains(newest, name+" ") {
				t.Errorf("%s is no table", name)
			}
		}
	})
	for _, schema := range AllSchemas() {
		t.Run(fmt.Sprintf("hold for the user of a database of schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := New(t, schema)
			db := asUser(t, d)
			for _, name := range Tables(schema) {
				if name == "vicidial_process_triggers" {
					continue
				}
				for verb, statement := range map[string]string{
					"SELECT": "SELECT 1 FROM " + name + " WHERE FALSE",
					"INSERT": "INSERT INTO " + name + " SELECT * FROM " + name + " WHERE FALSE",
					"UPDATE": "UPDATE " + name + " SET " + firstColumn(t, d, name) + " = '1' WHERE FALSE",
					"DELETE": "DELETE FROM " + name + " WHERE FALSE",
				} {
					_, err := db.ExecContext(t.Context(), statement)
					if verb == "SELECT" || strings.Contains(writePrivileges[name], verb) {
						if err != nil {
							t.Errorf("%s: %v", statement, err)
						}
						continue
					}
					expectNumber(t, err, 1142)
				}
				_, err := db.ExecContext(t.Context(), "ALTER TABLE "+name+" COMMENT 'mine'")
				expectNumber(t, err, 1142)
			}
			t.Run("process triggers are not visible", func(t *testing.T) {
				_, err := db.ExecContext(t.Context(), "SELECT trigger_id FROM vicidial_process_triggers")
				expectNumber(t, err, 1142)
				have, err := drawQuery(t.Context(), db, "SELECT TABLE_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%process_triggers'")
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(have, "vicidial_process_triggers") {
					t.Errorf("have\n%s", have)
				}
			})
		})
	}
}

func firstColumn(t *testing.T, d *Database, table string) string {
	t.Helper()
	var name string
	err := d.DB().QueryRowContext(t.Context(), "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND ORDINAL_POSITION = 1", d.Name, table).Scan(&name)
	if err != nil {
		t.Fatal(err)
	}
	return quoteName(name)
}
