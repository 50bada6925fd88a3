package haproxy

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// frontends returns the frontends: the main one, one that redirects HTTP to TLS,
// and the one of [writer.once].
func (w writer) frontends() []Section {
	main := Section{Kind: "frontend", Name: "fe_vicidial"}
	var sections []Section
	plain := w.bind(w.Listen.HTTPPort)
	switch {
	case w.TLS == nil:
		main.add(plain)
	case w.TLS.RedirectHTTP:
		sections = append(sections, w.redirect(plain))
		main.add(w.secureBind())
	default:
		main.add(plain, w.secureBind())
	}
	w.acls(&main)
	w.prepare(&main)
	w.denials(&main)
	w.responses(&main)
	w.useRepeatable(&main)
	if w.reportsDeadNode() {
		w.useOthers(&main)
		return append(sections, main)
	}
	main.add(words("default_backend " + onceBackend))
	return append(append(sections, main), w.once()...)
}

// reportsDeadNode reports whether the proxy returns 502 when a node dies during a
// request. Before 3.0 it does so only for the first request of a connection, and
// never over HTTP/2 (HAProxy's issue 2285; releases with the backport are not
// distinguished).
func (w writer) reportsDeadNode() bool { return w.Target.AtLeast(3, 0, 0) }

// once returns the frontend that requests that must not be repeated pass again,
// each as the first of its connection.
func (w writer) once() []Section {
	place := "abns@" + w.onceSocket()
	out := Section{Kind: "backend", Name: onceBackend}
	out.add(noted("if a node dies during a request, HAProxy before 3.0 sends no response and browsers repeat the request; only the first request of a connection gets a 502",
		"http-reuse", "never"), words("option http-server-close"),
		line("timeout", "server", webtier.Duration(w.Timeouts.Admin+5*time.Second)),
		noted("fe_once has logged the request", "http-response", "set-log-level", "silent"),
		line("server", "once", place, "send-proxy-v2"))
	in := Section{Kind: "frontend", Name: onceFrontend}
	in.add(noted("for this process only: its requests have passed all rules of fe_vicidial", "bind", place, "accept-proxy"),
		words("unique-id-format %[req.hdr(x-request-id)]"))
	w.classes(&in)
	in.add(words("http-request set-var(txn.path) path"), words("http-request set-var(txn.page) path,url_dec"), words("http-request wait-for-body time 10s"))
	in.add(w.errorPages()...)
	w.useOthers(&in)
	return []Section{out, in}
}

// onceSocket returns the name of the abstract socket, which must be unique on a
// host: two tiers may have the same name, but not the same address.
func (w writer) onceSocket() string {
	places := fmt.Sprintf("%s %d %d", w.Listen.Address, w.Listen.HTTPPort, w.Listen.HTTPSPort)
	return fmt.Sprintf("vicidial-%s-%08x", w.Name, crc32.ChecksumIEEE([]byte(places)))
}

// bind returns a bind line. An empty address means all IPv4 addresses.
func (w writer) bind(port int, options ...string) Line {
	all := w.Listen.Addresses()
	places := make([]string, 0, len(all))
	for _, address := range all {
		places = append(places, webtier.JoinPort(address, port))
	}
	if len(all) > 1 {
		options = append([]string{"v6only"}, options...)
	}
	if w.SharesListenAddress() { // the standby does not have the address
		options = append([]string{"transparent"}, options...)
	}
	return line(append([]string{"bind", strings.Join(places, ",")}, options...)...)
}

func (w writer) secureBind() Line {
	protocols := "http/1.1"
	if w.TLS.HTTP2 {
		protocols = "h2,http/1.1"
	}
	return w.bind(w.Listen.HTTPSPort, "ssl", "crt", w.TLS.CertificateFile, "alpn", protocols)
}

// bareHost is the Host header without the port. An IPv6 address keeps its brackets.
const bareHost = "req.hdr(host),regsub(:[0-9]+$,)"

