package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// spelledRows are objects whose keys have capitals, some a blank at the end, and rows
// that name them in other letters.
var spelledRows = []string{
	"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('Dial1 ', '10.0.0.1 ', 100), ('Dial2', '10.0.0.2', 100)",
	"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES1 ', 'Sales', 'Y', 'RATIO')",
	"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1 ', 'sales1', 15, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'Sales1 ', 25, 'MAXIMUM_LIMIT')",
	"INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('Nite1 ', 'x', 'Night', 4), ('9001', 'x', 'Night', 4)",
	"INSERT INTO vicidial_inbound_groups (group_id, group_name) VALUES ('SUPPORT ', 'Support')",
	"INSERT INTO vicidial_call_menu (menu_id, menu_name) VALUES ('Main ', 'Main')",
	"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('Trunks1 ', 'Trunks', 'qualify=yes')",
	"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, server_ip, protocol, account_entry, active, template_id) VALUES ('Telco1_00001 ', 'Telco1', '10.0.0.1 ', 'SIP', '[telco]\\ntype=peer\\nhost=sip.example.com', 'Y', 'Trunks1 ')",
	"INSERT INTO vicidial_inbound_dids (did_pattern, did_description, did_route, group_id, campaign_id) VALUES ('Line1 ', 'Sales line', 'IN_GROUP', 'support', 'sales1')",
	"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, status, campaign_id, closer_campaigns) VALUES ('9001 ', 1, '10.0.0.1 ', '8300', 'INACTIVE', 'SALES1 ', ' SUPPORT -')",
	"INSERT INTO phones (extension, dialplan_number, voicemail_id, server_ip, login, pass, protocol, conf_secret) VALUES ('CC2000 ', '2000', '2000', '10.0.0.1 ', 'CC2000A ', 'open1234', 'SIP', 'secret')",
	"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('CC2000 ', '2000', 'cc2000a')",
}

// spellings are blocks with a key or a name in other letters, and how its row spells it.
// In the second column the block has the words of the row, but for WORD.
var spellings = []struct{ claim, block, word, row string }{
	{"server_id", `resource "vicidial_server" "one" {
  server_id = "WORD"
  server_ip = "10.0.0.1"
}`, "dial1", "Dial1"},
	{"campaign_id of a split", `resource "vicidial_trunk_split" "one" {
  campaign_id = "WORD"
  total       = 40
  servers     = { "10.0.0.1" = { trunks = 15 }, "10.0.0.2" = { trunks = 25 } }
}`, "sales1", "SALES1"},
	{"template_id", `resource "vicidial_conf_template" "one" {
  template_id       = "WORD"
  template_name     = "Trunks"
  template_contents = "qualify=yes"
}`, "trunks1", "Trunks1"},
	{"name of a route", aRoute("WORD", "Trunks1"), "telco1", "Telco1_00001"},
	{"template_id of a route", aRoute("Other", "WORD"), "trunks1", "Trunks1"},
	{"carrier_id of a row", `resource "vicidial_carrier_route" "one" {
  name          = "Other"
  servers       = ["10.0.0.1"]
  protocol      = "SIP"
  carrier_name  = "Telco1"
  template_id   = "Trunks1"
  account_entry = "[telco]\ntype=peer\nhost=sip.example.com"
  per_server    = { "10.0.0.1" = { carrier_id = "WORD" } }
}`, "telco1_00001", "Telco1_00001"},
	{"did_pattern", aDID("WORD", `did_route = "IN_GROUP"
  group_id = "SUPPORT"`), "line1", "Line1"},
	{"group_id of a DID", aDID("8005550101", `did_route = "IN_GROUP"
  group_id = "WORD"`), "support", "SUPPORT"},
	{"menu_id of a DID", aDID("8005550101", `did_route = "CALLMENU"
  menu_id = "WORD"`), "main", "Main"},
	{"user of a DID", aDID("8005550101", `did_route = "AGENT"
  user = "WORD"`), "nite1", "Nite1"},
	{"campaign_id of a DID", aDID("8005550101", `did_route = "IN_GROUP"
  group_id = "SUPPORT"
  campaign_id = "WORD"`), "sales1", "SALES1"},
	{"in-group for agents of a DID", aDID("8005550101", `did_route = "AGENT"
  user = "Nite1"
  user_route_settings_ingroup = "WORD"`), "support", "SUPPORT"},
	{"in-group without agents of a DID", aDID("8005550101", `did_route = "IN_GROUP"
  group_id = "SUPPORT"
  no_agent_ingroup_id = "WORD"`), "support", "SUPPORT"},
	{"in-group of a full queue of a DID", aDID("8005550101", `did_route = "IN_GROUP"
  group_id = "SUPPORT"
  max_queue_ingroup_id = "WORD"`), "support", "SUPPORT"},
	{"group_id of a filter", aDID("8005550101", filtered+`filter_group_id = "WORD"`), "support", "SUPPORT"},
	{"menu_id of a filter", aDID("8005550101", filtered+`filter_menu_id = "WORD"`), "main", "Main"},
	{"user of a filter", aDID("8005550101", filtered+`filter_user = "WORD"`), "nite1", "Nite1"},
	{"campaign_id of a filter", aDID("8005550101", filtered+`filter_campaign_id = "WORD"`), "sales1", "SALES1"},
	{"campaign_id of remote agents", someRemoteAgents("WORD", "SUPPORT"), "sales1", "SALES1"},
	{"template_id of phones", `resource "vicidial_agent_placement" "one" {
  name    = "floor"
  seats   = ["3000"]
  servers = { "10.0.0.2" = { suffix = "a" } }
  phone = {
    protocol        = "SIP"
    template_id     = "WORD"
    pass_wo         = "open1234"
    pass_wo_version = 1
  }
}`, "trunks1", "Trunks1"},
	{"in-group of remote agents", someRemoteAgents("SALES1", "WORD"), "support", "SUPPORT"},
}

