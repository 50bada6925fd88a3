package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// newActivity has two nodes with people at work, and remote agents on dial2.
func newActivity(t *testing.T, version int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, version)
	run(t, d,
		`INSERT INTO servers (server_id, server_ip, active, active_agent_login_server, vicidial_balance_active, rebuild_conf_files) VALUES
			('dial1', '10.0.0.1', 'Y', 'Y', 'N', 'N'), ('dial2', '10.0.0.2', 'Y', 'Y', 'Y', 'N')`,
		`INSERT INTO vicidial_live_agents (user, server_ip, extension, campaign_id, status) VALUES
			('6002', '10.0.0.2', 'SIP/102', 'SALES', 'INCALL'), ('6001', '10.0.0.2', 'SIP/101', 'SALES', 'PAUSED'), ('9001', '10.0.0.2', 'R/9001', 'SALES', 'READY'),
			('6003', '10.0.0.1', 'SIP/103', 'SALES', 'READY'), ('6004', '10.0.0.2', NULL, NULL, NULL)`,
		`INSERT INTO vicidial_auto_calls (server_ip, campaign_id, call_type, status) VALUES
			('10.0.0.2', 'SALES', 'OUT', 'LIVE'), ('10.0.0.2', 'SALES', 'OUT', 'LIVE'), ('10.0.0.2', 'LINE', 'IN', 'CLOSER'), ('10.0.0.1', 'SALES', 'OUT', 'SENT')`,
		`INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip, conf_exten, status, campaign_id) VALUES
			('9001', 5, '10.0.0.2', '8300', 'ACTIVE', 'SALES'), ('9101', 1, '10.0.0.2', '8300', 'INACTIVE', 'SALES'), ('9201', 1, '10.0.0.1', '8300', 'ACTIVE', 'SALES')`)
	return d
}

func TestActivity(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("three statements each time, on schema %d", version), func(t *testing.T) {
			t.Parallel()
			d := newActivity(t, version)
			p := sandbox.NewProxy(t, d.Server())
			store := newStore(t, d, viaProxy(p))
			now, err := store.Activity(t.Context(), "10.0.0.2")
			if err != nil || now.Deleted || !now.Logins || !now.Balance {
				t.Fatalf("%+v, %v", now, err)
			}
			var agents []string
			for _, a := range now.Agents {
				agents = append(agents, strings.Join([]string{a.User, a.ServerIP, a.Extension, a.Campaign, a.Status}, " "))
			}
			if want := []string{"6001 10.0.0.2 SIP/101 SALES PAUSED", "6002 10.0.0.2 SIP/102 SALES INCALL", "6004 10.0.0.2   "}; !slices.Equal(agents, want) {
				t.Errorf("agents %q", agents)
			}
			if text := now.String(); !strings.Contains(text, "3 calls are up (1 from carriers)") {
				t.Error(text)
			}
			p.Reset()
			run(t, d, "DELETE FROM vicidial_live_agents", "DELETE FROM vicidial_auto_calls", "UPDATE servers SET active_agent_login_server = NULL, vicidial_balance_active = 'N'")
			if now, err := store.Activity(t.Context(), "10.0.0.2"); err != nil || !now.Empty() || now.Logins || now.Balance || len(p.Statements()) != 3 {
				t.Errorf("%+v, %v, %q", now, err, p.Statements())
			}
			if now, err := store.Activity(t.Context(), "10.0.0.9"); err != nil || !now.Deleted {
				t.Errorf("%+v, %v", now, err)
			}
		})
	}
}

