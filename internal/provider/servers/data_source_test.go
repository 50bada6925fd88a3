package servers_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestAccServers(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			acctest.Run(t, d, "UPDATE servers SET active = 'N' WHERE server_id = 'dial2'")()
			found := func(filter string, ips ...string) resource.TestStep {
				checks := make([]knownvalue.Check, 0, len(ips))
				for _, ip := range ips {
					checks = append(checks, knownvalue.StringExact(ip))
				}
				return resource.TestStep{
					Config: acctest.Provider(d) + "data \"vicidial_servers\" \"some\" {\n" + filter + "\n}\n",
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue("data.vicidial_servers.some", tfjsonpath.New("server_ips"), knownvalue.ListExact(checks)),
						statecheck.ExpectKnownValue("data.vicidial_servers.some", tfjsonpath.New("servers"), knownvalue.MapSizeExact(len(ips))),
					},
				}
			}
			all := found("", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.5")
			at := tfjsonpath.New("servers").AtMapKey("10.0.0.3")
			for attribute, check := range map[string]knownvalue.Check{
				"server_id": knownvalue.StringExact("dial3"), "active": knownvalue.Bool(true), "vicidial_balance_active": knownvalue.Bool(true),
				"max_vicidial_trunks": knownvalue.Int64Exact(100), "outbound_calls_per_second": knownvalue.Int64Exact(20),
				"conf_engine": knownvalue.StringExact("MEETME"), "active_agent_login_server": knownvalue.Bool(true),
			} {
				all.ConfigStateChecks = append(all.ConfigStateChecks, statecheck.ExpectKnownValue("data.vicidial_servers.some", at.AtMapKey(attribute), check))
			}
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: acctest.Provider(d) + "data \"vicidial_servers\" \"some\" {\n server_id_matches = \"(\"\n}\n", ExpectError: regexp.MustCompile(`not\s+a\s+regular\s+expression`)},
					all,
					found("active_asterisk_server = true", "10.0.0.1", "10.0.0.2", "10.0.0.3"),
					found("active_asterisk_server = false", "10.0.0.5"),
					found("active = false", "10.0.0.2"),
					found("vicidial_balance_active = true", "10.0.0.3"),
					found("conf_engine = \"CONFBRIDGE\""),
					found("server_id_matches = \"^DIAL[12]$\"", "10.0.0.1", "10.0.0.2"),
					found("active_agent_login_server = true\n active = true\n server_id_matches = \"dial\"", "10.0.0.1", "10.0.0.3"),
				},
			})
		})
	}
}

func TestAccServers_unknownDatabase(t *testing.T) {
	t.Parallel()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: `
provider "vicidial" {
  host     = terraform_data.later.output
  username = "x"
  password = "x"
}
resource "terraform_data" "later" { input = "127.0.0.1" }
data "vicidial_servers" "some" {}`,
			ExpectError: regexp.MustCompile(`(?s)Unable to read servers.*provider is not configured`),
		}},
	})
}
