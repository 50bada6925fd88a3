package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// together applies changes of several callers, who all wait by the time that the first
// of them has decided.
func together(t *testing.T, store *Store, changes ...planFunc) []error {
	t.Helper()
	return togetherAfter(t, store, func() {}, changes...)
}

// togetherAfter is together, and calls a function when they all wait.
func togetherAfter(t *testing.T, store *Store, before func(), changes ...planFunc) []error {
	t.Helper()
	errs := make([]error, len(changes))
	var all sync.WaitGroup
	inside, leave := make(chan struct{}), make(chan struct{})
	arrive := sync.OnceFunc(func() { close(inside) }) // it may be decided twice
	all.Go(func() {
		_ = store.Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
			arrive()
			<-leave
			return cluster.Plan{}, nil
		})
	})
	<-inside
	for i, change := range changes {
		all.Go(func() { errs[i] = store.Apply(t.Context(), change) })
	}
	for waiting := 0; waiting < len(changes); {
		store.queue.mu.Lock()
		waiting = len(store.queue.waiting)
		store.queue.mu.Unlock()
		runtime.Gosched()
	}
	before()
	close(leave)
	all.Wait()
	return errs
}

// did leads a DID to a description; nil removes it.
func did(s *Store, pattern string, seen, want cluster.Row) planFunc {
	return func(ctx context.Context) (cluster.Plan, error) {
		dids, err := s.DIDs(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		have, _ := dids.ByPattern(pattern)
		return cluster.DIDChange{Pattern: pattern, Have: have, Seen: seen, Want: want}.Plan()
	}
}

func described(text string) cluster.Row { return cluster.Row{"did_description": cluster.Text(text)} }

// dids are n changes, one for each of as many DIDs.
func dids(s *Store, n int, seen, want cluster.Row) []planFunc {
	changes := make([]planFunc, n)
	for i := range changes {
		changes[i] = did(s, fmt.Sprint(5550000+i), seen, want)
	}
	return changes
}

const didRows = "SELECT did_description, COUNT(*) AS n FROM vicidial_inbound_dids WHERE did_pattern RLIKE '^[0-9]' GROUP BY did_description ORDER BY did_description"

func TestApply_together(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for _, n := range []int{1, 10, 50} {
		t.Run(fmt.Sprintf("%d callers at once are written together and answered each", n), func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			store := newStore(t, d, viaProxy(p))
			if _, err := store.DIDs(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				kind       string
				seen, want cluster.Row
				rows       string
			}{
				{"ADD", nil, described("new"), fmt.Sprintf("| did_description | n  |\n| new             | %2d |", n)},
				{"MODIFY", described("new"), described("other"), fmt.Sprintf("| did_description | n  |\n| other           | %2d |", n)},
				{"DELETE", described("other"), nil, ""},
			} {
				p.Reset()
				for _, err := range together(t, store, dids(store, n, step.seen, step.want)...) {
					if err != nil {
						t.Fatal(err)
					}
				}
				if step.rows != "" {
					d.Expect(t, strings.ReplaceAll(didRows, "COUNT(*)", "LPAD(COUNT(*), 2, ' ')"), step.rows)
				}
				sent := p.Statements()
				if most := 6 + 4*((n+9)/10); len(sent) > most {
					t.Errorf("%s: %d statements, more than %d:\n%s", step.kind, len(sent), most, strings.Join(sent, "\n"))
				}
				whole := slices.DeleteFunc(sent, func(text string) bool {
					return !strings.HasPrefix(text, "SELECT") || !strings.Contains(text, "FROM vicidial_inbound_dids") || strings.Contains(text, "WHERE")
				})
				if len(whole) > 1 {
					t.Errorf("%s: the table was read %d times", step.kind, len(whole))
				}
				d.Expect(t, "SELECT LPAD(COUNT(DISTINCT record_id, event_sql), 2, ' ') AS n FROM vicidial_admin_log WHERE event_type = '"+step.kind+"' AND record_id REGEXP '^[0-9]{1,4}$'",
					fmt.Sprintf("| n  |\n| %2d |", n))
			}
			expectFreeLock(t, d, store)
		})
	}
	t.Run("changes behind one that waits are not held up", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p))
		agents := func(user string) planFunc {
			row := cluster.Row{"user_start": cluster.Text(user), "server_ip": cluster.Text("10.0.0.1"), "conf_exten": cluster.Text("8600"), "campaign_id": cluster.Text("SALES"), "number_of_lines": cluster.Text("200")}
			return fixedPlan(cluster.Plan{Steps: []cluster.Step{{Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TableRemoteAgents, Key: row.Only("user_start"), Rows: []cluster.Row{row}}}})
		}
		changes := dids(store, 2, nil, described("new"))
		for _, err := range together(t, store, agents("9001"), changes[0], agents("9101"), changes[1]) {
			if err != nil {
				t.Error(err)
			}
		}
		inserts := map[string]int{}
		for _, statement := range p.Writes() {
			if _, table := verbAndTable(statement); table != "vicidial_admin_log" {
				inserts[table]++
			}
		}
		if inserts["vicidial_remote_agents"] != 2 || inserts["vicidial_inbound_dids"] != 1 {
			t.Errorf("statements by table: %v", inserts)
		}
	})
	t.Run("what was not sent is not unsure", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p))
		store.pauses = []time.Duration{0}
		grow := fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}) // the step of a later phase
		errs := togetherAfter(t, store, func() { p.CutAt(1, sandbox.WriteUnanswered, true) }, did(store, "5550000", nil, described("new")), grow)
		for i, wantUnsure := range []bool{true, false} {
			var partial *cluster.Partial
			if !errors.As(errs[i], &partial) || partial.Applied > 0 || partial.Unsure != wantUnsure {
				t.Errorf("change %d: %v: %+v", i, errs[i], partial)
			}
		}
	})
	t.Run("conflict fails one object only", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		for _, err := range together(t, store, dids(store, 10, nil, described("new"))...) {
			if err != nil {
				t.Fatal(err)
			}
		}
		run(t, d, "UPDATE vicidial_inbound_dids SET did_description = 'mine' WHERE did_pattern = '5550003'")
		for i, err := range together(t, store, dids(store, 10, described("new"), described("other"))...) {
			var conflict *cluster.Conflict
			if i == 3 && (!errors.As(err, &conflict) || !strings.Contains(err.Error(), "DID 5550003")) || i != 3 && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, didRows, "| did_description | n |\n| mine            | 1 |\n| other           | 9 |")
		run(t, d, "UPDATE vicidial_inbound_dids SET did_pattern = '777' WHERE did_pattern = '5550004'")
		for i, err := range together(t, store, dids(store, 10, described("other"), nil)...) {
			if want := i == 3 || i == 4; want && !isConflict(err) && i == 3 || !want && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, didRows, "| did_description | n |\n| mine            | 1 |\n| other           | 1 |")
	})
	t.Run("rejected row fails one object only", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		changes := dids(store, 10, nil, described("new"))
		changes[6] = did(store, "5550006", nil, described(strings.Repeat("x", 300)))
		for i, err := range together(t, store, changes...) {
			var partial *cluster.Partial
			if i == 6 && (!errors.As(err, &partial) || partial.Applied != 0) || i != 6 && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, didRows, "| did_description | n |\n| new             | 9 |")
		d.Expect(t, "SELECT COUNT(*) AS n, COUNT(DISTINCT record_id) AS records FROM vicidial_admin_log", "| n | records |\n| 9 |       9 |")
	})
	for _, c := range []struct {
		name          string
		lines         int // of each of eight splits
		refused, in   int // and the statements that write the others
		reserved      int
		withoutDemand bool
	}{
		{"splits that a server has room for are one statement", 5, 0, 1, 100, false},
		{"splits that grow at once never take more than a server has", 15, 6, 1, 90, false},
		{"splits that do not say what they take are written one by one", 5, 0, 8, 100, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			store := newStore(t, d, viaProxy(p))
			var changes []planFunc
			for i := range 8 {
				campaign := fmt.Sprint("C", i)
				changes = append(changes, func(ctx context.Context) (cluster.Plan, error) {
					servers, err := store.Servers(ctx)
					if err != nil {
						return cluster.Plan{}, err
					}
					trunks, err := store.Trunks(ctx)
					if err != nil {
						return cluster.Plan{}, err
					}
					want := map[string]cluster.Limit{"10.0.0.1": {Dedicated: c.lines, Restriction: cluster.MaximumLimit}}
					if over := trunks.Overcommitted(servers, campaign, want); len(over) > 0 {
						return cluster.Plan{}, errors.New("full")
					}
					plan, err := cluster.PlanSplit(campaign, trunks.OfCampaign(campaign), cluster.Split{}, want)
					if !c.withoutDemand {
						plan.Demand = trunks.Demand(servers, campaign, want)
					}
					return plan, err
				})
			}
			refused := 0
			for _, err := range together(t, store, changes...) {
				if err != nil {
					refused++
				}
			}
			if refused != c.refused { // 60 of 100 are taken
				t.Errorf("%d of 8 were refused", refused)
			}
			inserts := 0
			for _, statement := range p.Writes() {
				if strings.HasPrefix(strings.TrimSpace(statement), "INSERT INTO vicidial_server_trunks") {
					inserts++
				}
			}
			if inserts != c.in {
				t.Errorf("%d statements insert trunks, want %d", inserts, c.in)
			}
			var reserved, entries, campaigns int
			row := d.DB().QueryRowContext(t.Context(), "SELECT (SELECT SUM(dedicated_trunks) FROM vicidial_server_trunks WHERE server_ip = '10.0.0.1'), COUNT(*), COUNT(DISTINCT event_notes) FROM vicidial_admin_log")
			if err := row.Scan(&reserved, &entries, &campaigns); err != nil || reserved != c.reserved || entries != 8-refused || campaigns != entries {
				t.Errorf("%d lines are reserved, %d entries name %d campaigns, %v", reserved, entries, campaigns, err)
			}
		})
	}
	t.Run("rows of every kind are changed in one statement", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p))
		run(t, d, "INSERT INTO vicidial_remote_agents (user_start, number_of_lines, server_ip) VALUES ('9001', 5, '10.0.0.1'), ('9011', 5, '10.0.0.1'), ('9021', 5, '10.0.0.2')",
			"INSERT INTO vicidial_conf_templates (template_id) VALUES ('a'), ('b'), ('c')")
		text := func(pairs ...string) cluster.Row {
			row := cluster.Row{}
			for i := 0; i < len(pairs); i += 2 {
				row[pairs[i]] = cluster.Text(pairs[i+1])
			}
			return row
		}
		for _, c := range []struct {
			table  cluster.Table
			keys   []cluster.Row
			column string
			rows   string
		}{
			{cluster.TableTrunks, []cluster.Row{text("campaign_id", "SALES", "server_ip", "10.0.0.1"), text("campaign_id", "SALES", "server_ip", "10.0.0.2")}, "dedicated_trunks", "server_ip <= '10.0.0.2'"},
			{cluster.TableServers, []cluster.Row{text("server_id", "dial1"), text("server_id", "dial2")}, "max_vicidial_trunks", "server_id <= 'dial2'"},
			{cluster.TableRemoteAgents, []cluster.Row{text("remote_agent_id", "1"), text("remote_agent_id", "2"), text("remote_agent_id", "3")}, "conf_exten", "TRUE"},
			{cluster.TableTemplates, []cluster.Row{text("template_id", "a"), text("template_id", "b"), text("template_id", "c")}, "template_name", "TRUE"},
		} {
			p.Reset()
			var changes []planFunc
			for _, key := range c.keys {
				where, args := conditions(key, " AND ", "=")
				var have string
				if err := d.DB().QueryRowContext(t.Context(), fmt.Sprintf("SELECT COALESCE(%s, '') FROM %s WHERE %s", c.column, c.table, where), args...).Scan(&have); err != nil {
					t.Fatal(err)
				}
				changes = append(changes, fixedPlan(cluster.Plan{Steps: []cluster.Step{{
					Phase: cluster.Grow, Verb: cluster.Update, Table: c.table, Key: key, From: text(c.column, have), To: text(c.column, fmt.Sprint(40+len(changes))),
				}}, Demand: map[string]cluster.TrunkDemand{}}))
			}
			for _, err := range together(t, store, changes...) {
				if err != nil {
					t.Errorf("%s: %v", c.table, err)
				}
			}
			if writes := p.Writes(); len(writes) != 1 {
				t.Errorf("%s: %d statements: %q", c.table, len(writes), writes)
			}
			d.Expect(t, fmt.Sprintf("SELECT COUNT(DISTINCT %s) AS n FROM %s WHERE %s AND %s >= 40", c.column, c.table, c.rows, c.column), fmt.Sprintf("| n |\n| %d |", len(c.keys)))
		}
	})
	t.Run("a changed row is a conflict, whatever copies another has", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = 59 WHERE server_ip = '10.0.0.1'", "INSERT INTO vicidial_server_trunks SELECT * FROM vicidial_server_trunks WHERE server_ip = '10.0.0.2'")
		var changes []planFunc
		for i, dedicated := range []int64{60, 30} {
			step := change(fmt.Sprint("10.0.0.", i+1), dedicated, dedicated+1)
			changes = append(changes, fixedPlan(cluster.Plan{Steps: []cluster.Step{step}, Demand: map[string]cluster.TrunkDemand{}}))
		}
		if errs := together(t, store, changes...); !isConflict(errs[0]) || errs[1] != nil {
			t.Errorf("got %v", errs)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               59 |\n| 10.0.0.2  |               31 |\n| 10.0.0.2  |               31 |")
		run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = 30 WHERE server_ip = '10.0.0.2'")
		var removals []planFunc
		for i, dedicated := range []string{"60", "30"} {
			key := cluster.Row{"campaign_id": cluster.Text("SALES"), "server_ip": cluster.Text(fmt.Sprint("10.0.0.", i+1))}
			removals = append(removals, fixedPlan(cluster.Plan{Steps: []cluster.Step{{
				Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableTrunks, Key: key, From: cluster.Row{"dedicated_trunks": cluster.Text(dedicated)},
			}}}))
		}
		if errs := together(t, store, removals...); !isConflict(errs[0]) || errs[1] != nil {
			t.Errorf("got %v", errs)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               59 |")
	})
	t.Run("phones of several servers are removed in one statement, without one that was changed", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p))
		run(t, d, "INSERT INTO phones (extension, server_ip, login) VALUES ('1', '10.0.0.1', '1a'), ('2', '10.0.0.1', '2a'), ('1', '10.0.0.2', '1b'), ('2', '10.0.0.2', '2b')")
		var plan cluster.Plan
		for i, suffix := range []string{"a", "b"} {
			plan.Steps = append(plan.Steps, cluster.Step{
				Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TablePhones, Key: cluster.Row{"server_ip": cluster.Text(fmt.Sprint("10.0.0.", i+1))},
				InColumn: "extension", In: []cluster.Value{cluster.Text("1"), cluster.Text("2")}, Column: "login", Old: []cluster.Value{cluster.Text("1" + suffix), cluster.Text("2" + suffix)},
				Audit: cluster.Audit{Section: "PHONES", Type: "DELETE", Record: "1"},
			})
		}
		run(t, d, "UPDATE phones SET login = 'mine' WHERE login = '2b'")
		err := store.Apply(t.Context(), fixedPlan(plan))
		if !isConflict(err) || !strings.Contains(err.Error(), "login of extension 2 was changed") {
			t.Errorf("got %v", err)
		}
		d.Expect(t, "SELECT login FROM phones", "| login |\n| mine  |")
		run(t, d, "INSERT INTO phones (extension, server_ip, login) VALUES ('1', '10.0.0.1', '1a'), ('2', '10.0.0.1', '2a'), ('1', '10.0.0.2', '1b')", "UPDATE phones SET login = '2b' WHERE login = 'mine'")
		p.Reset()
		if err := store.Apply(t.Context(), fixedPlan(plan)); err != nil || len(p.Writes()) != 2 {
			t.Errorf("%v, written by %q", err, p.Writes())
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM phones", "| n |\n| 0 |")
	})
	t.Run("cancelled caller fails only itself", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		changes := dids(store, 4, nil, described("new"))
		changes[2] = func(context.Context) (cluster.Plan, error) {
			cancel()
			return cluster.Plan{}, nil
		}
		ended, deciding := make(chan error, 1), make(chan struct{}, 2)
		go func() {
			ended <- store.Apply(ctx, func(context.Context) (cluster.Plan, error) {
				deciding <- struct{}{}
				<-ctx.Done()
				return cluster.Plan{}, ctx.Err()
			})
		}()
		<-deciding
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		for i, err := range together(t, store, changes...) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, didRows, "| did_description | n |\n| new             | 3 |")
	})
}

