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
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Flags are set before a step that changes files of nodes, unless the plan removes the row
// later: then they are set before that.
func TestApply_flagsThatAreLost(t *testing.T) {
	t.Parallel()
	key := cluster.Row{"carrier_id": cluster.Text("TRUNK")}
	off := cluster.Step{
		Phase: cluster.Release, Verb: cluster.Update, Table: cluster.TableCarriers, Key: key,
		From: cluster.Row{"active": cluster.Text("Y")}, To: cluster.Row{"active": cluster.Text("N")},
	}
	removal := cluster.Step{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableCarriers, Key: key}
	other := removal
	other.Key = cluster.Row{"carrier_id": cluster.Text("OTHER")}
	s := sandbox.Shared(t)
	for name, c := range map[string]struct {
		steps []cluster.Step
		left  string
	}{
		"a change":                     {[]cluster.Step{off}, "carrier_id = 'TRUNK' AND active = 'Y'"},
		"a change and another removal": {[]cluster.Step{off, other}, "carrier_id = 'TRUNK' AND active = 'Y'"},
		"a removal":                    {[]cluster.Step{removal}, "carrier_id = 'TRUNK' AND active = 'Y'"},
		"a change and its own removal": {[]cluster.Step{off, removal}, "carrier_id = 'TRUNK'"},
		"a step that changes no file":  {[]cluster.Step{change("10.0.0.1", 60, 61), removal}, "carrier_id = 'TRUNK' AND active = 'Y'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			run(t, d, "INSERT INTO vicidial_server_carriers (carrier_id, server_ip, active) VALUES ('TRUNK', '10.0.0.1', 'Y'), ('OTHER', '10.0.0.1', 'Y')")
			store := newStore(t, d, viaProxy(p))
			store.pauses = []time.Duration{0}
			if _, err := store.Carriers(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.CutBefore(func(statement string) bool {
				return strings.HasPrefix(statement, "UPDATE servers SET rebuild_conf_files")
			}, true)
			if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: c.steps, Rebuild: cluster.Rebuild{Servers: []string{"10.0.0.1"}}})); err == nil || p.Cuts() == 0 {
				t.Fatalf("%d cuts: %v", p.Cuts(), err)
			}
			d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_server_carriers WHERE "+c.left, "| n |\n| 1 |")
			p.Restore()
		})
	}
}

