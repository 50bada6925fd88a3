package moduletest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// newEmptySystem returns a database of a new system with campaigns.
func newEmptySystem(t *testing.T) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, 1720)
	_, err := d.DB().ExecContext(t.Context(), "INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO'), ('SURVEY', 'Survey', 'Y', 'RATIO')")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSite_mocked(t *testing.T) {
	t.Parallel()
	// A mocked provider needs no database.
	said := newCLI(t, "modules/site").run(0, "test", "-filter=tests/mocked.tftest.hcl")
	if !strings.Contains(said, "13 passed, 0 failed") {
		t.Errorf("terraform test says\n%s", said)
	}
}

func TestSite_database(t *testing.T) {
	t.Parallel()
	d := newEmptySystem(t)
	said := newCLI(t, "modules/site", connection(d)...).run(0, "test", "-filter=tests/site.tftest.hcl")
	if !strings.Contains(said, "4 passed, 0 failed") {
		t.Errorf("terraform test says\n%s", said)
	}
	expectEmpty(t, d)
}

// expectEmpty checks that the rows of a site are deleted and other rows are
// unchanged.
func expectEmpty(t *testing.T, d *sandbox.Database) {
	t.Helper()
	d.Expect(t, "SELECT (SELECT COUNT(*) FROM servers) AS servers, (SELECT COUNT(*) FROM vicidial_server_trunks) AS trunks, "+
		"(SELECT COUNT(*) FROM vicidial_confbridges) + (SELECT COUNT(*) FROM vicidial_conferences) AS rooms, "+
		"(SELECT COUNT(*) FROM vicidial_settings_containers) AS containers, "+
		"(SELECT COUNT(*) FROM vicidial_server_carriers WHERE server_ip LIKE '10._0.10.1_' AND carrier_id NOT LIKE 'OLD%') AS carriers, "+
		"(SELECT COUNT(*) FROM vicidial_inbound_dids WHERE did_pattern <> 'default') AS numbers", `
		| servers | trunks | rooms | containers | carriers | numbers |
		|       0 |      0 |     0 |          0 |        0 |       0 |`)
	d.Expect(t, "SELECT active_voicemail_server, slave_db_server, outbound_calls_per_second AS cps FROM system_settings", `
		| active_voicemail_server | slave_db_server | cps |
		|                         |                 |  10 |`)
}

