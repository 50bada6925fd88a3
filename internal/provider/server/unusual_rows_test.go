package server_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Rows that the provider would not create, as they occur in existing clusters.

func imports(id string) string {
	return "import {\n  to = " + dial1 + "\n  id = \"" + id + "\"\n}\n"
}

func importedUnchanged() resource.ConfigPlanChecks {
	return plannedAction(plancheck.ResourceActionNoop)
}

func TestAccServer_importOfUnusualRow(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks, user_group, local_gmt) VALUES ('dial-01 ', '10.0.0.1 ', 50, 'east.floor', '5')",
		"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 80, 'MAXIMUM_LIMIT')",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.1  ')")()
	config := func(trunks, more string) string {
		return acctest.Provider(d) + `resource "vicidial_server" "dial1" {
  server_id           = "dial-01"
  server_ip           = "10.0.0.1"
  max_vicidial_trunks = ` + trunks + `
  user_group          = "east.floor"
  local_gmt           = "5.00"
  conference          = { rooms = 1 }
  ` + more + `
}
`
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("50", "") + imports("DIAL-01"), ConfigPlanChecks: importedUnchanged()},
			{Config: config("50", ""), ConfigPlanChecks: emptyPlan()}, // over-committed as before
			{Config: config("60", `server_description = "East"`), ConfigPlanChecks: preApply(acctest.Changes(dial1, "max_vicidial_trunks", "server_description"))},
			{Config: config("59", ""), PlanOnly: true, ExpectError: errorText(`reserve 80 trunks on 10\.0\.0\.1 \(SALES 80\), 21 more than 59`)},
			{PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_trunks"), Config: acctest.Provider(d)},
		},
		CheckDestroy: acctest.Expect(t, d, "SELECT (SELECT COUNT(*) FROM servers) AS servers, (SELECT COUNT(*) FROM vicidial_conferences) AS rooms", `
			| servers | rooms |
			|       0 |     0 |`),
	})
}

// An upgraded cluster may lack the unique key of rooms
// (docs/vicidial/schema.md#missing-keys): two agents who reserve the same number
// share a conference.
func TestAccServer_duplicateRooms(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	config := serverConfig(d, "conference = { rooms = 3 }")
	acctest.Run(t, d, "ALTER TABLE vicidial_conferences DROP INDEX serverconf, DROP INDEX vextenserver")()
	all := "SELECT conf_exten, COALESCE(extension, '') AS extension FROM vicidial_conferences ORDER BY 1, 2"
	once := acctest.Expect(t, d, all, `
		| conf_exten | extension |
		|    8600051 |           |
		|    8600052 |           |
		|    8600053 |           |`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config, Check: once},
			{
				PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600052, '10.0.0.1', NULL), (8600052, '10.0.0.1', ''), (8600053, '10.0.0.1', '')"),
				Config:    config, ConfigPlanChecks: preApply(acctest.Changes(dial1, "conference.rooms")), Check: once,
			},
			{ // the free row is removed, the agent's stays
				PreConfig: warnings.After(acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600052, '10.0.0.1', 'SIP/2000')")),
				Config:    config,
				Check: resource.ComposeTestCheckFunc(warnings.ExpectNone(t), acctest.Expect(t, d, all, `
					| conf_exten | extension |
					|    8600051 |           |
					|    8600052 | SIP/2000  |
					|    8600053 |           |`)),
			},
			{ // of two rows in use, both stay
				PreConfig: warnings.After(acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600052, '10.0.0.1', 'SIP/2001')")),
				Config:    config, ExpectNonEmptyPlan: true,
				Check: warnings.Expect(t, `Rooms of server dial1 are still in use: .* 8600052\.`),
			},
			{
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE vicidial_conferences SET extension = ''")),
				Config:    config, Check: resource.ComposeTestCheckFunc(once, warnings.ExpectNone(t)),
			},
		},
	})
}

// Rooms with gaps are not shown as a range. They stay until a range is declared,
// which the plan shows.
func TestAccServer_importOfRoomsWithGaps(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.1'), (8600052, '10.0.0.1'), (8600060, '10.0.0.1')")()
	gaps := checkRooms(t, d, meetme, "| first | last | rooms |\n| 8600051 | 8600060 | 3 |")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d) + imports("dial1"), ConfigPlanChecks: importedUnchanged()},
			{Config: serverConfig(d, "active = true"), ConfigPlanChecks: preApply(acctest.Changes(dial1, "active")), Check: gaps},
			{Config: serverConfig(d, "active = true"), ConfigPlanChecks: emptyPlan()},
			{
				Config:           serverConfig(d, "active = true", "conference = { rooms = 3 }"),
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "conference.rooms", "conference.first_room")),
				Check:            checkRooms(t, d, meetme, run(8600051, 3)),
			},
			{Config: serverConfig(d, "active = true", "conference = { rooms = 3 }"), ConfigPlanChecks: emptyPlan()},
		},
	})
}

// Two servers share an address. Rows that name it stay with the other server when
// one of them is changed or removed.
func TestAccServer_sharedAddress(t *testing.T) {
	t.Parallel()
	d, fill := addressFixture(t)
	var warnings acctest.Warnings
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial0', '10.0.0.1', 50), ('dial1', '10.0.0.1', 50)",
		"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'READY', NULL)")()
	fill()
	there := countNamed(t, d, "10.0.0.1")
	untouched := func() {
		for column, n := range countNamed(t, d, "10.0.0.1") {
			if n != there[column] {
				t.Errorf("%s: %d rows of %d are left", column, n, there[column])
			}
		}
	}
	const servers = "SELECT server_id, server_ip FROM servers WHERE server_id < 'dial2' ORDER BY server_id"
	moved := acctest.Provider(d) + anotherServer("dial1", "10.0.0.11", "force_destroy = true")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{
				Config: serverConfig(d, "force_destroy = true") + imports("dial1"),
				Check:  warnings.Expect(t, `Duplicate address: Server dial0 has the address "10\.0\.0\.1", too`),
			},
			{
				PreConfig: warnings.Reset, Config: moved,
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `"10\.0\.0\.1" becomes "10\.0\.0\.11" in the row of servers only: server dial0 has the old address, too`),
					acctest.Expect(t, d, servers, `
						| server_id | server_ip |
						| dial0     | 10.0.0.1  |
						| dial1     | 10.0.0.11 |`)),
			},
			{
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE servers SET server_ip = '10.0.0.1' WHERE server_id = 'dial1'")),
				Config:    acctest.Provider(d),
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Server dial0 has the same address: only the row is removed`),
					acctest.Expect(t, d, servers, `
						| server_id | server_ip |
						| dial0     | 10.0.0.1  |`)),
			},
		},
	})
	untouched()
}

// An agent without an extension counts as logged in, and an allocation that was
// written after the plan counts.
func TestAccServer_refusesUnderTheLock(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	config := func(trunks string) string { return serverConfig(d, "max_vicidial_trunks = "+trunks) }
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("100")},
			{
				Config:           config("50"),
				ConfigPlanChecks: preApply(acctest.Meanwhile(acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 80, 'MAXIMUM_LIMIT')"))),
				ExpectError:      errorText("reserve 80 trunks on 10.0.0.1 .* 30 more than 50"),
			},
			{
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_trunks", "INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.1', 'SALES', 'PAUSED', NULL)"),
				Config:    acctest.Provider(d), ExpectError: errorText("1 agent is logged in on it"),
			},
			{PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_live_agents"), Config: acctest.Provider(d)},
		},
	})
}