// Statements run at the same time as far as their order does not matter.
func TestWriter_concurrentGroups(t *testing.T) {
	t.Parallel()
	store := New(Settings{Settings: conn.Settings{Host: "localhost", Username: "nobody"}})
	defer func() { _ = store.Close() }()
	step := func(phase cluster.Phase, verb cluster.Verb, table cluster.Table) cluster.Step {
		key := cluster.Row{"server_ip": cluster.Text("10.0.0.1")}
		return cluster.Step{Phase: phase, Verb: verb, Table: table, Key: key, Rows: []cluster.Row{key}}
	}
	off, gone := step(cluster.Release, cluster.Update, cluster.TableCarriers), step(cluster.Remove, cluster.Delete, cluster.TableCarriers)
	number, noNumber := step(cluster.Add, cluster.Insert, cluster.TableDIDs), step(cluster.Remove, cluster.Delete, cluster.TableDIDs)
	server, lines := step(cluster.Add, cluster.Insert, cluster.TableServers), step(cluster.Add, cluster.Insert, cluster.TableTrunks)
	for claim, c := range map[string]struct {
		plans [][]cluster.Step
		want  [][]cluster.Step
	}{
		"a removal does not wait for what is released":    {[][]cluster.Step{{off, gone}, {noNumber}}, [][]cluster.Step{{off}, {noNumber}}},
		"but where something is added":                    {[][]cluster.Step{{off, gone}, {noNumber}, {lines}}, [][]cluster.Step{{off}}},
		"steps of one plan follow one another":            {[][]cluster.Step{{number, server}}, [][]cluster.Step{{number}}},
		"sums and addresses need the lock":                {[][]cluster.Step{{number}, {server}, {lines}}, [][]cluster.Step{{server}, {number}}},
		"what is added does not wait for what is removed": {[][]cluster.Step{{noNumber}, {number}}, [][]cluster.Step{{number}}},
	} {
		w := &writer{store: store}
		var changes []*planWrite
		for _, steps := range c.plans {
			changes = append(changes, &planWrite{ctx: t.Context(), steps: steps})
		}
		var have [][]cluster.Step
		for _, group := range w.concurrentGroups(changes) {
			have = append(have, partSteps(group))
		}
		if !reflect.DeepEqual(have, c.want) {
			t.Errorf("%s: have %v, want %v", claim, have, c.want)
		}
	}
}

