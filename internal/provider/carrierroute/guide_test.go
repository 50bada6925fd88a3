package carrierroute_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// The shapes of the guide on carriers are made as they stand there, read back
// without a difference, and taken over from their rows.
func TestAccCarrierRoute_guide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../templates/guides/carriers.md")
	if err != nil {
		t.Fatal(err)
	}
	shapes := regexp.MustCompile("(?s)```terraform\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(shapes) != 6 {
		t.Fatalf("the guide has %d shapes", len(shapes))
	}
	d := sandbox.New(t, 1720)
	config := []string{acctest.Provider(d), `
resource "vicidial_server" "dial1" {
  server_id = "dial1"
  server_ip = "10.10.10.11"
}
variable "carrier_password" {
  default   = "w0rd;\"[x] y"
  ephemeral = true
}`}
	for _, shape := range shapes {
		config = append(config, shape[1])
	}
	steps := []resource.TestStep{
		{
			Config: strings.Join(config, "\n"),
			Check: resource.ComposeTestCheckFunc(
				acctest.Expect(t, d, "SELECT carrier_name, protocol FROM vicidial_server_carriers WHERE active = 'Y' AND server_ip = '10.10.10.11' ORDER BY carrier_name", `
				| carrier_name | protocol |
				| ADDRESS      | SIP      |
				| IAX          | IAX2     |
				| MAIN         | SIP      |
				| PJSIP        | PJSIP    |
				| RANDOM       | SIP      |
				| REGISTERED   | SIP      |`),
				acctest.Expect(t, d, `SELECT COUNT(*) AS kept FROM vicidial_server_carriers WHERE INSTR(account_entry, CONCAT('=w0rd', CHAR(92), ';"[x] y')) > 0`, `
				| kept |
				|    3 |`),
			),
		},
		{Config: strings.Join(config, "\n"), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	}
	for name, id := range map[string]string{"by_address": "ADDRESS", "main": "MAIN", "random": "RANDOM"} {
		steps = append(steps, resource.TestStep{
			ResourceName: "vicidial_carrier_route." + name, ImportState: true, ImportStateId: id,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		})
	}
	play(t, steps...)
}
