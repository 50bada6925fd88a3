package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// addressColumns are the columns besides servers.server_ip that hold a server's
// address and that the provider's user may write, each with rows that name
// 10.0.0.1, and one that names another server
// (docs/vicidial/schema.md#address-columns).
var addressColumns = []struct{ column, here, elsewhere string }{
	{"phones.server_ip", "INSERT INTO phones (extension, server_ip, login) VALUES ('2000', '10.0.0.1', '2000a'), ('2001', '10.0.0.1', '2001a')", "INSERT INTO phones (extension, server_ip, login) VALUES ('2000', '10.0.0.2', '2000b')"},
	{"vicidial_server_trunks.server_ip", "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 20, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SURVEY', 0, 'MAXIMUM_LIMIT')", "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.2', 'SALES', 20, 'MAXIMUM_LIMIT')"},
	{"vicidial_server_carriers.server_ip", "INSERT INTO vicidial_server_carriers (carrier_id, server_ip) VALUES ('TELCO_a', '10.0.0.1')", "INSERT INTO vicidial_server_carriers (carrier_id, server_ip) VALUES ('TELCO_b', '10.0.0.2')"},
	{"vicidial_remote_agents.server_ip", "INSERT INTO vicidial_remote_agents (user_start, server_ip) VALUES ('9001', '10.0.0.1')", "INSERT INTO vicidial_remote_agents (user_start, server_ip) VALUES ('9101', '10.0.0.2')"},
	{"vicidial_inbound_dids.server_ip", "INSERT INTO vicidial_inbound_dids (did_pattern, server_ip) VALUES ('5551000', '10.0.0.1')", "INSERT INTO vicidial_inbound_dids (did_pattern, server_ip) VALUES ('5551001', '10.0.0.2')"},
	{"vicidial_inbound_dids.filter_server_ip", "INSERT INTO vicidial_inbound_dids (did_pattern, filter_server_ip) VALUES ('5551002', '10.0.0.1')", "INSERT INTO vicidial_inbound_dids (did_pattern, filter_server_ip) VALUES ('5551003', '10.0.0.2')"},
	{"inbound_numbers.server_ip", "INSERT INTO inbound_numbers (extension, full_number, server_ip) VALUES ('1', '1', '10.0.0.1')", "INSERT INTO inbound_numbers (extension, full_number, server_ip) VALUES ('2', '2', '10.0.0.2')"},
	{"vicidial_stations.server_ip", "INSERT INTO vicidial_stations (agent_station, server_ip) VALUES ('s1', '10.0.0.1')", "INSERT INTO vicidial_stations (agent_station, server_ip) VALUES ('s2', '10.0.0.2')"},
	{"phone_favorites.server_ip", "INSERT INTO phone_favorites (extension, server_ip) VALUES ('2000', '10.0.0.1')", "INSERT INTO phone_favorites (extension, server_ip) VALUES ('2001', '10.0.0.2')"},
	{"conferences.server_ip", "INSERT INTO conferences (conf_exten, server_ip) VALUES (8600001, '10.0.0.1'), (8600002, '10.0.0.1')", "INSERT INTO conferences (conf_exten, server_ip) VALUES (8600001, '10.0.0.2')"},
	{"vicidial_conferences.server_ip", "INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.1')", "INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.2')"},
	{"vicidial_confbridges.server_ip", "INSERT INTO vicidial_confbridges (conf_exten, server_ip) VALUES (9600000, '10.0.0.1')", "INSERT INTO vicidial_confbridges (conf_exten, server_ip) VALUES (9600000, '10.0.0.2')"},
	{"vicidial_automated_reports.report_server", "INSERT INTO vicidial_automated_reports (report_id, report_server) VALUES ('R1', '10.0.0.1')", "INSERT INTO vicidial_automated_reports (report_id, report_server) VALUES ('R2', '10.0.0.2')"},
	{"vicidial_drop_lists.dl_server", "INSERT INTO vicidial_drop_lists (dl_id, dl_server) VALUES ('D1', '10.0.0.1')", "INSERT INTO vicidial_drop_lists (dl_id, dl_server) VALUES ('D2', '10.0.0.2')"},
	{"servers.active_twin_server_ip", "UPDATE servers SET active_twin_server_ip = '10.0.0.1' WHERE server_id = 'dial2'", "UPDATE servers SET active_twin_server_ip = '10.0.0.2' WHERE server_id = 'dial3'"},
	{"system_settings.active_voicemail_server", "UPDATE system_settings SET active_voicemail_server = '10.0.0.1'", ""},
	{"server_updater.server_ip", "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.0.0.1', NOW())", "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.0.0.2', NOW())"},
}

// addressFixture is a database in which every such column names dial1 in one row
// and dial2 in another.
func addressFixture(t *testing.T) (*sandbox.Database, func()) {
	t.Helper()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial2', '10.0.0.2', 50), ('dial3', '10.0.0.3', 50)")()
	return d, func() {
		for _, table := range addressColumns {
			acctest.Run(t, d, table.here)()
			if table.elsewhere != "" {
				acctest.Run(t, d, table.elsewhere)()
			}
		}
	}
}

