package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Terraform heeds ignore_changes when it plans, and hands an apply the
// configuration as it is written: what the plan says is what is written.
func TestAccProvider_writesNothingThatIsIgnored(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
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
	}
	// Resources of several rows, and of none.
	acctest.EveryResource(t, "cases of writesNothingThatIsIgnored", slices.Collect(maps.Keys(cases)), "vicidial_trunk_split", "vicidial_carrier_route",
		"vicidial_inbound_numbers", "vicidial_agent_placement", "vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config")
	for noun, c := range cases {
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

// With ignore_changes = all, rows that somebody edits stay as they are, also where they
// show in computed attributes only. Without it the next apply mends them.
func TestAccProvider_ignoresAll(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct{ block, report, edit, rows, edited, mended string }{
		"vicidial_trunk_split": {
			block: "campaign_id = \"SUPPORT\"\n total = 10\n servers = { \"10.0.0.1\" = {} }", report: "drift = [\"none\"]",
			edit: "UPDATE vicidial_server_trunks SET dedicated_trunks = 4 WHERE campaign_id = 'SUPPORT'",
			rows: "SELECT dedicated_trunks AS found FROM vicidial_server_trunks WHERE campaign_id = 'SUPPORT'", edited: "4", mended: "10",
		},
		"vicidial_inbound_numbers": {
			block: "name = \"sales\"\n dids = [\"8005550100-8005550109\"]\n did_route = \"EXTEN\"\n extension = \"8300\"", report: "deviations = { a = \"b\" }",
			edit: "UPDATE vicidial_inbound_dids SET extension = '8304' WHERE did_pattern = '8005550101'",
			rows: "SELECT GROUP_CONCAT(DISTINCT extension ORDER BY extension) AS found FROM vicidial_inbound_dids WHERE did_pattern LIKE '80055501%'", edited: "8300,8304", mended: "8300",
		},
		"vicidial_agent_placement": {
			block:  "name = \"floor1\"\n seats = [\"3000-3003\"]\n servers = { \"10.0.0.1\" = { suffix = \"a\" }, \"10.0.0.2\" = { suffix = \"b\" } }\n phone = { protocol = \"SIP\", pass_wo = \"open1234\", pass_wo_version = 1 }",
			report: "deviations = { a = \"b\" }", edit: "UPDATE phones SET protocol = 'PJSIP' WHERE login = '3001a'",
			rows: "SELECT GROUP_CONCAT(DISTINCT protocol ORDER BY protocol + 0) AS found FROM phones WHERE login LIKE '300%'", edited: "SIP,PJSIP", mended: "SIP",
		},
		"vicidial_agent_placement, an alias": {
			block:  "name = \"floor1\"\n seats = [\"3000-3003\"]\n servers = { \"10.0.0.1\" = { suffix = \"a\" }, \"10.0.0.2\" = { suffix = \"b\" } }\n phone = { protocol = \"SIP\", pass_wo = \"open1234\", pass_wo_version = 1 }",
			report: "deviations = { a = \"b\" }",
			edit:   "UPDATE phones_alias SET logins_list = CONCAT(alias_id, 'a,', alias_id, 'b') WHERE alias_id LIKE '300%'",
			rows:   "SELECT SUM(logins_list LIKE '%a,%') AS found FROM phones_alias WHERE alias_id LIKE '300%'", edited: "4", mended: "2",
		},
		"vicidial_conf_template": {
			block: "template_id = \"soft\"\n template_name = \"Phones\"\n template_contents = \"type=friend\\n\"", report: "stale_servers = [\"10.0.0.1\"]",
			edit: "UPDATE vicidial_conf_templates SET template_contents = 'type=peer' WHERE template_id = 'soft'",
			rows: "SELECT TRIM(TRAILING '\\n' FROM template_contents) AS found FROM vicidial_conf_templates WHERE template_id = 'soft'", edited: "type=peer", mended: "type=friend",
		},
		"vicidial_server": {
			block: "server_id = \"dial9\"\n server_ip = \"10.0.0.9\"\n conference = { engine = \"MEETME\", rooms = 10 }",
			edit:  "DELETE FROM vicidial_conferences WHERE server_ip = '10.0.0.9' ORDER BY conf_exten LIMIT 3",
			rows:  "SELECT COUNT(*) AS found FROM vicidial_conferences WHERE server_ip = '10.0.0.9'", edited: "7", mended: "10",
		},
		"vicidial_cluster_settings": {
			block: "agent_login_weights = { \"10.0.0.1\" = 3, \"10.0.0.2\" = 1 }", report: "agent_login_other_lines = [\"none\"]",
			edit: "UPDATE vicidial_settings_containers SET container_entry = CONCAT('nonsense\\n', container_entry) WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT'",
			rows: "SELECT SUM(container_entry LIKE '%nonsense%') AS found FROM vicidial_settings_containers", edited: "1", mended: "0",
		},
		"vicidial_carrier_route": {
			block:  "name = \"MAIN\"\n servers = [\"10.0.0.1\", \"10.0.0.2\"]\n protocol = \"SIP\"\n account_entry = \"[main]\\ntype=peer\\nhost=sip.example.com\\n\"\n dial = { prefix = \"77\" }",
			report: "stale_servers = [\"10.0.0.1\"]", edit: "UPDATE vicidial_server_carriers SET account_entry = REPLACE(account_entry, 'sip.', 'sip2.') WHERE carrier_id LIKE 'MAIN%'",
			rows: "SELECT COUNT(DISTINCT account_entry LIKE '%sip2.%') + SUM(account_entry LIKE '%sip2.%') AS found FROM vicidial_server_carriers WHERE carrier_id LIKE 'MAIN%'", edited: "3", mended: "1",
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			noun, _, _ := strings.Cut(claim, ",")
			d := sandbox.New(t, 1720)
			acctest.BusyCluster(t, d)
			config := func(more string) string {
				return fmt.Sprintf("%sresource %q \"this\" {\n %s\n%s}\n", acctest.Provider(d), noun, c.block, more)
			}
			const all = " lifecycle {\n  ignore_changes = all\n }\n"
			holds := func(want string) resource.TestCheckFunc {
				return func(*terraform.State) error {
					var found string
					if err := d.DB().QueryRowContext(t.Context(), c.rows).Scan(&found); err != nil || found != want {
						return fmt.Errorf("the rows hold %s, want %s (%v)", found, want, err) //nolint:errorlint // it is nil where the rows differ
					}
					return nil
				}
			}
			refused := resource.TestStep{Config: config(" " + c.report + "\n"), ExpectError: says("Remove it from the configuration")}
			if c.report == "" { // its rows show in attributes that can be declared
				refused = resource.TestStep{Config: config("")}
			}
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					refused,
					{Config: config(all)},
					{PreConfig: acctest.Run(t, d, c.edit), Config: config(all), Check: holds(c.edited)},
					{Config: config(""), Check: holds(c.mended)},
				},
			})
		})
	}
}
