package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Rows that break a rule are imported with a warning that names the row. Another
// attribute of theirs may change; another value that breaks the rule is refused.
func TestAccRules_warnOfExistingValuesAndRefuseNewOnes(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, server_description, outbound_calls_per_second, active_asterisk_server) VALUES ('dial1', '10.0.0.1', 'Bob (old)', 255, 'N')",
		"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('soft', 'Soft & phones', 'type=friend')",
		"INSERT INTO vicidial_inbound_dids (did_pattern, did_description, voicemail_ext) VALUES ('800', 'Sales (main)', '12a')",
		"INSERT INTO vicidial_user_groups (user_group, group_name) VALUES ('ADMIN', 'Admins')")()
	config := func(description, rate, name, did, mailbox, group string) string {
		return acctest.Provider(d) + strings.NewReplacer("DESCRIPTION", description, "RATE", rate, "NAME", name, "DID", did, "MAILBOX", mailbox, "GROUP", group).Replace(`
import {
  to = vicidial_server.a
  id = "dial1"
}
import {
  to = vicidial_conf_template.a
  id = "soft"
}
import {
  to = vicidial_inbound_did.a
  id = "800"
}
resource "vicidial_server" "a" {
  server_id                 = "dial1"
  server_ip                 = "10.0.0.1"
  server_description        = "DESCRIPTION"
  outbound_calls_per_second = RATE
  user_group                = "GROUP"
}
resource "vicidial_conf_template" "a" {
  template_id       = "soft"
  template_name     = "NAME"
  template_contents = "type=friend"
  user_group        = "GROUP"
}
resource "vicidial_inbound_did" "a" {
  did_pattern     = "800"
  did_description = "DID"
  voicemail_ext   = "MAILBOX"
  user_group      = "GROUP"
}`)
	}
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?s)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	var warnings acctest.Warnings
	standing := warnings.Expect(t,
		`server_description of server dial1`, `outbound_calls_per_second of server dial1: 255 must be between 1 and 200; leave it out`,
		`template_name of template soft`, `did_description of DID 800`, `voicemail_ext of DID 800`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12a", "---ALL---"), Check: standing},
			{
				PreConfig: warnings.Reset,
				Config:    config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12a", "---ALL---"), Check: warnings.ExpectNo(t, "breaks a rule"),
			},
			{
				PreConfig: warnings.Reset,
				Config:    config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12a", "ADMIN"), Check: standing,
			},
			refused(config("Bob (new)", "255", "Soft & phones", "Sales (main)", "12a", "ADMIN"), "admin page strips"),
			refused(config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12a", "admin"), "ADMIN; write it so here too"),
			refused(config("Bob (old)", "0", "Soft & phones", "Sales (main)", "12a", "ADMIN"), "0 must be between 1 and 200"),
			refused(config("Bob (old)", "255", "Soft ' phones", "Sales (main)", "12a", "ADMIN"), "admin page strips"),
			refused(config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12b", "ADMIN"), "digits only"),
			{
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE system_settings SET use_non_latin = '1'")),
				Config:    config("Zürich", "20", "Zürich", "Zürich & Genf", "12", "ADMIN"),
				Check:     warnings.Expect(t, `Value that VICIdial may change: did_description of DID 800`),
			},
			refused(config("Zürich", "20", "Zürich", "Zürich & Genf", "12", "ADMIN")+`
resource "vicidial_conf_template" "new" {
  template_id       = "new"
  template_name     = "Soft & phones"
  template_contents = "type=friend"
}`, "admin page strips"),
		},
	})
}

