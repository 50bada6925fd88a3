package server_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const (
	gates = "SELECT server_id, active_agent_login_server, vicidial_balance_active FROM servers WHERE server_id <> 'DB1' ORDER BY server_id"
	runs  = "SELECT user_start, server_ip, status FROM vicidial_remote_agents ORDER BY user_start"
	log   = "SELECT user, event_section, event_type, record_id, event_code FROM vicidial_admin_log ORDER BY admin_log_id"

	untouched = `
		| server_id | active_agent_login_server | vicidial_balance_active |
		| dial1     | Y                         | N                       |
		| dial2     | Y                         | N                       |
		| dial3     | Y                         | Y                       |`
	dial3Drained = `
		| server_id | active_agent_login_server | vicidial_balance_active |
		| dial1     | Y                         | N                       |
		| dial2     | Y                         | N                       |
		| dial3     | N                         | N                       |`
)

// drainFixture is a cluster in operation, with two runs of remote agents, agents
// 6001 and 6002 and three calls on dial3.
func drainFixture(t *testing.T, version int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, version)
	acctest.BusyCluster(t, d)
	acctest.Run(t, d,
		"INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, status, campaign_id) VALUES "+
			"('9001', 5, '10.0.0.3', '8300', 'ACTIVE', 'SALES'), ('9101', 1, '10.0.0.3', '8300', 'INACTIVE', 'SALES'), ('9201', 1, '10.0.0.1', '8300', 'ACTIVE', 'SALES')",
		"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension) VALUES ('6001', '10.0.0.3', 'SALES', 'INCALL', 'SIP/2004'), ('6002', '10.0.0.3', 'SALES', 'PAUSED', 'SIP/2005')",
		"INSERT INTO vicidial_auto_calls (server_ip, campaign_id, status, call_type) VALUES ('10.0.0.3', 'SALES', 'LIVE', 'OUT'), ('10.0.0.3', 'SALES', 'LIVE', 'OUTBALANCE'), ('10.0.0.3', 'LINE', 'LIVE', 'IN')")()
	return d
}

// drainConfig is the configuration of a drain, with an interval of one second.
func drainConfig(more acctest.Values) acctest.Values {
	config := acctest.Values{"server_ip": "10.0.0.3", "timeout": "60s", "interval": "1s"}
	maps.Copy(config, more)
	return config
}

// onProgress runs each reaction once, when a progress message contains its key.
func onProgress(reactions map[string]func()) func(string) {
	return func(line string) {
		for said, react := range reactions {
			if strings.Contains(line, said) {
				delete(reactions, said)
				react()
			}
		}
	}
}

