package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Connections that wait for the first one leave a place in the pool to it, and to the lock of an
// apply.
func TestOpenOthers_leavesRoom(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	for _, most := range []int{2, 3, 8} {
		for kept, applies := range map[int]bool{1: false, 2: true} {
			store := newStore(t, d, func(s *Settings) { s.MaxConnections = most })
			store.hasWritten.Store(applies)
			db, err := store.pool()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			store.openOthers(ctx)
			awaitConnections(ctx, t, db, most-kept)
			for range kept {
				opened, err := db.Conn(ctx)
				if err != nil {
					t.Fatalf("of %d connections, fewer than %d are left: %v", most, kept, err)
				}
				defer func() { _ = opened.Close() }()
			}
		}
	}
}

// awaitConnections waits until as many connections are open, or are being opened.
func awaitConnections(ctx context.Context, t *testing.T, db *sql.DB, want int) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for db.Stats().OpenConnections < want {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%d of %d connections are open", db.Stats().OpenConnections, want)
		}
	}
}

// An account that may have three connections is refused more once.
func TestOpenOthers_refused(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d, fmt.Sprintf("ALTER USER '%s'@'%%' WITH MAX_USER_CONNECTIONS 3", d.Username))
	store := newStore(t, d)
	db, err := store.pool()
	if err != nil {
		t.Fatal(err)
	}
	most := db.Stats().MaxOpenConnections
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	store.openOthers(ctx)
	awaitConnections(ctx, t, db, most-1)
	first, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	store.prefetches.Wait()
	if got := db.Stats().MaxOpenConnections; got != 3 {
		t.Errorf("%d connections may be open, want 3", got)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := store.Apply(ctx, fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}})); err == nil || !strings.Contains(err.Error(), "the row") {
		t.Errorf("a write got %v", err)
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version                 int
		confbridges, websockets bool
		secretWidth             int
	}{
		{1302, false, false, 20},
		{1606, false, true, 20},
		{1720, true, true, 100},
	} {
		t.Run(fmt.Sprintf("of version %d is found as it is", c.version), func(t *testing.T) {
			t.Parallel()
			schema, err := newStore(t, sandbox.New(t, c.version)).Schema(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if schema.Version != c.version {
				t.Errorf("version %d", schema.Version)
			}
			if schema.Has(cluster.TableConfbridges, "conf_exten") != c.confbridges || schema.Has(cluster.TableServers, "conf_engine") != c.confbridges {
				t.Error("rooms of ConfBridge")
			}
			if schema.Has(cluster.TableServers, "web_socket_url") != c.websockets {
				t.Error("web sockets")
			}
			if width := schema.Tables[cluster.TableServers][cluster.ServerSecret].Length; width != c.secretWidth {
				t.Errorf("conf_secret holds %d", width)
			}
			defaults := schema.Defaults(cluster.TableServers, []string{"max_vicidial_trunks", "active", "ext_context"})
			want := cluster.Row{"max_vicidial_trunks": cluster.Text("23"), "active": cluster.Null, "ext_context": cluster.Text("default")}
			if !maps.Equal(defaults, want) {
				t.Errorf("defaults %v", defaults)
			}
			if schema.Has("vicidial_process_triggers", "server_ip") {
				t.Error("the provider's user sees what gives a root shell on every node")
			}
		})
	}
}

func TestServerInfo_isNotVICIdial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim      string
		statements []string
		holds      string
	}{
		{"without its tables", []string{"DROP TABLE servers"}, "the table servers does not exist, or the database user may not see it"},
		{"without settings", []string{"DELETE FROM system_settings"}, "system_settings has no row"},
		{"with settings twice", []string{"INSERT INTO system_settings SELECT * FROM system_settings"}, "system_settings has several rows"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			run(t, d, c.statements...)
			store := newStore(t, d)
			_, err := store.Servers(t.Context())
			var other *notVICIdial
			if !errors.As(err, &other) || !strings.Contains(err.Error(), c.holds) || !strings.Contains(err.Error(), d.Name) || other.Hint() == "" {
				t.Errorf("got %v", err)
			}
			if err := store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 1, 2)}})); !errors.As(err, &other) {
				t.Errorf("a write got %v", err)
			}
		})
	}
	t.Run("database becomes a VICIdial database", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		run(t, d, "RENAME TABLE servers TO elsewhere")
		store := newStore(t, d)
		if _, err := store.Servers(t.Context()); err == nil {
			t.Fatal("found servers")
		}
		run(t, d, "RENAME TABLE elsewhere TO servers")
		if _, err := store.Servers(t.Context()); err != nil {
			t.Errorf("the failure was kept: %v", err)
		}
	})
}

