package trunksplit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// Rows that nobody made with a form.

func nothing() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

func TestAccTrunkSplit_rowsOfNULL(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	blanked := acctest.Run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = NULL, trunk_restriction = NULL WHERE server_ip = '10.0.0.1'")
	const zero = `"10.0.0.1" = { trunks = 0 }, "10.0.0.2" = {}`
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: aSplit(d, 90, twoToOne)},
			{
				PreConfig: blanked, Config: aSplit(d, 90, twoToOne),
				Check: acctest.Expect(t, d, rows, `
					| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
					| 10.0.0.1  | SALES       |               60 | MAXIMUM_LIMIT     |
					| 10.0.0.2  | SALES       |               30 | MAXIMUM_LIMIT     |`),
			},
			{Config: aSplit(d, 90, zero)},
			{ // NULL is no limit to the dialer, 0 is
				PreConfig: acctest.Run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = NULL WHERE server_ip = '10.0.0.1'"),
				Config:    aSplit(d, 90, zero),
				Check: acctest.Expect(t, d, rows, `
					| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
					| 10.0.0.1  | SALES       |                0 | MAXIMUM_LIMIT     |
					| 10.0.0.2  | SALES       |               90 | MAXIMUM_LIMIT     |`),
			},
			{PreConfig: blanked, RefreshState: true, ExpectNonEmptyPlan: true},
			{Config: acctest.Provider(d)}, // and they can be removed
		},
	})
	d.Expect(t, rows, "| server_ip | campaign_id | dedicated_trunks | trunk_restriction |")
}

// VICIdial's collations see neither case nor blanks at the end.
func TestAccTrunkSplit_rowsWrittenInAnotherWay(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	otherwise := acctest.Run(t, d, "UPDATE vicidial_server_trunks SET server_ip = '10.0.0.1 ', campaign_id = 'sales ' WHERE server_ip = '10.0.0.1'")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: aSplit(d, 90, twoToOne)},
			{PreConfig: otherwise, Config: aSplit(d, 90, twoToOne), ConfigPlanChecks: nothing()},
			{
				Config: aSplit(d, 30, twoToOne),
				Check:  acctest.Expect(t, d, "SELECT dedicated_trunks FROM vicidial_server_trunks ORDER BY server_ip", "| dedicated_trunks |\n|               20 |\n|               10 |"),
			},
		},
		CheckDestroy: acctest.Expect(t, d, rows, "| server_ip | campaign_id | dedicated_trunks | trunk_restriction |"),
	})
}

// One row caps and the other does not: however often that is looked at, the plan
// says so.
func TestAccTrunkSplit_restrictionsThatDiffer(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	config := aSplit(d, 90, twoToOne)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:    acctest.Run(t, d, "UPDATE vicidial_server_trunks SET trunk_restriction = 'OVERFLOW_ALLOWED' WHERE server_ip = '10.0.0.2'"),
				RefreshState: true, ExpectNonEmptyPlan: true,
			},
			{RefreshState: true, ExpectNonEmptyPlan: true},
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(split, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(split, tfjsonpath.New("trunk_restriction"), knownvalue.StringExact("MAXIMUM_LIMIT")),
				}},
			},
			{Config: config, ConfigPlanChecks: nothing()},
		},
	})
}

// Servers come and go between plan and apply, also by this very run: a split that
// blocks the others takes them as it finds them.
func TestAccTrunkSplit_blocksWhatItFinds(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	config := func(total int, servers ...string) string {
		var text strings.Builder
		text.WriteString(aSplit(d, total, `"10.0.0.1" = {}`, `elsewhere = "block"`))
		for _, id := range servers {
			fmt.Fprintf(&text, "resource \"vicidial_server\" %q {\n  server_id = %q\n  server_ip = \"10.0.0.%s\"\n}\n", id, id, id[4:])
		}
		return text.String()
	}
	meanwhile := func(statement string) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(acctest.Run(t, d, statement))}}
	}
	blocked := func(ips ...string) resource.TestCheckFunc {
		want := []string{"| server_ip |"}
		for _, ip := range ips {
			want = append(want, "| "+ip+"  |")
		}
		return acctest.Expect(t, d, "SELECT server_ip FROM vicidial_server_trunks WHERE dedicated_trunks = 0 AND trunk_restriction = 'MAXIMUM_LIMIT' ORDER BY server_ip", strings.Join(want, "\n"))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config(50), ConfigPlanChecks: meanwhile("INSERT INTO servers (server_id, server_ip) VALUES ('dial4', '10.0.0.4')"), Check: blocked("10.0.0.2", "10.0.0.3", "10.0.0.4")},
			{Config: config(60), ConfigPlanChecks: meanwhile("DELETE FROM servers WHERE server_id = 'dial4'"), Check: blocked("10.0.0.2", "10.0.0.3")},
			{Config: config(60), ConfigPlanChecks: nothing()},
			// Neither refers to the other, so that either may be first. Where the
			// split is, the servers are there too late for it.
			{Config: strings.ReplaceAll(config(60, "dial5", "dial6"), "  server_ip = ", "  depends_on = ["+split+"]\n  server_ip = "), ExpectNonEmptyPlan: true},
			{Config: config(60, "dial5", "dial6"), Check: blocked("10.0.0.2", "10.0.0.3", "10.0.0.5", "10.0.0.6")},
			{Config: config(70, "dial5"), Check: blocked("10.0.0.2", "10.0.0.3", "10.0.0.5")},
			{Config: config(70, "dial5"), ConfigPlanChecks: nothing()},
		},
	})
}

