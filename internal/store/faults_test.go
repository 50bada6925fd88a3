package store

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// newFullPlan has every verb in it. Its start has duplicates, alike and unlike.
func newFullPlan(t *testing.T, d *sandbox.Database) planFunc {
	t.Helper()
	run(t, d,
		"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 70, 'OVERFLOW_ALLOWED')",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', 'SIP/100'), (8600052, '10.0.0.1', ''), (8600099, '10.0.0.1', NULL)")
	rooms := cluster.PlanRooms("10.0.0.1", cluster.Meetme, map[cluster.Engine][]cluster.Room{
		cluster.Meetme: {{Number: 8600051, InUse: true}, {Number: 8600052}, {Number: 8600099}},
	}, cluster.RoomRange{First: 8600052, Count: 3})
	trunks := cluster.Trunks{
		{ServerIP: "10.0.0.1", CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 60, Restriction: cluster.MaximumLimit}},
		{ServerIP: "10.0.0.1", CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 60, Restriction: cluster.MaximumLimit}},
		{ServerIP: "10.0.0.1", CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 60, Restriction: cluster.MaximumLimit}},
		{ServerIP: "10.0.0.1", CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 70, Restriction: cluster.OverflowAllowed}},
		{ServerIP: "10.0.0.2", CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 30, Restriction: cluster.MaximumLimit}},
	}.OfCampaign("SALES")
	split, err := cluster.PlanSplit("SALES", trunks, trunks, map[string]cluster.Limit{
		"10.0.0.1": {Dedicated: 20, Restriction: cluster.MaximumLimit}, "10.0.0.3": {Dedicated: 70, Restriction: cluster.MaximumLimit},
	})
	if err != nil {
		t.Fatal(err)
	}
	return fixedPlan(split.And(rooms))
}

const (
	busyRows  = "SELECT server_ip, dedicated_trunks, trunk_restriction FROM vicidial_server_trunks ORDER BY server_ip, dedicated_trunks"
	busyRooms = "SELECT conf_exten, extension FROM vicidial_conferences ORDER BY conf_exten"
	busyAudit = "SELECT event_section, event_type, record_id, COUNT(*) AS n FROM vicidial_admin_log GROUP BY event_section, event_type, record_id, event_sql ORDER BY event_section, event_type, record_id, event_sql"
)

// A lost connection is replaced transparently: each step is done once and logged
// once, whether or not the broken statement had run.
func TestApply_lostConnection(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for name, cut := range map[string]sandbox.Cut{"before it is sent": sandbox.WriteUnsent, "before it is answered": sandbox.WriteUnanswered} {
		t.Run("at each statement, "+name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			quiet := false
			const most = 40
			results := make([]int, most+1)
			for n := 1; n <= most; n++ {
				d, p := newTable(t, s), sandbox.NewProxy(t, s)
				store := newStore(t, d, viaProxy(p))
				plan := newFullPlan(t, d)
				all.Go(func() {
					p.CutAt(n, cut, false)
					if err := store.Apply(t.Context(), plan); err != nil {
						t.Errorf("cut at write %d: %v", n, err)
					}
					results[n] = p.Cuts()
					d.Expect(t, busyRows, `
						| server_ip | dedicated_trunks | trunk_restriction |
						| 10.0.0.1  |               20 | MAXIMUM_LIMIT     |
						| 10.0.0.3  |               70 | MAXIMUM_LIMIT     |`)
					d.Expect(t, busyRooms, `
						| conf_exten | extension |
						|    8600051 | SIP/100   |
						|    8600052 |           |
						|    8600053 |           |
						|    8600054 |           |`)
					d.Expect(t, busyAudit, `
						| event_section | event_type | record_id | n |
						| CONFERENCES   | DELETE     | 8600051   | 1 |
						| SERVERS_TRUNK | ADD        | 10.0.0.3  | 1 |
						| SERVERTRUNKS  | MODIFY     | 10.0.0.1  | 1 |
						| SERVERTRUNKS  | DELETE     | 10.0.0.1  | 1 |
						| SERVERTRUNKS  | DELETE     | 10.0.0.1  | 1 |
						| SERVERTRUNKS  | DELETE     | 10.0.0.2  | 1 |
						| VICICONF      | ADD        | 8600053   | 1 |`)
					d.Expect(t, "SELECT server_id FROM servers WHERE rebuild_conf_files = 'Y'", "| server_id |\n| dial1     |")
					expectFreeLock(t, d, store)
				})
				if n%8 == 0 {
					all.Wait()
					if quiet = results[n] == 0; quiet {
						break
					}
				}
			}
			all.Wait()
			if !quiet {
				t.Errorf("the plan has more than %d statements", most)
			}
		})
	}
}

