package carrierroute_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const main = "vicidial_carrier_route.main"

// aCluster has three nodes whose files are up to date.
func aCluster(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	for i := 1; i <= 3; i++ {
		acctest.Run(t, d, fmt.Sprintf("INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf, rebuild_conf_files) VALUES ('dial%d', '10.0.0.%d', 'Y', 'Y', 'N')", i, i))()
	}
	return d
}

// aRoute declares a SIP carrier on nodes, written as HCL.
func aRoute(d *sandbox.Database, servers string, more ...string) string {
	return acctest.Provider(d) + route("main", "MAIN", servers, more...)
}

func route(label, name, servers string, more ...string) string {
	return fmt.Sprintf(`
resource "vicidial_carrier_route" %q {
  name          = %q
  servers       = [%s]
  protocol      = "SIP"
  account_entry = <<-EOT
    [%s]
    type=peer
    host=sip.example.com
    qualify=yes
  EOT
  %s
}
`, label, name, servers, strings.ToLower(name), strings.Join(more, "\n  "))
}

const (
	two   = `"10.0.0.1", "10.0.0.2"`
	three = `"10.0.0.1", "10.0.0.2", "10.0.0.3"`

	rows    = "SELECT carrier_id, server_ip, carrier_name, active FROM vicidial_server_carriers WHERE carrier_name <> '' AND carrier_id NOT LIKE '%EXAMPLE%' ORDER BY server_ip"
	flagged = "SELECT server_ip FROM servers WHERE rebuild_conf_files = 'Y' ORDER BY server_ip"
)

func does(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(main, action)}}
}

func play(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: steps})
}

func refused(config, says string) resource.TestStep {
	return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?is)" + strings.ReplaceAll(says, " ", `\s+`))}
}

func TestAccCarrierRoute(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := aCluster(t, schema)
			settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
			dial := `dial = { prefix = "9", pattern = "1NXXNXXXXXX", max_channels = 30 }`
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // a row a node, active, with ids that the plan shows
						Config: aRoute(d, two, dial),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
							plancheck.ExpectKnownValue(main, tfjsonpath.New("carriers"), knownvalue.MapExact(map[string]knownvalue.Check{
								"MAIN_00001": knownvalue.StringExact("10.0.0.1"), "MAIN_00002": knownvalue.StringExact("10.0.0.2"),
							})),
							plancheck.ExpectKnownValue(main, tfjsonpath.New("dialplan_entry"), knownvalue.StringRegexp(regexp.MustCompile(`GROUP_COUNT\(MAIN\)\} > 30`))),
						}},
						Check: resource.ComposeTestCheckFunc(
							acctest.Expect(t, d, rows, `
								| carrier_id | server_ip | carrier_name | active |
								| MAIN_00001 | 10.0.0.1  | MAIN         | Y      |
								| MAIN_00002 | 10.0.0.2  | MAIN         | Y      |`),
							acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |"),
							acctest.Expect(t, d, "SELECT event_section, event_type, record_id, event_code FROM vicidial_admin_log ORDER BY record_id", `
								| event_section | event_type | record_id  | event_code        |
								| CARRIERS      | ADD        | MAIN_00001 | ADMIN ADD CARRIER |
								| CARRIERS      | ADD        | MAIN_00002 | ADMIN ADD CARRIER |`),
							acctest.Expect(t, d, "SELECT account_entry FROM vicidial_server_carriers WHERE carrier_id = 'MAIN_00001'", "| account_entry                                          |\n| [main]\\ntype=peer\\nhost=sip.example.com\\nqualify=yes\\n |"),
						),
					},
					{ResourceName: main, ImportState: true, ImportStateId: "MAIN", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name"},
					{ // the admin form saved unchanged: CR LF, no ; on old schemas, '' for NULL, another word for no template
						PreConfig: func() {
							saveForm(t, d, "MAIN_00001", cluster.DialplanEntry, cluster.AccountEntry, cluster.GlobalsString)
							acctest.Run(t, d, `UPDATE vicidial_server_carriers SET template_id = '--NONE--', registration_string = NULL WHERE carrier_name = 'MAIN'`)()
						},
						Config: aRoute(d, two, dial), ConfigPlanChecks: does(plancheck.ResourceActionNoop),
					},
					{ // a node joins: the others keep their ids and are left alone
						PreConfig: settle,
						Config:    aRoute(d, three, dial), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						Check: resource.ComposeTestCheckFunc(
							acctest.Expect(t, d, rows, `
								| carrier_id | server_ip | carrier_name | active |
								| MAIN_00001 | 10.0.0.1  | MAIN         | Y      |
								| MAIN_00002 | 10.0.0.2  | MAIN         | Y      |
								| MAIN_00003 | 10.0.0.3  | MAIN         | Y      |`),
							acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.3  |"),
						),
					},
					{ // the route moves: the node that it leaves is flagged as well
						PreConfig: settle,
						Config:    aRoute(d, `"10.0.0.3"`, dial),
						Check: resource.ComposeTestCheckFunc(
							acctest.Expect(t, d, rows, `
								| carrier_id | server_ip | carrier_name | active |
								| MAIN_00003 | 10.0.0.3  | MAIN         | Y      |`),
							acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |"),
						),
					},
					{ // all is gone behind our back
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_carriers WHERE carrier_name = 'MAIN'"),
						Config:    aRoute(d, two, dial), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					},
				},
				CheckDestroy: acctest.Expect(t, d, rows, "| carrier_id | server_ip | carrier_name | active |"),
			})
		})
	}
}

