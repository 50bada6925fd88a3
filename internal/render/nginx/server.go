package nginx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// servers returns the servers: the main one, and before it one that redirects HTTP to
// TLS.
func (w writer) servers() []Directive {
	plain := w.listen(w.Listen.HTTPPort, "default_server")
	main := block("server", nil)
	var list []Directive
	switch {
	case w.TLS == nil:
		main.Block = plain
	case w.TLS.RedirectHTTP:
		list = append(list, w.redirect(plain))
		main.Block = w.secureListen()
	default:
		main.Block = slices.Concat(plain, w.secureListen())
	}
	main.Block = append(main.Block, set("server_name", w.Hostname))
	if w.TLS != nil {
		main.Block = append(main.Block, set("ssl_certificate", w.TLS.CertificateFile), set("ssl_certificate_key", w.TLS.KeyFile))
	}
	main.Block = append(main.Block, w.browserHeaders()...)
	if w.LoginsPerMinute > 0 {
		limit := fixed("limit_req zone=vicidial_login")
		if w.LoginsPerMinute > 1 {
			limit.Words = append(limit.Words, "burst="+strconv.Itoa(w.LoginsPerMinute-1))
		}
		limit.Words = append(limit.Words, "nodelay")
		main.Block = append(main.Block, limit)
	}
	main.Block = append(main.Block, fixed("error_page 502 504 = @unfinished"), fixed("error_page 503 = @unavailable"))
	main.Block = append(main.Block, w.locations()...)
	return append(list, main)
}

// browserHeaders returns the headers of responses. A location that adds a header inherits
// no other, so it repeats them.
func (w writer) browserHeaders() []Directive {
	var list []Directive
	if w.TLS != nil && w.TLS.HSTSMaxAge > 0 {
		list = append(list, fixed("add_header Strict-Transport-Security $hsts always"))
	}
	return append(list, fixed("add_header X-Content-Type-Options nosniff always"),
		fixed("add_header Referrer-Policy same-origin always").
			noted("agent pages hold passwords in their URLs and embed foreign frames"))
}

// listen returns the listen directives. An empty address means all IPv4 addresses. nginx
// uses an IPv6 address for IPv6 alone.
func (w writer) listen(port int, options ...string) []Directive {
	var list []Directive
	for _, address := range w.Listen.Addresses() {
		place := strconv.Itoa(port)
		if address != "" {
			place = webtier.JoinPort(address, port)
		}
		if w.Listen.ProxyProtocol {
			options = append(options[:len(options):len(options)], "proxy_protocol")
		}
		list = append(list, set("listen", append([]string{place}, options...)...))
	}
	return list
}

// secureListen enables HTTP/2: since 1.25.1 by its own directive; newer versions warn of
// the older option.
func (w writer) secureListen() []Directive {
	switch {
	case !w.TLS.HTTP2:
		return w.listen(w.Listen.HTTPSPort, "ssl", "default_server")
	case w.Target.AtLeast(1, 25, 1):
		return append(w.listen(w.Listen.HTTPSPort, "ssl", "default_server"), fixed("http2 on"))
	}
	return w.listen(w.Listen.HTTPSPort, "ssl", "default_server", "http2")
}

var alive = block("location", []string{"=", webtier.HealthPath}, fixed("access_log off"),
	fixed("default_type text/plain"), set("return", "200", "ok\n"))

// redirect keeps the method (308), since programs post to the APIs.
func (w writer) redirect(plain []Directive) Directive {
	d := block("server", nil, append(plain, set("server_name", w.Hostname), alive)...)
	if w.TLS.ACMEResponder != "" {
		d.Block = append(d.Block, block("location", []string{"^~", "/.well-known/acme-challenge/"},
			set("proxy_pass", "http://"+w.TLS.ACMEResponder)))
	}
	d.Block = append(d.Block, block("location", []string{"/"},
		set("return", "308", "https://$host"+w.PortSuffix()+"$request_uri")))
	return d
}

