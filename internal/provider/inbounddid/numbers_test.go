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

const block = "vicidial_inbound_numbers.sales"

func aBlock(d *sandbox.Database, dids string, attributes ...string) string {
	return acctest.Provider(d) + blockConfig("sales", dids, attributes...)
}

func blockConfig(name, dids string, attributes ...string) string {
	return fmt.Sprintf(`
resource "vicidial_inbound_numbers" %q {
  name = %q
  dids = [%s]
  %s
}
`, name, name, dids, strings.Join(attributes, "\n  "))
}

func blockDoes(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(block, action)}}
}

const numberRows = "SELECT did_pattern, did_route, group_id, menu_id, did_active FROM vicidial_inbound_dids WHERE did_pattern <> 'default' ORDER BY did_pattern"

func TestAccInboundNumbers(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := aSystem(t, schema)
			var warnings acctest.Warnings
			toGroup := aBlock(d, `"0080-0082", "+18005550100"`, `did_route = "IN_GROUP"`, `group_id = "SALESLINE"`, `overrides = { "0081" = { did_active = "false" } }`)
			toMenu := aBlock(d, `"0081-0083", "+18005550100"`, `did_route = "CALLMENU"`, `menu_id = "welcome"`, `overrides = { "0083" = { did_description = "Night line" } }`)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: warnings.Providers(),
				Steps: []resource.TestStep{
					{
						Config: toGroup, ConfigPlanChecks: blockDoes(plancheck.ResourceActionCreate),
						Check: acctest.Expect(t, d, numberRows, `
							| did_pattern  | did_route | group_id  | menu_id | did_active |
							| +18005550100 | IN_GROUP  | SALESLINE |         | Y          |
							| 0080         | IN_GROUP  | SALESLINE |         | Y          |
							| 0081         | IN_GROUP  | SALESLINE |         | N          |
							| 0082         | IN_GROUP  | SALESLINE |         | Y          |`),
					},
					{ // each row has an entry in the change log
						Config: toGroup, ConfigPlanChecks: blockDoes(plancheck.ResourceActionNoop),
						Check: acctest.Expect(t, d, "SELECT did_pattern, event_section, event_type, event_code, event_sql LIKE CONCAT('%', did_pattern, '%') AS its_own FROM vicidial_admin_log JOIN vicidial_inbound_dids ON record_id = did_id ORDER BY did_pattern", `
							| did_pattern  | event_section | event_type | event_code    | its_own |
							| +18005550100 | DIDS          | ADD        | ADMIN ADD DID |       1 |
							| 0080         | DIDS          | ADD        | ADMIN ADD DID |       1 |
							| 0081         | DIDS          | ADD        | ADMIN ADD DID |       1 |
							| 0082         | DIDS          | ADD        | ADMIN ADD DID |       1 |`),
					},
					{ // the admin form saved unchanged is no drift
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET voicemail_ext = '', phone = '', user = '', campaign_id = '', filter_group_id = '---NONE---' WHERE did_pattern = '0080'"),
						Config:    toGroup, ConfigPlanChecks: blockDoes(plancheck.ResourceActionNoop),
					},
					{ // numbers leave, stay and come; the plan says which
						PreConfig: warnings.Reset,
						Config:    toMenu, ConfigPlanChecks: blockDoes(plancheck.ResourceActionUpdate),
						Check: resource.ComposeAggregateTestCheckFunc(
							acctest.Expect(t, d, numberRows, `
								| did_pattern  | did_route | group_id  | menu_id | did_active |
								| +18005550100 | CALLMENU  | SALESLINE | welcome | Y          |
								| 0081         | CALLMENU  | SALESLINE | welcome | N          |
								| 0082         | CALLMENU  | SALESLINE | welcome | Y          |
								| 0083         | CALLMENU  | NULL      | welcome | Y          |`),
							warnings.Expect(t, `1 added: 0083\n3 changed, did_route IN_GROUP → CALLMENU, menu_id blank → welcome: 0081-0082, \+18005550100\n1 removed: 0080`),
						),
					},
					{ // somebody else changes two rows and deletes one
						PreConfig: warnings.After(acctest.Run(t, d,
							"UPDATE vicidial_inbound_dids SET menu_id = 'other' WHERE did_pattern IN ('0081', '0082')",
							"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes) SELECT NOW(), 'bob', '10.1.1.1', 'DIDS', 'MODIFY', did_id, 'ADMIN MODIFY DID', '', '' FROM vicidial_inbound_dids WHERE did_pattern = '0081'",
							"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes) SELECT NOW(), 'ann', '10.1.1.1', 'DIDS', 'DELETE', did_id, 'ADMIN DELETE DID', '', '' FROM vicidial_inbound_dids WHERE did_pattern = '0083'",
							"DELETE FROM vicidial_inbound_dids WHERE did_pattern = '0083'")),
						Config: toMenu, ConfigPlanChecks: blockDoes(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(block, tfjsonpath.New("deviations"), knownvalue.MapExact(nil))},
						Check: resource.ComposeAggregateTestCheckFunc(
							acctest.Expect(t, d, "SELECT did_pattern, menu_id, did_description FROM vicidial_inbound_dids WHERE did_pattern <> 'default' ORDER BY did_pattern", `
								| did_pattern  | menu_id | did_description |
								| +18005550100 | welcome | NULL            |
								| 0081         | welcome | NULL            |
								| 0082         | welcome | NULL            |
								| 0083         | welcome | Night line      |`),
							warnings.Expect(t, `0081-0082: menu_id is other, last changed by user bob`, `0083: does not exist, last changed by user ann`, `1 added: 0083\n2 changed, menu_id other → welcome`),
						),
					},
					{ // what is not declared is nobody's business
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_inbound_dids SET custom_one = 'by hand', did_active = 'N'"),
						Config:    toMenu, ConfigPlanChecks: blockDoes(plancheck.ResourceActionNoop),
					},
					{ // all rows have gone
						PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_inbound_dids WHERE did_pattern <> 'default'"),
						Config:    toMenu, ConfigPlanChecks: blockDoes(plancheck.ResourceActionCreate),
					},
				},
				CheckDestroy: acctest.Expect(t, d, numberRows, `| did_pattern | did_route | group_id | menu_id | did_active |`),
			})
		})
	}
}

