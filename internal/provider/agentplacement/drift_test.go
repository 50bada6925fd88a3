package agentplacement_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

func TestAccAgentPlacement_drift(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name) VALUES ('2000', 'x', 'Ann')")()
	config := fullConfig(d, `"2000-2003"`, twoServers, aPassword, "assign_users = true")
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(floor, plancheck.ResourceActionUpdate)}}
	back := all(
		expect(t, d, "SELECT pass, protocol, COUNT(*) AS phones FROM phones GROUP BY pass, protocol", `
			| pass    | protocol | phones |
			| secret1 | SIP      |      8 |`),
		expect(t, d, "SELECT COUNT(*) AS aliases, COUNT(DISTINCT logins_list) AS lists FROM phones_alias WHERE logins_list LIKE '%,%'", `
			| aliases | lists |
			|       4 |     4 |`),
		expect(t, d, users, `
			| user | phone_login |
			| 2000 | 2000        |`))
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config, Check: back},
			{Config: config, ConfigPlanChecks: empty},
			{ // a column changed by hand
				PreConfig: acctest.Run(t, d, "UPDATE phones SET protocol = 'IAX2' WHERE login = '2001b'"),
				Config:    config, ConfigPlanChecks: updates, Check: back,
			},
			{ // a mailbox password changed by telephone, on one phone
				PreConfig: acctest.Run(t, d, "UPDATE phones SET pass = '9999' WHERE login = '2002a'"),
				Config:    config, ConfigPlanChecks: updates, Check: back,
			},
			{ // the same, ignored
				PreConfig: acctest.Run(t, d, "UPDATE phones SET pass = '9999' WHERE login = '2002a'"),
				Config:    fullConfig(d, `"2000-2003"`, twoServers, aPassword, "assign_users = true", "ignore_password_drift = true"),
				Check: expect(t, d, "SELECT login, pass FROM phones WHERE pass <> 'secret1'", `
					| login | pass |
					| 2002a | 9999 |`),
			},
			{Config: config, Check: back},
			{ // a phone and an alias removed, another alias emptied, a user changed
				PreConfig: acctest.Run(t, d,
					"DELETE FROM phones WHERE login = '2003b'", "DELETE FROM phones_alias WHERE alias_id = '2001'",
					"UPDATE phones_alias SET logins_list = '' WHERE alias_id = '2002'", "UPDATE vicidial_users SET phone_login = 'x' WHERE user = '2000'"),
				Config: config, ConfigPlanChecks: updates, Check: back,
			},
			{ // columns that daemons write, and what saving the admin form rewrites, are no drift
				PreConfig: acctest.Run(t, d, "UPDATE phones SET phone_ip = '10.9.9.9', computer_ip = '10.9.9.8', messages = 3, old_messages = 4, peer_status = 'LAGGED', ping_time = 9, email = '', template_id = '--NONE--'"),
				Config:    config, ConfigPlanChecks: empty,
			},
			{ // all rows removed
				PreConfig:        acctest.Run(t, d, "DELETE FROM phones", "DELETE FROM phones_alias"),
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(floor, plancheck.ResourceActionCreate)}},
				Check:            back,
			},
		},
	})
}

func TestAccAgentPlacement_deviationsAreReadable(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := fullConfig(d, `"2000-2003"`, twoServers, aPassword)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:    acctest.Run(t, d, "UPDATE phones SET protocol = 'IAX2' WHERE login = '2001b'", "UPDATE phones SET pass = '77' WHERE login = '2003a'"),
				RefreshState: true, ExpectNonEmptyPlan: true,
				Check: all(
					resource.TestCheckResourceAttr(floor, "deviations.2001", `phone 2001b on 10.0.0.2: protocol is "IAX2", not "SIP"`),
					resource.TestCheckResourceAttr(floor, "deviations.2003", `phone 2003a on 10.0.0.1: pass differs from the floor's`),
					resource.TestCheckResourceAttr(floor, "deviations.%", "2")),
			},
		},
	})
}