func TestDrain_waitsUntilEmpty(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("on schema %d", version), func(t *testing.T) {
			t.Parallel()
			d := drainFixture(t, version)
			acctest.Run(t, d, "UPDATE servers SET conf_secret = 'canary1', ASTmgrSECRET = 'canary2'")()
			before := d.Table(t.Context(), "SELECT * FROM servers ORDER BY server_id")
			action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
			action.Validate(t, drainConfig(nil)).ExpectDiagnostic(t, "")
			action.Plan(t, drainConfig(nil)).ExpectDiagnostic(t, "")
			drained := action.Invoke(t.Context(), t, drainConfig(nil), onProgress(map[string]func(){
				"2 agents are logged in": acctest.Run(t, d, "DELETE FROM vicidial_live_agents WHERE user = '6001'", "DELETE FROM vicidial_auto_calls WHERE server_ip = '10.0.0.3' AND call_type = 'OUT'"),
				"1 agent is logged in":   acctest.Run(t, d, "DELETE FROM vicidial_live_agents WHERE user = '6002'"),
				"nobody is logged in":    acctest.Run(t, d, "DELETE FROM vicidial_auto_calls WHERE server_ip = '10.0.0.3'"),
			}))
			drained.ExpectDiagnostic(t, "")
			drained.ExpectProgress(t,
				"dial3 (10.0.0.3) takes no new agent logins (active_agent_login_server = N)",
				"dial3 (10.0.0.3) takes no balance calls (vicidial_balance_active = N)",
				"remote agents 9001 to 9005 on 10.0.0.3: INACTIVE (user_start 9001)",
				"2 agents are logged in (6001 at SIP/2004 in SALES, INCALL; 6002 at SIP/2005 in SALES, PAUSED), 3 calls are up (1 from carriers)",
				"1 agent is logged in (6002 at SIP/2005 in SALES, PAUSED), 2 calls are up",
				"nobody is logged in, 2 calls are up",
				"dial3 (10.0.0.3) is drained: nobody is logged in, no call is up",
			)
			d.Expect(t, gates, dial3Drained)
			d.Expect(t, runs, `
				| user_start | server_ip | status   |
				| 9001       | 10.0.0.3  | INACTIVE |
				| 9101       | 10.0.0.3  | INACTIVE |
				| 9201       | 10.0.0.1  | ACTIVE   |`)
			d.Expect(t, log, `
				| user | event_section | event_type | record_id | event_code                |
				| VDAD | SERVERS       | MODIFY     | dial3     | ADMIN MODIFY SERVER       |
				| VDAD | SERVERS       | MODIFY     | dial3     | ADMIN MODIFY SERVER       |
				| VDAD | REMOTEAGENTS  | MODIFY     | 1         | ADMIN MODIFY REMOTE AGENT |`)

			back := acctest.NewAction(t, d, "vicidial_server_undrain", nil)
			counted := acctest.Values{"server_ip": "10.0.0.3", "balance": true, "remote_agents": []string{"9001"}}
			back.Plan(t, counted).ExpectDiagnostic(t, "")
			undrained := back.Invoke(t.Context(), t, counted, nil)
			undrained.ExpectDiagnostic(t, "")
			undrained.ExpectProgress(t, "remote agents 9001 to 9005 on 10.0.0.3: ACTIVE", "takes balance calls (vicidial_balance_active = Y)", "takes agent logins (active_agent_login_server = Y)")
			if after := d.Table(t.Context(), "SELECT * FROM servers ORDER BY server_id"); after != before {
				t.Errorf("servers were\n%s\nand are\n%s", before, after)
			}
			d.Expect(t, runs, `
				| user_start | server_ip | status   |
				| 9001       | 10.0.0.3  | ACTIVE   |
				| 9101       | 10.0.0.3  | INACTIVE |
				| 9201       | 10.0.0.1  | ACTIVE   |`)
			back.Invoke(t.Context(), t, counted, nil).ExpectProgress(t, "dial3 (10.0.0.3) is already in use")

			everything := d.Table(t.Context(), "SELECT * FROM vicidial_admin_log") + strings.Join(drained.Progress, "") + strings.Join(undrained.Progress, "")
			if strings.Contains(everything, "canary") {
				t.Errorf("a secret in\n%s", everything)
			}
		})
	}
}