// redirect keeps the method (308), since programs post to the APIs.
func (w writer) redirect(plain Line) Section {
	s := Section{Kind: "frontend", Name: "fe_redirect"}
	s.add(plain)
	w.proxied(&s)
	s.add(words("http-request set-var(txn.path) path"), alive,
		line("http-request", "set-header", "Host", w.Hostname).when("unless { req.hdr(host) -m found }"))
	target := line("http-request", "redirect", "location", "https://%["+bareHost+"]"+w.PortSuffix()+"%[pathq]", "code", "308")
	if w.TLS.ACMEResponder != "" {
		s.add(target.when("unless { path_beg /.well-known/acme-challenge/ }"), words("default_backend "+acmeBackend))
	} else {
		s.add(target)
	}
	return s
}

var alive = line("http-request", "return", "status", "200", "content-type", "text/plain", "string", "ok\n").
	when("if { path " + webtier.HealthPath + " }")

// classes adds the acls of traffic that is not repeated. They match txn.page, the
// path as Apache reads it: decoded, without double slashes.
func (w writer) classes(s *Section) {
	s.acl("p_admin", "var(txn.page) -m beg", inside(w.ManagerDirectories())...)
	s.acl("p_api", "var(txn.page) -m str", webtier.AgentAPI, w.AdminAPI())
	s.acl("p_welcome", "var(txn.page) -m str", w.StartPage())
	s.acl("p_open", "var(txn.page) -m str", slices.Concat([]string{w.StartPage()}, w.AgentPages(), w.NodePaths())...)
	s.acl("p_audio", "var(txn.page) -m str", w.AudioPage())
	if w.AudioStore != nil {
		s.acl("p_audio", "var(txn.page) -m beg", inside([]string{w.AudioStore.Directory})...)
	}
	s.acl("p_leads", "var(txn.page) -m reg", w.NodeFilePattern(), w.ReportFilePattern())
	s.acl("b_large", "req.body_size", "gt", strconv.Itoa(webtier.BodyLimit))
	w.whenAtFullWeight(s)
}

// acls adds the other acls.
func (w writer) acls(s *Section) {
	s.acl("p_poll", "var(txn.page) -m str", webtier.PollPages...)
	s.acl("p_static", "var(txn.page) -m end -i", dotted(webtier.StaticExtensions)...)
	s.add(words("acl m_get method GET HEAD"))
	w.classes(s)
	known := w.Directories()
	s.acl("p_known", "var(txn.page) -m beg", inside(known)...)
	s.acl("p_known", "var(txn.page) -m str", bare(known)...)
	s.acl("p_private", "var(txn.page) -m reg -i", w.PrivatePatterns()...)
	s.add(noted("paths that HAProxy and Apache interpret differently",
		"acl", "p_odd", "path_sub", "-i", "%2f", "%5c", "%00", "#"))
	s.acl("p_odd", "var(txn.page) -m sub", "/../", "/./")
	s.acl("p_odd", "var(txn.page) -m end", "/..", "/.")
	directories, pages := w.SplitExtraPaths()
	s.acl("p_extra", "var(txn.page) -m beg", directories...)
	s.acl("p_extra", "var(txn.page) -m str", pages...)
	s.acl("is_login", "var(txn.page) -m str", webtier.LoginPages...)
	s.add(noted("a login accepts a password in the URL, too",
		"acl", "has_password", "method", "POST"), words("acl has_password query -m found"))
	reach := w.EffectiveAccess()
	admin, _ := reach.AdminSources()
	s.acl("src_admin", w.fromClient(), admin...)
	api, limited := reach.APISources()
	s.acl("src_api", w.fromClient(), api...)
	if limited {
		w.soundboard(s)
	}
	if w.AudioStore != nil {
		s.acl("src_audio", w.fromClient(), reach.AudioSources()...)
	}
	for i, path := range w.RoutePaths() {
		s.acl("p_route"+strconv.Itoa(i+1), "var(txn.page) -m beg", path)
		s.acl("p_routed", "var(txn.page) -m beg", path)
		if !w.Routes()[path].Everyone {
			s.acl("p_guarded", "var(txn.page) -m beg", path)
		}
	}
	s.acl("p_socket", "var(txn.page) -m str", w.SocketPaths()...)
	s.acl("src_trusted", w.fromClient(), webtier.Sources(w.Access.Trusted)...)
}

