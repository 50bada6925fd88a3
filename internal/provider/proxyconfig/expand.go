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
	known    bool // whether all values are known
}

// unknownHost is the host while it is unknown.
const unknownHost = "unknown.invalid"

// expand returns the tier of a model, and its problems as far as its values are known. d
// has decoded the model.
func (p proxy) expand(m model, d *decoder) expansion {
	e := expansion{tier: p.tier(m, d)}
	e.known = len(d.unknown) == 0
	for _, problem := range append(d.problems, e.tier.Problems(p.dialect)...) {
		// A warning can wait until everything is known; an error need not.
		if e.known || !problem.Warning && !d.isUnknown(problem.Path) {
			e.problems = append(e.problems, problem)
		}
	}
	return e
}

// err returns the first problem that is an error, or nil.
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
			d.problems = append(d.problems, webtier.Problem{Path: webtier.Root("target_version"), Text: err.Error()})
		} else {
			t.Target = version
		}
	}
	t.AdminDirectory = text(m.AdminWebDirectory, t.AdminDirectory)
	t.Nodes = expandNodes(m, d)
	t.TLS, t.NodeTLS = expandTLS(m, d), expandNodeTLS(m, d)
	t.OtherServers = expandOtherServers(m, d)
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
	t.Retry = webtier.Retry(text(m.Retry, string(t.Retry)))
	t.GetRetry = webtier.GetRetry(text(m.GetRetry, string(t.GetRetry)))
	t.Balance = webtier.Balance(text(m.Balance, string(t.Balance)))
	t.Stats = expandStats(m, d, t.Stats)
	t.Process = expandProcess(m, d, p.process(webtier.Distribution(text(m.Distribution, string(webtier.Debian)))))
	t.DNSServers = texts(m.DNSServers)
	t.ProxyAddresses = texts(m.ProxyAddresses)
	if !m.VRRP.IsNull() {
		v := decode[vrrpModel](d, webtier.Root("vrrp"), m.VRRP)
		t.VRRP = &webtier.VRRP{
			Address: text(v.Address, "192.0.2.1"), Interface: text(v.Interface, "unknown"),
			RouterID: number(v.RouterID, 1), Peers: texts(v.Peers),
		}
	}
	return t
}

// expandNodes returns the web nodes. While they are unknown, this is one node without
// problems.
func expandNodes(m model, d *decoder) map[string]webtier.Node {
	defaults := webtier.DefaultNode(unknownHost)
	if m.Nodes.IsNull() {
		return map[string]webtier.Node{"unknown": defaults}
	}
	nodes := map[string]webtier.Node{}
	for name, n := range decodeEach[nodeModel](d, webtier.Root("nodes"), m.Nodes) {
		nodes[name] = webtier.Node{
			Address: text(n.Address, defaults.Address), Port: number(n.Port, defaults.Port), Weight: number(n.Weight, defaults.Weight),
			MaxConnections: number(n.MaxConnections, defaults.MaxConnections), State: webtier.State(text(n.State, string(defaults.State))),
		}
	}
	return nodes
}

func expandTLS(m model, d *decoder) *webtier.TLS {
	if m.TLS.IsNull() {
		return nil
	}
	t, defaults := decode[tlsModel](d, webtier.Root("tls"), m.TLS), webtier.DefaultTLS("/unknown", "/unknown")
	return &webtier.TLS{
		CertificateFile: text(t.CertificateFile, defaults.CertificateFile), KeyFile: text(t.KeyFile, defaults.KeyFile),
		MinVersion: text(t.MinVersion, defaults.MinVersion), HTTP2: flag(t.HTTP2, defaults.HTTP2),
		HSTSMaxAge: number(t.HSTSMaxAge, defaults.HSTSMaxAge), RedirectHTTP: flag(t.RedirectHTTP, defaults.RedirectHTTP),
		ACMEResponder: text(t.ACMEResponder, ""),
	}
}

func expandNodeTLS(m model, d *decoder) *webtier.NodeTLS {
	if m.NodeTLS.IsNull() {
		return nil
	}
	at := webtier.Root("node_tls")
	t := decode[nodeTLSModel](d, at, m.NodeTLS)
	caFile := text(t.CAFile, "")
	if d.isUnknown(at.Attribute("ca_file")) {
		caFile = "/unknown"
	}
	return &webtier.NodeTLS{Verify: flag(t.Verify, true), CAFile: caFile, SNI: text(t.SNI, "")}
}

// expandOtherServers returns the servers that are not web nodes.
func expandOtherServers(m model, d *decoder) *webtier.OtherServers {
	if m.Routes.IsNull() && m.WebSockets.IsNull() {
		return nil
	}
	others := &webtier.OtherServers{Routes: map[string]webtier.Route{}, WebSockets: map[string]webtier.WebSocket{}}
	for path, r := range decodeEach[routeModel](d, webtier.Root("routes"), m.Routes) {
		others.Routes[path] = webtier.Route{Servers: texts(r.Nodes), Everyone: text(r.Access, accessManagers) == accessEveryone}
	}
	for path, value := range m.WebSockets.Elements() {
		at := webtier.Root("websockets").Key(path)
		target, ok := value.(types.String)
		if !ok || target.IsUnknown() {
			d.unknown = append(d.unknown, at)
			continue
		}
		socket, err := parseWebSocket(target.ValueString())
		if err != nil {
			d.problems = append(d.problems, webtier.Problem{Path: at, Text: err.Error()})
			continue
		}
		others.WebSockets[path] = socket
	}
	return others
}