const filtered = `did_route = "IN_GROUP"
  group_id = "SUPPORT"
  `

func aRoute(name, template string) string {
	return fmt.Sprintf(`resource "vicidial_carrier_route" "one" {
  name          = %q
  carrier_name  = "Telco1"
  servers       = ["10.0.0.1"]
  protocol      = "SIP"
  account_entry = "[telco]\ntype=peer\nhost=sip.example.com"
  template_id   = %q
}`, name, template)
}

func aDID(pattern, more string) string {
	return fmt.Sprintf("resource \"vicidial_inbound_did\" \"one\" {\n  did_pattern = %q\n  did_description = \"Sales line\"\n  %s\n}", pattern, more)
}

func someRemoteAgents(campaign, group string) string {
	return fmt.Sprintf(`resource "vicidial_remote_agents" "one" {
  user_start       = "9001"
  number_of_lines  = 1
  server_ip        = "10.0.0.1"
  conf_exten       = "8300"
  campaign_id      = %q
  closer_campaigns = [%q]
}`, campaign, group)
}

// One object has one spelling, its row's: a plan that spells a key in another way is
// refused with it.
func TestAccFaults_spelling(t *testing.T) {
	t.Parallel()
	d := sandbox.Shared(t).Database(t, 1720)
	acctest.Run(t, d, spelledRows...)()
	provider := attached(t)
	count := 0
	for _, c := range spellings {
		for claim, word := range map[string]string{"in other letters": c.word, "with a blank": c.row + " "} {
			w := open(t, d, d.Port)
			w.stay(t, provider, d)
			w.declare(t, strings.ReplaceAll(c.block, "WORD", word))
			code, said := w.terraform("plan")
			if code != 1 || claim == "in other letters" && (!holds(said, "Key is spelled differently") || !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(said, "│", " ")), " "), c.row+"; write it so here too")) {
				t.Errorf("%s %s: the plan ends with %d\n%s", c.claim, claim, code, said)
			}
			count++
		}
	}
	t.Logf("%d spellings of %d keys are refused", count, len(spellings))
}

// An import takes the spelling of the row, whatever the id of the import has, and the
// object then plans no change; a configuration in other letters is refused.
func TestGeneratedConfiguration_hasTheSpellingOfTheRows(t *testing.T) {
	t.Parallel()
	d := sandbox.Shared(t).Database(t, 1720)
	acctest.Run(t, d, spelledRows...)()
	var before []string
	tables := []string{"servers", "vicidial_server_trunks", "vicidial_conf_templates", "vicidial_server_carriers", "vicidial_inbound_dids", "vicidial_remote_agents", "phones", "phones_alias"}
	for _, table := range tables {
		before = append(before, d.Table(t.Context(), "SELECT * FROM "+table))
	}
	w := open(t, d, d.Port)
	w.stay(t, attached(t), d)
	imports := []struct{ resource, id, key, row string }{
		{"vicidial_server", "dIAL1", "server_id", "Dial1"},
		{"vicidial_trunk_split", "sales1", "campaign_id", "SALES1"},
		{"vicidial_conf_template", "TRUNKS1", "template_id", "Trunks1"},
		{"vicidial_carrier_route", "TELCO1", "name", "Telco1"},
		{"vicidial_inbound_did", "LINE1", "did_pattern", "Line1"},
		{"vicidial_remote_agents", "9001 ", "user_start", "9001"},
		{"vicidial_agent_placement", "floor=cc2000", "", ""},
	}
	var text strings.Builder
	for _, one := range imports {
		fmt.Fprintf(&text, "import {\n  to = %s.one\n  id = %q\n}\n", one.resource, one.id)
	}
	w.declare(t, text.String())
	if said := w.must(t, "plan", "-generate-config-out=generated.tf"); !strings.Contains(said, fmt.Sprintf("%d to import, 0 to add, 0 to change, 0 to destroy", len(imports))) {
		t.Errorf("the plan says\n%s", said)
	}
	w.apply(t)
	w.settled(t)
	for i, table := range tables {
		if after := d.Table(t.Context(), "SELECT * FROM "+table); after != before[i] {
			t.Errorf("%s was\n%s\nand is\n%s", table, before[i], after)
		}
	}
	config := strings.Join(strings.Fields(string(w.read(t, "generated.tf"))), " ")
	respelled, count := string(w.read(t, "generated.tf")), 0
	for _, one := range imports {
		if one.key == "" {
			continue
		}
		if !strings.Contains(config, fmt.Sprintf("%s = %q", one.key, one.row)) {
			t.Errorf("%s has another %s than %q in\n%s", one.resource, one.key, one.row, config)
		}
		if lower := strings.ToLower(one.row); lower != one.row {
			respelled = strings.ReplaceAll(respelled, `"`+one.row+`"`, `"`+lower+`"`)
			count++
		}
	}
	w.write(t, "generated.tf", []byte(respelled))
	code, said := w.terraform("plan")
	if refused := strings.Count(said, "Error: Key is spelled differently"); code != 1 || refused < count {
		t.Errorf("%d of %d keys in other letters are refused, the plan ends with %d\n%s", refused, count, code, said)
	}
	t.Logf("%d imports, %d keys in other letters", len(imports), count)
}