// Rows of splits, placements and carriers that no rule allows, as real clusters have
// them: trunks on 0.0.0.0 and on a server that is gone, more seats than rooms, a
// shared mailbox, a login that two phones have, an address with a blank at its end, and
// a carrier of a template that is not there. All of them are imported, nothing changes,
// and the sound rows of the same plan are not held up.
func TestAccRules_importWhatNoRuleAllows(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	phone := func(server, login, extension, dialplan, mailbox string) string {
		return "INSERT INTO phones (extension, dialplan_number, voicemail_id, server_ip, login, pass, status, active, fullname, protocol, conf_secret) VALUES ('" +
			extension + "', '" + dialplan + "', '" + mailbox + "', '" + server + "', '" + login + "', 'x1', 'ACTIVE', 'Y', 'station " + extension + "', 'SIP', 'x1')"
	}
	alias := func(id, logins string) string {
		return "INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('" + id + "', '" + id + " phone', '" + logins + "')"
	}
	setup := []string{
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server, active_agent_login_server, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 'Y', 'Y', 'Y', 100), ('dial2', '10.0.0.2', 'Y', 'Y', 'Y', 100)",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', ''), (8600051, '10.0.0.2', '')",
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active) VALUES ('SALES', 'SALES', 'Y')",
		"INSERT INTO vicidial_server_trunks (server_ip, campaign_id, dedicated_trunks, trunk_restriction) VALUES ('10.0.0.1', 'SALES', 10, 'MAXIMUM_LIMIT'), ('10.0.0.99', 'SALES', 5, 'MAXIMUM_LIMIT'), ('0.0.0.0', 'SALES', 3, 'MAXIMUM_LIMIT')",
		"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, server_ip, protocol, account_entry, template_id, active) VALUES ('OLD', 'Old (carrier)', '10.0.0.1 ', 'SIP', '[old]\\ntype=peer\\nhost=192.0.2.1', 'gone', 'Y')",
		phone("10.0.0.2", "2000a", "stray", "9000", "2001"),
	}
	for _, seat := range []string{"2000", "2001", "2002"} {
		setup = append(setup, phone("10.0.0.1", seat+"a", seat, seat+"0", seat), phone("10.0.0.2", seat+"b", seat, seat+"1", seat), alias(seat, seat+"a,"+seat+"b"))
	}
	acctest.Run(t, d, setup...)()
	const split, found = "resource \"vicidial_trunk_split\" \"a\" {\n  campaign_id = \"SALES\"\n  total       = TOTAL\n  servers = {\n    \"10.0.0.1\" = { trunks = TRUNKS }MORE\n  }\n}\n", `
import {
  to = vicidial_trunk_split.a
  id = "SALES"
}
import {
  to = vicidial_agent_placement.a
  id = "floor=2000-2002"
}
import {
  to = vicidial_carrier_route.a
  id = "old=OLD"
}
resource "vicidial_agent_placement" "a" {
  name           = "floor"
  seats          = ["2000-2002"]
  nodes_per_seat = 2
  alias_order    = "keep"
  servers = {
    "10.0.0.1" = { suffix = "a" }
    "10.0.0.2" = { suffix = "b" }
  }
}
resource "vicidial_carrier_route" "a" {
  name                = "old"
  servers             = ["10.0.0.1"]
  protocol            = "SIP"
  carrier_name        = "Old (carrier)"
  carrier_description = "DESCRIPTION"
  account_entry       = "[old]\ntype=peer\nhost=192.0.2.1"
  template_id         = "gone"
}
`
	config := func(total, trunks, more, description string) string {
		return acctest.Provider(d) + strings.NewReplacer("TOTAL", total, "TRUNKS", trunks, "MORE", more, "DESCRIPTION", description).Replace(split+found)
	}
	const dead = "\n    \"10.0.0.99\" = { trunks = 5 }\n    \"0.0.0.0\" = { trunks = 3 }"
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{
				Config: config("10", "10", dead, ""),
				Check: warnings.Expect(t,
					`Unknown server.*10\.0\.0\.99.*so it is accepted`, `Unknown server.*0\.0\.0\.0.*so it is accepted`,
					`More seats than rooms.*3 seats of the placement are on server dial1 \(10\.0\.0\.1\)`,
					`login of phone 2000a on dial1 \(10\.0\.0\.1\) is that of the phone with extension stray on dial2`, `mailbox 2001`,
					`Unknown template.*so it is accepted`, `carrier_name of carrier OLD`),
			},
			{Config: config("10", "10", dead, ""), PlanOnly: true},
			{Config: config("18", "10", dead, ""), PlanOnly: true, ExpectNonEmptyPlan: true}, // the total may count them
			{ // another attribute changes, and the dead rows go without a change of total
				Config: config("10", "10", "", "Main"),
				Check: resource.ComposeTestCheckFunc(
					acctest.Expect(t, d, "SELECT carrier_description FROM vicidial_server_carriers WHERE carrier_id = 'OLD'", "| carrier_description |\n| Main                |"),
					acctest.Expect(t, d, "SELECT server_ip FROM vicidial_server_trunks", "| server_ip |\n| 10.0.0.1  |"),
				),
			},
			{Config: config("10", "10", dead, "Main"), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)without\s+leading|neither\s+in\s+the\s+table`)},
		},
	})
}
