package sandbox

import (
	"database/sql"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// openVia connects to a database as the provider's user through a proxy.
func openVia(t *testing.T, p *Proxy, d *Database, params map[string]string) *sql.DB {
	t.Helper()
	config, err := mysql.ParseDSN(d.dsn())
	if err != nil {
		t.Fatal(err)
	}
	config.Addr = net.JoinHostPort(p.Host(), strconv.Itoa(p.Port()))
	config.InterpolateParams = params["interpolate"] != ""
	db, err := open(config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

const (
	insertTrunks = "INSERT INTO vicidial_server_trunks (server_ip, campaign_id, dedicated_trunks) VALUES (?, 'SALES', ?)"
	listTrunks   = "SELECT server_ip, dedicated_trunks FROM vicidial_server_trunks ORDER BY server_ip"
)

func TestProxy_statements(t *testing.T) {
	t.Parallel()
	d := New(t, 1720)
	for _, interpolate := range []string{"", "true"} {
		t.Run(fmt.Sprintf("of statements, interpolated=%q, but not of pings", interpolate), func(t *testing.T) {
			p := NewProxy(t, d.Server())
			db := openVia(t, p, d, map[string]string{"interpolate": interpolate})
			if err := db.PingContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.Reset()
			mustExec(t, db, insertTrunks, "10.0.0.1", 40)
			var count int
			if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM servers").Scan(&count); err != nil {
				t.Fatal(err)
			}
			mustExec(t, db, "/* why */ delete from vicidial_server_trunks")
			insert := insertTrunks
			commands := 5 // prepare, execute and close, then two queries
			if interpolate != "" {
				insert = strings.Replace(strings.Replace(insertTrunks, "?", "'10.0.0.1'", 1), "?", "40", 1)
				commands = 3
			}
			want := []string{insert, "SELECT COUNT(*) FROM servers", "/* why */ delete from vicidial_server_trunks"}
			if have := p.Statements(); strings.Join(have, ";") != strings.Join(want, ";") {
				t.Errorf("have %q, want %q", have, want)
			}
			if have := p.Writes(); len(have) != 2 || have[0] != want[0] || have[1] != want[2] {
				t.Errorf("writes: %q", have)
			}
			if have := p.Commands(); have != commands {
				t.Errorf("%d commands instead of %d", have, commands)
			}
			p.Reset()
			if p.Commands() != 0 || len(p.Statements()) != 0 {
				t.Error("a reset leaves something behind")
			}
		})
	}
	t.Run("two statements prepared at once", func(t *testing.T) {
		p := NewProxy(t, d.Server())
		db := openVia(t, p, d, nil)
		one, err := db.PrepareContext(t.Context(), "SELECT 1")
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		two, err := db.PrepareContext(t.Context(), "SELECT 2")
		if err != nil {
			t.Fatal(err)
		}
		defer two.Close()
		var number int
		for _, statement := range []*sql.Stmt{two, one, two} {
			if err := statement.QueryRowContext(t.Context()).Scan(&number); err != nil {
				t.Fatal(err)
			}
		}
		if have := strings.Join(p.Statements(), ";"); have != "SELECT 2;SELECT 1;SELECT 2" {
			t.Errorf("have %s", have)
		}
	})
}

func TestProxy_largePackets(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{ExtraArgs: []string{"--max-allowed-packet=64M"}})
	d := s.Database(t, 1720)
	p := NewProxy(t, s)
	db := openVia(t, p, d, map[string]string{"interpolate": "true"})
	t.Run("statement and response of several packets", func(t *testing.T) {
		const length = 17 << 20
		text := strings.Repeat("\x03", length) // would be a command if it were taken for one
		var back string
		if err := db.QueryRowContext(t.Context(), "SELECT '"+text+"'").Scan(&back); err != nil {
			t.Fatal(err)
		}
		if len(back) != length || len(p.Statements()) != 1 {
			t.Errorf("%d bytes came back of %d statements", len(back), len(p.Statements()))
		}
	})
}

func TestProxy_cut(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	for _, c := range []struct {
		name string
		cut  Cut
		n    int
		rows string // how many of three inserts the table holds then
		seen int    // how many statements were sent
	}{
		{"first write is not sent", WriteUnsent, 1, "0", 2},
		{"first write is executed without a response", WriteUnanswered, 1, "1", 2},
		{"third write is not sent", WriteUnsent, 3, "2", 6},
		{"third write is executed without a response", WriteUnanswered, 3, "3", 6},
		{"second statement is not sent", AnyUnsent, 2, "0", 2},
		{"third statement is executed without a response", AnyUnanswered, 3, "1", 3},
	} {
		for _, interpolate := range []string{"", "true"} {
			for _, stayDown := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, interpolated=%q, down=%v", c.name, interpolate, stayDown), func(t *testing.T) {
					t.Parallel()
					d := s.Database(t, 1302)
					p := NewProxy(t, s)
					db := openVia(t, p, d, map[string]string{"interpolate": interpolate})
					if err := db.PingContext(t.Context()); err != nil {
						t.Fatal(err)
					}
					p.Reset()
					p.CutAt(c.n, c.cut, stayDown)
					var failed error
					for _, ip := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"} {
						var count int
						if failed = db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM vicidial_server_trunks").Scan(&count); failed != nil {
							break
						}
						if _, failed = db.ExecContext(t.Context(), insertTrunks, ip, 1); failed != nil {
							break
						}
					}
					if failed == nil {
						t.Error("the client noticed nothing")
					}
					if p.Cuts() != 1 {
						t.Errorf("%d cuts", p.Cuts())
					}
					if have := len(p.Statements()); have != c.seen {
						t.Errorf("%d statements were sent: %q", have, p.Statements())
					}
					d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_server_trunks", "+---+\n| n |\n+---+\n| "+c.rows+" |\n+---+")
					err := db.PingContext(t.Context())
					if (err != nil) != stayDown {
						t.Errorf("connecting again after a cut with down=%v: %v", stayDown, err)
					}
					p.Restore()
					if err := db.PingContext(t.Context()); err != nil {
						t.Errorf("connecting after it was healed: %v", err)
					}
					mustExec(t, db, insertTrunks, "10.0.0.9", 1) // the cut came once
				})
			}
		}
	}
	t.Run("second write is answered, and nothing after it", func(t *testing.T) {
		t.Parallel()
		d := s.Database(t, 1302)
		p := NewProxy(t, s)
		db := openVia(t, p, d, nil)
		other := openVia(t, p, d, nil)
		mustExec(t, other, "DO 1")
		p.CutAt(2, WriteAnswered, true)
		mustExec(t, db, insertTrunks, "10.0.0.1", 1)
		mustExec(t, db, insertTrunks, "10.0.0.2", 1)
		for _, one := range []*sql.DB{db, other} {
			if _, err := one.ExecContext(t.Context(), "DO 1"); err == nil {
				t.Error("a statement came through")
			}
		}
		d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_server_trunks", "+---+\n| n |\n+---+\n| 2 |\n+---+")
		p.Restore()
		mustExec(t, db, insertTrunks, "10.0.0.9", 1)
		if p.Cuts() != 1 {
			t.Errorf("%d cuts", p.Cuts())
		}
	})
	t.Run("Down cuts open connections", func(t *testing.T) {
		t.Parallel()
		p := NewProxy(t, s)
		db := openVia(t, p, s.Database(t, 1302), nil)
		mustExec(t, db, "DO 1")
		p.Down()
		if _, err := db.ExecContext(t.Context(), "DO 1"); err == nil {
			t.Error("a statement came through")
		}
		p.Restore()
		mustExec(t, db, "DO 1")
	})
	t.Run("Reset discards a cut", func(t *testing.T) {
		t.Parallel()
		p := NewProxy(t, s)
		db := openVia(t, p, s.Database(t, 1302), nil)
		p.CutAt(1, AnyUnsent, true)
		p.Reset()
		mustExec(t, db, "DO 1")
		if p.Cuts() != 0 {
			t.Error("it came all the same")
		}
	})
}

func TestIsWrite(t *testing.T) {
	t.Parallel()
	for statement, writes := range map[string]bool{
		"INSERT INTO a VALUES (1)":                 true,
		"insert\ninto a values (1)":                true,
		"  UPDATE a SET b = 1":                     true,
		"REPLACE INTO a VALUES (1)":                true,
		"/* one */ -- two\n# three\nDELETE FROM a": true,
		"SELECT 'INSERT'":                          false,
		"SELECT GET_LOCK('a', 1)":                  false,
		"/* never ends INSERT":                     false,
		"INSERTED":                                 false,
		"":                                         false,
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			if isWrite(statement) != writes {
				t.Errorf("writes is not %v", writes)
			}
		})
	}
}
