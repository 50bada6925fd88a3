package conn

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// overJump are the settings for a database that only the bastion can name.
func overJump(d *sandbox.Database, bastion *sandbox.SSH) Settings {
	settings := settingsOf(d)
	settings.Host, settings.Port = "database.internal", 3306
	settings.SSH = &SSH{
		Host: bastion.Host(), Port: bastion.Port(), User: bastion.User,
		PrivateKeyFile: bastion.PrivateKeyFile, KnownHostsFile: bastion.KnownHostsFile,
	}
	return settings
}

func aBastion(t *testing.T) (*sandbox.Database, *sandbox.SSH) {
	t.Helper()
	database := sandbox.New(t, 1720)
	return database, sandbox.NewSSH(t, fmt.Sprintf("%s:%d", database.Host, database.Port))
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSSH_login(t *testing.T) {
	t.Parallel()
	database, bastion := aBastion(t)
	for _, c := range []struct {
		claim  string
		change func(*testing.T, *SSH, *sandbox.SSH)
	}{
		{"by a key in a file", func(*testing.T, *SSH, *sandbox.SSH) {}},
		{"by the key itself", func(t *testing.T, s *SSH, b *sandbox.SSH) {
			s.PrivateKey, s.PrivateKeyFile = readFile(t, b.PrivateKeyFile), ""
		}},
		{"by an encrypted key and its passphrase", func(_ *testing.T, s *SSH, b *sandbox.SSH) {
			s.PrivateKeyFile, s.Passphrase = b.LockedKeyFile, b.Passphrase
		}},
		{"by a password", func(_ *testing.T, s *SSH, b *sandbox.SSH) { s.PrivateKeyFile, s.Password = "", b.Password }},
		{"by the password after a rejected key", func(_ *testing.T, s *SSH, b *sandbox.SSH) {
			s.PrivateKeyFile, s.Password = b.StrangerKeyFile, b.Password
		}},
		{"with the host's key in the block", func(_ *testing.T, s *SSH, b *sandbox.SSH) {
			s.KnownHostsFile, s.HostKey = "", b.KnownHosts
		}},
		{"with the host's name hashed in known_hosts", func(t *testing.T, s *SSH, b *sandbox.SSH) {
			_, key, _ := strings.Cut(strings.TrimSpace(b.KnownHosts), " ")
			name := knownhosts.HashHostname(knownhosts.Normalize(s.address()))
			s.KnownHostsFile = aFile(t, name+" "+key+"\n")
		}},
		{"with a second key of another kind in known_hosts", func(t *testing.T, s *SSH, b *sandbox.SSH) {
			s.KnownHostsFile = aFile(t, knownhosts.Line([]string{s.address()}, anECDSASigner(t).PublicKey())+"\n"+b.KnownHosts+"\n")
		}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := overJump(database, bastion)
			c.change(t, settings.SSH, bastion)
			before := bastion.Forwarded()
			if got := ask(t, openFor(t, settings), "SELECT DATABASE()"); got != database.Name {
				t.Errorf("connected to %q", got)
			}
			if asked := bastion.Asked()[before:]; !slices.Equal(asked, []string{"database.internal:3306"}) {
				t.Errorf("the bastion was asked for %v", asked)
			}
		})
	}
}