// soundboard adds the acl of the one API call of agents' browsers
// (www/agc/vdc_soundboard_display.php). Names are literal and the function occurs
// once, so that PHP cannot read another one from the body.
func (w writer) soundboard(s *Section) {
	s.add(noted("the soundboard of an agent's screen plays audio by the API: one function, by POST only",
		"acl", "p_agent_api", "var(txn.page)", "-m", "str", webtier.AgentAPI),
		words("acl m_post method POST"), words("acl has_query query -m len gt 0"),
		line("acl", "b_plain", "req.body", "-m", "reg", "^([A-Za-z_]+=[^&]*(&|$))+$"),
		line("acl", "b_plays", "req.body", "-m", "reg", "(^|&)function=audio_playback(&|$)"),
		line("acl", "b_twice", "req.body", "-m", "reg", "(^|&)function=.*&function="))
}

// proxied accepts the PROXY protocol of trusted proxies.
func (w writer) proxied(s *Section) {
	proxies := webtier.Sources(w.Access.TrustedProxies)
	s.acl("src_proxy", "src", proxies...)
	if w.Listen.ProxyProtocol {
		s.add(words("tcp-request connection expect-proxy layer4 if src_proxy"))
	}
}

// client is the sample with the client's address. Behind a proxy in front it is a
// variable of the request, since requests of several clients may be under way on one
// connection, and waiting for a body lets another one change what src is.
func (w writer) client() string {
	if len(w.Access.TrustedProxies) > 0 {
		return "var(txn.src)"
	}
	return "src"
}

// fromClient is the condition of an acl that matches the client's address.
func (w writer) fromClient() string {
	if len(w.Access.TrustedProxies) > 0 {
		return "var(txn.src) -m ip"
	}
	return "src"
}

// prepare sets the headers with the client's address and the host name, and removes
// those of the client.
func (w writer) prepare(s *Section) {
	if len(w.Access.TrustedProxies) > 0 {
		w.proxied(s)
		s.add(words("tcp-request session set-var(sess.front) src if src_proxy"),
			words("http-request set-var(txn.src) src"),
			words("http-request set-var(txn.src) var(sess.front) if { var(sess.front) -m found }"),
			words("http-request set-var(txn.src) req.hdr_ip(x-forwarded-for,-1) if { var(sess.front) -m found } { req.hdr(x-forwarded-for) -m found }"),
			noted("for the log: before HAProxy 2.5 this is the address of all requests of the connection, so no rule asks src",
				"http-request", "set-src", "var(txn.src)").when("if { var(sess.front) -m found }"),
			noted("TLS may have ended at the proxy in front", "http-request", "set-var(txn.front_tls)", "bool(true)").
				when("if { var(sess.front) -m found } { req.hdr(x-forwarded-proto) -i https }"),
			words("http-request set-header Host %[req.hdr(x-forwarded-host)] if { var(sess.front) -m found } { req.hdr(x-forwarded-host) -m found }"))
	}
	s.add(words("unique-id-header X-Request-ID"),
		words("http-request set-var(txn.path) path"),
		words("http-request set-path %[path,regsub(//+,/,g)] if { path_sub // }"),
		words("http-request set-var(txn.page) path,url_dec"),
		alive)
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Proxy"} {
		s.add(line("http-request", "del-header", header))
	}
	upgrade := noted("after an upgrade to another protocol, no rule would apply to the connection", "http-request", "del-header", "Upgrade")
	if len(w.WebSockets()) > 0 {
		upgrade = upgrade.when("unless p_socket")
	}
	s.add(upgrade, words("http-request set-header X-Forwarded-For %["+w.client()+"]"), words("http-request set-header X-Forwarded-Proto http"))
	const note = "VICIdial tells https from http by SERVER_PORT, which Apache takes from the Host header"
	if len(w.Access.TrustedProxies) > 0 {
		s.add(words("http-request set-header X-Forwarded-Proto https if { var(txn.front_tls) -m bool }"),
			noted(note, "http-request", "set-header", "Host", "%["+bareHost+"]:443").when("if { var(txn.front_tls) -m bool }"))
	}
	if w.TLS != nil {
		s.add(words("http-request set-header X-Forwarded-Proto https if { ssl_fc }"),
			noted(note, "http-request", "set-header", "Host", "%["+bareHost+"]:"+strconv.Itoa(w.Listen.HTTPSPort)).when("if { ssl_fc }"))
	}
}

