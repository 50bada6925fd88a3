package conn

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Violation is an invalid setting, found before a connection.
type Violation struct {
	// Setting is the attribute's name in the provider's configuration, with a
	// dot before the name inside a group: "port", "tls.ca_file".
	Setting string
	Err     error
	Advice  string
}

func (v Violation) Error() string { return v.Setting + ": " + v.Err.Error() }

func (v Violation) Unwrap() error { return v.Err }

func (v Violation) Hint() string { return v.Advice }

// NoDatabase is the error of settings without a database. It is a
// [cluster.ErrNoDatabase].
type NoDatabase struct{ Violations []Violation }

func (n *NoDatabase) Error() string {
	missing := make([]string, 0, len(n.Violations))
	for _, violation := range n.Violations {
		missing = append(missing, violation.Error())
	}
	return "the provider's configuration cannot be used: " + strings.Join(missing, "; ")
}

func (n *NoDatabase) Hint() string {
	advice := make([]string, 0, len(n.Violations))
	for _, violation := range n.Violations {
		advice = append(advice, violation.Hint())
	}
	return strings.Join(advice, "\n")
}

func (n *NoDatabase) Unwrap() error { return cluster.ErrNoDatabase }

const (
	adviceFile     = "The file is read on the machine that runs Terraform, by the user that runs it. \"~\" is not expanded; pathexpand() does that."
	adviceAddress  = "Set host (or VICIDIAL_HOST), or point astguiclient_conf at a file with VARDB_server."
	adviceUsername = "Set username (or VICIDIAL_USERNAME), or point astguiclient_conf at a file with VARDB_user."
	adviceLogin    = "Set private_key_file, private_key (or VICIDIAL_SSH_PRIVATE_KEY), or password (or VICIDIAL_SSH_PASSWORD)."
	adviceHostKey  = "The host's key is always checked. Set known_hosts_file, or host_key to the line that ssh-keyscan prints for the host once you compared its fingerprint on the host itself."
)

// Violations returns the invalid settings, without reading a file: values out of
// range, and settings that contradict or need each other. A setting without a
// value is no violation here; see [Settings.missing].
func (s Settings) Violations() []Violation {
	var violations []Violation
	add := func(setting, problem, advice string) {
		violations = append(violations, Violation{Setting: setting, Err: errors.New(problem), Advice: advice})
	}

	if s.Host != "" {
		if err := checkHost(s.Host); err != nil {
			violations = append(violations, Violation{Setting: "host", Err: err, Advice: adviceHostForm})
		}
	}
	if s.Port < 0 || s.Port > 65535 {
		add("port", fmt.Sprintf("%d is not a port", s.Port), "A port is 1 to 65535; MariaDB's default is 3306.")
	}
	if s.Socket != "" {
		if !filepath.IsAbs(s.Socket) {
			add("socket", fmt.Sprintf("%q is not an absolute path", s.Socket), "On Debian the socket is /run/mysqld/mysqld.sock, on ViciBox /var/run/mysql/mysql.sock.")
		}
		if s.Host != "" {
			add("socket", "host and socket exclude each other", "Name the host to connect over the network, or the socket of a database on this machine.")
		}
		if s.SSH != nil {
			add("socket", "a socket is a file of this machine and is not reached over ssh", "Set host to what the SSH host calls the database; 127.0.0.1 if it is that host itself.")
		}
	}
	files := map[string]string{"tls.ca_file": s.TLS.CAFile, "tls.cert_file": s.TLS.CertFile, "tls.key_file": s.TLS.KeyFile}
	violations = append(violations, s.TLS.violations(s.Socket != "")...)
	if s.SSH != nil {
		files["ssh.private_key_file"], files["ssh.known_hosts_file"] = s.SSH.PrivateKeyFile, s.SSH.KnownHostsFile
		violations = append(violations, s.SSH.violations()...)
	}
	for _, setting := range slices.Sorted(maps.Keys(files)) {
		if err := cluster.CheckPath(files[setting]); err != nil {
			violations = append(violations, Violation{Setting: setting, Err: err, Advice: adviceFile})
		}
	}
	return violations
}

func (t TLS) violations(overSocket bool) []Violation {
	var violations []Violation
	add := func(setting, problem, advice string) {
		violations = append(violations, Violation{Setting: "tls." + setting, Err: errors.New(problem), Advice: advice})
	}

	if !slices.Contains(tlsModes(), t.mode()) {
		add("mode", fmt.Sprintf("%q is not a mode", t.Mode), "The modes are disabled, preferred, required, verify_ca and verify_full.")
		return violations
	}
	if t.CAFile != "" && !t.verifies() {
		add("ca_file", fmt.Sprintf("mode %q does not verify the CA", t.mode()), "Choose mode verify_full, or verify_ca where the certificate does not name the host; or leave ca_file out.")
	}
	if t.CAFile == "" && t.mode() == TLSVerifyCA {
		add("ca_file", "mode \"verify_ca\" needs a CA of your own", "System CAs sign for any host, and this mode does not check the name. Set ca_file, or choose verify_full.")
	}
	if t.ServerName != "" && t.mode() != TLSVerifyFull {
		add("server_name", fmt.Sprintf("mode %q does not verify the name", t.mode()), "Choose mode verify_full, or leave server_name out.")
	}
	if t.ServerName != "" {
		if err := checkHost(t.ServerName); err != nil {
			violations = append(violations, Violation{Setting: "tls.server_name", Err: err, Advice: adviceHostForm})
		}
	}
	if t.ServerName == "" && t.mode() == TLSVerifyFull && overSocket {
		add("server_name", "a socket has no host name that a certificate could be compared with", "Set server_name to the name in the server's certificate.")
	}
	if t.CertFile != "" && t.KeyFile == "" {
		add("key_file", "cert_file is set, but the key that belongs to it is not", "Set key_file to the file with the certificate's private key.")
	}
	if t.KeyFile != "" && t.CertFile == "" {
		add("cert_file", "key_file is set, but the certificate that belongs to it is not", "Set cert_file to the file with the client's certificate.")
	}
	if t.CertFile != "" && t.mode() == TLSDisabled {
		add("cert_file", "mode \"disabled\" shows no certificate", "Choose another mode, or leave cert_file and key_file out.")
	}
	return violations
}

