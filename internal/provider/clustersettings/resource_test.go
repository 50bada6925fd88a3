package clustersettings_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const settings = "vicidial_cluster_settings.this"

const (
	choices   = "SELECT active_voicemail_server, sounds_web_server, slave_db_server, outbound_calls_per_second AS cps, generate_cross_server_exten AS cross_exten, default_codecs FROM system_settings"
	flags     = "SELECT server_ip, rebuild_conf_files FROM servers ORDER BY server_ip"
	weights   = "SELECT container_id, container_type, container_entry FROM vicidial_settings_containers WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT'"
	passwords = "SELECT default_server_password, default_phone_registration_password, default_phone_login_password FROM system_settings"
)

// newCluster returns a database with two telephony nodes and a database pseudo
// server, whose files are up to date and whose settings were made by hand.
func newCluster(t *testing.T, schema int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, schema)
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server, generate_vicidial_conf, active_agent_login_server, rebuild_conf_files) VALUES "+
			"('dial1', '10.0.0.1', 'Y', 'Y', 'Y', 'Y', 'N'), ('dial2', '10.0.0.2', 'Y', 'Y', 'Y', 'Y', 'N'), ('DB1', '10.0.0.9', 'Y', 'N', 'N', 'N', 'N')",
		"UPDATE system_settings SET active_voicemail_server = '10.0.0.1', sounds_web_server = '10.0.2.1', outbound_calls_per_second = 10, sounds_central_control_active = '1'",
	)()
	return d
}

func declare(d *sandbox.Database, lines ...string) string {
	return acctest.Provider(d) + "\nresource \"vicidial_cluster_settings\" \"this\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

func errorText(message string) *regexp.Regexp {
	return regexp.MustCompile("(?i)" + strings.ReplaceAll(regexp.QuoteMeta(message), " ", `\s+`))
}

func TestAccClusterSettings(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, schema)
			found := acctest.Expect(t, d, choices, `
				| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
				| 10.0.0.1                | 10.0.2.1          |                 |  10 | 0           |                |`)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // columns that are in no node's files flag no node
						Config: declare(d, `outbound_calls_per_second = 60`, `slave_db_server = "10.0.0.6:3307"`, `reports_use_slave_db = ["Agent Time Detail", "User Stats"]`),
						Check: resource.ComposeAggregateTestCheckFunc(
							acctest.Expect(t, d, choices, `
								| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
								| 10.0.0.1                | 10.0.2.1          | 10.0.0.6:3307   |  60 | 0           |                |`),
							acctest.Expect(t, d, "SELECT reports_use_slave_db FROM system_settings", `
								| reports_use_slave_db           |
								|  Agent Time Detail, User Stats |`),
							acctest.Expect(t, d, flags, `
								| server_ip | rebuild_conf_files |
								| 10.0.0.1  | N                  |
								| 10.0.0.2  | N                  |
								| 10.0.0.9  | N                  |`),
							// Columns that are not managed are shown, too.
							resource.TestCheckResourceAttr(settings, "active_voicemail_server", "10.0.0.1"),
						),
					},
					{ // the voicemail server is in every node's files; columns no longer managed are restored
						Config: declare(d, `active_voicemail_server = "10.0.0.2"`, `default_codecs = "ulaw,alaw"`, `generate_cross_server_exten = true`, `outbound_calls_per_second = 60`),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
							plancheck.ExpectKnownValue(settings, tfjsonpath.New("slave_db_server"), knownvalue.StringExact("")),
							plancheck.ExpectKnownValue(settings, tfjsonpath.New("reports_use_slave_db"), knownvalue.SetExact(nil)),
						}},
						Check: resource.ComposeAggregateTestCheckFunc(
							acctest.Expect(t, d, choices, `
								| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
								| 10.0.0.2                | 10.0.2.1          |                 |  60 | 1           | ulaw,alaw      |`),
							acctest.Expect(t, d, flags, `
								| server_ip | rebuild_conf_files |
								| 10.0.0.1  | Y                  |
								| 10.0.0.2  | Y                  |
								| 10.0.0.9  | N                  |`),
						),
					},
					{ResourceName: settings, ImportState: true, ImportStateId: "system_settings", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "active_voicemail_server", ImportStateVerifyIgnore: []string{"found"}},
					{ // saving the admin form unchanged is no drift
						PreConfig:        acctest.Run(t, d, "UPDATE system_settings SET reports_use_slave_db = 'NONE', outbound_calls_per_second = 60"),
						Config:           declare(d, `active_voicemail_server = "10.0.0.2"`, `default_codecs = "ulaw,alaw"`, `generate_cross_server_exten = true`, `outbound_calls_per_second = 60`),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					},
				},
				CheckDestroy: found,
			})
			d.Expect(t, "SELECT event_section, event_type, record_id, event_code, COUNT(*) AS steps FROM vicidial_admin_log GROUP BY 1, 2, 3, 4", `
				| event_section  | event_type | record_id       | event_code                   | steps |
				| SYSTEMSETTINGS | MODIFY     | system_settings | ADMIN MODIFY SYSTEM SETTINGS |     4 |`)
		})
	}
}