// Where flags have just been set, a removal deletes its rows at once, if they have the values
// that they were to have before they were set inactive.
func TestWriter_deletesWithoutRelease(t *testing.T) {
	t.Parallel()
	on, off := cluster.Row{"active": cluster.Text("Y")}, cluster.Row{"active": cluster.Text("N")}
	removal := func(id string) []cluster.Step {
		key := cluster.Row{"carrier_id": cluster.Text(id)}
		return []cluster.Step{
			{Phase: cluster.Release, Verb: cluster.Update, Table: cluster.TableCarriers, Key: key, From: on, To: off},
			{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableCarriers, Key: key, From: cluster.Row{"server_ip": cluster.Text("10.0.0.1")}},
		}
	}
	anyRow := removal("A")
	anyRow[1].From = nil
	rooms := cluster.Row{"conf_exten": cluster.Text("8600051"), "server_ip": cluster.Text("10.0.0.2")}
	added := cluster.Step{Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TableMeetmeRooms, Rows: []cluster.Row{rooms}, Key: rooms}
	room := cluster.Step{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableMeetmeRooms, Key: cluster.Row{"server_ip": cluster.Text("10.0.0.1")}, AllowNoMatch: true}
	flagged := cluster.Rebuild{Servers: []string{"10.0.0.1", "10.0.0.2"}}
	s := sandbox.Shared(t)
	for name, c := range map[string]struct {
		before   cluster.Rebuild
		steps    [][]cluster.Step
		released int // statements that set rows inactive
		failed   int // plans
		left     string
	}{
		"flags are set":              {flagged, [][]cluster.Step{removal("A"), removal("B")}, 0, 0, "IDLE"},
		"no value is expected":       {flagged, [][]cluster.Step{anyRow, removal("B")}, 0, 0, "IDLE"},
		"flags are not set":          {cluster.Rebuild{}, [][]cluster.Step{removal("A"), removal("B")}, 1, 0, "IDLE"},
		"a row is inactive already":  {flagged, [][]cluster.Step{removal("A"), removal("IDLE")}, 0, 1, "B,IDLE"},
		"the plan does more":         {flagged, [][]cluster.Step{append(removal("A"), room), removal("B")}, 1, 0, "IDLE"},
		"another plan adds a row":    {flagged, [][]cluster.Step{removal("A"), {added}}, 1, 0, "B,IDLE"},
		"its own plan adds a row":    {flagged, [][]cluster.Step{append(removal("A"), added)}, 1, 0, "B,IDLE"},
		"one of two is inactive now": {flagged, [][]cluster.Step{append(removal("A"), removal("B")[1:]...)}, 0, 0, "IDLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			run(t, d, "INSERT INTO vicidial_server_carriers (carrier_id, server_ip, active) VALUES ('A', '10.0.0.1', 'Y'), ('B', '10.0.0.1', 'Y'), ('IDLE', '10.0.0.1', 'N')")
			store := newStore(t, d, viaProxy(p))
			w := &writer{store: store}
			var err error
			if w.info, err = store.info.get(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := w.lock(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer w.close(t.Context())
			w.flagged, w.flaggedAt = c.before, time.Now().Add(time.Hour)
			var changes []*planWrite
			for _, steps := range c.steps {
				changes = append(changes, &planWrite{ctx: t.Context(), plan: cluster.Plan{Steps: steps, Rebuild: cluster.Rebuild{Servers: flagged.Servers[:1]}}})
			}
			w.run(t.Context(), changes)()
			var failed []error
			for _, change := range changes {
				if change.err != nil {
					failed = append(failed, change.err)
				}
			}
			released := slices.DeleteFunc(p.Writes(), func(text string) bool { return !strings.HasPrefix(text, "UPDATE vicidial_server_carriers") })
			if len(released) != c.released || len(failed) != c.failed {
				t.Errorf("plans failed: %v, rows are set inactive by %q", failed, released)
			}
			d.Expect(t, "SELECT GROUP_CONCAT(carrier_id ORDER BY carrier_id) AS carriers FROM vicidial_server_carriers WHERE carrier_id IN ('A', 'B', 'IDLE')", fmt.Sprintf("| %-*s |\n| %-8s |", max(8, len(c.left)), "carriers", c.left))
		})
	}
}

// A process that is killed frees the lock, while a statement that it sent over another
// connection may still wait for its table. Another run then decides, and writes the same
// row before or after the late statement: the second one of both finds another value and
// changes nothing.
func TestApply_lateStatementOfAKilledProcess(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	text := func(description string) cluster.Row { return cluster.Row{"did_description": cluster.Text(description)} }
	update := func(to string) cluster.Step {
		return cluster.Step{Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableDIDs, Key: cluster.Row{"did_pattern": cluster.Text("5550000")}, From: text("seen"), To: text(to)}
	}
	insert := func(description string) cluster.Step {
		row := cluster.Row{"did_pattern": cluster.Text("5550001"), "did_description": cluster.Text(description)}
		return cluster.Step{Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TableDIDs, Key: row.Only("did_pattern"), Rows: []cluster.Row{row}}
	}
	removal := update("")
	removal.Phase, removal.Verb, removal.To = cluster.Remove, cluster.Delete, nil
	const updated = "UPDATE vicidial_inbound_dids SET did_description = 'next' WHERE did_pattern = '5550000' AND did_description = 'seen'"
	for name, c := range map[string]struct {
		late, next  cluster.Step
		written     string // the next one, since no statement names a locked table twice
		first, last string // the descriptions where the late one comes first, and last
	}{
		"update": {update("late"), update("next"), updated, "| late |", "| next |"},
		"delete": {removal, update("next"), updated, "", "| next |"},
		"insert": {insert("late"), insert("next"), "INSERT INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('5550001', 'next')", "| late |\n| seen |", "| next |\n| seen |"},
	} {
		for _, engine := range []string{"MyISAM", "InnoDB"} {
			for order, late := range map[string]bool{"the late one first": false, "the late one last": true} {
				t.Run(engine+" "+name+" "+order, func(t *testing.T) {
					t.Parallel()
					d := newTable(t, s)
					run(t, d, "ALTER TABLE vicidial_inbound_dids ENGINE = "+engine, "INSERT INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('5550000', 'seen')")
					killed, next := &writer{store: newStore(t, d)}, newStore(t, d)
					if _, err := next.DIDs(t.Context()); err != nil { // before the late statement
						t.Fatal(err)
					}
					if err := killed.lock(t.Context()); err != nil {
						t.Fatal(err)
					}
					report := connect(t, d)
					onReport := func(query string, args ...any) {
						t.Helper()
						if _, err := report.ExecContext(t.Context(), query, args...); err != nil {
							t.Fatal(err)
						}
					}
					onReport("LOCK TABLES vicidial_inbound_dids WRITE")
					defer func() { _, _ = report.ExecContext(context.WithoutCancel(t.Context()), "UNLOCK TABLES") }()
					sent := killed.store.execOverPool(t.Context(), newStatement(c.late))
					const waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO REGEXP '^(INSERT INTO|UPDATE|DELETE FROM) vicidial_inbound_dids' AND STATE LIKE 'Waiting for table%'"
					waitFor(t, d, waiting, d.Name)
					run(t, d, fmt.Sprintf("KILL %d", killed.connID))
					waitFor(t, d, "SELECT IS_FREE_LOCK(?)", killed.store.lockName())

					want := c.first
					if late { // what the next run writes meanwhile, with the lock
						want = c.last
						onReport("SET @acquired = GET_LOCK(?, 0)", killed.store.lockName())
						onReport(c.written)
					}
					onReport("UNLOCK TABLES")
					if result := <-sent; result.err != nil || (result.changed == 0) != late {
						t.Errorf("%d rows of the late statement have changed, %v", result.changed, result.err)
					}
					if !late {
						var conflict *cluster.Conflict
						if err := next.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{c.next}})); !errors.As(err, &conflict) {
							t.Errorf("the next run ended with %v", err)
						}
					}
					d.Expect(t, "SELECT did_description AS said FROM vicidial_inbound_dids WHERE did_pattern LIKE '555%' ORDER BY did_description", "| said |\n"+want)
				})
			}
		}
	}
}
