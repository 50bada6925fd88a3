package trunksplit_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const split = "vicidial_trunk_split.sales"

const rows = "SELECT server_ip, campaign_id, dedicated_trunks, trunk_restriction FROM vicidial_server_trunks ORDER BY server_ip, campaign_id, dedicated_trunks"

// aFloor is a database with three servers of 100 trunks and some campaigns, as
// an operator would have them.
func aFloor(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	for i := 1; i <= 3; i++ {
		acctest.Run(t, d, fmt.Sprintf("INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial%d', '10.0.0.%d', 100)", i, i))()
	}
	return d
}

// aSplit declares SALES over servers, written as HCL.
func aSplit(d *sandbox.Database, total int, servers string, more ...string) string {
	return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = %d
  servers     = { %s }
  %s
}
`, total, servers, strings.Join(more, "\n  "))
}

const (
	twoToOne = `"10.0.0.1" = { weight = 2 }, "10.0.0.2" = {}`
	allThree = `"10.0.0.1" = {}, "10.0.0.2" = {}, "10.0.0.3" = {}`
)

func allocations(shares map[string]int64) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(shares))
	for ip, share := range shares {
		checks[ip] = knownvalue.Int64Exact(share)
	}
	return knownvalue.MapExact(checks)
}

func planned(shares map[string]int64) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectKnownValue(split, tfjsonpath.New("allocations"), allocations(shares)),
	}}
}

// pattern finds a message wherever Terraform breaks its lines.
func pattern(message string) *regexp.Regexp {
	return regexp.MustCompile("(?i)" + strings.ReplaceAll(message, " ", `\s+`))
}

func TestAccTrunkSplit(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := aFloor(t, schema)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // the plan says the shares before anything is written
						Config:           aSplit(d, 90, twoToOne),
						ConfigPlanChecks: planned(map[string]int64{"10.0.0.1": 60, "10.0.0.2": 30}),
						Check: acctest.Expect(t, d, rows, `
							| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
							| 10.0.0.1  | SALES       |               60 | MAXIMUM_LIMIT     |
							| 10.0.0.2  | SALES       |               30 | MAXIMUM_LIMIT     |`),
					},
					{ResourceName: split, ImportState: true, ImportStateId: "SALES", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "campaign_id", ImportStateVerifyIgnore: []string{"servers"}},
					{ // a server joins: others shrink before it grows
						Config:           aSplit(d, 90, allThree),
						ConfigPlanChecks: planned(map[string]int64{"10.0.0.1": 30, "10.0.0.2": 30, "10.0.0.3": 30}),
					},
					{ // a fixed share, another restriction and one server less
						Config:           aSplit(d, 90, `"10.0.0.1" = { trunks = 70 }, "10.0.0.3" = { max = 50 }`, `trunk_restriction = "OVERFLOW_ALLOWED"`),
						ConfigPlanChecks: planned(map[string]int64{"10.0.0.1": 70, "10.0.0.3": 20}),
						Check: acctest.Expect(t, d, rows, `
							| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
							| 10.0.0.1  | SALES       |               70 | OVERFLOW_ALLOWED  |
							| 10.0.0.3  | SALES       |               20 | OVERFLOW_ALLOWED  |`),
					},
					{ // the campaign dials nowhere else
						Config: aSplit(d, 90, `"10.0.0.1" = {}`, `elsewhere = "block"`),
						Check: acctest.Expect(t, d, rows, `
							| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
							| 10.0.0.1  | SALES       |               90 | MAXIMUM_LIMIT     |
							| 10.0.0.2  | SALES       |                0 | MAXIMUM_LIMIT     |
							| 10.0.0.3  | SALES       |                0 | MAXIMUM_LIMIT     |`),
					},
					{ // with any one of them gone the others still hold the total
						Config:           aSplit(d, 100, allThree, "survive_node_loss = 1"),
						ConfigPlanChecks: planned(map[string]int64{"10.0.0.1": 50, "10.0.0.2": 50, "10.0.0.3": 50}),
					},
				},
				CheckDestroy: acctest.Expect(t, d, rows, `| server_ip | campaign_id | dedicated_trunks | trunk_restriction |`),
			})
		})
	}
}

func TestAccTrunkSplit_drift(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	config := aSplit(d, 90, twoToOne)
	back := acctest.Expect(t, d, rows, `
		| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
		| 10.0.0.1  | SALES       |               60 | MAXIMUM_LIMIT     |
		| 10.0.0.2  | SALES       |               30 | MAXIMUM_LIMIT     |`)
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(split, plancheck.ResourceActionUpdate)}}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{ // a share changed by hand
				PreConfig: acctest.Run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = 5 WHERE server_ip = '10.0.0.2'"),
				Config:    config, ConfigPlanChecks: updates, Check: back,
			},
			{ // a restriction changed by hand
				PreConfig: acctest.Run(t, d, "UPDATE vicidial_server_trunks SET trunk_restriction = 'OVERFLOW_ALLOWED' WHERE server_ip = '10.0.0.1'"),
				Config:    config, ConfigPlanChecks: updates, Check: back,
			},
			{ // a row removed by hand
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_trunks WHERE server_ip = '10.0.0.1'"),
				Config:    config, ConfigPlanChecks: updates, Check: back,
			},
			{ // rows doubled by hand, alike and unlike
				PreConfig: acctest.Run(t, d,
					"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT')",
					"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.2', 'SALES', 0, 'MAXIMUM_LIMIT')"),
				Config: config, ConfigPlanChecks: updates, Check: back,
			},
			{ // rows of others, and on servers that are not listed, are nobody's business
				PreConfig: acctest.Run(t, d,
					"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.3', 'SALES', 7, 'OVERFLOW_ALLOWED')",
					"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SURVEY', 10, 'MAXIMUM_LIMIT')"),
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ // all rows gone, as after the campaign was removed and made again
				PreConfig:        acctest.Run(t, d, "DELETE FROM vicidial_server_trunks WHERE campaign_id = 'SALES'"),
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(split, plancheck.ResourceActionCreate)}},
			},
		},
		CheckDestroy: acctest.Expect(t, d, rows, `
			| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
			| 10.0.0.1  | SURVEY      |               10 | MAXIMUM_LIMIT     |`),
	})
}

func TestAccTrunkSplit_blocksServersThatAppear(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	config := aSplit(d, 50, `"10.0.0.1" = {}`, `elsewhere = "block"`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: acctest.Run(t, d,
					"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial4', '10.0.0.4', 100)",
					"UPDATE vicidial_server_trunks SET dedicated_trunks = 9 WHERE server_ip = '10.0.0.3'"),
				Config: config,
				Check: acctest.Expect(t, d, rows, `
					| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
					| 10.0.0.1  | SALES       |               50 | MAXIMUM_LIMIT     |
					| 10.0.0.2  | SALES       |                0 | MAXIMUM_LIMIT     |
					| 10.0.0.3  | SALES       |                0 | MAXIMUM_LIMIT     |
					| 10.0.0.4  | SALES       |                0 | MAXIMUM_LIMIT     |`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(split, tfjsonpath.New("blocked_servers"),
					knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("10.0.0.2"), knownvalue.StringExact("10.0.0.3"), knownvalue.StringExact("10.0.0.4")}))},
			},
		},
	})
}

func TestAccTrunkSplit_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.3', 'SURVEY', 80, 'MAXIMUM_LIMIT')")()
	step := func(config, message string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: pattern(message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step(strings.ReplaceAll(aSplit(d, 10, twoToOne), `"SALES"`, `"NOBODY"`), "campaign NOBODY is not in vicidial_campaigns"),
			step(strings.ReplaceAll(aSplit(d, 10, twoToOne), `"SALES"`, `"sales"`), "VICIdial writes this campaign SALES"),
			step(aSplit(d, 10, `"10.0.0.1" = { weight = 0 }`), `weight value must be between 1 and 1000`),
			step(aSplit(d, 10, `"10.0.0.01" = {}`), "is not an IPv4 address without leading zeros"),
			step(aSplit(d, 10, `"10.0.0.9" = {}`), "server 10.0.0.9 is neither in the table servers nor planned"),
			step(aSplit(d, 10, `"10.0.0.1" = { trunks = 3, weight = 2 }`), `\.weight" cannot be specified when`),
			step(aSplit(d, 150, `"10.0.0.1" = {}`), "the share of 150 is more than server 10.0.0.1 has"),
			step(aSplit(d, 90, `"10.0.0.1" = { max = 40 }`), "add up to 40, 50 short of the total of 90"),
			step(aSplit(d, 90, `"10.0.0.1" = { max = 60 }, "10.0.0.2" = { max = 60 }`, "survive_node_loss = 1"), "hold 60 at most, 30 short of the total of 90"),
			step(aSplit(d, 10, `"10.0.0.1" = {}`, `elsewhere = "ban"`), `elsewhere value must be one of`),
			step(aSplit(d, 10, ``), `servers map must contain at least 1 elements`),
			{ // a warning at plan time: another split may shrink before. Apply refuses.
				Config: aSplit(d, 50, `"10.0.0.3" = {}`), ExpectError: regexp.MustCompile(`130\s+would\s+be\s+reserved\s+\(80\s+of\s+them\s+by\s+other\s+campaigns\):\s+30\s+too\s+many`),
			},
			{Config: acctest.Provider(d)},
		},
	})
	d.Expect(t, rows, `
		| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
		| 10.0.0.3  | SURVEY      |               80 | MAXIMUM_LIMIT     |`)
}

