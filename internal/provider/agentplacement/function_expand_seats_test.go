package agentplacement_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

func TestAccExpandSeats(t *testing.T) {
	t.Parallel()
	output := func(ranges string) string {
		return "output \"seats\" {\n  value = provider::vicidial::expand_seats(" + ranges + ")\n}\n"
	}
	seats := knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("0098"), knownvalue.StringExact("0099"), knownvalue.StringExact("0100"), knownvalue.StringExact("2200")})
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: output(`["2200", "0098-0100"]`), ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("seats", seats)}},
			{Config: output(`["2000-2010", "2005"]`), ExpectError: regexp.MustCompile(`2005\s+is\s+in\s+"2000-2010"\s+already`)},
			{Config: output(`["2010-2000"]`), ExpectError: regexp.MustCompile(`runs\s+backwards`)},
			{Config: output(`["2000"]`)},
		},
	})
}