func TestSSH_rejects(t *testing.T) {
	t.Parallel()
	database, bastion := aBastion(t)
	for _, c := range []struct {
		claim  string
		change func(*testing.T, *SSH, *sandbox.SSH)
		want   Failure
		holds  []string
	}{
		{
			"a host that known_hosts does not name",
			func(t *testing.T, s *SSH, _ *sandbox.SSH) { s.KnownHostsFile = aFile(t, "") },
			SSHHostKeyUnknown,
			[]string{"it shows ssh-", "SHA256:", "does not know the host"},
		},
		{
			"a host whose key changed",
			func(_ *testing.T, s *SSH, b *sandbox.SSH) { s.KnownHostsFile = b.WrongHostsFile },
			SSHHostKeyChanged,
			[]string{"it shows ssh-", "SHA256:", "line 1 has"},
		},
		{
			"a host whose key is not the one in the block",
			func(t *testing.T, s *SSH, _ *sandbox.SSH) { s.KnownHostsFile, s.HostKey = "", aJump(t).HostKey },
			SSHHostKeyChanged,
			[]string{"it shows ssh-", "host_key is"},
		},
		{
			"a host of which another kind of key is known",
			func(t *testing.T, s *SSH, _ *sandbox.SSH) {
				s.KnownHostsFile = aFile(t, knownhosts.Line([]string{s.address()}, anECDSASigner(t).PublicKey())+"\n")
			},
			SSHHostKeyUnknown,
			[]string{"ecdsa-sha2-nistp256"},
		},
		{
			"a host whose key is revoked",
			func(t *testing.T, s *SSH, b *sandbox.SSH) {
				_, key, _ := strings.Cut(strings.TrimSpace(b.KnownHosts), " ")
				s.KnownHostsFile = aFile(t, b.KnownHosts+"\n@revoked * "+key+"\n")
			},
			SSHHostKeyChanged,
			[]string{"revoked"},
		},
		{
			"a key that the host does not take",
			func(_ *testing.T, s *SSH, b *sandbox.SSH) { s.PrivateKeyFile = b.StrangerKeyFile },
			SSHAuthentication,
			[]string{"user "},
		},
		{
			"a wrong password",
			func(_ *testing.T, s *SSH, _ *sandbox.SSH) { s.PrivateKeyFile, s.Password = "", canary },
			SSHAuthentication,
			[]string{"user "},
		},
		{
			"a host that is not there",
			func(_ *testing.T, s *SSH, _ *sandbox.SSH) { s.Host = "bastion.invalid" },
			NameUnknown,
			[]string{"ssh host bastion.invalid"},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := overJump(database, bastion)
			c.change(t, settings.SSH, bastion)
			expectFailure(t, settings, c.want, append(c.holds, "ssh host ")...)
			if bastion.Forwarded() > 0 {
				t.Error("a connection came about all the same")
			}
		})
	}

	t.Run("not an SSH server", func(t *testing.T) {
		settings := overJump(database, bastion)
		settings.SSH.Host, settings.SSH.Port = aListener(t, func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
			_ = conn.Close()
		})
		expectFailure(t, settings, Dropped, "ssh host ")
	})
	t.Run("host without a greeting", func(t *testing.T) {
		settings := overJump(database, bastion)
		settings.SSH.Host, settings.SSH.Port = aListener(t, func(net.Conn) {})
		// However long the wait, nothing would come.
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var failed *Error
		if err := openFor(t, settings).PingContext(ctx); !errors.As(err, &failed) || failed.Failure != TimedOut {
			t.Errorf("ping: %v, want %q", err, TimedOut)
		}
	})
	t.Run("host that refuses forwarding", func(t *testing.T) {
		bastion.RefuseForwarding()
		expectFailure(t, overJump(database, bastion), SSHForward, "ssh host ", "no way on to database.internal:3306")
	})
}