func TestApply_noConnection(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for _, c := range []struct {
		claim    string
		truncate sandbox.Cut
		rows     string
	}{
		{"statement that did not arrive may have run", sandbox.WriteUnsent, "60"},
		{"statement without a response may have run", sandbox.WriteUnanswered, "61"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			store := newStore(t, d, viaProxy(p))
			p.CutAt(1, c.truncate, true)
			plan := fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}})
			err := store.Apply(t.Context(), plan)
			var partial *cluster.Partial
			var connecting *conn.Error
			if !errors.As(err, &partial) || !errors.As(err, &connecting) || !partial.Unsure || !strings.Contains(partial.Hint(), "0 of 1 steps are written, and the one that failed may be") {
				t.Fatalf("got %v: %+v", err, partial)
			}
			d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               "+c.rows+" |\n| 10.0.0.2  |               30 |")
			p.Restore()
			if err := store.Apply(t.Context(), plan); err != nil {
				t.Errorf("applied again: %v", err)
			}
			d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               61 |\n| 10.0.0.2  |               30 |")
		})
	}
}

func TestApply_keepsItsLock(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	t.Run("statement killed by an administrator", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		blocker := connect(t, d)
		if _, err := blocker.ExecContext(t.Context(), "LOCK TABLES vicidial_server_trunks READ"); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			ended <- store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}))
		}()
		const waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'UPDATE vicidial_server_trunks%'"
		waitFor(t, d, waiting, d.Name)
		var thread int
		if err := d.DB().QueryRowContext(t.Context(), strings.Replace(waiting, "COUNT(*)", "ID", 1), d.Name).Scan(&thread); err != nil {
			t.Fatal(err)
		}
		run(t, d, fmt.Sprintf("KILL QUERY %d", thread))
		if _, err := blocker.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("it was not tried again: %v", err)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               61 |\n| 10.0.0.2  |               30 |")
		expectFreeLock(t, d, store)
	})
	t.Run("own lost connection holds the lock", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		w := &writer{store: newStore(t, d, func(s *Settings) { s.LockTimeout = 5 * time.Second })}
		if err := w.lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		ghost := w.conn
		w.conn = nil // to us it is lost; to the server it is not
		slept := make(chan struct{})
		go func() {
			_, _ = ghost.ExecContext(t.Context(), "DO SLEEP(600)")
			close(slept)
		}()
		waitFor(t, d, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = ? AND STATE = 'User sleep'", w.connID)
		if err := w.lock(t.Context()); err != nil {
			t.Fatalf("the ghost holds the lock: %v", err)
		}
		<-slept // it was killed
		discard(ghost)
		if w.lostState != "User sleep" {
			t.Errorf("the lost connection's state was %q", w.lostState)
		}
		w.close(t.Context())
		expectFreeLock(t, d, w.store)
	})
	t.Run("another provider holds the lock", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		other, w := &writer{store: newStore(t, d)}, &writer{store: newStore(t, d, func(s *Settings) { s.LockTimeout = time.Second }), connID: 1}
		if err := other.lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.lock(t.Context()); err == nil {
			t.Error("both hold it")
		}
		if err := other.conn.PingContext(t.Context()); err != nil {
			t.Errorf("the other was ended: %v", err)
		}
		other.close(t.Context())
	})
}

// mariadbd is killed in the middle of a plan and restarted: the plan continues.
func TestApply_databaseRestart(t *testing.T) {
	t.Parallel()
	own := sandbox.Own(t, sandbox.Options{})
	d := newTable(t, own)
	p := sandbox.NewProxy(t, own)
	store := newStore(t, d, viaProxy(p))
	p.CutAt(3, sandbox.WriteUnanswered, true)
	ended := make(chan error, 1)
	plan := fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61), change("10.0.0.2", 30, 31), change("10.0.0.2", 31, 32)}})
	go func() { ended <- store.Apply(t.Context(), plan) }()
	waitForCut(p)
	if err := own.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := own.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Restore()
	err := <-ended
	if err != nil { // it was away for longer than the pauses: the next apply goes on
		var partial *cluster.Partial
		if !errors.As(err, &partial) {
			t.Fatal(err)
		}
		rest := []cluster.Step{change("10.0.0.1", 60, 61), change("10.0.0.2", 30, 31), change("10.0.0.2", 31, 32)}
		if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: rest[partial.Applied:]})); err != nil {
			t.Fatal(err)
		}
	}
	d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               61 |\n| 10.0.0.2  |               32 |")
}

func waitForCut(p *sandbox.Proxy) {
	for p.Cuts() == 0 {
		runtime.Gosched()
	}
}
