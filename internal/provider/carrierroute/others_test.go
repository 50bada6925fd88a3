package carrierroute_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// These are about a route and the carriers beside it.

func TestAccCarrierRoute_takesAnotherName(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	called := func(name string) string {
		return acctest.Provider(d) + route("main", name, `"10.0.0.1"`, `dial = { prefix = "9" }`, `globals_string = "TRUNK9 = SIP/main"`)
	}
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{Config: called("MAIN")},
		{ // its own old rows are no other route with this prefix
			PreConfig: warnings.Reset, Config: called("FIRST"), ConfigPlanChecks: does(plancheck.ResourceActionReplace),
			Check: resource.ComposeTestCheckFunc(
				acctest.Expect(t, d, rows, `
					| carrier_id  | server_ip | carrier_name | active |
					| FIRST_00001 | 10.0.0.1  | FIRST        | Y      |`),
				warnings.ExpectNone(t)),
		},
	}})
}

func TestAccCarrierRoute_warnsOfRemovedFailoverRoute(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	with := func(nodes, more string) string {
		return acctest.Provider(d) + route("backup", "BACKUP", nodes, more) +
			route("main", "MAIN", two, "dial = {\n    prefix   = \"9\"\n    failover = [vicidial_carrier_route.backup.name]\n  }")
	}
	const dial = `dial = { prefix = "8" }`
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{Config: with(two, dial), Check: warnings.ExpectNone(t)},
		{
			PreConfig: warnings.Reset, Config: with(`"10.0.0.1"`, dial), ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			Check: warnings.Expect(t, `failover.*Unknown failover route: .*No active route BACKUP with a dial block is on dial2 \(10\.0\.0\.2\)\.`),
		},
		{
			PreConfig: warnings.Reset, Config: with(two, `dialplan_entry = "exten => _8X.,1,Hangup()"`),
			Check: warnings.Expect(t, `Unknown failover route: .*No active route BACKUP with a dial block is on dial1 \(10\.0\.0\.1\), dial2 \(10\.0\.0\.2\)\.`),
		},
		{PreConfig: warnings.Reset, Config: with(two, dial)},
		{PreConfig: warnings.Reset, Config: with(two, dial), Check: warnings.ExpectNone(t)},
	}})
}

func TestAccCarrierRoute_warnsOfUnmonitoredCarrier(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := acctest.Provider(d) + route("backup", "BACKUP", two, `dial = { prefix = "8" }`) +
		route("main", "MAIN", two, "dial = {\n    prefix   = \"9\"\n    failover = [vicidial_carrier_route.backup.name]\n  }")
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{Config: strings.ReplaceAll(config, "    qualify=yes\n", ""), Check: warnings.Expect(t, `failover.*Carrier is not monitored: .*The account on dial1 \(10\.0\.0\.1\) .*Add qualify=yes`)},
		{PreConfig: warnings.Reset, Config: config, Check: warnings.ExpectNone(t)},
	}})
}

func TestAccCarrierRoute_importsWhatIsOneRoute(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	acctest.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, account_entry) VALUES
		('TELA', 'Telco', '', '10.0.0.1', 'SIP', '[a]\nhost=x\n'), ('TELB', 'Telco', '', '10.0.0.1', 'SIP', '[b]\nhost=x\n'),
		('TELALL', 'Telco', '', '0.0.0.0', 'SIP', '[c]\nhost=x\n'), ('ANALOG', 'Lines', '', '10.0.0.2', 'Zap', '')`)()
	importing := func(id string) string {
		return aRoute(d, two) + "import {\n  to = vicidial_carrier_route.main\n  id = \"" + id + "\"\n}\n"
	}
	play(t,
		refused(importing("MAIN=TELA,TYPO"), `there is no carrier TYPO`),
		refused(importing("MAIN=TELA,TELB"), `carriers TELA and TELB are both on 10.0.0.1`),
		refused(importing("MAIN=TELA,TELALL"), `carrier TELALL is on all servers`),
		refused(importing("ANALOG"), `carrier ANALOG has the protocol "Zap"`),
		refused(importing("TEL-A"), `is not a valid name`),
		resource.TestStep{Config: acctest.Provider(d)},
	)
}

func TestAccCarrierRoute_followsAServerThatChangesItsAddress(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass) VALUES ('9000', 'x')")()
	const nodes = `"10.0.0.1", vicidial_server.second.server_ip`
	// All that refers to a server by its address moves with it in one run.
	config := func(address string) string {
		return acctest.Provider(d) + `