// Each statement that runs beside others is written, logged, or the error of its objects.
func TestApply_atTheSameTime(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	plan := cluster.AddServer(cluster.Row{"server_id": cluster.Text("dial4"), "server_ip": cluster.Text("10.0.0.4")}, nil)
	plan.Rebuild = cluster.Rebuild{} // flags would wait for the servers, too
	server := fixedPlan(plan)
	const entries = "SELECT event_section, COUNT(DISTINCT record_id) AS records, COUNT(*) AS n FROM vicidial_admin_log GROUP BY event_section ORDER BY event_section"
	t.Run("beside one that waits", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		blocker := connect(t, d)
		lock := func() {
			if _, err := blocker.ExecContext(t.Context(), "LOCK TABLES servers READ"); err != nil {
				t.Error(err)
			}
		}
		ended := make(chan []error, 1)
		go func() {
			ended <- togetherAfter(t, store, lock, append([]planFunc{server}, dids(store, 5, nil, described("new"))...)...)
		}()
		waitFor(t, d, "SELECT COUNT(*) >= ? FROM vicidial_inbound_dids WHERE did_description = 'new'", 5)
		if _, err := blocker.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
			t.Error(err)
		}
		for i, err := range <-ended {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM servers", "| n |\n| 4 |")
		d.Expect(t, entries, "| event_section | records | n |\n| DIDS          |       5 | 5 |\n| SERVERS       |       1 | 1 |")
	})
	t.Run("one that is refused fails its object", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		changes := append(dids(store, 5, nil, described("new")), server)
		changes[3] = did(store, "5550003", nil, described(strings.Repeat("x", 300)))
		for i, err := range together(t, store, changes...) {
			if (i == 3) != (err != nil) {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, didRows, "| did_description | n |\n| new             | 4 |")
		d.Expect(t, entries, "| event_section | records | n |\n| DIDS          |       4 | 4 |\n| SERVERS       |       1 | 1 |")
	})
}

