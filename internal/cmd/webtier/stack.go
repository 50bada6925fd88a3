package main

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configcheck"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// Client addresses on the loopback interface. The tier distinguishes them as it
// does networks.
const (
	agentAddress         = "127.0.0.1" // agents and unknown clients
	managerAddress       = "127.0.0.2"
	clusterAddress       = "127.0.0.3"
	wrongPasswordAddress = "127.0.0.4" // a manager with a wrong password
	urlPasswordAddress   = "127.0.0.5" // a client with passwords in URLs
	officeAddress        = "127.0.0.7" // an office at the start of a shift
	slowAddress          = "127.0.0.8" // slow clients
	frontAddress         = "127.0.0.6" // a proxy in front of this one
	hostname             = "vici.example.com"
	soundsHost           = "sounds.example.com"
	soundsDirectory      = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx"
	node1                = "web1" // has the audio store
	node2                = "web2"
	node3                = "web3" // has half the weight of the others
	workers              = 64
	secret               = "SECRETX"
	loginsPerMinute      = 60
	adminErrorsAllowed   = 30
)

// stack is one proxy with the generated configuration and three nodes.
type stack struct {
	kind     string
	folder   string
	tier     webtier.Tier
	roots    *x509.CertPool
	nodes    map[string]*webstack.Node
	proxy    *webstack.Proxy
	backends *backends
	network  *webstack.Network // nil where all is on the loopback interface
}

// build starts the nodes and the proxy.
func build(ctx context.Context, kind, folder string, network *webstack.Network) (built *stack, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil { // Apache's workers are another user
		return nil, err
	}
	s := &stack{kind: kind, folder: folder, nodes: map[string]*webstack.Node{}, network: network}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.end())
		}
	}()
	in := func(name string) string { return filepath.Join(s.folder, name) }
	if s.roots, err = sandbox.WriteSelfSigned(hostname, in("vici.pem"), in("vici.key")); err != nil {
		return nil, err
	}
	if s.backends, err = startBackends(ctx, in("vici.pem"), in("vici.key")); err != nil {
		return nil, err
	}
	settings := webstack.Settings{
		Snippet:         webtier.Tier{TLS: &webtier.TLS{}, ProxyAddresses: []string{"127.0.0.0/8", webstack.Gateway}}.ApacheSnippet(),
		DrainFile:       webtier.DrainFile,
		CertificateFile: in("vici.pem"), KeyFile: in("vici.key"),
		SoundsWebServer: soundsHost, SoundsWebDirectory: soundsDirectory, Workers: workers,
	}
	for _, name := range []string{node1, node2, node3} {
		if s.nodes[name], err = webstack.StartNode(ctx, folder, name, settings, s.network); err != nil {
			delete(s.nodes, name)
			return nil, err
		}
	}
	if err := s.setTier(ctx); err != nil {
		return nil, err
	}
	text, err := s.render(s.tier)
	if err != nil {
		return nil, err
	}
	s.proxy, err = webstack.StartProxy(ctx, kind, folder, text, s.address())
	return s, err
}

// setTier sets the tier, as an operator declares it.
func (s *stack) setTier(ctx context.Context) error {
	tier := webtier.Defaults()
	tier.Name, tier.Hostname = "test", hostname
	binary, err := webstack.Find(s.kind)
	if err != nil {
		return err
	}
	if tier.Target, err = configcheck.Version(ctx, binary); err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(s.folder, name) }
	switch s.kind {
	case "haproxy":
		tier.Process = webtier.Process{Log: "stdout", ControlSocket: in("control.sock")}
	default:
		tier.Process = webtier.Process{
			Log: in("access.log"), ErrorLog: in("error.log"), PIDFile: in("nginx.pid"),
			MimeTypes: "/etc/nginx/mime.types", TempDirectory: s.folder,
		}
	}
	tier.Listen = webtier.Listen{Address: "127.0.0.1"}
	if tier.Listen.HTTPPort, err = sandbox.FreePort(); err != nil {
		return err
	}
	statsPort, err := sandbox.FreePort()
	if err != nil {
		return err
	}
	tier.Stats.Bind = net.JoinHostPort("127.0.0.1", strconv.Itoa(statsPort))
	if tier.Listen.HTTPSPort, err = portForTLS(ctx); err != nil {
		return err
	}
	tier.TLS = webtier.DefaultTLS(in("vici.pem"), in("vici.key"))
	tier.Nodes = map[string]webtier.Node{}
	for name, node := range s.nodes {
		weight := 100
		if name == node3 {
			weight = 50 // so that shares depend on weights
		}
		tier.Nodes[name] = webtier.Node{Address: node.Address, Port: node.Port, Weight: weight, MaxConnections: workers, State: webtier.Active}
	}
	tier.Access = webtier.Access{Admin: []string{managerAddress, wrongPasswordAddress}, Cluster: []string{clusterAddress}, TrustedProxies: []string{frontAddress}}
	tier.AudioStore = &webtier.AudioStore{Node: node1, Host: soundsHost, Directory: soundsDirectory}
	tier.OtherServers = s.backends.config()
	tier.LoginsPerMinute, tier.AdminErrorsPerMinute = loginsPerMinute, adminErrorsAllowed
	s.tier = tier
	return nil
}

func (s *stack) render(tier webtier.Tier) ([]byte, error) {
	if s.kind == "haproxy" {
		return haproxy.Render(tier)
	}
	return nginx.Render(tier)
}

func (s *stack) address() string { return webtier.JoinPort("127.0.0.1", s.tier.Listen.HTTPSPort) }

// reload writes the configuration of a tier and reloads the proxy.
func (s *stack) reload(ctx context.Context, tier webtier.Tier) error {
	text, err := s.render(tier)
	if err != nil {
		return err
	}
	if err := s.proxy.Rewrite(text); err != nil {
		return err
	}
	return s.proxy.Reload(ctx)
}

// end stops the proxy, the nodes and the backends.
func (s *stack) end() error {
	var all []error
	if s.backends != nil {
		s.backends.stop()
	}
	if s.proxy != nil {
		all = append(all, s.proxy.Kill())
	}
	for _, node := range s.nodes {
		all = append(all, node.Kill())
	}
	return errors.Join(all...)
}

// portForTLS returns a free port for which VICIdial writes https links.
func portForTLS(ctx context.Context) (int, error) {
	var config net.ListenConfig
	for port := 44300; port < 44400; port++ {
		if listener, err := config.Listen(ctx, "tcp", webtier.JoinPort("127.0.0.1", port)); err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("no port from 44300 to 44399 is free")
}