// countNamed returns the number of rows that name an address, by column.
func countNamed(t *testing.T, d *sandbox.Database, ip string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range addressColumns {
		name, column, _ := strings.Cut(table.column, ".")
		var n int
		if err := d.DB().QueryRowContext(t.Context(), fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s = ?", name, column), ip).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table.column] = n
	}
	return counts
}

func TestAccServer_addressChangedInPlace(t *testing.T) {
	t.Parallel()
	d, fill := addressFixture(t)
	var warnings acctest.Warnings
	var here, elsewhere map[string]int
	config := func(ip string) string { return acctest.Provider(d) + anotherServer("dial1", ip, "active = true") }
	const flags = "SELECT server_id, server_ip, rebuild_conf_files FROM servers ORDER BY server_id"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config("10.0.0.1")},
			{
				PreConfig: warnings.After(func() {
					fill()
					acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'",
						"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'READY', 'SIP/2000')")()
					here, elsewhere = countNamed(t, d, "10.0.0.1"), countNamed(t, d, "10.0.0.2")
				}),
				Config:           config("10.1.0.1"),
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "server_ip")),
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Server dial1 changes its address: "10\.0\.0\.1" becomes "10\.1\.0\.1" in place, in phones: 2 \(phones\.server_ip\), trunk rows: 1 .*heartbeats: 1 .*1 agents? (is|are) logged in`,
						`VARserver_ip in astguiclient\.conf`),
					func(*terraform.State) error {
						left, moved, others := countNamed(t, d, "10.0.0.1"), countNamed(t, d, "10.1.0.1"), countNamed(t, d, "10.0.0.2")
						for column, n := range here {
							if n == 0 || left[column] != 0 || moved[column] != n || others[column] != elsewhere[column] {
								t.Errorf("%s: of %d rows %d are left and %d moved; of another server's %d there are %d", column, n, left[column], moved[column], elsewhere[column], others[column])
							}
						}
						return nil
					},
					acctest.Expect(t, d, flags, `
						| server_id | server_ip | rebuild_conf_files |
						| dial1     | 10.1.0.1  | Y                  |
						| dial2     | 10.0.0.2  | Y                  |
						| dial3     | 10.0.0.3  | Y                  |`),
					// Each step is in the admin change log.
					acctest.Expect(t, d, "SELECT COUNT(*) > 15 AS told FROM vicidial_admin_log WHERE event_notes LIKE 'server_ip 10.0.0.1 to 10.1.0.1: %'", `
						| told |
						|    1 |`),
				),
			},
			{ // the next plan is empty and without warnings
				PreConfig: warnings.Reset, Config: config("10.1.0.1"), ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // the new address may already have a heartbeat, if the node changed first
				PreConfig: acctest.Run(t, d, "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.2.0.1', NOW())"),
				Config:    config("10.2.0.1"),
				Check: acctest.Expect(t, d, "SELECT server_ip FROM server_updater ORDER BY server_ip", `
					| server_ip |
					| 10.0.0.2  |
					| 10.2.0.1  |`),
			},
			{ // rooms at the new address: refused at plan time, at the attribute
				PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.3.0.1')"),
				Config:    config("10.3.0.1"), PlanOnly: true,
				ExpectError: errorText(`Address already in use.*server_ip = "10.3.0.1".*rows for the new address exist already: MeetMe rooms: 1`),
			},
			{ // another server's address
				Config: config("10.0.0.2"), PlanOnly: true,
				ExpectError: errorText(`Address already in use.*server_ip = "10.0.0.2".*server dial2 already has the address 10.0.0.2`),
			},
			{
				PreConfig: acctest.Run(t, d, "UPDATE system_settings SET active_voicemail_server = ''", "DELETE FROM vicidial_live_agents"),
				Config:    acctest.Provider(d) + anotherServer("dial1", "10.2.0.1", "active = true", "force_destroy = true"),
			},
		},
	})
}

// Tables that an old schema lacks are skipped.
func TestAccServer_addressChangedOnOldSchemas(t *testing.T) {
	for _, schema := range []int{1302, 1606} {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: acctest.Provider(d) + anotherServer("dial1", "10.0.0.1", "conference = { rooms = 3 }")},
					{
						PreConfig: acctest.Run(t, d, "INSERT INTO phones (extension, server_ip, login) VALUES ('2000', '10.0.0.1', '2000a')"),
						Config:    acctest.Provider(d) + anotherServer("dial1", "10.1.0.1", "conference = { rooms = 3 }", "force_destroy = true"),
						Check: resource.ComposeTestCheckFunc(
							acctest.Expect(t, d, "SELECT server_ip FROM phones", "| server_ip |\n| 10.1.0.1  |"),
							acctest.Expect(t, d, "SELECT server_ip, COUNT(*) FROM vicidial_conferences GROUP BY 1", `
								| server_ip | COUNT(*) |
								| 10.1.0.1  |        3 |`)),
					},
				},
			})
		})
	}
}
