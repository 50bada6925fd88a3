package acctest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A step that is not as it expects fails, in each way in which it can.
func TestAccRunStep(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	const address = "vicidial_conf_template.phones"
	template := func(name string) string {
		return Provider(d) + `
resource "vicidial_conf_template" "phones" {
  template_id       = "softphone"
  template_name     = "` + name + `"
  template_contents = "type=friend\n"
}
`
	}
	edit := func(name string) func(*terraform.State) error {
		return func(*terraform.State) error {
			Run(t, d, "UPDATE vicidial_conf_templates SET template_name = '"+name+"'")()
			return nil
		}
	}
	work := folder{t.TempDir(), Providers()["vicidial"]}
	imported := resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "softphone", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "template_id"}
	for _, c := range []struct {
		claim string
		step  resource.TestStep
		says  string // "" for a step that is as it expects
	}{
		{"an error", resource.TestStep{Config: template("<phones>")}, "template_name"},
		{"an error that is expected", resource.TestStep{Config: template("<phones>"), ExpectError: regexp.MustCompile("template_name")}, ""},
		{"an error that is not the expected one", resource.TestStep{Config: template("<phones>"), ExpectError: regexp.MustCompile("server_ip")}, "does not match"},
		{"no error", resource.TestStep{Config: template("Phones"), ExpectError: regexp.MustCompile("template_name")}, "there is no error"},
		{"a check", resource.TestStep{Config: template("Phones"), Check: resource.TestCheckResourceAttr(address, "template_name", "phones")}, "check failed"},
		{"a check of the plan", resource.TestStep{Config: template("Desk"), ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}}, "the plan:"},
		{"a check of the state", resource.TestStep{Config: template("Desk"), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("template_name"), knownvalue.StringExact("Phones")),
		}}, "the state:"},
		{"an empty plan", resource.TestStep{Config: template("Desk"), ExpectNonEmptyPlan: true}, "the plan after it is empty"},
		{"an edit after the apply", resource.TestStep{Config: template("Desk"), Check: edit("Edited")}, "the plan after it is not empty"},
		{"an edit that is seen by a plan", resource.TestStep{Config: template("Desk"), PlanOnly: true}, "the plan after it is not empty"},
		{"an edit that is seen by a refresh", resource.TestStep{RefreshState: true}, "the plan after the refresh is not empty"},
		{"an edit that is expected", resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true}, ""},
		{"an import", imported, ""},
		{"an import of nothing", resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "absent"}, "non-existent"},
	} {
		err := runStep(t, work, &c.step)
		if c.says == "" && err != nil {
			t.Errorf("%s: %v", c.claim, err)
		}
		if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: the error is %v, want %q", c.claim, err, c.says)
		}
	}
	Run(t, d, "UPDATE vicidial_conf_templates SET template_name = 'Other'")()
	if err := runStep(t, work, &imported); err == nil || !strings.Contains(err.Error(), "the import differs") {
		t.Errorf("an import of an edited row: %v", err)
	}
	destroy(t, work, resource.TestCase{CheckDestroy: Expect(t, d, "SELECT COUNT(*) AS templates FROM vicidial_conf_templates WHERE template_id = 'softphone'", `
		| templates |
		|         0 |`)})
}
