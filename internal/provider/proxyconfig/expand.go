package proxyconfig

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// expansion is the tier that a configuration, a plan or a state describes.
type expansion struct {
	tier     webtier.Tier
	problems []webtier.Problem
	known    bool // every value that the text is made of
}

// unknownHost stands in for a host that is not known yet.
const unknownHost = "unknown.invalid"

// expand makes a tier of a model and lists what is wrong with it, as far as that
// can be said before everything is known. d holds what decoding the model noted.
func (p proxy) expand(m model, d *decoder) expansion {
	e := expansion{tier: p.tier(m, d)}
	e.known = len(d.unknown) == 0
	for _, problem := range append(d.problems, e.tier.Problems(p.dialect)...) {
		// A warning can wait until everything is known; an error need not.
		if e.known || !problem.Warning && !d.isUnknown(problem.Place) {
			e.problems = append(e.problems, problem)
		}
	}
	return e
}

// err is the first problem that is an error, or nil.
func (e expansion) err() error {
	for _, problem := range e.problems {
		if !problem.Warning {
			return errors.New(problem.String())
		}
	}
	return nil
}

func (p proxy) tier(m model, d *decoder) webtier.Tier {
	t := p.defaults()
	t.Name, t.Hostname = text(m.Name, "unknown"), text(m.Hostname, unknownHost)
	if !m.TargetVersion.IsNull() && m.TargetVersion.ValueString() != "" {
		version, err := webtier.ParseVersion(m.TargetVersion.ValueString())
		if err != nil {
			d.problems = append(d.problems, webtier.Problem{Place: webtier.At("target_version"), Text: err.Error()})
		} else {
			t.Target = version
		}
	}
	t.AdminDirectory = text(m.AdminWebDirectory, t.AdminDirectory)
	t.Nodes = expandNodes(m, d)
	t.TLS, t.NodeTLS = expandTLS(m, d), expandNodeTLS(m, d)
	t.Others = expandOthers(m, d)
	t.Listen = expandListen(m, d, t.Listen)
	t.Access = webtier.Access{
		Admin: texts(m.AdminSources), API: texts(m.APISources), Cluster: texts(m.ClusterAddresses),
		Trusted: texts(m.TrustedSources), TrustedProxies: texts(m.TrustedProxies),
	}
	t.Health = expandHealth(m, d, t.Health)
	expandAudioStore(m, d, &t)
	t.SharedUploads = flag(m.SharedUploadDirectory, false)
	t.Timeouts = expandTimeouts(m, d, t.Timeouts)
	t.MaxBodyMB = number(m.MaxBodySizeMB, t.MaxBodyMB)
	t.LoginsPerMinute = number(m.LoginRatePerMinute, t.LoginsPerMinute)
	t.AdminErrorsPerMinute = number(m.AdminErrorsPerMinute, t.AdminErrorsPerMinute)
	t.ExtraPaths = texts(m.ExtraPaths)
	t.Replay = webtier.Replay(text(m.Replay, string(t.Replay)))
	t.GetRetry = webtier.GetRetry(text(m.GetRetry, string(t.GetRetry)))
	t.Balance = webtier.Balance(text(m.Balance, string(t.Balance)))
	t.Stats = expandStats(m, d, t.Stats)
	t.Process = expandProcess(m, d, p.process(webtier.Distribution(text(m.Distribution, string(webtier.Debian)))))
	t.DNSServers = texts(m.DNSServers)
	t.ProxyAddresses = texts(m.ProxyAddresses)
	if !m.VRRP.IsNull() {
		v := decode[vrrpModel](d, webtier.At("vrrp"), m.VRRP)
		t.VRRP = &webtier.VRRP{
			Address: text(v.Address, "192.0.2.1"), Interface: text(v.Interface, "unknown"),
			RouterID: number(v.RouterID, 1), Peers: texts(v.Peers),
		}
	}
	return t
}

// expandNodes returns the web nodes. Those that are not known yet are one that
// has no problem.
func expandNodes(m model, d *decoder) map[string]webtier.Node {
	usual := webtier.DefaultNode(unknownHost)
	if m.Nodes.IsNull() {
		return map[string]webtier.Node{"unknown": usual}
	}
	nodes := map[string]webtier.Node{}
	for name, n := range decodeEach[nodeModel](d, webtier.At("nodes"), m.Nodes) {
		nodes[name] = webtier.Node{
			Address: text(n.Address, usual.Address), Port: number(n.Port, usual.Port), Weight: number(n.Weight, usual.Weight),
			MaxConnections: number(n.MaxConnections, usual.MaxConnections), State: webtier.State(text(n.State, string(usual.State))),
		}
	}
	return nodes
}