resource "vicidial_server" "first" {
  server_id = "dial1"
  server_ip = "10.0.0.1"
  active    = true
}

resource "vicidial_server" "second" {
  server_id = "dial2"
  server_ip = "` + address + `"
  active    = true
}

resource "vicidial_inbound_did" "desk" {
  did_pattern = "5551234"
  did_route   = "PHONE"
  phone       = "101"
  server_ip   = vicidial_server.second.server_ip
}

resource "vicidial_remote_agents" "night" {
  user_start  = "9000"
  server_ip   = vicidial_server.second.server_ip
  campaign_id = "SALES"
  conf_exten  = "8300"
}

resource "vicidial_cluster_settings" "this" {
  active_voicemail_server = vicidial_server.second.server_ip
  agent_login_weights     = { (vicidial_server.second.server_ip) = 7, (vicidial_server.first.server_ip) = 5 }
}
` + route("backup", "BACKUP", nodes, `depends_on = [vicidial_server.first]`, `dial = { prefix = "8" }`) +
			route("main", "MAIN", nodes, `depends_on = [vicidial_server.first]`,
				"dial = {\n    prefix   = \"9\"\n    failover = [vicidial_carrier_route.backup.name]\n  }", `per_server = { (vicidial_server.second.server_ip) = { max_channels = 7 } }`)
	}
	play(t,
		resource.TestStep{Config: config("10.0.0.2")},
		resource.TestStep{Config: config("10.0.0.22"), Check: resource.ComposeTestCheckFunc(
			acctest.Expect(t, d, "SELECT carrier_id, server_ip FROM vicidial_server_carriers WHERE carrier_id LIKE '%_0000%' ORDER BY carrier_id", `
				| carrier_id   | server_ip |
				| BACKUP_00001 | 10.0.0.1  |
				| BACKUP_0000m | 10.0.0.22 |
				| MAIN_00001   | 10.0.0.1  |
				| MAIN_0000m   | 10.0.0.22 |`),
			acctest.Expect(t, d, "SELECT d.server_ip AS did, r.server_ip AS agents, s.active_voicemail_server AS voicemail FROM vicidial_inbound_dids d, vicidial_remote_agents r, system_settings s WHERE d.did_pattern = '5551234'", `
				| did       | agents    | voicemail |
				| 10.0.0.22 | 10.0.0.22 | 10.0.0.22 |`),
		)},
	)
}

// A text that Asterisk drops lines of is taken as it stands in the database, and
// refused where it is written anew.
func TestAccCarrierRoute_acceptsExistingText(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	acctest.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, account_entry, dialplan_entry, registration_string, globals_string, carrier_description)
		VALUES ('OLD', 'OLD', '', '0.0.0.0', 'SIP', '[old](missing)\nhost=x\n', 'exten => 9,1,NoOp()\nexten => 9,1,Hangup()\nexten => h,1,Hangup()\n', '', '', '')`)()
	config := func(description, more string) string {
		return acctest.Provider(d) + `
import {
  to = vicidial_carrier_route.main
  id = "OLD"
}
resource "vicidial_carrier_route" "main" {
  name                = "OLD"
  all_servers         = true
  protocol            = "SIP"
  account_entry       = "[old](missing)\nhost=x\n"
  carrier_description = "` + description + `"
  dialplan_entry      = "exten => 9,1,NoOp()\nexten => 9,1,Hangup()\nexten => h,1,Hangup()\n` + more + `"
}`
	}
	play(t,
		resource.TestStep{Config: config("", "")},
		resource.TestStep{Config: config("changed", "")},
		refused(config("changed", `exten => 8,1,NoOp()\n`), `line 2: 9 has priority 1 already, in line 1`),
		refused(config("changed", `exten => 8,1,NoOp()\n`), `line 3: VICIdial writes h,1 above this text`),
	)
}
