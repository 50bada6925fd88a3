package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// newStore is a store for a test's database, as the provider's user, closed when
// the test ends. Each change may alter its settings.
func newStore(t *testing.T, d *sandbox.Database, changes ...func(*Settings)) *Store {
	t.Helper()
	settings := settingsOf(d)
	settings.AuditEnabled = true
	settings.LockTimeout = 10 * time.Second
	for _, change := range changes {
		change(&settings)
	}
	s := New(settings)
	t.Cleanup(func() {
		// A line that the test broke may complain once more.
		_ = s.Close()
	})
	return s
}

// viaProxy leads a store through a proxy.
func viaProxy(p *sandbox.Proxy) func(*Settings) {
	return func(s *Settings) { s.Host, s.Port = p.Host(), p.Port() }
}

// run executes statements as root.
func run(t *testing.T, d *sandbox.Database, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// connect opens a connection, to hold a lock or a table.
func connect(t *testing.T, d *sandbox.Database) *sql.Conn {
	t.Helper()
	conn, err := d.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// newTable has three servers, two of which generate their files, and two splits.
func newTable(t *testing.T, on *sandbox.Server) *sandbox.Database {
	t.Helper()
	d := on.Database(t, 1720)
	run(t, d,
		`INSERT INTO servers (server_id, server_ip, max_vicidial_trunks, rebuild_conf_files, generate_vicidial_conf, active_asterisk_server) VALUES
			('dial1', '10.0.0.1', 100, 'N', 'Y', 'Y'), ('dial2', '10.0.0.2', 100, 'N', 'Y', 'Y'), ('db', '10.0.0.9', 0, 'N', 'N', 'N')`,
		`INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.2', 'SALES', 30, 'MAXIMUM_LIMIT')`)
	return d
}

const (
	trunkRows = "SELECT server_ip, dedicated_trunks FROM vicidial_server_trunks WHERE campaign_id = 'SALES' ORDER BY server_ip, dedicated_trunks"
	flagRows  = "SELECT server_id, rebuild_conf_files FROM servers ORDER BY server_id"
	logged    = "INSERT vicidial_admin_log"
	auditRows = "SELECT user, event_section, event_type, record_id, event_code, event_notes FROM vicidial_admin_log ORDER BY admin_log_id"
)

// fixedPlan returns a plan function with a fixed plan.
func fixedPlan(plan cluster.Plan) planFunc {
	return func(context.Context) (cluster.Plan, error) { return plan, nil }
}

// rebalance leads SALES to these lines on the servers 10.0.0.1, 10.0.0.2 and so
// on, from what the table says; a negative number is no row.
func rebalance(s *Store, wanted ...int) planFunc {
	return func(ctx context.Context) (cluster.Plan, error) {
		trunks, err := s.Trunks(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		rows, want := trunks.OfCampaign("SALES"), map[string]cluster.Limit{}
		for i, dedicated := range wanted {
			if dedicated >= 0 {
				want[fmt.Sprintf("10.0.0.%d", i+1)] = cluster.Limit{Dedicated: dedicated, Restriction: cluster.MaximumLimit}
			}
		}
		return cluster.PlanSplit("SALES", rows, rows, want)
	}
}

// change moves SALES on one server between two numbers of lines.
func change(ip string, from, to int64) cluster.Step {
	return cluster.Step{
		Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableTrunks,
		Key:  cluster.Row{"server_ip": cluster.Text(ip), "campaign_id": cluster.Text("SALES")},
		From: lines(from), To: lines(to),
		Audit: cluster.Audit{Section: "SERVERTRUNKS", Type: "MODIFY", Record: ip, Code: "ADMIN MODIFY SERVER TRUNK", Notes: "Campaign: SALES"},
	}
}

// kinds returns the verb and table of each statement that writes: "UPDATE servers".
func kinds(statements []string) []string {
	var found []string
	for _, statement := range statements {
		words := strings.Fields(statement)
		at := 1
		if words[0] != "UPDATE" {
			at = 2
		}
		found = append(found, words[0]+" "+words[at])
	}
	return found
}

func TestApply(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	t.Run("order of the phases", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.4', 'SALES', 9, 'MAXIMUM_LIMIT')")
		store := newStore(t, d, viaProxy(p), func(s *Settings) { s.AuditEnabled = false })
		if err := store.Apply(t.Context(), rebalance(store, 20, 50, 10)); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"SET dedicated_trunks = '20'", "SELECT 'SALES', '10', '10.0.0.3'", "SET dedicated_trunks = '50'", "DELETE",
		}
		writes := p.Writes()
		if len(writes) != len(want) {
			t.Fatalf("%q", writes)
		}
		for i, text := range want {
			if !strings.Contains(writes[i], text) {
				t.Errorf("write %d is %s, not %s", i+1, writes[i], text)
			}
		}
		d.Expect(t, trunkRows, `
			| server_ip | dedicated_trunks |
			| 10.0.0.1  |               20 |
			| 10.0.0.2  |               50 |
			| 10.0.0.3  |               10 |`)
	})
	t.Run("change log entry after each step", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p), func(s *Settings) { s.AuditUser = "6666" })
		if err := store.Apply(t.Context(), rebalance(store, 20, -1, 10)); err != nil {
			t.Fatal(err)
		}
		d.Expect(t, auditRows, `
			| user | event_section | event_type | record_id | event_code                | event_notes     |
			| 6666 | SERVERTRUNKS  | MODIFY     | 10.0.0.1  | ADMIN MODIFY SERVER TRUNK | Campaign: SALES |
			| 6666 | SERVERS_TRUNK | ADD        | 10.0.0.3  | ADMIN ADD SERVER TRUNK    | campaign: SALES |
			| 6666 | SERVERTRUNKS  | DELETE     | 10.0.0.2  | ADMIN DELETE SERVER TRUNK | Campaign: SALES |`)
		const counted = "UPDATE vicidial_server_trunks SET dedicated_trunks = '20', trunk_restriction = 'MAXIMUM_LIMIT'" +
			" WHERE campaign_id <=> 'SALES' AND server_ip <=> '10.0.0.1' AND dedicated_trunks <=> '60' AND trunk_restriction <=> 'MAXIMUM_LIMIT'|"
		d.Expect(t, "SELECT ip_address, event_sql = ? AS told FROM vicidial_admin_log ORDER BY admin_log_id LIMIT 1", "| ip_address | told |\n| 127.0.0.1  |    1 |", counted)
		have, lines := []string{}, 0
		for _, kind := range kinds(p.Writes()) {
			if kind != logged {
				have = append(have, kind)
			} else if lines++; lines > len(have) {
				t.Errorf("line %d comes before its step", lines)
			}
		}
		if want := []string{"UPDATE vicidial_server_trunks", "INSERT vicidial_server_trunks", "DELETE vicidial_server_trunks"}; !slices.Equal(have, want) || lines != 3 {
			t.Errorf("%q and %d lines", have, lines)
		}
	})
	t.Run("no secrets in the change log", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		secret := cluster.Row{cluster.ServerSecret: cluster.Text("hunter2")}
		err := store.Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
			return cluster.ChangeServer(cluster.Server{Row: cluster.Row{"server_id": cluster.Text("dial1")}}, cluster.Server{}, nil, secret)
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Expect(t, "SELECT event_sql FROM vicidial_admin_log", `
			| event_sql                                                            |
			| UPDATE servers SET conf_secret = '****' WHERE server_id <=> 'dial1'| |`)
		d.Expect(t, "SELECT conf_secret FROM servers WHERE server_id = 'dial1'", "| conf_secret |\n| hunter2     |")
	})
	t.Run("flags before the first step and after the last", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			name          string
			flagStatement cluster.Rebuild
			flags         string
		}{
			{"all", cluster.Rebuild{All: true}, "| server_id | rebuild_conf_files |\n| db        | N                  |\n| dial1     | Y                  |\n| dial2     | Y                  |"},
			{"one and one that generates none", cluster.Rebuild{Servers: []string{"10.0.0.2", "10.0.0.9"}}, "| server_id | rebuild_conf_files |\n| db        | N                  |\n| dial1     | N                  |\n| dial2     | Y                  |"},
		} {
			t.Run(c.name, func(t *testing.T) {
				d, p := newTable(t, s), sandbox.NewProxy(t, s)
				store := newStore(t, d, viaProxy(p))
				step := cluster.Step{
					Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableTemplates, AllowNoMatch: true,
					Key: cluster.Row{"template_id": cluster.Text("PHONES")}, To: cluster.Row{"template_contents": cluster.Text("new")}, Audit: cluster.ServerAudit("dial1", "MODIFY"),
				}
				run(t, d, "INSERT INTO vicidial_conf_templates (template_id) VALUES ('PHONES')")
				if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{step}, Rebuild: c.flagStatement})); err != nil {
					t.Fatal(err)
				}
				want := []string{"UPDATE servers", "UPDATE vicidial_conf_templates", "UPDATE servers"}
				have := kinds(p.Writes()) // the line comes while the flags are set, or before
				line := slices.Index(have, logged)
				if line < 2 || !slices.Equal(slices.Delete(have, line, line+1), want) {
					t.Errorf("%q", have)
				}
				d.Expect(t, flagRows, c.flags)
			})
		}
	})
	t.Run("one flag statement without steps", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		if err := newStore(t, d, viaProxy(p)).Apply(t.Context(), fixedPlan(cluster.Plan{Rebuild: cluster.Rebuild{All: true}})); err != nil {
			t.Fatal(err)
		}
		if have := kinds(p.Writes()); !slices.Equal(have, []string{"UPDATE servers"}) {
			t.Errorf("%q", have)
		}
	})
	t.Run("duplicates are deleted and logged once", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 60, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SALES', 7, 'OVERFLOW_ALLOWED')")
		store := newStore(t, d)
		if err := store.Apply(t.Context(), rebalance(store, 60, 30)); err != nil {
			t.Fatal(err)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               60 |\n| 10.0.0.2  |               30 |")
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 2 |")
	})
	t.Run("empty plan", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		run(t, d, fmt.Sprintf("REVOKE INSERT, UPDATE, DELETE ON vicidial_server_trunks FROM '%s'@'%%'", d.Username))
		store := newStore(t, d, viaProxy(p))
		if err := store.Apply(t.Context(), rebalance(store, 60, 30)); err != nil {
			t.Fatal(err)
		}
		if writes := p.Writes(); len(writes) != 0 {
			t.Errorf("%q", writes)
		}
	})
	t.Run("step that may match no row logs only changed rows", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		step := change("10.0.0.7", 1, 2)
		step.AllowNoMatch = true
		if err := newStore(t, d).Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{step}})); err != nil {
			t.Fatal(err)
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 0 |")
	})
}