func TestAccClusterSettings_weights(t *testing.T) {
	for _, schema := range slices.DeleteFunc(sandbox.Schemas(), func(schema int) bool { return schema == 1302 }) { // it has no settings containers
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, schema)
			config := declare(d, `agent_login_weights = { "10.0.0.1" = 100, "10.0.0.2" = 50 }`)
			written := acctest.Expect(t, d, weights, `
				| container_id                | container_type | container_entry             |
				| AGENT_LOAD_BALANCING_WEIGHT | OTHER          | 10.0.0.1,100\n10.0.0.2,50\n |`)
			mended := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(settings, plancheck.ResourceActionUpdate)}}
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: config, Check: written},
					{ // a weight changed by hand
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_settings_containers SET container_entry = '10.0.0.1,100\n10.0.0.2,999\n' WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT'"),
						Config:    config, ConfigPlanChecks: mended, Check: written,
					},
					{ // a line that is no weight is reported, too
						PreConfig: acctest.Run(t, d, "UPDATE vicidial_settings_containers SET container_entry = '10.0.0.1,100\n10.0.0.2,50\nlunch\n' WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT'"),
						Config:    config, ConfigPlanChecks: mended, Check: written,
					},
					{ // the same weights, in another order and with the form's line ends
						PreConfig:        acctest.Run(t, d, "UPDATE vicidial_settings_containers SET container_entry = '10.0.0.2,50\r\n10.0.0.1,100' WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT'"),
						Config:           config,
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					},
				},
				CheckDestroy: acctest.Expect(t, d, weights, `| container_id | container_type | container_entry |`),
			})
		})
	}
	t.Run("an existing container is restored with its text", func(t *testing.T) {
		t.Parallel()
		d := newCluster(t, 1720)
		acctest.Run(t, d, "INSERT INTO vicidial_settings_containers (container_id, container_type, container_entry) VALUES ('AGENT_LOAD_BALANCING_WEIGHT', 'OTHER', '10.0.0.1,7')")()
		acctest.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Providers(),
			Steps: []resource.TestStep{
				{Config: declare(d, `agent_login_weights = { "10.0.0.1" = 1, "10.0.0.2" = 1 }`)},
				{ // removed from the configuration, the text is restored, which the plan shows
					Config: declare(d, `outbound_calls_per_second = 20`),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectKnownValue(settings, tfjsonpath.New("agent_login_weights"), knownvalue.MapExact(map[string]knownvalue.Check{"10.0.0.1": knownvalue.Int64Exact(7)})),
					}},
					Check: acctest.Expect(t, d, weights, `
						| container_id                | container_type | container_entry |
						| AGENT_LOAD_BALANCING_WEIGHT | OTHER          | 10.0.0.1,7      |`),
				},
			},
			CheckDestroy: acctest.Expect(t, d, weights, `
				| container_id                | container_type | container_entry |
				| AGENT_LOAD_BALANCING_WEIGHT | OTHER          | 10.0.0.1,7      |`),
		})
	})
}

