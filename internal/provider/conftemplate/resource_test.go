package conftemplate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const address = "vicidial_conf_template.softphone"

func aTemplate(contents string) string {
	return fmt.Sprintf(`
resource "vicidial_conf_template" "softphone" {
  template_id       = "softphone"
  template_name     = "Softphones of the floor"
  template_contents = %q
}`, contents)
}

const rowOf = "SELECT template_name, template_contents FROM vicidial_conf_templates WHERE template_id = 'softphone'"

const flagged = "SELECT server_ip FROM servers WHERE rebuild_conf_files = 'Y' ORDER BY server_ip"

func play(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: steps})
}

func on(d *sandbox.Database, config string) string { return acctest.Provider(d) + config }

func run(t *testing.T, d *sandbox.Database, statements ...string) {
	t.Helper()
	acctest.Run(t, d, statements...)()
}

// oneNodeUses puts a phone that uses the template on the first of two nodes.
func oneNodeUses(t *testing.T, d *sandbox.Database) {
	t.Helper()
	run(t, d, "INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf, rebuild_conf_files) VALUES ('dial1', '10.0.0.1', 'Y', 'Y', 'N'), ('dial2', '10.0.0.2', 'Y', 'Y', 'N')")
	run(t, d, "INSERT INTO phones (extension, server_ip, login, active, protocol, template_id) VALUES ('101', '10.0.0.1', '101', 'Y', 'SIP', 'softphone')")
}

func TestAccConfTemplate(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("is made, changed, drifts, is imported and goes on schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			oneNodeUses(t, d)
			settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
			play(t,
				resource.TestStep{
					Config: on(d, aTemplate("type=friend\nhost=dynamic\n")),
					Check: resource.ComposeTestCheckFunc(acctest.Expect(t, d, rowOf, `
						| template_name           | template_contents           |
						| Softphones of the floor | type=friend\nhost=dynamic\n |`),
						acctest.Expect(t, d, flagged, `
						| server_ip |
						| 10.0.0.1  |`),
						acctest.Expect(t, d, "SELECT event_section, event_type, record_id, event_code FROM vicidial_admin_log", `
						| event_section | event_type | record_id | event_code              |
						| CONFTEMPLATES | ADD        | softphone | ADMIN ADD CONF TEMPLATE |`),
					),
				},
				resource.TestStep{
					PreConfig: func() {
						settle()
						// The admin form, saved unchanged
						// (docs/vicidial/measured.md#rewritten-text).
						run(t, d, `UPDATE vicidial_conf_templates SET template_contents = 'type=friend\r\nhost=dynamic\r\n' WHERE template_id = 'softphone'`)
					},
					Config:           on(d, aTemplate("type=friend\nhost=dynamic\n")),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				},
				resource.TestStep{
					Config: on(d, aTemplate("type=friend\nhost=dynamic\nqualify=yes\n")),
					Check: acctest.Expect(t, d, flagged, `
						| server_ip |
						| 10.0.0.1  |`),
				},
				resource.TestStep{
					PreConfig: func() {
						run(t, d, `UPDATE vicidial_conf_templates SET template_contents = 'type=peer' WHERE template_id = 'softphone'`)
					},
					RefreshState:       true,
					ExpectNonEmptyPlan: true,
				},
				resource.TestStep{
					Config: on(d, aTemplate("type=friend\nhost=dynamic\nqualify=yes\n")),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
					},
				},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: "softphone", ImportStateVerify: true,
					ImportStateVerifyIdentifierAttribute: "template_id",
				},
				resource.TestStep{
					PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_conf_templates WHERE template_id = 'softphone'"),
					Config:    on(d, aTemplate("type=friend\n")),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
					},
				},
				resource.TestStep{ // nobody uses it any more, so that the test's end can destroy it
					PreConfig: acctest.Run(t, d, "UPDATE phones SET template_id = ''"),
					Config:    on(d, aTemplate("type=friend\n")),
				},
			)
			d.Expect(t, "SELECT COUNT(*) AS left_over FROM vicidial_conf_templates WHERE template_id = 'softphone'", `
				| left_over |
				|         0 |`)
		})
	}
}

