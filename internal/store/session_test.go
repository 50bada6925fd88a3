package store

import (
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
			if !found || !server.Row.Only("server_id", "server_ip", "active", "custom_dialplan_entry", "ara_url").Equal(fits) {
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

// A server that refuses changes without a key refuses none of ours.
func TestWrites_onAServerWithSafeUpdates(t *testing.T) {
	t.Parallel()
	own := sandbox.Own(t, sandbox.Options{})
	if _, err := own.Root().ExecContext(t.Context(), "SET GLOBAL sql_safe_updates = 1"); err != nil {
		t.Fatal(err)
	}
	d := own.Database(t, 1302)
	store := newStore(t, d)
	settings := func(codecs string) cluster.Step { // the table has no key
		return cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableSettings, Key: cluster.Row{"db_schema_version": cluster.Text("1302")},
			To: cluster.Row{"default_codecs": cluster.Text(codecs)},
		}
	}
	for _, plan := range []cluster.Plan{{Steps: []cluster.Step{settings("ulaw")}}, cluster.AddServer(cluster.Row{"server_id": cluster.Text("dial1"), "server_ip": cluster.Text("10.0.0.1")}, nil)} {
		if err := store.Apply(t.Context(), fixedPlan(plan)); err != nil {
			t.Error(err)
		}
	}
	d.Expect(t, "SELECT default_codecs FROM system_settings", "| default_codecs |\n| ulaw           |")
	d.Expect(t, "SELECT server_id FROM servers", "| server_id |\n| dial1     |")
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
			if n, err := w.exec(t.Context(), newStatement(c.step), nil); n != c.want || err != nil {
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
		if _, err := w.exec(t.Context(), newStatement(change("10.0.0.1", 60, 61)), nil); err != nil {
			t.Fatal(err)
		}
		if p.Commands() != 1 || strings.Contains(p.Statements()[0], "?") {
			t.Errorf("%d commands: %q", p.Commands(), p.Statements())
		}
		w.close(t.Context())
	})
}