// VICIdial logs a phone under its extension and an alias under its id. The warning
// names the author of the difference, not of an earlier change.
func TestAccAgentPlacement_driftNamesAuthor(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var warnings acctest.Warnings
	config := fullConfig(d, `"2000-2003"`, twoServers, aPassword, `naming = { extension = "{seat}{suffix}", dialplan_number = "{seat}", alias_id = "{seat}x" }`)
	logged := func(user, section, record, when string) string {
		return fmt.Sprintf("INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql) VALUES ('%s', '%s', '10.1.1.1', '%s', 'MODIFY', '%s', 'ADMIN MODIFY', '')", when, user, section, record)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: warnings.After(acctest.Run(t, d,
					logged("ann", "PHONEALIASES", "2001x", "2024-01-01 10:00:00"), logged("ann", "PHONES", "2001", "2030-01-01 10:00:00"),
					logged("bob", "PHONES", "2001b", "2026-01-01 10:00:00"), "UPDATE phones SET protocol = 'IAX2' WHERE login = '2001b'",
					logged("cid", "PHONEALIASES", "2002x", "2026-01-02 10:00:00"), "UPDATE phones_alias SET logins_list = '2002a' WHERE alias_id = '2002x'",
				)),
				RefreshState: true, ExpectNonEmptyPlan: true,
				Check: warnings.Expect(t,
					`seats 2002: ba? → a, last changed by user cid from 10\.1\.1\.1 at 2026-01-02|seats 2002: ab → a, last changed by user cid`,
					`seat 2001: phone 2001b on dial2 \(10\.0\.0\.2\): protocol is "IAX2", not "SIP", last changed by user bob from 10\.1\.1\.1 at 2026-01-01`),
			},
			{Config: config},
		},
	})
}

// A renamed phone cannot be distinguished from another phone.
func TestAccAgentPlacement_renamedByHand(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := fullConfig(d, `"2000-2001"`, twoServers, aPassword)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: acctest.Run(t, d, "UPDATE phones SET login = '2000z' WHERE login = '2000b'"),
				Config:    config, PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)phone\s+2000z\s+on\s+10\.0\.0\.2\s+has\s+the\s+extension\s+2000\s+already.*give\s+them\s+their\s+former\s+names`),
			},
			{
				PreConfig: acctest.Run(t, d, "UPDATE phones SET login = '2000b' WHERE login = '2000z'"),
				Config:    config, ConfigPlanChecks: empty,
			},
		},
	})
}

// What somebody changes between a plan and its apply is not overwritten, and the plan that
// Terraform makes once more at the apply does not differ from the first one.
func TestAccAgentPlacement_conflictsWithWhatWasEditedSinceThePlan(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, user_level, phone_login) VALUES ('2000', 'x', 'Ann', 1, 'old'), ('2001', 'x', 'Bob', 1, '')")()
	config := func(cid, naming string) string {
		phone := strings.Replace(aPassword, " }", fmt.Sprintf(", outbound_cid = %q }", cid), 1)
		return fullConfig(d, `"2000-2001"`, twoServers, phone, "naming = { "+naming+" }", "assign_users = true")
	}
	const first, other = `fullname = "seat {seat}"`, `fullname = "station {seat}", dialplan_number = "7{seat}{index}"`
	conflict := func(config, edit string) resource.TestStep {
		return resource.TestStep{
			Config: config, ExpectError: regexp.MustCompile(`(?s)since\s+the\s+plan\s+was\s+made`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(acctest.Run(t, d, edit))}},
		}
	}
	says := func(query, row string) resource.TestStep {
		return resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true, Check: acctest.Expect(t, d, "SELECT "+query+" AS held", fmt.Sprintf("| %-*s |\n| %s |", len(row), "held", row))}
	}
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: []resource.TestStep{
		{Config: config("100", first)},
		conflict(config("200", first), "UPDATE phones SET outbound_cid = '300' WHERE login = '2000a'"),
		says("(SELECT GROUP_CONCAT(DISTINCT outbound_cid ORDER BY outbound_cid) FROM phones)", "100,300"),
		{Config: config("200", first)}, // the new plan has seen it
		conflict(config("200", other), "UPDATE phones SET fullname = 'by hand' WHERE login = '2001b'"),
		conflict(config("200", other), "UPDATE phones SET dialplan_number = '999' WHERE login = '2000b'"),
		{PreConfig: acctest.Run(t, d, "UPDATE vicidial_users SET phone_login = 'else' WHERE user = '2000'"), Config: config("200", other)},
		{
			PreConfig: acctest.Run(t, d, "UPDATE vicidial_users SET phone_login = 'else' WHERE user = '2000'"),
			Config:    config("200", other), ExpectError: regexp.MustCompile(`(?s)since\s+the\s+plan\s+was\s+made.*user\s+2000`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(acctest.Run(t, d, "UPDATE vicidial_users SET phone_login = 'again' WHERE user = '2000'"))}},
		},
		conflict(config("300", other), "UPDATE phones_alias SET logins_list = '2000b' WHERE alias_id = '2000'"),
		conflict(config("400", other), "DELETE FROM phones_alias WHERE alias_id = '2001'"),
		{Config: config("400", other)},
		{Config: config("400", other), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		{
			Config: config("400", other), Destroy: true, ExpectError: regexp.MustCompile(`(?s)Phone\s+2001b.*since\s+the\s+plan\s+was\s+made,\s+in\s+a\s+column\s+that\s+is\s+not\s+declared`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(acctest.Run(t, d, "UPDATE phones SET park_on_extension = '8309' WHERE login = '2001b'"))}},
		},
	}})
}
