package server_test

import (
	"strings"
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

// Rooms are added with a group that omits the engine: they go where the row says, and
// begin where those of that engine do, whether or not the plan refreshes.
func TestAccServer_addedRooms(t *testing.T) {
	t.Parallel()
	for _, refreshed := range []bool{true, false} {
		d := sandbox.New(t, 1720)
		object := acctest.NewSession(t, d).Object(t, "vicidial_server")
		config := acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1"}
		acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', ''), (8600052, '10.0.0.1', '')")()
		object.Change(t, config)
		acctest.Run(t, d, "UPDATE servers SET conf_engine = 'CONFBRIDGE'")()
		if refreshed {
			object.Refresh(t)
		}
		for _, count := range []int{2, 4} { // the rooms of MeetMe stay in later applies, too
			config["conference"] = acctest.Values{"rooms": count}
			object.Change(t, config)
			check := resource.ComposeTestCheckFunc(checkRooms(t, d, confbridge, run(9600000, count)), checkRooms(t, d, meetme, run(8600051, 2)))
			if err := check(nil); err != nil {
				t.Error(err)
			}
		}
	}
}

// Rooms of a configuration that omits the engine are those of the row's engine, whoever
// wrote the row, and whenever.
func TestAccServer_roomsOfTheRowsEngine(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	object := acctest.NewSession(t, d).Object(t, "vicidial_server")
	config := func(rooms int) acctest.Values {
		return acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1", "conference": acctest.Values{"rooms": rooms}}
	}
	expect := func(checks ...resource.TestCheckFunc) {
		t.Helper()
		if err := resource.ComposeTestCheckFunc(checks...)(nil); err != nil {
			t.Error(err)
		}
	}
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, conf_engine) VALUES ('dial1', '10.0.0.1', 'CONFBRIDGE')")()
	object.Change(t, config(2))
	expect(checkRooms(t, d, confbridge, run(9600000, 2)), checkRooms(t, d, meetme, none))
	object.Refresh(t)
	if object.Plan(t, config(2)).Changes {
		t.Error("the next plan changes something")
	}
	planned := object.Plan(t, config(3))
	acctest.Run(t, d, "UPDATE servers SET conf_engine = 'MEETME'")()
	if said := object.In(acctest.NewSession(t, d)).Apply(t, planned).Errors(); !strings.Contains(said, "conf_engine is now MEETME") {
		t.Errorf("the apply of rooms of another engine says %q", said)
	}
	expect(checkRooms(t, d, confbridge, run(9600000, 2)), checkRooms(t, d, meetme, none))
}

// A group, or the engine in it, that is known only in the apply may be anything then,
// null too; TestAccUnknown_plansAgree has the plans of all attributes.
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