// location returns a location of the main server from several lists of directives.
func location(match []string, inside ...[]Directive) Directive {
	d := block("location", match)
	for _, list := range inside {
		d.Block = append(d.Block, list...)
	}
	return d
}

// denyOthers denies sources that are not in a geo variable.
func denyOthers(variable string, limited bool) []Directive {
	if !limited {
		return nil
	}
	return []Directive{block("if", []string{variable, "=", "0"}, fixed("return 403"))}
}

var noRetry = []Directive{fixed("proxy_next_upstream off")}

// locations returns the locations. nginx prefers an exact one, then a "^~" prefix, then
// the first pattern that matches.
func (w writer) locations() []Directive {
	reach := w.EffectiveAccess()
	_, adminLimited := reach.AdminSources()
	_, apiLimited := reach.APISources()
	managers, calls := denyOthers("$src_admin", adminLimited), denyOthers("$src_api", apiLimited)
	slow := []Directive{set("proxy_read_timeout", webtier.Duration(w.Timeouts.Admin))}
	list := []Directive{alive}
	for _, pattern := range w.PrivatePatterns() {
		list = append(list, block("location", []string{"~*", pattern}, fixed("return 404")))
	}
	for _, page := range webtier.PollPages {
		list = append(list, location([]string{"=", page}, w.poll(), w.proxyPass(agentUpstream)).noted("polled once a second: safe to repeat"))
	}
	list = append(list,
		location([]string{"=", webtier.AgentAPI}, denyOthers("$src_agent_api", apiLimited), noRetry, slow, w.proxyPass(apiUpstream)).
			noted("a GET changes state in both APIs, so nginx must not retry it. The soundboard of an agent's screen posts here"),
		location([]string{"=", w.AdminAPI()}, calls, noRetry, slow, w.proxyPass(apiUpstream)))
	list = append(list, w.audioLocations(slow)...)
	list = append(list, w.uploadLocations(managers, slow)...)
	list = append(list, w.routeLocations(managers)...)
	list = append(list, block("location", []string{"=", "/"}, set("return", "302", w.StartPage())))
	for _, page := range slices.Concat([]string{w.StartPage()}, w.AgentPages(), w.openPages()) {
		list = append(list, location([]string{"=", page}, w.action("agent", agentUpstream)))
	}
	for _, directory := range w.Directories() {
		list = append(list, location([]string{"=", "/" + directory}, w.proxyPass(staticUpstream)))
	}
	list = append(list,
		location([]string{"~*", `^/(` + strings.Join(w.Directories(), "|") + `)/.*\.(` + strings.Join(webtier.StaticExtensions, "|") + ")$"}, w.proxyPass(staticUpstream)),
		location([]string{"~", "^/(" + strings.Join(w.ManagerDirectories(), "|") + ")/"}, managers, slow, w.action("admin", adminUpstream)),
		location([]string{"~", "^/(" + webtier.AgentDirectory + "|" + webtier.ChatDirectory + ")/"}, w.action("agent", agentUpstream)))
	directories, pages := w.SplitExtraPaths()
	for _, directory := range directories {
		list = append(list, location([]string{"^~", directory}, w.action("agent", agentUpstream)))
	}
	for _, page := range pages {
		list = append(list, location([]string{"=", page}, w.action("agent", agentUpstream)))
	}
	list = append(list, block("location", []string{"/"}, fixed("return 404")))
	return append(list, w.retries()...)
}

// openPages returns the extra paths in VICIdial's own directories that have no exact
// location already.
func (w writer) openPages() []string {
	taken := slices.Concat([]string{w.StartPage()}, w.AgentPages(), webtier.PollPages)
	return slices.DeleteFunc(w.NodePaths(), func(page string) bool { return slices.Contains(taken, page) })
}

