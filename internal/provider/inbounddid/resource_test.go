package inbounddid_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const did = "vicidial_inbound_did.sales"

func aDID(d *sandbox.Database, attributes ...string) string {
	return acctest.Provider(d) + fmt.Sprintf(`
resource "vicidial_inbound_did" "sales" {
  did_pattern = "8005551212"
  %s
}
`, strings.Join(attributes, "\n  "))
}

const rows = "SELECT did_pattern, did_route, group_id, extension, did_active FROM vicidial_inbound_dids WHERE did_pattern <> 'default'"

// aSystem has an in-group, a call menu and a server.
func aSystem(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	acctest.Run(t, d,
		"INSERT INTO vicidial_inbound_groups (group_id, group_name, active) VALUES ('SALESLINE', 'Sales', 'Y')",
		"INSERT INTO vicidial_call_menu (menu_id, menu_name) VALUES ('welcome', 'Welcome')",
		"INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')")()
	return d
}

func does(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(did, action)}}
}

func TestAccInboundDID(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := aSystem(t, schema)
			toGroup := aDID(d, `did_route = "IN_GROUP"`, `group_id = "SALESLINE"`, `did_description = "Sales line"`)
			toMenu := aDID(d, `did_route = "CALLMENU"`, `menu_id = "welcome"`, `record_call = "Y"`, `campaign_id = "SALES"`, `list_id = 998`)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // what is not declared takes VICIdial's default
						Config: toGroup,
						Check: acctest.Expect(t, d, rows, `
							| did_pattern | did_route | group_id  | extension  | did_active |
							| 8005551212  | IN_GROUP  | SALESLINE | 9998811112 | Y          |`),
					},
					{ // the entry in the change log has the did_id, as VICIdial's own entries do
						Config: toGroup,
						Check: acctest.Expect(t, d, "SELECT event_section, event_type, record_id = did_id AS by_did_id, event_code FROM vicidial_admin_log, vicidial_inbound_dids WHERE did_pattern = '8005551212'", `
							| event_section | event_type | by_did_id | event_code    |
							| DIDS          | ADD        |         1 | ADMIN ADD DID |`),
					},
					{ResourceName: did, ImportState: true, ImportStateId: "8005551212", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "did_pattern"},
					{ // the admin form saved unchanged is no drift (docs/vicidial/measured.md#null-and-empty)
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET voicemail_ext = '', phone = '', user = '', campaign_id = '', filter_group_id = '---NONE---' WHERE did_pattern = '8005551212'"),
						Config:    toGroup, ConfigPlanChecks: does(plancheck.ResourceActionNoop),
					},
					{
						Config: toMenu, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						Check: acctest.Expect(t, d, "SELECT did_route, menu_id, record_call, campaign_id, list_id, did_description FROM vicidial_inbound_dids WHERE did_pattern = '8005551212'", `
							| did_route | menu_id | record_call | campaign_id | list_id | did_description |
							| CALLMENU  | welcome | Y           | SALES       |     998 | Sales line      |`),
					},
					{ // another hand
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET menu_id = 'other' WHERE did_pattern = '8005551212'"),
						Config:    toMenu, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(did, tfjsonpath.New("menu_id"), knownvalue.StringExact("welcome"))},
					},
					{ // what is not declared is nobody's business
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET custom_one = 'by hand' WHERE did_pattern = '8005551212'"),
						Config:    toMenu, ConfigPlanChecks: does(plancheck.ResourceActionNoop),
					},
					{
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_inbound_dids WHERE did_pattern = '8005551212'"),
						Config:    toMenu, ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					},
				},
				CheckDestroy: acctest.Expect(t, d, rows, `| did_pattern | did_route | group_id | extension | did_active |`),
			})
		})
	}
}

