package provider_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const server = `
resource "vicidial_server" "dial1" {
  server_id = "dial1"
  server_ip = "10.0.0.1"
}
`

const servers = "SELECT server_id, server_ip FROM servers"

func TestAccProvider_wrongPasswordSaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	d.Password = "wr0ng-pa55"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config:      acctest.Provider(d) + server,
			ExpectError: regexp.MustCompile(`(?s)1045.*Access\s+denied.*Check\s+username\s+and\s+password`),
		}},
	})
	d.Expect(t, servers, "| server_id | server_ip |")
}

func TestAccProvider_wrongConfigurationPointsAtItsAttribute(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct{ line, want string }{
		"a port out of range":       {`port = 65536`, `65536 is not a port`},
		"a certificate without key": {`tls = { mode = "required", cert_file = "c.pem" }`, `key_file`},
		"an SSH host unvouched for": {`ssh = { host = "b", user = "ops", private_key = "k" }`, `nothing\s+says\s+which\s+key`},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{{
					Config:      "provider \"vicidial\" {\n  username = \"u\"\n  " + c.line + "\n}\n" + server,
					PlanOnly:    true,
					ExpectError: regexp.MustCompile(`(?s)Invalid provider configuration.*` + c.want),
				}},
			})
		})
	}
}

func TestAccProvider_withoutADatabase(t *testing.T) {
	for _, variable := range []string{"VICIDIAL_HOST", "VICIDIAL_SOCKET", "VICIDIAL_USERNAME", "VICIDIAL_ASTGUICLIENT_CONF"} {
		t.Setenv(variable, "")
	}
	const files = `
resource "vicidial_node_config" "site" {
  nodes = { "10.0.0.1" = { roles = ["telephony", "database"] } }
}
output "padded" {
  value = provider::vicidial::padded_ip("10.0.0.1")
}
`
	const web = `
resource "vicidial_haproxy_config" "web" {
  name     = "floor1"
  hostname = "vici.example.com"
  nodes    = { web1 = { address = "10.10.20.11" } }
  tls      = { certificate_file = "/etc/haproxy/certs/vici.pem" }
}
`
	needs := func(config, want string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(want)}
	}
	const missing = `(?s)The\s+provider's\s+configuration\s+cannot\s+be\s+used:.*VICIDIAL_HOST`
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			needs(server, missing),
			needs("data \"vicidial_servers\" \"all\" {}", missing),
			needs("provider \"vicidial\" {\n  host = \"db\"\n}\n"+server, `(?s)no\s+database\s+user\s+is\s+given.*VICIDIAL_USERNAME`),
			{
				Config: files + web,
				Check:  resource.TestCheckOutput("padded", "010*000*000*001"),
			},
		},
	})
}

// unknownProvider is a provider block whose host is known when something else
// is made.
func unknownProvider(d *sandbox.Database) string {
	known := acctest.Provider(d)
	return "resource \"terraform_data\" \"database\" {\n  input = \"" + d.Host + "\"\n}\n" +
		regexp.MustCompile(`host = "[^"]*"`).ReplaceAllString(known, "host = terraform_data.database.output")
}

func TestAccProvider_unknownConfigurationKeepsState(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	const split = `
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 10
  servers     = { (vicidial_server.dial1.server_ip) = {} }
}
`
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: acctest.Provider(d) + server + split,
				Check:  acctest.Expect(t, d, servers, dial1),
			},
			{
				Config: unknownProvider(d) + server + split,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("vicidial_server.dial1", plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction("vicidial_trunk_split.sales", plancheck.ResourceActionNoop),
				}},
				Check: acctest.Expect(t, d, servers, dial1),
			},
		},
	})
}

func TestAccProvider_unknownConfigurationAppliesInOneRun(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: unknownProvider(d) + server,
			Check:  acctest.Expect(t, d, servers, dial1),
		}},
	})
}

func TestAccProvider_readOnlyPlansAndRefuses(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config:             acctest.Provider(d, "read_only = true") + server,
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
			},
			{
				Config:      acctest.Provider(d, "read_only = true") + server,
				ExpectError: regexp.MustCompile(`read_only`),
			},
		},
	})
	d.Expect(t, servers, "| server_id | server_ip |")
}

const dial1 = `
	| server_id | server_ip |
	| dial1     | 10.0.0.1  |`
