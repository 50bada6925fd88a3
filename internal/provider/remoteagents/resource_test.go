package remoteagents_test

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

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const address = "vicidial_remote_agents.night"

func aRun(d *sandbox.Database, start string, lines int, attributes ...string) string {
	return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_remote_agents" "night" {
  user_start      = %q
  number_of_lines = %d
  server_ip       = "10.0.0.1"
  campaign_id     = "SALES"
  conf_exten      = "8300"
  %s
}
`, start, lines, strings.Join(attributes, "\n  "))
}

const rows = "SELECT user_start, number_of_lines, server_ip, conf_exten, status, closer_campaigns FROM vicidial_remote_agents ORDER BY remote_agent_id"

// aSystem has two nodes, a campaign, an in-group and the users 9000 to 9003.
func aSystem(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1'), ('dial2', '10.0.0.2')",
		"INSERT INTO vicidial_inbound_groups (group_id, group_name, active) VALUES ('SALESLINE', 'Sales', 'Y'), ('SUPPORT', 'Support', 'Y')",
		"INSERT INTO vicidial_users (user, pass) VALUES ('99', 'x'), ('9000', 'x'), ('9001', 'x'), ('9002', 'x'), ('9003', 'x')")()
	return d
}

func does(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

func TestAccRemoteAgents(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := aSystem(t, schema)
			active := aRun(d, "9000", 4, `status = "ACTIVE"`, `closer_campaigns = ["SALESLINE"]`)
			moved := strings.Replace(active, `"10.0.0.1"`, `"10.0.0.2"`, 1)
			other := strings.Replace(moved, `["SALESLINE"]`, `["SALESLINE", "SUPPORT"]`, 1)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						Config: active,
						Check: acctest.Expect(t, d, rows, `
							| user_start | number_of_lines | server_ip | conf_exten | status | closer_campaigns |
							| 9000       |               4 | 10.0.0.1  | 8300       | ACTIVE |  SALESLINE -     |`),
					},
					{ResourceName: address, ImportState: true, ImportStateId: "9000", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_start"},
					{ // VICIdial's daemon blanks the in-groups: no drift (docs/vicidial/inbound.md#blanked-in-groups)
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_remote_agents SET closer_campaigns = ''"),
						Config:    active, ConfigPlanChecks: does(plancheck.ResourceActionNoop),
					},
					{ // a move leaves them as the daemon left them
						Config: moved, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						Check: acctest.Expect(t, d, rows, `
							| user_start | number_of_lines | server_ip | conf_exten | status | closer_campaigns |
							| 9000       |               4 | 10.0.0.2  | 8300       | ACTIVE |                  |`),
					},
					{ // others are written
						Config: other,
						Check: acctest.Expect(t, d, rows, `
							| user_start | number_of_lines | server_ip | conf_exten | status | closer_campaigns     |
							| 9000       |               4 | 10.0.0.2  | 8300       | ACTIVE |  SALESLINE SUPPORT - |`),
					},
					{ // another hand
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_remote_agents SET number_of_lines = 2, status = 'INACTIVE'"),
						Config:    other, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("number_of_lines"), knownvalue.Int64Exact(4))},
						Check: acctest.Expect(t, d, "SELECT event_type, record_id = remote_agent_id AS by_id, record_id = user_start AS by_user, event_code FROM vicidial_admin_log, vicidial_remote_agents WHERE event_section = 'REMOTEAGENTS' ORDER BY admin_log_id", `
							| event_type | by_id | by_user | event_code                |
							| ADD        |     0 |       1 | ADMIN ADD REMOTE AGENT    |
							| MODIFY     |     1 |       0 | ADMIN MODIFY REMOTE AGENT |
							| MODIFY     |     1 |       0 | ADMIN MODIFY REMOTE AGENT |
							| MODIFY     |     1 |       0 | ADMIN MODIFY REMOTE AGENT |`),
					},
					{
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_remote_agents"),
						Config:    other, ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					},
				},
				CheckDestroy: acctest.Expect(t, d, rows, `| user_start | number_of_lines | server_ip | conf_exten | status | closer_campaigns |`),
			})
		})
	}
}

func TestAccRemoteAgents_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	acctest.Run(t, d,
		"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, campaign_id) VALUES ('100', 3, '10.0.0.2', '8300', 'SALES')",
		"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, campaign_id) VALUES ('9003', 1, '10.0.0.1', '8301', 'SALES')")()
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?is)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			// As text, "100" is not between "99" and "102".
			refused(aRun(d, "99", 4), `shares users with remote agents 100 to 102 on 10.0.0.2`),
			refused(aRun(d, "9000", 4), `shares users with remote agent 9003 on 10.0.0.1`),
			refused(aRun(d, "9003", 1), `already exists?`),
			refused(aRun(d, "7777", 1), `user 7777 is not in vicidial_users`),
			refused(aRun(d, "0900", 1), `does not begin with 0`),
			refused(aRun(d, "9000", 300), `between 1 and 255`),
			refused(strings.Replace(aRun(d, "9000", 1), "SALES", "NOBODY", 1), `campaign NOBODY is not in vicidial_campaigns`),
			refused(strings.Replace(aRun(d, "9000", 1), "10.0.0.1", "10.0.0.9", 1), `server 10.0.0.9 is neither`),
			{Config: acctest.Provider(d)},
		},
	})
}

func TestAccRemoteAgents_planIsHeldAgainstTheRestOfTheRun(t *testing.T) {
	second := func(start string, lines int) string {
		return fmt.Sprintf(`
