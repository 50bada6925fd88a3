package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// handmade is a cluster as it has grown by hand: carriers with ids and names of
// their own, CR LF, NULL beside nothing, an account with a password.
var handmade = []string{
	"INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf) VALUES ('dial1', '10.0.0.1', 'Y', 'Y'), ('dial2', '10.0.0.2', 'Y', 'Y')",
	"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO')",
	"INSERT INTO vicidial_inbound_groups (group_id, group_name, active) VALUES ('SALESLINE', 'Sales', 'Y')",
	"INSERT INTO vicidial_users (user, pass) VALUES ('9000', 'x'), ('9001', 'x')",
	`INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, carrier_description, template_id, server_ip, protocol, active, account_entry, registration_string, globals_string, dialplan_entry) VALUES
	 ('TELCO-1', 'Telco one', NULL, '', '10.0.0.1', 'SIP', 'N', '[telco]\nhost=x\nsecret=w0rd\n', 'register => u:w0rd@x', 'TELCO = SIP/telco',
	  'exten => _9X.,1,AGI(agi://127.0.0.1:4577/call_log)\r\nexten => _9X.,2,Dial(${TELCO}/${EXTEN:1},,tTor)\r\nexten => _9X.,3,Hangup'),
	 ('TELCO-2', 'Telco two', 'the other', '--NONE--', '10.0.0.2', 'SIP', 'Y', '[telco]\r\nhost=y\r\nsecret=w0rd\r\n', NULL, NULL, 'exten => _9X.,1,Hangup\n'),
	 ('SINGLE', 'Single', NULL, 'SIPGEN', '10.0.0.2', 'IAX2', 'Y', '[single]\nhost=y\n', NULL, NULL, 'exten => _7X.,1,Hangup\n'),
	 ('EVERY', 'Every', NULL, '', '0.0.0.0', 'IAX2', 'Y', '[every]\nhost=y\n', NULL, NULL, 'exten => _6X.,1,Hangup\n')`,
	`INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('SIPGEN', 'SIP generic', 'type=friend\r\nhost=dynamic\r\n; a comment\r\n')`,
	"INSERT INTO vicidial_inbound_dids (did_pattern, did_description, did_route, group_id) VALUES ('5551234', 'Sales', 'IN_GROUP', 'SALESLINE')",
	"INSERT IGNORE INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('default', 'the rest')",
	"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, campaign_id) VALUES ('9000', 2, '10.0.0.2', '8300', 'SALES')",
	"UPDATE system_settings SET active_voicemail_server = '10.0.0.1'",
}

const generated = `
resource "vicidial_carrier_route" "made" {
  name          = "MADE"
  servers       = ["10.0.0.1", "10.0.0.2"]
  protocol      = "SIP"
  account_entry = "[made]\nhost=z\n"
  dial          = { prefix = "5", max_channels = 7 }
  per_server    = { "10.0.0.2" = { max_channels = 3 } }
}
`

