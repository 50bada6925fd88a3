package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

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

// roomsAre compares without regard to how wide columns are drawn.
func roomsAre(t *testing.T, d *sandbox.Database, query, want string) resource.TestCheckFunc {
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
			rooms := func(more string) string { return aServer(d, "conference = { "+more+" }") }
			updates := func(attributes ...string) resource.ConfigPlanChecks {
				return before(acctest.Changes(dial1, attributes...))
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: rooms("rooms = 10"), Check: roomsAre(t, d, meetme, run(8600051, 10))},
					{Config: rooms("rooms = 25"), ConfigPlanChecks: updates("conference.rooms"), Check: roomsAre(t, d, meetme, run(8600051, 25))},
					{Config: rooms("rooms = 5"), ConfigPlanChecks: updates("conference.rooms"), Check: roomsAre(t, d, meetme, run(8600051, 5))},
					{ // elsewhere, overlapping
						Config: rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: updates("conference.first_room"),
						Check: roomsAre(t, d, meetme, run(8600054, 5)),
					},
					{ // a gap
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_conferences WHERE conf_exten = 8600056"),
						Config:    rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						Check: roomsAre(t, d, meetme, run(8600054, 5)),
					},
					{ // a stray behind, and one far below, where the old client's rooms are
						PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600059, '10.0.0.1', NULL), (8600001, '10.0.0.1', '')"),
						Config:    rooms("rooms = 5, first_room = 8600054"), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						Check: roomsAre(t, d, meetme, run(8600054, 5)),
					},
					{ // rooms that are not managed may be what they are
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_conferences WHERE conf_exten = 8600056"),
						Config:    aServer(d), ConfigPlanChecks: nothingToDo(),
					},
					{Config: rooms("rooms = 0"), Check: roomsAre(t, d, meetme, none)},
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
	rooms := func(n int) string { return aServer(d, fmt.Sprintf("conference = { rooms = %d }", n)) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: rooms(10)},
			{ // an agent sits in the ninth: it stays, and is told of
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = 'SIP/2001' WHERE conf_exten = 8600059")),
				Config:    rooms(5), ExpectNonEmptyPlan: true,
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Rooms of server dial1 are still in use: .* 8600059\..*apply again when`),
					acctest.Expect(t, d, "SELECT conf_exten, extension FROM vicidial_conferences WHERE conf_exten > 8600054", `
						| conf_exten | extension |
						|    8600055 |           |
						|    8600059 | SIP/2001  |`)),
			},
			{ // still there: the plan says so again
				PreConfig: warnings.Reset, Config: rooms(5), ExpectNonEmptyPlan: true,
				Check: warnings.Expect(t, `Rooms of server dial1 are still in use`),
			},
			{ // free again: it goes
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = ''")),
				Config:    rooms(5), Check: resource.ComposeTestCheckFunc(roomsAre(t, d, meetme, run(8600051, 5)), warnings.ExpectNone(t)),
			},
			{ // back to ten while somebody sits where rooms are wanted anyway: not in the way
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = 'SIP/2001' WHERE conf_exten = 8600053")),
				Config:    rooms(10), Check: resource.ComposeTestCheckFunc(roomsAre(t, d, meetme, run(8600051, 10)), warnings.ExpectNone(t)),
			},
		},
	})
}

func TestAccServer_roomsOfAnotherEngine(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: aServer(d, "conference = { rooms = 8 }")},
			{
				Config:           aServer(d, `conference = { rooms = 8, engine = "CONFBRIDGE" }`),
				ConfigPlanChecks: before(acctest.Changes(dial1, "conference.engine", "conference.first_room")),
				Check: resource.ComposeTestCheckFunc(
					roomsAre(t, d, confbridge, run(9600000, 8)), roomsAre(t, d, meetme, none)),
			},
			{ // back, while an agent sits in one
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_confbridges SET extension = 'SIP/2001' WHERE conf_exten = 9600003")),
				Config:    aServer(d, `conference = { rooms = 8, engine = "MEETME" }`), ExpectNonEmptyPlan: true,
				Check: resource.ComposeTestCheckFunc(
					roomsAre(t, d, meetme, run(8600051, 8)), roomsAre(t, d, confbridge, run(9600003, 1)),
					warnings.Expect(t, `still in use: .* 9600003\.`)),
			},
			{ // who is free now
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_confbridges SET extension = ''")),
				Config:    aServer(d, `conference = { rooms = 8, engine = "MEETME" }`),
				Check: resource.ComposeTestCheckFunc(
					roomsAre(t, d, meetme, run(8600051, 8)), roomsAre(t, d, confbridge, none), warnings.ExpectNone(t)),
			},
		},
		CheckDestroy: resource.ComposeTestCheckFunc(roomsAre(t, d, confbridge, none), roomsAre(t, d, meetme, none)),
	})
}

func TestAccServer_roomsOutOfReach(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	refuses := func(conference, message string) resource.TestStep {
		return resource.TestStep{Config: aServer(d, "conference = { "+conference+" }"), PlanOnly: true, ExpectError: says(message)}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refuses("rooms = 10, first_room = 8600050", "MEETME rooms 8600050 to 8600059 are outside 8600051 to 8600999"),
			refuses("rooms = 1000", "MEETME rooms 8600051 to 8601050 are outside"),
			refuses(`engine = "CONFBRIDGE", rooms = 10, first_room = 8600051`, "CONFBRIDGE rooms 8600051 to 8600060 are outside 9600000 to 9600999"),
			refuses(`engine = "CONFBRIDGE", rooms = 1001`, "rooms value must be between 0 and 1000"),
			refuses("rooms = 5, first_room = 7600000", "first_room value must be between"),
			{Config: aServer(d, `conference = { engine = "CONFBRIDGE", rooms = 1000 }`), Check: roomsAre(t, d, confbridge, run(9600000, 1000))},
		},
	})
}

// Rooms that the configuration leaves out stay as they are, whatever there is of
// either engine, and however often the server is changed.
func TestAccServer_roomsThatNobodyManages(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	stay := resource.ComposeTestCheckFunc(roomsAre(t, d, meetme, "| first | last | rooms |\n| 8600001 | 8600070 | 3 |"), roomsAre(t, d, confbridge, run(9600000, 2)), warnings.ExpectNone(t))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig: acctest.Run(t, d,
					"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600001, '10.0.0.1', ''), (8600060, '10.0.0.1', 'SIP/2000'), (8600070, '10.0.0.1', NULL)",
					"INSERT INTO vicidial_confbridges (conf_exten, server_ip, extension) VALUES (9600000, '10.0.0.1', ''), (9600001, '10.0.0.1', '')"),
				Config: aServer(d),
			},
			{PreConfig: warnings.Reset, Config: aServer(d, "active = true"), ConfigPlanChecks: before(acctest.Changes(dial1, "active")), Check: stay},
			{Config: aServer(d, "active = false"), ConfigPlanChecks: before(acctest.Changes(dial1, "active")), Check: stay},
			{Config: aServer(d, "active = false"), ConfigPlanChecks: nothingToDo(), Check: stay},
			{ // once they are managed, those of this engine are; stock systems have rooms of both
				Config: aServer(d, "active = false", "conference = { rooms = 2, first_room = 8600060 }"),
				Check:  resource.ComposeTestCheckFunc(roomsAre(t, d, meetme, run(8600060, 2)), roomsAre(t, d, confbridge, run(9600000, 2))),
			},
		},
	})
}
