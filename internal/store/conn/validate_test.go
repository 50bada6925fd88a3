package conn

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// goodSettings say enough for a connection, without TLS and SSH.
func goodSettings() Settings { return Settings{Host: "db.example", Username: "terraform"} }

// aJump is an SSH host that everything is known of.
func aJump(t *testing.T) *SSH {
	t.Helper()
	return &SSH{Host: "bastion.example", User: "ops", Password: "x", HostKey: string(ssh.MarshalAuthorizedKey(aSigner(t).PublicKey()))}
}

func aSigner(t *testing.T) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// anECDSASigner has a key of another type than all others here.
func anECDSASigner(t *testing.T) ssh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// aPrivateKey is a new key as ssh-keygen writes it; with a passphrase, encrypted.
func aPrivateKey(t *testing.T, passphrase string) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func aFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestViolations(t *testing.T) {
	for _, c := range []struct {
		claim  string
		change func(*Settings)
		want   string // setting: what its text holds; empty for none
	}{
		{"host and user", func(*Settings) {}, ""},
		{"no settings", func(s *Settings) { *s = Settings{} }, ""},
		{"a host may be an IPv6 address", func(s *Settings) { s.Host = "fd00::5" }, ""},
		{"a host may be an IPv6 address with a zone", func(s *Settings) { s.Host = "fe80::1%eth0" }, ""},
		{"a host name may have an underscore", func(s *Settings) { s.Host = "vici_db-1.lan" }, ""},
		{"a host is no URL", func(s *Settings) { s.Host = "mysql://db" }, "host: is a URL"},
		{"a host has no port", func(s *Settings) { s.Host = "db:3306" }, "host: has no colon"},
		{"a host has no brackets", func(s *Settings) { s.Host = "[::1]" }, "host: brackets"},
		{"a host has no user", func(s *Settings) { s.Host = "me:hidden@tcp(db)/asterisk" }, "host: it has an @"},
		{"a file is not its text", func(s *Settings) { s.TLS = TLS{Mode: TLSRequired, CertFile: "cert", KeyFile: "BEGIN\nhidden\n"} }, "tls.key_file: give the path"},
		{"a private key is not its file", func(s *Settings) {
			s.SSH = aJump(t)
			s.SSH.PrivateKeyFile = "BEGIN\nhidden\n"
		}, "ssh.private_key_file: give the path"},
		{"a host has no blank", func(s *Settings) { s.Host = "db 1" }, "host: character"},
		{"a host has no line break", func(s *Settings) { s.Host = "db\n1" }, "host: character"},
		{"a host is not longer than a name can be", func(s *Settings) { s.Host = strings.Repeat("a", 254) }, "host: 253"},
		{"a port is no larger than ports are", func(s *Settings) { s.Port = 65536 }, "port: 65536"},
		{"a port is not negative", func(s *Settings) { s.Port = -1 }, "port: -1"},
		{"the largest port is one", func(s *Settings) { s.Port = 65535 }, ""},
		{"a socket is an absolute path", func(s *Settings) { s.Host, s.Socket = "", "mysqld.sock" }, "socket: not an absolute path"},
		{"a socket alone is fine", func(s *Settings) { s.Host, s.Socket = "", "/run/mysqld/mysqld.sock" }, ""},
		{"a socket and a host exclude each other", func(s *Settings) { s.Socket = "/run/mysqld/mysqld.sock" }, "socket: exclude"},
		{"a socket is not reached over ssh", func(s *Settings) { s.Host, s.Socket, s.SSH = "", "/x", aJump(t) }, "socket: not reached over ssh"},
		{"a mode is one of the five", func(s *Settings) { s.TLS.Mode = "skip-verify" }, "tls.mode: not a mode"},
		{"unused ca_file", func(s *Settings) { s.TLS = TLS{Mode: TLSRequired, CAFile: "ca"} }, "tls.ca_file: does not verify the CA"},
		{"verify_ca needs an authority", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyCA} }, "tls.ca_file: needs a CA"},
		{"verify_full uses the system's authorities", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyFull} }, ""},
		{"unused server_name", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyCA, CAFile: "ca", ServerName: "db"} }, "tls.server_name: does not verify the name"},
		{"a server name is a name", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyFull, ServerName: "db:3306"} }, "tls.server_name: has no colon"},
		{"a certificate needs its key", func(s *Settings) { s.TLS = TLS{Mode: TLSRequired, CertFile: "cert"} }, "tls.key_file: key that belongs"},
		{"a key needs its certificate", func(s *Settings) { s.TLS = TLS{Mode: TLSRequired, KeyFile: "key"} }, "tls.cert_file: certificate that belongs"},
		{"no encryption shows no certificate", func(s *Settings) { s.TLS = TLS{Mode: TLSDisabled, CertFile: "cert", KeyFile: "key"} }, "tls.cert_file: shows no certificate"},
		{"over a socket verify_full has no name to compare", func(s *Settings) { s.Host, s.Socket, s.TLS = "", "/x", TLS{Mode: TLSVerifyFull} }, "tls.server_name: no host name"},
		{"an SSH host that is known is fine", func(s *Settings) { s.SSH = aJump(t) }, ""},
		{"an SSH host has a name", func(s *Settings) { s.SSH = aJump(t); s.SSH.Host = "" }, "ssh.host: empty"},
		{"an SSH host has a port in range", func(s *Settings) { s.SSH = aJump(t); s.SSH.Port = 70000 }, "ssh.port: 70000"},
		{"an SSH host wants a user", func(s *Settings) { s.SSH = aJump(t); s.SSH.User = "" }, "ssh.user: no user"},
		{"one key is enough", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKey, s.SSH.PrivateKeyFile = "k", "f" }, "ssh.private_key_file: exclude"},
		{"SSH host without a host key", func(s *Settings) { s.SSH = aJump(t); s.SSH.HostKey = "" }, "ssh.known_hosts_file: nothing says which key"},
		{"host_key and known_hosts_file exclude each other", func(s *Settings) { s.SSH = aJump(t); s.SSH.KnownHostsFile = "kh" }, "ssh.host_key: exclude"},
		{"a host key is a public key", func(s *Settings) { s.SSH = aJump(t); s.SSH.HostKey = "SHA256:abc" }, "ssh.host_key: not a public key"},
		{"a host key that is only a comment is none", func(s *Settings) { s.SSH = aJump(t); s.SSH.HostKey = "# bastion\n" }, "ssh.host_key: holds no public key"},
		{"a host key may be the whole line of ssh-keyscan", func(s *Settings) {
			s.SSH = aJump(t)
			s.SSH.HostKey = "# bastion:22 SSH-2.0\n[bastion.example]:2222 " + s.SSH.HostKey + "\n"
		}, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := goodSettings()
			c.change(&settings)
			expectViolation(t, settings.Violations(), c.want)
		})
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		claim  string
		change func(*Settings)
		want   string
	}{
		{"host and user are enough", func(*Settings) {}, ""},
		{"a socket stands for a host", func(s *Settings) { s.Host, s.Socket = "", "/run/x.sock" }, ""},
		{"no host", func(s *Settings) { s.Host = "" }, "host: no database host"},
		{"no user", func(s *Settings) { s.Username = "" }, "username: no database user"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := goodSettings()
			c.change(&settings)
			expectViolation(t, settings.missing(), c.want)
			if c.want == "" {
				return
			}
			_, _, err := Open(settings)
			var missing *NoDatabase
			if !errors.As(err, &missing) || !errors.Is(err, cluster.ErrNoDatabase) || !strings.Contains(missing.Hint(), "VICIDIAL_") {
				t.Errorf("Open: %v, want a hint at the environment", err)
			}
		})
	}
}