func TestSSHHostCertificates(t *testing.T) {
	t.Parallel()
	authority := anECDSASigner(t) // of another type than the host's key
	certificate := aHostCertificate(t, authority, "127.0.0.1")
	// This bastion lets everybody in and leads nowhere: to be refused by it is
	// to have trusted it.
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(certificate)
	host, port := aListener(t, func(conn net.Conn) {
		session, channels, requests, err := ssh.NewServerConn(conn, config)
		if err != nil {
			return
		}
		go ssh.DiscardRequests(requests)
		for channel := range channels {
			_ = channel.Reject(ssh.Prohibited, "nobody gets on")
		}
		_ = session.Close()
	})
	line := func(marker string, key ssh.PublicKey) string {
		return marker + knownhosts.Line([]string{net.JoinHostPort(host, strconv.Itoa(port))}, key) + "\n"
	}
	for _, c := range []struct {
		claim      string
		knownHosts string
		want       Failure
	}{
		{"known authority", line("@cert-authority ", authority.PublicKey()), SSHForward},
		{"authority for all hosts, any port", "@cert-authority * " + strings.SplitN(line("", authority.PublicKey()), " ", 2)[1], SSHForward},
		{"unknown authority", line("@cert-authority ", aSigner(t).PublicKey()), SSHHostKeyUnknown},
		{"authority for another host", "@cert-authority *.example " + strings.SplitN(line("", authority.PublicKey()), " ", 2)[1], SSHHostKeyUnknown},
		{"authority's key as the host key", line("", authority.PublicKey()), SSHHostKeyUnknown},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := goodSettings()
			settings.SSH = &SSH{Host: host, Port: port, User: "ops", Password: canary, KnownHostsFile: aFile(t, c.knownHosts)}
			expectFailure(t, settings, c.want, "ssh host ")
		})
	}
}

// aHostCertificate is a new host key with an authority's word for a host.
func aHostCertificate(t *testing.T, authority ssh.Signer, host string) ssh.Signer {
	t.Helper()
	key := aSigner(t)
	certificate := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{host}, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewCertSigner(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func TestSSHCarriesTLS(t *testing.T) {
	t.Parallel()
	files := sandbox.NewCertificates(t)
	database := sandbox.Own(t, sandbox.Options{TLS: &files}).Database(t, 1720)
	bastion := sandbox.NewSSH(t, fmt.Sprintf("%s:%d", database.Host, database.Port))
	settings := overJump(database, bastion)

	settings.TLS = TLS{Mode: TLSVerifyFull, CAFile: files.CA, ServerName: "localhost"}
	if cipher := ask(t, openFor(t, settings), cipherInUse); cipher == "" {
		t.Error("the connection inside the tunnel is not encrypted")
	}
	t.Run("certificate is verified for the database's name", func(t *testing.T) {
		settings.TLS.ServerName = ""
		expectFailure(t, settings, TLSWrongName, "database.internal")
	})
}

// relay is a proxy between a client and an SSH host that can cut or suspend
// connections.
type relay struct {
	target string
	gate   sync.RWMutex // held for reading while bytes pass, for writing while frozen

	lock  sync.Mutex
	lines []net.Conn
	met   int
}

// aRelay relays to target until the test ends.
func aRelay(t *testing.T, target string) (r *relay, host string, port int) {
	t.Helper()
	r = &relay{target: target}
	host, port = aListener(t, r.carry)
	t.Cleanup(r.cut) // before the listener waits for its lines to end
	return r, host, port
}

func (r *relay) carry(near net.Conn) {
	far, err := net.Dial("tcp", r.target)
	if err != nil {
		_ = near.Close()
		return
	}
	r.lock.Lock()
	r.met++
	r.lines = append(r.lines, near, far)
	r.lock.Unlock()

	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(gated{way[1], &r.gate}, way[0])
			_ = errors.Join(near.Close(), far.Close())
		})
	}
	both.Wait()
}

func (r *relay) cut() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, line := range r.lines {
		_ = line.Close()
	}
	r.lines = nil
}

func (r *relay) count() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.met
}

type gated struct {
	io.Writer
	gate *sync.RWMutex
}

func (g gated) Write(bytes []byte) (int, error) {
	g.gate.RLock()
	defer g.gate.RUnlock()
	return g.Writer.Write(bytes)
}

