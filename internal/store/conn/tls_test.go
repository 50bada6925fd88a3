package conn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const cipherInUse = "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'"

func TestTLS(t *testing.T) {
	t.Parallel()
	files := sandbox.NewCertificates(t)
	server := sandbox.Own(t, sandbox.Options{TLS: &files})
	database := server.Database(t, 1720)
	with := func(encryption TLS) Settings {
		settings := settingsOf(database)
		settings.TLS = encryption
		return settings
	}

	for _, c := range []struct {
		claim     string
		tls       TLS
		encrypted bool
	}{
		{"disabled does not encrypt", TLS{Mode: TLSDisabled}, false},
		{"default is preferred", TLS{}, true},
		{"preferred encrypts without verification", TLS{Mode: TLSPreferred}, true},
		{"required encrypts without verification", TLS{Mode: TLSRequired}, true},
		{"verify_ca accepts a trusted authority", TLS{Mode: TLSVerifyCA, CAFile: files.CA}, true},
		{"verify_ca ignores the name", TLS{Mode: TLSVerifyCA, CAFile: files.CA, ServerName: "another.example"}, true},
		{"verify_full accepts a trusted authority and name", TLS{Mode: TLSVerifyFull, CAFile: files.CA}, true},
		{"verify_full accepts another name of the certificate", TLS{Mode: TLSVerifyFull, CAFile: files.CA, ServerName: "localhost"}, true},
		{"client certificate is sent on request", TLS{Mode: TLSVerifyFull, CAFile: files.CA, CertFile: files.ClientCert, KeyFile: files.ClientKey}, true},
	} {
		t.Run(c.claim, func(t *testing.T) {
			cipher := ask(t, openFor(t, with(c.tls)), cipherInUse)
			if (cipher != "") != c.encrypted {
				t.Errorf("cipher %q, want encrypted: %t", cipher, c.encrypted)
			}
		})
	}

	for _, c := range []struct {
		claim string
		tls   TLS
		want  Failure
	}{
		{"verify_ca refuses another authority", TLS{Mode: TLSVerifyCA, CAFile: files.ForeignCA}, TLSUntrusted},
		{"verify_full refuses another authority", TLS{Mode: TLSVerifyFull, CAFile: files.ForeignCA}, TLSUntrusted},
		{"system authorities do not trust the certificate", TLS{Mode: TLSVerifyFull}, TLSUntrusted},
		{"verify_full refuses another name", TLS{Mode: TLSVerifyFull, CAFile: files.CA, ServerName: "another.example"}, TLSWrongName},
	} {
		t.Run(c.claim, func(t *testing.T) {
			expectFailure(t, with(c.tls), c.want, "certificate")
		})
	}

	t.Run("account that requires a client certificate", func(t *testing.T) {
		name := database.Name + "_x509"
		for _, statement := range []string{
			"CREATE USER '" + name + "'@'%' IDENTIFIED BY 'pa55-x' REQUIRE X509",
			"GRANT SELECT ON `" + database.Name + "`.* TO '" + name + "'@'%'",
		} {
			if _, err := server.Root().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		as := func(encryption TLS) Settings {
			settings := with(encryption)
			settings.Username, settings.Password = name, "pa55-x"
			return settings
		}
		t.Run("takes it", func(t *testing.T) {
			settings := as(TLS{Mode: TLSVerifyFull, CAFile: files.CA, CertFile: files.ClientCert, KeyFile: files.ClientKey})
			if got := ask(t, openFor(t, settings), "SELECT CURRENT_USER()"); got != name+"@%" {
				t.Errorf("logged in as %s", got)
			}
		})
		t.Run("no client certificate", func(t *testing.T) {
			expectFailure(t, as(TLS{Mode: TLSVerifyFull, CAFile: files.CA}), BadCredentials)
		})
		t.Run("untrusted client certificate", func(t *testing.T) {
			certFile, keyFile := aSelfSignedPair(t)
			expectFailure(t, as(TLS{Mode: TLSVerifyFull, CAFile: files.CA, CertFile: certFile, KeyFile: keyFile}), TLSFailed, "client's certificate")
		})
	})

	t.Run("server without encryption", func(t *testing.T) {
		plain := sandbox.Own(t, sandbox.Options{ExtraArgs: []string{"--skip-ssl"}}).Database(t, 1720)
		for _, c := range []struct {
			claim string
			tls   TLS
			fails bool
		}{
			{"disabled connects", TLS{Mode: TLSDisabled}, false},
			{"preferred falls back", TLS{Mode: TLSPreferred}, false},
			{"required does not", TLS{Mode: TLSRequired}, true},
			{"verify_ca does not", TLS{Mode: TLSVerifyCA, CAFile: files.CA}, true},
			{"verify_full does not", TLS{Mode: TLSVerifyFull, CAFile: files.CA}, true},
		} {
			t.Run(c.claim, func(t *testing.T) {
				settings := settingsOf(plain)
				settings.TLS = c.tls
				if c.fails {
					expectFailure(t, settings, TLSNotOffered)
					return
				}
				if cipher := ask(t, openFor(t, settings), cipherInUse); cipher != "" {
					t.Errorf("cipher %q out of nowhere", cipher)
				}
			})
		}
	})

	t.Run("a server whose encryption is too old", func(t *testing.T) {
		old := sandbox.Own(t, sandbox.Options{TLS: &files, ExtraArgs: []string{"--tls-version=TLSv1.1"}}).Database(t, 1720)
		t.Run("preferred falls back", func(t *testing.T) {
			settings := settingsOf(old)
			settings.TLS = TLS{Mode: TLSPreferred}
			if cipher := ask(t, openFor(t, settings), cipherInUse); cipher != "" {
				t.Errorf("cipher %q, want none", cipher)
			}
		})
		t.Run("preferred falls back for each connection", func(t *testing.T) {
			settings := settingsOf(old)
			db := openFor(t, settings)
			for range 2 {
				conn, err := db.Conn(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
			}
		})
		t.Run("preferred reports a wrong password", func(t *testing.T) {
			settings := settingsOf(old)
			settings.Password = canary
			expectFailure(t, settings, BadCredentials)
		})
		t.Run("required does not", func(t *testing.T) {
			settings := settingsOf(old)
			settings.TLS = TLS{Mode: TLSRequired}
			expectFailure(t, settings, TLSFailed)
		})
	})

	t.Run("server that requires TLS", func(t *testing.T) {
		strict := sandbox.Own(t, sandbox.Options{TLS: &files, ExtraArgs: []string{"--require-secure-transport=ON"}}).Database(t, 1720)
		settings := settingsOf(strict)
		settings.TLS = TLS{Mode: TLSDisabled}
		// MariaDB tells it apart from a wrong password no more than this; MySQL
		// has a number for it.
		expectFailure(t, settings, BadCredentials)
		if !strings.Contains(hints[BadCredentials], "requires TLS") {
			t.Error("the hint does not think of TLS")
		}
		settings.TLS = TLS{}
		if cipher := ask(t, openFor(t, settings), cipherInUse); cipher == "" {
			t.Error("preferred did not encrypt")
		}
	})
}

// aSelfSignedPair writes a self-signed certificate and its key.
func aSelfSignedPair(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stranger"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return aFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))),
		aFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}