// A connection that breaks at any statement of a batch loses nothing and writes nothing
// twice.
func TestApply_togetherOverALineThatBreaks(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for name, cut := range map[string]sandbox.Cut{"before it is sent": sandbox.AnyUnsent, "before it is answered": sandbox.AnyUnanswered} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, quiet := 1, false; !quiet; n++ {
				d, p := newTable(t, s), sandbox.NewProxy(t, s)
				store := newStore(t, d, viaProxy(p))
				if _, err := store.DIDs(t.Context()); err != nil {
					t.Fatal(err)
				}
				changes := dids(store, 5, nil, described("new"))
				changes = append(changes, fixedPlan(cluster.AddServer(cluster.Row{"server_id": cluster.Text("dial4"), "server_ip": cluster.Text("10.0.0.4")}, nil)))
				for i, err := range togetherAfter(t, store, func() { p.CutAt(n, cut, false) }, changes...) {
					if err != nil && !strings.Contains(err.Error(), "reading ") { // before anything was written
						t.Errorf("cut at %d: %d: %v", n, i, err)
					}
				}
				quiet = p.Cuts() == 0
				p.Restore()
				for i, err := range together(t, store, append(dids(store, 5, nil, described("new")), fixedPlan(cluster.Plan{}))...) {
					if err != nil {
						t.Errorf("applied again after a cut at %d: %d: %v", n, i, err)
					}
				}
				d.Expect(t, didRows, "| did_description | n |\n| new             | 5 |")
				d.Expect(t, "SELECT COUNT(*) AS n, COUNT(DISTINCT record_id) AS records FROM vicidial_admin_log WHERE event_section = 'DIDS'", "| n | records |\n| 5 |       5 |")
				expectFreeLock(t, d, store)
			}
		})
	}
}