func TestAccInboundDID_settlesWhateverTheWordForNoneAndTheLetters(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	declared := aDID(d, `extension = "8300"`, `group_id = "---NONE---"`, `campaign_id = "SALES"`)
	saying := func(column, value string) func() {
		return acctest.Run(t, d, fmt.Sprintf("UPDATE vicidial_inbound_dids SET %s = '%s' WHERE did_pattern = '8005551212'", column, value))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: declared},
			{PreConfig: saying("group_id", ""), Config: declared, ConfigPlanChecks: does(plancheck.ResourceActionNoop)},
			{ // VICIdial's programs compare campaigns letter by letter
				PreConfig: saying("campaign_id", "sales"), Config: declared, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				Check: acctest.Expect(t, d, "SELECT campaign_id FROM vicidial_inbound_dids WHERE did_pattern = '8005551212'", `
					| campaign_id |
					| SALES       |`),
			},
		},
	})
}

func TestAccInboundDID_everyRouteAndFilter(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	var steps []resource.TestStep
	for _, attributes := range [][]string{
		{`did_route = "EXTEN"`, `extension = "8300"`},
		{`did_route = "VOICEMAIL"`, `voicemail_ext = "101"`},
		{`did_route = "VMAIL_NO_INST"`, `voicemail_ext = "101"`, `server_ip = "10.0.0.1"`},
		{`did_route = "AGENT"`, `user = "6666"`, `user_unavailable_action = "IN_GROUP"`, `group_id = "SALESLINE"`},
		{`did_route = "PHONE"`, `phone = "101"`, `server_ip = "10.0.0.1"`},
		{`did_route = "EXTEN"`, `filter_inbound_number = "GROUP"`, `filter_phone_group_id = "bad"`, `filter_action = "CALLMENU"`, `filter_menu_id = "welcome"`},
		{`filter_inbound_number = "URL"`, `filter_url = "https://example.com/?n=--A--phone--B--"`, `filter_url_did_redirect = true`},
		{`filter_inbound_number = "DNC_CAMPAIGN"`, `filter_dnc_campaign = "SALES"`, `max_queue_ingroup_calls = 5`, `max_queue_ingroup_id = "SALESLINE"`},
		{`did_active = false`, `inbound_route_answer = false`, `no_agent_ingroup_redirect = "NO_PAUSED"`, `entry_list_id = 7`},
	} {
		steps = append(steps, resource.TestStep{Config: aDID(d, attributes...)})
	}
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: steps})
}

func TestAccInboundDID_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d, old := aSystem(t, 1720), aSystem(t, 1302)
	acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, extension) VALUES ('8005551212', 'EXTEN', '1')")()
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?is)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refused(aDID(d, `did_route = "IN_GROUP"`), "already exists.*Import the row"),
			refused(strings.Replace(aDID(d, `did_route = "IN_GROUP"`), "8005551212", "8005551213", 1), "group_id, which is blank"),
			refused(strings.Replace(aDID(d, `did_route = "PHONE"`, `phone = "101"`), "8005551212", "8005551213", 1), "server_ip, which is blank"),
			refused(strings.Replace(aDID(d, `did_route = "PHONE"`, `phone = "101"`, `server_ip = "10.0.0.9"`), "8005551212", "8005551213", 1), "server 10.0.0.9 is neither"),
			refused(strings.Replace(aDID(d, `did_route = "AGENT"`, `user = "6666"`), "8005551212", "8005551213", 1), "AGENT, while the agent is not logged in, reads voicemail_ext, which is blank"),
			refused(strings.Replace(aDID(d, `no_agent_ingroup_redirect = "Y"`), "8005551212", "8005551213", 1), "every call goes to no_agent_ingroup_extension"),
			refused(strings.Replace(aDID(d, `filter_inbound_number = "GROUP"`), "8005551212", "8005551213", 1), "filter_phone_group_id, which is blank"),
			refused(strings.Replace(aDID(d, `did_route = "EXTEN"`), "8005551212", "800 5551213", 1), "without wildcards"),
			refused(strings.Replace(aDID(d, `did_route = "EXTEN"`), "8005551212", "default", 1), "VICIdial's own row"),
			refused(aDID(d, `reserved = true`), "only default and did_system_filter"),
			refused(aDID(old, `did_route = "VMAIL_NO_INST"`, `voicemail_ext = "1"`), "cannot hold \"VMAIL_NO_INST\""),
			refused(aDID(old, `pre_filter_recent_call = "1"`), "came with schema 1659, the database has schema 1302"),
			{Config: acctest.Provider(d)},
		},
	})
}