// drains decides a drain of dial2 from what the tables say.
func drains(s *Store) planFunc {
	return func(ctx context.Context) (cluster.Plan, error) {
		servers, err := s.Servers(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		server, _ := servers.ByIP("10.0.0.2")
		runs, err := s.RemoteAgents(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		return maintenance.Drain{Server: server, Servers: servers, Alive: servers.IPs(), RemoteAgents: runs}.Plan()
	}
}

const (
	gateRows = "SELECT server_id, active_agent_login_server, vicidial_balance_active FROM servers ORDER BY server_id"
	runRows  = "SELECT user_start, status FROM vicidial_remote_agents ORDER BY user_start"
)

func TestDrain(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("shuts the gates in order, each with its line, on schema %d", version), func(t *testing.T) {
			t.Parallel()
			d := newActivity(t, version)
			p := sandbox.NewProxy(t, d.Server())
			store := newStore(t, d, viaProxy(p))
			if err := store.Apply(t.Context(), drains(store)); err != nil {
				t.Fatal(err)
			}
			d.Expect(t, gateRows, `
				| server_id | active_agent_login_server | vicidial_balance_active |
				| dial1     | Y                         | N                       |
				| dial2     | N                         | N                       |`)
			d.Expect(t, runRows, `
				| user_start | status   |
				| 9001       | INACTIVE |
				| 9101       | INACTIVE |
				| 9201       | ACTIVE   |`)
			d.Expect(t, auditRows, `
				| user | event_section | event_type | record_id | event_code                | event_notes |
				| VDAD | SERVERS       | MODIFY     | dial2     | ADMIN MODIFY SERVER       |             |
				| VDAD | SERVERS       | MODIFY     | dial2     | ADMIN MODIFY SERVER       |             |
				| VDAD | REMOTEAGENTS  | MODIFY     | 1         | ADMIN MODIFY REMOTE AGENT |             |`)
			writes := slices.DeleteFunc(p.Writes(), func(text string) bool { return strings.HasPrefix(text, strings.TrimSuffix(insertAudit, "VALUES ")) })
			if len(writes) != 3 || !strings.Contains(writes[0], "SET active_agent_login_server = 'N'") || !strings.Contains(writes[1], "SET vicidial_balance_active = 'N'") {
				t.Errorf("%q", writes)
			}
			p.Reset()
			if err := store.Apply(t.Context(), drains(store)); err != nil || len(p.Writes()) > 0 {
				t.Errorf("a second drain: %v, %q", err, p.Writes())
			}
		})
	}
	t.Run("resumes after a lost connection at each statement", func(t *testing.T) {
		t.Parallel()
		d := newActivity(t, 1720)
		p := sandbox.NewProxy(t, d.Server())
		for n := 1; ; n++ {
			run(t, d, "UPDATE servers SET active_agent_login_server = 'Y', vicidial_balance_active = 'Y' WHERE server_id = 'dial2'",
				"UPDATE vicidial_remote_agents SET status = 'ACTIVE' WHERE user_start = '9001'", "DELETE FROM vicidial_admin_log")
			store := newStore(t, d, viaProxy(p))
			store.pauses = []time.Duration{0}
			cuts := p.Cuts()
			p.CutAt(n, sandbox.WriteUnanswered, true)
			err := store.Apply(t.Context(), drains(store))
			p.Restore()
			if p.Cuts() == cuts {
				if err != nil || n != 7 {
					t.Fatalf("%d writes, %v", n-1, err)
				}
				return
			}
			var partial *cluster.Partial
			if !errors.As(err, &partial) {
				t.Errorf("cut at write %d: %v", n, err)
			}
			if err := store.Apply(t.Context(), drains(store)); err != nil {
				t.Fatalf("after a cut at write %d: %v", n, err)
			}
			d.Expect(t, "SELECT active_agent_login_server, vicidial_balance_active FROM servers WHERE server_id = 'dial2'", `
				| active_agent_login_server | vicidial_balance_active |
				| N                         | N                       |`)
			d.Expect(t, "SELECT status FROM vicidial_remote_agents WHERE user_start = '9001'", "| status   |\n| INACTIVE |")
		}
	})
	t.Run("reports conflicts", func(t *testing.T) {
		t.Parallel()
		d := newActivity(t, 1720)
		store := newStore(t, d)
		somebody := func() {
			run(t, d, "UPDATE vicidial_remote_agents SET server_ip = '10.0.0.1' WHERE user_start = '9001'")
		}
		err := store.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
			plan, err := drains(store)(ctx)
			somebody()
			return plan, err
		})
		var partial *cluster.Partial
		var conflict *cluster.Conflict
		if !errors.As(err, &conflict) || !errors.As(err, &partial) || partial.Applied != 2 {
			t.Errorf("%v", err)
		}
		d.Expect(t, "SELECT server_ip, status FROM vicidial_remote_agents WHERE user_start = '9001'", `
			| server_ip | status |
			| 10.0.0.1  | ACTIVE |`)
	})
}

