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
func TestAccRules_warnOfWhatStandsAndRefuseWhatChanges(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, server_description, outbound_calls_per_second, active_asterisk_server) VALUES ('dial1', '10.0.0.1', 'Bob (old)', 255, 'N')",
		"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('soft', 'Soft & phones', 'type=friend')",
		"INSERT INTO vicidial_inbound_dids (did_pattern, did_description, voicemail_ext) VALUES ('800', 'Sales (main)', '12a')")()
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
	resource.Test(t, resource.TestCase{
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
			refused(config("Bob (old)", "0", "Soft & phones", "Sales (main)", "12a", "ADMIN"), "0 must be between 1 and 200"),
			refused(config("Bob (old)", "255", "Soft ' phones", "Sales (main)", "12a", "ADMIN"), "admin page strips"),
			refused(config("Bob (old)", "255", "Soft & phones", "Sales (main)", "12b", "ADMIN"), "digits only"),
			{
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE system_settings SET use_non_latin = '1'")),
				Config:    config("Zürich", "20", "Zürich", "Zürich & Genf", "12", "ADMIN"),
				Check:     warnings.Expect(t, `A value that VICIdial may change: did_description of DID 800`),
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