func TestFileViolations(t *testing.T) {
	for _, c := range []struct {
		claim  string
		change func(*Settings)
		want   string
	}{
		{"host and user are enough", func(*Settings) {}, ""},
		{"the authority's file is there", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyFull, CAFile: "/nowhere/ca.pem"} }, "tls.ca_file: no such file"},
		{"the authority's file holds one", func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyFull, CAFile: aFile(t, "hello")} }, "tls.ca_file: holds no certificate"},
		{"the certificate's file is there", func(s *Settings) {
			s.TLS = TLS{Mode: TLSRequired, CertFile: "/nowhere/c.pem", KeyFile: aFile(t, "x")}
		}, "tls.cert_file: no such file"},
		{"the key's file is there", func(s *Settings) {
			s.TLS = TLS{Mode: TLSRequired, CertFile: aFile(t, "x"), KeyFile: "/nowhere/k.pem"}
		}, "tls.key_file: no such file"},
		{"certificate and key make a pair", func(s *Settings) {
			s.TLS = TLS{Mode: TLSRequired, CertFile: aFile(t, "x"), KeyFile: aFile(t, "y")}
		}, "tls.cert_file: make no pair"},
		{"an SSH host with a password is enough", func(s *Settings) { s.SSH = aJump(t) }, ""},
		{"an SSH host wants a key or a password", func(s *Settings) { s.SSH = aJump(t); s.SSH.Password = "" }, "ssh.private_key_file: neither"},
		{"a private key opens", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKey = aPrivateKey(t, "") }, ""},
		{"a private key in a file opens", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKeyFile = aFile(t, aPrivateKey(t, "")) }, ""},
		{"a passphrase too many does no harm", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKey = aPrivateKey(t, ""); s.SSH.Passphrase = "x" }, ""},
		{"an encrypted key opens with its passphrase", func(s *Settings) {
			s.SSH = aJump(t)
			s.SSH.PrivateKey = aPrivateKey(t, "open")
			s.SSH.Passphrase = "open"
		}, ""},
		{"an encrypted key asks for a passphrase", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKeyFile = aFile(t, aPrivateKey(t, "open")) }, "ssh.private_key_file: encrypted"},
		{"a wrong passphrase is distinguished from a wrong key", func(s *Settings) {
			s.SSH = aJump(t)
			s.SSH.PrivateKey = aPrivateKey(t, "open")
			s.SSH.Passphrase = "shut"
		}, "ssh.passphrase: does not open"},
		{"a key file is there", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKeyFile = "/nowhere/id" }, "ssh.private_key_file: no such file"},
		{"a public key is no private key", func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKey = s.SSH.HostKey }, "ssh.private_key: no private key"},
		{"a known_hosts file is there", func(s *Settings) { s.SSH = aJump(t); s.SSH.HostKey, s.SSH.KnownHostsFile = "", "/nowhere/kh" }, "ssh.known_hosts_file: no such file"},
		{"a known_hosts file can be read", func(s *Settings) {
			s.SSH = aJump(t)
			s.SSH.HostKey, s.SSH.KnownHostsFile = "", aFile(t, "bastion nonsense\n")
		}, "ssh.known_hosts_file: knownhosts"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := goodSettings()
			c.change(&settings)
			expectViolation(t, settings.FileViolations(), c.want)
		})
	}
}

