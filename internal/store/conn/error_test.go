package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// What a machine without a network, or another server than the sandbox's,
// answers; the rest is tried for real in connect_test.go.
func TestExplain(t *testing.T) {
	dial := func(cause error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: cause}
	}
	for _, c := range []struct {
		claim      string
		err        error
		encrypting bool
		want       Failure
	}{
		{"no route to the host", dial(syscall.EHOSTUNREACH), false, Unreachable},
		{"no route to the network", dial(syscall.ENETUNREACH), false, Unreachable},
		{"timeout of a dial", dial(&net.DNSError{IsTimeout: true}), false, TimedOut},
		{"failing name service", dial(&net.DNSError{Err: "server misbehaving"}), false, NameUnknown},
		{"MySQL demands encryption", &mysql.MySQLError{Number: 3159}, false, TLSDemanded},
		{"blocked host", &mysql.MySQLError{Number: 1129}, false, HostNotAllowed},
		{"host without an account", &mysql.MySQLError{Number: 1130}, false, HostNotAllowed},
		{"too many connections", &mysql.MySQLError{Number: 1040}, false, TooManyConnections},
		{"an expired password", &mysql.MySQLError{Number: 1862}, false, ServerRefused},
		{"cleartext authentication plugin", mysql.ErrCleartextPassword, false, UnsupportedLogin},
		{"unknown authentication plugin", mysql.ErrUnknownPlugin, false, UnsupportedLogin},
		{"untyped error of crypto/tls", errors.New("tls: server selected unsupported protocol version 301"), true, TLSFailed},
		{"untyped error without encryption", errors.New("oops"), false, Dropped},
		{"connection lost during the handshake", mysql.ErrInvalidConn, true, Dropped},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var failed *Error
			err := explain(context.Background(), "database db:3306", c.encrypting, c.err)
			if !errors.As(err, &failed) || failed.Failure != c.want {
				t.Fatalf("explain: %v, want %q", err, c.want)
			}
			if !errors.Is(err, c.err) || !strings.HasPrefix(err.Error(), "database db:3306: ") {
				t.Errorf("error %q lost its cause or its place", err)
			}
		})
	}
	t.Run("explained error is not changed", func(t *testing.T) {
		first := &Error{Failure: SSHForward, Target: "ssh host b:22", Err: errors.New("no")}
		if err := explain(context.Background(), "database db:3306", true, fmt.Errorf("connecting: %w", first)); !errors.Is(err, first) {
			t.Errorf("explain: %v", err)
		}
	})
}