// Rows that many objects share are read again by their keys after each change.
func TestApply_readsManyRowsByKey(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	store.maxUnlockedAge = time.Hour // however slow the machine is
	run(t, d, "INSERT INTO phones (extension, server_ip, login, fullname) VALUES ('1', '10.0.0.1', '1a', 'x'), ('2', '10.0.0.1', '2a', 'x'), ('10', '10.0.0.1', '10a', 'x'), ('1', '10.0.0.2', '1b', 'x')",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('1', '1', '1a,1b'), ('10', '10', '10a'), ('2', '2', '2a')",
		"INSERT INTO vicidial_users (user) VALUES ('1'), ('10'), ('2')",
		"INSERT INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('5550001', 'x'), ('5550002', 'x'), ('5550003', 'x')")
	columns := []string{"fullname"}
	read := func(store *Store) (seating.FloorRows, numbers.Table) {
		t.Helper()
		floor, err := store.FloorRows(t.Context(), columns)
		if err != nil {
			t.Fatal(err)
		}
		table, err := store.Numbers(t.Context(), []string{"did_description"})
		if err != nil {
			t.Fatal(err)
		}
		return floor, table
	}
	_, table := read(store)
	texts := func(texts ...string) []cluster.Value {
		var values []cluster.Value
		for _, text := range texts {
			values = append(values, cluster.Text(text))
		}
		return values
	}
	row := func(extension, ip, login string) cluster.Row {
		return cluster.Row{"extension": cluster.Text(extension), "server_ip": cluster.Text(ip), "login": cluster.Text(login), "template_id": cluster.Text("")}
	}
	second, _ := table.ByPattern("5550002")
	third, _ := table.ByPattern("5550003")
	for _, step := range []cluster.Step{
		{Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TablePhones, Key: row("", "", "").Only("extension", "server_ip"), Rows: []cluster.Row{row("3", "10.0.0.1", "3a"), row("2", "10.0.0.2", "2b")}},
		{Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TablePhones, InColumn: "login", In: texts("1a", "3a"), Column: "fullname", Old: []cluster.Value{cluster.Text("x"), cluster.Null}, New: texts("y", "z")},
		{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TablePhones, Key: cluster.Row{"server_ip": cluster.Text("10.0.0.1")}, InColumn: "extension", In: texts("1", "10"), Column: "login", Old: texts("1a", "10a")},
		{Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableAliases, InColumn: "alias_id", In: texts("1", "2"), Column: "logins_list", Old: texts("1a,1b", "2a"), New: texts("1b", "2a,2b")},
		{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableAliases, InColumn: "alias_id", In: texts("10"), Column: "logins_list", Old: texts("10a")},
		{Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableUsers, InColumn: "user", In: texts("1", "2"), Column: "phone_login", Old: texts("", ""), New: texts("1b", "2b")},
		{Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableDIDs, InColumn: "did_id", In: texts(second.ID, third.ID), From: described("x"), To: described("y")},
		{Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableDIDs, InColumn: "did_id", In: texts(second.ID), Column: "did_pattern", Old: texts("5550002")},
	} {
		claim := describe(step)
		p.Reset()
		if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{step}})); err != nil {
			t.Errorf("%s: %v", claim, err)
		}
		floor, table := read(store)
		for _, text := range p.Statements() {
			if strings.HasPrefix(text, "SELECT") && strings.Contains(text, "FROM "+string(step.Table)) && !strings.Contains(text, "WHERE") {
				t.Errorf("%s: the table is read: %s", claim, text)
			}
		}
		wantFloor, wantTable := read(newStore(t, d))
		if !reflect.DeepEqual(floor.Phones, wantFloor.Phones) || !reflect.DeepEqual(floor.Aliases, wantFloor.Aliases) || !reflect.DeepEqual(floor.Users, wantFloor.Users) || !reflect.DeepEqual(table, wantTable) {
			t.Errorf("%s: the rows are %v and %v", claim, floor, table)
		}
	}
}

