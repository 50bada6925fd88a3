package agentplacement_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const floor = "vicidial_agent_placement.floor"

const (
	phones  = "SELECT login, server_ip, extension, dialplan_number, voicemail_id, pass, status, active, protocol FROM phones ORDER BY login"
	aliases = "SELECT alias_id, alias_name, logins_list FROM phones_alias ORDER BY alias_id"
	users   = "SELECT user, phone_login FROM vicidial_users WHERE user LIKE '2%' ORDER BY user"
	flags   = "SELECT server_ip FROM servers WHERE rebuild_conf_files = 'Y' ORDER BY server_ip"
)

const noPhones = `| login | server_ip | extension | dialplan_number | voicemail_id | pass | status | active | protocol |`

// newCluster returns a database with four servers and their rooms.
func newCluster(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	for i := 1; i <= 4; i++ {
		acctest.Run(t, d,
			fmt.Sprintf("INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf, rebuild_conf_files) VALUES ('dial%d', '10.0.0.%d', 'Y', 'Y', 'N')", i, i))()
		var rooms []string
		for room := range 60 {
			rooms = append(rooms, fmt.Sprintf("(%d, '10.0.0.%d', '')", 8600051+room, i))
		}
		acctest.Run(t, d, "INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES "+strings.Join(rooms, ", "))()
	}
	return d
}

const (
	twoServers   = `"10.0.0.1" = { suffix = "a" }, "10.0.0.2" = { suffix = "b" }`
	threeServers = twoServers + `, "10.0.0.3" = { suffix = "c" }`
	aPassword    = `phone = { pass_wo = "secret1", pass_wo_version = 1, conf_secret_wo = "register1", conf_secret_wo_version = 1, protocol = "SIP" }`
)

func fullConfig(d *sandbox.Database, seats, servers string, more ...string) string {
	return acctest.Provider(d) + placementConfig(seats, servers, more...)
}

func placementConfig(seats, servers string, more ...string) string {
	return fmt.Sprintf(`
resource "vicidial_agent_placement" "floor" {
  name    = "floor1"
  seats   = [%s]
  servers = { %s }
  %s
}
`, seats, servers, strings.Join(more, "\n  "))
}

func assigned(runs map[string]string) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(runs))
	for seats, pattern := range runs {
		checks[seats] = knownvalue.StringExact(pattern)
	}
	return knownvalue.MapExact(checks)
}

func plannedPlacement(runs map[string]string) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectKnownValue(floor, tfjsonpath.New("assignments"), assigned(runs)),
	}}
}

var empty = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func all(checks ...resource.TestCheckFunc) resource.TestCheckFunc {
	return resource.ComposeAggregateTestCheckFunc(checks...)
}

func expect(t *testing.T, d *sandbox.Database, query, drawing string) resource.TestCheckFunc {
	t.Helper()
	check := acctest.Expect(t, d, query, drawing)
	return func(s *terraform.State) error { return check(s) }
}

