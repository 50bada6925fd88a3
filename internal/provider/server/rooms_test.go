package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const (
	meetme     = "SELECT MIN(conf_exten) AS first, MAX(conf_exten) AS last, COUNT(*) AS rooms FROM vicidial_conferences WHERE server_ip = '10.0.0.1'"
	confbridge = "SELECT MIN(conf_exten) AS first, MAX(conf_exten) AS last, COUNT(*) AS rooms FROM vicidial_confbridges WHERE server_ip = '10.0.0.1'"
	none       = "\n| first | last | rooms |\n| NULL | NULL | 0 |"
)

func run(first, count int) string {
	return fmt.Sprintf("\n| first | last | rooms |\n| %d | %d | %d |", first, first+count-1, count)
}

// checkRooms compares tables whatever the width of their columns.
func checkRooms(t *testing.T, d *sandbox.Database, query, want string) resource.TestCheckFunc {
	t.Helper()
	plain := func(drawing string) string { return strings.Join(strings.Fields(sandbox.Trim(drawing)), " ") }
	return func(_ *terraform.State) error {
		t.Helper()
		if have := plain(d.Table(t.Context(), query)); have != plain(want) {
			t.Errorf("%s\nfound %s\ninstead of %s", query, have, plain(want))
		}
		return nil
	}
}

func TestAccServer_rooms(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.2', '')")()
			rooms := func(more string) string { return serverConfig(d, "conference = { "+more+" }") }
			updates := func(attributes ...string) resource.ConfigPlanChecks {
				return preApply(acctest.Changes(dial1, attributes...))
			}
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: rooms("rooms = 10"), Check: checkRooms(t, d, meetme, run(8600051, 10))},
					{Config: rooms("rooms = 25"), ConfigPlanChecks: updates("conference.rooms"), Check: checkRooms(t, d, meetme, run(8600051, 25))},
					{Config: rooms("rooms = 5"), ConfigPlanChecks: updates("conference.rooms"), Check: checkRooms(t, d, meetme, run(8600051, 5))},
					{ // without its first rooms the range begins where it began, in the plan and in the table
						PreConfig:    acctest.Run(t, d, "DELETE FROM vicidial_conferences WHERE server_ip = '10.0.0.1' AND conf_exten < 8600053"),
						RefreshState: true, ExpectNonEmptyPlan: true,
					},
					{
						Config:           rooms("rooms = 5"),
						ConfigPlanChecks: preApply(plancheck.ExpectKnownValue(dial1, tfjsonpath.New("conference").AtMapKey("first_room"), knownvalue.Int64Exact(8600051))),
						Check:            checkRooms(t, d, meetme, run(8600051, 5)),
					},
					{ // an overlapping range
						Config: rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: updates("conference.first_room"),
						Check: checkRooms(t, d, meetme, run(8600054, 5)),
					},
					{ // a gap
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_conferences WHERE conf_exten = 8600056"),
						Config:    rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: plannedAction(plancheck.ResourceActionUpdate),
						Check: checkRooms(t, d, meetme, run(8600054, 5)),
					},
					{ // a room after the range, and one among the legacy conferences
						PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600059, '10.0.0.1', NULL), (8600001, '10.0.0.1', '')"),
						Config:    rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: plannedAction(plancheck.ResourceActionUpdate),
						Check: checkRooms(t, d, meetme, run(8600054, 5)),
					},
					{ // rooms that are not managed may have gaps
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_conferences WHERE conf_exten = 8600056"),
						Config:    serverConfig(d), ConfigPlanChecks: emptyPlan(),
					},
					{Config: rooms("rooms = 0"), Check: checkRooms(t, d, meetme, none)},
				},
				// Other servers' rooms have the same numbers and stay.
				CheckDestroy: acctest.Expect(t, d, "SELECT conf_exten, server_ip FROM vicidial_conferences", `
					| conf_exten | server_ip |
					|    8600051 | 10.0.0.2  |`),
			})
		})
	}
}

