package topology_test

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

func config(d *sandbox.Database, more string) string {
	return acctest.Provider(d) + "data \"vicidial_topology\" \"floor\" {\n" + more + "\n}\n"
}

func matches(attribute string, patterns ...string) []statecheck.StateCheck {
	checks := make([]statecheck.StateCheck, 0, len(patterns))
	for _, pattern := range patterns {
		checks = append(checks, statecheck.ExpectKnownValue("data.vicidial_topology.floor", tfjsonpath.New(attribute), knownvalue.StringRegexp(regexp.MustCompile(pattern))))
	}
	return checks
}

func TestAccTopology(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			full := "title = \"Floor <1>\"\n proxy = { name = \"lb\", address = \"10.0.0.9\" }\n web_nodes = { web1 = \"10.0.0.21\", web2 = \"10.0.0.22\" }"
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						PreConfig: acctest.Run(t, d, "UPDATE server_updater SET last_update = NOW() - INTERVAL 1 HOUR WHERE server_ip = '10.0.0.2'", "UPDATE system_settings SET slave_db_server = '10.0.0.8'"),
						Config:    config(d, full),
						ConfigStateChecks: append(append(
							matches("svg", `Floor &lt;1&gt;`, `>lb<`, `>web2<`, `>6 seats · 100 lines<`, `>≤ 30<`, `>DB1<`, `>10\.0\.0\.8<`, `on 2 of 3 nodes`, `3 telephony nodes, 1 of them dead · 6 seats · 200 lines`, `>voicemail, end of day<`,
								`(?s)dial2 † dead.*DEAD`),
							matches("mermaid", `(?m)^    node1\["dial2 † dead<br/>10\.0\.0\.2<br/>6 seats · 100 lines<br/>SALES ≤ 30"\]:::dead$`, `telephony --> carrier0`, `node0 <--> carrier1`)...),
							matches("dot", `(?m)^    node0 \[label="dial1\\n10\.0\.0\.1\\n`, `cylinder, label="DB1\\n10\.0\.0\.5"`)...),
					},
					{ // with live = false no node is dead, so that the drawing can be kept in git
						Config:            config(d, "live = false"),
						ConfigStateChecks: matches("svg", `^(?:[^D]|D[^E])*$`),
					},
				},
			})
		})
	}
}

func TestAccTopology_webNodesFromLogins(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.BusyCluster(t, d)
	acctest.Run(t, d, "INSERT INTO vicidial_webservers (webserver, hostname) VALUES ('a.example', 'web1'), ('b.example', 'web1'), ('a.example', 'web2')")()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps:                    []resource.TestStep{{Config: config(d, ""), ConfigStateChecks: matches("svg", `>2 web nodes<`, `>web1<`)}},
	})
}
