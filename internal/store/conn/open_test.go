package conn

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// settingsOf are the settings of the provider's user for a test's database.
func settingsOf(d *sandbox.Database) Settings {
	return Settings{Host: d.Host, Port: d.Port, Database: d.Name, Username: d.Username, Password: d.Password}
}

// openFor opens a pool until the test ends.
func openFor(t *testing.T, settings Settings) *sql.DB {
	t.Helper()
	db, closePool, err := Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A line that the test broke may complain once more.
		_ = closePool()
	})
	return db
}

// ask runs a query for one text.
func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var answer string
	if err := db.QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// expectFailure wants a connection to fail in a certain way, with a text that
// holds all of holds, and a hint.
func expectFailure(t *testing.T, settings Settings, want Failure, holds ...string) {
	t.Helper()
	err := openFor(t, settings).PingContext(t.Context())
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("ping: %v (%T), want a Error", err, err)
	}
	if failed.Failure != want {
		t.Errorf("failure %q: %v, want %q", failed.Failure, err, want)
	}
	for _, text := range holds {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not tell %q", err, text)
		}
	}
	if failed.Hint() == "" {
		t.Error("nothing says what to do")
	}
	for _, secret := range []string{settings.Password, canary} {
		if secret != "" && strings.Contains(err.Error()+failed.Hint(), secret) {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

// aListener hands each connection to meet, which need not close it.
func aListener(t *testing.T, meet func(net.Conn)) (host string, port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			done.Go(func() { meet(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		done.Wait()
	})
	return hostAndPort(t, listener.Addr().String())
}

func hostAndPort(t *testing.T, address string) (string, int) {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

func TestSession(t *testing.T) {
	t.Parallel()
	database := sandbox.New(t, 1720)
	db := openFor(t, settingsOf(database))

	for query, want := range map[string]string{
		"SELECT @@sql_mode":                 "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION",
		"SELECT @@character_set_client":     "utf8mb4",
		"SELECT @@character_set_connection": "utf8mb4",
		"SELECT @@character_set_results":    "utf8mb4",
		"SELECT DATABASE()":                 database.Name,
	} {
		t.Run(query, func(t *testing.T) {
			if got := ask(t, db, query); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
	t.Run("RowsAffected counts matched rows", func(t *testing.T) {
		result, err := db.ExecContext(t.Context(), "UPDATE vicidial_conf_templates SET template_name = template_name WHERE template_id = ?", "SIP_generic")
		if err != nil {
			t.Fatal(err)
		}
		if count, err := result.RowsAffected(); err != nil || count != 1 {
			t.Errorf("%d rows, %v; want 1", count, err)
		}
	})
	t.Run("zero date is text", func(t *testing.T) {
		if got := ask(t, db, "SELECT CAST('0000-00-00 00:00:00' AS DATETIME)"); got != "0000-00-00 00:00:00" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("one statement per text", func(t *testing.T) {
		_, err := db.ExecContext(t.Context(), "SELECT 1; SELECT 2")
		if number, _ := ErrorNumber(err); number != 1064 {
			t.Errorf("error = %v, want a syntax error", err)
		}
	})
	t.Run("values are escaped in the statement", func(t *testing.T) {
		const nasty = "it's \\ \"quoted\" -- ; \x00 \n é 😀"
		var echo string
		if err := db.QueryRowContext(t.Context(), "SELECT ?", nasty).Scan(&echo); err != nil || echo != nasty {
			t.Errorf("%q came back as %q, %v", nasty, echo, err)
		}
	})
	t.Run("at most twenty connections", func(t *testing.T) {
		if got := db.Stats().MaxOpenConnections; got != 20 {
			t.Errorf("%d connections may be open, want 20", got)
		}
	})
	t.Run("connection attributes", func(t *testing.T) {
		if got := driverConfig(settingsOf(database)).ConnectionAttributes; got != "program_name:terraform-provider-vicidial" {
			t.Errorf("attributes = %q", got)
		}
	})
	t.Run("timeout of a statement", func(t *testing.T) {
		for _, wait := range []time.Duration{0, time.Second, time.Hour} {
			if timeout := driverConfig(Settings{AnswerTimeout: wait}).ReadTimeout; timeout < max(wait, statementTimeout) {
				t.Errorf("a statement of %s is cut after %s", wait, timeout)
			}
		}
	})
}

func TestOpenDialsNothing(t *testing.T) {
	t.Parallel()
	host, port := aListener(t, func(net.Conn) { t.Error("somebody dialled") })
	for name, settings := range map[string]Settings{
		"directly": {Host: host, Port: port, Username: "u"},
		"over ssh": {Host: "db", Username: "u", SSH: &SSH{Host: host, Port: port, User: "ops", Password: "x", HostKey: aJump(t).HostKey}},
	} {
		t.Run(name, func(t *testing.T) {
			_, closePool, err := Open(settings)
			if err != nil {
				t.Fatal(err)
			}
			if err := closePool(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestConnectByTheSocket(t *testing.T) {
	t.Parallel()
	database := sandbox.New(t, 1720)
	settings := settingsOf(database)
	settings.Host, settings.Port, settings.Socket = "", 0, database.Server().Socket()
	root := database.DB()
	for _, statement := range []string{
		"CREATE USER '" + database.Name + "'@'localhost' IDENTIFIED BY 'local'",
		"GRANT SELECT ON `" + database.Name + "`.* TO '" + database.Name + "'@'localhost'",
	} {
		if _, err := root.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _, _ = database.Server().Root().Exec("DROP USER '" + database.Name + "'@'localhost'") })
	settings.Username, settings.Password = database.Name, "local"

	t.Run("the server is there", func(t *testing.T) {
		if got := ask(t, openFor(t, settings), "SELECT CURRENT_USER()"); got != database.Name+"@localhost" {
			t.Errorf("logged in as %s", got)
		}
	})
	t.Run("no such file", func(t *testing.T) {
		settings := settings
		settings.Socket = filepath.Join(t.TempDir(), "mysqld.sock")
		expectFailure(t, settings, SocketUnusable, "no such file")
	})
	t.Run("socket of a dead server", func(t *testing.T) {
		settings := settings
		settings.Socket = aFile(t, "")
		expectFailure(t, settings, SocketUnusable)
	})
}

func TestConnectFailures(t *testing.T) {
	t.Parallel()
	database := sandbox.New(t, 1720)
	good := settingsOf(database)
	root := database.Server().Root()
	// users come and go with the test; their names are the database's, made longer.
	user := func(t *testing.T, suffix, how string) string {
		t.Helper()
		name := database.Name + suffix
		if _, err := root.ExecContext(t.Context(), "CREATE USER '"+name+"'@'%' "+how); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = root.Exec("DROP USER '" + name + "'@'%'") })
		return name
	}

	t.Run("a wrong password", func(t *testing.T) {
		settings := good
		settings.Password = canary
		expectFailure(t, settings, BadCredentials, "database "+good.address(), good.Username, "1045")
	})
	t.Run("an unknown user", func(t *testing.T) {
		settings := good
		settings.Username = "nobody"
		expectFailure(t, settings, BadCredentials, "nobody")
	})
	t.Run("an account of the socket alone", func(t *testing.T) {
		settings := good
		settings.Username, settings.Password = user(t, "_sock", "IDENTIFIED VIA unix_socket"), ""
		expectFailure(t, settings, BadCredentials)
	})
	t.Run("unsupported authentication plugin", func(t *testing.T) {
		settings := good
		settings.Username, settings.Password = user(t, "_old", "IDENTIFIED VIA mysql_old_password USING '5d2e19393cc5ef67'"), "pa55-x"
		expectFailure(t, settings, UnsupportedLogin)
	})
	t.Run("database without privileges", func(t *testing.T) {
		settings := good
		settings.Username, settings.Password = user(t, "_none", "IDENTIFIED BY 'pa55-x'"), "pa55-x"
		expectFailure(t, settings, NoAccess, database.Name, "1044")
	})
	t.Run("unknown database", func(t *testing.T) {
		settings := good
		settings.Username, settings.Password = user(t, "_all", "IDENTIFIED BY 'pa55-x'"), "pa55-x"
		if _, err := root.ExecContext(t.Context(), "GRANT SELECT ON *.* TO '"+settings.Username+"'@'%'"); err != nil {
			t.Fatal(err)
		}
		settings.Database = "no_such_database"
		expectFailure(t, settings, UnknownDatabase, "no_such_database", "1049")
	})
	t.Run("too many connections of the user", func(t *testing.T) {
		settings := good
		settings.Username, settings.Password = user(t, "_one", "IDENTIFIED BY 'pa55-x' WITH MAX_USER_CONNECTIONS 1"), "pa55-x"
		if _, err := root.ExecContext(t.Context(), "GRANT SELECT ON `"+database.Name+"`.* TO '"+settings.Username+"'@'%'"); err != nil {
			t.Fatal(err)
		}
		first, err := openFor(t, settings).Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		expectFailure(t, settings, TooManyConnections)
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("closed port", func(t *testing.T) {
		settings := good
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		settings.Host, settings.Port = hostAndPort(t, listener.Addr().String())
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		expectFailure(t, settings, Refused, "connection refused")
	})
	t.Run("unknown name", func(t *testing.T) {
		settings := good
		settings.Host = "database.invalid"
		expectFailure(t, settings, NameUnknown, "database.invalid")
	})
	t.Run("connection closed before the greeting", func(t *testing.T) {
		settings := good
		var met atomic.Int32
		settings.Host, settings.Port = aListener(t, func(conn net.Conn) {
			met.Add(1)
			_ = conn.Close()
		})
		expectFailure(t, settings, Dropped, "EOF")
		if met.Load() != 1 {
			t.Errorf("tried %d times, though encryption had no part in it", met.Load())
		}
	})
	t.Run("another protocol", func(t *testing.T) {
		settings := good
		settings.Host, settings.Port = aListener(t, func(conn net.Conn) {
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n")
			_ = conn.Close()
		})
		expectFailure(t, settings, Dropped)
	})
	t.Run("server without a greeting", func(t *testing.T) {
		settings := good
		settings.Host, settings.Port = aListener(t, func(net.Conn) {})
		// However long the wait, nothing would come.
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := openFor(t, settings).PingContext(ctx)
		var failed *Error
		if !errors.As(err, &failed) || failed.Failure != TimedOut {
			t.Errorf("ping: %v, want %q", err, TimedOut)
		}
	})
	t.Run("cancelled caller gets the context's error", func(t *testing.T) {
		settings := good
		ctx, cancel := context.WithCancel(t.Context())
		settings.Host, settings.Port = aListener(t, func(net.Conn) { cancel() })
		if err := openFor(t, settings).PingContext(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("ping: %v, want the context's own error", err)
		}
	})
}

func TestConnect_reconnects(t *testing.T) {
	t.Parallel()
	database := sandbox.New(t, 1720)
	proxy := sandbox.NewProxy(t, database.Server())
	settings := settingsOf(database)
	settings.Host, settings.Port = proxy.Host(), proxy.Port()
	db := openFor(t, settings)

	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.Down()
	expectFailure(t, settings, Dropped)
	proxy.Restore()
	t.Run("failures are not kept", func(t *testing.T) {
		if got := ask(t, db, "SELECT 'back'"); got != "back" {
			t.Errorf("got %q", got)
		}
	})
}

func TestConnect_unreachable(t *testing.T) {
	dialled := 0
	way := func() *connector {
		return &connector{config: driverConfig(Settings{Host: "10.9.9.9", Username: "cron", Password: "1234"}), target: "database", first: newFirst(), dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialled++
			<-ctx.Done()
			return nil, ctx.Err()
		}}
	}
	took := func(t *testing.T, c *connector, ctx context.Context) time.Duration {
		t.Helper()
		began := time.Now()
		_, err := c.Connect(ctx)
		var failed *Error
		if !errors.As(err, &failed) || failed.Failure != TimedOut {
			t.Fatalf("got %v, want %q", err, TimedOut)
		}
		return time.Since(began)
	}
	t.Run("timeout is returned at once for a minute", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := way()
			if first := took(t, c, t.Context()); first < minTimeout {
				t.Errorf("the first waited %s", first)
			}
			if second := took(t, c, t.Context()); second > 0 {
				t.Errorf("the second waited %s", second)
			}
			tried := dialled
			<-time.After(breakerReset + time.Second)
			if took(t, c, t.Context()); dialled <= tried {
				t.Error("it is never tried again")
			}
		})
	})
	t.Run("cancelled caller does not affect others", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := way()
			hasty, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			took(t, c, hasty)
			if second := took(t, c, t.Context()); second < minTimeout {
				t.Errorf("the second waited %s", second)
			}
		})
	})
}

// A server that counts failed logins is asked once.
func TestConnect_firstIsAloneUntilAccepted(t *testing.T) {
	for _, answer := range []error{nil, errors.New("access denied")} {
		synctest.Test(t, func(t *testing.T) {
			f := newFirst()
			var begun, refused atomic.Int32
			answered := make(chan struct{})
			for range 10 {
				go func() {
					end, err := f.begin(t.Context())
					if err != nil {
						refused.Add(1)
						return
					}
					begun.Add(1)
					<-answered
					end(answer)
				}()
			}
			synctest.Wait()
			if begun.Load() != 1 {
				t.Errorf("%d connections were opened at once", begun.Load())
			}
			close(answered)
			synctest.Wait()
			if wantRefused := map[bool]int32{true: 9}[answer != nil]; refused.Load() != wantRefused {
				t.Errorf("%v: %d were refused, wanted %d", answer, refused.Load(), wantRefused)
			}
			<-time.After(time.Second)
			if end, err := f.begin(t.Context()); err != nil {
				t.Errorf("the next attempt is refused: %v", err)
			} else {
				end(nil)
			}
		})
	}
}

// follow opens a connection after the first one, and sends its error.
func follow(t *testing.T, f *firstConnection) <-chan error {
	t.Helper()
	followed := make(chan error, 1)
	go func() {
		end, err := f.begin(AfterFirst(t.Context(), t.Context()))
		if err == nil {
			end(nil)
		}
		followed <- err
	}()
	return followed
}

// Whoever comes after the first connection waits for its login, and does not try it.
func TestConnect_afterFirst(t *testing.T) {
	for _, answer := range []error{nil, errors.New("access denied")} {
		synctest.Test(t, func(t *testing.T) {
			f := newFirst()
			followed := follow(t, f)
			synctest.Wait()
			end, err := f.begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if len(followed) > 0 {
				t.Error("it did not wait for the first login")
			}
			end(answer)
			if err := <-followed; !errors.Is(err, answer) {
				t.Errorf("after %v it ended with %v", answer, err)
			}
			gaveUp, cancel := context.WithCancel(AfterFirst(t.Context(), t.Context()))
			cancel()
			if _, err := newFirst().begin(gaveUp); !errors.Is(err, context.Canceled) {
				t.Errorf("one that gave up ended with %v", err)
			}
			other, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := newFirst().begin(AfterFirst(t.Context(), other)); err != nil {
				t.Errorf("where the first one was given up, it ended with %v", err)
			}
		})
	}
}

// A connection beside the first one is opened at once. Others follow where it is accepted, and
// wait for the first one where it is refused.
func TestConnect_besideFirst(t *testing.T) {
	for _, answer := range []error{nil, errors.New("access denied")} {
		synctest.Test(t, func(t *testing.T) {
			f := newFirst()
			first, err := f.begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			beside, err := f.begin(BesideFirst(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			followed := follow(t, f)
			beside(answer)
			synctest.Wait()
			if waits := len(followed) == 0; waits != (answer != nil) {
				t.Errorf("after %v, it waits for the first one: %t", answer, waits)
			}
			first(nil)
			if err := <-followed; err != nil {
				t.Error(err)
			}
		})
	}
}

// everything is the output of the driver's own log.
type everything struct {
	lock sync.Mutex
	told []any
}

func (e *everything) Print(counted ...any) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.told = append(e.told, counted...)
}

func TestConnect_noDriverOutput(t *testing.T) {
	// The log belongs to the whole process, so this test runs alone.
	log := &everything{}
	if err := mysql.SetLogger(log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mysql.SetLogger(&mysql.NopLogger{}) })
	host, port := aListener(t, func(conn net.Conn) { _ = conn.Close() })
	expectFailure(t, Settings{Host: host, Port: port, Username: "u"}, Dropped, "EOF")
	if len(log.told) > 0 {
		t.Errorf("the driver's log was told: %v", log.told)
	}
}
