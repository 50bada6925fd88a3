package agentphones_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func is(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.vicidial_agent_phones.some", tfjsonpath.New(attribute), check)
}

func names(texts ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, 0, len(texts))
	for _, text := range texts {
		checks = append(checks, knownvalue.StringExact(text))
	}
	return knownvalue.ListExact(checks)
}

func texts(values map[string]string) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(values))
	for key, value := range values {
		checks[key] = knownvalue.StringExact(value)
	}
	return knownvalue.MapExact(checks)
}

func TestAccAgentPhones(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			ask := func(filter string, checks ...statecheck.StateCheck) resource.TestStep {
				return resource.TestStep{Config: acctest.Provider(d) + "data \"vicidial_agent_phones\" \"some\" {\n" + filter + "\n}\n", ConfigStateChecks: checks}
			}
			broken := ask("login_matches = \"^200[0-5]|9000\"",
				is("broken_aliases", names("2000", "2001", "2002")), is("duplicate_logins", names("9000")))
			broken.PreConfig = acctest.Run(t, d,
				"UPDATE phones SET pass = 'shut' WHERE login = '2000c'",
				"UPDATE phones SET active = 'N' WHERE login = '2001a'",
				"UPDATE phones_alias SET logins_list = '2002a,2002b,2002z' WHERE alias_id = '2002'",
				"INSERT INTO phones (extension, server_ip, login, pass, active, template_id, protocol) VALUES ('9000', '10.0.0.1', '9000', 'x', 'Y', '', 'IAX2'), ('9000', '10.0.0.2', '9000', 'x', 'Y', '', 'IAX2'), ('9001', '10.0.0.2', '', 'x', 'Y', '', 'IAX2')")
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					ask("", is("servers", knownvalue.MapSizeExact(18)), is("aliases", knownvalue.MapSizeExact(6)), is("broken_aliases", names()), is("unregistered", names()), is("duplicate_logins", names())),
					ask("server_ip = \"10.0.0.2\"\n login_matches = \"^200[01]\"",
						is("servers", texts(map[string]string{"2000b": "10.0.0.2", "2001b": "10.0.0.2"})),
						is("extensions", texts(map[string]string{"2000b": "SIP/2000", "2001b": "SIP/2001"})),
						is("aliases", texts(map[string]string{"2000": "2000a,2000b,2000c", "2001": "2001a,2001b,2001c"})),
						is("phones_per_server", knownvalue.MapExact(map[string]knownvalue.Check{"10.0.0.2": knownvalue.Int64Exact(2)}))),
					broken,
					ask("in_alias = false", is("servers", texts(map[string]string{"2002c": "10.0.0.3", "9000": "10.0.0.1"}))),
					ask("active = false", is("servers", texts(map[string]string{"2001a": "10.0.0.1"}))),
					ask("protocol = \"IAX2\"", is("extensions", texts(map[string]string{"9000": "IAX2/9000"}))),
				},
			})
		})
	}
}

func TestAccAgentPhones_registration(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.BusyCluster(t, d)
	acctest.Run(t, d, "UPDATE phones SET peer_status = 'UNREACHABLE' WHERE login = '2003b'", "UPDATE phones SET peer_status = 'LAGGED' WHERE login = '2003a'")()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config:            acctest.Provider(d) + "data \"vicidial_agent_phones\" \"some\" {}\n",
			ConfigStateChecks: []statecheck.StateCheck{is("unregistered", names("2003b"))},
		}},
	})
}