resource "vicidial_remote_agents" "day" {
  user_start      = %q
  number_of_lines = %d
  server_ip       = "10.0.0.2"
  campaign_id     = "SALES"
  conf_exten      = "8300"
}
`, start, lines)
	}
	t.Run("two that are planned at once may not share a user", func(t *testing.T) {
		t.Parallel()
		d := aSystem(t, 1720)
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{Config: aRun(d, "9000", 3) + second("9002", 2), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Overlapping ranges.*which\s+is\s+planned`)},
				{Config: aRun(d, "9000", 2) + second("9002", 2)},
			},
		})
	})
	t.Run("a range that is shifted over itself is made anew", func(t *testing.T) {
		t.Parallel()
		d := aSystem(t, 1720)
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{Config: aRun(d, "9000", 3)},
				{
					Config: aRun(d, "9001", 3), ConfigPlanChecks: does(plancheck.ResourceActionReplace),
					Check: acctest.Expect(t, d, "SELECT user_start, number_of_lines FROM vicidial_remote_agents", `
						| user_start | number_of_lines |
						| 9001       |               3 |`),
				},
			},
		})
	})
	t.Run("the campaign is written in VICIdial's letters", func(t *testing.T) {
		t.Parallel()
		d := aSystem(t, 1720)
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{Config: aRun(d, "9000", 3)},
				{
					PreConfig: acctest.Run(t, d, "UPDATE vicidial_remote_agents SET campaign_id = 'sales'"),
					Config:    aRun(d, "9000", 3), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
					Check: acctest.Expect(t, d, "SELECT campaign_id FROM vicidial_remote_agents", `
						| campaign_id |
						| SALES       |`),
				},
			},
		})
	})
}

func TestAccRemoteAgents_resumesAfterLostConnection(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(lines int) string {
		return strings.Replace(aRun(d, "9000", lines), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
	}
	const find = "SELECT user_start, number_of_lines FROM vicidial_remote_agents"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{ // the answer to the insert is lost: the row is looked for, not inserted twice
				PreConfig: func() { proxy.CutAt(1, sandbox.WriteUnanswered, false) },
				Config:    through(2),
				Check:     acctest.Expect(t, d, find, "| user_start | number_of_lines |\n| 9000       |               2 |"),
			},
			{
				PreConfig:   func() { proxy.CutAt(1, sandbox.WriteUnsent, true) },
				Config:      through(3),
				ExpectError: regexp.MustCompile(`(?s)Unable to update remote agents 9000`),
			},
			{
				PreConfig: proxy.Restore,
				Config:    through(3),
				Check:     acctest.Expect(t, d, find, "| user_start | number_of_lines |\n| 9000       |               3 |"),
			},
		},
	})
	if proxy.Cuts() != 2 {
		t.Errorf("%d cuts came, wanted 2", proxy.Cuts())
	}
}

func TestAccRemoteAgents_example(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass) VALUES ('9000', 'x')")()
	example, err := os.ReadFile("../../../examples/resources/vicidial_remote_agents/resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: acctest.Provider(d) + string(example),
			Check:  acctest.Expect(t, d, "SELECT user_start, number_of_lines, server_ip FROM vicidial_remote_agents", "| user_start | number_of_lines | server_ip   |\n| 9000       |              10 | 10.10.10.11 |"),
		}},
	})
}

func TestAccRemoteAgents_isListed(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		d := aSystem(t, schema)
		acctest.Run(t, d, "INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, campaign_id) VALUES ('9000', 4, '10.0.0.2', '8300', 'SALES')")()
		found := acctest.List(t, d, "vicidial_remote_agents")
		if len(found) != 1 || found[0].Identity["user_start"] != "9000" || found[0].Name != "remote agents 9000 to 9003 on 10.0.0.2" || found[0].Texts["campaign_id"] != "SALES" {
			t.Errorf("schema %d: listed %+v", schema, found)
		}
	}
}
