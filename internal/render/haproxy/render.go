package haproxy

import (
	"fmt"
	"strconv"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// The backends, one for each class of traffic.
const (
	agentBackend  = "be_agent"
	staticBackend = "be_static"
	actionBackend = "be_action"
	adminBackend  = "be_admin"
	apiBackend    = "be_api"
	uploadBackend = "be_leads"
	audioBackend  = "be_files"
	acmeBackend   = "be_acme"
	bulkBackend   = "be_bulk"

	// Used while no node has its full share.
	agentRecoveryBackend  = "be_agent_recovery"
	actionRecoveryBackend = "be_action_recovery"

	// Sends requests that must not be repeated through the proxy again.
	onceBackend  = "be_once"
	onceFrontend = "fe_once"

	abuseTable = "st_abuse"
	loginTable = "st_login"
	resolvers  = "vicidial"
)

// DefaultProcess returns how a distribution's package runs HAProxy. openSUSE, AlmaLinux
// and similar ones have the control socket in the chroot's directory; AlmaLinux's
// package logs to syslog's port, since no /dev/log is in its chroot.
func DefaultProcess(distribution webtier.Distribution) webtier.Process {
	p := webtier.Process{
		User: "haproxy", Group: "haproxy", Log: "/dev/log",
		Chroot: "/var/lib/haproxy", ControlSocket: "/run/haproxy/admin.sock",
	}
	switch distribution {
	case webtier.Debian:
	case webtier.SUSE:
		p.ControlSocket = "/var/lib/haproxy/stats"
	case webtier.Alma:
		p.ControlSocket, p.Log = "/var/lib/haproxy/stats", "127.0.0.1:514"
	}
	return p
}

// Render returns the configuration of a tier, which must have no errors among its
// problems. Equal tiers have equal texts.
func Render(tier webtier.Tier) ([]byte, error) {
	config, err := Build(tier)
	if err != nil {
		return nil, err
	}
	return config.Print(), nil
}

// Build returns the tree that Render prints.
func Build(tier webtier.Tier) (Config, error) {
	if err := tier.Err(webtier.HAProxy); err != nil {
		return Config{}, err
	}
	w := writer{tier}
	config := Config{Notes: []string{
		fmt.Sprintf("VICIdial web tier %q, for HAProxy %s and later. Written by Terraform.", tier.Name, tier.Target),
		"HTTP only: SIP, RTP and the agents' WebRTC sockets go straight to the telephony nodes.",
	}}
	config.Sections = append(config.Sections, w.global(), w.defaults())
	config.Sections = append(config.Sections, w.resolvers()...)
	config.Sections = append(config.Sections, w.frontends()...)
	config.Sections = append(config.Sections, w.backends()...)
	config.Sections = append(config.Sections, w.tables()...)
	config.Sections = append(config.Sections, w.stats()...)
	return config, nil
}

type writer struct{ webtier.Tier }

// suites are all cipher suites of TLS 1.3.
const suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

func (w writer) global() Section {
	s := Section{Kind: "global"}
	p := w.Process
	if p.Log == "stdout" {
		s.add(words("log stdout format raw local0 info"))
	} else {
		s.add(line("log", p.Log, "local0", "info"))
	}
	s.add(words("maxconn 8000"))
	if p.User != "" {
		s.add(line("user", p.User))
	}
	if p.Group != "" {
		s.add(line("group", p.Group))
	}
	if p.Chroot != "" {
		s.add(line("chroot", p.Chroot))
	}
	if p.ControlSocket != "" {
		// expose-fd passes the listening sockets to the next process, so that a
		// reload refuses no connection.
		s.add(line("stats", "socket", p.ControlSocket, "mode", "660", "level", "admin", "expose-fd", "listeners"),
			words("stats timeout 30s"))
	}
	// A report may run for the admin timeout; then the old process ends.
	s.add(line("hard-stop-after", webtier.Duration(w.Timeouts.Admin)))
	if w.Target.AtLeast(2, 6, 0) {
		s.add(noted("a reload closes idle connections over this time, not all at once", "close-spread-time", "2s"))
	}
	s.add(words("spread-checks 5"), words("tune.bufsize 32768"), words("tune.maxrewrite 2048"))
	if w.TLS != nil {
		s.add(words("tune.ssl.default-dh-param 2048"),
			line("ssl-default-bind-options", "ssl-min-ver", "TLSv"+w.TLS.MinVersion, "no-tls-tickets"),
			line("ssl-default-bind-ciphers", webtier.Ciphers), line("ssl-default-bind-ciphersuites", suites))
	}
	return s
}

// logFormat is HAProxy's HTTP format with the path instead of the request line, the
// TLS version and the request number.
const logFormat = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %HM %[var(txn.path)] %HV %sslv %ID"

func (w writer) defaults() Section {
	s := Section{Kind: "defaults"}
	s.add(words("mode http"), words("log global"), words("option dontlognull"), words("option http-ignore-probes"),
		noted("paths without query strings: VICIdial puts user= and pass= in URLs", "log-format", logFormat),
		line("unique-id-format", "%{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid"),
		words("option http-keep-alive"), words("http-reuse safe"), words("option abortonclose"),
		noted("where "+webtier.DrainFile+" exists a node answers 404: it finishes its requests and gets no new ones, also after reloads",
			"http-check", "disable-on-404"))
	if w.Retry == webtier.RetryNone {
		s.add(words("retries 0"))
	} else {
		s.add(noted("a retry goes to another node", "option", "redispatch", "1"),
			words("retries 3"), words("retry-on conn-failure"))
	}
	t := w.Timeouts
	s.add(line("timeout", "connect", webtier.Duration(t.Connect)), line("timeout", "client", webtier.Duration(t.Agent+5*time.Second)),
		line("timeout", "server", webtier.Duration(t.Agent)), line("timeout", "queue", webtier.Duration(t.Queue)),
		line("timeout", "check", webtier.Duration(w.Health.Timeout)),
		words("timeout http-request 10s"), words("timeout http-keep-alive 15s"))
	return s
}

// resolvers returns the section that resolves the names of nodes.
func (w writer) resolvers() []Section {
	if len(w.DNSServers) == 0 {
		return nil
	}
	s := Section{Kind: "resolvers", Name: resolvers}
	for i, server := range w.DNSServers {
		s.add(line("nameserver", "dns"+strconv.Itoa(i+1), webtier.JoinPort(server, 53)))
	}
	s.add(words("accepted_payload_size 8192"), words("hold valid 10s"))
	return []Section{s}
}

// tables returns the stick tables by address, which are backends without servers.
func (w writer) tables() []Section {
	var sections []Section
	if w.AdminErrorsPerMinute > 0 {
		sections = append(sections, Section{Kind: "backend", Name: abuseTable, Lines: []Line{
			words("stick-table type ipv6 size 100k expire 10m store http_err_rate(1m)"),
		}})
	}
	if w.LoginsPerMinute > 0 {
		sections = append(sections, Section{Kind: "backend", Name: loginTable, Lines: []Line{
			words("stick-table type ipv6 size 100k expire 10m store gpc0_rate(1m)"),
		}})
	}
	return sections
}

func (w writer) stats() []Section {
	if w.Stats == nil {
		return nil
	}
	s := Section{Kind: "frontend", Name: "fe_stats"}
	bind := line("bind", w.Stats.Bind)
	if w.SharesStatsAddress() {
		bind = bind.when("transparent")
	}
	s.add(bind, words("option dontlog-normal"))
	if sources := webtier.Sources(w.Stats.Sources); len(sources) > 0 {
		s.acl("src_stats", "src", append([]string{"127.0.0.0/8", "::1"}, sources...)...)
		s.add(words("http-request deny deny_status 403 unless src_stats"))
	}
	if w.Stats.Prometheus {
		s.add(words("http-request use-service prometheus-exporter if { path /metrics }"))
	}
	s.add(words("stats enable"), words("stats uri /stats"), words("stats hide-version"))
	return []Section{s}
}

// perLine is the number of values of an acl line. HAProxy accepts 64 words a line.
const perLine = 40

// acl adds a named condition; several lines of one name mean any of them.
func (s *Section) acl(name, test string, values ...string) {
	for len(values) > 0 {
		taken := min(perLine, len(values))
		s.add(line(append(append([]string{"acl", name}, words(test).Words...), values[:taken]...)...))
		values = values[taken:]
	}
}
