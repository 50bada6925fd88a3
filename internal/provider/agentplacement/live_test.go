package agentplacement_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

func TestAccAgentPlacement_live(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var warnings acctest.Warnings
	login := "INSERT INTO vicidial_live_agents (user, server_ip, conf_exten, extension, status) VALUES ('6001', '10.0.0.1', '8600051', 'SIP/2000', 'READY')"
	one := "nodes_per_seat = 1"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: fullConfig(d, `"2000-2003"`, twoServers, one, aPassword), ConfigPlanChecks: plannedPlacement(map[string]string{"2000-2001": "a", "2002-2003": "b"})},
			{ // a seat in use stays on a removed server, also if its agent logs in after the plan; the others move
				Config: fullConfig(d, `"2000-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, aPassword),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: append(plannedPlacement(map[string]string{"2000-2003": "b"}).PreApply,
					acctest.Meanwhile(acctest.Run(t, d, login)))},
				Check: all(
					warnings.Expect(t, `Seats of placement floor1 were in use and have not moved: Nothing was changed on 2000\.`),
					expect(t, d, "SELECT login, server_ip FROM phones ORDER BY login", `
						| login | server_ip |
						| 2000a | 10.0.0.1  |
						| 2001b | 10.0.0.2  |
						| 2002b | 10.0.0.2  |
						| 2003b | 10.0.0.2  |`)),
				ExpectNonEmptyPlan: true,
			},
			{ // the next plan warns of it, and it is no drift
				PreConfig: warnings.Reset,
				Config:    fullConfig(d, `"2000-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, aPassword),
				Check: all(
					warnings.Expect(t, `servers.*Seats in use do not move: .*2000 on dial1 \(10\.0\.0\.1\)`),
					warnings.ExpectNo(t, "outside of this configuration"),
					expect(t, d, "SELECT server_ip FROM phones WHERE login LIKE '2000%'", "| server_ip |\n| 10.0.0.1  |")),
				ExpectNonEmptyPlan: true,
			},
			{ // it moves when the agent has left
				PreConfig:        acctest.Run(t, d, "DELETE FROM vicidial_live_agents"),
				Config:           fullConfig(d, `"2000-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, aPassword),
				ConfigPlanChecks: plannedPlacement(map[string]string{"2000-2003": "b"}),
				Check: expect(t, d, "SELECT DISTINCT server_ip FROM phones", `
					| server_ip |
					| 10.0.0.2  |`),
			},
			{ // a seat in use is not removed
				PreConfig:   acctest.Run(t, d, strings.ReplaceAll(login, "10.0.0.1", "10.0.0.2")),
				Config:      fullConfig(d, `"2001-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, aPassword),
				ExpectError: regexp.MustCompile(`logged\s+in\s+on\s+seat\s+2000`),
			},
			{ // unless move_live_agents is set
				Config: fullConfig(d, `"2001-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, aPassword, "move_live_agents = true"),
				Check: expect(t, d, "SELECT COUNT(*) AS phones FROM phones", `
					| phones |
					|      3 |`),
			},
		},
	})
}

func working(channel, server string) string {
	return fmt.Sprintf("INSERT INTO vicidial_live_agents (user, server_ip, conf_exten, extension, status) VALUES ('6001', '%s', '8600051', '%s', 'READY')", server, channel)
}

// An undeclared phone that an agent is using stays until the agent has left.
func TestAccAgentPlacement_keepsUndeclaredPhonesInUse(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var warnings acctest.Warnings
	config := fullConfig(d, `"2000-2001"`, twoServers, "nodes_per_seat = 1", aPassword)
	const by = "SELECT login FROM phones ORDER BY login"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: warnings.After(acctest.Run(t, d,
					"INSERT INTO phones (extension, server_ip, login, pass, voicemail_id, dialplan_number, template_id, fullname, protocol) VALUES ('2000', '10.0.0.2', '2000b', 'secret1', '2000', '20001', '', 'station 2000', 'SIP')",
					working("SIP/2000", "10.0.0.2"))),
				Config: config, ExpectNonEmptyPlan: true,
				Check: all(
					warnings.Expect(t, `servers.*Phones in use are not removed yet.*seat 2000 on dial2 \(10\.0\.0\.2\) by user 6001`),
					expect(t, d, by, "| login |\n| 2000a |\n| 2000b |\n| 2001b |")),
			},
			{
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_live_agents"),
				Config:    config, Check: expect(t, d, by, "| login |\n| 2000a |\n| 2001b |"),
			},
		},
	})
}

// VICIdial records an agent on a phone of protocol EXTERNAL by the number that it
// dials.
func TestAccAgentPlacement_externalPhonesInUse(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	one, external := "nodes_per_seat = 1", strings.ReplaceAll(aPassword, "SIP", "EXTERNAL")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: fullConfig(d, `"2000-2003"`, twoServers, one, external)},
			{
				PreConfig: acctest.Run(t, d, working("Local/20000@default", "10.0.0.1")),
				Config:    fullConfig(d, `"2000-2003"`, `"10.0.0.2" = { suffix = "b" }`, one, external),
				Check: expect(t, d, "SELECT login FROM phones ORDER BY login", `
					| login |
					| 2000a |
					| 2001b |
					| 2002b |
					| 2003b |`),
				ExpectNonEmptyPlan: true, // the seat has still to move
			},
			{PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_live_agents"), Config: acctest.Provider(d)},
		},
	})
}

func TestAccAgentPlacement_removalRefusedWhileInUse(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var warnings acctest.Warnings
	config := fullConfig(d, `"2000-2003"`, twoServers, aPassword)
	inUse := regexp.MustCompile(`(?i)plan\s+the\s+removal(?s:.*)seat\s+2000\s+on\s+10\.0\.0\.1\s+by\s+user\s+6001`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: acctest.Run(t, d, working("SIP/2000", "10.0.0.1")), Config: acctest.Provider(d), PlanOnly: true, ExpectError: inUse},
			{Config: config + "\n", PlanOnly: true},
			{ // nor replaced by other names
				Config: fullConfig(d, `"2000-2003"`, twoServers, aPassword, `naming = { login = "p{seat}{suffix}" }`), PlanOnly: true, ExpectError: inUse,
			},
			{ // the plan warns of references to the phones
				PreConfig: warnings.After(acctest.Run(t, d, "DELETE FROM vicidial_live_agents",
					"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('reception', 'x', '2002a,9999z')",
					"INSERT INTO vicidial_users (user, pass, full_name, phone_login) VALUES ('6002', 'x', 'Bob', '2003'), ('6003', 'x', 'Cid', '2003b'), ('6004', 'x', 'Dan', '9000')")),
				Config: fullConfig(d, `"2000"`, twoServers, aPassword),
				Check: all(
					warnings.Expect(t, `seats.*refer to phones or aliases that will not exist: alias reception lists 2002a, user 6002 logs in with 2003, user 6003 logs in with 2003b\.$`),
					expect(t, d, "SELECT login FROM phones ORDER BY login", "| login |\n| 2000a |\n| 2000b |")),
			},
		},
	})
}
