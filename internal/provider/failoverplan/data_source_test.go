package failoverplan_test

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

const plan = "data.vicidial_failover_plan.floor"

func config(d *sandbox.Database, more string) string {
	return acctest.Provider(d) + "data \"vicidial_failover_plan\" \"floor\" {\n" + more + "\n}\n"
}

func is(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(plan, path, check)
}

func loss(index int, attribute string) tfjsonpath.Path {
	return tfjsonpath.New("losses").AtSliceIndex(index).AtMapKey(attribute)
}

func texts(patterns ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, 0, len(patterns))
	for _, pattern := range patterns {
		checks = append(checks, knownvalue.StringRegexp(regexp.MustCompile(pattern)))
	}
	return knownvalue.ListExact(checks)
}

func counts(numbers map[string]int64) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(numbers))
	for key, number := range numbers {
		checks[key] = knownvalue.Int64Exact(number)
	}
	return knownvalue.MapExact(checks)
}

func TestAccFailoverPlan(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // 6 seats over three nodes; SALES may have 30 lines on each
						Config: config(d, "campaigns = { SALES = 60 }\n calls_per_second = 40"),
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("survivable"), knownvalue.Bool(true)),
							is(tfjsonpath.New("today").AtMapKey("agents_per_server"), counts(map[string]int64{"10.0.0.1": 2, "10.0.0.2": 2, "10.0.0.3": 2})),
							is(tfjsonpath.New("losses"), knownvalue.ListSizeExact(3)),
							is(tfjsonpath.New("svg"), knownvalue.StringRegexp(regexp.MustCompile(`(?s)^<svg .*>Survivable losses: 3 of 3<.*>dial1<.*>2 to dial2 \(1\), dial3 \(1\)<.*>60 of 60<`))),
							is(loss(0, "lost"), texts(`^10\.0\.0\.1$`)),
							is(loss(0, "survivable"), knownvalue.Bool(true)),
							is(loss(0, "reasons"), texts()),
							is(loss(0, "to_do"), texts(`Carrier TELCO must stop delivering inbound calls to 10\.0\.0\.1`, `10\.0\.0\.1 is the active_voicemail_server`)),
							is(loss(0, "agents_per_server"), counts(map[string]int64{"10.0.0.2": 3, "10.0.0.3": 3})),
							is(loss(0, "arrivals"), counts(map[string]int64{"10.0.0.2": 1, "10.0.0.3": 1})),
							is(loss(0, "lines"), counts(map[string]int64{"SALES": 60})),
							is(loss(0, "calls_per_second"), knownvalue.Float64Exact(40)),
							is(loss(0, "agents_cut"), knownvalue.Int64Exact(2)),
							is(loss(0, "calls_cut"), knownvalue.Int64Exact(0)),
							is(tfjsonpath.New("table"), knownvalue.StringRegexp(regexp.MustCompile(`(?m)^dial1  yes         2            0         60 of 60  40$`))),
						},
					},
					{ // losses of two nodes, and more seats than the remaining two can take
						Config: config(d, "campaigns = { SALES = 75 }\n lost_at_once = 2"),
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("survivable"), knownvalue.Bool(false)),
							is(tfjsonpath.New("losses"), knownvalue.ListSizeExact(6)),
							is(loss(0, "reasons"), texts(`^Campaign SALES gets 60 lines instead of 75\. Its MAXIMUM_LIMIT on server 10\.0\.0\.2 is 30\.`)),
							is(loss(3, "lost"), texts(`^10\.0\.0\.1$`, `^10\.0\.0\.2$`)),
							is(loss(3, "inbound_closed"), texts("TELCO")),
							is(loss(3, "lines"), counts(map[string]int64{"SALES": 30})),
						},
					},
					{ // a phone in no alias, and one of another password on the only other node
						PreConfig: acctest.Run(t, d,
							"INSERT INTO phones (extension, server_ip, login, pass, active, template_id) VALUES ('3000', '10.0.0.2', '3000', 'open', 'Y', '')",
							"UPDATE phones_alias SET logins_list = '2000a,2000b' WHERE alias_id = '2000'"),
						Config: config(d, ""),
						ConfigStateChecks: []statecheck.StateCheck{
							is(loss(1, "stranded_seats"), texts(`^3000$`)),
							is(loss(1, "reasons"), texts(`no phone on a server that is left for 1 seat \(3000\)`)),
							is(loss(1, "stranded"), knownvalue.Int64Exact(1)),
						},
					},
					{
						Config:            config(d, "pinned_phones = false"),
						ConfigStateChecks: []statecheck.StateCheck{is(tfjsonpath.New("survivable"), knownvalue.Bool(true))},
					},
					{ // the present load: two agents on dial1, one on dial2
						PreConfig: acctest.Run(t, d, "UPDATE server_updater SET last_update = NOW()", // the steps before may take longer than a heartbeat lasts
							"UPDATE server_updater SET last_update = NOW() - INTERVAL 1 HOUR WHERE server_ip = '10.0.0.3'",
							"UPDATE vicidial_conferences SET extension = 'SIP/x' WHERE server_ip = '10.0.0.2' AND conf_exten > 8600051"),
						Config: config(d, "live = true"),
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("losses"), knownvalue.ListSizeExact(2)), // dial3 is already dead
							is(loss(0, "agents_cut"), knownvalue.Int64Exact(2)),
							is(loss(0, "calls_cut"), knownvalue.Int64Exact(4)),
							is(loss(0, "agents_per_server"), counts(map[string]int64{"10.0.0.2": 2})),
							is(loss(0, "stranded_seats"), texts(`^2003$`)), // dial2 has one room left
							is(loss(0, "reasons"), texts(`no free conference room for 1 seat \(2003\)`)),
						},
					},
				},
			})
		})
	}
}

