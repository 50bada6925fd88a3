package conn

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

// Failure is the reason of a connection that failed, as far as an operator can
// act on it.
type Failure string

// The failures, in the order of the hops to the database.
const (
	// NameUnknown: the name service knows no such host.
	NameUnknown Failure = "name unknown"
	// Refused: the host answers, and nothing listens at the port.
	Refused Failure = "refused"
	// TimedOut: no answer within the time.
	TimedOut Failure = "timed out"
	// Unreachable: there is no route to the host.
	Unreachable Failure = "unreachable"
	// SocketUnusable: the socket is missing, or may not be opened.
	SocketUnusable Failure = "socket unusable"
	// Dropped: the connection broke before it was usable, or the other side
	// speaks another protocol.
	Dropped Failure = "dropped"
	// SSHHostKeyUnknown: no key of the SSH host is known.
	SSHHostKeyUnknown Failure = "ssh host key unknown"
	// SSHHostKeyChanged: the SSH host shows another key than the known one.
	SSHHostKeyChanged Failure = "ssh host key changed"
	// SSHAuthentication: the SSH host refuses the login.
	SSHAuthentication Failure = "ssh authentication"
	// SSHForward: the SSH host does not connect to the database.
	SSHForward Failure = "ssh forward"
	// TLSNotOffered: the database does not encrypt.
	TLSNotOffered Failure = "tls not offered"
	// TLSUntrusted: no trusted authority signed the database's certificate.
	TLSUntrusted Failure = "tls untrusted"
	// TLSWrongName: the certificate is made out to another host.
	TLSWrongName Failure = "tls wrong name"
	// TLSFailed: both sides could not agree on an encryption.
	TLSFailed Failure = "tls failed"
	// TLSDemanded: the database refuses connections without encryption.
	TLSDemanded Failure = "tls demanded"
	// HostNotAllowed: the database refuses this machine.
	HostNotAllowed Failure = "host not allowed"
	// TooManyConnections: the database has no connection left.
	TooManyConnections Failure = "too many connections"
	// BadCredentials: user or password is wrong, or not valid from this address.
	BadCredentials Failure = "bad credentials"
	// UnsupportedLogin: the account needs a method that the provider lacks.
	UnsupportedLogin Failure = "unsupported login"
	// NoAccess: the account may not use the database.
	NoAccess Failure = "no access"
	// UnknownDatabase: the server has no database of that name.
	UnknownDatabase Failure = "unknown database"
	// ServerRefused: the server refused for another reason.
	ServerRefused Failure = "server refused"
)

// Error is a connection that failed: which hop to the database, and why. No
// statement was sent.
type Error struct {
	Failure Failure
	// Target is the hop: "database db.example:3306", "ssh host bastion:22".
	Target string
	Err    error
}

func (e *Error) Error() string { return e.Target + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) Hint() string { return hints[e.Failure] }

