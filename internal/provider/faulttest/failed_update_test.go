package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// updated has one object of each resource that writes rows, in two forms: from the
// first to the second each of them changes, and those of several rows lose one row
// and get another. A new resource is also in drawUpdated, byOthers, the tables of
// failures, deleteRows and the statements of TestAccFaults_authors.
func updated(second bool) string {
	of := func(first, other string) string {
		if second {
			return other
		}
		return first
	}
	return strings.NewReplacer(
		"LINES", of("100", "120"), "ROOMS", of("3", "5"), "NODE", of("10.0.0.2", "10.0.0.3"), "CONTENTS", of("qualify=yes", "qualify=no"),
		"NUMBER", of("8304", "8305"), "SEATS", of("2000-2002", "2001-2003"), "CALLS", of("77", "88"),
	).Replace(`
resource "vicidial_server" "one" {
  server_id           = "dial1"
  server_ip           = "10.0.0.1"
  max_vicidial_trunks = LINES
  conference          = { engine = "CONFBRIDGE", rooms = ROOMS }
}

resource "vicidial_trunk_split" "one" {
  campaign_id = "SALES1"
  total       = 40
  servers     = { "10.0.0.4" = { trunks = 15 }, "NODE" = {} }
}

resource "vicidial_conf_template" "one" {
  template_id       = "trunks1"
  template_name     = "Trunks"
  template_contents = "CONTENTS\n"
}

resource "vicidial_carrier_route" "one" {
  name          = "TELCO1"
  servers       = ["10.0.0.4", "NODE"]
  protocol      = "SIP"
  account_entry = "[telco]\ntype=peer\nhost=sip.example.com\n"
  dial          = { prefix = "9" }
}

resource "vicidial_inbound_did" "one" {
  did_pattern     = "8005550101"
  did_description = "Sales line"
  did_route       = "EXTEN"
  extension       = "NUMBER"
}

resource "vicidial_remote_agents" "one" {
  user_start      = "9001"
  number_of_lines = 1
  server_ip       = "10.0.0.4"
  campaign_id     = "SALES1"
  conf_exten      = "NUMBER"
}

resource "vicidial_agent_placement" "one" {
  name    = "floor"
  seats   = ["SEATS"]
  servers = { "10.0.0.4" = { suffix = "a" }, "10.0.0.2" = { suffix = "b" } }
  phone   = {
    protocol        = "SIP"
    pass_wo         = "open1234"
    pass_wo_version = 1
  }
}

resource "vicidial_cluster_settings" "one" {
  outbound_calls_per_second = CALLS
}
`)
}

var updatedTypes = acctest.ResourceTypes(updated(false))

const drawUpdated = `
SELECT 'server' AS what, CONCAT(server_id, ' ', max_vicidial_trunks) AS row_ FROM servers
UNION ALL SELECT 'rooms', CONCAT(server_ip, ' ', COUNT(*)) FROM vicidial_confbridges GROUP BY server_ip
UNION ALL SELECT 'split', CONCAT(campaign_id, ' ', server_ip, ' ', dedicated_trunks) FROM vicidial_server_trunks
UNION ALL SELECT 'template', CONCAT(template_id, ' ', template_contents) FROM vicidial_conf_templates WHERE template_id = 'trunks1'
UNION ALL SELECT 'carrier', CONCAT(carrier_id, ' ', server_ip, ' ', active, ' ', carrier_description) FROM vicidial_server_carriers WHERE carrier_id LIKE 'TELCO%'
UNION ALL SELECT 'DID', CONCAT(did_pattern, ' ', extension) FROM vicidial_inbound_dids WHERE did_pattern LIKE '800555010%'
UNION ALL SELECT 'remote agents', CONCAT(user_start, ' ', conf_exten) FROM vicidial_remote_agents
UNION ALL SELECT 'phone', login FROM phones
UNION ALL SELECT 'alias', CONCAT(alias_id, ' ', logins_list) FROM phones_alias
UNION ALL SELECT 'settings', outbound_calls_per_second FROM system_settings
ORDER BY 1, 2`