func TestAccInboundNumbers_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d, old := aSystem(t, 1720), aSystem(t, 1302)
	acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, extension) VALUES ('8005550105', 'EXTEN', '1')")()
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?is)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	toGroup := []string{`did_route = "IN_GROUP"`, `group_id = "SALESLINE"`}
	with := func(more ...string) []string { return append(more, toGroup...) }
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refused(aBlock(d, `"8005550100-8005550199"`, toGroup...), "1 existing number with other values.*8005550105: did_route is EXTEN; group_id is blank.*take_over"),
			refused(aBlock(d, `"8005550200-99"`, toGroup...), "same number of digits"),
			refused(aBlock(d, `"8005550299-8005550200"`, toGroup...), "runs backwards"),
			refused(aBlock(d, `"8005550200-8005550210", "8005550205"`, toGroup...), "8005550205 is in"),
			refused(aBlock(d, `"8005550200", "default"`, toGroup...), "VICIdial's own row"),
			refused(aBlock(d, `"800 5550200"`, toGroup...), "without wildcards"),
			refused(aBlock(d, `"8005550200-8005550210"`, `did_route = "IN_GROUP"`), "8005550200-8005550210: IN_GROUP reads group_id, which is blank"),
			refused(aBlock(d, `"8005550200-8005550210"`, with(`overrides = { "8005550205" = { did_route = "PHONE", phone = "101", server_ip = "10.0.0.9" } }`)...), `overrides\["8005550205"\]\["server_ip"\].*server 10.0.0.9 is neither`),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550205" = { did_active = "false" } }`)...), "8005550205 is not among"),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550200" = { did_activ = "false" } }`)...), `"did_activ" is not an attribute`),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550200" = { did_active = "maybe" } }`)...), `"true" or "false"`),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550200" = { list_id = "many" } }`)...), `whole number`),
			refused(aBlock(d, `"8005550200-8005550203"`, with(`overrides = { "8005550200-8005550201" = { menu_id = "a" }, "8005550201" = { menu_id = "b" } }`)...), `menu_id of 8005550201 has another value in the override`),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550200" = { did_route = "SOMEWHERE" } }`)...), `overrides\["8005550200"\]\["did_route"\].*cannot hold "SOMEWHERE"`),
			refused(aBlock(d, `"8005550200"`, with(`overrides = { "8005550200" = { filter_url = "http://crm/?user=a&pass=b" } }`)...), `Password in overrides.*marked as sensitive`),
			refused(aBlock(d, `"8005550200"`, with(`released = ["8005550200"]`)...), "is in dids, too"),
			refused(aBlock(d, `"8005550200"`, `did_route = "IN_GROUP"`, `group_id = "SALES LINE"`), "letters, digits"),
			refused(aBlock(old, `"8005550200"`, with(`pre_filter_recent_call = "1"`)...), "came with schema 1659, the database has schema 1302"),
			refused(acctest.Provider(d)+blockConfig("sales", `"8005550200-8005550299"`, toGroup...)+blockConfig("support", `"8005550250-8005550349"`, toGroup...), "8005550250-8005550299 of vicidial_inbound_numbers s.*and of vicidial_inbound_numbers s"),
			refused(acctest.Provider(d)+blockConfig("sales", `"8005550200-8005550299"`, toGroup...)+strings.Replace(strings.TrimPrefix(aDID(d, toGroup...), acctest.Provider(d)), "8005551212", "8005550250", 1), "two resources would write the same rows.*8005550250"),
			{Config: acctest.Provider(d)},
		},
	})
}