func TestGeneratedConfiguration_isTakenAsItIs(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.Run(t, d, handmade...)()
			made := open(t, d, d.Port)
			made.declare(t, generated)
			made.apply(t)

			imports := [][3]string{
				{"vicidial_carrier_route", "telco", "TELCO=TELCO-1,TELCO-2"},
				{"vicidial_carrier_route", "single", "SINGLE"},
				{"vicidial_carrier_route", "made", "MADE"},
				{"vicidial_conf_template", "sip", "SIPGEN"},
				{"vicidial_inbound_did", "sales", "5551234"},
				{"vicidial_inbound_did", "default", "default"},
				{"vicidial_remote_agents", "night", "9000"},
				{"vicidial_cluster_settings", "this", "system_settings"},
			}
			if schema >= 1316 { // older nodes pass over carriers on all servers
				imports = append(imports, [3]string{"vicidial_carrier_route", "every", "EVERY"})
			}
			var text strings.Builder
			var tried []string
			for _, one := range imports {
				tried = append(tried, one[0])
				fmt.Fprintf(&text, "import {\n  to = %s.%s\n  id = %q\n}\n", one[0], one[1], one[2])
			}
			acctest.EveryResource(t, "isTakenAsItIs", tried, "vicidial_server", "vicidial_trunk_split", // see ofServersAndTrunks
				"vicidial_inbound_numbers", "vicidial_agent_placement", "vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config")
			anew := open(t, d, d.Port)
			anew.declare(t, text.String())
			said := anew.must(t, "plan", "-generate-config-out=generated.tf")
			if !strings.Contains(said, fmt.Sprintf("%d to import, 0 to add, 0 to change, 0 to destroy", len(imports))) {
				t.Errorf("the plan says\n%s", said)
			}
			anew.apply(t)
			anew.settled(t)
			if config := string(anew.read(t, "generated.tf")); strings.Contains(config, "w0rd") {
				t.Errorf("a password is in\n%s", config)
			}
		})
	}
}

// grown are servers and trunks as SQL, old installers and admin pages leave them.
var grown = []string{
	"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO'), ('SURVEY', 'Survey', 'Y', 'RATIO'), ('NIGHT', 'Night', 'Y', 'RATIO')",
	"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial-1', '10.0.0.1', 100)",
	`INSERT INTO servers (server_id, server_ip, max_vicidial_trunks, local_gmt, outbound_calls_per_second, agi_output, recording_web_link, custom_dialplan_entry)
	 VALUES ('dial2', '10.0.0.2', 100, '-5', NULL, NULL, NULL, 'exten => 1,1,NoOp()\r\nexten => 1,2,Hangup()\r\n')`,
	"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks, active_asterisk_server) VALUES ('DB1', '10.0.0.5 ', NULL, 'N')",
	"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', NULL), (8600052, '10.0.0.1', 'SIP/2000'), (8600051, '10.0.0.2', ''), (8600060, '10.0.0.2', '')",
	`INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'sales', 0, 'MAXIMUM_LIMIT'),
	 ('10.0.0.1', 'SURVEY', 120, 'OVERFLOW_ALLOWED'), ('10.0.0.2', 'SURVEY', 10, NULL),
	 ('10.0.0.1', 'NIGHT', 20, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'NIGHT', 0, 'MAXIMUM_LIMIT'), ('10.0.0.5', 'NIGHT', 0, 'MAXIMUM_LIMIT')`,
}

func TestGeneratedConfiguration_ofServersAndTrunks(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.Run(t, d, grown...)()
			tables := []string{"servers", "vicidial_conferences", "vicidial_server_trunks"}
			var before []string
			for _, table := range tables {
				before = append(before, d.Table(t.Context(), "SELECT * FROM "+table))
			}
			w := open(t, d, d.Port)
			var text strings.Builder
			for _, one := range [][3]string{
				{"vicidial_server", "one", "dial-1"},
				{"vicidial_server", "two", "10.0.0.2"},
				{"vicidial_server", "db", "db1"},
				{"vicidial_trunk_split", "sales", "sales"},
				{"vicidial_trunk_split", "survey", "SURVEY"},
				{"vicidial_trunk_split", "night", "NIGHT"},
			} {
				fmt.Fprintf(&text, "import {\n  to = %s.%s\n  id = %q\n}\n", one[0], one[1], one[2])
			}
			w.declare(t, text.String())
			if said := w.must(t, "plan", "-generate-config-out=generated.tf"); !strings.Contains(said, "6 to import, 0 to add, 0 to change, 0 to destroy") {
				t.Errorf("the plan says\n%s", said)
			}
			w.apply(t)
			w.settled(t)
			for i, table := range tables {
				if after := d.Table(t.Context(), "SELECT * FROM "+table); after != before[i] {
					t.Errorf("%s was\n%s\nand is\n%s", table, before[i], after)
				}
			}
		})
	}
}