// Changes that are decided together share one read of the agents, and later ones read them again.
func TestApply_sharesLiveAgents(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	for _, logins := range []int{0, 1} {
		p.Reset()
		changes := make([]planFunc, 10)
		for i := range changes {
			changes[i] = func(ctx context.Context) (cluster.Plan, error) {
				for range 2 {
					if agents, err := store.LiveAgents(ctx); err != nil || len(agents) != logins {
						return cluster.Plan{}, fmt.Errorf("%d agents, %w", len(agents), err)
					}
					if removal, _, err := store.Removal(ctx, "dial1"); err != nil || removal.Live.Agents != logins {
						return cluster.Plan{}, fmt.Errorf("%d agents on the server, %w", removal.Live.Agents, err)
					}
				}
				return cluster.Plan{}, nil
			}
		}
		for _, err := range together(t, store, changes...) {
			if err != nil {
				t.Error(err)
			}
		}
		if reads := len(slices.DeleteFunc(p.Statements(), func(text string) bool { return !strings.Contains(text, "FROM vicidial_live_agents") })); reads > 2 {
			t.Errorf("%d reads", reads) // one more where the changes are decided again
		}
		run(t, d, "INSERT INTO vicidial_live_agents (user, server_ip, extension) VALUES ('1000', '10.0.0.1', 'SIP/1000')")
	}
}

