package capacity_test

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

const capacity = "data.vicidial_capacity.now"

func is(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(capacity, path, check)
}

func on(ip, attribute string) tfjsonpath.Path {
	return tfjsonpath.New("servers").AtMapKey(ip).AtMapKey(attribute)
}

// sample is a row of server_performance.
func sample(ip string, minutesAgo, lines, clients, idle int) string {
	return fmt.Sprintf("INSERT INTO server_performance (start_time, server_ip, sysload, freeram, usedram, processes, channels_total, trunks_total, clients_total, clients_zap, clients_iax, clients_local, clients_sip, live_recordings, cpu_idle_percent) "+
		"VALUES (NOW() - INTERVAL %d MINUTE, '%s', 100, 1, 1, 1, %d, %d, %d, 0, 0, %d, %d, 0, %d)", minutesAgo, ip, 2*lines+clients, lines, lines+clients, lines, clients, idle) // each line has a Local channel
}

func TestAccCapacity(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			config := acctest.Provider(d) + "data \"vicidial_capacity\" \"now\" {\n hours = 2\n}\n"
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // without history, the peaks are the present values
						Config: config,
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("single_box_suffices"), knownvalue.Bool(true)),
							is(tfjsonpath.New("agents_peak"), knownvalue.Int64Exact(3)),
							is(tfjsonpath.New("lines_peak"), knownvalue.Int64Exact(5)),
							is(tfjsonpath.New("servers"), knownvalue.MapSizeExact(3)), // not the pseudo server
							is(on("10.0.0.1", "agents_ceiling"), knownvalue.Int64Exact(10)),
							is(on("10.0.0.1", "lines_ceiling"), knownvalue.Int64Exact(100)),
							is(on("10.0.0.1", "lines_ceiling_measured"), knownvalue.Null()),
							is(on("10.0.0.1", "use_percent"), knownvalue.Float64Exact(20)), // 2 of 10 rooms
							is(tfjsonpath.New("findings"), knownvalue.ListExact([]knownvalue.Check{
								knownvalue.StringRegexp(regexp.MustCompile("one machine would carry it")),
								knownvalue.StringRegexp(regexp.MustCompile("The peaks are those of this moment")),
								knownvalue.StringRegexp(regexp.MustCompile(`dial1 \(10\.0\.0\.1\) does not log its performance`)),
								knownvalue.StringRegexp(regexp.MustCompile(`dial2 \(10\.0\.0\.2\) does not log its performance`)),
								knownvalue.StringRegexp(regexp.MustCompile(`dial3 \(10\.0\.0\.3\) does not log its performance`)),
							})),
						},
					},
					{ // the busiest sample of the last two hours counts
						PreConfig: acctest.Run(t, d,
							sample("10.0.0.1", 10, 60, 9, 40), sample("10.0.0.1", 11, 20, 5, 10), sample("10.0.0.1", 600, 99, 10, 1),
							sample("10.0.0.2", 10, 30, 4, 95), sample("10.0.0.77", 10, 500, 50, 1)),
						Config: config,
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("single_box_suffices"), knownvalue.Bool(false)), // 14 agents, 91 lines, and dial1 carries 70
							is(on("10.0.0.1", "lines_peak"), knownvalue.Int64Exact(60)),
							is(on("10.0.0.1", "agents_peak"), knownvalue.Int64Exact(9)),
							is(on("10.0.0.1", "lines_ceiling_measured"), knownvalue.Int64Exact(70)),
							is(on("10.0.0.1", "use_percent"), knownvalue.Float64Exact(90)), // 9 of 10 rooms
							is(on("10.0.0.1", "why"), knownvalue.StringExact("Server dial1 (10.0.0.1) uses 9 of the 10 agents of its conference rooms.")),
							is(on("10.0.0.2", "lines_ceiling_measured"), knownvalue.Null()),
							is(tfjsonpath.New("near_limit"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("10.0.0.1")})),
						},
					},
				},
			})
		})
	}
}
