package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TLSFiles are paths of PEM files.
type TLSFiles struct {
	CA         string // signer of the server's and the client's certificate
	ServerCert string // for localhost and 127.0.0.1
	ServerKey  string
	ClientCert string
	ClientKey  string
	ForeignCA  string // signer of no certificate
}

// NewCertificates creates a certificate authority, certificates for a server and a
// client, and another authority. They are valid for one day and removed after the
// test.
func NewCertificates(tb testing.TB) TLSFiles {
	tb.Helper()
	files, err := makeCertificates(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func makeCertificates(folder string) (TLSFiles, error) {
	files := TLSFiles{
		CA:         filepath.Join(folder, "ca.pem"),
		ServerCert: filepath.Join(folder, "server.pem"),
		ServerKey:  filepath.Join(folder, "server.key"),
		ClientCert: filepath.Join(folder, "client.pem"),
		ClientKey:  filepath.Join(folder, "client.key"),
		ForeignCA:  filepath.Join(folder, "foreign-ca.pem"),
	}
	ours, err := newAuthority(certificate("VICIdial sandbox CA"))
	if err != nil {
		return TLSFiles{}, err
	}
	foreign, err := newAuthority(certificate("Foreign CA"))
	if err != nil {
		return TLSFiles{}, err
	}
	server := certificate("localhost", x509.ExtKeyUsageServerAuth)
	server.DNSNames = []string{"localhost"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	client := certificate("terraform", x509.ExtKeyUsageClientAuth)
	return files, errors.Join(
		writePEM(files.CA, "CERTIFICATE", ours.certificate.Raw),
		writePEM(files.ForeignCA, "CERTIFICATE", foreign.certificate.Raw),
		ours.issue(server, files.ServerCert, files.ServerKey),
		ours.issue(client, files.ClientCert, files.ClientKey),
	)
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(template *x509.Certificate) (authority, error) {
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage |= x509.KeyUsageCertSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return authority{}, err
	}
	signed, err := x509.ParseCertificate(raw)
	return authority{certificate: signed, key: key}, err
}

// issue signs a certificate with a new key and writes both.
func (a authority) issue(template *x509.Certificate, certificateFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	return errors.Join(err,
		writePEM(certificateFile, "CERTIFICATE", raw),
		writePEM(keyFile, "PRIVATE KEY", secret),
	)
}

// WriteSelfSigned writes a self-signed certificate of a host with its key into one file,
// as HAProxy requires, and the key alone into another. It returns a pool with the
// certificate, which is valid for one day.
func WriteSelfSigned(hostname, certificateFile, keyFile string) (*x509.CertPool, error) {
	template := certificate(hostname)
	template.DNSNames = []string{hostname}
	self, err := newAuthority(template)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(self.key)
	if err != nil {
		return nil, err
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: self.certificate.Raw}), key...)
	roots := x509.NewCertPool()
	roots.AddCert(self.certificate)
	return roots, errors.Join(os.WriteFile(certificateFile, both, 0o600), os.WriteFile(keyFile, key, 0o600))
}

func certificate(name string, usage ...x509.ExtKeyUsage) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		NotBefore:   time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(24 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: usage,
	}
}

func writePEM(path, kind string, data []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}
