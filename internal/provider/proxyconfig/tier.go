package proxyconfig

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// declared is what a configuration, a plan or a state says.
type declared struct {
	tier     webtier.Tier
	problems []webtier.Problem
	known    bool // every value that the text is made of
}

// read makes a tier of the resource's attributes, and says what is wrong with
// it as far as that can be said before everything is known.
func (p proxy) read(root types.Object) declared {
	r := &reader{}
	f := fields{reader: r, values: root.Attributes()}
	d := declared{tier: p.tier(f)}
	d.known = len(r.unknown) == 0
	for _, problem := range append(r.problems, d.tier.Problems(p.dialect)...) {
		// Advice can wait until everything is known; an error need not.
		if d.known || !problem.Warning && !r.blames(problem) {
			d.problems = append(d.problems, problem)
		}
	}
	return d
}

func (p proxy) tier(f fields) webtier.Tier {
	tier := p.defaults()
	tier.Name = f.text("name", "unknown")
	tier.Hostname = f.text("hostname", "unknown.invalid")
	if text := f.text("target_version", ""); text != "" {
		version, err := webtier.ParseVersion(text)
		if err != nil {
			f.reader.problems = append(f.reader.problems, webtier.Problem{Place: webtier.At("target_version"), Text: err.Error()})
		} else {
			tier.Target = version
		}
	}
	tier.AdminDirectory = f.text("admin_web_directory", tier.AdminDirectory)
	tier.Nodes = nodes(f)
	tier.TLS = secure(f)
	if listen, ok := f.object("listen"); ok {
		tier.Listen = webtier.Listen{
			Address:   listen.text("address", ""),
			HTTPPort:  listen.number("http_port", tier.Listen.HTTPPort),
			HTTPSPort: listen.number("https_port", tier.Listen.HTTPSPort),
		}
	}
	// Ports that are not known yet must not seem to collide with others.
	if f.reader.blames(webtier.Problem{Place: webtier.At("listen", "http_port")}) {
		tier.Listen.HTTPPort = 65080
	}
	if f.reader.blames(webtier.Problem{Place: webtier.At("listen", "https_port")}) {
		tier.Listen.HTTPSPort = 54430
	}
	tier.Access = webtier.Access{
		Admin: f.texts("admin_sources"), API: f.texts("api_sources"), Cluster: f.texts("cluster_addresses"),
		Trusted: f.texts("trusted_sources"), TrustedProxies: f.texts("trusted_proxies"),
	}
	tier.Health = health(f, tier.Health)
	tier.AudioStore = audioStore(f, &tier)
	tier.SharedUploads = f.yes("shared_upload_directory", false)
	if t, ok := f.object("timeouts"); ok {
		tier.Timeouts = webtier.Timeouts{
			Connect: t.length("connect", tier.Timeouts.Connect), Poll: t.length("poll", tier.Timeouts.Poll),
			Agent: t.length("agent", tier.Timeouts.Agent), Admin: t.length("admin", tier.Timeouts.Admin),
			Queue: t.length("queue", tier.Timeouts.Queue),
		}
	}
	tier.MaxBodyMB = f.number("max_body_size_mb", tier.MaxBodyMB)
	tier.LoginsPerMinute = f.number("login_rate_per_minute", tier.LoginsPerMinute)
	tier.AdminErrorsPerMinute = f.number("admin_errors_per_minute", tier.AdminErrorsPerMinute)
	tier.ExtraPaths = f.texts("extra_paths")
	tier.Replay = webtier.Replay(f.text("replay", string(tier.Replay)))
	tier.GetRetry = webtier.GetRetry(f.text("get_retry", string(tier.GetRetry)))
	tier.Balance = webtier.Balance(f.text("balance", string(tier.Balance)))
	tier.Stats = stats(f, tier.Stats)
	tier.Process = process(f, tier.Process)
	tier.DNSServers = f.texts("dns_servers")
	tier.ProxyAddresses = f.texts("proxy_addresses")
	if pair, ok := f.object("vrrp"); ok {
		tier.VRRP = &webtier.VRRP{
			Address: pair.text("address", "192.0.2.1"), Interface: pair.text("interface", "unknown"),
			RouterID: pair.number("router_id", 1), Peers: pair.texts("peers"),
		}
	}
	return tier
}

