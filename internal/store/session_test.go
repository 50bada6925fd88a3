package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Values must arrive as they are, whatever mode the server was set to; values
// that do not fit must be refused, not cut off (docs/vicidial/measured.md#silent-truncation).
func TestWrites_areTheSameInEveryMode(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]string{
		"lax, as VICIdial needs it": "",
		"strict":                    "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
		"with another syntax":       "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,SIMULTANEOUS_ASSIGNMENT",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := sandbox.Own(t, sandbox.Options{SQLMode: mode})
			d := own.Database(t, 1720)
			store := newStore(t, d)
			write := func(row cluster.Row) error {
				return store.Apply(t.Context(), fixedPlan(cluster.AddServer(row, cluster.Row{cluster.ServerSecret: cluster.Text(`s3cr\et'`)})))
			}
			fits := cluster.Row{
				"server_id": cluster.Text("dial1"), "server_ip": cluster.Text("10.0.0.1"), "active": cluster.YesNo(true),
				"custom_dialplan_entry": cluster.Text("exten => _X.,1,Set(a=\"b\\c\"); it's ?\n\tü"), "ara_url": cluster.Null,
			}
			if err := write(fits); err != nil {
				t.Fatal(err)
			}
			servers, err := store.Servers(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			server, found := servers.ByID("dial1")
			if !found || !maps.Equal(server.Row.Only("server_id", "server_ip", "active", "custom_dialplan_entry", "ara_url"), fits) {
				t.Errorf("found %v", server.Row)
			}
			d.Expect(t, "SELECT HEX(conf_secret) AS secret FROM servers WHERE server_id = 'dial1'", "| secret           |\n| 733363725C657427 |")
			for claim, row := range map[string]cluster.Row{
				"a text that is too long":         {"server_id": cluster.Text("dial2_is_too_long"), "server_ip": cluster.Text("10.0.0.2")},
				"a number that is too large":      {"server_id": cluster.Text("dial2"), "server_ip": cluster.Text("10.0.0.2"), "max_vicidial_trunks": cluster.Number(99999)},
				"a member that the enum has not":  {"server_id": cluster.Text("dial2"), "server_ip": cluster.Text("10.0.0.2"), "active": cluster.Text("yes")},
				"a letter that the column has no": {"server_id": cluster.Text("dial2"), "server_ip": cluster.Text("10.0.0.2"), "server_description": cluster.Text("☎")},
			} {
				if err := write(row); err == nil {
					t.Errorf("%s was taken", claim)
				}
			}
			d.Expect(t, "SELECT server_id FROM servers", "| server_id |\n| dial1     |")
		})
	}
}

// What a server gives a new session, other than by default, changes no read and no write.
func TestWrites_onAServerWithUnusualDefaults(t *testing.T) {
	t.Parallel()
	own := sandbox.Own(t, sandbox.Options{})
	d := own.Database(t, 1302)
	for _, setting := range []string{"sql_safe_updates = 1", "autocommit = 0", "sql_select_limit = 1", "sql_big_selects = 0", "max_join_size = 1", "sql_auto_is_null = 1", "max_statement_time = 0.5", "lock_wait_timeout = 1", "sort_buffer_size = 1024", "sql_mode = ORACLE"} {
		if _, err := own.Root().ExecContext(t.Context(), "SET GLOBAL "+setting); err != nil {
			t.Fatal(err)
		}
	}
	store := newStore(t, d)
	settings := func(codecs string) cluster.Step { // the table has no key
		return cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableSettings, Key: cluster.Row{"db_schema_version": cluster.Text("1302")},
			To: cluster.Row{"default_codecs": cluster.Text(codecs)},
		}
	}
	server := func(id, ip string) cluster.Plan {
		return cluster.AddServer(cluster.Row{"server_id": cluster.Text(id), "server_ip": cluster.Text(ip)}, nil)
	}
	for _, plan := range []cluster.Plan{{Steps: []cluster.Step{settings("ulaw")}}, server("dial1", "10.0.0.1"), server("dial2", "10.0.0.2")} {
		if err := store.Apply(t.Context(), fixedPlan(plan)); err != nil {
			t.Error(err)
		}
	}
	d.Expect(t, "SELECT default_codecs FROM system_settings", "| default_codecs |\n| ulaw           |")
	servers, err := New(settingsOf(d)).Servers(t.Context())
	if err != nil || len(servers) != 2 {
		t.Errorf("found %d servers: %v", len(servers), err)
	}
	db, err := store.pool()
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) SELECT seq, 'x', REPEAT('y', 200) FROM seq_1000_to_3000",
		"INSERT INTO phones (extension, login, server_ip, fullname) SELECT seq, seq, '10.0.0.1', REPEAT('y', 50) FROM seq_1000_to_3000",
	} {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	phones, aliases, err := New(settingsOf(d)).AgentPhones(t.Context())
	if err != nil || len(phones) != 2001 || len(aliases) != 2001 {
		t.Errorf("found %d phones, %d aliases: %v", len(phones), len(aliases), err)
	}
	var got string
	if err := db.QueryRowContext(t.Context(), "SELECT CONCAT_WS(' ', @@autocommit = 1, @@sql_big_selects = 1, @@sql_auto_is_null = 0, @@max_statement_time = 0, @@lock_wait_timeout)").Scan(&got); err != nil || got != "1 1 1 1 240" {
		t.Errorf("the session has %q, %v", got, err)
	}
}

