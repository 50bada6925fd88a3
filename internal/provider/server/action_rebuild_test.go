package server_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const flags = "SELECT server_id, rebuild_conf_files FROM servers ORDER BY server_id"

func TestRebuildConf(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("flags all, and waits until each flag is reset, on schema %d", version), func(t *testing.T) {
			t.Parallel()
			d := drainFixture(t, version)
			action := acctest.NewAction(t, d, "vicidial_rebuild_conf", nil)
			config := acctest.Values{"reload": version > 1302, "timeout": "60s", "interval": "1s"}
			action.Validate(t, config).ExpectDiagnostic(t, "")
			action.Plan(t, config).ExpectDiagnostic(t, "")
			answer := action.Invoke(t.Context(), t, config, onProgress(map[string]func(){
				"Flagged to generate": func() {
					d.Expect(t, flags, `
						| server_id | rebuild_conf_files |
						| DB1       | N                  |
						| dial1     | Y                  |
						| dial2     | Y                  |
						| dial3     | Y                  |`)
				},
				"Waiting for dial1 (10.0.0.1), dial2": acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N' WHERE server_id = 'dial2'"),
				"Picked up by dial2 (10.0.0.2)":       acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'"),
			}))
			answer.ExpectDiagnostic(t, "")
			answer.ExpectProgress(t, "Flagged to generate their configuration files: dial1 (10.0.0.1), dial2 (10.0.0.2), dial3 (10.0.0.3)",
				"Waiting for dial1 (10.0.0.1), dial2 (10.0.0.2), dial3 (10.0.0.3)", "Picked up by dial2 (10.0.0.2). Waiting for dial1 (10.0.0.1), dial3 (10.0.0.3)",
				"Picked up by dial1 (10.0.0.1), dial3 (10.0.0.3). All flags are picked up. Nodes do not report when they have reloaded.")
			d.Expect(t, "SELECT event_section, event_type, record_id, event_code, event_notes FROM vicidial_admin_log WHERE event_section = 'SERVERS'", `
				| event_section | event_type | record_id | event_code                | event_notes |
				| SERVERS       | OTHER      | refresh   | ADMIN API SERVERS REFRESH | servers: 3  |`)
			if version > 1302 {
				d.Expect(t, "SELECT reload_timestamp > NOW() - INTERVAL 5 MINUTE AS now FROM system_settings", "| now |\n|   1 |")
			}
		})
	}
	t.Run("does not wait by default", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		action := acctest.NewAction(t, d, "vicidial_rebuild_conf", nil)
		config := acctest.Values{"servers": []string{"10.0.0.2"}}
		action.Plan(t, config).ExpectDiagnostic(t, "")
		action.Invoke(t.Context(), t, config, nil).ExpectDiagnostic(t, "")
		d.Expect(t, flags, `
			| server_id | rebuild_conf_files |
			| DB1       | N                  |
			| dial1     | N                  |
			| dial2     | Y                  |
			| dial3     | N                  |`)
		d.Expect(t, "SELECT reload_timestamp FROM system_settings", "| reload_timestamp |\n| NULL             |")
	})
	t.Run("names the nodes with a flag at the timeout", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		acctest.Run(t, d, "DELETE FROM server_updater WHERE server_ip = '10.0.0.3'")()
		action := acctest.NewAction(t, d, "vicidial_rebuild_conf", nil)
		answer := action.Invoke(t.Context(), t, acctest.Values{"timeout": "2s", "interval": "1s"}, onProgress(map[string]func(){
			"Waiting for": acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N' WHERE server_id = 'dial1'"),
		}))
		answer.ExpectDiagnostic(t, `ERROR .*Not picked up after \S+:.*dial2 \(10.0.0.2\): its keepalive .* has not cleared.*dial3 \(10.0.0.3\): it has no fresh heartbeat.*The flags stay set`)
	})
	t.Run("stops when it is cancelled, and names the remaining nodes", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		action := acctest.NewAction(t, d, "vicidial_rebuild_conf", nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		answer := action.Invoke(ctx, t, acctest.Values{"timeout": "60s"}, onProgress(map[string]func(){"Waiting for": cancel}))
		answer.ExpectDiagnostic(t, `ERROR .*The wait was stopped after \S+; not picked up:.*dial1 .*dial2 .*dial3`)
	})
	t.Run("refuses at plan time what the invocation would refuse", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1302)
		acctest.Run(t, d, "UPDATE servers SET generate_vicidial_conf = 'N' WHERE server_id = 'dial2'")()
		action := acctest.NewAction(t, d, "vicidial_rebuild_conf", nil)
		for _, c := range []struct {
			config        acctest.Values
			plans, applys string
		}{
			{acctest.Values{"servers": []string{"10.0.0.1", "10.0.0.2"}}, `ERROR .*"servers".*1.*server dial2 \(10.0.0.2\) generates no configuration files.*generate_vicidial_conf is not Y`, `would keep the flag for ever`},
			{acctest.Values{"servers": []string{"10.0.0.5"}}, `ERROR .*"servers".*active_asterisk_server is not Y`, `would keep the flag for ever`},
			{acctest.Values{"servers": []string{"10.0.0.9"}}, `ERROR .*"servers".*server 10.0.0.9: not found`, `not found`},
			{acctest.Values{"reload": true}, `ERROR .*"reload".*system_settings.reload_timestamp is not in this database: it came with schema 1369`, `ERROR`},
		} {
			action.Plan(t, c.config).ExpectDiagnostic(t, "(?i)"+c.plans)
			action.Invoke(t.Context(), t, c.config, nil).ExpectDiagnostic(t, "(?i)"+c.applys)
		}
		action.Validate(t, acctest.Values{"servers": []string{}}).ExpectDiagnostic(t, `"servers".*at least 1`)
		action.Validate(t, acctest.Values{"timeout": "3s"}).ExpectDiagnostic(t, `"timeout".*the interval is 5s, and the timeout 3s`)
		acctest.Run(t, d, "UPDATE servers SET active_asterisk_server = 'N'")()
		acctest.NewAction(t, d, "vicidial_rebuild_conf", nil).Plan(t, nil).ExpectDiagnostic(t, `ERROR .*Nothing to rebuild: No server generates`)
		d.Expect(t, "SELECT COUNT(*) AS n FROM servers WHERE rebuild_conf_files = 'Y'", "| n |\n| 0 |")
	})
}