func TestAccAgentPlacement(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, schema)
			acctest.Run(t, d,
				"INSERT INTO vicidial_users (user, pass, full_name) VALUES ('2000', 'x', 'Ann'), ('2900', 'x', 'Bob')",
				"UPDATE system_settings SET active_voicemail_server = '10.0.0.4'")()
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // the plan shows the assignments
						Config:           fullConfig(d, `"2000-2003"`, twoServers, aPassword, "assign_users = true"),
						ConfigPlanChecks: plannedPlacement(map[string]string{"2000-2001": "ba", "2002-2003": "ab"}),
						Check: all(
							expect(t, d, phones, `
								| login | server_ip | extension | dialplan_number | voicemail_id | pass    | status | active | protocol |
								| 2000a | 10.0.0.1  | 2000      | 20000           | 2000         | secret1 | ACTIVE | Y      | SIP      |
								| 2000b | 10.0.0.2  | 2000      | 20001           | 2000         | secret1 | ACTIVE | Y      | SIP      |
								| 2001a | 10.0.0.1  | 2001      | 20010           | 2001         | secret1 | ACTIVE | Y      | SIP      |
								| 2001b | 10.0.0.2  | 2001      | 20011           | 2001         | secret1 | ACTIVE | Y      | SIP      |
								| 2002a | 10.0.0.1  | 2002      | 20020           | 2002         | secret1 | ACTIVE | Y      | SIP      |
								| 2002b | 10.0.0.2  | 2002      | 20021           | 2002         | secret1 | ACTIVE | Y      | SIP      |
								| 2003a | 10.0.0.1  | 2003      | 20030           | 2003         | secret1 | ACTIVE | Y      | SIP      |
								| 2003b | 10.0.0.2  | 2003      | 20031           | 2003         | secret1 | ACTIVE | Y      | SIP      |`),
							expect(t, d, aliases, `
								| alias_id | alias_name | logins_list |
								| 2000     | 2000 phone | 2000b,2000a |
								| 2001     | 2001 phone | 2001b,2001a |
								| 2002     | 2002 phone | 2002a,2002b |
								| 2003     | 2003 phone | 2003a,2003b |`),
							expect(t, d, users, `
								| user | phone_login |
								| 2000 | 2000        |
								| 2900 | NULL        |`),
							expect(t, d, flags, `
								| server_ip |
								| 10.0.0.1  |
								| 10.0.0.2  |
								| 10.0.0.4  |`),
						),
					},
					{ // two of three nodes per seat: only its share moves to the new server
						Config: fullConfig(d, `"2000-2005"`, threeServers, "nodes_per_seat = 2", aPassword, "assign_users = true"),
						ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(floor, tfjsonpath.New("seats_per_server"),
							knownvalue.MapExact(map[string]knownvalue.Check{"10.0.0.1": knownvalue.Int64Exact(4), "10.0.0.2": knownvalue.Int64Exact(4), "10.0.0.3": knownvalue.Int64Exact(4)}))},
						Check: expect(t, d, "SELECT COUNT(*) AS phones, COUNT(DISTINCT extension) AS seats FROM phones", `
							| phones | seats |
							|     12 |     6 |`),
					},
					{ // a server and seats are removed; their users lose the phone login
						Config: fullConfig(d, `"2001-2005"`, twoServers, aPassword, "assign_users = true"),
						Check: all(
							expect(t, d, users, `
								| user | phone_login |
								| 2000 |             |
								| 2900 | NULL        |`),
							expect(t, d, "SELECT server_ip, COUNT(*) AS phones FROM phones GROUP BY server_ip", `
								| server_ip | phones |
								| 10.0.0.1  |      5 |
								| 10.0.0.2  |      5 |`),
						),
					},
					{ // another password and another column, for all phones
						Config: fullConfig(d, `"2001-2005"`, twoServers, strings.NewReplacer(`"secret1", pass_wo_version = 1`, `"secret2", pass_wo_version = 2`, "SIP", "IAX2").Replace(aPassword), "assign_users = true"),
						Check: expect(t, d, "SELECT pass, protocol, COUNT(*) AS phones FROM phones GROUP BY pass, protocol", `
							| pass    | protocol | phones |
							| secret2 | IAX2     |     10 |`),
					},
				},
				CheckDestroy: all(
					expect(t, d, phones, noPhones),
					expect(t, d, aliases, `| alias_id | alias_name | logins_list |`)),
			})
		})
	}
}