func TestAccClusterSettings_drift(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := declare(d, `active_voicemail_server = "10.0.0.2"`, `outbound_calls_per_second = 60`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{ // a managed column is corrected
				PreConfig: acctest.Run(t, d, "UPDATE system_settings SET active_voicemail_server = '10.0.0.1'"),
				Config:    config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(settings, plancheck.ResourceActionUpdate),
				}},
				Check: resource.TestCheckResourceAttr(settings, "active_voicemail_server", "10.0.0.2"),
			},
			{ // other columns are not; state follows them
				PreConfig:        acctest.Run(t, d, "UPDATE system_settings SET sounds_web_server = '10.0.2.9', admin_home_url = 'x'"),
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ // a destroy does not restore what somebody else has changed since
				PreConfig: acctest.Run(t, d, "UPDATE system_settings SET outbound_calls_per_second = 77"),
				Config:    config,
				Destroy:   true,
			},
		},
		CheckDestroy: acctest.Expect(t, d, choices, `
			| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
			| 10.0.0.1                | 10.0.2.9          |                 |  77 | 0           |                |`),
	})
}

func TestAccClusterSettings_secrets(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := func(password string, version int, more ...string) string {
		return declare(d, append(more,
			fmt.Sprintf(`default_server_password_wo = %q`, password), fmt.Sprintf(`default_server_password_wo_version = %d`, version),
			`default_phone_login_password_wo = "pw-phone-5"`, `default_phone_login_password_wo_version = 1`)...)
	}
	written := func(password string) resource.TestCheckFunc {
		return acctest.Expect(t, d, passwords, fmt.Sprintf(`
			| default_server_password | default_phone_registration_password | default_phone_login_password |
			| %-23s | test                                | pw-phone-5                   |`, password))
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: config("pw-server-5", 1), Check: written("pw-server-5"),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(settings, tfjsonpath.New("default_server_password_wo"), knownvalue.Null())},
			},
			{Config: config("pw-server-6", 1), Check: written("pw-server-5"), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
			{Config: config("pw-server-6", 2), Check: written("pw-server-6")},
			// The plan ignores the version, so another change must not write the secret.
			{
				Config: config("pw-server-7", 3,
					`default_codecs = "ulaw"`, `lifecycle {`, `ignore_changes = [default_server_password_wo_version]`, `}`),
				Check: written("pw-server-6"),
			},
		},
	})
	d.Expect(t, "SELECT COUNT(*) AS leaks FROM vicidial_admin_log WHERE CONCAT_WS(' ', event_sql, event_notes, event_code) LIKE '%pw-%'", `
		| leaks |
		|     0 |`)
	d.Expect(t, "SELECT COUNT(*) > 0 AS logged FROM vicidial_admin_log WHERE event_sql LIKE '%default_server_password = \\'****\\'%'", `
		| logged |
		|      1 |`)
}