func TestAccInboundNumbers_isImported(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	var rows []string
	for i := range 40 {
		active := "Y"
		if i == 7 {
			active = "N"
		}
		rows = append(rows, fmt.Sprintf("('80055501%02d', 'IN_GROUP', 'SALESLINE', '%s', 'Line %d', 'Telco')", i, active, i))
	}
	acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, group_id, did_active, did_description, did_carrier_description) VALUES "+strings.Join(rows, ", "))()
	config := func(id string) string {
		return aBlock(d, `"8005550100-8005550139"`, `did_route = "IN_GROUP"`, `group_id = "SALESLINE"`, `did_active = true`, `did_carrier_description = "Telco"`,
			`overrides = { "8005550107" = { did_active = "false" } }`) + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", block, id)
	}
	for _, id := range []string{"sales=8005550100-8005550139", "sales=prefix:80055501", "sales=group_id:SALESLINE", "sales=prefix:800,did_carrier_description:Telco"} {
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{Config: config(id), ConfigPlanChecks: blockDoes(plancheck.ResourceActionNoop)},
				{ // and leaves the state without a row touched
					Config: acctest.Provider(d) + "removed {\n  from = " + block + "\n  lifecycle { destroy = false }\n}\n",
					Check:  acctest.Expect(t, d, "SELECT COUNT(*) AS rows_ FROM vicidial_inbound_dids", "| rows_ |\n|    41 |"),
				},
			},
		})
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("sales=prefix:900"), ExpectError: regexp.MustCompile(`no\s+number\s+meets`)},
			{Config: config("sales=8005550100-8005550141"), ExpectError: regexp.MustCompile(`(?i)not\s+found:\s+8005550140-8005550141`)},
			{Config: config("8005550100"), ExpectError: regexp.MustCompile(`import\s+id\s+is`)},
			{Config: acctest.Provider(d)},
		},
	})
}