func expandTLS(m model, d *decoder) *webtier.TLS {
	if m.TLS.IsNull() {
		return nil
	}
	t, usual := decode[tlsModel](d, webtier.At("tls"), m.TLS), webtier.DefaultTLS("/unknown", "/unknown")
	return &webtier.TLS{
		CertificateFile: text(t.CertificateFile, usual.CertificateFile), KeyFile: text(t.KeyFile, usual.KeyFile),
		MinVersion: text(t.MinVersion, usual.MinVersion), HTTP2: flag(t.HTTP2, usual.HTTP2),
		HSTSMaxAge: number(t.HSTSMaxAge, usual.HSTSMaxAge), RedirectHTTP: flag(t.RedirectHTTP, usual.RedirectHTTP),
		ACMEResponder: text(t.ACMEResponder, ""),
	}
}

func expandNodeTLS(m model, d *decoder) *webtier.NodeTLS {
	if m.NodeTLS.IsNull() {
		return nil
	}
	at := webtier.At("node_tls")
	t := decode[nodeTLSModel](d, at, m.NodeTLS)
	caFile := text(t.CAFile, "")
	if d.isUnknown(at.Attribute("ca_file")) {
		caFile = "/unknown"
	}
	return &webtier.NodeTLS{Verify: flag(t.Verify, true), CAFile: caFile, SNI: text(t.SNI, "")}
}

// expandOthers returns the servers that are not web nodes.
func expandOthers(m model, d *decoder) *webtier.Others {
	if m.Routes.IsNull() && m.WebSockets.IsNull() {
		return nil
	}
	others := &webtier.Others{Routes: map[string]webtier.Route{}, WebSockets: map[string]webtier.WebSocket{}}
	for path, r := range decodeEach[routeModel](d, webtier.At("routes"), m.Routes) {
		others.Routes[path] = webtier.Route{Servers: texts(r.Nodes), Everyone: text(r.Access, accessManagers) == accessEveryone}
	}
	for path, value := range m.WebSockets.Elements() {
		at := webtier.At("websockets").Key(path)
		target, is := value.(types.String)
		if !is || target.IsUnknown() {
			d.unknown = append(d.unknown, at)
			continue
		}
		socket, err := parseWebSocket(target.ValueString())
		if err != nil {
			d.problems = append(d.problems, webtier.Problem{Place: at, Text: err.Error()})
			continue
		}
		others.WebSockets[path] = socket
	}
	return others
}

// parseWebSocket reads the URL of a telephony node's socket.
func parseWebSocket(text string) (webtier.WebSocket, error) {
	socket, err := url.Parse(text)
	if err != nil || socket.Scheme != "ws" && socket.Scheme != "wss" || socket.Host == "" || socket.User != nil || socket.RawQuery != "" || socket.Fragment != "" {
		return webtier.WebSocket{}, fmt.Errorf("%q is not a socket's URL such as wss://10.10.10.15:8089/ws", text)
	}
	w := webtier.WebSocket{Host: socket.Hostname(), Port: map[string]int{"ws": 80, "wss": 443}[socket.Scheme], Path: cmp.Or(socket.Path, "/"), TLS: socket.Scheme == "wss"}
	if port := socket.Port(); port != "" {
		w.Port, err = strconv.Atoi(port)
	}
	return w, err
}

func expandListen(m model, d *decoder, usual webtier.Listen) webtier.Listen {
	l := decode[listenModel](d, webtier.At("listen"), m.Listen)
	listen := webtier.Listen{
		Address: text(l.Address, usual.Address), HTTPPort: number(l.HTTPPort, usual.HTTPPort), HTTPSPort: number(l.HTTPSPort, usual.HTTPSPort),
		ProxyProtocol: flag(l.ProxyProtocol, false),
	}
	// Ports that are not known yet must not collide with others.
	if d.isUnknown(webtier.At("listen", "http_port")) {
		listen.HTTPPort = 65080
	}
	if d.isUnknown(webtier.At("listen", "https_port")) {
		listen.HTTPSPort = 54430
	}
	return listen
}