// saveForm saves the form of a carrier without a change, as the page of the schema does.
func saveForm(t *testing.T, d *sandbox.Database, carrier string, columns ...cluster.AsteriskText) {
	t.Helper()
	page := clustertest.ReadPage(t)
	for _, column := range columns {
		var held string
		if err := d.DB().QueryRowContext(t.Context(), "SELECT "+string(column)+" FROM vicidial_server_carriers WHERE carrier_id = ?", carrier).Scan(&held); err != nil {
			t.Fatal(err)
		}
		saved, _ := page.Save(cluster.TableCarriers, string(column), d.Schema, held)
		if _, err := d.DB().ExecContext(t.Context(), "UPDATE vicidial_server_carriers SET "+string(column)+" = ? WHERE carrier_id = ?", saved, carrier); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAccCarrierRoute_drift(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := aRoute(d, three, `dial = { prefix = "9" }`)
	same := acctest.Expect(t, d, "SELECT COUNT(*) AS carriers, COUNT(DISTINCT dialplan_entry) AS dialplans, COUNT(DISTINCT account_entry) AS accounts, COUNT(DISTINCT active, protocol, carrier_description) AS rests FROM vicidial_server_carriers WHERE carrier_id LIKE 'MAIN%'", `
		| carriers | dialplans | accounts | rests |
		|        3 |         1 |        1 |     1 |`)
	steps := []resource.TestStep{{Config: config}}
	for _, change := range []string{
		"UPDATE vicidial_server_carriers SET dialplan_entry = 'exten => 5,1,Hangup' WHERE carrier_id = 'MAIN_00002'",
		"UPDATE vicidial_server_carriers SET dialplan_entry = 'exten => 5,1,Hangup' WHERE carrier_id LIKE 'MAIN%'",
		"UPDATE vicidial_server_carriers SET account_entry = REPLACE(account_entry, 'example.com', 'evil.com') WHERE carrier_id = 'MAIN_00001'",
		"UPDATE vicidial_server_carriers SET active = 'N' WHERE carrier_id = 'MAIN_00003'",
		"UPDATE vicidial_server_carriers SET active = 'N' WHERE carrier_id LIKE 'MAIN%'",
		"UPDATE vicidial_server_carriers SET protocol = 'IAX2', carrier_description = 'x' WHERE carrier_id = 'MAIN_00001'",
		"DELETE FROM vicidial_server_carriers WHERE carrier_id = 'MAIN_00001'",
		"UPDATE vicidial_server_carriers SET server_ip = '10.0.0.9' WHERE carrier_id = 'MAIN_00001'",
	} {
		steps = append(steps,
			resource.TestStep{PreConfig: acctest.Run(t, d, change), RefreshState: true, ExpectNonEmptyPlan: true},
			resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: same})
	}
	play(t, steps...)
}

func TestAccCarrierRoute_failsOverAndSharesNoPrefix(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	backup := route("backup", "BACKUP", three, `dial = { prefix = "8" }`)
	first := func(failover string) string {
		return acctest.Provider(d) + route("main", "MAIN", three, `dial = { prefix = "9", failover = [`+failover+`] }`)
	}
	play(t,
		refused(first(`"BACKUP"`), `no active route BACKUP with a dial block is on 10.0.0.1, 10.0.0.2, 10.0.0.3`),
		refused(first(`vicidial_carrier_route.backup.name`)+route("backup", "BACKUP", two, `dial = { prefix = "8" }`), `no active route BACKUP with a dial block is on 10.0.0.3`),
		refused(first(`vicidial_carrier_route.backup.name`)+route("backup", "BACKUP", three, `dialplan_entry = "exten => 8,1,Hangup()"`), `no active route BACKUP`),
		// Both are new in one run, and so is their clash.
		refused(first(``)+route("backup", "BACKUP", `"10.0.0.2"`, `dial = { prefix = "9" }`), `Conflicting prefix.*extension _9X. is in carrier`),
		resource.TestStep{
			Config: first(`vicidial_carrier_route.backup.name`) + backup,
			Check: acctest.Expect(t, d, "SELECT carrier_id, dialplan_entry LIKE '%Gosub(route_MAIN,1)%Gosub(route_BACKUP,1)%' AS fails_over FROM vicidial_server_carriers WHERE server_ip LIKE '10.0.0.%' ORDER BY carrier_id", `
				| carrier_id   | fails_over |
				| BACKUP_00001 |          0 |
				| BACKUP_00002 |          0 |
				| BACKUP_00003 |          0 |
				| MAIN_00001   |          1 |
				| MAIN_00002   |          1 |
				| MAIN_00003   |          1 |`),
		},
		// Now that the other is there, a name will do; another hand's prefix is a warning only.
		resource.TestStep{
			PreConfig: acctest.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, dialplan_entry) VALUES ('byhand', 'by hand', '', '0.0.0.0', 'SIP', 'exten => _7X.,1,Hangup')`),
			Config:    strings.Replace(first(`"BACKUP"`), `prefix = "9"`, `prefix = "7"`, 1) + backup,
		},
		refused(strings.Replace(first(`"BACKUP"`), `prefix = "9"`, `prefix = "8"`, 1)+backup, `Conflicting prefix`),
	)
}

func TestAccCarrierRoute_secrets(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := func(secret string, version int, text string) string {
		return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_carrier_route" "main" {
  name                = "MAIN"
  servers             = ["10.0.0.1"]
  protocol            = "SIP"
  registration_string = "register => user:{secret:main}@sip.example.com"
  account_entry       = "[main]\nsecret={secret:main}\n%s"
  secrets_wo          = { main = %q }
  secrets_wo_version  = %d
}
`, text, secret, version)
	}
	held := func(secret, text string) func(*testing.T) resource.TestCheckFunc {
		return func(t *testing.T) resource.TestCheckFunc {
			return acctest.Expect(t, d, "SELECT registration_string = 'register => user:"+secret+"@sip.example.com' AS registers, account_entry = '[main]\\nsecret="+secret+"\\n"+text+"' AS account FROM vicidial_server_carriers WHERE carrier_id = 'MAIN_00001'",
				"| registers | account |\n|         1 |       1 |")
		}
	}
	nowhere := acctest.Expect(t, d, "SELECT COUNT(*) AS told FROM vicidial_admin_log WHERE event_sql LIKE '%w0rd%'", "| told |\n|    0 |")
	places := []statecheck.StateCheck{
		statecheck.ExpectKnownValue(main, tfjsonpath.New("account_entry"), knownvalue.StringExact("[main]\nsecret={secret:main}\nhost=a\n")),
		statecheck.ExpectKnownValue(main, tfjsonpath.New("registration_string"), knownvalue.StringExact("register => user:{secret:main}@sip.example.com")),
	}
	play(t,
		refused(strings.ReplaceAll(config("w0rd", 1, `host=a\n`), "secret={secret:main}", "secret=w0rd"), `line 2: the text holds a password`),
		refused(strings.ReplaceAll(config("w0rd", 1, `host=a\n`), "{ main =", "{ other ="), `the placeholder \{secret:main\}, which has no value`),
		resource.TestStep{Config: config("w0rd1", 1, `host=a\n`), ConfigStateChecks: places, Check: resource.ComposeTestCheckFunc(held("w0rd1", `host=a\n`)(t), nowhere)},
		resource.TestStep{Config: config("w0rd2", 1, `host=a\n`), ConfigPlanChecks: does(plancheck.ResourceActionNoop), Check: held("w0rd1", `host=a\n`)(t)},
		resource.TestStep{Config: config("w0rd2", 2, `host=a\n`), ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: resource.ComposeTestCheckFunc(held("w0rd2", `host=a\n`)(t), nowhere)},
		resource.TestStep{
			ResourceName: main, ImportState: true, ImportStateId: "MAIN", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
			ImportStateVerifyIgnore: []string{"secrets_wo_version", "account_entry", "registration_string"},
		},
		resource.TestStep{Config: config("w0rd2", 2, `host=b\n`), Check: held("w0rd2", `host=b\n`)(t)},
	)
}

