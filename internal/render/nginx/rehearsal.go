package nginx

import (
	"maps"
	"path/filepath"
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// Files that a rehearsal expects in its directory, thrown away afterwards.
const (
	CertificateName = "certificate.pem"
	KeyName         = "key.pem"
	MimeTypesName   = "mime.types"
)

// Rehearsal writes the same tier for a check on a machine that is not the
// proxy, by a user who may nothing. nginx -t really binds its sockets, opens
// its logs and looks up its nodes, so the copy listens on sockets in a
// directory of its own, writes there, and takes a node's name for this host.
// Everything else is as [Render] writes it.
func Rehearsal(tier webtier.Tier, directory string) ([]byte, error) {
	in := func(name string) string { return filepath.Join(directory, name) }
	tier.Process = webtier.Process{
		Log: in("access.log"), ErrorLog: in("error.log"), PIDFile: in("nginx.pid"),
		MimeTypes: in(MimeTypesName), TempDirectory: directory,
	}
	if tier.TLS != nil {
		tls := *tier.TLS
		tls.CertificateFile, tls.KeyFile = in(CertificateName), in(KeyName)
		tier.TLS = &tls
	}
	tier.Nodes = maps.Clone(tier.Nodes)
	following := len(tier.DNSServers) > 0 && tier.Target.AtLeast(1, 27, 3)
	for i, name := range tier.NodeNames() {
		if node := tier.Nodes[name]; node.IsName() && !following {
			node.Address = "127.1." + strconv.Itoa(i/250) + "." + strconv.Itoa(i%250+1)
			tier.Nodes[name] = node
		}
	}
	config, err := Build(tier)
	if err != nil {
		return nil, err
	}
	sockets := 0
	listenOnSockets(config.Directives, directory, &sockets)
	return config.Print(), nil
}

func listenOnSockets(directives []Directive, directory string, sockets *int) {
	for i := range directives {
		if directives[i].Name == "listen" {
			*sockets++
			directives[i].Words[0] = "unix:" + filepath.Join(directory, strconv.Itoa(*sockets)+".sock")
		}
		listenOnSockets(directives[i].Block, directory, sockets)
	}
}