func TestAccTrunkSplit_resumesButDoesNotTakeOver(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig:   acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 12, 'MAXIMUM_LIMIT')"),
				Config:      aSplit(d, 90, twoToOne),
				ExpectError: regexp.MustCompile(`already\s+exists\s+with\s+12\s+MAXIMUM_LIMIT`),
			},
			{ // what a killed create leaves is taken up
				PreConfig: acctest.Run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = 60"),
				Config:    aSplit(d, 90, twoToOne),
			},
		},
	})
}

func TestAccTrunkSplit_identity(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: aSplit(d, 60, `"10.0.0.1" = { trunks = 60 }`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(split, map[string]knownvalue.Check{"campaign_id": knownvalue.StringExact("SALES")}),
				},
			},
			{ResourceName: split, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

func TestAccTrunkSplit_importOfServersWithoutRows(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	refused := func(id, message string) resource.TestStep {
		return resource.TestStep{ResourceName: split, ImportState: true, ImportStateId: id, ExpectError: pattern(message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: aSplit(d, 90, twoToOne)},
			refused("SALES=10.0.0.99, 10.0.0.1,10.0.0.3", `SALES has no rows on \["10.0.0.3" "10.0.0.99"\]; list servers with rows: 10.0.0.1, 10.0.0.2`),
			refused("SALES=", `SALES has no rows on \[""\]; list servers with rows: 10.0.0.1, 10.0.0.2`),
			refused("=10.0.0.1", `has no rows on \["10.0.0.1"\]; list servers with rows`),
			{ResourceName: split, ImportState: true, ImportStateId: "SALES=10.0.0.2", ImportStateCheck: func(states []*terraform.InstanceState) error {
				if len(states) != 1 || states[0].Attributes["total"] != "30" {
					return fmt.Errorf("imported %v", states)
				}
				return nil
			}},
		},
	})
}