func TestAccClusterSettings_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "UPDATE system_settings SET require_password_length = 8")()
	old := newCluster(t, 1302)
	step := func(d *sandbox.Database, message string, lines ...string) resource.TestStep {
		return resource.TestStep{Config: declare(d, lines...), PlanOnly: true, ExpectError: errorText(message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step(d, "server 10.0.0.77 is not in the table servers", `active_voicemail_server = "10.0.0.77"`),
			step(d, "is not an IPv4 address", `active_voicemail_server = "dial1"`),
			step(d, "must be between 1 and 1000", `outbound_calls_per_second = 0`),
			step(d, "must be between 1 and 1000", `outbound_calls_per_second = 1001`),
			step(old, "must be between 1 and 200", `outbound_calls_per_second = 500`),
			step(d, "VICIdial passes over shorter ones", `slave_db_server = "db2"`),
			step(d, "which VICIdial's admin page removes or splits at", `reports_use_slave_db = ["A, B"]`),
			step(d, "must be one of SIP, PJSIP", `allowed_sip_stacks = "IAX"`),
			step(d, "holds 50 characters, these are 60", `sounds_web_server = "`+strings.Repeat("w", 60)+`"`),
			step(d, "is not an IPv4 address", `agent_login_weights = { "dial1" = 5 }`),
			step(d, "the system settings require 8", `default_server_password_wo = "short"`, `default_server_password_wo_version = 1`),
			step(d, "default_server_password_wo_version", `default_server_password_wo = "long-enough"`),
			step(d, "letters, digits, - and _ only", `default_server_password_wo = "semi;colon"`, `default_server_password_wo_version = 1`),
			step(old, "it came with schema 1642, the database has schema 1302", `allowed_sip_stacks = "PJSIP"`),
			step(old, "vicidial_settings_containers.container_entry is not in this database", `agent_login_weights = { "10.0.0.1" = 5 }`),
			step(old, "holds 20 characters, these are 21", `default_server_password_wo = "`+strings.Repeat("x", 21)+`"`, `default_server_password_wo_version = 1`),
			{Config: acctest.Provider(d)},
		},
	})
	d.Expect(t, choices, `
		| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
		| 10.0.0.1                | 10.0.2.1          |                 |  10 | 0           |                |`)
}

func TestAccClusterSettings_twoResourcesShareTheRow(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	beside := func(lines string) string {
		return declare(d, `outbound_calls_per_second = 20`) + "resource \"vicidial_cluster_settings\" \"beside\" {\n  " + lines + "\n}\n"
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: beside(`outbound_calls_per_second = 30`), PlanOnly: true, ExpectError: errorText("another vicidial_cluster_settings of this configuration has outbound_calls_per_second")},
			{Config: beside(`default_codecs = "ulaw"`)}, // each manages what it sets
			{Config: beside(`outbound_calls_per_second = 30`), PlanOnly: true, ExpectError: errorText("set it in one of them")},
		},
	})
	d.Expect(t, choices, `
		| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
		| 10.0.0.1                | 10.0.2.1          |                 |  10 | 0           |                |`)
}

// The previous value of an attribute that is removed is restored in the apply, also where
// the plan does not know another one, or does not know the provider's configuration.
func TestAccClusterSettings_removedBesideUnknownValues(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	const later = "resource \"terraform_data\" \"later\" {\n  input = "
	restored := acctest.Expect(t, d, "SELECT outbound_calls_per_second AS cps FROM system_settings", "| cps |\n|  10 |")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig: acctest.Run(t, d, "INSERT INTO vicidial_settings_containers (container_id, container_type, container_entry) VALUES ('AGENT_LOAD_BALANCING_WEIGHT', 'OTHER', '; by hand')"),
				Config:    declare(d, "outbound_calls_per_second = 60"),
			},
			{
				Config: declare(d, "default_codecs = terraform_data.later.output", `agent_login_weights = { "10.0.0.1" = 2 }`) + later + "\"ulaw\"\n}\n",
				Check:  restored,
			},
			{Config: declare(d, `default_codecs = "ulaw"`, "outbound_calls_per_second = 60")},
			{
				Config: strings.Replace(declare(d, `default_codecs = "alaw"`), fmt.Sprintf("host = %q", d.Host), "host = terraform_data.later.output", 1) + later + fmt.Sprintf("%q\n}\n", d.Host),
				Check:  restored,
			},
		},
	})
}

