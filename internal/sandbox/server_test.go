package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestServer_defaults(t *testing.T) {
	t.Parallel()
	d := New(t, 1720)
	d.Expect(t, `SELECT @@sql_mode, @@explicit_defaults_for_timestamp, @@character_set_database, @@read_only, @@log_bin`, `
		+------------+-----------------------------------+--------------------------+-------------+-----------+
		| @@sql_mode | @@explicit_defaults_for_timestamp | @@character_set_database | @@read_only | @@log_bin |
		+------------+-----------------------------------+--------------------------+-------------+-----------+
		|            |                                 0 | latin1                   |           0 |         0 |
		+------------+-----------------------------------+--------------------------+-------------+-----------+`)
}

func TestServer_restartAfterKill(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{})
	d := s.Database(t, 1720)
	mustExec(t, d.DB(), insertTrunks, "10.0.0.1", 40)
	mustExec(t, d.DB(), "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.0.0.1', NOW())")
	port := s.Port()
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := d.DB().PingContext(t.Context()); err == nil {
		t.Error("somebody answers for a server that was killed")
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Port() != port {
		t.Errorf("port %d instead of %d", s.Port(), port)
	}
	t.Run("MyISAM tables keep their rows", func(t *testing.T) {
		d.Expect(t, listTrunks, `
			+-----------+------------------+
			| server_ip | dedicated_trunks |
			+-----------+------------------+
			| 10.0.0.1  |               40 |
			+-----------+------------------+`)
	})
	t.Run("MEMORY tables are empty", func(t *testing.T) {
		d.Expect(t, "SELECT server_ip FROM server_updater", `
			+-----------+
			| server_ip |
			+-----------+`)
	})
	t.Run("users keep their passwords", func(t *testing.T) {
		db := asUser(t, d)
		mustExec(t, db, "UPDATE vicidial_server_trunks SET dedicated_trunks = 41")
	})
	t.Run("killed during a write", func(t *testing.T) {
		ended := make(chan error, 1)
		writing := make(chan struct{})
		go func() {
			for n := 0; ; n++ {
				if _, err := d.DB().ExecContext(context.Background(), insertTrunks, "10.0.0.2", n); err != nil {
					ended <- err
					return
				}
				if n == 100 {
					close(writing)
				}
			}
		}()
		<-writing
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err == nil {
			t.Error("the writer noticed nothing")
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		have := d.Table(t.Context(), "SELECT COUNT(*) >= 100 AS kept FROM vicidial_server_trunks WHERE server_ip = '10.0.0.2'")
		if !strings.Contains(have, "| 1    |") && !strings.Contains(have, "|    1 |") {
			t.Errorf("rows got lost:\n%s", have)
		}
	})
}

func TestServer_removesFolder(t *testing.T) {
	t.Parallel()
	t.Run("after Stop", func(t *testing.T) {
		parent := t.TempDir()
		s, err := Start(t.Context(), Options{Parent: parent})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := s.Stop(); err != nil {
			t.Errorf("stopping twice: %v", err)
		}
		expectEmpty(t, parent)
	})
	t.Run("after a failed start", func(t *testing.T) {
		parent := t.TempDir()
		_, err := Start(t.Context(), Options{Parent: parent, ExtraArgs: []string{"--no-such-option"}})
		if err == nil || !strings.Contains(err.Error(), "no-such-option") {
			t.Errorf("the error does not say why: %v", err)
		}
		expectEmpty(t, parent)
	})
	t.Run("after a cancelled start", func(t *testing.T) {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Start(ctx, Options{Parent: parent}); !errors.Is(err, context.Canceled) {
			t.Errorf("have %v", err)
		}
		expectEmpty(t, parent)
	})
}

func expectEmpty(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		t.Errorf("%s stays behind", entry.Name())
	}
}

