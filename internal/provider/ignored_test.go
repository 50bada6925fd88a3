package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Terraform heeds ignore_changes when it plans, and hands an apply the
// configuration as it is written: what the plan says is what is written.
func TestAccProvider_writesNothingThatIsIgnored(t *testing.T) {
	t.Parallel()
	for noun, c := range map[string]struct {
		block, ignored string // the block has one place for what changes
		first, second  string
		moved          string // by hand
		rows, want     string
	}{
		"vicidial_server": {
			block:   "server_id = \"dial9\"\n server_ip = \"10.0.0.9\"\n active_agent_login_server = true\n balance = { active = true, rank = 3 }\n max_vicidial_trunks = %s",
			ignored: "active_agent_login_server, balance.active", first: "50", second: "60",
			moved: "UPDATE servers SET active_agent_login_server = 'N', vicidial_balance_active = 'N' WHERE server_id = 'dial9'",
			rows:  "SELECT max_vicidial_trunks, active_agent_login_server, vicidial_balance_active, vicidial_balance_rank FROM servers WHERE server_id = 'dial9'",
			want: `
				| max_vicidial_trunks | active_agent_login_server | vicidial_balance_active | vicidial_balance_rank |
				|                  60 | N                         | N                       |                     3 |`,
		},
		"vicidial_remote_agents": {
			block:   "user_start = \"9000\"\n server_ip = \"10.0.0.1\"\n campaign_id = \"SALES\"\n conf_exten = \"%s\"\n status = \"ACTIVE\"",
			ignored: "status", first: "8300", second: "8301",
			moved: "UPDATE vicidial_remote_agents SET status = 'INACTIVE'",
			rows:  "SELECT conf_exten, status FROM vicidial_remote_agents",
			want: `
				| conf_exten | status   |
				| 8301       | INACTIVE |`,
		},
		"vicidial_conf_template": {
			block:   "template_id = \"soft\"\n template_name = \"%s\"\n template_contents = \"type=friend\\n\"",
			ignored: "template_contents", first: "Phones", second: "All phones",
			moved: "UPDATE vicidial_conf_templates SET template_contents = 'type=peer' WHERE template_id = 'soft'",
			rows:  "SELECT template_name, template_contents FROM vicidial_conf_templates WHERE template_id = 'soft'",
			want: `
				| template_name | template_contents |
				| All phones    | type=peer         |`,
		},
		"vicidial_inbound_did": {
			block:   "did_pattern = \"8005550100\"\n did_description = \"%s\"\n did_route = \"EXTEN\"\n extension = \"8300\"",
			ignored: "extension", first: "Sales", second: "Sales line",
			moved: "UPDATE vicidial_inbound_dids SET extension = '8304' WHERE did_pattern = '8005550100'",
			rows:  "SELECT did_description, extension FROM vicidial_inbound_dids WHERE did_pattern = '8005550100'",
			want: `
				| did_description | extension |
				| Sales line      | 8304      |`,
		},
		"vicidial_cluster_settings": {
			block:   "outbound_calls_per_second = %s\n default_codecs = \"ulaw\"",
			ignored: "default_codecs", first: "50", second: "60",
			moved: "UPDATE system_settings SET default_codecs = 'ulaw,alaw'",
			rows:  "SELECT outbound_calls_per_second, default_codecs FROM system_settings",
			want: `
				| outbound_calls_per_second | default_codecs |
				|                        60 | ulaw,alaw      |`,
		},
	} {
		t.Run(noun, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			acctest.BusyCluster(t, d)
			acctest.Run(t, d, "INSERT INTO vicidial_users (user, user_group) VALUES ('9000', 'AGENTS')")()
			config := func(value string) string {
				return fmt.Sprintf("%sresource %q \"this\" {\n %s\n lifecycle {\n  ignore_changes = [%s]\n }\n}\n",
					acctest.Provider(d), noun, fmt.Sprintf(c.block, value), c.ignored)
			}
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: config(c.first)},
					{
						PreConfig: acctest.Run(t, d, c.moved),
						Config:    config(c.second),
						Check:     acctest.Expect(t, d, c.rows, c.want),
					},
				},
			})
		})
	}
}