func TestSites(t *testing.T) {
	t.Parallel()
	anchor, harbour := newEmptySystem(t), newEmptySystem(t)
	at := func(d *sandbox.Database) map[string]any {
		return map[string]any{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password}
	}
	c := newCLI(t, "sites",
		variableSetting(t, "databases", map[string]any{"anchor": at(anchor), "harbour": at(harbour)}),
		variableSetting(t, "secrets", map[string]any{"conf_secret": "pw-conf-77", "manager_secret": "pw-manager-77"}))

	c.run(2, "plan", "-detailed-exitcode")
	c.run(0, "apply", "-auto-approve")
	t.Run("two clusters of one module", func(t *testing.T) {
		anchor.Expect(t, "SELECT server_id, server_ip FROM servers ORDER BY server_id", `
			| server_id | server_ip   |
			| db1       | 10.10.10.5  |
			| dial1     | 10.10.10.11 |
			| dial2     | 10.10.10.12 |
			| dial3     | 10.10.10.13 |`)
		harbour.Expect(t, "SELECT server_id, server_ip FROM servers ORDER BY server_id", `
			| server_id | server_ip   |
			| db1       | 10.20.10.5  |
			| dial1     | 10.20.10.11 |
			| dial2     | 10.20.10.12 |`)
	})
	t.Run("settings of each cluster", func(t *testing.T) {
		const choices = "SELECT active_voicemail_server, slave_db_server, outbound_calls_per_second AS cps FROM system_settings"
		anchor.Expect(t, choices, `
			| active_voicemail_server | slave_db_server | cps |
			| 10.10.10.11             | 10.10.10.6      |  60 |`)
		harbour.Expect(t, choices, `
			| active_voicemail_server | slave_db_server | cps |
			| 10.20.10.12             |                 |  40 |`)
	})
	t.Run("plan is empty", func(t *testing.T) { c.run(0, "plan", "-detailed-exitcode") })
	t.Run("no secret in state", func(t *testing.T) {
		state, err := os.ReadFile(filepath.Join(c.folder, "terraform.tfstate"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(state), "pw-conf-77") || strings.Contains(string(state), "pw-manager-77") || strings.Contains(string(state), anchor.Password) {
			t.Error("a secret is in state")
		}
	})
	const coordinator = "SELECT active_voicemail_server FROM system_settings"
	byHand := func(address string) {
		for _, statement := range []string{
			"UPDATE system_settings SET active_voicemail_server = '" + address + "'",
			"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql) VALUES (NOW(), '6666', '10.20.10.50', 'SYSTEMSETTINGS', 'MODIFY', 'system_settings', 'ADMIN MODIFY SYSTEM SETTINGS', '')",
		} {
			if _, err := harbour.DB().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("change between plan and apply is a conflict", func(t *testing.T) {
		path := filepath.Join(c.folder, "main.tf")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), `coordinator = "dial2"`, `coordinator = "dial1"`, 1)
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		c.run(0, "plan", "-out=saved")
		byHand("10.20.10.5")
		said := strings.Join(strings.Fields(c.run(1, "apply", "saved")), " ")
		if !strings.Contains(said, `were changed by somebody else: active_voicemail_server now says "10.20.10.5"`) {
			t.Errorf("the apply says\n%s", said)
		}
		harbour.Expect(t, coordinator, `
			| active_voicemail_server |
			| 10.20.10.5              |`)
		c.run(0, "apply", "-auto-approve")
		harbour.Expect(t, coordinator, `
			| active_voicemail_server |
			| 10.20.10.11             |`)
	})
	t.Run("drift is repaired, and the plan names the author", func(t *testing.T) {
		byHand("10.20.10.12")
		said := strings.Join(strings.Fields(c.run(2, "plan", "-detailed-exitcode")), " ")
		if !strings.Contains(said, "last changed by user 6666 from 10.20.10.50") {
			t.Errorf("the plan says\n%s", said)
		}
		c.run(0, "apply", "-auto-approve")
	})
	t.Run("node is removed after its trunks moved", func(t *testing.T) {
		path := filepath.Join(c.folder, "main.tf")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		without := strings.Replace(string(text), "      dial3 = { address = \"10.10.10.13\", trunks = 250, weight = 50 }\n", "", 1)
		without = strings.Replace(without, "      SURVEY = { lines = 40, nodes = [\"dial3\"] }\n", "", 1)
		without = strings.Replace(without, "lines = 300", "lines = 200", 1)
		if err := os.WriteFile(path, []byte(without), 0o600); err != nil {
			t.Fatal(err)
		}
		c.run(0, "apply", "-auto-approve")
		anchor.Expect(t, "SELECT server_ip, campaign_id, dedicated_trunks FROM vicidial_server_trunks ORDER BY 1, 2", `
			| server_ip   | campaign_id | dedicated_trunks |
			| 10.10.10.11 | SALES       |              200 |
			| 10.10.10.12 | SALES       |              200 |`)
		c.run(0, "plan", "-detailed-exitcode")
	})
	t.Run("carrier gets a failover", func(t *testing.T) {
		path := filepath.Join(c.folder, "main.tf")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		with := strings.Replace(string(text), `carriers  = { MAIN = { host = "192.0.2.10", prefix = "9" } }`,
			`carriers  = { MAIN = { host = "192.0.2.10", prefix = "9", failover = ["SPARE"] }, SPARE = { host = "192.0.2.30", prefix = "7" } }`, 1)
		if err := os.WriteFile(path, []byte(with), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(with), 0o600); err != nil {
			t.Fatal(err)
		}
		said := c.run(0, "apply", "-auto-approve")
		if !strings.Contains(said, "1 added, ") || !strings.Contains(said, " 0 destroyed") {
			t.Errorf("the apply says\n%s", said)
		}
		c.run(0, "plan", "-detailed-exitcode")
	})
	c.run(0, "destroy", "-auto-approve")
	expectEmpty(t, anchor)
	expectEmpty(t, harbour)
}