func TestApply_conflicts(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for _, c := range []struct {
		claim string
		step  cluster.Step
		holds string
	}{
		{"changed row", change("10.0.0.1", 59, 70), "was changed by another client"},
		{"deleted row", change("10.0.0.3", 60, 70), "was changed by another client"},
		{"row to delete has other values", cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Delete, Table: cluster.TableTrunks, Key: trunkKey(), From: lines(59),
		}, "was changed by another client"},
		{"row to insert with an existing key", cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Insert, Table: cluster.TableTrunks, Key: trunkKey(),
			Rows: []cluster.Row{{"server_ip": cluster.Text("10.0.0.1"), "campaign_id": cluster.Text("SALES"), "dedicated_trunks": cluster.Number(5)}},
		}, "another row was inserted by another client"},
	} {
		t.Run(c.claim+" is left as it is, and so is what was to follow", func(t *testing.T) {
			t.Parallel()
			d := newTable(t, s)
			before := d.Table(t.Context(), trunkRows)
			shrink := change("10.0.0.2", 30, 29)
			shrink.Phase = cluster.Release
			follows := change("10.0.0.2", 29, 31)
			follows.Phase = cluster.Remove
			err := newStore(t, d).Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{follows, c.step, shrink}, Rebuild: cluster.Rebuild{All: true}}))
			var conflict *cluster.Conflict
			var partial *cluster.Partial
			if !errors.As(err, &conflict) || !errors.As(err, &partial) || !strings.Contains(err.Error(), c.holds) {
				t.Fatalf("got %v", err)
			}
			if partial.Applied != 1 || partial.Total != 4 || partial.Unsure {
				t.Errorf("%d of %d steps, unsure %v", partial.Applied, partial.Total, partial.Unsure)
			}
			if have := d.Table(t.Context(), trunkRows); have != strings.Replace(before, "30 |", "29 |", 1) {
				t.Errorf("the rows are\n%s", have)
			}
			d.Expect(t, flagRows, "| server_id | rebuild_conf_files |\n| db        | N                  |\n| dial1     | Y                  |\n| dial2     | Y                  |")
		})
	}
	for _, c := range []struct {
		claim string
		step  cluster.Step
	}{
		{"row to change has the new values", change("10.0.0.1", 50, 60)},
		{"row to insert exists", cluster.Step{
			Verb: cluster.Insert, Table: cluster.TableTrunks, Key: trunkKey(),
			Rows: []cluster.Row{{"server_ip": cluster.Text("10.0.0.1"), "campaign_id": cluster.Text("SALES"), "dedicated_trunks": cluster.Number(60)}},
		}},
		{"row to delete is missing", cluster.Step{Verb: cluster.Delete, Table: cluster.TableTrunks, Key: cluster.Row{"server_ip": cluster.Text("10.0.0.3")}, From: lines(59)}},
	} {
		t.Run(c.claim+" is no conflict", func(t *testing.T) {
			t.Parallel()
			d := newTable(t, s)
			before := d.Table(t.Context(), trunkRows)
			if err := newStore(t, d).Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{c.step}})); err != nil {
				t.Error(err)
			}
			if have := d.Table(t.Context(), trunkRows); have != before {
				t.Errorf("the rows are\n%s", have)
			}
		})
	}
}

