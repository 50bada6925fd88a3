package haproxy

import (
	"net"
	"path/filepath"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// CertificateName is the file with a temporary certificate and its key that a
// check copy needs in its directory.
const CertificateName = "certificate.pem"

// CheckCopy renders the tier for a check on another machine than the proxy, by an
// unprivileged user: with a certificate in its own directory, without accounts, and
// with this host in place of the names of nodes, which may not resolve here.
// Everything else is as in [Render].
func CheckCopy(tier webtier.Tier, directory string) ([]byte, error) {
	tier.Process.User, tier.Process.Group, tier.Process.Chroot = "", "", ""
	if tier.Process.ControlSocket != "" {
		tier.Process.ControlSocket = filepath.Join(directory, "control.sock")
	}
	certificate := filepath.Join(directory, CertificateName)
	config, err := Build(tier.WithCertificates(certificate, certificate))
	if err != nil {
		return nil, err
	}
	for _, section := range config.Sections {
		if section.Name == onceBackend { // its server is this process
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
