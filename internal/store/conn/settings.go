package conn

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// The defaults of settings.
const (
	defaultPort           = 3306
	defaultDatabase       = "asterisk"
	defaultMaxConnections = 20
)

// Settings are the settings of the connection. No format verb and no log shows
// their secrets.
type Settings struct {
	// Host is a name or an address, IPv4 or IPv6 without brackets. Behind SSH
	// it is the name of the database on the SSH host.
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
	// SSH is the jump host; nil connects directly.
	SSH *SSH

	// MaxConnections is the maximum number of open connections; 0 means
	// DefaultMaxConnections. VICIdial's daemons need most of the server's
	// connections.
	MaxConnections int
	// AnswerTimeout is how long a statement may run without an answer; less
	// than five minutes stand for five minutes.
	AnswerTimeout time.Duration
}

// TLS are the settings of encryption and trusted certificates.
type TLS struct {
	// Mode is one of the TLSMode constants; empty stands for TLSPreferred.
	Mode TLSMode
	// CAFile holds the authorities to trust, as PEM; empty trusts those of
	// the system.
	CAFile string
	// CertFile and KeyFile hold the client's certificate, as PEM.
	CertFile string
	KeyFile  string
	// ServerName is the expected name in the server's certificate, if
	// it is not Host.
	ServerName string
}

// SSH is a jump host for the connection to the database. Its host key is always checked
// against HostKey or KnownHostsFile.
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

const secretMask = "(hidden)"

// fields returns the settings for a log, in a fixed order. A secret is shown as present
// or absent.
func (s Settings) fields() []slog.Attr {
	fields := []slog.Attr{slog.String("address", s.address())}
	if s.SSH != nil {
		fields = append(fields, slog.Any("ssh", *s.SSH))
	}
	return append(
		fields,
		slog.String("database", s.DatabaseName()),
		slog.String("username", s.Username),
		slog.String("password", redact(s.Password)),
		slog.Any("tls", s.TLS),
		slog.Int("max_connections", s.maxConnections()),
	)
}

func (s SSH) fields() []slog.Attr {
	return []slog.Attr{
		slog.String("address", s.address()),
		slog.String("user", s.User),
		slog.String("private_key", redact(s.PrivateKey)),
		slog.String("private_key_file", s.PrivateKeyFile),
		slog.String("passphrase", redact(s.Passphrase)),
		slog.String("password", redact(s.Password)),
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

// WithoutSecrets returns the settings without password and SSH host.
func (s Settings) WithoutSecrets() Settings {
	s.Password, s.SSH = "", nil
	return s
}

func redact(secret string) string {
	if secret == "" {
		return ""
	}
	return secretMask
}

// The three types are shown alike. Format serves every verb, since verbs such
// as %d call no String.

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

// write ignores the error: fmt counts the bytes itself.
func write(state io.Writer, text string) { _, _ = io.WriteString(state, text) }

func (s Settings) address() string {
	if s.Socket != "" {
		return s.Socket
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(cmp.Or(s.Port, defaultPort)))
}

// DatabaseName returns the name of the schema.
func (s Settings) DatabaseName() string { return cmp.Or(s.Database, defaultDatabase) }

// SingleConnection reports whether at most one connection may be open.
func (s Settings) SingleConnection() bool { return s.maxConnections() == 1 }

func (s Settings) maxConnections() int { return cmp.Or(s.MaxConnections, defaultMaxConnections) }

func (s SSH) address() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(cmp.Or(s.Port, 22)))
}