func TestApply_lock(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	t.Run("concurrent writers", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		var all sync.WaitGroup
		const writers, turns = 3, 10
		for range writers {
			store := newStore(t, d, func(s *Settings) { s.LockTimeout = time.Minute })
			all.Go(func() {
				for range turns {
					// One line more than there are: what two do at once shows.
					err := store.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
						trunks, err := store.Trunks(ctx)
						have := int64(trunks.OfCampaign("SALES").Reserved("10.0.0.1"))
						return cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", have, have+1)}}, err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               90 |\n| 10.0.0.2  |               30 |")
	})
	t.Run("lock timeout names the holder", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		holder := connect(t, d)
		store := newStore(t, d, func(s *Settings) { s.LockTimeout = time.Second })
		var got, id int
		if err := holder.QueryRowContext(t.Context(), "SELECT GET_LOCK(?, 0), CONNECTION_ID()", store.lockName()).Scan(&got, &id); err != nil || got != 1 {
			t.Fatalf("%d, %v", got, err)
		}
		err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}))
		var refused *adviceError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), fmt.Sprintf("database connection %d", id)) || !strings.Contains(refused.Hint(), fmt.Sprintf("KILL %d", id)) {
			t.Errorf("got %v (connection %d)", err, id)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               60 |\n| 10.0.0.2  |               30 |")
	})
	t.Run("holder of another account has its user", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		inside, leave := make(chan struct{}), make(chan struct{})
		first := newStore(t, d)
		ended := make(chan error, 1)
		go func() {
			ended <- first.Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
				close(inside)
				<-leave
				return cluster.Plan{}, nil
			})
		}()
		<-inside
		err := newStore(t, d, func(s *Settings) { s.LockTimeout = time.Second }).Apply(t.Context(), fixedPlan(cluster.Plan{}))
		if err == nil || !strings.Contains(err.Error(), "(user "+d.Username+" from 127.0.0.1") {
			t.Errorf("got %v", err)
		}
		close(leave)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Run("lock is released after each plan", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		store := newStore(t, d)
		for _, plan := range []cluster.Plan{{}, {Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}, {Steps: []cluster.Step{change("10.0.0.1", 1, 2)}}} {
			_ = store.Apply(t.Context(), fixedPlan(plan)) // the last one is a conflict
			expectFreeLock(t, d, store)
		}
	})
	for _, c := range []struct {
		claim          string
		single         bool
		linger, oldest time.Duration
		acquired       int
	}{
		{"lock is held for the next plan", false, time.Minute, time.Hour, 1},
		{"lock that is old is released before the answer", false, time.Minute, 0, 3},
		{"lock of the only connection is released before the answer", true, time.Minute, time.Hour, 3},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			store := newStore(t, d, viaProxy(p), func(s *Settings) {
				if c.single {
					s.MaxConnections = 1
				}
			})
			store.lockLinger, store.maxLockAge = c.linger, c.oldest
			for lines := int64(60); lines < 63; lines++ {
				if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", lines, lines+1)}})); err != nil {
					t.Fatal(err)
				}
				if c.acquired > 1 {
					d.Expect(t, "SELECT IS_FREE_LOCK(?) AS free", "| free |\n|    1 |", store.lockName())
				}
			}
			acquired := 0
			for _, statement := range p.Statements() {
				if strings.HasPrefix(statement, "SELECT GET_LOCK") {
					acquired++
				}
			}
			if acquired != c.acquired {
				t.Errorf("the lock was acquired %d times, wanted %d", acquired, c.acquired)
			}
		})
	}
}