func TestAccAgentPlacement_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d,
		"INSERT INTO phones (extension, server_ip, login, pass, voicemail_id, dialplan_number, template_id) VALUES ('77', '10.0.0.4', '3000a', 'x', '3100', '77', ''), ('3200', '10.0.0.1', 'other', 'x', '77', '77', '')",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('3300', 'x', 'other')",
		"INSERT INTO vicidial_voicemail (voicemail_id, fullname, pass) VALUES ('3400', 'x', 'x')",
		"UPDATE servers SET conf_engine = 'CONFBRIDGE' WHERE server_ip = '10.0.0.4'")()
	step := func(config, message string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?i)" + strings.ReplaceAll(message, " ", `\s+`))}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step(fullConfig(d, `"2000-2003", "2003"`, twoServers, aPassword), `2003 is in "2000-2003" already`),
			step(fullConfig(d, `"2003-2000"`, twoServers, aPassword), `runs backwards; write 2000-2003`),
			step(fullConfig(d, `"2000"`, `"10.0.0.9" = { suffix = "a" }`, aPassword), `server 10.0.0.9 is neither in the table`),
			step(fullConfig(d, `"2000"`, `"10.0.0.1" = { suffix = "a" }, "10.0.0.2" = { suffix = "a" }`, aPassword), `share the suffix "a"`),
			step(fullConfig(d, `"2000"`, `"10.0.0.1" = { suffix = "a_" }`, aPassword), `letters and digits only`),
			step(fullConfig(d, `"2000-2149"`, twoServers, "nodes_per_seat = 1", aPassword), `short by 30 places`),
			step(fullConfig(d, `"2000"`, twoServers, "nodes_per_seat = 3", aPassword), `3 nodes per seat but 2 servers declared`),
			step(fullConfig(d, `"2000"`, `"10.0.0.1" = { suffix = "a" }, "10.0.0.4" = { suffix = "d" }`, aPassword), `10.0.0.1 use MEETME, and 10.0.0.4 use CONFBRIDGE`),
			step(fullConfig(d, `"2000"`, twoServers), `would have no password`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, "secret1", "se.cret")), `may hold letters, digits, - and _ only`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { alias_id = "{seat}_" }`), `alias 2000_: the alias id "2000_" holds "_"`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { login = "workstation{seat}{suffix}" }`), `the login "workstation2000b" has 16 characters`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { login = "{seat}{sufix}" }`), `\{sufix\} is not one of`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { fullname = "the workstation by the window on the third floor {seat}" }`), `phones.fullname of this database holds 50 characters, these are 53`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, "register1", "régister")), `punctuation of ASCII`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, `"SIP"`, `"SIP", outbound_cid = "1\n[evil]"`)), `holds a line end`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, `"SIP"`, `"SIP", conf_override = "type=friend\n#exec /bin/true"`)), `a # directive`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { fullname = "{seat}\n[evil]" }`), `holds a line end`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, `"SIP"`, `"SIP", mohsuggest = "x"`), `seat_overrides = { "2000" = { mohsuggest = "x\ny" } }`), `holds a line end`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, `"SIP"`, `"SIP", nva_call_url = ""`), `seat_overrides = { "2000" = { nva_call_url = "http://crm/?user=a&pass=b" } }`), `nva_call_url of seat 2000 contains a password`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { fullname = "Seat {seat}; west" }`), `is written into callerid`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `naming = { login = "{seat}" }`), `same on each node of a seat`),
			step(fullConfig(d, `"2000"`, twoServers, strings.ReplaceAll(aPassword, "SIP", "DAHDI")), `cannot hold "DAHDI"`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `seat_overrides = { "2000" = { colour = "red" } }`), `"colour" is not an attribute of phone`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `seat_overrides = { "2001" = { protocol = "IAX2" } }`), `seat 2001 is not among the seats`),
			step(fullConfig(d, `"2000"`, twoServers, aPassword, `seat_overrides = { "2000" = { outbound_cid = "1" } }`), `phone.outbound_cid does not set it`),
			step(fullConfig(d, `"3000"`, twoServers, aPassword), `the login 3000a belongs to the phone with extension 77 on 10.0.0.4`),
			step(fullConfig(d, `"3100"`, twoServers, aPassword), `the voicemail id 3100 belongs to phone 3000a`),
			step(fullConfig(d, `"3200"`, twoServers, aPassword), `phone other on 10.0.0.1 has the extension 3200 already`),
			step(fullConfig(d, `"3300"`, twoServers, aPassword), `alias 3300 already exists with other values in`),
			step(fullConfig(d, `"3400"`, twoServers, aPassword), `the voicemail id 3400 belongs to a mailbox in vicidial_voicemail`),
			{Config: acctest.Provider(d)},
		},
	})
	d.Expect(t, "SELECT COUNT(*) AS phones FROM phones", `
		| phones |
		|      2 |`)
}