// Conflicts of a run read the tables again once, however many there are.
func TestApply_conflictsReadOnce(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	store.maxUnlockedAge, store.maxFreshAge, store.lockLinger, store.maxLockAge = time.Hour, time.Hour, 10*time.Second, time.Hour // however slow the machine is
	changes := dids(store, 20, nil, described("new"))
	for _, err := range together(t, store, changes...) {
		if err != nil {
			t.Fatal(err)
		}
	}
	run(t, d, "UPDATE vicidial_inbound_dids SET did_description = 'theirs' WHERE did_pattern RLIKE '^[0-9]'",
		"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section) VALUES (NOW(), '6666', '10.0.0.7', 'DIDS')")
	p.Reset()
	for i, change := range dids(store, 20, described("new"), described("ours")) {
		if err := store.Apply(t.Context(), change); !isConflict(err) {
			t.Errorf("%d: %v", i, err)
		}
		if position, err := store.LogPosition(t.Context()); position != 21 || err != nil {
			t.Errorf("%d: the position is %d, %v", i, position, err)
		}
	}
	reads := slices.DeleteFunc(p.Statements(), func(text string) bool {
		return !strings.Contains(text, "FROM vicidial_inbound_dids") && !strings.Contains(text, newestEntry) || strings.Contains(text, "WHERE")
	})
	if len(reads) > 2 {
		t.Errorf("%d statements: %q", len(reads), reads)
	}
}