func TestAccCarrierRoute_allServersInboundAndTemplates(t *testing.T) {
	t.Parallel()
	d, old := aCluster(t, 1720), aCluster(t, 1302)
	acctest.Run(t, d, "UPDATE servers SET external_server_ip = '203.0.113.7' WHERE server_ip = '10.0.0.2'")()
	config := func(d *sandbox.Database, context, template string) string {
		return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_conf_template" "in" {
  template_id       = "in"
  template_name     = "Inbound"
  template_contents = "context=%s"
}

resource "vicidial_carrier_route" "main" {
  name          = "MAIN"
  all_servers   = true
  protocol      = "IAX2"
  account_entry = "[main]\ntype=peer\nhost=a\n"
  inbound       = true
  template_id   = %s
}
`, context, template)
	}
	play(t,
		refused(config(old, "trunkinbound", "vicidial_conf_template.in.template_id"), `schema of this database \(1302\) does not support carriers on all servers`),
		refused(config(d, "default", "vicidial_conf_template.in.template_id"), `does not set context=trunkinbound`),
		refused(config(d, "trunkinbound", `"nosuch"`), `template nosuch is neither`),
		resource.TestStep{
			Config: config(d, "trunkinbound", "vicidial_conf_template.in.template_id"),
			Check: resource.ComposeTestCheckFunc(
				acctest.Expect(t, d, "SELECT carrier_id, server_ip, template_id FROM vicidial_server_carriers WHERE carrier_name = 'MAIN'", `
					| carrier_id | server_ip | template_id |
					| MAIN       | 0.0.0.0   | in          |`),
				acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |\n| 10.0.0.3  |"),
			),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(main, tfjsonpath.New("inbound_targets"), knownvalue.MapExact(map[string]knownvalue.Check{
				"10.0.0.1": knownvalue.StringExact("10.0.0.1"), "10.0.0.2": knownvalue.StringExact("203.0.113.7"), "10.0.0.3": knownvalue.StringExact("10.0.0.3"),
			}))},
		},
		resource.TestStep{ // to single nodes, in place
			Config: strings.Replace(config(d, "trunkinbound", "vicidial_conf_template.in.template_id"), "all_servers   = true", `servers = ["10.0.0.2"]`, 1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(main, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(main, tfjsonpath.New("inbound_targets"), knownvalue.MapExact(map[string]knownvalue.Check{"10.0.0.2": knownvalue.StringExact("203.0.113.7")})),
			}},
			Check: acctest.Expect(t, d, "SELECT carrier_id, server_ip FROM vicidial_server_carriers WHERE carrier_name = 'MAIN'", `
				| carrier_id | server_ip |
				| MAIN_00002 | 10.0.0.2  |`),
		},
	)
}

func TestAccCarrierRoute_perServerAndAdoption(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	acctest.Run(t, d,
		`INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, account_entry, dialplan_entry, registration_string, carrier_description) VALUES
		 ('TELCO-1', 'Telco one', '', '10.0.0.1', 'SIP', '[telco]\nhost=x\nsecret=w0rd\n', 'exten => _9X.,1,Hangup\n', 'register => u:w0rd@x', NULL),
		 ('TELCO-2', 'Telco two', '--NONE--', '10.0.0.2', 'SIP', '[telco]\nhost=y\nsecret=w0rd\n', 'exten => _9X.,1,Hangup\n', NULL, 'on the second')`)()
	adopted := acctest.Provider(d) + `
