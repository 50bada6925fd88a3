package nodeconfig_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const files = "vicidial_node_config.site"

const threeNodes = `
    "10.0.0.1" = { roles = ["telephony"] }
    "10.0.0.2" = { roles = ["telephony", "web"], conf_engine = "CONFBRIDGE" }
    "10.0.0.9" = { roles = ["database"] }
`

func aSite(d *sandbox.Database, nodes string, more ...string) string {
	return acctest.Provider(d) + fmt.Sprintf("\nresource \"vicidial_node_config\" \"site\" {\n  nodes = {%s}\n  %s\n}\n", nodes, strings.Join(more, "\n  "))
}

func says(message string) *regexp.Regexp {
	return regexp.MustCompile("(?i)" + strings.ReplaceAll(regexp.QuoteMeta(message), " ", `\s+`))
}

func exactly(values map[string]string) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(values))
	for key, value := range values {
		checks[key] = knownvalue.StringExact(value)
	}
	return knownvalue.MapExact(checks)
}

func letters(values map[string]string) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectKnownValue(files, tfjsonpath.New("keepalives"), exactly(values)),
	}}
}

// conf checks a node's file in state by reading it as VICIdial does.
func conf(attribute, serverIP string, want map[string]string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		found, ok := state.RootModule().Resources[files]
		if !ok {
			return fmt.Errorf("no %s in state", files)
		}
		values := astguiclient.Parse(found.Primary.Attributes[attribute+"."+serverIP])
		for key, value := range want {
			if values[key] != value {
				return fmt.Errorf("%s of %s: %s is %q, want %q", attribute, serverIP, key, values[key], value)
			}
		}
		return nil
	}
}

func TestAccNodeConfig(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // the letters are known before anything is applied
						Config:           aSite(d, threeNodes),
						ConfigPlanChecks: letters(map[string]string{"10.0.0.1": "123468", "10.0.0.2": "123468C", "10.0.0.9": "579E"}),
						Check: resource.ComposeAggregateTestCheckFunc(
							conf("astguiclient_conf", "10.0.0.1", map[string]string{"VARserver_ip": "10.0.0.1", "VARDB_server": "10.0.0.9", "VARDB_pass": "@@VARDB_pass@@", "VARFTP_pass": "test"}),
							resource.TestCheckNoResourceAttr(files, "astguiclient_conf_filled.%"),
							resource.TestCheckResourceAttr(files, "assignments.hopper", "10.0.0.9"),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.9", regexp.MustCompile(`\* \* \* \* \* /usr/share/astguiclient/AST_VDhopper\.pl -q`)),
							resource.TestMatchResourceAttr(files, "install_command.10.0.0.1", regexp.MustCompile(`install\.pl --no-prompt --without-web --server_ip=10\.0\.0\.1`)),
						),
					},
					{ // a duty moves, a key changes, and every line of it is in the plan
						Config: aSite(d, strings.Replace(threeNodes, `["telephony"]`, `["telephony"], duties = ["balance_fill", "hopper"]`, 1),
							`settings = { PATHhome = "/opt/vicidial", ExpectedDBSchema = "1720" }`, `log_archive = "monthly"`),
						ConfigPlanChecks: letters(map[string]string{"10.0.0.1": "1234678", "10.0.0.2": "123468C", "10.0.0.9": "59E"}),
						Check: resource.ComposeAggregateTestCheckFunc(
							conf("astguiclient_conf", "10.0.0.9", map[string]string{"PATHhome": "/opt/vicidial", "ExpectedDBSchema": "1720", "VARactive_keepalives": "59E"}),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.1", regexp.MustCompile(`/opt/vicidial/AST_VDhopper\.pl`)),
						),
					},
					{ // a layout, typed options, cloud-init; a letter 7 without use is no reason to refuse
						Config: aSite(d, strings.Replace(threeNodes, `"10.0.0.2" =`, `"10.0.0.2" = { roles = ["web"] }
    "10.0.0.3" =`, 1), `layout = "almalinux"`, `lead_archive = { days = 365 }`, `asterisk_log_days = 30`,
							`settings = { VARFTP_host = "10.0.0.7" }`, `recordings = { ship = true, transfer = { run_check = true } }`),
						Check: resource.ComposeAggregateTestCheckFunc(
							conf("astguiclient_conf", "10.0.0.9", map[string]string{"PATHweb": "/var/www/html", "VARDB_server": "localhost"}),
							conf("astguiclient_conf", "10.0.0.1", map[string]string{"VARDB_server": "10.0.0.9"}),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.1", regexp.MustCompile(`AST_CRON_audio_3_ftp\.pl --MP3 --nodatedir --run-check --ftp-validate`)),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.1", regexp.MustCompile(`ADMIN_keepalive_ALL\.pl --cu3way\n`)),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.1", regexp.MustCompile(`AST_conf_update\.pl --no-vc-3way-check`)),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.1", regexp.MustCompile(`AST_reset_mysql_vars\.pl`)),
							resource.TestMatchResourceAttr(files, "crontab.10.0.0.9", regexp.MustCompile(`ADMIN_archive_log_tables\.pl --days=45`)),
							resource.TestMatchResourceAttr(files, "user_data.10.0.0.1", regexp.MustCompile(`^#cloud-config\n`)),
						),
					},
					{ // a password that is given is in the filled file
						Config: aSite(d, threeNodes, `secrets = { VARDB_pass = "pw-db-31" }`),
						Check: resource.ComposeAggregateTestCheckFunc(
							conf("astguiclient_conf", "10.0.0.1", map[string]string{"VARDB_pass": "@@VARDB_pass@@"}),
							conf("astguiclient_conf_filled", "10.0.0.1", map[string]string{"VARDB_pass": "pw-db-31", "VARDB_custom_pass": "@@VARDB_custom_pass@@"}),
						),
					},
					{
						Config:           aSite(d, threeNodes, `secrets = { VARDB_pass = "pw-db-31" }`),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					},
				},
			})
			d.Expect(t, "SELECT COUNT(*) AS log_lines FROM vicidial_admin_log", `
				| log_lines |
				|         0 |`)
		})
	}
}

