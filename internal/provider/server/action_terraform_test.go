package server_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// A node is drained before a change and undrained after it, by the real Terraform.
func TestAccServer_drainedAroundChange(t *testing.T) {
	t.Parallel()
	d := drainFixture(t, 1720)
	config := func(trunks string) string {
		return acctest.Provider(d) + anotherServer("dial3", "10.0.0.3", "max_vicidial_trunks = "+trunks, `lifecycle {
    action_trigger {
      events  = [before_update]
      actions = [action.vicidial_server_drain.dial3]
    }
    action_trigger {
      events  = [after_update]
      actions = [action.vicidial_rebuild_conf.dial3, action.vicidial_server_undrain.dial3]
    }
  }`) + `
action "vicidial_server_drain" "dial3" {
  config {
    server_ip = "10.0.0.3"
    timeout   = "60s"
    interval  = "1s"
  }
}
action "vicidial_rebuild_conf" "dial3" {
  config {
    servers = ["10.0.0.3"]
  }
}
action "vicidial_server_undrain" "dial3" {
  config {
    server_ip     = "10.0.0.3"
    balance       = true
    remote_agents = ["9001"]
  }
}
`
	}
	const story = "SELECT CONCAT(event_section, ' ', event_type) AS line, REGEXP_SUBSTR(event_sql, '(SET|INTO) [a-z_]+( = .[A-Z0-9]+.)?') AS did FROM vicidial_admin_log ORDER BY admin_log_id"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{ // the row equals the declaration, so nothing is updated and no action is triggered
				Config: config("100"),
				Check:  acctest.Expect(t, d, gates, untouched),
			},
			{
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_live_agents", "DELETE FROM vicidial_auto_calls", "DELETE FROM vicidial_admin_log"),
				Config:    config("110"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{acctest.Changes("vicidial_server.dial3", "max_vicidial_trunks")},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: resource.ComposeTestCheckFunc(
					acctest.Expect(t, d, gates, untouched),
					acctest.Expect(t, d, runs, `
						| user_start | server_ip | status   |
						| 9001       | 10.0.0.3  | ACTIVE   |
						| 9101       | 10.0.0.3  | INACTIVE |
						| 9201       | 10.0.0.1  | ACTIVE   |`),
					acctest.Expect(t, d, story, `
						| line                | did                                 |
						| SERVERS MODIFY      | SET active_agent_login_server = 'N' |
						| SERVERS MODIFY      | SET vicidial_balance_active = 'N'   |
						| REMOTEAGENTS MODIFY | SET status = 'INACTIVE'             |
						| SERVERS MODIFY      | SET max_vicidial_trunks = '110'     |
						| SERVERS OTHER       | SET rebuild_conf_files = 'Y'        |
						| REMOTEAGENTS MODIFY | SET status = 'ACTIVE'               |
						| SERVERS MODIFY      | SET vicidial_balance_active = 'Y'   |
						| SERVERS MODIFY      | SET active_agent_login_server = 'Y' |`)),
			},
			{ // an agent is logged in: the drain times out and the change is not applied
				PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.3', 'SALES', 'READY', 'SIP/2004')"),
				Config:    strings.ReplaceAll(config("120"), `"60s"`, `"2s"`), ExpectError: errorText("dial3 \\(10.0.0.3\\) was still at work after 2s: 1 agent is logged in"),
			},
			{
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_live_agents"),
				Config:    config("110"),
				Check:     acctest.Expect(t, d, "SELECT max_vicidial_trunks FROM servers WHERE server_id = 'dial3'", "| max_vicidial_trunks |\n|                 110 |"),
			},
			{Config: acctest.Provider(d) + "removed {\n  from = vicidial_server.dial3\n  lifecycle {\n    destroy = false\n  }\n}\n"},
		},
	})
}
