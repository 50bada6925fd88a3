package carriers_test

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

func TestAccCarriers(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			found := func(filter string, ids ...string) resource.TestStep {
				checks := make([]knownvalue.Check, 0, len(ids))
				for _, id := range ids {
					checks = append(checks, knownvalue.StringExact(id))
				}
				return resource.TestStep{
					Config: acctest.Provider(d) + "data \"vicidial_carriers\" \"some\" {\n" + filter + "\n}\n",
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue("data.vicidial_carriers.some", tfjsonpath.New("carrier_ids"), knownvalue.ListExact(checks)),
						statecheck.ExpectKnownValue("data.vicidial_carriers.some", tfjsonpath.New("carriers"), knownvalue.MapSizeExact(len(ids))),
					},
				}
			}
			inbound := found("inbound = true\n active = true", "TELCO_a", "TELCO_b")
			inbound.ConfigStateChecks = append(inbound.ConfigStateChecks, statecheck.ExpectKnownValue("data.vicidial_carriers.some", tfjsonpath.New("carriers").AtMapKey("TELCO_a"),
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"carrier_name": knownvalue.StringExact("TELCO"), "protocol": knownvalue.StringExact("SIP"), "template_id": knownvalue.StringExact(""),
					"server_ip": knownvalue.StringExact("10.0.0.1"), "active": knownvalue.Bool(true), "inbound": knownvalue.Bool(true), "outbound": knownvalue.Bool(true),
				})))
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					found("active = true", "SIPCO", "TELCO_a", "TELCO_b"), // the shipped examples are not active
					inbound,
					found("active = true\n server_ip = \"10.0.0.3\"", "SIPCO"),
					found("active = true\n server_ip = \"10.0.0.2\"", "SIPCO", "TELCO_b"),
					found("protocol = \"IAX2\"", "OLD_IAXEXAMPLE"),
					found("carrier_id_matches = \"^telco\"", "TELCO_a", "TELCO_b"),
					found("inbound = false\n active = true", "SIPCO"),
				},
			})
		})
	}
}

// The direction of a carrier's calls follows from its texts: a template may set
// the inbound context, a comment does not, and a dialplan without Dial places no
// calls.
func TestAccCarriers_directions(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	carrier := func(id, template, account, dialplan string) string {
		return fmt.Sprintf("INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, account_entry, dialplan_entry, server_ip, active) VALUES ('%s', 'x', '%s', '%s', '%s', '0.0.0.0', 'Y')", id, template, account, dialplan)
	}
	acctest.Run(t, d,
		"DELETE FROM vicidial_server_carriers",
		"INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('IN', 'x', 'disallow=all\r\ncontext = trunkinbound ; to the DIDs\r\n')",
		carrier("A_TEMPLATE", "IN", "[a]\\ntype=friend", ""),
		carrier("B_WIZARD", "--NONE--", "[b]\\nendpoint/context => trunkinbound", "exten => _9X.,1,AGI(x)\\nexten => _9X.,n, dial (PJSIP/b,,To)"),
		carrier("C_COMMENTS", "", "[c]\\n;context=trunkinbound\\ncontext=trunkinbound2", "; exten => _9X.,1,Dial(SIP/c)\\nexten => _9X.,1,Playback(Dial)"),
		carrier("D_OUT", "", "[d]\\nmycontext=trunkinbound", "exten => _9X.,1,Dial(SIP/d)"))()
	ways := func(id string, in, out bool) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.vicidial_carriers.all", tfjsonpath.New("carriers").AtMapKey(id),
			knownvalue.ObjectPartial(map[string]knownvalue.Check{"inbound": knownvalue.Bool(in), "outbound": knownvalue.Bool(out)}))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config:            acctest.Provider(d) + "data \"vicidial_carriers\" \"all\" {}\n",
			ConfigStateChecks: []statecheck.StateCheck{ways("A_TEMPLATE", true, false), ways("B_WIZARD", true, true), ways("C_COMMENTS", false, false), ways("D_OUT", false, true)},
		}},
	})
}