func TestAccNodeConfig_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	node := func(more string) string {
		return strings.Replace(threeNodes, `{ roles = ["telephony"] }`, `{ roles = ["telephony"], `+more+` }`, 1)
	}
	step := func(message, nodes string, more ...string) resource.TestStep {
		return resource.TestStep{Config: aSite(d, nodes, more...), PlanOnly: true, ExpectError: says(message)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step("duty adaptive_dialing is claimed by 10.0.0.1 and 10.0.0.9", strings.Replace(node(`duties = ["adaptive_dialing"]`), `["database"]`, `["database"], duties = ["adaptive_dialing"]`, 1)),
			step("name one of 10.0.0.1, 10.0.0.2 as coordinator", strings.Replace(threeNodes, `"10.0.0.9" = { roles = ["database"] }`, ``, 1), `settings = { VARDB_server = "10.0.0.9" }`),
			step("coordinator 10.0.0.77 is not one of the nodes", threeNodes, `coordinator = "10.0.0.77"`),
			step("is not an IPv4 address without leading zeros", `"10.0.0.01" = { roles = ["telephony"] }`),
			step("value must be one of", node(`duties = ["tea"]`)),
			step("is not a flag of ADMIN_keepalive_ALL.pl", node(`keepalive_flags = ["--teod; reboot"]`)),
			step("it is not five fields and a command", node(`cron = ["sometimes /bin/true"]`)),
			step("the character U+000A", node(`cron = ["* * * * * /bin/true\n* * * * * reboot"]`)),
			step("key VARDB_sever: install.pl does not know it", threeNodes, `settings = { VARDB_sever = "10.0.0.9" }`),
			step("key VARDB_pass: it is a password", threeNodes, `settings = { VARDB_pass = "x" }`),
			step("key PATHhome: the value holds a line break", threeNodes, `settings = { PATHhome = "/opt\nVARDB_server => evil" }`),
			step("key VARDB_password: VICIdial takes the line for VARDB_pass", threeNodes, `extra = { VARDB_password = "x" }`),
			step("key VARDB_pass: the value holds '#'", threeNodes, `secrets = { VARDB_pass = "hush#hush" }`),
			step("key VARFTP_host: recordings are to be shipped", threeNodes, `recordings = { ship = true }`),
			step("AST_CRON_audio_3_ftp.pl does not look into folders", threeNodes, `recordings = { ship = true, sort_by_date = true }`),
			step("it splits its lists at every -", threeNodes, `lead_archive = { days = 9, statuses = ["A-B"] }`),
			step("is neither letters of", node(`keepalives = "12a"`)),
			step("its keepalives 123468 are without the letter 5", node(`keepalives = "123468", duties = ["adaptive_dialing"]`)),
			step("is not an absolute folder", threeNodes, `install = { sources = "/usr/src && reboot" }`),
			step(`time server "pool; reboot"`, threeNodes, `time_server = "pool; reboot"`),
			{Config: acctest.Provider(d)},
		},
	})
}

