package server_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A group that the configuration omits is null in the state. One that is added has the
// values of the row for what it leaves out, however they came there.
func TestAccServer_addedGroups(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	groups := []string{"balance", "conference", "dialplan", "logs", "manager", "recording", "restart"}
	var omitted []resource.TestCheckFunc
	for _, group := range groups {
		omitted = append(omitted, resource.TestCheckNoResourceAttr(dial1, group+".%"))
	}
	byHand := acctest.Run(t, d,
		"UPDATE servers SET conf_engine = 'CONFBRIDGE', telnet_port = 5999, ext_context = 'agents', vicidial_balance_rank = 7, ara_url = 'http://ops/restart'",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', '')",
		"INSERT INTO vicidial_confbridges (conf_exten, server_ip, extension) VALUES (9600000, '10.0.0.1', ''), (9600001, '10.0.0.1', '')")
	added := serverConfig(d, `manager = { host = "ami.local" }`, `dialplan = { routing_prefix = "14" }`, "conference = { update_interval = 45 }")
	rooms := serverConfig(d, `manager = { host = "ami.local" }`, "balance = { active = true }", "conference = { rooms = 3 }")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d), Check: resource.ComposeTestCheckFunc(omitted...)},
			{PreConfig: byHand, Config: serverConfig(d), ConfigPlanChecks: emptyPlan(), Check: resource.ComposeTestCheckFunc(omitted...)},
			{
				Config: added,
				Check: resource.ComposeTestCheckFunc(
					resource.TestCheckResourceAttr(dial1, "manager.port", "5999"),
					resource.TestCheckResourceAttr(dial1, "dialplan.ext_context", "agents"),
					resource.TestCheckResourceAttr(dial1, "conference.engine", "CONFBRIDGE"),
					resource.TestCheckResourceAttr(dial1, "conference.first_room", "9600000"),
					resource.TestCheckResourceAttr(dial1, "conference.rooms", "2"),
					resource.TestCheckNoResourceAttr(dial1, "balance.%"),
					checkRooms(t, d, confbridge, run(9600000, 2)), checkRooms(t, d, meetme, run(8600051, 1)),
					acctest.Expect(t, d, "SELECT telnet_host, telnet_port, ext_context, routing_prefix, conf_engine, conf_update_interval, vicidial_balance_rank FROM servers", `
						| telnet_host | telnet_port | ext_context | routing_prefix | conf_engine | conf_update_interval | vicidial_balance_rank |
						| ami.local   |        5999 | agents      | 14             | CONFBRIDGE  |                   45 |                     7 |`)),
			},
			{ // omitted again: they stay in the state, and are not managed
				PreConfig: acctest.Run(t, d, "UPDATE servers SET telnet_port = 5998"),
				Config:    serverConfig(d), ConfigPlanChecks: emptyPlan(),
				Check: resource.TestCheckResourceAttr(dial1, "manager.port", "5998"),
			},
			{
				Config: rooms,
				Check: resource.ComposeTestCheckFunc(
					checkRooms(t, d, confbridge, run(9600000, 3)), checkRooms(t, d, meetme, run(8600051, 1)),
					resource.TestCheckResourceAttr(dial1, "balance.rank", "7"), resource.TestCheckResourceAttr(dial1, "balance.active", "true")),
			},
			{
				ResourceName: dial1, ImportState: true, ImportStateId: "dial1", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "server_id",
				ImportStateVerifyIgnore: append([]string{"logs", "recording", "restart"}, notInTheRow...), // an import reads all groups
			},
		},
	})
}

// Rooms are added with a group that omits the engine: they go where the row says.
func TestAccServer_addedRooms(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d)},
			{
				PreConfig: acctest.Run(t, d, "UPDATE servers SET conf_engine = 'CONFBRIDGE'",
					"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', '')"),
				Config: serverConfig(d, "conference = { rooms = 3 }"),
				Check:  resource.ComposeTestCheckFunc(checkRooms(t, d, confbridge, run(9600000, 3)), checkRooms(t, d, meetme, run(8600051, 1))),
			},
			{ // the rooms of MeetMe stay in later applies, too
				Config: serverConfig(d, "conference = { rooms = 4 }"),
				Check:  resource.ComposeTestCheckFunc(checkRooms(t, d, confbridge, run(9600000, 4)), checkRooms(t, d, meetme, run(8600051, 1))),
			},
		},
	})
}

// A group, or the engine in it, that is known only in the apply may be anything then.
func TestAccServer_unknownGroups(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	config := func(value string, lines ...string) string {
		return serverConfig(d, lines...) + "resource \"terraform_data\" \"later\" {\n  input = { value = " + value + " }\n}\n"
	}
	const later = "terraform_data.later.output.value"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{ // of a new server
				Config: config("null", "manager = "+later, "logs = "+later, "restart = "+later),
				Check:  resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(dial1, "manager.%"), resource.TestCheckNoResourceAttr(dial1, "restart.%")),
			},
			{
				Config: config(`{ engine = "CONFBRIDGE", rooms = 2 }`, "conference = "+later),
				Check:  checkRooms(t, d, confbridge, run(9600000, 2)),
			},
			{ // omitted again
				Config: config("null", "conference = "+later, "restart = "+later),
				Check:  resource.ComposeTestCheckFunc(resource.TestCheckResourceAttr(dial1, "conference.rooms", "2"), resource.TestCheckNoResourceAttr(dial1, "restart.%")),
			},
			{
				Config: config(`"MEETME"`, "conference = { engine = "+later+", rooms = 2 }"),
				Check:  resource.ComposeTestCheckFunc(checkRooms(t, d, meetme, run(8600051, 2)), checkRooms(t, d, confbridge, none)),
			},
			{
				Config: config(`"CONFBRIDGE"`, "conference = { engine = "+later+", rooms = 2, first_room = 9600010 }"),
				Check:  resource.ComposeTestCheckFunc(checkRooms(t, d, confbridge, run(9600010, 2)), checkRooms(t, d, meetme, none)),
			},
		},
	})
}
