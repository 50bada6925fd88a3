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

// Hint returns advice for the operator.
func (e *Error) Hint() string { return hints[e.Failure] }

var hints = map[Failure]string{
	NameUnknown:        "The name could not be looked up from this machine. Check the spelling, or give the address instead.",
	Refused:            "The host answers, but nothing listens at that port. Check the port, whether the database runs, and bind-address in its configuration: 127.0.0.1 there means that only the host itself gets in.",
	TimedOut:           "There was no answer in time. Check the address, and the firewalls between this machine and the host. A database on a private network is reached with ssh.",
	Unreachable:        "This machine knows no way to the host. Check the address, routes and VPN; a database on a private network is reached with ssh.",
	SocketUnusable:     "Check the path, whether the database runs on this machine, and whether the user that runs Terraform may open the socket.",
	Dropped:            "The other side closed the line before it said what is wrong, or speaks another protocol. Check that host and port belong together, and look into the other side's log; proxies and port forwards in between do this as well.",
	SSHHostKeyUnknown:  "Nothing was sent to the host. Compare the fingerprint with the one that the host itself shows (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there). If they are the same, add the line that ssh-keyscan prints to known_hosts_file, or set host_key to it.",
	SSHHostKeyChanged:  "Nothing was sent to the host. Either it was installed anew, or somebody stands between you and it. Ask who runs the host; only if the new fingerprint is the host's own, replace the old line in known_hosts_file or host_key.",
	SSHAuthentication:  "The host does not let this user in. Check user, and that the public half of the key is in the user's authorized_keys on the host; ssh -v shows the same attempt in detail.",
	SSHForward:         "The SSH host took the login but did not connect to the database. Check that host and port are what the SSH host calls the database (127.0.0.1 if it is that host itself), that AllowTcpForwarding is on there, and its firewall.",
	TLSNotOffered:      "The server offers no encryption. Give it a certificate (ssl_cert and ssl_key in its configuration), reach it with ssh, or choose tls mode preferred or disabled if the network between is your own.",
	TLSUntrusted:       "The server's certificate is by no authority that is trusted here, or it is out of date. Set tls ca_file to the authority that made it, which is ssl_ca in the server's configuration.",
	TLSWrongName:       "The certificate names another host than the one that was dialled. Set tls server_name to a name that it holds, dial that name, or choose mode verify_ca if the authority is your own. A certificate that has its name in the common name only names nobody.",
	TLSFailed:          "Both sides could not agree on an encryption. The provider speaks TLS 1.2 and newer; a server that demands a client certificate needs cert_file and key_file, by an authority that it knows.",
	TLSDemanded:        "The server talks over encrypted connections only. Choose tls mode required, or better verify_full.",
	HostNotAllowed:     "The server does not talk to this machine at all. Accounts are made for addresses: the message tells which one the server sees. Grant the user that address. A host that was blocked for too many errors is let in again by FLUSH HOSTS.",
	TooManyConnections: "The server has no connection left. VICIdial's daemons come first: raise max_connections of the server, or max_user_connections of this user, or lower max_connections of the provider, of which one is enough. The provider has waited and tried again for some seconds.",
	BadCredentials:     "Check username and password. An account is made for a user *and* the address that it comes from: the message tells which one the server sees, so look for that pair in the server's accounts. An account that demands TLS or a client certificate gives this same answer (see tls), and so does one that logs in by the socket alone, as root often does.",
	UnsupportedLogin:   "The account logs in by a method that the provider does not offer, because it is outdated or shows the password. Make the account with mysql_native_password, ed25519 or caching_sha2_password.",
	NoAccess:           "The login is good, but the account may not use this database. Grant it the rights that the provider's documentation lists, on this very database.",
	UnknownDatabase:    "VICIdial's database is nearly always called asterisk. VARDB_database in /etc/astguiclient.conf of any node tells.",
	ServerRefused:      "The server answered and said no; its message tells why.",
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