// parseWebSocket parses the URL of a telephony node's WebSocket.
func parseWebSocket(text string) (webtier.WebSocket, error) {
	socket, err := url.Parse(text)
	if err != nil || socket.Scheme != "ws" && socket.Scheme != "wss" || socket.Host == "" || socket.User != nil || socket.RawQuery != "" || socket.Fragment != "" {
		return webtier.WebSocket{}, fmt.Errorf("%q is not the URL of a WebSocket, such as wss://10.10.10.15:8089/ws", text)
	}
	w := webtier.WebSocket{Host: socket.Hostname(), Port: map[string]int{"ws": 80, "wss": 443}[socket.Scheme], Path: cmp.Or(socket.Path, "/"), TLS: socket.Scheme == "wss"}
	if port := socket.Port(); port != "" {
		w.Port, err = strconv.Atoi(port)
	}
	return w, err
}

func expandListen(m model, d *decoder, defaults webtier.Listen) webtier.Listen {
	l := decode[listenModel](d, webtier.Root("listen"), m.Listen)
	listen := webtier.Listen{
		Address: text(l.Address, defaults.Address), HTTPPort: number(l.HTTPPort, defaults.HTTPPort), HTTPSPort: number(l.HTTPSPort, defaults.HTTPSPort),
		ProxyProtocol: flag(l.ProxyProtocol, false),
	}
	// Unknown ports must not conflict with others.
	if d.isUnknown(webtier.Root("listen", "http_port")) {
		listen.HTTPPort = 65080
	}
	if d.isUnknown(webtier.Root("listen", "https_port")) {
		listen.HTTPSPort = 54430
	}
	return listen
}

func expandHealth(m model, d *decoder, defaults webtier.Health) webtier.Health {
	at := webtier.Root("health")
	h := decode[healthModel](d, at, m.Health)
	return webtier.Health{
		Path: text(h.Path, defaults.Path), BodyRegex: text(h.BodyRegex, defaults.BodyRegex),
		Interval:     d.duration(at.Attribute("interval"), h.Interval, defaults.Interval),
		FastInterval: d.duration(at.Attribute("fast_interval"), h.FastInterval, defaults.FastInterval),
		Timeout:      d.duration(at.Attribute("timeout"), h.Timeout, defaults.Timeout),
		Rise:         number(h.Rise, defaults.Rise), Fall: number(h.Fall, defaults.Fall),
		AllowSlowDetection: flag(h.AllowSlowDetection, defaults.AllowSlowDetection),
		MaxFails:           number(h.MaxFails, defaults.MaxFails),
		FailTimeout:        d.duration(at.Attribute("fail_timeout"), h.FailTimeout, defaults.FailTimeout),
	}
}

// expandAudioStore sets the audio store of the tier. Its node replaces unknown nodes.
func expandAudioStore(m model, d *decoder, t *webtier.Tier) {
	if m.AudioStore.IsNull() {
		return
	}
	a := decode[audioStoreModel](d, webtier.Root("audio_store"), m.AudioStore)
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

func expandTimeouts(m model, d *decoder, defaults webtier.Timeouts) webtier.Timeouts {
	at := webtier.Root("timeouts")
	t := decode[timeoutsModel](d, at, m.Timeouts)
	return webtier.Timeouts{
		Connect: d.duration(at.Attribute("connect"), t.Connect, defaults.Connect),
		Poll:    d.duration(at.Attribute("poll"), t.Poll, defaults.Poll),
		Agent:   d.duration(at.Attribute("agent"), t.Agent, defaults.Agent),
		Admin:   d.duration(at.Attribute("admin"), t.Admin, defaults.Admin),
		Queue:   d.duration(at.Attribute("queue"), t.Queue, defaults.Queue),
	}
}

func expandStats(m model, d *decoder, defaults *webtier.Stats) *webtier.Stats {
	s := decode[statsModel](d, webtier.Root("stats"), m.Stats)
	if !flag(s.Enabled, true) {
		return nil
	}
	return &webtier.Stats{Bind: text(s.Bind, defaults.Bind), Prometheus: flag(s.Prometheus, defaults.Prometheus), Sources: texts(s.Sources)}
}

func expandProcess(m model, d *decoder, defaults webtier.Process) webtier.Process {
	p := decode[processModel](d, webtier.Root("process"), m.Process)
	return webtier.Process{
		User: text(p.User, defaults.User), Group: text(p.Group, defaults.Group), Log: text(p.Log, defaults.Log),
		ErrorLog: text(p.ErrorLog, defaults.ErrorLog), Chroot: text(p.Chroot, defaults.Chroot),
		ControlSocket: text(p.ControlSocket, defaults.ControlSocket), PIDFile: text(p.PIDFile, defaults.PIDFile),
		MimeTypes: text(p.MimeTypes, defaults.MimeTypes), TempDirectory: text(p.TempDirectory, defaults.TempDirectory),
	}
}

// diagnose returns diagnostics at the attributes of problems. Warnings about different
// attributes have different titles, because Terraform shows one of equal warnings.
func diagnose(problems []webtier.Problem) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, problem := range problems {
		at := path.Empty()
		var names []string
		for _, step := range problem.Path {
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