// Rows that were read before the lock was released are decided by after that as long
// as the change log says that nobody else has written.
func TestApply_rowsThatWereRead(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	store.maxUnlockedAge = time.Hour // however slow the machine is
	whole := func() int {
		n := 0
		for _, text := range p.Statements() {
			if strings.Contains(text, "FROM vicidial_inbound_dids") && !strings.Contains(text, "WHERE") {
				n++
			}
		}
		p.Reset()
		return n
	}
	run(t, d, "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section) VALUES (NOW(), '6666', '10.0.0.7', 'DIDS')")
	if _, err := store.DIDs(t.Context()); err != nil { // as a plan does
		t.Fatal(err)
	}
	p.Reset()
	for i, change := range dids(store, 5, nil, described("new")) {
		if err := store.Apply(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if n := whole(); n != 0 {
			t.Errorf("change %d read the table %d times", i, n)
		}
	}
	run(t, d, "UPDATE vicidial_inbound_dids SET did_description = 'theirs' WHERE did_pattern = '5550000'", "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section) VALUES (NOW(), '6666', '10.0.0.7', 'DIDS')")
	if err := store.Apply(t.Context(), did(store, "5550000", described("theirs"), described("ours"))); err != nil {
		t.Error(err)
	}
	if n := whole(); n != 1 {
		t.Errorf("after another's change the table was read %d times", n)
	}
	applied := newStore(t, d, viaProxy(p))
	applied.maxUnlockedAge = time.Hour
	if _, err := applied.DIDs(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, d, "UPDATE vicidial_inbound_dids SET did_description = 'theirs' WHERE did_pattern = '5550001'", "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section) VALUES (NOW(), '6666', '10.0.0.7', 'DIDS')")
	p.Reset()
	if err := applied.Apply(t.Context(), did(applied, "5550001", described("theirs"), described("ours"))); err != nil {
		t.Error(err)
	}
	if n := whole(); n != 1 {
		t.Errorf("after another's change before the first apply the table was read %d times", n)
	}
}

// A change that comes while the newest entry of the change log is read is written with those
// that were decided before.
func TestApply_joinsWhileRowsAreValidated(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	if _, err := store.DIDs(t.Context()); err != nil {
		t.Fatal(err)
	}
	holder := connect(t, d)
	if _, err := holder.ExecContext(t.Context(), "LOCK TABLES vicidial_admin_log WRITE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p.Reset()
	errs := make(chan error, 3)
	for i := range cap(errs) {
		decided := make(chan struct{})
		once := sync.OnceFunc(func() { close(decided) })
		change := did(store, fmt.Sprint(5550000+i), nil, described("new"))
		go func() {
			errs <- store.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
				defer once()
				return change(ctx)
			})
		}()
		select {
		case <-decided:
		case <-ctx.Done():
			t.Errorf("change %d is not decided while the entry is read", i)
		}
	}
	if _, err := holder.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	inserts := slices.DeleteFunc(p.Writes(), func(text string) bool { return !strings.HasPrefix(text, "INSERT INTO vicidial_inbound_dids") })
	if len(inserts) != 1 {
		t.Errorf("%d statements insert DIDs: %q", len(inserts), inserts)
	}
}

// Rows that a plan has counted are not counted again before they are deleted with others.
func TestApply_countedRows(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for counted, most := range map[bool]int{false: 1, true: 0} {
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p))
		var removals []planFunc
		for _, ip := range []string{"10.0.0.1", "10.0.0.2"} {
			run(t, d, fmt.Sprintf("INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '%s', '')", ip))
			removals = append(removals, fixedPlan(cluster.Plan{Steps: []cluster.Step{{
				Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableMeetmeRooms,
				Key: cluster.Row{cluster.ColumnServerIP: cluster.Text(ip)}, AllowNoMatch: true, Counted: counted,
				Audit: cluster.Audit{Section: "SERVERS", Type: "DELETE", Record: ip, Code: "test"},
			}}}))
		}
		for _, err := range together(t, store, removals...) {
			if err != nil {
				t.Fatal(err)
			}
		}
		counts := slices.DeleteFunc(p.Statements(), func(text string) bool { return !strings.Contains(text, "COUNT(*) FROM vicidial_conferences") })
		deletes := slices.DeleteFunc(p.Writes(), func(text string) bool { return !strings.HasPrefix(text, "DELETE FROM vicidial_conferences") })
		if len(counts) != most || len(deletes) != 1 {
			t.Errorf("counted %v: rows are counted by %q and deleted by %q", counted, counts, deletes)
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log WHERE event_section = 'SERVERS'", "| n |\n| 2 |")
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_conferences WHERE server_ip IN ('10.0.0.1', '10.0.0.2')", "| n |\n| 0 |")
	}
}