func TestAccClusterSettings_serverOfTheSameRun(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := acctest.Provider(d) + `
resource "vicidial_server" "new" {
  server_id = "dial3"
  server_ip = "10.0.0.3"
}

resource "vicidial_cluster_settings" "this" {
  active_voicemail_server = vicidial_server.new.server_ip
}
`
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: config,
			Check: acctest.Expect(t, d, "SELECT active_voicemail_server FROM system_settings", `
				| active_voicemail_server |
				| 10.0.0.3                |`),
		}},
		// The server can be removed only because the settings were restored first.
		CheckDestroy: acctest.Expect(t, d, "SELECT active_voicemail_server, (SELECT COUNT(*) FROM servers WHERE server_id = 'dial3') AS left_over FROM system_settings", `
			| active_voicemail_server | left_over |
			| 10.0.0.1                |         0 |`),
	})
}

func TestAccClusterSettings_importChangesNothing(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := declare(d, `active_voicemail_server = "10.0.0.1"`, `outbound_calls_per_second = 10`)
	imported := "import {\n  to = vicidial_cluster_settings.this\n  id = \"system_settings\"\n}\n"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config + imported, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
			{ // the first change after the import records the previous values
				Config: declare(d, `active_voicemail_server = "10.0.0.2"`, `outbound_calls_per_second = 10`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(settings, tfjsonpath.New("found"), knownvalue.MapExact(map[string]knownvalue.Check{
					"active_voicemail_server": knownvalue.StringExact("10.0.0.1"), "outbound_calls_per_second": knownvalue.StringExact("10"),
				}))},
			},
		},
		CheckDestroy: acctest.Expect(t, d, "SELECT active_voicemail_server FROM system_settings", `
			| active_voicemail_server |
			| 10.0.0.1                |`),
	})
	d.Expect(t, "SELECT COUNT(*) AS steps FROM vicidial_admin_log", `
		| steps |
		|     2 |`)
}

func TestAccClusterSettings_identity(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: declare(d, `outbound_calls_per_second = 60`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(settings, map[string]knownvalue.Check{"record_id": knownvalue.StringExact("system_settings")}),
				},
			},
			{ResourceName: settings, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

// An address that was changed by hand is in no diagnostic, whichever is declared next.
func TestAccClusterSettings_webphoneURLIsNotShown(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	object := acctest.NewSession(t, d).Object(t, "vicidial_cluster_settings")
	object.Change(t, acctest.Values{"webphone_url": "https://phone.example.com/?key=0ld"})
	acctest.Run(t, d, "UPDATE system_settings SET webphone_url = 'https://phone.example.com/?key=n3w'")()
	object.Refresh(t)
	var text string
	for _, d := range object.Plan(t, acctest.Values{"webphone_url": "https://phone.example.com/?key=n3xt"}).Diagnostics {
		text += d.Summary + ": " + d.Detail + "\n"
	}
	if !strings.Contains(text, "webphone_url has another text now") || strings.Contains(text, "0ld") || strings.Contains(text, "n3w") {
		t.Errorf("the plan says %s", text)
	}
}

// Web phones and sounds over TLS are settings of the whole cluster.
func TestAccClusterSettings_webPhones(t *testing.T) {
	d := newCluster(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: declare(d, `sounds_web_server = "ftp://sounds"`), PlanOnly: true, ExpectError: regexp.MustCompile(`host name or address`)},
			{Config: declare(d, `webphone_url = "javascript:alert(1)"`), PlanOnly: true, ExpectError: regexp.MustCompile(`URL`)},
			{
				Config: declare(d, `sounds_web_server = "https://sounds.example.com"`, `webphone_url = "https://phone.example.com/index.php"`, `default_webphone = true`),
				Check: acctest.Expect(t, d, "SELECT sounds_web_server, webphone_url, default_webphone FROM system_settings", `
					| sounds_web_server          | webphone_url                        | default_webphone |
					| https://sounds.example.com | https://phone.example.com/index.php | 1                |`),
			},
		},
	})
}