func TestAccFailoverPlan_usableInChecks(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.BusyCluster(t, d)
	guarded := func(lines int) string {
		return config(d, fmt.Sprintf("campaigns = { SALES = %d }\n lifecycle {\n postcondition {\n condition = self.survivable\n error_message = join(\"\\n\", flatten(self.losses[*].reasons))\n }\n }", lines))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config(d, "lost_at_once = 6"), ExpectError: regexp.MustCompile(`lost_at_once value must be between 1 and 5`)},
			{Config: guarded(60)},
			{Config: guarded(61), ExpectError: regexp.MustCompile(`Campaign\s+SALES\s+gets\s+60\s+lines\s+instead\s+of\s+61`)},
			{ // weights, and passwords that differ inside an alias
				PreConfig: acctest.Run(t, d,
					"INSERT INTO vicidial_settings_containers (container_id, container_type, container_entry) VALUES ('AGENT_LOAD_BALANCING_WEIGHT', 'OTHER', '10.0.0.1,300\n10.0.0.2,100\n10.0.0.3,100')",
					"UPDATE phones SET pass = 'shut' WHERE login = '2004a'"),
				Config: config(d, ""),
				ConfigStateChecks: []statecheck.StateCheck{
					is(tfjsonpath.New("today").AtMapKey("agents_per_server"), counts(map[string]int64{"10.0.0.1": 3, "10.0.0.2": 1, "10.0.0.3": 1})),
					is(tfjsonpath.New("today").AtMapKey("reasons"), texts(`login balancer chooses a phone that is inactive or has another password for 1 seat \(2004\)`)),
				},
			},
		},
	})
}

func TestAccFailoverPlan_tooManyCasesAreRefused(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	for i := 1; i <= 30; i++ {
		acctest.Run(t, d, fmt.Sprintf("INSERT INTO servers (server_id, server_ip) VALUES ('d%d', '10.0.0.%d')", i, i))()
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: config(d, "lost_at_once = 3"), ExpectError: regexp.MustCompile(`losing\s+up\s+to\s+3\s+of\s+30\s+servers\s+makes\s+more\s+than\s+2000\s+cases`),
		}},
	})
}