// byOthers changes a row of each object, in a column that an update is about to
// write, or in a row that it is about to remove.
var byOthers = []string{
	"UPDATE servers SET max_vicidial_trunks = 105 WHERE server_id = 'dial1'",
	"UPDATE vicidial_server_trunks SET dedicated_trunks = 11 WHERE server_ip <> '10.0.0.4'",
	"UPDATE vicidial_conf_templates SET template_contents = 'type=peer' WHERE template_id = 'trunks1'",
	"UPDATE vicidial_server_carriers SET carrier_description = 'by hand' WHERE carrier_id LIKE 'TELCO%'",
	"UPDATE vicidial_inbound_dids SET extension = '8399' WHERE did_pattern = '8005550101'",
	"UPDATE vicidial_remote_agents SET conf_exten = '8399'",
	"UPDATE phones_alias SET logins_list = SUBSTRING_INDEX(logins_list, ',', 1)",
	"UPDATE system_settings SET outbound_calls_per_second = 55",
}

// failure makes the apply of a saved plan fail, and is mended afterwards.
type failure struct {
	name string
	// all says that each update fails. Otherwise the first ones are written.
	all         bool
	cause, mend func()
}

func failures(t *testing.T, d *sandbox.Database, proxy *sandbox.Proxy, w *workspace) []failure {
	t.Helper()
	tables := []string{"servers", "vicidial_server_trunks", "vicidial_conf_templates", "vicidial_server_carriers", "vicidial_inbound_dids", "vicidial_remote_agents", "phones", "phones_alias", "system_settings"}
	grant := func(format string) {
		for _, table := range tables {
			acctest.Run(t, d, fmt.Sprintf(format, d.Name, table, d.Username))()
		}
	}
	var release func()
	return []failure{
		{"conflict", true, acctest.Run(t, d, byOthers...), func() {}},
		{"lost database", false, func() { proxy.CutAt(9, sandbox.WriteUnsent, true) }, proxy.Restore},
		{"lost database, later", false, func() { proxy.CutAt(21, sandbox.WriteUnsent, true) }, proxy.Restore},
		{"read only", true, func() { w.env = append(w.env, "VICIDIAL_READ_ONLY=true") }, func() { w.env = w.env[:len(w.env)-1] }},
		{"lock not had", true, func() { release = holdLock(t, d) }, func() { release() }},
		{"missing grant", true, func() { grant("REVOKE UPDATE ON `%s`.`%s` FROM '%s'@'%%'") }, func() { grant("GRANT UPDATE ON `%s`.`%s` TO '%s'@'%%'") }},
	}
}

// holdLock takes the lock, as another apply does, in a session of its own.
func holdLock(t *testing.T, d *sandbox.Database) (release func()) {
	t.Helper()
	conn, err := d.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got int
	if err := conn.QueryRowContext(t.Context(), "SELECT GET_LOCK(?, 0)", "terraform-vicidial:"+d.Name).Scan(&got); err != nil || got != 1 {
		t.Fatalf("the lock is not free: %d, %v", got, err)
	}
	return func() {
		if _, err := conn.ExecContext(t.Context(), "DO RELEASE_ALL_LOCKS()"); err != nil {
			t.Error(err)
		}
		_ = conn.Close()
	}
}

// Each failed update of each resource is followed by a plan that shows all that is
// left, also after another refresh: applying it leads to the rows of the
// configuration, and destroying to none.
func TestAccFaults_failedUpdate(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	d := databaseOfUpdates(t, s)
	proxy := sandbox.NewProxy(t, s)
	w := open(t, d, proxy.Port())
	w.write(t, "provider.tf", []byte(strings.Replace(string(w.read(t, "provider.tf")), "}\n", "  lock_timeout = \"1s\"\n}\n", 1)))
	none := d.Table(t.Context(), drawUpdated)
	rows := map[bool]string{}
	for _, second := range []bool{true, false} { // the rows of both, without a failure
		w.declare(t, updated(second))
		w.apply(t)
		rows[second] = d.Table(t.Context(), drawUpdated)
	}
	second, shown := false, 0
	for _, fails := range failures(t, d, proxy, w) {
		if testing.Short() && fails.name != "conflict" && fails.name != "lost database" {
			continue
		}
		second = !second
		failUpdate(t, w, second, fails)
		if !fails.all { // what was written is given up again
			second = !second
			w.declare(t, updated(second))
		}
		for _, when := range []string{"", " after a refresh"} {
			code, said := w.terraform("plan", "-detailed-exitcode")
			for _, name := range updatedTypes {
				switch {
				case !fails.all:
				case code != 2 || !holds(said, name+".one will be updated in-place"):
					t.Errorf("%s: the plan%s ends with %d and does not show what is left of %s\n%s", fails.name, when, code, name, said)
				default:
					shown++
				}
			}
			w.must(t, "apply", "-refresh-only", "-auto-approve")
		}
		w.apply(t)
		if have := d.Table(t.Context(), drawUpdated); have != rows[second] {
			t.Errorf("%s: afterwards the rows are\n%s\nwant\n%s", fails.name, have, rows[second])
		}
	}
	t.Logf("%d plans of %d resources show what is left", shown, len(updatedTypes))
	for _, fails := range failures(t, d, proxy, w)[:2] {
		second = !second
		failUpdate(t, w, second, fails)
		w.must(t, "destroy", "-auto-approve")
		if have := d.Table(t.Context(), drawUpdated); have != none {
			t.Errorf("%s: destroyed, it leaves the rows\n%s\nwant\n%s", fails.name, have, none)
		}
		w.apply(t)
	}
}