var hints = map[Failure]string{
	NameUnknown:        "The name could not be looked up from this machine. Check the spelling, or give the address instead.",
	Refused:            "The host answers, but nothing listens at that port. Check the port, whether the database runs, and bind-address in its configuration: with 127.0.0.1 it accepts only connections of its own host.",
	TimedOut:           "There was no answer in time. Check the address, and the firewalls between this machine and the host. A database on a private network is reached with ssh.",
	Unreachable:        "This machine has no route to the host. Check the address, routes and VPN; a database on a private network is reached with ssh.",
	SocketUnusable:     "Check the path, whether the database runs on this machine, and whether the user that runs Terraform may open the socket.",
	Dropped:            "The server closed the connection without an error message, or uses another protocol. Check host and port, and read the server's log. A proxy or a port forward in between can be the cause, too.",
	SSHHostKeyUnknown:  "Nothing was sent to the host. Compare the fingerprint with the one that the host itself shows (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there). If they are the same, add the line that ssh-keyscan prints to known_hosts_file, or set host_key to it.",
	SSHHostKeyChanged:  "Nothing was sent to the host. Either the host was reinstalled, or somebody intercepts the connection. Ask the administrator of the host. Only if the new fingerprint is the host's own, replace the old line in known_hosts_file or host_key.",
	SSHAuthentication:  "The host refuses the login. Check user, and that the public half of the key is in the user's authorized_keys on the host; ssh -v shows the same attempt in detail.",
	SSHForward:         "The SSH host accepted the login, but did not connect to the database. Check that host and port are those by which the SSH host reaches the database (127.0.0.1 if it is that host itself), that AllowTcpForwarding is on there, and its firewall.",
	TLSNotOffered:      "The server offers no encryption. Give it a certificate (ssl_cert and ssl_key in its configuration), reach it with ssh, or choose tls mode preferred or disabled if the network between is your own.",
	TLSUntrusted:       "The server's certificate is not signed by an authority that this machine trusts, or it has expired. Set tls ca_file to the authority that signed it, which is ssl_ca in the server's configuration.",
	TLSWrongName:       "The certificate is for another host. Set tls server_name or host to a name in the certificate, or choose mode verify_ca if the authority is your own. A name in the common name alone does not count; it must be a subject alternative name.",
	TLSFailed:          "Provider and server have no TLS version or cipher in common. The provider uses TLS 1.2 and newer. If the server requires a client certificate, set cert_file and key_file, signed by an authority that the server trusts.",
	TLSDemanded:        "The server accepts only encrypted connections. Choose tls mode required, or better verify_full.",
	HostNotAllowed:     "No account of the server allows connections from this machine. An account is for a user and an address: the message says which address the server sees. Create the account for that address. If the host is blocked after too many errors, run FLUSH HOSTS.",
	TooManyConnections: "The server has no connection left. The provider has tried again for some seconds. Raise max_connections of the server, or max_user_connections of this user, or lower max_connections of the provider; one is enough.",
	BadCredentials:     "Check username and password. An account is for a user *and* an address: the message says which address the server sees. Look for both in the server's accounts. The server gives the same answer if the account requires TLS or a client certificate (see tls), or if it can log in by the socket only, as root often can.",
	UnsupportedLogin:   "The account logs in by a method that the provider does not offer, because it is outdated or reveals the password. Create the account with mysql_native_password, ed25519 or caching_sha2_password.",
	NoAccess:           "The login is correct, but the account has no right to use this database. Grant it the rights that the provider's documentation lists, on this database.",
	UnknownDatabase:    "The name of VICIdial's database is usually asterisk. VARDB_database in /etc/astguiclient.conf of each node has it.",
	ServerRefused:      "The server refused the connection. Its message says why.",
}

// explain returns the [*Error] of an error of the driver. ctx bounded the attempt;
// encrypting is true if encryption was requested and failed.
func explain(ctx context.Context, target string, encrypting bool, err error) error {
	var explained *Error
	if errors.As(err, &explained) {
		return explained
	}
	if number, answered := ErrorNumber(err); answered {
		return &Error{Failure: refusal(number), Target: target, Err: err}
	}
	if failure, known := encryptionFailure(err); known {
		return &Error{Failure: failure, Target: target, Err: err}
	}
	if isLoginMethod(err) {
		return &Error{Failure: UnsupportedLogin, Target: target, Err: err}
	}
	if encrypting && ctx.Err() == nil && !isNetworkError(err) {
		// crypto/tls has no type for most of its errors, such as a server that
		// offers TLS 1.0 only.
		return &Error{Failure: TLSFailed, Target: target, Err: err}
	}
	return networkError(ctx, target, err)
}

// refusal returns the failure of a server's error number.
func refusal(number uint16) Failure {
	switch number {
	case numberAccessDenied, numberAccessDeniedNoPassword:
		return BadCredentials
	case numberLoginMethod, numberOldPassword, numberPluginMissing:
		return UnsupportedLogin
	case numberNoAccessToDatabase:
		return NoAccess
	case numberUnknownDatabase:
		return UnknownDatabase
	case numberHostBlocked, numberHostNotAllowed:
		return HostNotAllowed
	case numberTooManyConnections, numberTooManyUserConnections, numberUserLimitReached:
		return TooManyConnections
	case numberSecureTransport:
		return TLSDemanded
	default:
		return ServerRefused
	}
}