func TestWritable(t *testing.T) {
	t.Parallel()
	t.Run("writable primary", func(t *testing.T) {
		t.Parallel()
		for _, version := range sandbox.AllSchemas() {
			err := newStore(t, sandbox.New(t, version)).Writable(t.Context(), cluster.TableServers, cluster.TableTrunks, cluster.TableMeetmeRooms, cluster.TableServerUpdater, cluster.TableSettings)
			if err != nil {
				t.Errorf("schema %d: %v", version, err)
			}
		}
	})
	for _, c := range []struct {
		claim   string
		options sandbox.Options
		holds   string
	}{
		{"replica", sandbox.Options{Replica: true}, "this database is a replica"},
		{"read-only server", sandbox.Options{ReadOnly: true}, "this database server is set read_only"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d := newTable(t, sandbox.Own(t, c.options))
			store := newStore(t, d)
			for name, err := range map[string]error{
				"plan":  store.Writable(t.Context(), cluster.TableTrunks),
				"apply": store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}, Rebuild: cluster.Rebuild{All: true}})),
			} {
				var refused *adviceError
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.holds) || !strings.Contains(refused.Hint(), "primary") {
					t.Errorf("%s: %v", name, err)
				}
			}
			d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               60 |\n| 10.0.0.2  |               30 |")
			d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 0 |")
			if servers, err := store.Servers(t.Context()); err != nil || len(servers) != 3 {
				t.Errorf("it cannot be read: %v", err)
			}
		})
	}
	t.Run("missing privilege: the error has the GRANT", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		run(t, d, fmt.Sprintf("REVOKE INSERT, DELETE ON vicidial_confbridges FROM '%s'@'%%'", d.Username))
		err := newStore(t, d).Writable(t.Context(), cluster.TableConfbridges, cluster.TableServers)
		var refused *adviceError
		want := fmt.Sprintf("Let a database administrator run: GRANT INSERT (conf_exten, extension, server_ip), DELETE ON `%s`.`vicidial_confbridges` TO '%s'@'%%';", d.Name, d.Username)
		if !errors.As(err, &refused) || refused.Hint() != want {
			t.Errorf("got %v: %s", err, refused.Hint())
		}
	})
	t.Run("privileges of a role", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		role := d.Username + "_role"
		account := fmt.Sprintf("'%s'@'%%'", d.Username)
		run(t, d, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM "+account, "CREATE ROLE "+role,
			fmt.Sprintf("GRANT SELECT, INSERT, UPDATE, DELETE ON `%s`.* TO %s", d.Name, role), fmt.Sprintf("GRANT %s TO %s", role, account),
			fmt.Sprintf("SET DEFAULT ROLE %s FOR %s", role, account))
		t.Cleanup(func() { _, _ = d.DB().ExecContext(context.Background(), "DROP ROLE "+role) })
		if err := newStore(t, d).Writable(t.Context(), cluster.TableServers, cluster.TableConfbridges); err != nil {
			t.Error(err)
		}
	})
	t.Run("privileges of a role of a role", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		inner, outer := d.Username+"_inner", d.Username+"_outer"
		account := fmt.Sprintf("'%s'@'%%'", d.Username)
		run(t, d, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM "+account, "CREATE ROLE "+inner, "CREATE ROLE "+outer,
			fmt.Sprintf("GRANT SELECT, INSERT, UPDATE, DELETE ON `%s`.* TO %s", d.Name, inner), fmt.Sprintf("GRANT %s TO %s", inner, outer), fmt.Sprintf("GRANT %s TO %s", outer, account),
			fmt.Sprintf("SET DEFAULT ROLE %s FOR %s", outer, account))
		t.Cleanup(func() { _, _ = d.DB().ExecContext(context.Background(), "DROP ROLE "+inner+", "+outer) })
		if err := newStore(t, d).Writable(t.Context(), cluster.TableServers, cluster.TableConfbridges); err != nil {
			t.Error(err)
		}
	})
	t.Run("privileges on the database", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		run(t, d, fmt.Sprintf("REVOKE ALL PRIVILEGES, GRANT OPTION FROM '%s'@'%%'", d.Username), fmt.Sprintf("GRANT SELECT, INSERT, UPDATE, DELETE ON `%s`.* TO '%s'@'%%'", d.Name, d.Username))
		if err := newStore(t, d).Writable(t.Context(), cluster.TableServers, cluster.TableConfbridges); err != nil {
			t.Error(err)
		}
	})
}