func TestOpen_invalidFiles(t *testing.T) {
	for setting, change := range map[string]func(*Settings){
		"tls.ca_file":          func(s *Settings) { s.TLS = TLS{Mode: TLSVerifyFull, CAFile: "/nowhere/ca.pem"} },
		"ssh.private_key_file": func(s *Settings) { s.SSH = aJump(t); s.SSH.PrivateKeyFile = "/nowhere/id" },
		"ssh.known_hosts_file": func(s *Settings) { s.SSH = aJump(t); s.SSH.HostKey, s.SSH.KnownHostsFile = "", "/nowhere/kh" },
	} {
		t.Run(setting, func(t *testing.T) {
			settings := goodSettings()
			change(&settings)
			_, _, err := Open(settings)
			var violation Violation
			if !errors.As(err, &violation) || violation.Setting != setting || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Open: %v, want a violation at %s", err, setting)
			}
		})
	}
}

// expectViolation wants exactly one violation, given as "setting: what its text
// holds", with something to do about it; or none.
func expectViolation(t *testing.T, violations []Violation, want string) {
	t.Helper()
	if want == "" {
		if len(violations) > 0 {
			t.Errorf("violations = %v, want none", violations)
		}
		return
	}
	setting, holds, _ := strings.Cut(want, ": ")
	if len(violations) != 1 {
		t.Fatalf("violations = %v, want one at %s", violations, setting)
	}
	if violations[0].Setting != setting || !strings.Contains(violations[0].Error(), holds) {
		t.Errorf("violation = %v, want one at %s that says %q", violations[0], setting, holds)
	}
	if violations[0].Hint() == "" {
		t.Errorf("violation %v does not say what to do", violations[0])
	}
	if text := violations[0].Error() + violations[0].Hint(); strings.Contains(text, "PRIVATE KEY-----") || strings.Contains(text, "hidden") {
		t.Errorf("violation shows the key: %v", violations[0])
	}
}

func TestAlgorithmsOf(t *testing.T) {
	t.Run("an RSA key is asked for by its modern signatures only", func(t *testing.T) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		public, err := ssh.NewPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		got := algorithmsOf([]ssh.PublicKey{public, anECDSASigner(t).PublicKey()})
		if want := []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoECDSA256}; !slices.Equal(got, want) {
			t.Errorf("algorithms = %v, want %v", got, want)
		}
	})
}