func TestAccConfTemplate_refusesBeforeItWrites(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	oneNodeUses(t, d)
	run(t, d, `INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('theirs', 'Somebody else', 'a=b')`)
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: on(d, config), PlanOnly: true, ExpectError: regexp.MustCompile(says)}
	}
	play(t,
		refused(aTemplate("type=friend\n[general]\n"), `(?i)line 2: this line opens a section`),
		refused(aTemplate("type=friend\n#exec id\n"), `(?i)line 2: a # directive`),
		refused(`
resource "vicidial_conf_template" "theirs" {
  template_id       = "theirs"
  template_name     = "Mine"
  template_contents = "a=b"
}`, `(?s)Template already exists.*Import the row`),
		resource.TestStep{Config: on(d, aTemplate("type=friend\n"))},
		resource.TestStep{Config: on(d, aTemplate("type=friend\n")), Destroy: true, ExpectError: regexp.MustCompile(`(?s)is in use.*phone 101 on 10.0.0.1`)},
		resource.TestStep{
			PreConfig: acctest.Run(t, d, "UPDATE phones SET template_id = ''"),
			Config:    on(d, aTemplate("type=friend\n")),
		},
	)
}

func TestAccConfTemplate_takesAnotherIDWithItsUsers(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d, "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')")
	called := func(id, lifecycle string) string {
		return on(d, fmt.Sprintf(`
resource "vicidial_conf_template" "trunks" {
  template_id       = %q
  template_name     = "Trunks"
  template_contents = "qualify=yes"
  lifecycle { create_before_destroy = %s }
}

resource "vicidial_carrier_route" "main" {
  name          = "MAIN"
  servers       = ["10.0.0.1"]
  protocol      = "SIP"
  account_entry = "[main]\nhost=x\n"
  template_id   = vicidial_conf_template.trunks.template_id
}`, id, lifecycle))
	}
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{Config: called("trunks", "false")},
		{Config: called("carriers", "false"), ExpectError: regexp.MustCompile(`(?si)template trunks is in use.*carrier MAIN_00001`)},
		{
			PreConfig: warnings.Reset, Config: called("carriers", "true"),
			Check: resource.ComposeTestCheckFunc(
				warnings.Expect(t, `Template trunks is in use: .*carrier MAIN_00001 on dial1 \(10\.0\.0\.1\)\..*create_before_destroy`),
				acctest.Expect(t, d, "SELECT c.carrier_id, t.template_id FROM vicidial_server_carriers c, vicidial_conf_templates t WHERE c.template_id = t.template_id AND t.template_name = 'Trunks'", `
					| carrier_id | template_id |
					| MAIN_00001 | carriers    |`),
				acctest.Expect(t, d, "SELECT COUNT(*) AS old FROM vicidial_conf_templates WHERE template_id = 'trunks'", "| old |\n|   0 |"),
			),
		},
	}})
}

func TestAccConfTemplate_namesAuthorOfChange(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	play(t,
		resource.TestStep{Config: on(d, aTemplate("type=friend\n"))},
		resource.TestStep{
			PreConfig: func() {
				run(t, d, "UPDATE vicidial_conf_templates SET template_name = 'By hand' WHERE template_id = 'softphone'")
			},
			Config: on(d, aTemplate("type=friend\n")),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("template_name"), knownvalue.StringExact("Softphones of the floor")),
			},
		},
	)
}

func TestAccConfTemplate_resumesAfterLostConnection(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	oneNodeUses(t, d)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(contents string) string { return acctest.ProviderAt(d, proxy.Port()) + aTemplate(contents) }
	settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
	user := acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |")
	steps := []resource.TestStep{{Config: through("type=friend\n")}}
	// A change writes the row, its entry in the change log and the flag.
	for n := 1; n <= 3; n++ {
		contents := fmt.Sprintf("type=friend\nqualify=%d\n", n)
		steps = append(steps,
			resource.TestStep{
				PreConfig:   func() { settle(); proxy.CutAt(n, sandbox.WriteUnsent, true) },
				Config:      through(contents),
				ExpectError: regexp.MustCompile(`Unable to update template softphone`),
			},
			resource.TestStep{ // also where nothing but the flag was left to write
				PreConfig: proxy.Restore,
				Config:    through(contents), Check: user,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
			})
	}
	steps = append(steps, resource.TestStep{
		PreConfig: func() { run(t, d, "UPDATE phones SET template_id = ''") },
		Config:    through("type=friend\nqualify=3\n"),
	})
	play(t, steps...)
	if proxy.Cuts() < 3 {
		t.Errorf("%d cuts came, wanted 3 or more", proxy.Cuts())
	}
}

