package conn

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
)

// tunnel dials through one SSH connection that all database connections share.
// It is made when the first of them needs it, and again when it broke.
type tunnel struct {
	settings SSH
	methods  []ssh.AuthMethod
	hostKeys hostKeys

	// turn guards client: a mutex whose Lock ends with a context.
	turn   chan struct{}
	client *sshClient
}

// sshClient is a client with a channel that is closed when its connection has
// ended.
type sshClient struct {
	*ssh.Client
	ended chan struct{}
}

// open opens a forwarded connection. It fails when the SSH connection ends:
// package ssh fails what waits at that moment, and lets wait for ever what asks
// while the connection is being torn down.
func (c *sshClient) open(ctx context.Context, network, address string) (net.Conn, error) {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-c.ended:
			cancel()
		case <-within.Done():
		}
	}()
	conn, err := c.DialContext(within, network, address)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return nil, net.ErrClosed
	}
	return conn, err
}

func newTunnel(settings SSH) (*tunnel, error) {
	methods, err := settings.methods()
	if err != nil {
		return nil, err
	}
	hostKeys, err := settings.hostKeys()
	if err != nil {
		return nil, err
	}
	return &tunnel{settings: settings, methods: methods, hostKeys: hostKeys, turn: make(chan struct{}, 1)}, nil
}

// dial connects to address as the SSH host sees it. A client that turns out to
// be broken is replaced once.
func (t *tunnel) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for {
		client, fresh, err := t.connected(ctx)
		if err != nil {
			return nil, err
		}
		conn, err := client.open(ctx, network, address)
		var refused *ssh.OpenChannelError
		switch {
		case err == nil:
			return &deadlineConn{Conn: conn}, nil
		case errors.As(err, &refused):
			return nil, &Error{Failure: SSHForward, Target: t.settings.target(), Err: fmt.Errorf("no way on to %s: %w", address, err)}
		}
		if ctx.Err() != nil {
			// The host may be slow or the connection dead; others may be using
			// it.
			go t.probe(client)
			return nil, networkError(ctx, t.settings.target(), err)
		}
		t.drop(client)
		if fresh {
			return nil, networkError(ctx, t.settings.target(), err)
		}
	}
}

// connected returns the client, and whether it was dialled for this very call.
func (t *tunnel) connected(ctx context.Context) (client *sshClient, fresh bool, err error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return nil, false, networkError(ctx, t.settings.target(), ctx.Err())
	}
	if t.client != nil {
		return t.client, false, nil
	}
	connection, err := t.handshake(ctx)
	if err != nil {
		return nil, false, err
	}
	client = &sshClient{Client: connection, ended: make(chan struct{})}
	t.client = client
	go func() {
		_ = client.Wait() // the next user of it gets the error
		close(client.ended)
		t.drop(client)
	}()
	return client, true, nil
}

func (t *tunnel) handshake(ctx context.Context) (*ssh.Client, error) {
	target := t.settings.target()
	conn, err := dialer.DialContext(ctx, "tcp", t.settings.address())
	if err != nil {
		return nil, networkError(ctx, target, err)
	}
	// The handshake takes no context; closing its connection ends it.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	var trusted bool
	var refused error
	config := &ssh.ClientConfig{
		User:              t.settings.User,
		Auth:              t.methods,
		HostKeyAlgorithms: t.hostKeys.algorithms,
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			refused = t.hostKeys.check(address, remote, key)
			trusted = refused == nil
			return refused
		},
	}
	session, channels, requests, err := ssh.NewClientConn(conn, t.settings.address(), config)
	var unlike *ssh.AlgorithmNegotiationError
	switch {
	case err == nil:
		return ssh.NewClient(session, channels, requests), nil
	case refused != nil:
		return nil, refused
	case ctx.Err() != nil || isNetworkError(err):
		return nil, networkError(ctx, target, err)
	case trusted:
		return nil, &Error{Failure: SSHAuthentication, Target: target, Err: fmt.Errorf("user %s: %w", t.settings.User, err)}
	case errors.As(err, &unlike) && unlike.What == "host key":
		return nil, &Error{Failure: SSHHostKeyUnknown, Target: target, Err: fmt.Errorf("it has no key of a kind that is known of it: %w", err)}
	default:
		return nil, &Error{Failure: Dropped, Target: target, Err: err}
	}
}