func TestApply_refusals(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	plan := cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}, Rebuild: cluster.Rebuild{Servers: []string{"10.0.0.1"}}}
	t.Run("read-only provider does not connect to write", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		store := newStore(t, d, viaProxy(p), func(s *Settings) { s.ReadOnly = true })
		if err := store.Apply(t.Context(), fixedPlan(plan)); !errors.Is(err, ErrReadOnly) || p.Commands() != 0 {
			t.Errorf("%v after %d commands", err, p.Commands())
		}
		if err := store.Writable(t.Context(), cluster.TableTrunks); err != nil {
			t.Errorf("it may not even look for drift: %v", err)
		}
	})
	t.Run("missing privilege: the error has the GRANT", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		run(t, d,
			fmt.Sprintf("REVOKE UPDATE (rebuild_conf_files) ON servers FROM '%s'@'%%'", d.Username),
			fmt.Sprintf("REVOKE INSERT ON vicidial_admin_log FROM '%s'@'%%'", d.Username))
		err := newStore(t, d, viaProxy(p)).Apply(t.Context(), fixedPlan(plan))
		var refused *adviceError
		if !errors.As(err, &refused) || len(p.Writes()) != 0 {
			t.Fatalf("got %v after %q", err, p.Writes())
		}
		for _, grant := range []string{
			fmt.Sprintf("GRANT UPDATE (rebuild_conf_files) ON `%s`.`servers` TO '%s'@'%%';", d.Name, d.Username),
			fmt.Sprintf("GRANT INSERT (event_code, event_date, event_notes, event_section, event_sql, event_type, ip_address, record_id, user) ON `%s`.`vicidial_admin_log` TO '%s'@'%%';", d.Name, d.Username),
		} {
			if !strings.Contains(refused.Hint(), grant) {
				t.Errorf("%q lacks %q", refused.Hint(), grant)
			}
			run(t, d, grant)
		}
		if err := newStore(t, d).Apply(t.Context(), fixedPlan(plan)); err != nil {
			t.Errorf("the advice was followed: %v", err)
		}
	})
	t.Run("disabled log needs no privilege", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		run(t, d, fmt.Sprintf("REVOKE INSERT ON vicidial_admin_log FROM '%s'@'%%'", d.Username))
		if err := newStore(t, d, func(s *Settings) { s.AuditEnabled = false }).Apply(t.Context(), fixedPlan(plan)); err != nil {
			t.Error(err)
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 0 |")
	})
}