func encryptionFailure(err error) (Failure, bool) {
	var name x509.HostnameError
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, mysql.ErrNoTLS):
		return TLSNotOffered, true
	case errors.As(err, &name):
		return TLSWrongName, true
	case errors.As(err, &unverified):
		return TLSUntrusted, true
	case errors.As(err, &record), errors.As(err, &alert), isAlert(err):
		return TLSFailed, true
	default:
		return "", false
	}
}

// isAlert reports whether an error is an alert of the other side: crypto/tls does
// not export its type, but wraps it in an OpError of its own.
func isAlert(err error) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == "remote error"
}

// isLoginMethod reports whether the account needs a login method that the driver
// lacks or that is switched off.
func isLoginMethod(err error) bool {
	for _, method := range []error{mysql.ErrUnknownPlugin, mysql.ErrOldPassword, mysql.ErrNativePassword, mysql.ErrCleartextPassword} {
		if errors.Is(err, method) {
			return true
		}
	}
	return false
}

// networkError returns the [*Error] of a network error. An error that is one
// already is returned as it is.
func networkError(ctx context.Context, target string, err error) error {
	var explained *Error
	if errors.As(err, &explained) {
		return explained
	}
	failure := networkFailure(ctx, err)
	if failure == TimedOut && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer in time: %w", err)
	}
	return &Error{Failure: failure, Target: target, Err: err}
}

func networkFailure(ctx context.Context, err error) Failure {
	var lookUp *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &lookUp) && !lookUp.IsTimeout:
		return NameUnknown
	case errors.Is(err, syscall.ECONNREFUSED):
		return refusedBy(err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return SocketUnusable
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Unreachable
	case ctx.Err() != nil, errors.As(err, &network) && network.Timeout():
		return TimedOut
	default:
		return Dropped
	}
}

// refusedBy distinguishes a closed port from the socket of a dead server.
func refusedBy(err error) Failure {
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Net == "unix" {
		return SocketUnusable
	}
	return Refused
}

// isNetworkError reports whether the connection broke, rather than being refused.
func isNetworkError(err error) bool {
	var network net.Error
	if errors.As(err, &network) {
		return true
	}
	for _, broken := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, mysql.ErrInvalidConn, mysql.ErrMalformPkt, mysql.ErrPktSync} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}

// mayBeEncryption reports whether an attempt could succeed without encryption: not
// if the server was not reached, has responded, or the time is up. A connection
// that broke before or after the handshake is the driver's ErrInvalidConn; one that
// broke in it is not.
func mayBeEncryption(ctx context.Context, err error) bool {
	var explained *Error
	_, answered := ErrorNumber(err)
	return ctx.Err() == nil && !answered && !errors.Is(err, mysql.ErrInvalidConn) && !errors.As(err, &explained)
}

// The server's numbers of refused logins.
const (
	numberTooManyConnections     = 1040
	numberNoAccessToDatabase     = 1044
	numberAccessDenied           = 1045
	numberUnknownDatabase        = 1049
	numberHostBlocked            = 1129
	numberHostNotAllowed         = 1130
	numberTooManyUserConnections = 1203
	numberUserLimitReached       = 1226
	numberLoginMethod            = 1251
	numberOldPassword            = 1275
	numberPluginMissing          = 1524
	numberAccessDeniedNoPassword = 1698
	numberSecureTransport        = 3159
)

// ErrorNumber returns the database server's number of an error; false where the
// error is not the server's.
func ErrorNumber(err error) (uint16, bool) {
	var answer *mysql.MySQLError
	if !errors.As(err, &answer) {
		return 0, false
	}
	return answer.Number, true
}