func TestAccServer_roomsInUse(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	rooms := func(n int) string { return serverConfig(d, fmt.Sprintf("conference = { rooms = %d }", n)) }
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: rooms(10)},
			{ // an agent is in the ninth room: it stays, with a warning
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = 'SIP/2001' WHERE conf_exten = 8600059")),
				Config:    rooms(5), ExpectNonEmptyPlan: true,
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Rooms of server dial1 are still in use: .* 8600059\..*apply again when`),
					acctest.Expect(t, d, "SELECT conf_exten, extension FROM vicidial_conferences WHERE conf_exten > 8600054", `
						| conf_exten | extension |
						|    8600055 |           |
						|    8600059 | SIP/2001  |`)),
			},
			{ // still in use: the plan warns again
				PreConfig: warnings.Reset, Config: rooms(5), ExpectNonEmptyPlan: true,
				Check: warnings.Expect(t, `Rooms of server dial1 are still in use`),
			},
			{ // free: it is removed
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = ''")),
				Config:    rooms(5), Check: resource.ComposeTestCheckFunc(checkRooms(t, d, meetme, run(8600051, 5)), warnings.ExpectNone(t)),
			},
			{ // ten rooms again, while an agent is in one of them
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = 'SIP/2001' WHERE conf_exten = 8600053")),
				Config:    rooms(10), Check: resource.ComposeTestCheckFunc(checkRooms(t, d, meetme, run(8600051, 10)), warnings.ExpectNone(t)),
			},
		},
	})
}

func TestAccServer_roomsOfAnotherEngine(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d, "conference = { rooms = 8 }")},
			{
				Config:           serverConfig(d, `conference = { rooms = 8, engine = "CONFBRIDGE" }`),
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "conference.engine", "conference.first_room")),
				Check: resource.ComposeTestCheckFunc(
					checkRooms(t, d, confbridge, run(9600000, 8)), checkRooms(t, d, meetme, none)),
			},
			{ // the first engine again, while an agent is in a room
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_confbridges SET extension = 'SIP/2001' WHERE conf_exten = 9600003")),
				Config:    serverConfig(d, `conference = { rooms = 8, engine = "MEETME" }`), ExpectNonEmptyPlan: true,
				Check: resource.ComposeTestCheckFunc(
					checkRooms(t, d, meetme, run(8600051, 8)), checkRooms(t, d, confbridge, run(9600003, 1)),
					warnings.Expect(t, `still in use: .* 9600003\.`)),
			},
			{ // the agent has left
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_confbridges SET extension = ''")),
				Config:    serverConfig(d, `conference = { rooms = 8, engine = "MEETME" }`),
				Check: resource.ComposeTestCheckFunc(
					checkRooms(t, d, meetme, run(8600051, 8)), checkRooms(t, d, confbridge, none), warnings.ExpectNone(t)),
			},
		},
		CheckDestroy: resource.ComposeTestCheckFunc(checkRooms(t, d, confbridge, none), checkRooms(t, d, meetme, none)),
	})
}

func TestAccServer_roomsOutOfReach(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	refuses := func(conference, message string) resource.TestStep {
		return resource.TestStep{Config: serverConfig(d, "conference = { "+conference+" }"), PlanOnly: true, ExpectError: errorText(message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refuses("rooms = 10, first_room = 8600050", "MEETME rooms 8600050 to 8600059 are outside 8600051 to 8600999"),
			refuses("rooms = 1000", "MEETME rooms 8600051 to 8601050 are outside"),
			refuses(`engine = "CONFBRIDGE", rooms = 10, first_room = 8600051`, "CONFBRIDGE rooms 8600051 to 8600060 are outside 9600000 to 9600999"),
			refuses(`engine = "CONFBRIDGE", rooms = 1001`, "rooms: 1001 must be between 0 and 1000"),
			refuses("rooms = 5, first_room = 7600000", "MEETME rooms 7600000 to 7600004 are outside"),
			{Config: serverConfig(d, `conference = { engine = "CONFBRIDGE", rooms = 1000 }`), Check: checkRooms(t, d, confbridge, run(9600000, 1000))},
		},
	})
}

// Rooms that the configuration omits stay as they are, for both engines, whatever
// else of the server is changed.
func TestAccServer_unmanagedRooms(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	stay := resource.ComposeTestCheckFunc(checkRooms(t, d, meetme, "| first | last | rooms |\n| 8600001 | 8600070 | 3 |"), checkRooms(t, d, confbridge, run(9600000, 2)), warnings.ExpectNone(t))
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig: acctest.Run(t, d,
					"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600001, '10.0.0.1', ''), (8600060, '10.0.0.1', 'SIP/2000'), (8600070, '10.0.0.1', NULL)",
					"INSERT INTO vicidial_confbridges (conf_exten, server_ip, extension) VALUES (9600000, '10.0.0.1', ''), (9600001, '10.0.0.1', '')"),
				Config: serverConfig(d),
			},
			{PreConfig: warnings.Reset, Config: serverConfig(d, "active = true"), ConfigPlanChecks: preApply(acctest.Changes(dial1, "active")), Check: stay},
			{Config: serverConfig(d, "active = false"), ConfigPlanChecks: preApply(acctest.Changes(dial1, "active")), Check: stay},
			{Config: serverConfig(d, "active = false"), ConfigPlanChecks: emptyPlan(), Check: stay},
			{ // when rooms are managed, those of the engine are; a fresh system has rooms of both
				Config: serverConfig(d, "active = false", "conference = { rooms = 2, first_room = 8600060 }"),
				Check:  resource.ComposeTestCheckFunc(checkRooms(t, d, meetme, run(8600060, 2)), checkRooms(t, d, confbridge, run(9600000, 2))),
			},
		},
	})
}