// Numbers move between the resources, and no row is touched.
func TestAccInboundNumbers_move(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	const (
		toGroup = `did_route = "IN_GROUP"`
		group   = `group_id = "SALESLINE"`
		forget  = "removed {\n  from = %s\n  lifecycle { destroy = false }\n}\n"
	)
	single := func(name, pattern string) string {
		return fmt.Sprintf("resource \"vicidial_inbound_did\" %q {\n  did_pattern = %q\n  %s\n  %s\n}\n", name, pattern, toGroup, group)
	}
	here := acctest.Provider(d)
	// The did_ids are those of the first step, and the change log stays as it is.
	untouched := resource.ComposeAggregateTestCheckFunc(
		acctest.Expect(t, d, "SELECT did_id - (SELECT MIN(did_id) FROM vicidial_inbound_dids WHERE did_pattern LIKE '800%') AS at, did_pattern, group_id FROM vicidial_inbound_dids WHERE did_pattern LIKE '800%' ORDER BY did_pattern", `
			| at | did_pattern | group_id  |
			|  0 | 8005550100  | SALESLINE |
			|  1 | 8005550101  | SALESLINE |
			|  2 | 8005550102  | SALESLINE |`),
		acctest.Expect(t, d, "SELECT COUNT(*) AS changes FROM vicidial_admin_log", "| changes |\n|       3 |"),
	)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: here + blockConfig("sales", `"8005550100-8005550102"`, toGroup, group), Check: untouched},
			{ // one is released, and imported as a single one in the same run
				Config: here + blockConfig("sales", `"8005550100-8005550101"`, toGroup, group, `released = ["8005550102"]`) + single("two", "8005550102") +
					"import {\n  to = vicidial_inbound_did.two\n  id = \"8005550102\"\n}\n",
				Check: untouched,
			},
			{ // without being released it would be deleted, and the plan refuses that
				Config: here + blockConfig("sales", `"8005550100"`, toGroup, group) + single("two", "8005550102") + single("one", "8005550101") +
					"import {\n  to = vicidial_inbound_did.one\n  id = \"8005550101\"\n}\n",
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)8005550101\s+of\s+vicidial_inbound_numbers\s+sales,\s+which\s+removes\s+them`),
			},
			{ // a single one leaves its resource, and joins the block
				Config: here + blockConfig("sales", `"8005550100-8005550102"`, toGroup, group) + fmt.Sprintf(forget, "vicidial_inbound_did.two"),
				Check:  untouched,
			},
			{ // the plan refuses to delete it and keep it
				Config:   here + blockConfig("sales", `"8005550100-8005550101"`, toGroup, group) + single("two", "8005550102"),
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)8005550102\s+of\s+vicidial_inbound_numbers\s+sales,\s+which\s+removes\s+them`),
			},
			{ // another block takes two of them
				Config: here + blockConfig("sales", `"8005550100"`, toGroup, group, `released = ["8005550101-8005550102"]`) + blockConfig("support", `"8005550101-8005550102"`, toGroup, group),
				Check:  untouched,
			},
			{ // a block of one number becomes a single one
				Config: here + blockConfig("support", `"8005550101-8005550102"`, toGroup, group) + single("one", "8005550100") +
					"moved {\n  from = vicidial_inbound_numbers.sales\n  to = vicidial_inbound_did.one\n}\n",
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("vicidial_inbound_did.one", plancheck.ResourceActionNoop)}},
				Check:            untouched,
			},
			{ // one of several does not
				Config: here + single("one", "8005550100") + single("two", "8005550101") +
					"moved {\n  from = vicidial_inbound_numbers.support\n  to = vicidial_inbound_did.two\n}\n",
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)block\s+has\s+2\s+numbers`),
			},
			{ // and back again
				Config: here + blockConfig("support", `"8005550101-8005550102"`, toGroup, group) + blockConfig("sales", `"8005550100"`, toGroup, group) +
					"moved {\n  from = vicidial_inbound_did.one\n  to = vicidial_inbound_numbers.sales\n}\n",
				Check: untouched,
			},
			{ // with take_over rows that differ join, and are changed in place
				PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, extension) VALUES ('8005550103', 'EXTEN', '1')"),
				Config:    here + blockConfig("support", `"8005550101-8005550103"`, toGroup, group, "take_over = true") + blockConfig("sales", `"8005550100"`, toGroup, group),
				Check: acctest.Expect(t, d, "SELECT did_route, group_id, extension FROM vicidial_inbound_dids WHERE did_pattern = '8005550103'", `
					| did_route | group_id  | extension |
					| IN_GROUP  | SALESLINE | 1         |`),
			},
		},
	})
}

func TestAccInboundNumbers_example(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	example, err := os.ReadFile("../../../examples/resources/vicidial_inbound_numbers/resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: acctest.Provider(d) + string(example),
			Check: acctest.Expect(t, d, "SELECT did_route, group_id, menu_id, did_active, COUNT(*) AS rows_ FROM vicidial_inbound_dids GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4", `
				| did_route | group_id  | menu_id | did_active | rows_ |
				| EXTEN     | NULL      |         | Y          |     1 |
				| IN_GROUP  | SALESLINE |         | Y          |    91 |
				| IN_GROUP  | SALESLINE |         | N          |     1 |
				| IN_GROUP  | VIPLINE   |         | Y          |    10 |
				| CALLMENU  | NULL      | support | Y          |    10 |`),
		}},
	})
}

func TestAccInboundNumbers_areListed(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		d := aSystem(t, schema)
		acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, group_id, extension) VALUES ('8001', 'IN_GROUP', 'SALESLINE', ''), ('8002', 'IN_GROUP', 'SALESLINE', ''), ('8003', 'EXTEN', '', '101')")()
		found := acctest.List(t, d, "vicidial_inbound_numbers")
		if len(found) != 1 || found[0].Name != "IN_GROUP SALESLINE (2 numbers)" || found[0].Identity["dids"] != "8001-8002" || found[0].Texts["group_id"] != "SALESLINE" {
			t.Errorf("schema %d: listed %+v", schema, found)
		}
	}
}

// A connection that is lost at any statement costs nothing: rows and lines of the
// change log are written once, and a failed apply leaves what the next plan finishes.
func TestAccInboundNumbers_resumesAfterLostConnection(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(dids, extension string) string {
		return acctest.ProviderAt(d, proxy.Port()) + blockConfig("sales", dids, `did_route = "EXTEN"`, fmt.Sprintf("extension = %q", extension))
	}
	rows := func(numbers, lines int, extension string) resource.TestCheckFunc {
		return acctest.Expect(t, d, "SELECT COUNT(*) AS numbers, MIN(extension) AS least, MAX(extension) AS most, (SELECT COUNT(*) FROM vicidial_admin_log) AS lines_ FROM vicidial_inbound_dids WHERE did_pattern LIKE '800%'",
			fmt.Sprintf("| numbers | least | most | lines_ |\n| %7d | %-5s | %-4s | %6d |", numbers, extension, extension, lines))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{ // the answer to the insert is lost
				PreConfig: func() { proxy.CutAt(1, sandbox.WriteUnanswered, false) },
				Config:    through(`"8005550100-8005550104"`, "8300"), Check: rows(5, 5, "8300"),
			},
			{ // the answer to the entries of the change log is lost
				PreConfig: func() { proxy.CutAt(2, sandbox.WriteUnanswered, false) },
				Config:    through(`"8005550100-8005550104"`, "8301"), Check: rows(5, 10, "8301"),
			},
			{ // the update is never sent
				PreConfig: func() { proxy.CutAt(1, sandbox.WriteUnsent, false) },
				Config:    through(`"8005550100-8005550104"`, "8302"), Check: rows(5, 15, "8302"),
			},
			{ // the database is gone between the insert of new numbers and the update of the others
				PreConfig:   func() { proxy.CutAt(3, sandbox.WriteUnsent, true) },
				Config:      through(`"8005550100-8005550109"`, "8303"),
				ExpectError: regexp.MustCompile(`(?s)Unable to update inbound numbers sales`),
			},
			{ // the new numbers are in state, so that they would leave with the rest
				PreConfig: proxy.Restore,
				Config:    through(`"8005550100-8005550104"`, "8302"), Check: rows(5, 25, "8302"),
			},
			{Config: through(`"8005550100-8005550109"`, "8303"), Check: rows(10, 35, "8303")},
		},
	})
	if proxy.Cuts() < 4 {
		t.Errorf("%d cuts came, wanted 4", proxy.Cuts())
	}
}

// A row that changes between a plan and its apply is a conflict, and nothing is
// written.
func TestAccInboundNumbers_conflict(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	config := func(dids, extension string) string {
		return aBlock(d, dids, `did_route = "EXTEN"`, fmt.Sprintf("extension = %q", extension))
	}
	meanwhile := func(statement string) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(acctest.Run(t, d, statement))}}
	}
	const extensions = "SELECT did_pattern, extension FROM vicidial_inbound_dids WHERE did_pattern LIKE '800%' ORDER BY did_pattern"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config(`"8005550100-8005550101"`, "8300")},
			{
				Config: config(`"8005550100-8005550101"`, "8301"), ConfigPlanChecks: meanwhile("UPDATE vicidial_inbound_dids SET extension = '9' WHERE did_pattern = '8005550101'"),
				ExpectError: regexp.MustCompile(`(?s)DID\s+8005550101\s+has\s+another\s+extension\s+than\s+when\s+it\s+was\s+read`),
			},
			{
				Config: config(`"8005550100"`, "8300"), ConfigPlanChecks: meanwhile("UPDATE vicidial_inbound_dids SET extension = '10' WHERE did_pattern = '8005550101'"),
				ExpectError: regexp.MustCompile(`(?s)DID\s+8005550101\s+has\s+another\s+extension`),
			},
			{
				Config: config(`"8005550100-8005550101"`, "8300"),
				Check: acctest.Expect(t, d, extensions, `
					| did_pattern | extension |
					| 8005550100  | 8300      |
					| 8005550101  | 8300      |`),
			},
		},
	})
}

// What the rows hold already is warned of; what a plan sets is refused.
func TestAccInboundNumbers_thatLeadNowhere(t *testing.T) {
	t.Parallel()
	d := aSystem(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_route, group_id, did_description) VALUES ('8005550100', 'IN_GROUP', '', 'a'), ('8005550101', 'IN_GROUP', 'SALESLINE', 'a'), ('8005550105', 'IN_GROUP', '', 'a')")()
	imports := "import {\n  to = " + block + "\n  id = \"sales=8005550100-8005550101\"\n}\nimport {\n  to = vicidial_inbound_did.sales\n  id = \"8005550105\"\n}\n"
	config := func(description string, more ...string) string {
		attributes := append([]string{`did_route = "IN_GROUP"`, fmt.Sprintf("did_description = %q", description)}, more...)
		return aBlock(d, `"8005550100-8005550101"`, attributes...) + strings.Replace(strings.TrimPrefix(aDID(d, attributes...), acctest.Provider(d)), "8005551212", "8005550105", 1)
	}
	refused := func(says string, more ...string) resource.TestStep {
		return resource.TestStep{Config: config("b", more...), PlanOnly: true, ExpectError: regexp.MustCompile("(?s)" + strings.ReplaceAll(says, " ", `\s+`))}
	}
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config("a") + imports},
			{
				PreConfig: warnings.Reset, Config: config("b"),
				Check: warnings.Expect(t, `"group_id".*8005550100: IN_GROUP reads group_id, which is blank`, `"group_id".*Route without a valid target: IN_GROUP reads group_id, which is blank`),
			},
			refused("no_agent_ingroup_id, which is blank: every call goes", `no_agent_ingroup_redirect = "Y"`),
			refused("max_queue_ingroup_id, which is blank", `max_queue_ingroup_calls = 5`),
			refused("pre_filter_phone_group_id has no effect", `pre_filter_phone_group_id = "bad"`),
		},
	})
}
