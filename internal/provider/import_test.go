package provider_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// VICIdial's collations ignore case and trailing blanks, Terraform does not: a state
// with another spelling than the row's plans a replacement.
func TestAccImport_takesTheSpellingOfTheRow(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')",
		"INSERT INTO vicidial_server_trunks (server_ip, campaign_id, dedicated_trunks, trunk_restriction) VALUES ('10.0.0.1', 'SALES', 10, 'MAXIMUM_LIMIT')",
		"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('softPhone', 'Softphones', 'type=friend')",
		"INSERT INTO vicidial_inbound_dids (did_pattern) VALUES ('Sales800')",
		"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, campaign_id) VALUES ('9000', 2, '10.0.0.1', '8300', 'SALES')",
		"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, protocol, server_ip, account_entry) VALUES ('MAIN_00001', 'Our carrier', 'SIP', '10.0.0.1', '[main]')")()
	var tried []string
	for _, c := range []struct {
		kind, key, want string
		ids             []string
	}{
		{"vicidial_server", "server_id", "dial1", []string{"dial1", "DIAL1", "dial1 ", "10.0.0.1 "}},
		{"vicidial_trunk_split", "campaign_id", "SALES", []string{"SALES", "sales", " Sales "}},
		{"vicidial_conf_template", "template_id", "softPhone", []string{"softPhone", "softphone", "SOFTPHONE "}},
		{"vicidial_inbound_did", "did_pattern", "Sales800", []string{"Sales800", "sales800", " SALES800 "}},
		{"vicidial_remote_agents", "user_start", "9000", []string{"9000", "9000 ", " 9000"}},
		{"vicidial_carrier_route", "name", "MAIN", []string{"MAIN", "main", "Main "}},
		{"vicidial_carrier_route", "name", "other", []string{"other=main_00001"}}, // a name of the operator's
	} {
		tried = append(tried, c.kind)
		for _, id := range c.ids {
			imported := acctest.Import(t, d, c.kind, id)
			if imported.Texts[c.key] != c.want || imported.Identity[c.key] != c.want {
				t.Errorf("%s %q: imported %s = %q with the identity %q, want %q", c.kind, id, c.key, imported.Texts[c.key], imported.Identity[c.key], c.want)
			}
		}
	}
	// Their identities are no keys of rows.
	acctest.EveryResource(t, "the cases of takesTheSpellingOfTheRow", tried, "vicidial_inbound_numbers", "vicidial_agent_placement", "vicidial_cluster_settings",
		"vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config")
}