import {
  to = vicidial_carrier_route.main
  id = "TELCO=TELCO-1,TELCO-2"
}

resource "vicidial_carrier_route" "main" {
  name           = "TELCO"
  carrier_name   = "Telco one"
  servers        = ["10.0.0.1", "10.0.0.2"]
  protocol       = "SIP"
  account_entry  = "[telco]\nhost=x\nsecret={secret:account}\n"
  dialplan_entry = "exten => _9X.,1,Hangup\n"
  per_server = {
    "10.0.0.1" = { carrier_id = "TELCO-1", registration_string = "register => u:{secret:registration}@x" }
    "10.0.0.2" = { carrier_id = "TELCO-2", carrier_name = "Telco two", carrier_description = "on the second", account_entry = "[telco]\nhost=y\nsecret={secret:account}\n" }
  }
  secrets_wo = { account = "w0rd", registration = "w0rd" }
}
`
	play(t,
		resource.TestStep{ // rows made by hand come in without a write
			Config: adopted,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(main, plancheck.ResourceActionNoop),
			}},
			Check: acctest.Expect(t, d, "SELECT COUNT(*) AS writes FROM vicidial_admin_log", "| writes |\n|      0 |"),
		},
		resource.TestStep{ // and one of them is made like the other
			Config: strings.Replace(adopted, `, account_entry = "[telco]\nhost=y\nsecret={secret:account}\n"`, "", 1),
			Check:  acctest.Expect(t, d, "SELECT carrier_id, account_entry FROM vicidial_server_carriers WHERE carrier_id LIKE 'TELCO%' ORDER BY carrier_id", "| carrier_id | account_entry                  |\n| TELCO-1    | [telco]\\nhost=x\\nsecret=w0rd\\n |\n| TELCO-2    | [telco]\\nhost=x\\nsecret=w0rd\\n |"),
		},
	)
}

func TestAccCarrierRoute_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d, old := aCluster(t, 1720), aCluster(t, 1302)
	acctest.Run(t, d,
		"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol) VALUES ('MAIN_00001', 'theirs', '', '10.0.0.1', 'SIP'), ('BACKUP', 'theirs', '', '10.0.0.3', 'SIP')")()
	on := func(name, servers string, more ...string) string {
		return acctest.Provider(d) + route("main", name, servers, more...)
	}
	play(t,
		refused(on("MAIN", two), `carrier MAIN_00001 already exists`),
		refused(on("BACKUP", two), `carrier BACKUP on 10.0.0.3 has the id of a row of this route`),
		refused(on("FIRST", `"10.0.0.9"`), `server 10.0.0.9 is neither`),
		refused(on("FIRST", `"10.0.0.01"`), `not an IPv4 address`),
		refused(on("a-b", two), `not a valid name`),
		refused(on("FIRST", two, `all_servers = true`), `set exactly one of servers`),
		refused(on("FIRST", two, `per_server = { "10.0.0.3" = { active = false } }`), `10.0.0.3 is not among the servers`),
		refused(on("FIRST", two, `dialplan_entry = "exten => 9,1,Dial(SIP/x"`), `line 1: '\(' is not closed`),
		refused(on("FIRST", two, `dialplan_entry = "exten => 9,1,Hangup()\n[general]\n"`), `line 2: this line opens a section`),
		refused(on("FIRST", two, `globals_string = "A=b\n[default]"`), `line 2: this line opens a section`),
		refused(on("FIRST", two, `dialplan_entry = "exten => 9,1,Hangup()"`, `dial = { prefix = "9" }`), `dial generates another text`),
		refused(on("FIRST", two, `dial = { prefix = "9,1,System(id)" }`), `prefix must be`),
		refused(on("FIRST", two, `dial = { prefix = "9", failover = ["FIRST"] }`), `cannot fail over to itself`),
		refused(on("FIRST", two, `inbound = true`), `does not set context=trunkinbound`),
		refused(on("FIRST", two, `registration_string = "register => u@`+strings.Repeat("x", 250)+`"`), `registration_string of this database holds 255 characters`),
		refused(strings.Replace(aRoute(old, two), `"SIP"`, `"PJSIP"`, 1), `cannot hold "PJSIP"`),
		refused(aRoute(old, two, `user_group = "ADMIN"`), `came with schema 1308`),
		resource.TestStep{Config: acctest.Provider(d)},
	)
}

func TestAccCarrierRoute_survivesEveryLostConnection(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(servers, prefix string) string {
		return strings.Replace(aRoute(d, servers, `dial = { prefix = "`+prefix+`" }`), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
	}
	const nodes = "SELECT carrier_id, dialplan_entry LIKE '%exten => _7X.%' AS seven FROM vicidial_server_carriers WHERE carrier_id LIKE 'MAIN%' ORDER BY carrier_id"
	settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
	moved := resource.ComposeTestCheckFunc(
		acctest.Expect(t, d, nodes, `
			| carrier_id | seven |
			| MAIN_00002 |     1 |
			| MAIN_00003 |     1 |`),
		acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |\n| 10.0.0.3  |"),
	)
	var steps []resource.TestStep
	// The way from two nodes to two others writes 3 rows, 3 lines and the flags:
	// each of the 7 statements in turn is the last one that the server hears of.
	for n := 1; n <= 7; n++ {
		steps = append(steps,
			resource.TestStep{Config: through(two, "9")},
			resource.TestStep{ // the database is gone for good
				PreConfig:   func() { settle(); proxy.CutAt(n, sandbox.WriteUnsent, true) },
				Config:      through(`"10.0.0.2", "10.0.0.3"`, "7"),
				ExpectError: regexp.MustCompile(`Unable to (update|read) carrier route`),
			},
			resource.TestStep{PreConfig: proxy.Restore, Config: through(`"10.0.0.2", "10.0.0.3"`, "7"), Check: moved})
	}
	for _, n := range []int{1, 2, 7} { // a row, a line and the flags
		steps = append(steps,
			resource.TestStep{Config: through(two, "9")},
			resource.TestStep{ // the answer is lost, and the connection can be made again
				PreConfig: func() { settle(); proxy.CutAt(n, sandbox.WriteUnanswered, false) },
				Config:    through(`"10.0.0.2", "10.0.0.3"`, "7"), Check: moved,
			})
	}
	play(t, steps...)
	if proxy.Cuts() < 10 {
		t.Errorf("%d cuts came, wanted 10 or more", proxy.Cuts())
	}
}

func TestAccCarrierRoute_flagsWhatADyingApplyDidNot(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	config := strings.Replace(aRoute(d, two, `dial = { prefix = "9" }`), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
	settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
	deletesCarriers := func(statement string) bool {
		return strings.HasPrefix(statement, "DELETE FROM vicidial_server_carriers")
	}
	both := acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |")
	play(t,
		resource.TestStep{Config: config},
		resource.TestStep{ // turned off and flagged, and the connection dies before the first row is removed
			PreConfig: func() { settle(); proxy.CutBefore(deletesCarriers, true) },
			Config:    config, Destroy: true, ExpectError: regexp.MustCompile(`Unable to delete carrier route MAIN`),
		},
		resource.TestStep{
			PreConfig: func() {
				proxy.Restore()
				d.Expect(t, flagged, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |")
			},
			Config: config, ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: both,
		},
	)
}

func TestAccCarrierRoute_takesBackWhatAFailedCreateWrote(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := aRoute(d, three, `dial = { prefix = "9" }`)
	play(t,
		resource.TestStep{
			PreConfig: acctest.Run(t, d, `CREATE TRIGGER full BEFORE INSERT ON vicidial_server_carriers FOR EACH ROW
				IF NEW.carrier_id = 'MAIN_00003' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF`),
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)the\s+disk\s+is\s+full.*have\s+been\s+removed\s+again`),
		},
		resource.TestStep{
			PreConfig: func() {
				d.Expect(t, rows, "| carrier_id | server_ip | carrier_name | active |")
				acctest.Run(t, d, "DROP TRIGGER full")()
			},
			Config: config,
			Check: acctest.Expect(t, d, rows, `
				| carrier_id | server_ip | carrier_name | active |
				| MAIN_00001 | 10.0.0.1  | MAIN         | Y      |
				| MAIN_00002 | 10.0.0.2  | MAIN         | Y      |
				| MAIN_00003 | 10.0.0.3  | MAIN         | Y      |`),
		},
	)
}