// denials denies requests that must not reach a node.
func (w writer) denials(s *Section) {
	s.add(words("http-request deny deny_status 400 if p_odd"),
		noted("TRACE would echo the proxy's headers", "http-request", "deny", "deny_status", "405", "if", "{", "method", "TRACE", "}"),
		line("http-request", "redirect", "location", w.StartPage(), "code", "302").when("if { path / }"),
		words("http-request deny deny_status 404 if p_private"),
		line("http-request", "deny", "deny_status", "413").when("if { req.hdr_val(content-length) gt "+strconv.Itoa(w.MaxBodyMB<<20)+" }"))
	served := "unless p_known or p_audio"
	directories, pages := w.SplitExtraPaths()
	if len(directories)+len(pages) > 0 {
		served += " or p_extra"
	}
	if len(w.Routes()) > 0 {
		served += " or p_routed"
	}
	if len(w.WebSockets()) > 0 {
		served += " or p_socket"
	}
	s.add(words("http-request deny deny_status 404 " + served))
	reach := w.EffectiveAccess()
	admin, limited := reach.AdminSources()
	if limited {
		s.add(words("http-request deny deny_status 403 if p_admin !p_api !p_audio !p_open !p_static" + unless("src_admin", admin)))
	}
	w.guardRoutes(s, limited, admin)
	s.add(noted("a request waits here for its body, so that slow senders do not occupy a node",
		"http-request", "wait-for-body", "time", "10s"))
	if api, limited := reach.APISources(); limited {
		s.add(words("http-request set-var(txn.plays) bool(true) if p_agent_api m_post !has_query !b_large b_plain b_plays !b_twice"),
			words("http-request deny deny_status 403 if p_api !{ var(txn.plays) -m bool }"+unless("src_api", api)))
	}
	audio := reach.AudioSources()
	if w.AudioStore == nil {
		audio = nil
	}
	s.add(noted("audio_store.php accepts every request that names a known server: only this rule protects it",
		"http-request", "deny", "deny_status", "403", "if", "p_audio").when(unless("src_audio", audio)))
	trusted := unless("src_trusted", webtier.Sources(w.Access.Trusted))
	if most := w.AdminErrorsPerMinute; most > 0 {
		// Agents start at welcome.php and may share the address of a manager with
		// wrong passwords.
		s.add(words("http-request track-sc0 "+w.client()+",ipmask(32,64) table "+abuseTable+" if p_admin !p_welcome !p_static"),
			words("http-request deny deny_status 429 if p_admin !p_welcome !p_static"+trusted+" { sc_http_err_rate(0,"+abuseTable+") gt "+strconv.Itoa(most)+" }"))
	}
	if most := w.LoginsPerMinute; most > 0 {
		s.add(noted("a /64 of IPv6 is one client. Only admitted logins count: otherwise refused retries extend the block",
			"http-request", "track-sc1", w.client()+",ipmask(32,64)", "table", loginTable, "if", "is_login", "has_password"),
			words("http-request deny deny_status 429 if is_login has_password"+trusted+" { sc_gpc0_rate(1,"+loginTable+") ge "+strconv.Itoa(most)+" }"),
			words("http-request sc-inc-gpc0(1) if is_login has_password"))
	}
}

// guardRoutes denies requests that the other servers do not accept.
func (w writer) guardRoutes(s *Section, limited bool, admin []string) {
	if len(w.Routes()) > 0 {
		s.add(words("http-request deny deny_status 405 if p_routed !m_get"))
		if limited && slices.ContainsFunc(w.RoutePaths(), func(path string) bool { return !w.Routes()[path].Everyone }) {
			s.add(words("http-request deny deny_status 403 if p_guarded" + unless("src_admin", admin)))
		}
	}
	if len(w.WebSockets()) > 0 {
		s.add(words("http-request deny deny_status 400 if p_socket !{ req.hdr(upgrade) -i websocket }"))
	}
}