func (s SSH) violations() []Violation {
	var violations []Violation
	add := func(setting, problem, advice string) {
		violations = append(violations, Violation{Setting: "ssh." + setting, Err: errors.New(problem), Advice: advice})
	}

	if err := checkHost(s.Host); err != nil {
		violations = append(violations, Violation{Setting: "ssh.host", Err: err, Advice: adviceHostForm})
	}
	if s.Port < 0 || s.Port > 65535 {
		add("port", fmt.Sprintf("%d is not a port", s.Port), "A port is 1 to 65535; the default of SSH is 22.")
	}
	if s.User == "" {
		add("user", "no user is given", "Name the account to log in to on the SSH host.")
	}
	if s.PrivateKey != "" && s.PrivateKeyFile != "" {
		add("private_key_file", "private_key and private_key_file exclude each other", "Give the key itself, or the file that holds it.")
	}
	switch {
	case s.KnownHostsFile != "" && s.HostKey != "":
		add("host_key", "known_hosts_file and host_key exclude each other", "Give one of them, so that it is plain which key is trusted.")
	case s.KnownHostsFile == "" && s.HostKey == "":
		add("known_hosts_file", "nothing says which key the host must show", adviceHostKey)
	}
	if s.HostKey != "" {
		if _, err := parseHostKeys(s.HostKey); err != nil {
			violations = append(violations, Violation{Setting: "ssh.host_key", Err: err, Advice: "Give the public key as ssh-keyscan prints it, such as \"ssh-ed25519 AAAAC3Nz…\", one key a line."})
		}
	}
	return violations
}

// missing returns the settings that a connection needs and that have no value.
// They are an error once a connection is needed and not before: rendered files
// and functions need no database.
func (s Settings) missing() []Violation {
	var violations []Violation
	if s.Host == "" && s.Socket == "" {
		violations = append(violations, Violation{Setting: "host", Err: errors.New("no database host is given"), Advice: adviceAddress})
	}
	if s.Username == "" {
		violations = append(violations, Violation{Setting: "username", Err: errors.New("no database user is given"), Advice: adviceUsername})
	}
	return violations
}

// FileViolations reads the files that the settings name, and returns those that
// cannot be used, and an SSH host without any way to log in. It dials nothing.
func (s Settings) FileViolations() []Violation {
	var violations []Violation
	if _, err := s.TLS.config(s.Host); err != nil {
		violations = append(violations, asViolation("tls", err))
	}
	if s.SSH != nil {
		if methods, err := s.SSH.methods(); err != nil {
			violations = append(violations, asViolation("ssh", err))
		} else if len(methods) == 0 {
			violations = append(violations, Violation{Setting: "ssh.private_key_file", Err: errors.New("neither a private key nor a password is given"), Advice: adviceLogin})
		}
		if _, err := s.SSH.hostKeys(); err != nil {
			violations = append(violations, asViolation("ssh", err))
		}
	}
	return violations
}

// asViolation returns the violation in an error; an error that names no setting is a
// violation of the group.
func asViolation(group string, err error) Violation {
	var violation Violation
	if errors.As(err, &violation) {
		return violation
	}
	return Violation{Setting: group, Err: err}
}

const adviceHostForm = "Give the bare name or address: no scheme, no port, no brackets. The port has an attribute of its own."

// checkHost returns an error for text that is neither the name nor the address of a
// host. IPv6 addresses have no brackets.
func checkHost(text string) error {
	if _, err := netip.ParseAddr(text); err == nil {
		return nil
	}
	switch {
	case text == "":
		return errors.New("it is empty")
	case strings.Contains(text, "@"): // a password may stand before it
		return errors.New("it has an @, which no host name has: user and password have attributes of their own")
	case len(text) > 253:
		return errors.New("a host name has at most 253 characters")
	case strings.Contains(text, "://"):
		return fmt.Errorf("%q is a URL", text)
	case strings.ContainsAny(text, "[]"):
		return fmt.Errorf("%q has brackets", text)
	case strings.Contains(text, ":"):
		return fmt.Errorf("%q is not an IPv6 address, and a host name has no colon", text)
	}
	for _, letter := range text {
		// Names with an underscore are in use and resolve.
		plain := letter < unicode.MaxASCII && (unicode.IsLetter(letter) || unicode.IsDigit(letter))
		if !plain && !strings.ContainsRune("-._", letter) {
			return fmt.Errorf("%q has the character %q, which no host name has", text, letter)
		}
	}
	return nil
}