// poll returns the directives of polls, which may be sent to a second node in any case.
func (w writer) poll() []Directive {
	list := []Directive{set("proxy_read_timeout", webtier.Duration(w.Timeouts.Poll)), fixed("error_page 502 503 504 = @unavailable")}
	switch w.Retry {
	case webtier.RetrySafe:
		list = append(list, fixed("proxy_next_upstream error timeout invalid_header http_500 http_502 http_503 non_idempotent"))
	case webtier.RetryConnect, webtier.RetryNone:
	}
	return list
}

// audioLocations restricts the audio store. If none is configured, its page is denied,
// since it accepts any request that names a known server.
func (w writer) audioLocations(slow []Directive) []Directive {
	page := []string{"=", w.AudioPage()}
	if w.AudioStore == nil {
		return []Directive{block("location", page, fixed("return 403"))}
	}
	guarded := [][]Directive{
		denyOthers("$src_audio", true), noRetry, slow, w.headers(w.AudioStore.Host), w.proxyPass(audioUpstream),
	}
	return []Directive{
		location(page, guarded...).noted("audio_store.php accepts every request that names a known server: only this rule protects it"),
		location([]string{"^~", "/" + w.AudioStore.Directory + "/"}, guarded...),
	}
}

// connectOnly reports whether a GET, too, is repeated only while no node has seen it.
func (w writer) connectOnly() bool {
	return w.Retry != webtier.RetryNone && w.GetRetry == webtier.GetRetryConnect
}

// action passes requests that may change state to the nodes of an upstream.
func (w writer) action(name, upstream string) []Directive {
	switch {
	case w.connectOnly():
		return append([]Directive{
			fixed("proxy_next_upstream off"), fixed("recursive_error_pages on"), fixed("error_page 502 504 = @again_" + name),
		}, w.proxyPass(upstream)...)
	case w.GetRetry == webtier.GetRetryOff:
		return append([]Directive{fixed("proxy_next_upstream off")}, w.proxyPass(upstream)...)
	}
	return w.proxyPass(upstream)
}

// retries returns the second and third try of a request that no node has seen: nginx has
// no such rule for GET, but a variable with the bytes that it sent. Named locations keep
// method and body.
func (w writer) retries() []Directive {
	var list []Directive
	if !w.connectOnly() {
		return w.errorPages()
	}
	for _, class := range []struct{ name, upstream, wait string }{
		{"agent", agentUpstream, webtier.Duration(w.Timeouts.Agent)}, {"admin", adminUpstream, webtier.Duration(w.Timeouts.Admin)},
	} {
		list = append(list,
			w.retry("@again_"+class.name, "@last_"+class.name, class.upstream, class.wait),
			w.retry("@last_"+class.name, "@unfinished", class.upstream, class.wait))
	}
	return append(list, w.errorPages()...)
}

// errorPages returns the error pages without a response of a node. Only requests that no
// node has seen get a Retry-After.
func (w writer) errorPages() []Directive {
	down := []Directive{
		fixed("default_type text/plain"), fixed("add_header Retry-After 5 always"),
		fixed("add_header Cache-Control no-store always"), set("return", "503", webtier.Unavailable),
	}
	return []Directive{
		block("location", []string{"@unfinished"}, append([]Directive{failIfSent()}, down...)...),
		block("location", []string{"@unavailable"}, down...),
	}
}

// failIfSent ends a request of which a node has received a part: it is not repeated.
func failIfSent() Directive {
	return block("if", []string{"$upstream_bytes_sent", "!~", "(^| )0$"}, set("return", "502", webtier.Unfinished)).noted("a node has received the request")
}

func (w writer) retry(name, next, upstream, wait string) Directive {
	return location([]string{name}, []Directive{
		failIfSent(), fixed("default_type text/plain"), fixed("proxy_next_upstream off"), set("proxy_read_timeout", wait),
		fixed("recursive_error_pages on"), set("error_page", "502", "504", "=", next),
	}, w.proxyPass(upstream))
}
