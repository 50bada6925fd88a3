package store

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// What a setting is when nobody sets it.
const (
	DefaultPort           = 3306
	DefaultDatabase       = "asterisk"
	DefaultLockTimeout    = 2 * time.Minute
	DefaultAuditUser      = "VDAD"
	DefaultMaxConnections = 4
)

// Settings say where the database is, how to get there and what the store may
// do there. Secrets in them are shown by no format verb and no log.
type Settings struct {
	// Host is a name or an address, IPv4 or IPv6 without brackets. Behind SSH
	// it is what the SSH host calls the database.
	Host string
	// Port is 1 to 65535; 0 stands for DefaultPort.
	Port int
	// Socket is the path of a socket on this machine, instead of Host.
	Socket string
	// Database is the schema's name; empty stands for DefaultDatabase.
	Database string
	Username string
	Password string
	TLS      TLS
	// SSH is the host to jump over; nil connects directly.
	SSH *SSH

	// ReadOnly refuses every write before it is sent.
	ReadOnly bool
	// LockTimeout is how long a writer waits for another writer of this
	// provider; 0 stands for DefaultLockTimeout.
	LockTimeout time.Duration
	// AuditEnabled writes a row to vicidial_admin_log for each change, in the
	// name of AuditUser; an empty AuditUser stands for DefaultAuditUser.
	AuditEnabled bool
	AuditUser    string
	// MaxConnections bounds the connections open at once; 0 stands for
	// DefaultMaxConnections. VICIdial's daemons need theirs more than we do.
	MaxConnections int
}

// TLS says how the connection is encrypted, and whose word is taken for it.
type TLS struct {
	// Mode is one of the TLSMode constants; empty stands for TLSPreferred.
	Mode TLSMode
	// CAFile holds the authorities to trust, as PEM; empty trusts those of
	// the system.
	CAFile string
	// CertFile and KeyFile hold what the client shows of itself, as PEM.
	CertFile string
	KeyFile  string
	// ServerName is the name to look for in the server's certificate, where
	// that is not Host.
	ServerName string
}

// SSH is a host to jump over on the way to the database. Its host key is
// always checked, against HostKey or KnownHostsFile.
type SSH struct {
	Host string
	// Port is 1 to 65535; 0 stands for 22.
	Port int
	User string
	// PrivateKey is the key itself, as PEM; PrivateKeyFile is a file with it.
	PrivateKey     string
	PrivateKeyFile string
	// Passphrase opens an encrypted private key.
	Passphrase string
	// Password is tried when the host does not take the key, or there is none.
	Password string
	// KnownHostsFile is a file in the format of OpenSSH's known_hosts.
	KnownHostsFile string
	// HostKey holds the keys that the host may show, one a line as in
	// "ssh-ed25519 AAAAC3Nz…"; a host name in front is passed over.
	HostKey string
}

const hidden = "(hidden)"

// fields lists what may be shown, in a fixed order. A secret is shown as
// present or absent, which is what a reader of a log needs to know.
func (s Settings) fields() []slog.Attr {
	fields := []slog.Attr{slog.String("address", s.address())}
	if s.SSH != nil {
		fields = append(fields, slog.Any("ssh", *s.SSH))
	}
	return append(
		fields,
		slog.String("database", s.database()),
		slog.String("username", s.Username),
		slog.String("password", veil(s.Password)),
		slog.Any("tls", s.TLS),
		slog.Bool("read_only", s.ReadOnly),
		slog.Duration("lock_timeout", s.lockTimeout()),
		slog.Bool("audit_enabled", s.AuditEnabled),
		slog.String("audit_user", s.auditUser()),
		slog.Int("max_connections", s.maxConnections()),
	)
}

func (s SSH) fields() []slog.Attr {
	return []slog.Attr{
		slog.String("address", s.address()),
		slog.String("user", s.User),
		slog.String("private_key", veil(s.PrivateKey)),
		slog.String("private_key_file", s.PrivateKeyFile),
		slog.String("passphrase", veil(s.Passphrase)),
		slog.String("password", veil(s.Password)),
		slog.String("known_hosts_file", s.KnownHostsFile),
		slog.String("host_key", s.HostKey),
	}
}

func (t TLS) fields() []slog.Attr {
	return []slog.Attr{
		slog.String("mode", string(t.mode())),
		slog.String("ca_file", t.CAFile),
		slog.String("cert_file", t.CertFile),
		slog.String("key_file", t.KeyFile),
		slog.String("server_name", t.ServerName),
	}
}

// withoutSecrets is what the store may carry about.
func (s Settings) withoutSecrets() Settings {
	s.Password, s.SSH = "", nil
	return s
}

func veil(secret string) string {
	if secret == "" {
		return ""
	}
	return hidden
}

// The three types share one way of being shown. Format serves every verb, since
// a Stringer alone is passed over by verbs such as %d.

// String shows the settings without their secrets.
func (s Settings) String() string { return shown("Settings", s.fields()) }

// GoString shows the settings without their secrets.
func (s Settings) GoString() string { return s.String() }

// Format shows the settings without their secrets, whatever the verb.
func (s Settings) Format(state fmt.State, _ rune) { write(state, s.String()) }

// LogValue shows the settings without their secrets.
func (s Settings) LogValue() slog.Value { return slog.GroupValue(s.fields()...) }

// String shows the jump host without its secrets.
func (s SSH) String() string { return shown("SSH", s.fields()) }

// GoString shows the jump host without its secrets.
func (s SSH) GoString() string { return s.String() }

// Format shows the jump host without its secrets, whatever the verb.
func (s SSH) Format(state fmt.State, _ rune) { write(state, s.String()) }

// LogValue shows the jump host without its secrets.
func (s SSH) LogValue() slog.Value { return slog.GroupValue(s.fields()...) }

// String shows the encryption; it holds file names, not what is in them.
func (t TLS) String() string { return shown("TLS", t.fields()) }

// LogValue shows the encryption.
func (t TLS) LogValue() slog.Value { return slog.GroupValue(t.fields()...) }

func shown(name string, fields []slog.Attr) string {
	var text strings.Builder
	text.WriteString(name + "{")
	separator := ""
	for _, field := range fields {
		if field.Value.Kind() == slog.KindString && field.Value.String() == "" {
			continue
		}
		text.WriteString(separator + field.Key + ":" + field.Value.String())
		separator = " "
	}
	text.WriteString("}")
	return text.String()
}

// write has nobody to tell of an error: fmt counts the bytes itself.
func write(state io.Writer, text string) { _, _ = io.WriteString(state, text) }

func (s Settings) address() string {
	switch {
	case s.Socket != "":
		return s.Socket
	case s.Port == 0:
		return net.JoinHostPort(s.Host, strconv.Itoa(DefaultPort))
	default:
		return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
}

func (s Settings) database() string {
	if s.Database == "" {
		return DefaultDatabase
	}
	return s.Database
}

func (s Settings) lockTimeout() time.Duration {
	if s.LockTimeout == 0 {
		return DefaultLockTimeout
	}
	return s.LockTimeout
}

func (s Settings) auditUser() string {
	if s.AuditUser == "" {
		return DefaultAuditUser
	}
	return s.AuditUser
}

func (s Settings) maxConnections() int {
	if s.MaxConnections == 0 {
		return DefaultMaxConnections
	}
	return s.MaxConnections
}

func (s SSH) address() string {
	if s.Port == 0 {
		return net.JoinHostPort(s.Host, "22")
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}