// After a lost connection and a change of somebody else, a failed apply reads who uses the
// template again, and cannot.
func TestAccConfTemplate_staysStaleWhereItsUsersAreUnknown(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	oneNodeUses(t, d)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(contents string) string { return acctest.ProviderAt(d, proxy.Port()) + aTemplate(contents) }
	killWaiting := func() {
		holder, err := d.DB().Conn(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := holder.ExecContext(t.Context(), "LOCK TABLES vicidial_conf_templates READ"); err != nil {
			t.Error(err)
		}
		go func() {
			defer func() { _ = holder.Close() }()
			waiting := 0
			for waiting == 0 {
				err := d.DB().QueryRowContext(t.Context(), "SELECT COALESCE(MAX(ID), 0), SLEEP(0.05) FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'UPDATE vicidial_conf_templates%'", d.Name).Scan(&waiting, new(int))
				if err != nil {
					t.Error(err)
					break
				}
			}
			_, err := d.DB().ExecContext(t.Context(), "INSERT INTO vicidial_admin_log (event_date, user, event_section) VALUES (NOW(), '6666', 'PHONES')")
			_, killed := d.DB().ExecContext(t.Context(), "KILL ?", waiting)
			_, unlocked := holder.ExecContext(t.Context(), "UNLOCK TABLES")
			if err := errors.Join(err, killed, unlocked); err != nil {
				t.Error(err)
			}
		}()
	}
	play(t,
		resource.TestStep{Config: through("type=friend\n")},
		resource.TestStep{
			PreConfig: func() {
				run(t, d, "CREATE TRIGGER refuse BEFORE UPDATE ON servers FOR EACH ROW IF EXISTS (SELECT 1 FROM vicidial_conf_templates WHERE template_contents LIKE '%qualify%') THEN SIGNAL SQLSTATE '45000'; END IF")
				written := false
				proxy.CutBefore(func(statement string) bool {
					written = written || strings.HasPrefix(statement, "UPDATE vicidial_conf_templates")
					return written && strings.Contains(statement, "FROM phones")
				}, true)
			},
			Config:           through("type=friend\nqualify=yes\n"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Meanwhile(killWaiting)}},
			ExpectError:      regexp.MustCompile(`(?s)Unable to update template softphone.*Unable to read template softphone`),
		},
		resource.TestStep{
			PreConfig: func() {
				run(t, d, "DROP TRIGGER refuse", "UPDATE servers SET rebuild_conf_files = 'N'")
				proxy.Restore()
			},
			Config:           through("type=friend\nqualify=yes\n"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
			Check:            acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |"),
		},
		resource.TestStep{
			PreConfig: func() { run(t, d, "UPDATE phones SET template_id = ''") },
			Config:    through("type=friend\nqualify=yes\n"),
		},
	)
}

func TestAccConfTemplate_example(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	example, err := os.ReadFile("../../../examples/resources/vicidial_conf_template/resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	play(t, resource.TestStep{
		Config: on(d, string(example)),
		Check:  acctest.Expect(t, d, "SELECT template_name FROM vicidial_conf_templates WHERE template_id = 'softphone'", "| template_name           |\n| Softphones of the floor |"),
	})
}

func TestAccConfTemplate_isListed(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		found := acctest.List(t, sandbox.New(t, schema), "vicidial_conf_template")
		if len(found) != 2 || found[0].Identity["template_id"] != "IAX_generic" || !strings.Contains(found[1].Texts["template_contents"], "type=friend\n") {
			t.Errorf("schema %d: listed %+v", schema, found)
		}
	}
}

// Issue 12: what an editor strips is no change, neither at the end nor inside.
func TestAccConfTemplate_importsBlanksAtTheEndOfLines(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d, `INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('softphone', 'Softphones of the floor', 'type=friend \r\nhost=dynamic\t\r\nqualify=yes\r\n\r\n')`)
	config := on(d, aTemplate("type=friend\nhost=dynamic\nqualify=yes\n"))
	play(t,
		resource.TestStep{
			Config:           config + "\nimport {\n  to = " + address + "\n  id = \"softphone\"\n}\n",
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)}},
			Check:            acctest.Expect(t, d, "SELECT template_contents = 'type=friend \r\nhost=dynamic\t\r\nqualify=yes\r\n\r\n' AS untouched FROM vicidial_conf_templates WHERE template_id = 'softphone'", "| untouched |\n|         1 |"),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{
			Config: on(d, aTemplate("type=friend\nhost=dynamic\nqualify=no\n")),
			Check:  acctest.Expect(t, d, "SELECT template_contents = 'type=friend\nhost=dynamic\nqualify=no\n' AS written FROM vicidial_conf_templates WHERE template_id = 'softphone'", "| written |\n|       1 |"),
		},
	)
}

