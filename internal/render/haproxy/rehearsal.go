package haproxy

import (
	"net"
	"path/filepath"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// CertificateName is the file that a rehearsal expects in its directory: a
// certificate and its key, thrown away afterwards.
const CertificateName = "certificate.pem"

// Rehearsal writes the same tier for a check on a machine that is not the
// proxy, by a user who may nothing: the certificate lies in a directory of its
// own, no account is named, and a node's name stands for this host, since it
// may mean nothing here. Everything else is as [Render] writes it.
func Rehearsal(tier webtier.Tier, directory string) ([]byte, error) {
	tier.Process.User, tier.Process.Group, tier.Process.Chroot = "", "", ""
	if tier.Process.ControlSocket != "" {
		tier.Process.ControlSocket = filepath.Join(directory, "control.sock")
	}
	if tier.TLS != nil {
		tls := *tier.TLS
		tls.CertificateFile = filepath.Join(directory, CertificateName)
		tier.TLS = &tls
	}
	if tier.NodeTLS != nil && tier.NodeTLS.CAFile != "" {
		nodeTLS := *tier.NodeTLS
		nodeTLS.CAFile = filepath.Join(directory, CertificateName)
		tier.NodeTLS = &nodeTLS
	}
	config, err := Build(tier)
	if err != nil {
		return nil, err
	}
	for _, section := range config.Sections {
		if section.Name == onceBackend { // its server is this process, whatever a node is called
			continue
		}
		for _, line := range section.Lines {
			if line.Words[0] != "server" {
				continue
			}
			if host, port, err := net.SplitHostPort(line.Words[2]); err == nil && (webtier.Node{Address: host}).IsName() {
				line.Words[2] = net.JoinHostPort("127.0.0.1", port)
			}
		}
	}
	return config.Print(), nil
}
