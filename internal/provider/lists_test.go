package provider_test

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Each filter of each list takes what it says and nothing else.
func TestAccLists_filters(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	acctest.Run(t, d,
		"DELETE FROM vicidial_inbound_dids", "DELETE FROM vicidial_conf_templates", "DELETE FROM vicidial_server_carriers",
		"INSERT INTO servers (server_id, server_ip, active, user_group) VALUES ('dial1', '10.0.0.1', 'Y', 'EAST'), ('dial2', '10.0.0.2', 'N', 'WEST'), ('web1', '10.0.0.3', 'Y', 'WEST')",
		"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents, user_group) VALUES ('soft', 'Soft phone', 'type=friend', 'EAST'), ('desk', 'Desk phone', 'type=friend', 'WEST')",
		"INSERT INTO vicidial_server_trunks (server_ip, campaign_id, dedicated_trunks) VALUES ('10.0.0.1', 'SALES', 3), ('10.0.0.2', 'SURVEY', 4)",
		`INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, active, user_group, account_entry) VALUES
			('EAST', 'Telco', '', '10.0.0.1', 'SIP', 'Y', 'EAST', '[east]'), ('WEST', 'Other', '', '10.0.0.2', 'IAX2', 'N', 'WEST', '[west]')`,
		`INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES
			('cc1', 'cc1', '10.0.0.1', '1', '1', ''), ('cc2', 'cc2', '10.0.0.1', '2', '2', ''), ('gs1', 'gs1', '10.0.0.2', '1', '1', '')`,
		"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, status, campaign_id) VALUES ('9000', 5, '10.0.0.1', '8300', 'ACTIVE', 'SALES'), ('9100', 5, '10.0.0.2', '8300', 'INACTIVE', 'SURVEY')",
		`INSERT INTO vicidial_inbound_dids (did_pattern, did_description, did_active, did_route, group_id, server_ip, phone, extension, did_carrier_description, user_group) VALUES
			('5550100', 'Sales', 'Y', 'IN_GROUP', 'SALESLINE', '', '', '', 'Telco', 'EAST'), ('5550101', 'Sales', 'Y', 'IN_GROUP', 'SALESLINE', '', '', '', 'Telco', 'EAST'),
			('5550200', 'Desk', 'N', 'PHONE', 'SALESLINE', '10.0.0.2', 'gs1', '', 'Other', 'WEST'), ('5550300', 'Menu', 'Y', 'EXTEN', '', '10.0.0.2', '', '8300', 'Other', 'WEST'), ('5550301', 'Menu', 'Y', 'EXTEN', '', '', '', '8300', 'Other', 'WEST')`)()
	lists := map[string]map[string]struct {
		value any
		want  string // the keys of what is listed
	}{
		"vicidial_server":          {"match": {"DIAL?", "dial1 dial2"}, "active": {false, "dial2"}, "user_group": {"west", "dial2 web1"}},
		"vicidial_conf_template":   {"match": {"soft*", "soft"}, "user_group": {"WEST", "desk"}},
		"vicidial_trunk_split":     {"match": {"s*y", "SURVEY"}, "server": {"dial1", "SALES"}},
		"vicidial_carrier_route":   {"match": {"tel*", "EAST"}, "active": {false, "WEST"}, "server": {"10.0.0.2", "WEST"}, "protocol": {"iax2", "WEST"}, "user_group": {"EAST", "EAST"}},
		"vicidial_agent_placement": {"match": {"cc2", "cc"}, "server": {"DIAL2", "gs"}},
		"vicidial_remote_agents":   {"match": {"91*", "9100"}, "active": {true, "9000"}, "server": {"dial2", "9100"}, "campaign_id": {"sales", "9000"}},
		"vicidial_inbound_did": {
			"match": {"*2*", "5550200"}, "active": {false, "5550200"}, "server": {"dial2", "5550200"}, "group_id": {"salesline", "5550100 5550101"},
			"did_route": {"EXTEN", "5550300 5550301"}, "did_carrier_description": {"telco", "5550100 5550101"}, "user_group": {"EAST", "5550100 5550101"},
		},
		"vicidial_inbound_numbers": {"match": {"5550301", "EXTEN 8300"}, "group_id": {"SALESLINE", "IN_GROUP SALESLINE"}, "did_route": {"exten", "EXTEN 8300"}},
	}
	for resource, filters := range lists {
		for filter, c := range filters {
			found, _ := acctest.Query(t, d, resource, 1000, acctest.Values{filter: c.value})
			names := make([]string, 0, len(found))
			for _, one := range found {
				name := one.Identity["name"]
				for key, value := range one.Identity {
					if len(one.Identity) == 1 {
						name = value
					} else if name == "" {
						t.Fatalf("the identity of %s has no name, but %s and others", resource, key)
					}
				}
				names = append(names, name)
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s with %s = %v lists %q, want %q", resource, filter, c.value, got, c.want)
			}
		}
	}
	all, _, _ := schemas(t)
	for resource, schema := range all.ListResourceSchemas {
		for _, filter := range schema.Block.Attributes {
			if lists[resource][filter.Name].want == "" {
				t.Errorf("%s of %s is not tried", filter.Name, resource)
			}
		}
	}
}