func TestAccConfTemplate_secrets(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	oneNodeUses(t, d)
	config := func(secret string, version int, text string) string {
		return on(d, fmt.Sprintf(`
resource "vicidial_conf_template" "softphone" {
  template_id        = "softphone"
  template_name      = "Softphones of the floor"
  template_contents  = "type=friend\nsecret={secret:floor}\n%s"
  secrets_wo         = { floor = %q }
  secrets_wo_version = %d
}`, text, secret, version))
	}
	held := func(secret, text string) func(*terraform.State) error {
		return acctest.Expect(t, d, "SELECT template_contents = 'type=friend\\nsecret="+secret+"\\n"+text+"' AS written FROM vicidial_conf_templates WHERE template_id = 'softphone'", "| written |\n|       1 |")
	}
	nowhere := func(state *terraform.State) error {
		text, err := json.Marshal(state)
		if strings.Contains(string(text), "w0rd") {
			t.Error("the secret is in the state")
		}
		d.Expect(t, "SELECT COUNT(*) AS told FROM vicidial_admin_log WHERE CONCAT_WS(' ', event_sql, event_notes) LIKE '%w0rd%'", "| told |\n|    0 |")
		return err
	}
	settle := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
	flagsItsNode := acctest.Expect(t, d, flagged, "| server_ip |\n| 10.0.0.1  |")
	noop := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	refused := func(config, says string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(says)}
	}
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		refused(strings.ReplaceAll(config("w0rd1", 1, ""), "{ floor =", "{ other ="), `the placeholder \{secret:floor\}, which has no value`),
		{Config: config("w0rd1", 1, ""), Check: resource.ComposeTestCheckFunc(held("w0rd1", ""), nowhere, warnings.ExpectNo(t, "the text holds a password"))},
		{Config: config("w0rd2", 1, ""), ConfigPlanChecks: noop, Check: held("w0rd1", "")},
		{PreConfig: settle, Config: config("w0rd2", 2, ""), Check: resource.ComposeTestCheckFunc(held("w0rd2", ""), nowhere, flagsItsNode)},
		{PreConfig: settle, Config: config("w0rd2", 2, `qualify=yes\n`), Check: resource.ComposeTestCheckFunc(held("w0rd2", `qualify=yes\n`), nowhere, flagsItsNode)},
		{ // the admin form adds a line: it shows, and the secret does not
			PreConfig: func() {
				run(t, d, `UPDATE vicidial_conf_templates SET template_contents = CONCAT(template_contents, 'md5_cred=w0rd3\n')`)
			},
			RefreshState: true, ExpectNonEmptyPlan: true, Check: nowhere,
		},
		{Config: config("w0rd2", 2, `qualify=yes\n`), Check: resource.ComposeTestCheckFunc(held("w0rd2", `qualify=yes\n`), nowhere)},
		{ // the plan ignores the version, so another change must not write the secret
			Config: strings.NewReplacer("Softphones of the floor", "Softphones", "secrets_wo_version = 3", "secrets_wo_version = 3\nlifecycle {\nignore_changes = [secrets_wo_version]\n}").
				Replace(config("w0rd4", 3, `qualify=yes\n`)),
			Check: resource.ComposeTestCheckFunc(held("w0rd2", `qualify=yes\n`), nowhere),
		},
		{
			ResourceName: address, ImportState: true, ImportStateId: "softphone",
			ImportStateCheck: func(states []*terraform.InstanceState) error {
				if text := states[0].Attributes["template_contents"]; text != "type=friend\nsecret={secret:template}\nqualify=yes\n" {
					t.Errorf("imported %q", text)
				}
				return nil
			},
		},
		{ // a password that is written out is taken, with a warning that says what to do
			PreConfig: func() { warnings.Reset(); run(t, d, "UPDATE phones SET template_id = ''") },
			Config:    on(d, aTemplate("type=friend\nsecret=plain\n")),
			Check:     warnings.Expect(t, `template_contents.*ine 2: the text holds a password.*\{secret:NAME\} in its place and its value into secrets_wo`),
		},
	}})
}