func TestAccInboundDID_reserved(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	config := acctest.Provider(d) + `
resource "vicidial_inbound_did" "sales" {
  did_pattern = "default"
  reserved    = true
  extension   = "8300"
}
`
	adopted := config + `
import {
  to = vicidial_inbound_did.sales
  id = "default"
}
`
	here := acctest.Expect(t, d, "SELECT did_pattern, extension FROM vicidial_inbound_dids", `
		| did_pattern | extension |
		| default     | 8300      |`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config, ExpectError: regexp.MustCompile(`(?s)already exists`)},
			{Config: adopted, ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: here},
			{Config: config, Destroy: true, ExpectError: regexp.MustCompile(`(?s)is\s+VICIdial's\s+own\s+row`)},
			{ // the way out of the state
				Config: acctest.Provider(d) + `
removed {
  from = vicidial_inbound_did.sales
  lifecycle { destroy = false }
}
`,
				Check: here,
			},
		},
	})
}

func TestAccInboundDID_resumesAfterLostConnection(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(extension string) string {
		return strings.Replace(aDID(d, `did_route = "EXTEN"`, fmt.Sprintf("extension = %q", extension)), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
	}
	const find = "SELECT extension FROM vicidial_inbound_dids WHERE did_pattern = '8005551212'"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{ // the answer to the insert is lost: the row is looked for, not inserted twice
				PreConfig: func() { proxy.CutAt(1, sandbox.WriteUnanswered, false) },
				Config:    through("8300"),
				Check:     acctest.Expect(t, d, find, "| extension |\n| 8300      |"),
			},
			{ // the update is never sent: it is sent again
				PreConfig: func() { proxy.CutAt(1, sandbox.WriteUnsent, false) },
				Config:    through("8301"),
				Check:     acctest.Expect(t, d, find, "| extension |\n| 8301      |"),
			},
			{ // the database is gone for good: an error, and the old state
				PreConfig:   func() { proxy.CutAt(1, sandbox.WriteUnsent, true) },
				Config:      through("8302"),
				ExpectError: regexp.MustCompile(`(?s)Unable to update DID 8005551212`),
			},
			{ // the next apply resumes
				PreConfig: proxy.Restore,
				Config:    through("8302"),
				Check:     acctest.Expect(t, d, find, "| extension |\n| 8302      |"),
			},
		},
	})
	if proxy.Cuts() < 3 {
		t.Errorf("%d cuts came, wanted 3", proxy.Cuts())
	}
}

func TestAccInboundDID_example(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	example, err := os.ReadFile("../../../examples/resources/vicidial_inbound_did/resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: acctest.Provider(d) + string(example),
			Check: acctest.Expect(t, d, "SELECT did_pattern, did_route FROM vicidial_inbound_dids ORDER BY did_pattern", `
				| did_pattern | did_route |
				| 8005550100  | IN_GROUP  |
				| 8005550101  | CALLMENU  |
				| 8005550102  | VOICEMAIL |
				| default     | EXTEN     |`),
		}},
	})
}

func TestAccInboundDID_isListed(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		d := aSystem(t, schema)
		acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_description, did_route, group_id) VALUES ('8005551212', 'Sales line', 'IN_GROUP', 'SALESLINE')")()
		found := acctest.List(t, d, "vicidial_inbound_did")
		if len(found) != 2 || found[0].Identity["did_pattern"] != "default" || found[1].Name != "8005551212 (Sales line)" || found[1].Texts["group_id"] != "SALESLINE" {
			t.Errorf("schema %d: listed %+v", schema, found)
		}
	}
}