// probe drops a client that does not answer any more.
func (t *tunnel) probe(client *sshClient) {
	answered := make(chan error, 1)
	go func() {
		// Any answer will do: hosts refuse a request that they do not know.
		_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
		answered <- err
	}()
	select {
	case err := <-answered:
		if err == nil {
			return
		}
	case <-time.After(dialTimeout):
	}
	t.drop(client)
}

// drop forgets a client, unless another has taken its place already.
func (t *tunnel) drop(client *sshClient) {
	t.turn <- struct{}{}
	if t.client == client {
		t.client = nil
	}
	<-t.turn
	_ = client.Close()
}

func (t *tunnel) close() error {
	t.turn <- struct{}{}
	client := t.client
	t.client = nil
	<-t.turn
	if client == nil {
		return nil
	}
	return client.Close()
}

func (s SSH) target() string { return "ssh host " + s.address() }

// methods returns the ways to log in, the key first. It reads the key's file.
func (s SSH) methods() ([]ssh.AuthMethod, error) {
	var methods []ssh.AuthMethod
	if s.PrivateKey != "" || s.PrivateKeyFile != "" {
		signer, err := s.signer()
		if err != nil {
			return nil, err
		}
		methods = append(methods, ssh.PublicKeys(signer))
	}
	if s.Password != "" {
		// Many hosts ask for the password through PAM, which is another method.
		answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = s.Password
			}
			return answers, nil
		}
		methods = append(methods, ssh.Password(s.Password), ssh.KeyboardInteractive(answer))
	}
	return methods, nil
}

func (s SSH) signer() (ssh.Signer, error) {
	text, setting := []byte(s.PrivateKey), "ssh.private_key"
	if s.PrivateKey == "" {
		setting = "ssh.private_key_file"
		var err error
		if text, err = os.ReadFile(s.PrivateKeyFile); err != nil {
			return nil, Violation{Setting: setting, Err: err, Advice: adviceFile}
		}
	}
	signer, err := ssh.ParsePrivateKey(text)
	var encrypted *ssh.PassphraseMissingError
	if errors.As(err, &encrypted) {
		if s.Passphrase == "" {
			return nil, Violation{
				Setting: setting,
				Err:     errors.New("the private key is encrypted, and no passphrase is given"),
				Advice:  "Set passphrase (or VICIDIAL_SSH_PASSPHRASE), or use a key that is not encrypted.",
			}
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(s.Passphrase))
		if errors.Is(err, x509.IncorrectPasswordError) {
			return nil, Violation{Setting: "ssh.passphrase", Err: errors.New("it does not open the private key"), Advice: "Check the passphrase with: ssh-keygen -y -f KEYFILE"}
		}
	}
	if err != nil {
		return nil, Violation{
			Setting: setting,
			Err:     fmt.Errorf("no private key can be read from it: %w", err),
			Advice:  "The key must be as ssh-keygen writes it: PEM, from the BEGIN line to the END line, line breaks kept. The file with .pub at its end is the public half.",
		}
	}
	return signer, nil
}

// deadlineConn gives a channel of an SSH connection the deadlines that it
// lacks and the driver sets. Passing one closes the channel, as nothing else
// ends a Read; the driver drops a connection at that point anyway. A deadline
// holds from the next Read or Write on, not for one under way.
type deadlineConn struct {
	net.Conn
	read, write time.Time
}

func (c *deadlineConn) SetDeadline(at time.Time) error {
	c.read, c.write = at, at
	return nil
}

func (c *deadlineConn) SetReadDeadline(at time.Time) error {
	c.read = at
	return nil
}

func (c *deadlineConn) SetWriteDeadline(at time.Time) error {
	c.write = at
	return nil
}

func (c *deadlineConn) Read(into []byte) (int, error) {
	return c.within(c.read, func() (int, error) { return c.Conn.Read(into) })
}

func (c *deadlineConn) Write(from []byte) (int, error) {
	return c.within(c.write, func() (int, error) { return c.Conn.Write(from) })
}

func (c *deadlineConn) within(deadline time.Time, work func() (int, error)) (int, error) {
	if deadline.IsZero() {
		return work()
	}
	left := time.Until(deadline)
	if left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	timer := time.AfterFunc(left, func() { _ = c.Close() })
	count, err := work()
	if !timer.Stop() && err != nil {
		return count, os.ErrDeadlineExceeded
	}
	return count, err
}