// nodes reads the web nodes. Those that are not known yet stand as one that
// nothing can be said against.
func nodes(f fields) map[string]webtier.Node {
	entries, known := f.entries("nodes")
	if !known {
		return map[string]webtier.Node{"unknown": webtier.DefaultNode("unknown.invalid")}
	}
	all := map[string]webtier.Node{}
	for name, entry := range entries {
		node := webtier.DefaultNode("unknown.invalid")
		all[name] = webtier.Node{
			Address: entry.text("address", node.Address), Port: entry.number("port", node.Port),
			Weight: entry.number("weight", node.Weight), MaxConnections: entry.number("max_connections", node.MaxConnections),
			State: webtier.State(entry.text("state", string(node.State))),
		}
	}
	return all
}

func secure(f fields) *webtier.TLS {
	tls, ok := f.object("tls")
	if !ok {
		return nil
	}
	usual := webtier.DefaultTLS("/unknown", "/unknown")
	return &webtier.TLS{
		CertificateFile: tls.text("certificate_file", usual.CertificateFile), KeyFile: tls.text("key_file", usual.KeyFile),
		MinVersion: tls.text("min_version", usual.MinVersion), HTTP2: tls.yes("http2", usual.HTTP2),
		HSTSMaxAge:    tls.number("hsts_max_age", usual.HSTSMaxAge),
		RedirectHTTP:  tls.yes("redirect_http", usual.RedirectHTTP),
		ACMEResponder: tls.text("acme_responder", ""),
	}
}

func health(f fields, usual webtier.Health) webtier.Health {
	h, ok := f.object("health")
	if !ok {
		return usual
	}
	return webtier.Health{
		Path: h.text("path", ""), BodyRegex: h.text("body_regex", usual.BodyRegex),
		Interval: h.length("interval", usual.Interval), FastInterval: h.length("fast_interval", usual.FastInterval),
		Timeout: h.length("timeout", usual.Timeout), Rise: h.number("rise", usual.Rise), Fall: h.number("fall", usual.Fall),
		AllowSlowEjection: h.yes("allow_slow_ejection", false),
		MaxFails:          h.number("max_fails", usual.MaxFails), FailTimeout: h.length("fail_timeout", usual.FailTimeout),
	}
}

// audioStore reads the audio store. Its node may be one of nodes that are not
// known yet, and then takes their place.
func audioStore(f fields, tier *webtier.Tier) *webtier.AudioStore {
	store, ok := f.object("audio_store")
	if !ok {
		return nil
	}
	a := &webtier.AudioStore{
		Node: store.text("node", anyOf(tier.NodeNames())), Host: store.text("host", "unknown.invalid"),
		Directory: store.text("directory", "unknown"),
	}
	if _, known := f.entries("nodes"); !known {
		tier.Nodes = map[string]webtier.Node{a.Node: webtier.DefaultNode("unknown.invalid")}
	}
	return a
}

func anyOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func stats(f fields, usual *webtier.Stats) *webtier.Stats {
	s, ok := f.object("stats")
	if !ok {
		return usual
	}
	if !s.yes("enabled", true) {
		return nil
	}
	return &webtier.Stats{Bind: s.text("bind", usual.Bind), Prometheus: s.yes("prometheus", usual.Prometheus), Sources: s.texts("sources")}
}

func process(f fields, usual webtier.Process) webtier.Process {
	p, ok := f.object("process")
	if !ok {
		return usual
	}
	return webtier.Process{
		User: p.text("user", usual.User), Group: p.text("group", usual.Group), Log: p.text("log", usual.Log),
		ErrorLog: p.text("error_log", usual.ErrorLog), Chroot: p.text("chroot", usual.Chroot),
		ControlSocket: p.text("control_socket", usual.ControlSocket), PIDFile: p.text("pid_file", usual.PIDFile),
		MimeTypes: p.text("mime_types", usual.MimeTypes), TempDirectory: p.text("temp_directory", usual.TempDirectory),
	}
}