func TestServer_exported(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{})
	name, err := s.Export()
	if err != nil {
		t.Fatal(err)
	}
	adopted, err := openExported(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("creates databases", func(t *testing.T) {
		d := adopted.Database(t, 1302)
		mustExec(t, asUser(t, d), insertTrunks, "10.0.0.1", 1)
	})
	t.Run("cannot be killed or restarted", func(t *testing.T) {
		if adopted.Kill() == nil || adopted.Restart(t.Context()) == nil {
			t.Error("it was")
		}
	})
	t.Run("is not stopped by other processes", func(t *testing.T) {
		if err := adopted.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := s.Root().PingContext(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("invalid environment", func(t *testing.T) {
		if _, err := openExported("socket=/tmp"); err == nil || !strings.Contains(err.Error(), Environment) {
			t.Errorf("have %v", err)
		}
	})
}

func TestServer_readOnly(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{ReadOnly: true})
	d := s.Database(t, 1720)
	_, err := asUser(t, d).ExecContext(t.Context(), insertTrunks, "10.0.0.1", 1)
	expectNumber(t, err, 1290)
}

func TestServer_replica(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{Replica: true})
	d := s.Database(t, 1720)
	db := asUser(t, d)
	t.Run("root sees the replica status", func(t *testing.T) {
		have := d.Table(t.Context(), "SHOW ALL SLAVES STATUS")
		if !strings.Contains(have, "Slave_IO_Running") || !strings.Contains(have, loopback) {
			t.Errorf("have\n%s", have)
		}
	})
	t.Run("provider's user is denied SHOW SLAVE STATUS", func(t *testing.T) {
		for _, statement := range []string{"SHOW SLAVE STATUS", "SHOW ALL SLAVES STATUS"} {
			_, err := db.ExecContext(t.Context(), statement)
			expectNumber(t, err, 1227)
		}
	})
	t.Run("provider's user sees that replication runs", func(t *testing.T) {
		expectTable(t, db, "SHOW GLOBAL STATUS LIKE 'Slave%_running'", `
			+----------------+-------+
			| Variable_name  | Value |
			+----------------+-------+
			| Slave_running  | OFF   |
			| Slaves_running | 1     |
			+----------------+-------+`)
	})
	t.Run("replication stopped", func(t *testing.T) {
		mustExec(t, d.DB(), "STOP SLAVE")
		expectTable(t, db, "SHOW GLOBAL STATUS LIKE 'Slaves_running'", `
			+----------------+-------+
			| Variable_name  | Value |
			+----------------+-------+
			| Slaves_running | 0     |
			+----------------+-------+`)
	})
	t.Run("accepts writes", func(t *testing.T) {
		mustExec(t, db, insertTrunks, "10.0.0.1", 1)
	})
	t.Run("replication runs again after a restart", func(t *testing.T) {
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		expectTable(t, db, "SHOW GLOBAL STATUS LIKE 'Slaves_running'", `
			+----------------+-------+
			| Variable_name  | Value |
			+----------------+-------+
			| Slaves_running | 1     |
			+----------------+-------+`)
	})
}

func expectTable(t *testing.T, db *sql.DB, query, want string) {
	t.Helper()
	have, err := drawQuery(t.Context(), db, query)
	if err != nil {
		t.Fatal(err)
	}
	if Trim(have) != Trim(want) {
		t.Errorf("have\n%s", have)
	}
}

func TestServer_tls(t *testing.T) {
	t.Parallel()
	files := NewCertificates(t)
	s := Own(t, Options{TLS: &files, ExtraArgs: []string{"--require-secure-transport=ON"}})
	d := s.Database(t, 1720)
	mustExec(t, d.DB(), "ALTER USER "+account(d.Username, "%")+" REQUIRE X509")
	pair, err := tls.LoadX509KeyPair(files.ClientCert, files.ClientKey)
	if err != nil {
		t.Fatal(err)
	}
	ping := func(t *testing.T, settings *tls.Config) error {
		t.Helper()
		config, err := mysql.ParseDSN(d.dsn())
		if err != nil {
			t.Fatal(err)
		}
		config.TLS, config.Logger = settings, &mysql.NopLogger{}
		connector, err := mysql.NewConnector(config)
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector)
		defer db.Close()
		return db.PingContext(t.Context())
	}
	t.Run("client with its CA and a certificate", func(t *testing.T) {
		for _, name := range []string{"localhost", "127.0.0.1"} {
			if err := ping(t, &tls.Config{RootCAs: pool(t, files.CA), ServerName: name, Certificates: []tls.Certificate{pair}}); err != nil {
				t.Errorf("as %s: %v", name, err)
			}
		}
	})
	t.Run("certificate is not valid for another name", func(t *testing.T) {
		err := ping(t, &tls.Config{RootCAs: pool(t, files.CA), ServerName: "db.example.com", Certificates: []tls.Certificate{pair}})
		var wrong x509.HostnameError
		if !errors.As(err, &wrong) {
			t.Errorf("have %v", err)
		}
	})
	t.Run("client with another CA", func(t *testing.T) {
		err := ping(t, &tls.Config{RootCAs: pool(t, files.ForeignCA), ServerName: "localhost", Certificates: []tls.Certificate{pair}})
		var stranger x509.UnknownAuthorityError
		if !errors.As(err, &stranger) {
			t.Errorf("have %v", err)
		}
	})
	t.Run("client without a certificate", func(t *testing.T) {
		expectNumber(t, ping(t, &tls.Config{RootCAs: pool(t, files.CA), ServerName: "localhost"}), 1045)
	})
	t.Run("client without TLS", func(t *testing.T) {
		mustExec(t, d.DB(), "ALTER USER "+account(d.Username, "%")+" REQUIRE NONE")
		if err := ping(t, &tls.Config{RootCAs: pool(t, files.CA), ServerName: "localhost"}); err != nil {
			t.Errorf("with TLS: %v", err)
		}
		// The error is that of a wrong password; MariaDB 10.11 does not mention
		// TLS.
		expectNumber(t, ping(t, nil), 1045)
	})
}

func pool(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	certificates := x509.NewCertPool()
	if !certificates.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", file)
	}
	return certificates
}

func expectNumber(t *testing.T, err error, number uint16) {
	t.Helper()
	var counted *mysql.MySQLError
	if !errors.As(err, &counted) || counted.Number != number {
		t.Errorf("instead of error %d: %v", number, err)
	}
}