func TestDrain_endsBeforeTheServerIsEmpty(t *testing.T) {
	t.Parallel()
	const lines = "SELECT COUNT(*) AS n FROM vicidial_admin_log"
	t.Run("at the timeout, and the next drain only waits", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
		short := drainConfig(acctest.Values{"timeout": "2s"})
		action.Invoke(t.Context(), t, short, nil).ExpectDiagnostic(t, `ERROR .*: Unable to drain server 10.0.0.3: dial3 \(10.0.0.3\) was still at work after 2s: 2 agents are logged in \(6001 at SIP/2004.*6002 at SIP/2005.*3 calls are up.*It stays drained.*Calls that carriers send`)
		d.Expect(t, gates, dial3Drained)
		d.Expect(t, lines, "| n |\n| 3 |")
		again := action.Invoke(t.Context(), t, short, onProgress(map[string]func(){
			"is already out of use": acctest.Run(t, d, "DELETE FROM vicidial_live_agents", "DELETE FROM vicidial_auto_calls"),
		}))
		again.ExpectDiagnostic(t, "")
		again.ExpectProgress(t, "dial3 (10.0.0.3) is already out of use", "dial3 (10.0.0.3) is drained")
		d.Expect(t, lines, "| n |\n| 3 |")
	})
	for claim, stop := range map[string]func(*testing.T, *acctest.Action, func()){
		"when the call is cancelled":     func(_ *testing.T, _ *acctest.Action, cancel func()) { cancel() },
		"when Terraform stops providers": func(t *testing.T, action *acctest.Action, _ func()) { go action.Stop(t) }, // which waits
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			d := drainFixture(t, 1720)
			action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			answer := action.Invoke(ctx, t, drainConfig(nil), onProgress(map[string]func(){"2 agents are logged in": func() { stop(t, action, cancel) }}))
			answer.ExpectDiagnostic(t, `ERROR .*Unable to drain server 10.0.0.3: The wait for dial3 \(10.0.0.3\) was stopped after \ds: 2 agents are logged in.*It stays drained`)
			d.Expect(t, gates, dial3Drained)
		})
	}
	t.Run("when somebody opens the server again", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
		answer := action.Invoke(t.Context(), t, drainConfig(nil), onProgress(map[string]func(){
			"2 agents are logged in": acctest.Run(t, d, "UPDATE servers SET active_agent_login_server = 'Y' WHERE server_id = 'dial3'"),
		}))
		answer.ExpectDiagnostic(t, `ERROR .*Server dial3 was put back to work while it emptied: active_agent_login_server is Y again.*invoke the action again`)
	})
	t.Run("not when the database is unavailable for a moment; the wait holds no lock", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		p := sandbox.NewProxy(t, d.Server())
		action := acctest.NewAction(t, d, "vicidial_server_drain", acctest.Values{"port": p.Port()})
		other := acctest.NewAction(t, d, "vicidial_server_drain", acctest.Values{"lock_timeout": "1s"})
		answer := action.Invoke(t.Context(), t, drainConfig(nil), onProgress(map[string]func(){
			"2 agents are logged in": func() {
				other.Invoke(t.Context(), t, drainConfig(acctest.Values{"server_ip": "10.0.0.2", "timeout": "0s"}), nil).ExpectDiagnostic(t, "")
				p.Down()
			},
			"could not be queried": func() {
				acctest.Run(t, d, "DELETE FROM vicidial_live_agents", "DELETE FROM vicidial_auto_calls")()
				p.Restore()
			},
		}))
		answer.ExpectDiagnostic(t, "")
		answer.ExpectProgress(t, "2 agents are logged in", "The database could not be queried; the query is repeated", "dial3 (10.0.0.3) is drained")
	})
	t.Run("at once with a timeout of 0s", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		answer := acctest.NewAction(t, d, "vicidial_server_drain", nil).Invoke(t.Context(), t, drainConfig(acctest.Values{"timeout": "0s", "remote_agents": false}), nil)
		answer.ExpectDiagnostic(t, "")
		answer.ExpectProgress(t, "takes no new agent logins", "The action does not wait until nobody is at work on dial3 (10.0.0.3)")
		d.Expect(t, gates, dial3Drained)
		d.Expect(t, "SELECT status FROM vicidial_remote_agents WHERE user_start = '9001'", "| status |\n| ACTIVE |")
	})
}

func TestDrain_refuses(t *testing.T) {
	t.Parallel()
	t.Run("invalid durations, at validation", func(t *testing.T) {
		t.Parallel()
		action := acctest.NewAction(t, sandbox.New(t, 1720), "vicidial_server_drain", nil)
		for _, c := range []struct {
			config acctest.Values
			says   string
		}{
			{acctest.Values{"timeout": "30"}, `"timeout".*"30" is not a duration; write a number and its unit`},
			{acctest.Values{"timeout": "25h"}, `"timeout".*out of range: give 0s to 24h`},
			{acctest.Values{"interval": "0s"}, `"interval".*out of range: give 1s to 5m`},
			{acctest.Values{"timeout": "2s", "interval": "3s"}, `"interval".*the interval is 3s, and the timeout 2s`},
			{acctest.Values{"timeout": "2s", "interval": nil}, `"timeout".*the interval is 5s, and the timeout 2s`},
			{acctest.Values{"timeout": "0s"}, ""},
			{acctest.Values{"timeout": tftypes.UnknownValue, "interval": tftypes.UnknownValue, "server_ip": tftypes.UnknownValue}, ""},
			{acctest.Values{"server_ip": "10.0.0.03"}, `"server_ip".*without leading zeros`},
		} {
			action.Validate(t, drainConfig(c.config)).ExpectDiagnostic(t, c.says)
		}
	})
	t.Run("an unknown server, at plan time and later", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		for _, name := range []string{"vicidial_server_drain", "vicidial_server_undrain"} {
			action := acctest.NewAction(t, d, name, nil)
			nowhere := acctest.Values{"server_ip": "10.0.0.9"}
			action.Plan(t, nowhere).ExpectDiagnostic(t, `ERROR .*"server_ip".*Unknown server.*10.0.0.9`)
			action.Plan(t, acctest.Values{"server_ip": tftypes.UnknownValue}).ExpectDiagnostic(t, "")
			action.Invoke(t.Context(), t, nowhere, nil).ExpectDiagnostic(t, `ERROR .*Unable to (un)?drain server 10.0.0.9: Server 10.0.0.9: not found`)
		}
		d.Expect(t, gates, untouched)
	})
	t.Run("the last server that agents can log in to, at plan time and later", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		acctest.Run(t, d, "UPDATE servers SET active = 'N' WHERE server_id = 'dial1'", "UPDATE server_updater SET last_update = NOW() - INTERVAL 1 HOUR WHERE server_ip = '10.0.0.2'")()
		action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
		const last = `ERROR .*server dial3 is the last one that agents can log in to:.*dial1 \(10.0.0.1\): active is not Y.*dial2 \(10.0.0.2\): it has no fresh heartbeat.*even_if_last = true`
		action.Plan(t, drainConfig(nil)).ExpectDiagnostic(t, "(?i)"+last)
		action.Invoke(t.Context(), t, drainConfig(nil), nil).ExpectDiagnostic(t, "(?i)"+last)
		d.Expect(t, gates, untouched)
		all := drainConfig(acctest.Values{"even_if_last": true, "timeout": "0s"})
		action.Plan(t, all).ExpectDiagnostic(t, "")
		action.Invoke(t.Context(), t, all, nil).ExpectDiagnostic(t, "")
		d.Expect(t, gates, dial3Drained)
		action.Plan(t, drainConfig(nil)).ExpectDiagnostic(t, "") // already drained, so it excludes nobody
	})
	t.Run("the invocation with read_only, not the plan", func(t *testing.T) {
		t.Parallel()
		d := drainFixture(t, 1720)
		for _, name := range []string{"vicidial_server_drain", "vicidial_server_undrain", "vicidial_rebuild_conf"} {
			config := acctest.Values{"server_ip": "10.0.0.3"}
			if name == "vicidial_rebuild_conf" {
				config = nil
			}
			action := acctest.NewAction(t, d, name, acctest.Values{"read_only": true})
			action.Plan(t, config).ExpectDiagnostic(t, "")
			action.Invoke(t.Context(), t, config, nil).ExpectDiagnostic(t, `ERROR .*configured with read_only = true`)
		}
		d.Expect(t, gates, untouched)
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 0 |")
	})
}

