package carrierroute_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// siblings declares routes as instances of one resource (of count: the test framework
// knows no for_each), each with what it fails over
// to: "A>B,C" is on both nodes, and "A@10.0.0.1" on one.
func siblings(d *sandbox.Database, account string, routes ...string) string {
	var entries []string
	for i, route := range routes {
		name, next, _ := strings.Cut(route, ">")
		name, node, one := strings.Cut(name, "@")
		nodes := two
		if one {
			nodes = `"` + node + `"`
		}
		failover := "null"
		if next != "" {
			failover = `["` + strings.ReplaceAll(next, ",", `", "`) + `"]`
		}
		entries = append(entries, fmt.Sprintf("    { name = %q, prefix = \"%d\", servers = [%s], failover = %s },", name, 700+i, nodes, failover))
	}
	return acctest.Provider(d) + `
locals {
  routes = [
` + strings.Join(entries, "\n") + `
  ]
}

resource "vicidial_carrier_route" "main" {
  count         = length(local.routes)
  name          = local.routes[count.index].name
  servers       = local.routes[count.index].servers
  protocol      = "SIP"
  account_entry = ` + account + `
  dial          = { prefix = local.routes[count.index].prefix, failover = local.routes[count.index].failover }
}
`
}

const watched = `"[${lower(local.routes[count.index].name)}]\ntype=peer\nhost=sip.example.com\nqualify=yes\n"`

func TestAccCarrierRoute_failsOverAmongInstancesOfOneResource(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	var warnings acctest.Warnings
	const goesOn = "SELECT carrier_id, dialplan_entry LIKE '%Gosub(route_EAST,1)%' AS east, dialplan_entry LIKE '%Gosub(route_WEST,1)%' AS west FROM vicidial_server_carriers WHERE server_ip = '10.0.0.1' ORDER BY carrier_id"
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{
			Config: siblings(d, watched, "ANY>EAST,WEST", "EAST>WEST", "WEST>EAST"),
			Check: resource.ComposeTestCheckFunc(
				acctest.Expect(t, d, goesOn, `
					| carrier_id | east | west |
					| ANY_00001  |    1 |    1 |
					| EAST_00001 |    1 |    1 |
					| WEST_00001 |    1 |    1 |`),
				warnings.Expect(t, `failover.*End of the failover chain: .*in a cycle: EAST to WEST to EAST`),
				warnings.ExpectNo(t, `does not go on`)),
		},
		{PreConfig: warnings.Reset, Config: siblings(d, watched, "ANY>EAST,WEST", "EAST>WEST", "WEST>EAST"), Check: warnings.ExpectNone(t)},
		{ // a first and a last failover change the route in place
			PreConfig: warnings.Reset, Config: siblings(d, watched, "ANY", "EAST>WEST", "WEST>ANY"),
			Check: resource.ComposeTestCheckFunc(
				warnings.Expect(t, `failover.*End of the failover chain: .*A call of route EAST that goes on to WEST does not go on to ANY`),
				warnings.ExpectNo(t, `in a cycle`)),
		},
		{Config: acctest.Provider(d)},
	}})
}

// There are more routes than Terraform plans at a time, and all wait for one.
func TestAccCarrierRoute_manyFailOverToOne(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	var routes []string
	for i := range 24 {
		routes = append(routes, fmt.Sprintf("ROUTE%02d>ZLAST", i))
	}
	play(t, resource.TestStep{
		Config: siblings(d, watched, append(routes, "ZLAST")...),
		Check: acctest.Expect(t, d, "SELECT COUNT(*) AS c FROM vicidial_server_carriers WHERE dialplan_entry LIKE '%Gosub(route_ZLAST,1)%'", `
			| c  |
			| 50 |`),
	})
}

func TestAccCarrierRoute_refusesAFailoverThatNoInstanceIs(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	play(t,
		refused(siblings(d, watched, "EAST>WEST", "WEST>NORTH"), `no active route NORTH with a dial block is on 10.0.0.1, 10.0.0.2`),
		refused(siblings(d, watched, "EAST>WEST", "WEST@10.0.0.1>EAST"), `no active route WEST with a dial block is on 10.0.0.2`),
	)
	d.Expect(t, "SELECT COUNT(*) AS c FROM vicidial_server_carriers WHERE carrier_id LIKE '%_0000%'", "| c |\n| 0 |")
}

// What a route says of itself may be known during the apply only.
func TestAccCarrierRoute_failsOverToOneThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	config := siblings(d, `count.index == 0 ? `+watched+` : "${terraform_data.account.id == "" ? "" : `+watched+`}"`, "EAST>WEST", "WEST") + `
resource "terraform_data" "account" {}
`
	play(t, resource.TestStep{Config: config, Check: acctest.Expect(t, d, "SELECT COUNT(*) AS c FROM vicidial_server_carriers WHERE dialplan_entry LIKE '%Gosub(route_WEST,1)%'", `
		| c |
		| 4 |`)})
}