func TestAccNodeConfig_importByContent(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	site := `
    "10.0.0.1" = { roles = ["telephony"], extra = { RACK_unit = "17" } }
    "10.0.0.2" = { roles = ["telephony"], conf_engine = "CONFBRIDGE", settings = { VARasterisk_version = "18.X" } }
    "10.0.0.9" = { roles = ["database"] }
`
	declared := aSite(d, site, `coordinator = "10.0.0.9"`, `settings = { VARDB_server = "10.0.0.5", PATHweb = "/srv/www/htdocs" }`)
	// paths writes the files that the configuration makes, as they would be on
	// the nodes, passwords filled in.
	paths := func(state *terraform.State) (string, error) {
		var names []string
		folder := t.TempDir()
		for _, serverIP := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.9"} {
			text := state.RootModule().Resources[files].Primary.Attributes["astguiclient_conf."+serverIP]
			text = strings.NewReplacer("@@VARDB_pass@@", "pw-db-32", "@@VARDB_custom_pass@@", "pw-custom-32").Replace(text)
			name := filepath.Join(folder, serverIP+".conf")
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				return "", err
			}
			names = append(names, name)
		}
		return strings.Join(names, ","), nil
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: declared},
			{ // files give the declaration back, unknown keys and all; no password comes along
				ResourceName: files, ImportState: true, ImportStateIdFunc: paths,
				ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					text, err := json.Marshal(states)
					if err != nil || strings.Contains(string(text), "pw-") {
						return fmt.Errorf("a password is in state, or %w", err)
					}
					return nil
				},
			},
			{ // the text itself will do
				ResourceName: files, ImportState: true,
				ImportStateId: "VARserver_ip => 10.0.0.1\nVARactive_keepalives => 12345689E\nSITE_name => anchor\nVARDB_pass => pw-x\nSITE_pass => pw-y\n",
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					at := states[0].Attributes
					if at["nodes.10.0.0.1.roles.0"] != "telephony" || at["coordinator"] != "10.0.0.1" || at["extra.SITE_name"] != "anchor" || strings.Contains(fmt.Sprint(at), "pw-") {
						return fmt.Errorf("got %v", at)
					}
					return nil
				},
			},
			{ // a node's folder with its crontab; what is wrong there is kept and warned of
				ResourceName: files, ImportState: true,
				ImportStateId: "testdata/layouts/vicibox-express/box",
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					at := states[0].Attributes
					if at["recordings.format"] != "MP3" || at["recordings.keep_originals_days"] != "1" || !strings.Contains(at["astguiclient_conf.10.2.0.1"], "123456789E") {
						return fmt.Errorf("got %v", at)
					}
					return nil
				},
			},
			{ResourceName: files, ImportState: true, ImportStateId: "VARDB_server => 10.0.0.1\n", ExpectError: says("the file has no valid address of its node")},
			{ResourceName: files, ImportState: true, ImportStateId: "/nowhere/astguiclient.conf", ExpectError: says("no such file")},
		},
	})
}

func TestAccNodeConfig_identity(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config:            aSite(d, threeNodes),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(files, map[string]knownvalue.Check{"name": knownvalue.StringExact("cluster")})},
			},
			{ // another name is the same set of files
				Config:            aSite(d, threeNodes, `name = "anchor"`),
				ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(files, plancheck.ResourceActionUpdate)}},
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(files, map[string]knownvalue.Check{"name": knownvalue.StringExact("anchor")})},
			},
		},
	})
}

func TestAccFunctions(t *testing.T) {
	t.Parallel()
	output := func(expression string) string { return "output \"result\" {\n  value = " + expression + "\n}\n" }
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: output(`provider::vicidial::keepalives({ "10.0.0.1" = ["telephony", "confbridge"], "10.0.0.2" = ["telephony", "sip_logging", "balance_fill"], "10.0.0.9" = ["database"], "10.0.2.1" = ["web"] }, tostring(null)[*]...)`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", exactly(map[string]string{
					"10.0.0.1": "123468C", "10.0.0.2": "1234678S", "10.0.0.9": "59E", "10.0.2.1": "X",
				}))},
			},
			{
				Config:      output(`provider::vicidial::keepalives({ "10.0.0.1" = ["telephony", "inbound_email"], "10.0.0.2" = ["telephony", "inbound_email"] }, "10.0.0.1")`),
				ExpectError: says("duty inbound_email is claimed by 10.0.0.1 and 10.0.0.2"),
			},
			{
				Config:      output(`provider::vicidial::keepalives({ "10.0.0.1" = ["telephony"] }, "10.0.0.1", "10.0.0.1")`),
				ExpectError: says("a cluster has one coordinator"),
			},
			{
				Config:      output(`provider::vicidial::keepalives({ "10.0.0.1" = ["dialer"] })`),
				ExpectError: says(`"dialer" is not a role`),
			},
			{
				Config: output(`provider::vicidial::parse_astguiclient_conf("VARDB_server => 10.0.0.9 # the database\nVARDB_pass => a b;c\nMINE => x\n")`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", exactly(map[string]string{
					"VARDB_server": "10.0.0.9", "VARDB_pass": "ab", "MINE": "x",
				}))},
			},
		},
	})
}
