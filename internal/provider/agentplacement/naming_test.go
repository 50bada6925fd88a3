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

// Only a template with another result replaces the placement.
func TestAccAgentPlacement_replacedByNamingOnly(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	step := func(action plancheck.ResourceActionType, naming, list string) resource.TestStep {
		return resource.TestStep{
			Config:           fullConfig(d, `"2000"`, twoServers, aPassword, naming),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(floor, action)}},
			Check:            expect(t, d, "SELECT alias_id, logins_list FROM phones_alias", list),
		}
	}
	const same = "| alias_id | logins_list |\n| 2000     | 2000b,2000a |"
	const other = "| alias_id | logins_list   |\n| 2000x    | p2000b,p2000a |"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step(plancheck.ResourceActionCreate, "", same),
			step(plancheck.ResourceActionUpdate, `naming = { alias_id = "{seat}", fullname = "" }`, same),
			step(plancheck.ResourceActionUpdate, "", same),
			step(plancheck.ResourceActionReplace, `naming = { alias_id = "{seat}x", login = "p{seat}{suffix}" }`, other),
			step(plancheck.ResourceActionUpdate, `naming = { alias_id = "{seat}x", login = "p{seat}{suffix}", voicemail_id = "{seat}{index}" }`, other),
			step(plancheck.ResourceActionReplace, "", same),
		},
	})
}

func TestAccAgentPlacement_isRenamedInPlace(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := fullConfig(d, `"2000-2001"`, twoServers, aPassword)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_admin_log"),
				Config:    strings.Replace(config, `"floor1"`, `"ground floor"`, 1),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(floor, plancheck.ResourceActionUpdate), acctest.Changes(floor, "name"),
				}},
				Check: expect(t, d, "SELECT COUNT(*) AS written FROM vicidial_admin_log", `
					| written |
					|       0 |`),
			},
		},
	})
}

// Old schemas have 10 characters for passwords and 20 for registration secrets.
func TestAccAgentPlacement_secretsFitTheirColumns(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1302)
	with := func(pass, secret, seats string, version int) string {
		given := fmt.Sprintf(`phone = { conf_secret_wo = %q, conf_secret_wo_version = 1 }`, secret)
		if pass != "" {
			given = fmt.Sprintf(`phone = { pass_wo = %q, pass_wo_version = %d, conf_secret_wo = %q, conf_secret_wo_version = 1 }`, pass, version, secret)
		}
		return fullConfig(d, `"2000"`, twoServers, given, seats)
	}
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?i)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	fine := with("tencharact", "twentycharacterslong", "", 1)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refused(with("elevenchara", "x", "", 1), `phones.pass of this database holds 10 characters, these are 11`),
			refused(with("ten", "twentyonecharacterslo", "", 1), `phones.conf_secret of this database holds 20 characters, these are 21`),
			refused(with("", "x", `seat_passwords_wo = { "2000" = "elevenchara" }
  seat_passwords_wo_version = 1`, 1), `holds 10 characters, these are 11`),
			refused(with("", "x", `seat_passwords_wo = { "2000" = "ten", "2001" = "ten" }
  seat_passwords_wo_version = 1`, 1), `seat 2001 is not among the seats`),
			{Config: fine, Check: expect(t, d, "SELECT DISTINCT pass, conf_secret FROM phones", `
				| pass       | conf_secret          |
				| tencharact | twentycharacterslong |`)},
			refused(with("elevenchara", "x", "", 2), `phones.pass of this database holds 10 characters, these are 11`),
			{Config: fine}, // so that the placement can be removed
		},
	})
}

// A text that would become more than it is, in a generated file or in a message, is
// refused at plan time; so is a template that nobody has.
func TestAccAgentPlacement_refusesTextsThatBreakOut(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?i)" + strings.ReplaceAll(says, " ", `[\s│]+`))}
	}
	phone := func(more string) string {
		return fullConfig(d, `"2000-2001"`, twoServers, strings.Replace(aPassword, " }", ", "+more+" }", 1))
	}
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: []resource.TestStep{
		refused(strings.Replace(phone(`status = "ACTIVE"`), `"floor1"`, `"floor1\nfloor2"`, 1), `line end or another control character`),
		refused(phone(`outbound_cid = "1> <2"`), `outbound_cid must not hold ">"`),
		refused(phone(`unavail_dialplan_fwd_exten = "8500,1)"`), `unavail_dialplan_fwd_exten must not hold`),
		refused(phone(`codecs_list = "ulaw;x"`), `codecs_list must not hold`),
		refused(phone(`template_id = "NOSUCH"`), `template NOSUCH is neither`),
		refused(strings.Replace(phone(`status = "ACTIVE"`), `seats `, "alias_user_group = \"a\\nb\"\n  seats ", 1), `line end or another control character`),
	}})
}