func expandHealth(m model, d *decoder, usual webtier.Health) webtier.Health {
	at := webtier.At("health")
	h := decode[healthModel](d, at, m.Health)
	return webtier.Health{
		Path: text(h.Path, usual.Path), BodyRegex: text(h.BodyRegex, usual.BodyRegex),
		Interval:     d.duration(at.Attribute("interval"), h.Interval, usual.Interval),
		FastInterval: d.duration(at.Attribute("fast_interval"), h.FastInterval, usual.FastInterval),
		Timeout:      d.duration(at.Attribute("timeout"), h.Timeout, usual.Timeout),
		Rise:         number(h.Rise, usual.Rise), Fall: number(h.Fall, usual.Fall),
		AllowSlowEjection: flag(h.AllowSlowEjection, usual.AllowSlowEjection),
		MaxFails:          number(h.MaxFails, usual.MaxFails),
		FailTimeout:       d.duration(at.Attribute("fail_timeout"), h.FailTimeout, usual.FailTimeout),
	}
}

// expandAudioStore sets the tier's audio store. Its node may be one of nodes that
// are not known yet, and then takes their place.
func expandAudioStore(m model, d *decoder, t *webtier.Tier) {
	if m.AudioStore.IsNull() {
		return
	}
	a := decode[audioStoreModel](d, webtier.At("audio_store"), m.AudioStore)
	host := strings.TrimPrefix(text(a.Host, unknownHost), "https://") // as VICIdial does (docs/vicidial/web-pages.md#sounds-https)
	t.AudioStore = &webtier.AudioStore{Host: host, Directory: text(a.Directory, "unknown")}
	if names := t.NodeNames(); len(names) > 0 {
		t.AudioStore.Node = names[0]
	}
	t.AudioStore.Node = text(a.Node, t.AudioStore.Node)
	if m.Nodes.IsNull() {
		t.Nodes = map[string]webtier.Node{t.AudioStore.Node: webtier.DefaultNode(unknownHost)}
	}
}

func expandTimeouts(m model, d *decoder, usual webtier.Timeouts) webtier.Timeouts {
	at := webtier.At("timeouts")
	t := decode[timeoutsModel](d, at, m.Timeouts)
	return webtier.Timeouts{
		Connect: d.duration(at.Attribute("connect"), t.Connect, usual.Connect),
		Poll:    d.duration(at.Attribute("poll"), t.Poll, usual.Poll),
		Agent:   d.duration(at.Attribute("agent"), t.Agent, usual.Agent),
		Admin:   d.duration(at.Attribute("admin"), t.Admin, usual.Admin),
		Queue:   d.duration(at.Attribute("queue"), t.Queue, usual.Queue),
	}
}

func expandStats(m model, d *decoder, usual *webtier.Stats) *webtier.Stats {
	s := decode[statsModel](d, webtier.At("stats"), m.Stats)
	if !flag(s.Enabled, true) {
		return nil
	}
	return &webtier.Stats{Bind: text(s.Bind, usual.Bind), Prometheus: flag(s.Prometheus, usual.Prometheus), Sources: texts(s.Sources)}
}

func expandProcess(m model, d *decoder, usual webtier.Process) webtier.Process {
	p := decode[processModel](d, webtier.At("process"), m.Process)
	return webtier.Process{
		User: text(p.User, usual.User), Group: text(p.Group, usual.Group), Log: text(p.Log, usual.Log),
		ErrorLog: text(p.ErrorLog, usual.ErrorLog), Chroot: text(p.Chroot, usual.Chroot),
		ControlSocket: text(p.ControlSocket, usual.ControlSocket), PIDFile: text(p.PIDFile, usual.PIDFile),
		MimeTypes: text(p.MimeTypes, usual.MimeTypes), TempDirectory: text(p.TempDirectory, usual.TempDirectory),
	}
}

// diagnose points at the attributes that problems are about. Warnings about
// different attributes differ in their summaries, or Terraform would show one.
func diagnose(problems []webtier.Problem) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, problem := range problems {
		at := path.Empty()
		var names []string
		for _, step := range problem.Place {
			if step.IsKey {
				at = at.AtMapKey(step.Name)
			} else {
				at = at.AtName(step.Name)
				names = append(names, step.Name)
			}
		}
		if problem.Warning {
			diags.Append(tfhelper.WarnAt(at, "Web tier: check "+strings.Join(names, "."), problem.Text)...)
		} else {
			diags.Append(tfhelper.DiagnoseAt(at, "Invalid web tier configuration", errors.New(problem.Text))...)
		}
	}
	return diags
}
