package configcheck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// CheckHost checks what a tier needs on this machine: accounts, directories and names of
// nodes, without which the proxy does not start. The proxy's own check reads a copy
// without them. Missing certificates are a warning, since they may be installed
// later.
func CheckHost(ctx context.Context, dialect webtier.Dialect, tier webtier.Tier) []webtier.Problem {
	h := &host{}
	p := tier.Process
	h.account("user", p.User, func() error { _, err := user.Lookup(p.User); return err })
	h.account("group", p.Group, func() error { _, err := user.LookupGroup(p.Group); return err })
	if dialect == webtier.HAProxy {
		h.exists("chroot", p.Chroot)
		h.directoryOf("control_socket", p.ControlSocket)
	} else {
		h.directoryOf("log", p.Log)
		h.directoryOf("error_log", p.ErrorLog)
		h.directoryOf("pid_file", p.PIDFile)
		h.exists("mime_types", p.MimeTypes)
		h.exists("temp_directory", p.TempDirectory)
		h.names(ctx, tier)
	}
	if tier.TLS != nil {
		h.certificate("certificate_file", tier.TLS.CertificateFile)
		if dialect == webtier.Nginx {
			h.certificate("key_file", tier.TLS.KeyFile)
		}
	}
	return h.problems
}

type host struct{ problems []webtier.Problem }

func (h *host) errorf(at webtier.Path, format string, args ...any) {
	h.problems = append(h.problems, webtier.Problem{Path: at, Text: fmt.Sprintf(format, args...)})
}

func (h *host) account(attribute, name string, lookUp func() error) {
	if name == "" {
		return
	}
	var noUser user.UnknownUserError
	var noGroup user.UnknownGroupError
	if err := lookUp(); errors.As(err, &noUser) || errors.As(err, &noGroup) {
		h.errorf(webtier.Root("process", attribute), "this machine has no %s %q, and the proxy does not start without it; set distribution or process.%s", attribute, name, attribute)
	}
}

// exists returns an error for a missing path, except under /run, whose contents
// services create.
func (h *host) exists(attribute, path string) {
	if path == "" || strings.HasPrefix(path, "/run/") || strings.HasPrefix(path, "/var/run/") {
		return
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		h.errorf(webtier.Root("process", attribute), "%s is not on this machine, and the proxy does not start without it; set distribution or process.%s", path, attribute)
	}
}

func (h *host) directoryOf(attribute, path string) {
	if path != "" {
		h.exists(attribute, filepath.Dir(path)+"/")
	}
}

func (h *host) certificate(attribute, path string) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		h.problems = append(h.problems, webtier.Problem{
			Path: webtier.Root("tls", attribute), Text: path + " is not on this machine; the proxy does not start before it is", Warning: true,
		})
	}
}

// names resolves the names that nginx resolves at its start, since it does not
// start if one fails.
func (h *host) names(ctx context.Context, tier webtier.Tier) {
	if tier.ResolvesNames() {
		return
	}
	hosts := map[string]webtier.Path{}
	for _, name := range tier.NodeNames() {
		hosts[tier.Nodes[name].Address] = webtier.Root("nodes").Key(name).Attribute("address")
	}
	for _, path := range tier.RoutePaths() {
		for _, server := range tier.Routes()[path].Servers {
			address, _, _ := webtier.SplitServer(server)
			hosts[address] = webtier.Root("routes").Key(path).Attribute("nodes")
		}
	}
	for _, path := range tier.SocketPaths() {
		hosts[tier.WebSockets()[path].Host] = webtier.Root("websockets").Key(path)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for address, at := range hosts {
		if !(webtier.Node{Address: address}).IsName() {
			continue
		}
		if _, err := net.DefaultResolver.LookupHost(ctx, address); err != nil {
			h.errorf(at, "%q does not resolve on this machine (%v), and nginx does not start then; use an address, or dns_servers with target_version 1.27.3 or later", address, err)
		}
	}
}
