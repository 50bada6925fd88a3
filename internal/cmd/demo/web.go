package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// proxies are the real programs, and where their configurations go.
type proxies struct{ folder, haproxy, nginx string }

// findProxies installs the programs where they are missing, and makes a folder
// with the certificate that both are told of.
func findProxies(ctx context.Context, s *screen, folder string) (proxies, error) {
	installer := s.instead("HAProxy or nginx is missing; apt installs them, which takes a moment")
	if err := webstack.Install(ctx, installer, "haproxy", "nginx"); err != nil {
		s.say(installer.unsaid.String())
		return proxies{}, err
	}
	haproxy, err := webstack.Find("haproxy")
	if err != nil {
		return proxies{}, err
	}
	nginx, err := webstack.Find("nginx")
	if err != nil {
		return proxies{}, err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return proxies{}, err
	}
	return proxies{folder, haproxy, nginx}, writeCertificate(filepath.Join(folder, "certificate.pem"))
}

func (p proxies) settings() []string {
	return []string{"TF_VAR_proxy_folder=" + p.folder, "TF_VAR_haproxy=" + p.haproxy, "TF_VAR_nginx=" + p.nginx}
}

// writeCertificate makes a certificate that signs itself, and its key, in one
// file as HAProxy wants them; nginx does not mind.
func writeCertificate(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "vici.example.com"},
		DNSNames:     []string{"vici.example.com"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	text := append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	return os.WriteFile(path, text, 0o600)
}

// reads has the real programs read the files that were written, says how they
// begin, and demands that they name these nodes' addresses and no others.
func (s scene) reads(ctx context.Context) error {
	for _, proxy := range []struct {
		name, file string
		check      []string
	}{
		{"HAProxy", "haproxy.cfg", []string{s.haproxy, "-c", "-dW", "-f"}},
		{"nginx", "nginx.conf", []string{s.nginx, "-t", "-q", "-p", s.folder, "-c"}},
	} {
		path := filepath.Join(s.folder, proxy.file)
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		s.say(fmt.Sprintf("%s, %d lines:", proxy.file, len(lines)))
		s.say("| " + strings.Join(lines[:min(8, len(lines))], "\n| ") + "\n| ...")
		for _, address := range []string{"10.10.20.21", "10.10.20.22", "10.10.20.23"} {
			if !strings.Contains(string(content), address) {
				return surprise("%s does not name the web node %s", proxy.file, address)
			}
		}
		command := exec.CommandContext(ctx, proxy.check[0], append(proxy.check[1:], path)...)
		said, err := command.CombinedOutput()
		s.say("$ " + strings.Join(command.Args, " "))
		if len(said) > 0 {
			s.say(string(said))
		}
		if err != nil {
			return errors.Join(surprise("%s does not take %s", proxy.name, proxy.file), err)
		}
		s.seen(proxy.name + " takes it, without a warning")
	}
	return nil
}