func TestFirstLoginPending(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	if pending, err := newStore(t, d).FirstLoginPending(t.Context()); pending || err != nil {
		t.Errorf("after the wizard ran: %v, %v", pending, err)
	}
	run(t, d, "UPDATE system_settings SET first_login_trigger = 'Y'")
	if pending, err := newStore(t, d).FirstLoginPending(t.Context()); !pending || err != nil {
		t.Errorf("before it ran: %v, %v", pending, err)
	}
}

// The number of statements does not depend on the size of the cluster: what a
// plan reads, it reads by the table.
func TestStatementCount(t *testing.T) {
	t.Parallel()
	count := func(servers int) int {
		d := sandbox.New(t, 1720)
		var rows, trunks, rooms []string
		for i := range servers {
			ip := fmt.Sprintf("10.0.%d.%d", i/200, i%200+1)
			rows = append(rows, fmt.Sprintf("('s%d', '%s', 100)", i, ip))
			trunks = append(trunks, fmt.Sprintf("('%s', 'C%d', 1, 'MAXIMUM_LIMIT')", ip, i))
			rooms = append(rooms, fmt.Sprintf("(8600051, '%s', '')", ip))
		}
		run(t, d,
			"INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES "+strings.Join(rows, ", "),
			"INSERT INTO vicidial_server_trunks VALUES "+strings.Join(trunks, ", "),
			"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES "+strings.Join(rooms, ", "))
		p := sandbox.NewProxy(t, d.Server())
		store := newStore(t, d, viaProxy(p))
		found, err := store.Servers(t.Context())
		if err != nil || len(found) != servers {
			t.Fatalf("%d servers, %v", len(found), err)
		}
		for range servers { // as often as there are objects
			for _, read := range []func(context.Context) error{
				func(ctx context.Context) error { _, err := store.Servers(ctx); return err },
				func(ctx context.Context) error { _, err := store.Trunks(ctx); return err },
				func(ctx context.Context) error { _, err := store.Rooms(ctx); return err },
				func(ctx context.Context) error { _, err := store.Campaigns(ctx); return err },
				func(ctx context.Context) error { _, err := store.Schema(ctx); return err },
				func(ctx context.Context) error { return store.Writable(ctx, cluster.TableServers) },
			} {
				if err := read(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		return len(p.Statements())
	}
	few, many := count(3), count(200)
	if few != many || few == 0 {
		t.Errorf("%d statements for 3 servers, %d for 200", few, many)
	}
}

// The position in the change log is read with the schema, before any row of another table.
func TestSchema_isReadFirst(t *testing.T) {
	t.Parallel()
	server := sandbox.Shared(t)
	d, p := newTable(t, server), sandbox.NewProxy(t, server)
	store := newStore(t, d, viaProxy(p))
	run(t, d, "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section) VALUES (NOW(), '6666', '10.0.0.7', 'DIDS')")
	if _, err := store.DIDs(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := slices.DeleteFunc(p.Statements(), func(text string) bool { return strings.HasPrefix(text, "SET ") })
	if !strings.Contains(sent[0], "information_schema.COLUMNS") || !strings.Contains(sent[0], "vicidial_admin_log") {
		t.Errorf("first is %s", sent[0])
	}
	if position, err := store.LogPosition(t.Context()); err != nil || position != store.firstPosition.Load().entry || position == 0 {
		t.Errorf("the position is %d, %v", position, err)
	}
	if now := slices.DeleteFunc(p.Statements(), func(text string) bool { return strings.HasPrefix(text, "SET ") }); len(now) != len(sent) {
		t.Errorf("the position was read again: %q", now[len(sent):])
	}
}

// A plan of removals has a connection for each of its reads, which come after the schema.
func TestPrefetchRemovals_atOnce(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	p := sandbox.NewProxy(t, d.Server())
	store := newStore(t, d, viaProxy(p))
	db, err := store.pool()
	if err != nil {
		t.Fatal(err)
	}
	store.PrefetchRemovals(t.Context())
	store.prefetches.Wait()
	reads := slices.DeleteFunc(p.Statements(), func(text string) bool {
		return strings.HasPrefix(text, "SET ") || strings.Contains(text, "information_schema")
	})
	if most := db.Stats().MaxOpenConnections; len(reads) > most || len(reads) < 10 {
		t.Errorf("%d reads over %d connections: %q", len(reads), most, reads)
	}
}
