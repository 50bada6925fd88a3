package agentplacement_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// withServer declares a placement on a server of the same configuration.
func withServer(d *sandbox.Database, ip string, rooms int, seats string) string {
	return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_server" "dial9" {
  server_id  = "dial9"
  server_ip  = %q
  conference = { rooms = %d }
}
`, ip, rooms) + placementConfig(seats, `(vicidial_server.dial9.server_ip) = { suffix = "a" }, "10.0.0.2" = { suffix = "b" }`, aPassword, "assign_users = true")
}

func TestAccAgentPlacement_roomsOfTheSameRun(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: withServer(d, "10.0.0.9", 1, `"2000-2002"`), PlanOnly: true, ExpectError: regexp.MustCompile(`10\.0\.0\.9\s+\(a\)\s+holds\s+2`)},
			{Config: withServer(d, "10.0.0.9", 1, `"2000-2001"`)},
			{Config: withServer(d, "10.0.0.9", 2, `"2000-2003"`)},
			{Config: withServer(d, "10.0.0.9", 1, `"2000-2003"`), PlanOnly: true, ExpectError: regexp.MustCompile(`10\.0\.0\.9\s+\(a\)\s+holds\s+2`)},
		},
	})
}

// The rows follow the change of the server's address, and nothing is left to write.
func TestAccAgentPlacement_changedServerAddress(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name) VALUES ('2000', 'x', 'Ann')")()
	var warnings acctest.Warnings
	const rows = "SELECT server_ip, COUNT(*) AS phones FROM phones GROUP BY server_ip ORDER BY server_ip"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: withServer(d, "10.0.0.8", 4, `"2000-2003"`), Check: expect(t, d, rows, "| server_ip | phones |\n| 10.0.0.2  |      4 |\n| 10.0.0.8  |      4 |")},
			{
				PreConfig: warnings.After(acctest.Run(t, d, "DELETE FROM vicidial_admin_log",
					"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('reception', 'x', '2002a')",
					"INSERT INTO vicidial_users (user, pass, full_name, phone_login) VALUES ('6002', 'x', 'Bob', '2003a')")),
				Config: withServer(d, "10.0.0.9", 4, `"2000-2003"`),
				Check: all(
					warnings.Expect(t, `Server dial9 changes its address`),
					warnings.ExpectNo(t, `will not exist|default password|Users get another`),
					expect(t, d, rows, "| server_ip | phones |\n| 10.0.0.2  |      4 |\n| 10.0.0.9  |      4 |"),
					expect(t, d, users, "| user | phone_login |\n| 2000 | 2000        |"),
					expect(t, d, "SELECT DISTINCT event_section AS section FROM vicidial_admin_log", "| section |\n| SERVERS |")),
			},
		},
	})
}

func TestAccAgentPlacement_overlapIsRefused(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	another := func(seats, servers string, more ...string) string {
		return strings.NewReplacer(`"floor"`, `"other"`, "floor1", "floor2").Replace(placementConfig(seats, servers, append(more, aPassword)...))
	}
	floor1 := fullConfig(d, `"2000-2003"`, twoServers, aPassword)
	others := `"10.0.0.3" = { suffix = "c" }, "10.0.0.4" = { suffix = "d" }`
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?i)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refused(floor1+another(`"2003-2005"`, twoServers), `alias 2003 is of placement floor\d and of placement floor\d`),
			refused(floor1+another(`"2003"`, others), `alias 2003 is of placement`),
			refused(floor1+another(`"2003"`, strings.ReplaceAll(others, `"c"`, `"b"`), `naming = { alias_id = "{seat}x" }`), `phone 2003b is of placement`),
			refused(floor1+another(`"2003"`, twoServers, `naming = { alias_id = "{seat}x", login = "p{seat}{suffix}" }`), `extension 2003 on 10.0.0.\d is of placement`),
			{Config: floor1 + another(`"2004"`, twoServers)},
			{ // the same numbers with other names on other servers are another placement
				Config: floor1 + another(`"2003-2004"`, others, `naming = { alias_id = "{seat}x", voicemail_id = "{seat}{index}" }`),
			},
			{ // a resource that is renamed without a moved block would be removed with its rows
				Config:   strings.Replace(floor1, `"floor"`, `"ground"`, 1),
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)remove\s+and\s+make\s+the\s+same\s+rows.*moved\s+block`),
			},
			{Config: strings.Replace(floor1, `"floor"`, `"ground"`, 1) + "moved {\n  from = vicidial_agent_placement.floor\n  to = vicidial_agent_placement.ground\n}\n"},
		},
	})
}

// With generate_cross_server_exten, every node has each phone in its files.
func TestAccAgentPlacement_crossServerFlags(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "UPDATE system_settings SET generate_cross_server_exten = '1'")()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: fullConfig(d, `"2000"`, `"10.0.0.1" = { suffix = "a" }`, aPassword),
			Check:  expect(t, d, flags, "| server_ip |\n| 10.0.0.1  |\n| 10.0.0.2  |\n| 10.0.0.3  |\n| 10.0.0.4  |"),
		}},
	})
}
