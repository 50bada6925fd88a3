package maintenance

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// newRebuild returns a rebuild for two servers that generate files, one that does
// not, and a database server.
func newRebuild() RebuildConf {
	return RebuildConf{Servers: cluster.Servers{
		newServer("dial1", "10.0.0.1"), newServer("dial2", "10.0.0.2"),
		with(newServer("dial3", "10.0.0.3"), "generate_vicidial_conf", cluster.YesNo(false)), with(newServer("DB1", "10.0.0.5"), "active_asterisk_server", cluster.YesNo(false)),
	}}
}

func TestRebuildConf(t *testing.T) {
	flagged := func(plan cluster.Plan) string {
		step := plan.Steps[len(plan.Steps)-1]
		ips := make([]string, 0, len(step.In))
		for _, value := range step.In {
			ips = append(ips, value.Text)
		}
		return strings.Join(ips, ",")
	}
	t.Run("all servers in one statement with one log entry", func(t *testing.T) {
		plan, err := newRebuild().Plan()
		if err != nil || len(plan.Steps) != 1 || flagged(plan) != "10.0.0.1,10.0.0.2" {
			t.Fatalf("%v, %+v", err, plan)
		}
		step := plan.Steps[0]
		if !maps.Equal(step.Key, cluster.Row{"generate_vicidial_conf": cluster.Text("Y"), "active_asterisk_server": cluster.Text("Y")}) || !maps.Equal(step.To, cluster.Row{"rebuild_conf_files": cluster.Text("Y")}) {
			t.Errorf("%+v", step)
		}
		if want := (cluster.Audit{Section: "SERVERS", Type: "OTHER", Record: "refresh", Code: "ADMIN API SERVERS REFRESH", Notes: "servers: 2"}); step.Audit != want {
			t.Errorf("%+v", step.Audit)
		}
	})
	t.Run("named servers, without duplicates", func(t *testing.T) {
		r := newRebuild()
		r.Wanted = []string{"10.0.0.2", "10.0.0.2"}
		if plan, err := r.Plan(); err != nil || flagged(plan) != "10.0.0.2" || !strings.Contains(r.Summary(), "files: dial2 (10.0.0.2)") {
			t.Errorf("%v, %+v, %s", err, plan, r.Summary())
		}
	})
	for claim, c := range map[string]struct{ wanted, why string }{
		"unknown server":                 {"10.0.0.9", "server 10.0.0.9: not found"},
		"server without generated files": {"10.0.0.3", "would keep the flag for ever: its generate_vicidial_conf is not Y"},
		"no telephony server":            {"10.0.0.5", "its active_asterisk_server is not Y"},
		"unknown server among others":    {"10.0.0.1 10.0.0.9", "not found"},
	} {
		t.Run("refuses "+claim, func(t *testing.T) {
			r := newRebuild()
			r.Wanted = strings.Fields(c.wanted)
			if _, err := r.Plan(); err == nil || !strings.Contains(err.Error(), c.why) || r.Summary() != "" {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("no server generates files", func(t *testing.T) {
		if _, err := (RebuildConf{Servers: newRebuild().Servers[2:]}).Plan(); err == nil || !strings.Contains(err.Error(), "no server generates") {
			t.Errorf("%v", err)
		}
	})
	t.Run("stamp is set before the flags, if it has not changed", func(t *testing.T) {
		r := newRebuild()
		r.Reload = &ReloadStamp{SchemaVersion: cluster.Text("1720"), Old: cluster.Null, New: cluster.Text("2026-11-22 15:42:18")}
		plan, err := r.Plan()
		if err != nil || len(plan.Ordered()) != 2 || !strings.Contains(r.Summary(), "also where they are equal") {
			t.Fatalf("%v, %+v", err, plan)
		}
		stamp, flags := plan.Ordered()[0], plan.Ordered()[1]
		if !maps.Equal(stamp.From, cluster.Row{cluster.ColumnReload: cluster.Null}) || stamp.To[cluster.ColumnReload].Text != "2026-11-22 15:42:18" || stamp.Audit.Section != "SYSTEMSETTINGS" || flags.Table != cluster.TableServers {
			t.Errorf("%+v", plan)
		}
	})
}

func TestRebuildWatch(t *testing.T) {
	targets, err := newRebuild().Targets()
	if err != nil {
		t.Fatal(err)
	}
	watch := RebuildWatch{Targets: targets}
	at := func(seconds int) time.Duration { return time.Duration(seconds) * time.Second }
	poll := func(t *testing.T, seconds int, pollErr error, message string, pending ...string) PollResult {
		t.Helper()
		result := watch.Update(pending, pollErr, at(seconds))
		if (message == "") != (result.Message == "") || !strings.Contains(result.Message, message) {
			t.Errorf("at %d s: %+v, want %q", seconds, result, message)
		}
		return result
	}
	t.Run("reports waiting and finished servers", func(t *testing.T) {
		poll(t, 0, nil, "Waiting for dial1 (10.0.0.1), dial2 (10.0.0.2)", "10.0.0.1", "10.0.0.2", "10.0.0.3")
		poll(t, 5, nil, "", "10.0.0.1", "10.0.0.2")
		poll(t, 10, errAway, "the query is repeated")
		poll(t, 15, nil, "Picked up by dial2 (10.0.0.2). Waiting for dial1 (10.0.0.1)", "10.0.0.1")
		err := watch.Unfinished([]string{"10.0.0.2"}, at(15), false)
		if !strings.Contains(err.Error(), "not picked up after 15s:\n  - dial1 (10.0.0.1): it has no fresh heartbeat") || strings.Contains(err.Error(), "dial2") {
			t.Errorf("%v", err)
		}
		if err := watch.Unfinished([]string{"10.0.0.1"}, at(15), true); !strings.Contains(err.Error(), "stopped after 15s") || !strings.Contains(err.Error(), "ADMIN_keepalive_ALL.pl") {
			t.Errorf("%v", err)
		}
		// dial2 is flagged again: it has picked up the first flag.
		result := poll(t, 20, nil, "Picked up by dial1 (10.0.0.1). All flags are picked up. Nodes do not report when they have reloaded.", "10.0.0.2", "10.0.0.3")
		if !result.Done {
			t.Errorf("%+v", result)
		}
	})
	t.Run("waits for the servers that have their flag", func(t *testing.T) {
		watch := RebuildWatch{Targets: targets}
		watch.Update([]string{"10.0.0.1"}, nil, 0)
		if !slices.Equal(watch.waiting().IPs(), []string{"10.0.0.1"}) {
			t.Errorf("%v", watch.waiting())
		}
	})
	t.Run("unreachable database ends the wait", func(t *testing.T) {
		watch = RebuildWatch{Targets: targets}
		for range failedPolls - 1 {
			watch.Update(nil, errAway, 0)
		}
		if result := watch.Update(nil, errAway, 0); !errors.Is(result.Err, errAway) {
			t.Errorf("%+v", result)
		}
	})
}
