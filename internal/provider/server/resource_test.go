package server_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const dial1 = "vicidial_server.dial1"

// serverConfig declares dial1 at 10.0.0.1 with further lines.
func serverConfig(d *sandbox.Database, lines ...string) string {
	return acctest.Provider(d) + anotherServer("dial1", "10.0.0.1", lines...)
}

// anotherServer declares a further server.
func anotherServer(id, ip string, lines ...string) string {
	return fmt.Sprintf("resource \"vicidial_server\" %q {\n  server_id = %q\n  server_ip = %q\n  %s\n}\n", id, id, ip, strings.Join(lines, "\n  "))
}

func preApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

func emptyPlan() resource.ConfigPlanChecks { return preApply(plancheck.ExpectEmptyPlan()) }

func plannedAction(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return preApply(plancheck.ExpectResourceAction(dial1, action))
}

// errorText matches a message whatever its line breaks.
func errorText(message string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)` + strings.ReplaceAll(message, " ", `[\s│]+`))
}

// setting is an attribute with two values that differ from VICIdial's default and
// from each other.
type setting struct {
	attribute, column string
	once, changed     string // as HCL
	rows              [2]string
	since             int // the schema version of the column; 0 if every schema has it
}

// settings are all attributes but the keys, the secrets, the rooms and
// force_destroy.
var settings = []setting{
	text("server_description", "Dialer one", "Dialer 1", 0),
	flag("active", 0),
	text("asterisk_version", "16.30.0-vici", "18.21.1-vici", 0),
	number("max_vicidial_trunks", 96, 120, 0),
	number("outbound_calls_per_second", 30, 1, 0),
	text("local_gmt", "1.00", "-3.50", 0),
	flagOff("active_asterisk_server", 0),
	flagOff("active_agent_login_server", 0),
	flagOff("generate_vicidial_conf", 0),
	text("active_twin_server_ip", "10.0.0.9", "", 0),
	within("dialplan.answer_transfer_agent", "answer_transfer_agent", text("answer_transfer_agent", "8366", "8367", 0)),
	within("dialplan.ext_context", "ext_context", text("ext_context", "agents", "default-2", 0)),
	within("dialplan.routing_prefix", "routing_prefix", text("routing_prefix", "14", "15", 1501)),
	within("dialplan.voicemail_dump_exten", "voicemail_dump_exten", text("voicemail_dump_exten", "85026666666660", "850", 0)),
	within("dialplan.voicemail_dump_exten_no_inst", "voicemail_dump_exten_no_inst", text("voicemail_dump_exten_no_inst", "85026666666661", "851", 1366)),
	within("recording.vicidial_recording_limit", "vicidial_recording_limit", number("vicidial_recording_limit", 90, 0, 0)),
	within("recording.recording_web_link", "recording_web_link", text("recording_web_link", "ALT_IP", "EXTERNAL_IP", 0)),
	within("recording.alt_server_ip", "alt_server_ip", text("alt_server_ip", "rec.example.com:8443/r", "rec2.example.com", 0)),
	text("external_server_ip", "dial1.example.com", "203.0.113.5", 0),
	text("web_socket_url", "wss://dial1.example.com:8089/ws", "wss://d1/ws?a=b&c='d'", 1455),
	text("external_web_socket_url", "wss://out.example.com/ws", "wss://out2/ws", 1561),
	within("logs.sys_perf_log", "sys_perf_log", flag("sys_perf_log", 0)),
	within("logs.vd_server_logs", "vd_server_logs", flagOff("vd_server_logs", 0)),
	within("logs.agi_output", "agi_output", text("agi_output", "BOTH", "NONE", 0)),
	within("logs.carrier_logging_active", "carrier_logging_active", flagOff("carrier_logging_active", 0)),
	within("logs.gather_asterisk_output", "gather_asterisk_output", flag("gather_asterisk_output", 1443)),
	within("restart.auto_restart_asterisk", "auto_restart_asterisk", flag("auto_restart_asterisk", 1360)),
	within("restart.ara_url", "ara_url", text("ara_url", "http://ops/restart?x=1", "http://ops/2", 1678)),
	flagOff("conf_qualify", 1484),
	text("custom_dialplan_entry", `exten => 1,1,NoOp()\nexten => 1,2,Hangup()\n`, `exten => _9.,1,Dial(SIP/$${EXTEN:1}@x,,tTo)`, 0),
	text("user_group", "ADMIN", "---ALL---", 1308),
	within("balance.active", "vicidial_balance_active", flag("active", 0)),
	within("balance.rank", "vicidial_balance_rank", number("rank", 7, 255, 0)),
	within("balance.trunks_offlimits", "balance_trunks_offlimits", number("trunks_offlimits", 5, 6, 0)),
	within("conference.engine", "conf_engine", text("engine", "CONFBRIDGE", "MEETME", 1664)),
	within("conference.update_interval", "conf_update_interval", number("update_interval", 30, 45, 1664)),
	within("manager.host", "telnet_host", text("host", "127.0.0.1", "ami.local", 0)),
	within("manager.port", "telnet_port", number("port", 5039, 65535, 0)),
	within("manager.username", "ASTmgrUSERNAME", text("username", "cron2", "cron3", 0)),
	within("manager.update_username", "ASTmgrUSERNAMEupdate", text("update_username", "u2", "u3", 0)),
	within("manager.listen_username", "ASTmgrUSERNAMElisten", text("listen_username", "l2", "l3", 0)),
	within("manager.send_username", "ASTmgrUSERNAMEsend", text("send_username", "s2", "s3", 0)),
}

func text(name, once, changed string, since int) setting {
	row := strings.NewReplacer("$${", "${", `\n`, "\n")
	return setting{name, name, `"` + once + `"`, `"` + changed + `"`, [2]string{row.Replace(once), row.Replace(changed)}, since}
}

func number(name string, once, changed, since int) setting {
	return setting{name, name, fmt.Sprint(once), fmt.Sprint(changed), [2]string{fmt.Sprint(once), fmt.Sprint(changed)}, since}
}

func flag(name string, since int) setting {
	return setting{name, name, "true", "false", [2]string{"Y", "N"}, since}
}

// flagOff is a flag whose default is Y.
func flagOff(name string, since int) setting {
	return setting{name, name, "false", "true", [2]string{"N", "Y"}, since}
}

func within(attribute, column string, s setting) setting {
	s.attribute, s.column = attribute, column
	return s
}

func (s setting) exists(schema int) bool { return schema >= s.since }

// declare writes settings as HCL, in their groups.
func declare(settings []setting, value func(setting) string) string {
	var lines []string
	groups := map[string][]string{}
	for _, s := range settings {
		if group, name, nested := strings.Cut(s.attribute, "."); nested {
			groups[group] = append(groups[group], name+" = "+value(s))
			continue
		}
		lines = append(lines, s.attribute+" = "+value(s))
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		if len(groups[group]) > 0 {
			lines = append(lines, group+" = { "+strings.Join(groups[group], ", ")+" }")
		}
	}
	return strings.Join(lines, "\n  ")
}

func once(s setting) string    { return s.once }
func changed(s setting) string { return s.changed }

// checkColumns compares columns of dial1 with the settings.
func checkColumns(t *testing.T, d *sandbox.Database, settings []setting, which int) resource.TestCheckFunc {
	t.Helper()
	return func(_ *terraform.State) error {
		t.Helper()
		for _, s := range settings {
			var found string
			if err := d.DB().QueryRowContext(t.Context(), "SELECT "+s.column+" FROM servers WHERE server_id = 'dial1'").Scan(&found); err != nil {
				return err
			}
			if found != s.rows[which] {
				t.Errorf("%s says %q, not %q", s.column, found, s.rows[which])
			}
		}
		return nil
	}
}

func TestAccServer(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			here := slices.DeleteFunc(slices.Clone(settings), func(s setting) bool { return !s.exists(schema) })
			var names []string
			for _, s := range here {
				names = append(names, s.attribute)
				if s.attribute == "conference.engine" { // its rooms are in another table
					names = append(names, "conference.rooms", "conference.first_room")
				}
			}
			steps := []resource.TestStep{
				{
					Config: serverConfig(d),
					Check: acctest.Expect(t, d, "SELECT server_id, server_ip, max_vicidial_trunks, active_asterisk_server, rebuild_conf_files FROM servers", `
						| server_id | server_ip | max_vicidial_trunks | active_asterisk_server | rebuild_conf_files |
						| dial1     | 10.0.0.1  |                  23 | Y                      | Y                  |`),
				},
				{ // every attribute set
					Config: serverConfig(d, declare(here, once)),
					Check:  checkColumns(t, d, here, 0),
				},
				{ // every attribute changed, and nothing else
					Config:           serverConfig(d, declare(here, changed)),
					ConfigPlanChecks: preApply(acctest.Changes(dial1, names...)),
					Check:            checkColumns(t, d, here, 1),
				},
				{ // omitted attributes are no longer managed
					Config: serverConfig(d), ConfigPlanChecks: emptyPlan(),
					Check: checkColumns(t, d, here, 1),
				},
			}
			var diagnostics acctest.Warnings
			last := resource.TestStep{Config: serverConfig(d), ConfigPlanChecks: emptyPlan()}
			if missing := slices.DeleteFunc(slices.Clone(settings), func(s setting) bool { return s.exists(schema) }); len(missing) > 0 {
				steps = append(steps, resource.TestStep{
					PreConfig: diagnostics.Reset,
					Config:    serverConfig(d, declare(missing, once)), PlanOnly: true, ExpectError: errorText("is not in this database"),
				})
				last.PreConfig = diagnostics.ExpectErrors(t, refusals(missing, schema)...)
			}
			steps = append(steps, last)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: diagnostics.Providers(),
				Steps:                    steps,
				CheckDestroy:             acctest.Expect(t, d, "SELECT server_id FROM servers", "| server_id |"),
			})
		})
	}
}

// refusals are patterns of the plan's errors for columns that the schema lacks,
// each at its attribute.
func refusals(missing []setting, schema int) []string {
	var patterns []string
	for _, s := range missing {
		at := tftypes.NewAttributePath()
		for name := range strings.SplitSeq(s.attribute, ".") {
			at = at.WithAttributeName(name)
		}
		patterns = append(patterns, "^"+regexp.QuoteMeta(at.String()+": ")+".*"+regexp.QuoteMeta(
			fmt.Sprintf("The column servers.%s is not in this database: it came with schema %d, the database has schema %d.", s.column, s.since, schema)))
	}
	return patterns
}

// A server that is created with everything equals one that was changed to it.
func TestAccServer_createdWithEverything(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: serverConfig(d, declare(settings, once)),
			Check:  checkColumns(t, d, settings, 0),
		}},
	})
}