func TestAccAgentPlacement_overrides(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: fullConfig(d, `"2000-2003"`, twoServers,
					`phone = { protocol = "SIP", is_webphone = "Y", webphone_auto_answer = false, enable_sipsak_messages = true, conf_secret_wo = "r1", conf_secret_wo_version = 1 }`,
					`seat_overrides = { "2001-2002" = { protocol = "IAX2", webphone_auto_answer = "true", fullname = "Ann" } }`,
					`seat_passwords_wo = { "2000" = "p0", "2001" = "p1", "2002" = "p2", "2003" = "p3" }`, `seat_passwords_wo_version = 1`,
					`alias_user_group = "AGENTS"`),
				Check: all(
					expect(t, d, "SELECT login, pass, protocol, fullname, webphone_auto_answer AS answer, enable_sipsak_messages AS sipsak, conf_secret FROM phones WHERE server_ip = '10.0.0.1' ORDER BY login", `
						| login | pass | protocol | fullname     | answer | sipsak | conf_secret |
						| 2000a | p0   | SIP      | station 2000 | N      | 1      | r1          |
						| 2001a | p1   | IAX2     | Ann          | Y      | 1      | r1          |
						| 2002a | p2   | IAX2     | Ann          | Y      | 1      | r1          |
						| 2003a | p3   | SIP      | station 2003 | N      | 1      | r1          |`),
					expect(t, d, "SELECT DISTINCT user_group FROM phones_alias", `
						| user_group |
						| AGENTS     |`)),
			},
		},
	})
}

func TestAccAgentPlacement_createResumesOwnRowsOnly(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := fullConfig(d, `"2000-2001"`, `"10.0.0.1" = { suffix = "a" }`, aPassword)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig: acctest.Run(t, d, `INSERT INTO phones (extension, server_ip, login, pass, conf_secret, voicemail_id, dialplan_number, template_id, fullname, protocol)
					VALUES ('2000', '10.0.0.1', '2000a', 'theirs', 'register1', '2000', '20000', '', 'station 2000', 'SIP')`),
				Config: config, ExpectError: regexp.MustCompile(`phone\s+2000a\s+on\s+10.0.0.1\s+already\s+exists\s+with\s+other\s+values\s+in\s+pass`),
			},
			{ // rows of an interrupted create are taken over
				PreConfig: acctest.Run(t, d, "UPDATE phones SET pass = 'secret1'"),
				Config:    config,
			},
		},
	})
}

func TestAccAgentPlacement_replacedServer(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: fullConfig(d, `"2000-2005"`, threeServers, "nodes_per_seat = 2", aPassword)},
			{ // the same suffix at another address: the same seats, and unchanged aliases
				Config: fullConfig(d, `"2000-2005"`, strings.ReplaceAll(threeServers, "10.0.0.3", "10.0.0.4"), "nodes_per_seat = 2", aPassword),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(floor, tfjsonpath.New("assignments"), assigned(map[string]string{"2000-2001": "ba", "2002-2003": "ac", "2004-2005": "cb"})),
				}},
				Check: expect(t, d, "SELECT DISTINCT server_ip FROM phones ORDER BY server_ip", `
					| server_ip |
					| 10.0.0.1  |
					| 10.0.0.2  |
					| 10.0.0.4  |`),
			},
			{ // another suffix for a server that keeps its seats is refused
				Config:             fullConfig(d, `"2000-2005"`, strings.ReplaceAll(threeServers, `"c"`, `"x"`), "nodes_per_seat = 3", aPassword),
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
			},
			{
				Config:      fullConfig(d, `"2000-2005"`, strings.NewReplacer("10.0.0.3", "10.0.0.4", `"c"`, `"x"`).Replace(threeServers), "nodes_per_seat = 2", aPassword),
				ExpectError: regexp.MustCompile(`cannot\s+change\s+its\s+login\s+in\s+place`),
			},
		},
	})
}

