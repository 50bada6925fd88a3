package nginx

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// Temporary files that a check copy needs in its directory.
const (
	CertificateName = "certificate.pem"
	KeyName         = "key.pem"
	MimeTypesName   = "mime.types"
)

// CheckCopy renders the tier for a check on another machine than the proxy, by an
// unprivileged user. nginx -t binds its sockets, opens its logs and resolves its nodes,
// so the copy listens on sockets in its own directory, writes there, and has this host
// in place of the names of nodes. Everything else is as in [Render].
func CheckCopy(tier webtier.Tier, directory string) ([]byte, error) {
	in := func(name string) string { return filepath.Join(directory, name) }
	tier.Process = webtier.Process{
		Log: in("access.log"), ErrorLog: in("error.log"), PIDFile: in("nginx.pid"),
		MimeTypes: in(MimeTypesName), TempDirectory: directory,
	}
	config, err := Build(tier.WithCertificates(in(CertificateName), in(KeyName)))
	if err != nil {
		return nil, err
	}
	replaced := 0
	replaceNames(config.Directives, &replaced)
	sockets := 0
	listenOnSockets(config.Directives, directory, &sockets)
	return config.Print(), nil
}

// replaceNames replaces servers' names by addresses of this host, unless nginx resolves
// them while it runs.
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
