package server_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A save in the admin page writes the row and an entry of the change log.
const savedByAdmin = `INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes)
	VALUES ('2026-07-14 09:30:00', '6666', '192.0.2.7', 'SERVERS', 'MODIFY', 'dial1', 'ADMIN MODIFY SERVER', 'UPDATE servers ...|', '')`

func TestAccServer_drift(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	config := serverConfig(d, `max_vicidial_trunks = 96`, `active = true`, `server_description = "Dialer one"`, `local_gmt = "-5.00"`,
		`custom_dialplan_entry = "exten => 1,1,NoOp()\nexten => 1,2,Hangup()\n"`, `restart = { ara_url = "" }`, `balance = { rank = 7 }`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{ // two columns changed in the admin form: a warning with both, the user and the time
				PreConfig: warnings.After(acctest.Run(t, d,
					"UPDATE servers SET max_vicidial_trunks = 12, vicidial_balance_rank = 1", savedByAdmin)),
				Config:           config,
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "max_vicidial_trunks", "balance.rank")),
				Check: resource.ComposeTestCheckFunc(
					warnings.Expect(t, `Changed outside of this configuration: server dial1.*max_vicidial_trunks: 96 → 12, last changed .*6666.*192\.0\.2\.7.*2026-07-14 09:30:00`,
						`vicidial_balance_rank: 7 → 1, last changed .*6666`),
					acctest.Expect(t, d, "SELECT max_vicidial_trunks, vicidial_balance_rank FROM servers", `
						| max_vicidial_trunks | vicidial_balance_rank |
						|                  96 |                     7 |`)),
			},
			{ // the warning is not repeated after the apply
				PreConfig: warnings.Reset, Config: config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // changed with SQL, which is not logged: the newest entry is the provider's
				PreConfig:        warnings.After(acctest.Run(t, d, "UPDATE servers SET active = 'N'")),
				Config:           config,
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "active")),
				Check:            warnings.Expect(t, `active: Y → N`),
			},
			{ // columns that daemons write are not drift
				PreConfig: warnings.After(acctest.Run(t, d,
					"UPDATE servers SET rebuild_conf_files = 'N', rebuild_music_on_hold = 'N', sounds_update = 'Y', sysload = 412, channels_total = 96, "+
						"cpu_idle_percent = 3, disk_usage = '1 91|2 12|', system_uptime = '9 days', asterisk_temp_no_restart = 'Y', "+
						"audio_store_purge = 'old.wav', svn_revision = 3999, svn_info = 'r3999'")),
				Config: config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // a save in the admin form that changes nothing: NULL becomes '', LF becomes CR LF (docs/vicidial/measured.md#form-saved-unchanged)
				PreConfig: warnings.After(acctest.Run(t, d,
					"UPDATE servers SET ara_url = NULL, alt_server_ip = NULL",
					"UPDATE servers SET ara_url = '', alt_server_ip = '', server_description = 'Dialer one', custom_dialplan_entry = REPLACE(custom_dialplan_entry, '\\n', '\\r\\n')",
					"UPDATE servers SET local_gmt = '-5'", savedByAdmin)),
				Config: config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // the reverse: '' becomes NULL
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE servers SET ara_url = NULL, web_socket_url = NULL, active_twin_server_ip = NULL")),
				Config:    config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // columns that the configuration omits may change
				PreConfig: warnings.After(acctest.Run(t, d,
					"UPDATE servers SET routing_prefix = '99', user_group = 'ADMIN', vicidial_balance_active = 'Y', outbound_calls_per_second = 40, conf_secret = 'moved'", savedByAdmin)),
				Config: config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // a lower case y is Y, and server_id ignores case
				PreConfig: warnings.After(acctest.Run(t, d, "UPDATE servers SET active = 'y'")),
				Config:    config, ConfigPlanChecks: emptyPlan(), Check: warnings.ExpectNone(t),
			},
			{ // the row was deleted
				PreConfig:        warnings.After(acctest.Run(t, d, "DELETE FROM servers")),
				Config:           config,
				ConfigPlanChecks: plannedAction(plancheck.ResourceActionCreate),
				Check: acctest.Expect(t, d, "SELECT server_id, max_vicidial_trunks, vicidial_balance_rank FROM servers", `
					| server_id | max_vicidial_trunks | vicidial_balance_rank |
					| dial1     |                  96 |                     7 |`),
			},
		},
	})
}

// A change between a plan and its apply is a conflict, and is not overwritten.
func TestAccServer_changedBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: serverConfig(d, "max_vicidial_trunks = 96", "active = true")},
			{
				Config: serverConfig(d, "max_vicidial_trunks = 50", "active = true"),
				ConfigPlanChecks: preApply(
					acctest.Changes(dial1, "max_vicidial_trunks"),
					acctest.Meanwhile(acctest.Run(t, d, "UPDATE servers SET max_vicidial_trunks = 12")),
				),
				ExpectError: errorText("Unable to update server dial1.*max_vicidial_trunks is now 12.*Nothing was overwritten"),
			},
			{ // a change of another column is no conflict
				Config:           serverConfig(d, "max_vicidial_trunks = 50", "active = true"),
				ConfigPlanChecks: preApply(acctest.Meanwhile(acctest.Run(t, d, "UPDATE servers SET routing_prefix = '77'"))),
				Check: acctest.Expect(t, d, "SELECT max_vicidial_trunks, routing_prefix FROM servers", `
					| max_vicidial_trunks | routing_prefix |
					|                  50 | 77             |`),
			},
		},
	})
}

// An address that was changed by hand is in no diagnostic, whichever is declared next.
func TestAccServer_addressWithPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	object := acctest.NewSession(t, d).Object(t, "vicidial_server")
	config := acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1", "restart": acctest.Values{"ara_url": "https://x:0ld@ara.example.com/"}}
	object.Change(t, config)
	acctest.Run(t, d, "UPDATE servers SET ara_url = 'https://x:n3w@ara.example.com/'")()
	object.Refresh(t)
	config["restart"] = acctest.Values{"ara_url": "https://x:n3xt@ara.example.com/"}
	var text strings.Builder
	for _, d := range object.Plan(t, config).Diagnostics {
		text.WriteString(d.Summary + ": " + d.Detail + "\n")
	}
	if said := text.String(); !strings.Contains(said, "ara_url has another text now") || strings.Contains(said, "0ld") || strings.Contains(said, "n3w") {
		t.Errorf("the plan says %s", said)
	}
}