func TestAccCarrierRoute_example(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	example, err := os.ReadFile("../../../examples/resources/vicidial_carrier_route/resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	config := acctest.Provider(d) + strings.Replace(string(example), "  sensitive = true\n", "  sensitive = true\n  default   = \"w0rd\"\n", 1)
	play(t,
		resource.TestStep{
			Config: config,
			Check: acctest.Expect(t, d, "SELECT carrier_id, server_ip, protocol FROM vicidial_server_carriers WHERE active = 'Y' ORDER BY carrier_id", `
				| carrier_id     | server_ip   | protocol |
				| BACKUP         | 0.0.0.0     | IAX2     |
				| INTERCOM_0e3nv | 10.10.10.11 | SIP      |
				| MAIN_0e3nv     | 10.10.10.11 | SIP      |
				| MAIN_0e3nw     | 10.10.10.12 | SIP      |`),
		},
		resource.TestStep{ResourceName: "vicidial_carrier_route.backup", ImportState: true, ImportStateId: "BACKUP", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name"},
	)
}

func TestAccCarrierRoute_isListed(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		d := aCluster(t, schema)
		acctest.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, account_entry) VALUES
			('MAIN_00001', 'Main carrier', '', '10.0.0.1', 'SIP', '[main]\nsecret=w0rd\n'),
			('MAIN_00002', 'Main carrier', '', '10.0.0.2', 'SIP', '[main]\nsecret=w0rd\n'),
			('with-hyphen', 'No name of a route', '', '10.0.0.2', 'SIP', ''),
			('COPY1', 'Copied', '', '10.0.0.1', 'SIP', '[copy]\ntype=peer'), ('COPY2', 'Copied', '', '10.0.0.2', 'SIP', '[copy]\ntype=friend'),
			('ANALOG', 'Analog', '', '10.0.0.1', 'Zap', '')`)()
		names := map[string]acctest.Found{}
		for _, found := range acctest.List(t, d, "vicidial_carrier_route") {
			names[found.Identity["name"]] = found
		}
		if _, ok := names["OLD_SIPEXAMPLE"]; !ok {
			t.Errorf("schema %d: VICIdial's own sample is not among %v", schema, names)
		}
		if _, ok := names["with_hyphen"]; !ok {
			t.Errorf("schema %d: an id that is not a valid name is not listed", schema)
		}
		if copies := names["COPY"]; copies.Name != "COPY (Copied), 2 rows" {
			t.Errorf("schema %d: copies are listed as %+v", schema, copies)
		}
		if main := names["MAIN"]; main.Name != "MAIN (Main carrier), 2 rows" || main.Texts["account_entry"] != "[main]\nsecret={secret:account}\n" {
			t.Errorf("schema %d: listed %+v", schema, main)
		}
	}
}

// Filters take what they say, a limit that cuts the list is reported, and what the list
// returns can be imported by its identity.
func TestAccCarrierRoute_isListedInParts(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	acctest.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, active, user_group, account_entry) VALUES
		('COPY1', 'Copied', '', '10.0.0.1', 'SIP', 'Y', 'EAST', '[copy]\ntype=peer'), ('COPY2', 'Copied', '', '10.0.0.2', 'SIP', 'N', 'EAST', '[copy]\ntype=friend'),
		('ALONE', 'Alone', '', '10.0.0.2', 'PJSIP', 'N', '---ALL---', ''), ('ANALOG', 'Analog', '', '10.0.0.1', 'Zap', 'Y', '---ALL---', '')`)()
	for _, c := range []struct {
		filters map[string]any
		limit   int64
		want    string
		warning string
	}{
		{map[string]any{"match": "co*"}, 100, "COPY", "ANALOG"},
		{map[string]any{"match": "?opied"}, 100, "COPY", "ANALOG"},
		{map[string]any{"server": "10.0.0.1"}, 100, "COPY", "ANALOG"},
		{map[string]any{"server": "10.0.0.2", "active": false}, 100, "ALONE COPY", "ANALOG"},
		{map[string]any{"protocol": "pjsip", "match": "al*"}, 100, "ALONE", "ANALOG"},
		{map[string]any{"user_group": "EAST", "protocol": "PJSIP"}, 100, "", "ANALOG"},
		{map[string]any{"server": "10.0.0.2"}, 1, "ALONE", "ends at its limit of 1 carrier routes"},
	} {
		found, warnings := acctest.Query(t, d, "vicidial_carrier_route", c.limit, c.filters)
		names := make([]string, 0, len(found))
		for _, one := range found {
			names = append(names, one.Identity["name"])
		}
		if got := strings.Join(names, " "); got != c.want || !strings.Contains(strings.Join(warnings, "\n"), c.warning) {
			t.Errorf("%v up to %d: listed %q with the warnings %q, want %q with %q", c.filters, c.limit, got, warnings, c.want, c.warning)
		}
	}
}

