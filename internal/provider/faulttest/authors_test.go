package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// logged are the lines that the admin page writes about a change of the objects of
// [updated]: section, record and notes (docs/vicidial/admin-page.md#log-sections).
var logged = [][3]string{
	{"SERVERS", "'dial1'", ""},
	{"SERVERTRUNKS", "'10.0.0.2'", "Campaign: SALES1"},
	{"CONFTEMPLATES", "'trunks1'", ""},
	{"CARRIERS", "'TELCO1_00002'", ""},
	{"DIDS", "(SELECT did_id FROM vicidial_inbound_dids WHERE did_pattern = '8005550101')", ""},
	{"REMOTEAGENTS", "(SELECT remote_agent_id FROM vicidial_remote_agents)", ""},
	{"PHONEALIASES", "'2000'", ""},
	{"SYSTEMSETTINGS", "'system_settings'", ""},
}

// changedBy writes the lines of a user about the objects.
func changedBy(t *testing.T, d *sandbox.Database, user string) {
	t.Helper()
	for _, line := range logged {
		acctest.Run(t, d, fmt.Sprintf(`INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_notes, event_sql)
			VALUES (NOW(), '%s', '10.1.1.1', '%s', 'MODIFY', %s, 'ADMIN MODIFY', '%s', '')`, user, line[0], line[1], line[2]))()
	}
}

// Drift is blamed on whom the admin change log names since the object was read or
// written last, and else on nobody; also where rows were deleted.
func TestAccFaults_authors(t *testing.T) {
	t.Parallel()
	d := sandbox.Shared(t).Database(t, 1720)
	acctest.Campaigns(t, d, "SALES1")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4)",
		"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial2', '10.0.0.2', 100), ('dial3', '10.0.0.3', 100), ('dial4', '10.0.0.4', 100)")()
	w := open(t, d, d.Port)
	w.stay(t, attached(t), d)
	w.declare(t, updated(false))
	w.apply(t)

	expect := func(when, text string, want int) {
		t.Helper()
		_, said := w.terraform("plan")
		said = strings.Join(strings.Fields(said), " ")
		if count := strings.Count(said, text); count != want {
			t.Errorf("%s, %q stands %d times in the plan, want %d\n%s", when, text, count, want, strings.ReplaceAll(said, "Warning:", "\nWarning:"))
		}
		if blamed := strings.Count(said, "by user"); blamed != strings.Count(text, "by user")*want {
			t.Errorf("%s, %d are blamed\n%s", when, blamed, strings.ReplaceAll(said, "Warning:", "\nWarning:"))
		}
	}
	const noEntry = "the admin change log has no entry about it"
	objects := len(updatedTypes)

	acctest.Run(t, d, byOthers...)()
	expect("changed by SQL, with our own lines", noEntry, objects+5) // two carriers, and five lines about three seats
	changedBy(t, d, "6666")
	expect("changed on the admin page", "last changed by user 6666", objects)
	w.apply(t)
	acctest.Run(t, d, byOthers...)()
	expect("changed by SQL, with older lines", noEntry, objects+5)
	changedBy(t, d, "7777")
	w.must(t, "apply", "-refresh-only", "-auto-approve")
	acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET extension = '8400' WHERE did_pattern = '8005550101'")()
	expect("changed by SQL, with lines older than the refresh", noEntry, 1)
	w.apply(t)

	acctest.Run(t, d, "DELETE FROM vicidial_confbridges WHERE server_ip = '10.0.0.1' AND conf_exten = 9600001")()
	expect("a room is deleted by SQL", noEntry, 1)
	for user, ip := range map[string]string{"6666": "10.0.0.1", "7777": "10.0.0.2"} {
		acctest.Run(t, d, fmt.Sprintf(`INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql)
			VALUES (NOW(), '%s', '10.1.1.1', 'CONFERENCES', 'DELETE', '9600001', 'ADMIN DELETE CONFBRIDGE', 'DELETE from vicidial_confbridges where conf_exten=''9600001'' and server_ip=''%s'' limit 1|')`, user, ip))()
	}
	expect("a room is deleted", "last changed by user 6666", 1)
	w.apply(t)

	changedBy(t, d, "8888")
	acctest.Run(t, d, "DELETE FROM servers WHERE server_id = 'dial1'", "DELETE FROM vicidial_server_trunks WHERE server_ip = '10.0.0.2'",
		"DELETE FROM vicidial_conf_templates WHERE template_id = 'trunks1'", "DELETE FROM vicidial_server_carriers WHERE carrier_id = 'TELCO1_00002'",
		"DELETE FROM vicidial_inbound_dids WHERE did_pattern = '8005550101'", "DELETE FROM vicidial_remote_agents", "DELETE FROM phones", "DELETE FROM phones_alias")()
	acctest.Run(t, d, `INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql)
		VALUES (NOW(), '8888', '10.1.1.1', 'PHONEALIASES', 'DELETE', '2002', 'ADMIN DELETE PHONE ALIAS', '')`)()
	expect("deleted", "last changed by user 8888", objects-1) // system settings cannot be
}