// An interrupt stops a plan between two statements.
func TestApply_stops(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d := newTable(t, s)
	store := newStore(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	blocker := connect(t, d)
	ended := make(chan error, 1)
	shrinks := change("10.0.0.1", 60, 59)
	shrinks.Phase = cluster.Release // another statement
	go func() {
		ended <- store.Apply(ctx, func(context.Context) (cluster.Plan, error) {
			// A report holds the table, so that the first step has to wait.
			if _, err := blocker.ExecContext(t.Context(), "LOCK TABLES vicidial_server_trunks READ"); err != nil {
				return cluster.Plan{}, err
			}
			return cluster.Plan{Steps: []cluster.Step{shrinks, change("10.0.0.2", 30, 31)}, Rebuild: cluster.Rebuild{Servers: []string{"10.0.0.1"}}}, nil
		})
	}()
	waitFor(t, d, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'UPDATE vicidial_server_trunks%'", d.Name)
	cancel()
	if _, err := blocker.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	var partial *cluster.Partial
	if err := <-ended; !errors.As(err, &partial) || !errors.Is(err, context.Canceled) || partial.Applied != 1 || partial.Unsure {
		t.Fatalf("got %v", err)
	}
	d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               59 |\n| 10.0.0.2  |               30 |")
	d.Expect(t, "SELECT record_id FROM vicidial_admin_log", "| record_id |\n| 10.0.0.1  |")
	d.Expect(t, "SELECT server_id FROM servers WHERE rebuild_conf_files = 'Y'", "| server_id |\n| dial1     |")
	expectFreeLock(t, d, store)
}

// expectFreeLock wants the lock to be released, without another change.
func expectFreeLock(t *testing.T, d *sandbox.Database, store *Store) {
	t.Helper()
	d.Expect(t, "SELECT GET_LOCK(?, 30) AS acquired, RELEASE_LOCK(?) AS released", "| acquired | released |\n|        1 |        1 |", store.lockName(), store.lockName())
}

// waitFor polls until a count is not 0.
func waitFor(t *testing.T, d *sandbox.Database, query string, args ...any) {
	t.Helper()
	for {
		var n int
		if err := d.DB().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
	}
}