// What dial sets and runs reaches the dialplan, comes back from an import, and is checked
// like any text.
func TestAccCarrierRoute_dialSetsVariablesAndRunsScripts(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := func(dial string) string {
		return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_carrier_route" "main" {
  name          = "MAIN"
  servers       = ["10.0.0.1"]
  protocol      = "SIP"
  account_entry = "[main]\ntype=peer\nhost=a\n"
  dial          = { prefix = "9", timeout = 60, %s }
}
`, dial)
	}
	const both = `variables = { "__CAMPAIGN" = "$${EXTEN:1:3}", ACCOUNT = "sales" }, agi_scripts = ["agi-before.agi,one", "agi-second.agi"]`
	const lines = `SELECT dialplan_entry LIKE '%Set(ACCOUNT=sales)%Set(__CAMPAIGN=${EXTEN:1:3})%' AS variables,
		dialplan_entry LIKE '%AGI(agi-before.agi,one)%AGI(agi-second.agi)%Dial(SIP/main%' AS scripts FROM vicidial_server_carriers WHERE carrier_id = 'MAIN_00001'`
	play(t,
		refused(config(`variables = { "X" = "$${SHELL(echo $${CALLERID(name)})}" }`), `gives a shell what a caller chooses`),
		resource.TestStep{Config: config(both), Check: acctest.Expect(t, d, lines, "| variables | scripts |\n|         1 |       1 |")},
		resource.TestStep{
			ResourceName: main, ImportState: true, ImportStateId: "MAIN", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		},
		resource.TestStep{Config: config(both), ConfigPlanChecks: does(plancheck.ResourceActionNoop)},
		resource.TestStep{Config: config(`agi_scripts = ["agi-second.agi"]`), Check: acctest.Expect(t, d, lines, "| variables | scripts |\n|         0 |       0 |")},
	)
}
