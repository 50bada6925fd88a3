package nginx

import (
	"net"
	"path/filepath"
	"slices"
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
	if tier.NodeTLS != nil && tier.NodeTLS.CAFile != "" {
		nodeTLS := *tier.NodeTLS
		nodeTLS.CAFile = in(CertificateName)
		tier.NodeTLS = &nodeTLS
	}
	config, err := Build(tier)
	if err != nil {
		return nil, err
	}
	replaced := 0
	replaceNames(config.Directives, &replaced)
	sockets := 0
	listenOnSockets(config.Directives, directory, &sockets)
	return config.Print(), nil
}

// replaceNames puts addresses of this host in the place of servers' names, unless
// nginx looks them up while it runs.
func replaceNames(directives []Directive, replaced *int) {
	for i := range directives {
		d := &directives[i]
		if d.Name == "server" && !d.IsBlock && !slices.Contains(d.Words, "resolve") {
			if host, port, err := net.SplitHostPort(d.Words[0]); err == nil && (webtier.Node{Address: host}).IsName() {
				d.Words[0] = net.JoinHostPort("127.1."+strconv.Itoa(*replaced/250)+"."+strconv.Itoa(*replaced%250+1), port)
				*replaced++
			}
		}
		replaceNames(d.Block, replaced)
	}
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
