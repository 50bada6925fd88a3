package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func TestSSH(t *testing.T) {
	t.Parallel()
	d := New(t, 1720)
	s := NewSSH(t, net.JoinHostPort(d.Host, strconv.Itoa(d.Port)))

	key := func(t *testing.T, file string) ssh.AuthMethod {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.ParsePrivateKey(text)
		if err != nil {
			t.Fatal(err)
		}
		return ssh.PublicKeys(signer)
	}
	dial := func(t *testing.T, hosts, user string, how ssh.AuthMethod) (*ssh.Client, error) {
		t.Helper()
		check, err := knownhosts.New(hosts)
		if err != nil {
			t.Fatal(err)
		}
		client, err := ssh.Dial("tcp", net.JoinHostPort(s.Host(), strconv.Itoa(s.Port())), &ssh.ClientConfig{
			User: user, Auth: []ssh.AuthMethod{how}, HostKeyCallback: check,
		})
		if err == nil {
			t.Cleanup(func() { _ = client.Close() })
		}
		return client, err
	}

	t.Run("connects to the server for any name", func(t *testing.T) {
		client, err := dial(t, s.KnownHostsFile, s.User, key(t, s.PrivateKeyFile))
		if err != nil {
			t.Fatal(err)
		}
		config, err := mysql.ParseDSN(d.dsn())
		if err != nil {
			t.Fatal(err)
		}
		config.Addr = "db.internal:3306"
		config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
			return client.DialContext(ctx, network, address)
		}
		connector, err := mysql.NewConnector(config)
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector)
		defer db.Close()
		mustExec(t, db, insertTrunks, "10.0.0.1", 1)
		if have := strings.Join(s.Asked(), " "); have != "db.internal:3306" || s.Forwarded() != 1 {
			t.Errorf("asked for %s", have)
		}
	})
	t.Run("password", func(t *testing.T) {
		if _, err := dial(t, s.KnownHostsFile, s.User, ssh.Password(s.Password)); err != nil {
			t.Error(err)
		}
	})
	t.Run("key with a passphrase", func(t *testing.T) {
		text, err := os.ReadFile(s.LockedKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		var locked *ssh.PassphraseMissingError
		if _, err := ssh.ParsePrivateKey(text); !errors.As(err, &locked) {
			t.Errorf("the key is not locked: %v", err)
		}
		signer, err := ssh.ParsePrivateKeyWithPassphrase(text, []byte(s.Passphrase))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dial(t, s.KnownHostsFile, s.User, ssh.PublicKeys(signer)); err != nil {
			t.Error(err)
		}
	})
	t.Run("wrong credentials", func(t *testing.T) {
		for name, try := range map[string]struct {
			user string
			how  ssh.AuthMethod
		}{
			"a wrong key":      {s.User, key(t, s.StrangerKeyFile)},
			"a wrong password": {s.User, ssh.Password("wrong")},
			"a wrong user":     {"root", key(t, s.PrivateKeyFile)},
		} {
			if _, err := dial(t, s.KnownHostsFile, try.user, try.how); err == nil {
				t.Errorf("%s got in", name)
			}
		}
	})
	t.Run("wrong host key", func(t *testing.T) {
		_, err := dial(t, s.WrongHostsFile, s.User, key(t, s.PrivateKeyFile))
		var changed *knownhosts.KeyError
		if !errors.As(err, &changed) || len(changed.Want) == 0 {
			t.Errorf("have %v", err)
		}
	})
	t.Run("refuses a shell, and forwarding after RefuseForwarding", func(t *testing.T) {
		client, err := dial(t, s.KnownHostsFile, s.User, key(t, s.PrivateKeyFile))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.NewSession(); err == nil {
			t.Error("there is a shell")
		}
		s.RefuseForwarding()
		before := s.Forwarded()
		_, err = client.Dial("tcp", "db.internal:3306")
		var refused *ssh.OpenChannelError
		if !errors.As(err, &refused) || refused.Reason != ssh.Prohibited {
			t.Errorf("have %v", err)
		}
		if s.Forwarded() != before+1 {
			t.Error("what was refused is not in the books")
		}
	})
	t.Run("unreachable target", func(t *testing.T) {
		nowhere := NewSSH(t, net.JoinHostPort(loopback, "1"))
		check, err := knownhosts.New(nowhere.KnownHostsFile)
		if err != nil {
			t.Fatal(err)
		}
		client, err := ssh.Dial("tcp", net.JoinHostPort(nowhere.Host(), strconv.Itoa(nowhere.Port())), &ssh.ClientConfig{
			User: nowhere.User, Auth: []ssh.AuthMethod{ssh.Password(nowhere.Password)}, HostKeyCallback: check,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		_, err = client.Dial("tcp", "db.internal:3306")
		var refused *ssh.OpenChannelError
		if !errors.As(err, &refused) || refused.Reason != ssh.ConnectionFailed {
			t.Errorf("have %v", err)
		}
	})
}