// rotating is a connection to a proxy that runs each statement in the next of some
// sessions.
type rotating struct {
	sessions []session
	next     int
}

// session is a connection of the driver.
type session interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.NamedValueChecker
}

func (r *rotating) session() session {
	r.next++
	return r.sessions[r.next%len(r.sessions)]
}

func (r *rotating) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r *rotating) Driver() driver.Driver                        { return nil }
func (r *rotating) Prepare(query string) (driver.Stmt, error)    { return r.session().Prepare(query) }
func (r *rotating) Close() error                                 { return nil }
func (r *rotating) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (r *rotating) CheckNamedValue(value *driver.NamedValue) error {
	return r.session().CheckNamedValue(value)
}

func (r *rotating) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return r.session().QueryContext(ctx, query, args)
}

func (r *rotating) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return r.session().ExecContext(ctx, query, args)
}

// behindAPooler leads a store through a proxy with these sessions.
func behindAPooler(t *testing.T, s *Store, sessions ...*sql.DB) {
	t.Helper()
	proxy := &rotating{}
	for _, db := range sessions {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if err := conn.Raw(func(inner any) error {
			one, ok := inner.(session)
			if !ok {
				return errors.New("not a connection of the driver")
			}
			proxy.sessions = append(proxy.sessions, one)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	s.connect = func() (*sql.DB, func() error, error) {
		db := sql.OpenDB(proxy)
		db.SetMaxOpenConns(1)
		return db, db.Close, nil
	}
	t.Cleanup(func() { _ = s.Close() }) // before the sessions
}

func TestPooler(t *testing.T) {
	t.Parallel()
	server := sandbox.Shared(t)
	const advice = "session pooling"
	t.Run("lock of another session", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, server)
		store, behind := newStore(t, d), newStore(t, d)
		db, err := behind.pool()
		if err != nil {
			t.Fatal(err)
		}
		behindAPooler(t, store, db, db)
		err = store.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}))
		var refused *adviceError
		if !errors.As(err, &refused) || !strings.Contains(refused.Why, "releases the lock") || !strings.Contains(refused.Advice, advice) {
			t.Fatalf("got %v", err)
		}
		d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               60 |\n| 10.0.0.2  |               30 |")
	})
	t.Run("session without its variables, in the plan", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, server)
		store := newStore(t, d)
		behindAPooler(t, store, d.DB())
		var refused *adviceError
		if err := store.Writable(t.Context(), cluster.TableTrunks); !errors.As(err, &refused) || !strings.Contains(refused.Advice, advice) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSession_settingsThatWritesRelyOn(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	t.Run("RowsAffected counts matched rows", func(t *testing.T) {
		t.Parallel()
		d := newTable(t, s)
		w := &writer{store: newStore(t, d)}
		if err := w.lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer w.close(t.Context())
		for _, c := range []struct {
			step cluster.Step
			want int64
		}{{change("10.0.0.1", 60, 60), 1}, {change("10.0.0.1", 59, 60), 0}} {
			if n, err := w.exec(t.Context(), newStatement(c.step), nil, nil); n != c.want || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		}
	})
	t.Run("one round trip per statement", func(t *testing.T) {
		t.Parallel()
		d, p := newTable(t, s), sandbox.NewProxy(t, s)
		w := &writer{store: newStore(t, d, viaProxy(p))}
		if err := w.lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Reset()
		if _, err := w.exec(t.Context(), newStatement(change("10.0.0.1", 60, 61)), nil, nil); err != nil {
			t.Fatal(err)
		}
		if p.Commands() != 1 || strings.Contains(p.Statements()[0], "?") {
			t.Errorf("%d commands: %q", p.Commands(), p.Statements())
		}
		w.close(t.Context())
	})
}