func TestSSHIsSharedAndDialledAnew(t *testing.T) {
	t.Parallel()
	database, bastion := aBastion(t)
	line, host, port := aRelay(t, fmt.Sprintf("%s:%d", bastion.Host(), bastion.Port()))
	settings := overJump(database, bastion)
	settings.SSH.Host, settings.SSH.Port = host, port
	settings.SSH.KnownHostsFile, settings.SSH.HostKey = "", bastion.KnownHosts
	db := openFor(t, settings)

	t.Run("concurrent connections share one SSH connection", func(t *testing.T) {
		var all sync.WaitGroup
		conns := make([]io.Closer, 4)
		failures := make([]error, 4)
		for i := range conns {
			all.Go(func() { conns[i], failures[i] = db.Conn(t.Context()) })
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			t.Fatal(err)
		}
		for _, conn := range conns {
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
		if line.count() != 1 || bastion.Forwarded() != 4 {
			t.Errorf("%d SSH connections with %d forwarded, want 1 with 4", line.count(), bastion.Forwarded())
		}
	})
	t.Run("lost SSH connection is replaced", func(t *testing.T) {
		for round := 2; round <= 4; round++ {
			line.cut()
			if err := backAgain(t, db); err != nil {
				t.Fatal(err)
			}
			if line.count() != round {
				t.Errorf("%d SSH connections, want %d", line.count(), round)
			}
		}
	})
	t.Run("cancelled caller does not close the SSH connection", func(t *testing.T) {
		working, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = working.Close() }()
		before := line.count()

		line.gate.Lock()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		impatient := openConn(ctx, db, 4)
		line.gate.Unlock()
		if impatient == nil {
			t.Error("somebody got through a frozen line")
		}
		var answer int
		if err := working.QueryRowContext(t.Context(), "SELECT 1").Scan(&answer); err != nil {
			t.Errorf("the connection that was at work: %v", err)
		}
		if line.count() != before {
			t.Error("the SSH connection was dialled anew")
		}
	})
}

// openConn opens count connections concurrently and returns the first error.
func openConn(ctx context.Context, db *sql.DB, count int) error {
	failures := make(chan error, count)
	for range count {
		go func() { failures <- db.PingContext(ctx) }()
	}
	var first error
	for range count {
		if err := <-failures; first == nil {
			first = err
		}
	}
	return first
}

// backAgain queries until it gets a result; the pool may hold connections that do
// not know yet that their line is gone, one error each.
func backAgain(t *testing.T, db *sql.DB) error {
	t.Helper()
	var err error
	for range defaultMaxConnections + 1 {
		if err = db.PingContext(t.Context()); err == nil {
			return nil
		}
	}
	return err
}

func TestDeadlineConn(t *testing.T) {
	t.Parallel()
	pair := func(t *testing.T) (*deadlineConn, net.Conn) {
		t.Helper()
		near, far := net.Pipe()
		t.Cleanup(func() { _ = errors.Join(near.Close(), far.Close()) })
		// The pipe's own deadlines are left out of it.
		return &deadlineConn{Conn: near}, far
	}
	t.Run("past deadline", func(t *testing.T) {
		conn, _ := pair(t)
		if err := conn.SetDeadline(time.Now().Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
		if _, err := conn.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write: %v", err)
		}
	})
	t.Run("deadline ends a read", func(t *testing.T) {
		conn, _ := pair(t)
		if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, err := conn.Read(make([]byte, 1))
		var network net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &network) || !network.Timeout() {
			t.Errorf("read: %v", err)
		}
	})
	t.Run("deadline ends a write", func(t *testing.T) {
		conn, _ := pair(t)
		if err := conn.SetWriteDeadline(time.Now().Add(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write: %v", err)
		}
	})
	t.Run("deadline in the future, and removed", func(t *testing.T) {
		conn, far := pair(t)
		go func() { _, _ = far.Write([]byte("ab")) }()
		for _, at := range []time.Time{time.Now().Add(time.Hour), {}} {
			if err := conn.SetReadDeadline(at); err != nil {
				t.Fatal(err)
			}
			if count, err := conn.Read(make([]byte, 1)); count != 1 || err != nil {
				t.Errorf("read %d, %v", count, err)
			}
		}
	})
}