// Whatever shape rows have, an import and a configuration that says the same plan
// no change.
func TestAccTrunkSplit_importsOfEveryShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim, id, rows, servers string
		total                    int
		more                     []string
	}{
		{"an id in other letters", "sales", "('10.0.0.1', 'sales', 60, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 30, 'MAXIMUM_LIMIT')", `"10.0.0.1" = { trunks = 60 }, "10.0.0.2" = { trunks = 30 }`, 90, nil},
		{"more than a server has", "SALES", "('10.0.0.1', 'SALES', 160, 'MAXIMUM_LIMIT')", `"10.0.0.1" = { trunks = 160 }`, 160, nil},
		{"restrictions that cap nothing", "SALES", "('10.0.0.1', 'SALES', 60, NULL), ('10.0.0.2', 'SALES', 60, 'OVERFLOW_ALLOWED')", `"10.0.0.1" = { trunks = 60 }, "10.0.0.2" = { trunks = 60 }`, 120, []string{`trunk_restriction = "OVERFLOW_ALLOWED"`}},
		{"blocked on one of two other servers", "SALES", "('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 0, 'MAXIMUM_LIMIT')", `"10.0.0.1" = { trunks = 60 }, "10.0.0.2" = { trunks = 0 }`, 60, nil},
		{"blocked everywhere else", "SALES", "('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 0, 'MAXIMUM_LIMIT'), ('10.0.0.3', 'SALES', 0, 'MAXIMUM_LIMIT')", `"10.0.0.1" = { trunks = 60 }`, 60, []string{`elsewhere = "block"`}},
		{"blocked everywhere", "SALES", "('10.0.0.1', 'SALES', 0, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 0, 'MAXIMUM_LIMIT'), ('10.0.0.3', 'SALES', 0, 'MAXIMUM_LIMIT')", strings.ReplaceAll(allThree, "{}", "{ trunks = 0 }"), 0, nil},
		{"on a server that is gone", "SALES", "('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.9', 'SALES', 30, 'MAXIMUM_LIMIT')", `"10.0.0.1" = { trunks = 60 }, "10.0.0.9" = { trunks = 30 }`, 60, nil},
		{"sized for a loss", "SALES", "('10.0.0.1', 'SALES', 50, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 50, 'MAXIMUM_LIMIT'), ('10.0.0.3', 'SALES', 50, 'MAXIMUM_LIMIT')", strings.ReplaceAll(allThree, "{}", "{ trunks = 50 }"), 150, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d := aFloor(t, 1720)
			acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES "+c.rows)()
			config := aSplit(d, c.total, c.servers, c.more...)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						Config:           config + "import {\n  to = " + split + "\n  id = \"" + c.id + "\"\n}\n",
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(split, plancheck.ResourceActionNoop)}},
					},
					{Config: config, ConfigPlanChecks: nothing()},
				},
			})
		})
	}
	t.Run("issue 12: two rows become the one that the dialer obeys", func(t *testing.T) {
		t.Parallel()
		d := aFloor(t, 1720)
		acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 10, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 30, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 3, 'MAXIMUM_LIMIT')")()
		config := aSplit(d, 33, `"10.0.0.1" = { trunks = 3 }, "10.0.0.2" = { trunks = 30 }`)
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{
					Config: config + "import {\n  to = " + split + "\n  id = \"SALES\"\n}\n",
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(split, plancheck.ResourceActionUpdate), // of duplicate_rows only
						plancheck.ExpectKnownValue(split, tfjsonpath.New("allocations"), knownvalue.MapExact(map[string]knownvalue.Check{
							"10.0.0.1": knownvalue.Int64Exact(3), "10.0.0.2": knownvalue.Int64Exact(30),
						})),
					}},
					Check: acctest.Expect(t, d, rows, `
						| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
						| 10.0.0.1  | SALES       |                3 | MAXIMUM_LIMIT     |
						| 10.0.0.2  | SALES       |               30 | MAXIMUM_LIMIT     |`),
				},
				{Config: config, ConfigPlanChecks: nothing()},
			},
		})
	})
	t.Run("shares sized for a loss can be declared as such", func(t *testing.T) {
		t.Parallel()
		d := aFloor(t, 1720)
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps:                    []resource.TestStep{{Config: aSplit(d, 100, strings.ReplaceAll(allThree, "{}", "{ trunks = 50 }"), "survive_node_loss = 1")}},
		})
	})
	t.Run("a row of a server that is gone goes when it is not declared", func(t *testing.T) {
		t.Parallel()
		d := aFloor(t, 1720)
		acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.9', 'SALES', 30, 'MAXIMUM_LIMIT')")()
		imported := "import {\n  to = " + split + "\n  id = \"SALES\"\n}\n"
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{
					Config: aSplit(d, 60, `"10.0.0.1" = { trunks = 60 }`) + imported,
					Check:  acctest.Expect(t, d, "SELECT server_ip FROM vicidial_server_trunks", "| server_ip |\n| 10.0.0.1  |"),
				},
			},
		})
	})
}
