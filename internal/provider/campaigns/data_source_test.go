package campaigns_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestAccCampaigns(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1302)
	acctest.BusyCluster(t, d)
	acctest.Run(t, d, "INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('OLD', 'Old', 'N', 'ADAPT_TAPERED')")()
	found := func(filter string, ids ...string) resource.TestStep {
		checks := make([]knownvalue.Check, 0, len(ids))
		for _, id := range ids {
			checks = append(checks, knownvalue.StringExact(id))
		}
		return resource.TestStep{
			Config: acctest.Provider(d) + "data \"vicidial_campaigns\" \"some\" {\n" + filter + "\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.vicidial_campaigns.some", tfjsonpath.New("campaign_ids"), knownvalue.ListExact(checks)),
				statecheck.ExpectKnownValue("data.vicidial_campaigns.some", tfjsonpath.New("campaigns"), knownvalue.MapSizeExact(len(ids))),
			},
		}
	}
	all := found("", "OLD", "SALES", "SUPPORT")
	all.ConfigStateChecks = append(all.ConfigStateChecks, statecheck.ExpectKnownValue("data.vicidial_campaigns.some", tfjsonpath.New("campaigns").AtMapKey("SALES"),
		knownvalue.ObjectExact(map[string]knownvalue.Check{"campaign_name": knownvalue.StringExact("Sales"), "active": knownvalue.Bool(true), "dial_method": knownvalue.StringExact("RATIO")})))
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			all,
			found("active = true", "SALES", "SUPPORT"),
			found("active = false", "OLD"),
			found("dial_methods = [\"RATIO\", \"ADAPT_TAPERED\"]", "OLD", "SALES"),
			found("campaign_id_matches = \"^s\"\n active = true", "SALES", "SUPPORT"),
			found("dial_methods = []"),
		},
	})
}
