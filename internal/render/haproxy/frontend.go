package haproxy

import (
	"strconv"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// entrances are where requests come in: one for all that VICIdial serves,
// before it one that sends plain HTTP to TLS, and behind it the one of
// [writer.once].
func (w writer) entrances() []Section {
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
	w.conditions(&main)
	w.prepare(&main)
	w.refusals(&main)
	w.answers(&main)
	w.chooseRepeatable(&main)
	if w.answersByItself() {
		w.chooseOther(&main)
		return append(sections, main)
	}
	main.add(words("default_backend " + onceBackend))
	return append(append(sections, main), w.once()...)
}

// answersByItself says whether the proxy answers 502 where a node dies on a
// request. Before 3.0 it does so only if the request was the first of its
// browser's connection, and over HTTP/2 none is (HAProxy's issue 2285; the
// releases to which that was brought back are not told apart).
func (w writer) answersByItself() bool { return w.Target.AtLeast(3, 0, 0) }

// once leads all that must not be repeated through the proxy a second time,
// where each request is the first of its connection.
func (w writer) once() []Section {
	place := "abns@vicidial-" + w.Name
	out := Section{Kind: "backend", Name: onceBackend}
	out.add(noted("where a node dies on a request HAProxy before 3.0 answers nothing, and browsers then ask again by themselves; only the first request of a connection gets its 502",
		"http-reuse", "never"), words("option http-server-close"),
		line("timeout", "server", duration(w.Timeouts.Admin+5*time.Second)),
		noted("fe_once has written the line", "http-response", "set-log-level", "silent"),
		line("server", "once", place, "send-proxy-v2"))
	in := Section{Kind: "frontend", Name: onceFrontend}
	in.add(noted("for this process alone: what comes in here has passed all rules of fe_vicidial", "bind", place, "accept-proxy"),
		words("unique-id-format %[req.hdr(x-request-id)]"))
	w.classes(&in)
	in.add(words("http-request set-var(txn.path) path"), words("http-request set-var(txn.page) path,url_dec"))
	in.add(w.apologies()...)
	w.chooseOther(&in)
	return []Section{out, in}
}

// bind writes where to listen; no address is every IPv4 address.
func (w writer) bind(port int, options ...string) Line {
	all := w.Listen.Addresses()
	places := make([]string, 0, len(all))
	for _, address := range all {
		places = append(places, webtier.JoinPort(address, port))
	}
	if len(all) > 1 {
		options = append([]string{"v6only"}, options...)
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

// publicHost is the name and port of the redirect's target.
func (w writer) publicHost() string {
	if w.Listen.HTTPSPort == 443 {
		return w.Hostname
	}
	return webtier.JoinPort(w.Hostname, w.Listen.HTTPSPort)
}

// redirect keeps the method (308), since programs post to the APIs.
func (w writer) redirect(plain Line) Section {
	s := Section{Kind: "frontend", Name: "fe_redirect"}
	s.add(plain, words("http-request set-var(txn.path) path"), alive)
	target := line("http-request", "redirect", "location", "https://"+w.publicHost()+"%[pathq]", "code", "308")
	if w.TLS.ACMEResponder != "" {
		s.add(target.when("unless { path_beg /.well-known/acme-challenge/ }"), words("default_backend "+acmeBackend))
	} else {
		s.add(target)
	}
	return s
}

var alive = line("http-request", "return", "status", "200", "content-type", "text/plain", "string", "ok\n").
	when("if { path /lb-health }")

// classes name the traffic that is not repeated. They look at txn.page, the path as
// Apache will read it: decoded, without doubled slashes.
func (w writer) classes(s *Section) {
	s.acl("p_admin", "var(txn.page) -m beg", inside(w.ManagerDirectories())...)
	s.acl("p_api", "var(txn.page) -m str", webtier.AgentAPI, w.AdminAPI())
	s.acl("p_open", "var(txn.page) -m str", w.Welcome())
	s.acl("p_audio", "var(txn.page) -m str", w.AudioPage())
	if w.AudioStore != nil {
		s.acl("p_audio", "var(txn.page) -m beg", inside([]string{w.AudioStore.Directory})...)
	}
	s.acl("p_leads", "var(txn.page) -m reg", w.LeadPattern())
}

// conditions name what else the rules look at.
func (w writer) conditions(s *Section) {
	s.acl("p_poll", "var(txn.page) -m str", webtier.PollPages...)
	s.acl("p_static", "var(txn.page) -m end -i", dotted(webtier.StaticEndings)...)
	s.add(words("acl m_get method GET HEAD"))
	w.classes(s)
	known := w.Directories()
	s.acl("p_known", "var(txn.page) -m beg", inside(known)...)
	s.acl("p_known", "var(txn.page) -m str", bare(known)...)
	s.acl("p_private", "var(txn.page) -m reg -i", w.PrivatePatterns()...)
	s.add(noted("a path that would mean one thing here and another to Apache",
		"acl", "p_odd", "path_sub", "-i", "%2f", "%5c", "%00", "#"))
	s.acl("p_odd", "var(txn.page) -m sub", "/../", "/./")
	s.acl("p_odd", "var(txn.page) -m end", "/..", "/.")
	directories, pages := w.Served()
	s.acl("p_extra", "var(txn.page) -m beg", directories...)
	s.acl("p_extra", "var(txn.page) -m str", pages...)
	s.acl("is_login", "var(txn.page) -m str", webtier.Logins...)
	s.add(noted("a login takes its password from the URL as well",
		"acl", "has_password", "method", "POST"), words("acl has_password query -m found"))
	admin, _ := w.Access.AdminSources()
	s.acl("src_admin", "src", admin...)
	api, _ := w.Access.APISources()
	s.acl("src_api", "src", api...)
	if w.AudioStore != nil {
		s.acl("src_audio", "src", w.Access.AudioSources()...)
	}
	s.acl("src_trusted", "src", webtier.Sources(w.Access.Trusted)...)
}

// prepare says to the node who asks and under which name, and drops what the
// asker says about that.
func (w writer) prepare(s *Section) {
	if proxies := webtier.Sources(w.Access.TrustedProxies); len(proxies) > 0 {
		s.acl("src_proxy", "src", proxies...)
		s.add(words("http-request set-src req.hdr_ip(x-forwarded-for,-1) if src_proxy { req.hdr(x-forwarded-for) -m found }"))
	}
	s.add(words("unique-id-header X-Request-ID"),
		words("http-request set-var(txn.path) path"),
		words("http-request set-path %[path,regsub(//+,/,g)] if { path_sub // }"),
		words("http-request set-var(txn.page) path,url_dec"),
		alive)
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Proxy"} {
		s.add(line("http-request", "del-header", header))
	}
	s.add(noted("a node that agreed to another protocol would be past all rules", "http-request", "del-header", "Upgrade"))
	s.add(words("http-request set-header X-Forwarded-For %[src]"))
	if w.TLS == nil {
		s.add(words("http-request set-header X-Forwarded-Proto http"))
		return
	}
	s.add(words("http-request set-header X-Forwarded-Proto https if { ssl_fc }"),
		words("http-request set-header X-Forwarded-Proto http unless { ssl_fc }"),
		noted("VICIdial tells https from http by SERVER_PORT, which Apache takes from the Host header",
			"http-request", "set-header", "Host", "%[req.hdr(host),field(1,:)]:"+strconv.Itoa(w.Listen.HTTPSPort)).when("if { ssl_fc }"))
}

// refusals keep out what must not reach a node.
func (w writer) refusals(s *Section) {
	s.add(words("http-request deny deny_status 400 if p_odd"),
		noted("Apache would show the asker what it was told", "http-request", "deny", "deny_status", "405", "if", "{", "method", "TRACE", "}"),
		line("http-request", "redirect", "location", w.Welcome(), "code", "302").when("if { path / }"),
		words("http-request deny deny_status 404 if p_private"),
		line("http-request", "deny", "deny_status", "413").when("if { req.hdr_val(content-length) gt "+strconv.Itoa(w.MaxBodyMB<<20)+" }"))
	served := "unless p_known or p_audio"
	if len(w.ExtraPaths) > 0 {
		served += " or p_extra"
	}
	s.add(words("http-request deny deny_status 404 " + served))
	admin, limited := w.Access.AdminSources()
	if limited {
		s.add(words("http-request deny deny_status 403 if p_admin !p_api !p_audio !p_open !p_static" + unless("src_admin", admin)))
	}
	if api, limited := w.Access.APISources(); limited {
		s.add(words("http-request deny deny_status 403 if p_api" + unless("src_api", api)))
	}
	audio := w.Access.AudioSources()
	if w.AudioStore == nil {
		audio = nil
	}
	s.add(noted("audio_store.php lets in whoever names a known server, so this rule is its password",
		"http-request", "deny", "deny_status", "403", "if", "p_audio").when(unless("src_audio", audio)))
	trusted := unless("src_trusted", webtier.Sources(w.Access.Trusted))
	if most := w.AdminErrorsPerMinute; most > 0 {
		// Agents start at welcome.php, at the same address as a manager who has
		// forgotten the password.
		s.add(words("http-request track-sc0 src table "+abuseTable+" if p_admin !p_open !p_static"),
			words("http-request deny deny_status 429 if p_admin !p_open !p_static"+trusted+" { sc_http_err_rate(0,"+abuseTable+") gt "+strconv.Itoa(most)+" }"))
	}
	if most := w.LoginsPerMinute; most > 0 {
		s.add(words("http-request track-sc1 src table "+loginTable+" if is_login has_password"),
			words("http-request deny deny_status 429 if is_login has_password"+trusted+" { sc_http_req_rate(1,"+loginTable+") gt "+strconv.Itoa(most)+" }"))
	}
}

// unless excepts sources from a rule; without any, nobody is excepted.
func unless(name string, sources []string) string {
	if len(sources) == 0 {
		return ""
	}
	return " !" + name
}

// answers sets what browsers are told.
func (w writer) answers(s *Section) {
	if w.TLS != nil {
		port := ""
		if w.Listen.HTTPSPort != 443 {
			port = ":" + strconv.Itoa(w.Listen.HTTPSPort)
		}
		s.add(noted("Apache redirects to http://name:443/ when it adds a slash",
			"http-response", "replace-header", "Location", `^http://([^/:]+)(:[0-9]+)?(/.*)?$`, `https://\1`+port+`\3`).when("if { ssl_fc }"))
		if w.TLS.HSTSMaxAge > 0 {
			s.add(line("http-response", "set-header", "Strict-Transport-Security",
				"max-age="+strconv.Itoa(w.TLS.HSTSMaxAge)).when("if { ssl_fc }"))
		}
	}
	s.add(words("http-response set-header X-Content-Type-Options nosniff"),
		noted("agent pages hold passwords in their URLs and embed foreign frames",
			"http-response", "set-header", "Referrer-Policy", "same-origin"),
		words("http-response del-header X-Powered-By"), words("http-response del-header Server"))
	s.add(w.apologies()...)
}

// apologies are what is read where no node answered. Only what no node has seen
// is told when to ask again.
func (w writer) apologies() []Line {
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

// chooseRepeatable sends what may be repeated to its backends.
func (w writer) chooseRepeatable(s *Section) {
	static := "use_backend " + staticBackend + " if p_static m_get"
	if w.AudioStore != nil {
		static += " !p_audio"
	}
	s.add(words("use_backend "+agentBackend+" if p_poll"), words(static))
}

// chooseOther sends each of the other classes to its backend.
func (w writer) chooseOther(s *Section) {
	if w.AudioStore != nil {
		s.add(words("use_backend " + audioBackend + " if p_audio"))
	}
	s.add(words("use_backend "+uploadBackend+" if p_leads"), words("use_backend "+apiBackend+" if p_api"),
		words("use_backend "+adminBackend+" if p_admin !p_open"), words("default_backend "+actionBackend))
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
