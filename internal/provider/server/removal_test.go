package server_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const rows = "SELECT server_id FROM servers ORDER BY server_id"

func TestAccServer_removalRefusedWhileInUse(t *testing.T) {
	t.Parallel()
	d, _ := addressFixture(t)
	var warnings acctest.Warnings
	gone := acctest.Provider(d)
	refuses := func(message string, meanwhile ...string) resource.TestStep {
		return resource.TestStep{PreConfig: acctest.Run(t, d, meanwhile...), Config: gone, ExpectError: errorText("Unable to delete server dial1.*" + message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d, "conference = { rooms = 3 }")},
			refuses("1 agents? .*logged in", "INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'READY', 'SIP/2000')"),
			refuses("1 calls? .*up on it", "DELETE FROM vicidial_live_agents", "INSERT INTO vicidial_auto_calls (server_ip, campaign_id, status, call_type) VALUES ('10.0.0.1', 'SALES', 'LIVE', 'OUT')"),
			refuses("it is the active voicemail server", "DELETE FROM vicidial_auto_calls", "UPDATE system_settings SET active_voicemail_server = '10.0.0.1'"),
			{ // all reasons at once; the plan has warned of them
				PreConfig: warnings.After(acctest.Run(t, d,
					"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'READY', 'SIP/2000'), ('9001', '10.0.0.1', 'SALES', 'READY', 'R/9001')",
					"INSERT INTO phones (extension, server_ip, login) VALUES ('2000', '10.0.0.1', '2000a')",
					"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 20, 'MAXIMUM_LIMIT')",
					"INSERT INTO vicidial_server_carriers (carrier_id, server_ip) VALUES ('TELCO_a', '10.0.0.1')",
					"UPDATE servers SET active_twin_server_ip = '10.0.0.1' WHERE server_id = 'dial2'")),
				Config: gone,
				ExpectError: errorText(`1 agents? .*logged in on it.*it is the active voicemail server.*phones: 1 \(phones.server_ip\).*trunk rows: 1 .*carriers: 1 .*twin servers: 1` +
					`.*Drain it first.*create_before_destroy = true.*force_destroy = true`),
			},
			{ // the server is unchanged
				Config: serverConfig(d, "conference = { rooms = 3 }"), ConfigPlanChecks: emptyPlan(),
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Server dial1 is going to be removed: The apply refuses the removal while this is so: 1 agent is logged in on it; it is the active voicemail`,
						`These rows refer to it now: phones: 1 .*carriers: 1 .*This run may move or remove them first`),
					checkRooms(t, d, meetme, run(8600051, 3)),
					acctest.Expect(t, d, "SELECT active_asterisk_server FROM servers WHERE server_id = 'dial1'", "| active_asterisk_server |\n| Y                      |")),
			},
			{ // remote agents, rows that only block a campaign, and client conferences do not prevent it
				PreConfig: acctest.Run(t, d, "INSERT INTO conferences (conf_exten, server_ip, extension) VALUES (8600001, '10.0.0.1', ''), (8600002, '10.0.0.1', NULL), (8600001, '10.0.0.2', '')", "UPDATE system_settings SET active_voicemail_server = ''", "DELETE FROM vicidial_live_agents WHERE user = '6001'",
					"DELETE FROM phones", "UPDATE vicidial_server_trunks SET dedicated_trunks = 0", "DELETE FROM vicidial_server_carriers", "UPDATE servers SET active_twin_server_ip = NULL, rebuild_conf_files = 'N'"),
				Config: gone,
				Check: resource.ComposeTestCheckFunc(
					acctest.Expect(t, d, "SELECT server_id, rebuild_conf_files FROM servers ORDER BY server_id", `
						| server_id | rebuild_conf_files |
						| dial2     | Y                  |
						| dial3     | Y                  |`),
					warnings.Expect(t, `These rows of its own are removed with it: .*client conferences: 2 \(conferences\.server_ip\)`),
					acctest.Expect(t, d, "SELECT server_ip FROM conferences", "| server_ip |\n| 10.0.0.2  |"),
					checkRooms(t, d, meetme, none)),
			},
		},
	})
}

func TestAccServer_forceDestroy(t *testing.T) {
	t.Parallel()
	d, fill := addressFixture(t)
	var warnings acctest.Warnings
	forced := serverConfig(d, "force_destroy = true")
	steps := []resource.TestStep{
		{Config: forced},
		{ // force_destroy does not override agents who are logged in
			PreConfig: func() {
				fill()
				acctest.Run(t, d, "UPDATE system_settings SET active_voicemail_server = ''",
					"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('2000', '2000', '2000a,2000b'), ('2001', '2001', '2001A'), ('3000', '3000', '3000a,2000b')",
					"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'READY', 'SIP/2000')")()
			},
			Config: acctest.Provider(d), ExpectError: errorText("1 agents? .*logged in"),
		},
		{
			PreConfig:        warnings.After(acctest.Run(t, d, "DELETE FROM vicidial_live_agents", "UPDATE servers SET rebuild_conf_files = 'N'")),
			Config:           acctest.Provider(d),
			ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(dial1, plancheck.ResourceActionDestroy)),
			Check: resource.ComposeTestCheckFunc(
				warnings.Expect(t, `force_destroy is set: phones: 2 .*are removed with it, and its phones are removed from aliases`, `cannot read vicidial_process_triggers`),
				// An alias without logins is removed; one with other logins keeps those.
				acctest.Expect(t, d, "SELECT alias_id, logins_list FROM phones_alias ORDER BY alias_id", `
					| alias_id | logins_list |
					| 2000     | 2000b       |
					| 3000     | 3000a,2000b |`),
				acctest.Expect(t, d, "SELECT login, server_ip FROM phones", `
					| login | server_ip |
					| 2000b | 10.0.0.2  |`),
				// DIDs stay, without a server.
				acctest.Expect(t, d, "SELECT did_pattern, server_ip, filter_server_ip FROM vicidial_inbound_dids WHERE did_pattern LIKE '555%' ORDER BY did_pattern", `
					| did_pattern | server_ip | filter_server_ip |
					| 5551000     |           | NULL             |
					| 5551001     | 10.0.0.2  | NULL             |
					| 5551002     | NULL      |                  |
					| 5551003     | NULL      | 10.0.0.2         |`),
				acctest.Expect(t, d, "SELECT report_server, dl_server FROM vicidial_automated_reports JOIN vicidial_drop_lists ON RIGHT(report_id, 1) = RIGHT(dl_id, 1) ORDER BY report_id", `
					| report_server           | dl_server               |
					| active_voicemail_server | active_voicemail_server |
					| 10.0.0.2                | 10.0.0.2                |`),
				acctest.Expect(t, d, "SELECT server_id, active_twin_server_ip, rebuild_conf_files FROM servers ORDER BY server_id", `
					| server_id | active_twin_server_ip | rebuild_conf_files |
					| dial2     |                       | Y                  |
					| dial3     | 10.0.0.2              | Y                  |`),
				func(*terraform.State) error {
					for column, n := range countNamed(t, d, "10.0.0.1") {
						if n > 0 {
							t.Errorf("%s still names the server in %d rows", column, n)
						}
					}
					for column, n := range countNamed(t, d, "10.0.0.2") {
						if n == 0 && column != "system_settings.active_voicemail_server" {
							t.Errorf("%s no longer names another server", column)
						}
					}
					return nil
				}),
		},
	}
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: steps})
}

// With a database user who may write process triggers, they are removed, too.
func TestAccServer_forceDestroyOfTriggers(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "DELETE FROM vicidial_process_triggers",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON vicidial_process_triggers TO '"+d.Username+"'@'%'",
		"INSERT INTO vicidial_process_triggers (trigger_id, trigger_name, server_ip) VALUES ('HERE', 'here', '10.0.0.1'), ('THERE', 'there', '10.0.0.2')")()
	const triggers = "SELECT trigger_id, server_ip FROM vicidial_process_triggers ORDER BY 1"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d)},
			{Config: acctest.Provider(d), ExpectError: errorText(`it is still named by process triggers: 1 \(vicidial_process_triggers\.server_ip\)`)},
			{
				Config: acctest.Provider(d) + anotherServer("dial1", "10.0.0.11", "force_destroy = true"),
				Check:  acctest.Expect(t, d, triggers, "| trigger_id | server_ip |\n| HERE       | 10.0.0.11 |\n| THERE      | 10.0.0.2  |"),
			},
			{Config: acctest.Provider(d), Check: acctest.Expect(t, d, triggers, "| trigger_id | server_ip |\n| THERE      | 10.0.0.2  |")},
		},
	})
}

// A node is removed from a configuration whose splits refer to it: with
// create_before_destroy one apply suffices.
func TestAccServer_removedFromSplits(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	config := func(ids ...string) string {
		var text, sales, survey strings.Builder
		text.WriteString(acctest.Provider(d))
		for _, id := range ids {
			text.WriteString(anotherServer(id, "10.0.0."+id[len(id)-1:], "max_vicidial_trunks = 100", "conference = { rooms = 3 }", "lifecycle { create_before_destroy = true }"))
			sales.WriteString("(vicidial_server." + id + ".server_ip) = {}\n")
			survey.WriteString("(vicidial_server." + id + ".server_ip) = { max = 30 }\n")
		}
		return text.String() + `
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 60
  servers     = { ` + sales.String() + ` }
}
resource "vicidial_trunk_split" "survey" {
  campaign_id = "SURVEY"
  total       = 30
  servers     = { ` + survey.String() + ` }
}
`
	}
	const trunks = "SELECT server_ip, campaign_id, dedicated_trunks FROM vicidial_server_trunks ORDER BY campaign_id, server_ip"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("dial1", "dial2", "dial3")},
			{
				Config: config("dial2", "dial3"),
				Check: resource.ComposeTestCheckFunc(
					acctest.Expect(t, d, rows, "| server_id |\n| dial2     |\n| dial3     |"),
					acctest.Expect(t, d, trunks, `
						| server_ip | campaign_id | dedicated_trunks |
						| 10.0.0.2  | SALES       |               30 |
						| 10.0.0.3  | SALES       |               30 |
						| 10.0.0.2  | SURVEY      |               15 |
						| 10.0.0.3  | SURVEY      |               15 |`)),
			},
			{Config: config("dial2", "dial3"), ConfigPlanChecks: emptyPlan()},
			{Config: config("dial1", "dial2", "dial3")}, // and added again
		},
		CheckDestroy: resource.ComposeTestCheckFunc(
			acctest.Expect(t, d, rows, "| server_id |"),
			acctest.Expect(t, d, trunks, "| server_ip | campaign_id | dedicated_trunks |")),
	})
}

// A server that somebody else removed is removed from state without an error.
func TestAccServer_removedByHand(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d)},
			{
				Config:           acctest.Provider(d),
				ConfigPlanChecks: preApply(acctest.Meanwhile(acctest.Run(t, d, "DELETE FROM servers"))),
			},
		},
	})
}

// Another server_id replaces the server, at the same address.
func TestAccServer_replacedByAnotherID(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	config := func(id string) string {
		return acctest.Provider(d) + strings.Replace(anotherServer("dial1", "10.0.0.1", "max_vicidial_trunks = 40", "conference = { rooms = 3 }"), `server_id = "dial1"`, `server_id = "`+id+`"`, 1)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("dial1")},
			{
				Config: config("dialA"), ConfigPlanChecks: plannedAction(plancheck.ResourceActionDestroyBeforeCreate),
				Check: resource.ComposeTestCheckFunc(
					acctest.Expect(t, d, "SELECT server_id, server_ip, max_vicidial_trunks FROM servers", `
						| server_id | server_ip | max_vicidial_trunks |
						| dialA     | 10.0.0.1  |                  40 |`),
					checkRooms(t, d, meetme, run(8600051, 3))),
			},
		},
	})
}
