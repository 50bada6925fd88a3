package dialforecast_test

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

const forecast = "data.vicidial_dial_forecast.floor"

func config(d *sandbox.Database, more string) string {
	return acctest.Provider(d) + "data \"vicidial_dial_forecast\" \"floor\" {\n" + more + "\n}\n"
}

func is(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(forecast, path, check)
}

func of(campaign, attribute string) tfjsonpath.Path {
	return tfjsonpath.New("campaigns").AtMapKey(campaign).AtMapKey(attribute)
}

func counts(numbers map[string]int64) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(numbers))
	for key, number := range numbers {
		checks[key] = knownvalue.Int64Exact(number)
	}
	return knownvalue.MapExact(checks)
}

func TestAccDialForecast(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // SALES has a limit of 30 on each node; dial3 balances
						Config: config(d, `goals = { SALES = { "10.0.0.1" = 50, "10.0.0.2" = 20 } }`),
						ConfigStateChecks: []statecheck.StateCheck{
							// dial1: 30 < 50: 30 and a shortage of 20. dial2: 20. The
							// fill: 30 on dial3 by its row, 20 needed; dial2 does not balance.
							is(of("SALES", "lines_placed"), counts(map[string]int64{"10.0.0.1": 30, "10.0.0.2": 20})),
							is(of("SALES", "local_shortages"), counts(map[string]int64{"10.0.0.1": 20, "10.0.0.2": 0})),
							is(of("SALES", "fill_placed"), counts(map[string]int64{"10.0.0.3": 20})),
							is(of("SALES", "missing"), knownvalue.Int64Exact(0)),
							is(tfjsonpath.New("shortfalls"), knownvalue.ListSizeExact(0)),
							is(tfjsonpath.New("svg"), knownvalue.StringRegexp(regexp.MustCompile(`(?s)^<svg .*>SALES<.*>30 of 50<.*>20 by the fill<`))),
							is(tfjsonpath.New("svg"), knownvalue.StringRegexp(regexp.MustCompile(`>−20<`))),
							is(tfjsonpath.New("servers").AtMapKey("10.0.0.1").AtMapKey("seconds"), knownvalue.Float64Exact(1.5)), // 30 at 20 a second
							is(tfjsonpath.New("fill_seconds"), knownvalue.Float64Exact(2)),                                       // 20 at 10 a second
						},
					},
					{ // without the fill the calls are missing, and a finding gives the reason
						Config: config(d, "balance_fill = false\n"+`goals = { SALES = { "10.0.0.1" = 50 } }`),
						ConfigStateChecks: []statecheck.StateCheck{
							is(of("SALES", "missing"), knownvalue.Int64Exact(20)),
							is(tfjsonpath.New("shortfalls"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringRegexp(regexp.MustCompile(
								`^Campaign SALES gets 30 of the 50 lines that it wants; 20 are missing\. Its MAXIMUM_LIMIT on server 10\.0\.0\.1 is 30\. The balance fill runs nowhere`))})),
						},
					},
					{ // reservations counted twice: C wants 90 beside SALES, which uses its 30
						PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_campaigns (campaign_id, active, dial_method, auto_dial_level) VALUES ('CALM', 'Y', 'RATIO', '1')",
							"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 25, 'OVERFLOW_ALLOWED')"),
						Config: config(d, "serve_order = [\"SALES\"]\nbalance_fill = false\n"+`goals = { CALM = { "10.0.0.1" = 90 }, SALES = { "10.0.0.1" = 30 } }`),
						ConfigStateChecks: []statecheck.StateCheck{
							is(of("SALES", "lines"), knownvalue.Int64Exact(30)),
							// allowed 100-30-25 = 45, active 30: 15 placed, 75 short.
							is(of("CALM", "lines"), knownvalue.Int64Exact(15)),
							is(of("CALM", "shortage"), knownvalue.Int64Exact(75)),
							is(tfjsonpath.New("shortfalls"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringRegexp(regexp.MustCompile(`stops at 45 lines in use by anybody`))})),
						},
					},
					{ // the present load: one agent READY, one INCALL of SALES on dial1 at level 2, and three calls up
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_trunks WHERE dedicated_trunks = 25"),
						Config:    config(d, ""),
						ConfigStateChecks: []statecheck.StateCheck{
							is(of("SALES", "goal"), knownvalue.Int64Exact(6)), // the remote agent on dial3 counts as well
							is(of("SALES", "lines_placed"), counts(map[string]int64{"10.0.0.1": 1, "10.0.0.3": 2})),
							is(tfjsonpath.New("servers").AtMapKey("10.0.0.1").AtMapKey("lines"), knownvalue.Int64Exact(5)),
						},
					},
					{Config: config(d, `goals = { NOBODY = { "10.0.0.1" = 5 } }`), ExpectError: regexp.MustCompile(`campaign NOBODY is not in\s+vicidial_campaigns`)},
					{Config: config(d, `goals = { SALES = { "10.0.0.77" = 5 } }`), ExpectError: regexp.MustCompile(`Server\s+10.0.0.77\s+is\s+neither\s+in\s+the\s+table\s+servers\s+nor\s+planned`)},
				},
			})
		})
	}
}