// unless excludes sources from a rule, if there are any.
func unless(name string, sources []string) string {
	if len(sources) == 0 {
		return ""
	}
	return " !" + name
}

// responses sets the headers of responses.
func (w writer) responses(s *Section) {
	const note, host = "Apache redirects to http://name:443/ when it adds a slash", `(\[[^]]*\]|[^/:]+)`
	if len(w.Access.TrustedProxies) > 0 {
		s.add(noted(note, "http-response", "replace-header", "Location", `^https?://`+host+`:443(/.*)?$`, `https://\1\2`).when("if { var(txn.front_tls) -m bool }"))
	}
	if w.TLS != nil {
		s.add(noted(note, "http-response", "replace-header", "Location", `^http://`+host+`(:[0-9]+)?(/.*)?$`, `https://\1`+w.PortSuffix()+`\3`).when("if { ssl_fc }"))
		if w.TLS.HSTSMaxAge > 0 {
			s.add(line("http-response", "set-header", "Strict-Transport-Security",
				"max-age="+strconv.Itoa(w.TLS.HSTSMaxAge)).when("if { ssl_fc }"))
		}
	}
	s.add(words("http-response set-header X-Content-Type-Options nosniff"),
		noted("agent pages hold passwords in their URLs and embed foreign frames",
			"http-response", "set-header", "Referrer-Policy", "same-origin"),
		words("http-response del-header X-Powered-By"), words("http-response del-header Server"))
	s.add(w.errorPages()...)
}

// errorPages returns the error pages without a response of a node. Only requests
// that no node has seen get a Retry-After.
func (w writer) errorPages() []Line {
	list := []Line{
		noted("not in defaults: HAProxy 3.0.0 corrupts its memory there",
			"http-error", "status", "503", "content-type", "text/plain; charset=utf-8", "string", webtier.Unavailable,
			"hdr", "Retry-After", "5", "hdr", "Cache-Control", "no-store"),
	}
	for _, status := range []string{"502", "504"} {
		list = append(list, line("http-error", "status", status, "content-type", "text/plain; charset=utf-8",
			"string", webtier.Unfinished, "hdr", "Cache-Control", "no-store"))
	}
	return list
}

// useRepeatable selects the backends of repeatable requests.
func (w writer) useRepeatable(s *Section) {
	static := "use_backend " + staticBackend + " if p_static m_get !p_leads"
	if w.AudioStore != nil {
		static += " !p_audio"
	}
	s.add(words("use_backend "+bulkBackend+" if p_poll b_large"),
		noted("all nodes recovered at once: the backend without slowstart", "use_backend", agentRecoveryBackend, "if", "p_poll", "!n_settled"),
		words("use_backend "+agentBackend+" if p_poll"))
	for i := range w.RoutePaths() {
		s.add(words("use_backend " + routeBackend(i) + " if p_route" + strconv.Itoa(i+1)))
	}
	for i, path := range w.SocketPaths() {
		s.add(line("use_backend", socketBackend(i), "if", "{", "var(txn.page)", "-m", "str", path, "}"))
	}
	s.add(words(static))
}

// useOthers selects the backends of the other classes.
func (w writer) useOthers(s *Section) {
	if w.AudioStore != nil {
		s.add(words("use_backend " + audioBackend + " if p_audio"))
	}
	s.add(words("use_backend "+uploadBackend+" if p_leads"), words("use_backend "+bulkBackend+" if b_large"),
		words("use_backend "+apiBackend+" if p_api"), words("use_backend "+adminBackend+" if p_admin !p_open"),
		words("use_backend "+actionRecoveryBackend+" unless n_settled"), words("default_backend "+actionBackend))
}

func inside(directories []string) []string { return each(directories, "/", "/") }
func bare(directories []string) []string   { return each(directories, "/", "") }
func dotted(endings []string) []string     { return each(endings, ".", "") }

func each(list []string, before, after string) []string {
	out := make([]string, 0, len(list))
	for _, text := range list {
		out = append(out, before+strings.TrimSpace(text)+after)
	}
	return out
}