// The database is gone when an update has written all of its rows, before it logs them,
// sets the flags and reads the rows back. A destroy leaves none of them.
func TestAccFaults_unreadUpdate(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	d := databaseOfUpdates(t, s)
	proxy := sandbox.NewProxy(t, s)
	w := open(t, d, proxy.Port())
	none := d.Table(t.Context(), drawUpdated)
	w.declare(t, updated(false))
	w.apply(t)
	writes := map[string]int{}
	for _, second := range []bool{true, false} {
		w.declare(t, updated(second))
		for _, name := range updatedTypes {
			proxy.Reset()
			w.must(t, "apply", "-auto-approve", "-refresh=false", "-target="+name+".one")
			if second {
				writes[name] = lastRow(proxy.Writes())
			}
		}
	}
	w.declare(t, updated(true))
	for _, name := range updatedTypes {
		proxy.CutAt(writes[name], sandbox.WriteAnswered, true)
		cuts := proxy.Cuts()
		code, said := w.terraform("apply", "-auto-approve", "-refresh=false", "-target="+name+".one")
		if code == 0 || proxy.Cuts() != cuts+1 {
			t.Errorf("%s: the apply ends with %d after %d cuts\n%s", name, code, proxy.Cuts()-cuts, said)
		}
		proxy.Restore()
	}
	w.must(t, "destroy", "-auto-approve")
	if have := d.Table(t.Context(), drawUpdated); have != none {
		t.Errorf("destroyed, it leaves the rows\n%s\nwant\n%s", have, none)
	}
}

// lastRow returns the number of the last statement that is neither a line of the change
// log nor a flag: those do not wait for each other.
func lastRow(writes []string) int {
	for i := len(writes); i > 0; i-- {
		if text := writes[i-1]; !strings.Contains(text, "INTO vicidial_admin_log") && !strings.Contains(text, "SET rebuild_conf_files") {
			return i
		}
	}
	return 0
}

// databaseOfUpdates returns a database in which the configuration of updated applies.
func databaseOfUpdates(t *testing.T, s *sandbox.Server) *sandbox.Database {
	t.Helper()
	d := s.Database(t, 1720)
	acctest.Campaigns(t, d, "SALES1")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4)",
		"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial2', '10.0.0.2', 100), ('dial3', '10.0.0.3', 100), ('dial4', '10.0.0.4', 100)",
		"UPDATE system_settings SET outbound_calls_per_second = 55")() // what others set, a destroy leaves
	return d
}

// failUpdate saves the plan of an update, and applies it in vain.
func failUpdate(t *testing.T, w *workspace, second bool, fails failure) {
	t.Helper()
	w.declare(t, updated(second))
	w.must(t, "plan", "-out=planned")
	fails.cause()
	code, said := w.terraform("apply", "planned")
	fails.mend()
	if code == 0 {
		t.Errorf("%s: the apply succeeds\n%s", fails.name, said)
	}
	if failed := strings.Count(said, "Error: "); fails.all && failed != len(updatedTypes) {
		t.Errorf("%s: %d updates of %d fail\n%s", fails.name, failed, len(updatedTypes), said)
	}
}
