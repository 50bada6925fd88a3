package sandbox

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// SSH is an SSH server in this process. It accepts one user, by key or password,
// and only forwards TCP connections.
type SSH struct {
	User     string
	Password string

	// Files for a client, made for the test: the user's key, the same key behind a
	// passphrase, a key that is not accepted, the server's line for known_hosts,
	// and a known_hosts file with another key for it.
	PrivateKeyFile  string
	LockedKeyFile   string
	Passphrase      string
	StrangerKeyFile string
	KnownHostsFile  string
	WrongHostsFile  string
	KnownHosts      string // the line itself

	target   string
	listener net.Listener
	running  sync.WaitGroup

	mutex   sync.Mutex
	open    map[net.Conn]bool
	asked   []string
	refuses bool
	closed  bool
}

// NewSSH starts an SSH server until the test ends. It connects every forwarded
// connection to target ("127.0.0.1:3306"), so that a test may use a name that only
// the server resolves.
func NewSSH(tb testing.TB, target string) *SSH {
	tb.Helper()
	s := &SSH{User: "ops", Password: rand.Text(), Passphrase: rand.Text(), target: target, open: map[net.Conn]bool{}}
	config, host, err := s.makeKeys(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	if s.listener, err = net.Listen("tcp", net.JoinHostPort(loopback, "0")); err != nil {
		tb.Fatal(err)
	}
	if err := s.writeKnownHosts(tb.TempDir(), host); err != nil {
		tb.Fatal(err)
	}
	s.running.Go(func() { s.accept(config) })
	tb.Cleanup(s.close)
	return s
}

// Host returns the address of the server.
func (s *SSH) Host() string { return loopback }

// Port returns the port of the server.
func (s *SSH) Port() int {
	if address, ok := s.listener.Addr().(*net.TCPAddr); ok {
		return address.Port
	}
	return 0
}

// Asked returns the addresses (host:port) that clients requested, in order, for
// each forwarded or refused connection.
func (s *SSH) Asked() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.asked)
}

// Forwarded returns the number of requested connections.
func (s *SSH) Forwarded() int { return len(s.Asked()) }

// RefuseForwarding makes the server refuse new connections, as AllowTcpForwarding
// no does.
func (s *SSH) RefuseForwarding() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.refuses = true
}

// makeKeys writes the user's key files and returns the configuration of the server.
func (s *SSH) makeKeys(folder string) (*ssh.ServerConfig, ssh.Signer, error) {
	host, _, err := newSSHKey()
	if err != nil {
		return nil, nil, err
	}
	user, userKey, err := newSSHKey()
	if err != nil {
		return nil, nil, err
	}
	_, strangerKey, err := newSSHKey()
	if err != nil {
		return nil, nil, err
	}
	s.PrivateKeyFile = filepath.Join(folder, "id_ed25519")
	s.LockedKeyFile = filepath.Join(folder, "id_locked")
	s.StrangerKeyFile = filepath.Join(folder, "id_stranger")
	plain, err := ssh.MarshalPrivateKey(userKey, "")
	if err != nil {
		return nil, nil, err
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(userKey, "", []byte(s.Passphrase))
	if err != nil {
		return nil, nil, err
	}
	stranger, err := ssh.MarshalPrivateKey(strangerKey, "")
	if err != nil {
		return nil, nil, err
	}
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(metadata ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if metadata.User() != s.User || string(key.Marshal()) != string(user.PublicKey().Marshal()) {
				return nil, errors.New("this key is not let in")
			}
			return &ssh.Permissions{}, nil
		},
		PasswordCallback: func(metadata ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if metadata.User() != s.User || subtle.ConstantTimeCompare(password, []byte(s.Password)) != 1 {
				return nil, errors.New("this password is not let in")
			}
			return &ssh.Permissions{}, nil
		},
	}
	config.AddHostKey(host)
	return config, host, errors.Join(
		os.WriteFile(s.PrivateKeyFile, pem.EncodeToMemory(plain), 0o600),
		os.WriteFile(s.LockedKeyFile, pem.EncodeToMemory(locked), 0o600),
		os.WriteFile(s.StrangerKeyFile, pem.EncodeToMemory(stranger), 0o600),
	)
}

func (s *SSH) writeKnownHosts(folder string, host ssh.Signer) error {
	other, _, err := newSSHKey()
	if err != nil {
		return err
	}
	address := net.JoinHostPort(s.Host(), strconv.Itoa(s.Port()))
	s.KnownHosts = knownhosts.Line([]string{address}, host.PublicKey())
	s.KnownHostsFile = filepath.Join(folder, "known_hosts")
	s.WrongHostsFile = filepath.Join(folder, "wrong_hosts")
	return errors.Join(
		os.WriteFile(s.KnownHostsFile, []byte(s.KnownHosts+"\n"), 0o600),
		os.WriteFile(s.WrongHostsFile, []byte(knownhosts.Line([]string{address}, other.PublicKey())+"\n"), 0o600),
	)
}

func newSSHKey() (ssh.Signer, ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	signer, err := ssh.NewSignerFromKey(key)
	return signer, key, err
}

func (s *SSH) accept(config *ssh.ServerConfig) {
	for {
		client, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.hold(client)
		s.running.Go(func() {
			defer s.release(client)
			s.serve(client, config)
		})
	}
}

// serve serves one client.
func (s *SSH) serve(client net.Conn, config *ssh.ServerConfig) {
	connection, channels, requests, err := ssh.NewServerConn(client, config)
	if err != nil {
		return // not authenticated
	}
	defer connection.Close()
	go ssh.DiscardRequests(requests)
	for channel := range channels {
		address, err := s.forwarding(channel)
		if err != nil {
			_ = channel.Reject(ssh.Prohibited, err.Error()) // or it is gone
			continue
		}
		s.running.Go(func() { s.forward(channel, address) })
	}
}

// forwarding returns the requested address of a channel.
func (s *SSH) forwarding(channel ssh.NewChannel) (string, error) {
	if channel.ChannelType() != "direct-tcpip" {
		return "", fmt.Errorf("%s is not offered", channel.ChannelType())
	}
	var ask struct { // RFC 4254 §7.2
		Host       string
		Port       uint32
		FromHost   string
		FromPort   uint32
		Extensions []byte `ssh:"rest"`
	}
	if err := ssh.Unmarshal(channel.ExtraData(), &ask); err != nil {
		return "", err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.asked = append(s.asked, net.JoinHostPort(ask.Host, strconv.FormatUint(uint64(ask.Port), 10)))
	if s.refuses {
		return "", errors.New("forwarding is not allowed here")
	}
	return s.target, nil
}

// forward copies between a channel and a connection until either side closes.
func (s *SSH) forward(asked ssh.NewChannel, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		_ = asked.Reject(ssh.ConnectionFailed, err.Error()) // or it is gone
		return
	}
	s.hold(server)
	defer s.release(server)
	channel, requests, err := asked.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	go ssh.DiscardRequests(requests)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, channel) // ends with either side
		_ = server.Close()
	}()
	_, _ = io.Copy(channel, server)
	_ = channel.Close()
	<-done
}

func (s *SSH) hold(connection net.Conn) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		_ = connection.Close() // accepted while the test ended
		return
	}
	s.open[connection] = true
}

func (s *SSH) release(connection net.Conn) {
	_ = connection.Close() // the other side may have closed it
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.open, connection)
}

func (s *SSH) close() {
	_ = s.listener.Close()
	s.mutex.Lock()
	s.closed = true
	for connection := range s.open {
		_ = connection.Close()
	}
	s.mutex.Unlock()
	s.running.Wait()
}