func TestDrain_warnings(t *testing.T) {
	t.Parallel()
	d := drainFixture(t, 1720)
	acctest.Run(t, d, "UPDATE servers SET active_twin_server_ip = '10.0.0.1' WHERE server_id = 'dial2'",
		"UPDATE phones_alias SET logins_list = '2002a' WHERE alias_id = '2002'", "DELETE FROM phones WHERE login IN ('2002b', '2002c')")()
	action := acctest.NewAction(t, d, "vicidial_server_drain", nil)
	action.Plan(t, drainConfig(acctest.Values{"server_ip": "10.0.0.1"})).ExpectDiagnostic(t,
		`WARNING .*"server_ip".*Server dial1 is going to be drained: It is the active voicemail server.*\nCalls of TELCO still come in.*\nNo other server has a phone for 1 seat \(2002\).*\nIt is the twin of dial2`)
}

func TestUndrain_planDiagnostics(t *testing.T) {
	t.Parallel()
	d := drainFixture(t, 1720)
	acctest.Run(t, d, "UPDATE servers SET active = 'N' WHERE server_id = 'dial3'", "DELETE FROM server_updater WHERE server_ip = '10.0.0.3'",
		"UPDATE servers SET active_agent_login_server = 'N' WHERE server_id = 'dial3'")()
	action := acctest.NewAction(t, d, "vicidial_server_undrain", nil)
	action.Plan(t, acctest.Values{"server_ip": "10.0.0.3"}).ExpectDiagnostic(t, `WARNING .*"server_ip".*Its active is not Y.*It has no fresh heartbeat`)
	acctest.Run(t, d, "UPDATE servers SET active = 'Y'", "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.0.0.3', NOW())")()
	action = acctest.NewAction(t, d, "vicidial_server_undrain", nil)
	elsewhere := acctest.Values{"server_ip": "10.0.0.3", "remote_agents": []string{"9001", "9201"}}
	action.Plan(t, elsewhere).ExpectDiagnostic(t, `ERROR .*"remote_agents".*1.*Unknown remote agents: .*Remote agents from 9201 are on 10.0.0.1, not on 10.0.0.3`)
	action.Invoke(t.Context(), t, elsewhere, nil).ExpectDiagnostic(t, `ERROR .*Unable to undrain server 10.0.0.3: Remote agents from 9201`)
	d.Expect(t, "SELECT active_agent_login_server FROM servers WHERE server_id = 'dial3'", "| active_agent_login_server |\n| N                         |")
}