// The connection is cut at some statements, through Terraform: an apply resumes from
// the state that a failed update leaves. The store's tests cut at each statement.
func TestAccAgentPlacement_survivesLostConnections(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(seats, servers string, more ...string) string {
		return acctest.ProviderAt(d, proxy.Port()) + placementConfig(seats, servers, append(more, "nodes_per_seat = 2")...)
	}
	first := through(`"2000-2005"`, twoServers, aPassword)
	then := through(`"2001-2006"`, strings.ReplaceAll(threeServers, `"10.0.0.1" = { suffix = "a" }, `, ""),
		strings.ReplaceAll(aPassword, `"secret1", pass_wo_version = 1`, `"secret2", pass_wo_version = 2`))
	var steps []resource.TestStep
	for n, cut := range map[int]sandbox.Cut{1: sandbox.WriteUnanswered, 4: sandbox.WriteUnsent, 8: sandbox.WriteUnanswered, 13: sandbox.WriteUnsent} {
		steps = append(steps,
			resource.TestStep{Config: first},
			resource.TestStep{
				PreConfig:   func() { proxy.CutAt(n, cut, true) },
				Config:      then,
				ExpectError: regexp.MustCompile(`Unable to (update|read) agent placement`),
			},
			resource.TestStep{
				PreConfig: proxy.Restore,
				Config:    then,
				Check: all(
					expect(t, d, "SELECT server_ip, COUNT(*) AS phones, MIN(pass) AS pass FROM phones GROUP BY server_ip", `
						| server_ip | phones | pass    |
						| 10.0.0.2  |      6 | secret2 |
						| 10.0.0.3  |      6 | secret2 |`),
					expect(t, d, "SELECT MIN(alias_id) AS first, MAX(alias_id) AS last, COUNT(*) AS aliases FROM phones_alias", `
						| first | last | aliases |
						| 2001  | 2006 |       6 |`)),
			})
	}
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: steps})
	if proxy.Cuts() < 4 {
		t.Errorf("%d cuts came", proxy.Cuts())
	}
}

func TestAccAgentPlacement_failedCreateIsUndone(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig: acctest.Run(t, d, `CREATE TRIGGER full BEFORE INSERT ON phones_alias FOR EACH ROW
					IF NEW.alias_id = '2002' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF`),
				Config:      fullConfig(d, `"2000-2003"`, twoServers, aPassword),
				ExpectError: regexp.MustCompile(`(?s)the\s+disk\s+is\s+full.*have\s+been\s+removed\s+again`),
			},
			{
				PreConfig: func() {
					d.Expect(t, phones, noPhones)
					acctest.Run(t, d, "DROP TRIGGER full")()
				},
				Config: fullConfig(d, `"2000-2003"`, twoServers, aPassword),
			},
		},
	})
}

func TestAccAgentPlacement_secretsAreNotShown(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: fullConfig(d, `"2000-2003"`, twoServers, strings.NewReplacer("secret1", "topsecret1", "register1", "topsecret2").Replace(aPassword)),
			Check: all(
				func(s *terraform.State) error {
					if strings.Contains(s.String(), "topsecret") {
						return fmt.Errorf("a secret is in the state:\n%s", s)
					}
					return nil
				},
				expect(t, d, "SELECT COUNT(*) AS told FROM vicidial_admin_log WHERE event_sql LIKE '%topsecret%'", `
					| told |
					|    0 |`)),
		}},
	})
}

func TestAccAgentPlacement_identity(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: fullConfig(d, `"2000-2003", "2100"`, twoServers, aPassword, `naming = { alias_id = "{seat}x" }`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(floor, map[string]knownvalue.Check{
					"name": knownvalue.StringExact("floor1"), "alias_ids": knownvalue.StringExact("2000x-2003x,2100x"),
				})},
			},
		},
	})
}
