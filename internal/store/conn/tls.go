package conn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// TLSMode is what a connection's encryption must verify. The modes are those of the
// MySQL clients, so that operators know them.
type TLSMode string

// The modes, from the least strict on.
const (
	// TLSDisabled never encrypts.
	TLSDisabled TLSMode = "disabled"
	// TLSPreferred encrypts where the server can, and verifies nothing.
	TLSPreferred TLSMode = "preferred"
	// TLSRequired encrypts or fails, and verifies nothing.
	TLSRequired TLSMode = "required"
	// TLSVerifyCA needs a certificate by a trusted authority, for any name.
	TLSVerifyCA TLSMode = "verify_ca"
	// TLSVerifyFull needs a trusted certificate that names the server.
	TLSVerifyFull TLSMode = "verify_full"
)

// tlsModes returns all modes, from the least strict on.
func tlsModes() []TLSMode {
	return []TLSMode{TLSDisabled, TLSPreferred, TLSRequired, TLSVerifyCA, TLSVerifyFull}
}

func (t TLS) mode() TLSMode {
	if t.Mode == "" {
		return TLSPreferred
	}
	return t.Mode
}

func (t TLS) verifies() bool { return t.mode() == TLSVerifyCA || t.mode() == TLSVerifyFull }

// config returns the TLS configuration for a server called host, or nil without
// encryption. It reads the files.
func (t TLS) config(host string) (*tls.Config, error) {
	if t.mode() == TLSDisabled {
		return nil, nil //nolint:nilnil // no TLS is what is asked for
	}
	roots, err := t.authorities()
	if err != nil {
		return nil, err
	}
	own, err := t.ownCertificate()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: roots, Certificates: own, MinVersion: tls.VersionTLS12, ServerName: host}
	if t.ServerName != "" {
		config.ServerName = t.ServerName
	}
	if t.mode() != TLSVerifyFull {
		config.InsecureSkipVerify = true // the mode asks for it, or VerifyConnection does it
	}
	if t.mode() == TLSVerifyCA {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return verifyChain(state.PeerCertificates, roots)
		}
	}
	return config, nil
}

// authorities returns the pool of CAFile, or nil for the system's own.
func (t TLS) authorities() (*x509.CertPool, error) {
	if t.CAFile == "" || !t.verifies() {
		return nil, nil //nolint:nilnil // nil are the system's authorities
	}
	text, err := os.ReadFile(t.CAFile)
	if err != nil {
		return nil, Violation{Setting: "tls.ca_file", Err: err, Advice: adviceFile}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, Violation{
			Setting: "tls.ca_file",
			Err:     fmt.Errorf("%s holds no certificate", t.CAFile),
			Advice:  "The file must hold certificates as PEM, each between BEGIN CERTIFICATE and END CERTIFICATE.",
		}
	}
	return roots, nil
}

// ownCertificate returns the client's certificate, if it has one.
func (t TLS) ownCertificate() ([]tls.Certificate, error) {
	if t.CertFile == "" || t.KeyFile == "" {
		return nil, nil
	}
	certificate, err := os.ReadFile(t.CertFile)
	if err != nil {
		return nil, Violation{Setting: "tls.cert_file", Err: err, Advice: adviceFile}
	}
	key, err := os.ReadFile(t.KeyFile)
	if err != nil {
		return nil, Violation{Setting: "tls.key_file", Err: err, Advice: adviceFile}
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, Violation{
			Setting: "tls.cert_file",
			Err:     fmt.Errorf("%s and %s make no pair: %w", t.CertFile, t.KeyFile, err),
			Advice:  "Both files must be PEM, the key must not be encrypted, and it must be the key that the certificate was made for.",
		}
	}
	return []tls.Certificate{pair}, nil
}

// verifyChain verifies the authority and not the name of a certificate;
// crypto/tls has only both or neither.
func verifyChain(shown []*x509.Certificate, roots *x509.CertPool) error {
	if len(shown) == 0 {
		return errors.New("the server showed no certificate")
	}
	between := x509.NewCertPool()
	for _, certificate := range shown[1:] {
		between.AddCert(certificate)
	}
	_, err := shown[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: slices.Clone(shown), Err: err}
	}
	return nil
}