func TestRebuildConf(t *testing.T) {
	t.Parallel()
	rebuilds := func(s *Store, reload bool, wanted ...string) error {
		return s.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
			servers, err := s.Servers(ctx)
			if err != nil {
				return cluster.Plan{}, err
			}
			r := maintenance.RebuildConf{Servers: servers, Wanted: wanted}
			if reload {
				stamp, err := s.ReloadStamp(ctx)
				if err != nil {
					return cluster.Plan{}, err
				}
				r.Reload = &stamp
			}
			return r.Plan()
		})
	}
	const stamped = "SELECT reload_timestamp BETWEEN NOW() - INTERVAL 1 MINUTE AND NOW() AS now FROM system_settings"
	for _, version := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("flags and stamps schema %d, as far as it has a stamp", version), func(t *testing.T) {
			t.Parallel()
			d := newActivity(t, version)
			run(t, d, "INSERT INTO servers (server_id, server_ip, generate_vicidial_conf, rebuild_conf_files) VALUES ('dial3', '10.0.0.3', 'N', 'N')")
			p := sandbox.NewProxy(t, d.Server())
			store := newStore(t, d, viaProxy(p))
			reload := version > 1302
			if !reload {
				schema, err := store.Schema(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Check(cluster.TableSettings, cluster.ColumnReload, cluster.Null); err == nil || !strings.Contains(err.Error(), "came with schema 1369") {
					t.Errorf("%v", err)
				}
			}
			if err := rebuilds(store, reload, "10.0.0.1"); err != nil {
				t.Fatal(err)
			}
			if pending, err := store.RebuildPending(t.Context()); err != nil || !slices.Equal(pending, []string{"10.0.0.1"}) {
				t.Errorf("%v, %v", pending, err)
			}
			if err := rebuilds(store, reload); err != nil { // twice within a second, too
				t.Fatal(err)
			}
			d.Expect(t, flagRows, `
				| server_id | rebuild_conf_files |
				| dial1     | Y                  |
				| dial2     | Y                  |
				| dial3     | N                  |`)
			if reload {
				d.Expect(t, stamped, "| now |\n|   1 |")
			}
			d.Expect(t, "SELECT event_section, event_type, record_id, event_code, event_notes FROM vicidial_admin_log WHERE event_section = 'SERVERS' ORDER BY admin_log_id", `
				| event_section | event_type | record_id | event_code                | event_notes |
				| SERVERS       | OTHER      | refresh   | ADMIN API SERVERS REFRESH | servers: 1  |
				| SERVERS       | OTHER      | refresh   | ADMIN API SERVERS REFRESH | servers: 2  |`)
			run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
			if pending, err := store.RebuildPending(t.Context()); err != nil || len(pending) > 0 {
				t.Errorf("%v, %v", pending, err)
			}
		})
	}
	t.Run("server that no longer generates files is a conflict", func(t *testing.T) {
		t.Parallel()
		d := newActivity(t, 1720)
		store := newStore(t, d)
		servers, err := store.Servers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		plan, err := maintenance.RebuildConf{Servers: servers, Wanted: []string{"10.0.0.1"}}.Plan()
		if err != nil {
			t.Fatal(err)
		}
		run(t, d, "UPDATE servers SET generate_vicidial_conf = 'N' WHERE server_id = 'dial1'")
		err = store.Apply(t.Context(), fixedPlan(plan))
		var conflict *cluster.Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("%v", err)
		}
	})
}
