package haproxy

import (
	"strconv"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// retryOn has the failures after which a second node is tried although the first
// one has seen the request. Only backends of repeatable requests have it.
const retryOn = "retry-on conn-failure empty-response 500 502 503"

// newConnection sends each request over a new connection, so that a node that dies during
// it gives a 502. On a reused connection HAProxy closes without a response, and the
// browser repeats the request.
var newConnection = []Line{words("http-reuse never"), words("option http-server-close")}

func (w writer) backends() []Section {
	sections := []Section{
		w.agents(), w.agentsRecovering(), w.static(), w.actions(actionBackend), w.actions(actionRecoveryBackend),
		w.admin(), w.api(), w.uploads(), w.bulk(),
	}
	sections = append(sections, w.routes()...)
	sections = append(sections, w.sockets()...)
	if w.AudioStore != nil {
		sections = append(sections, w.audio())
	}
	if w.TLS != nil && w.TLS.RedirectHTTP && w.TLS.ACMEResponder != "" {
		sections = append(sections, Section{Kind: "backend", Name: acmeBackend, Lines: []Line{
			line("server", "responder", w.TLS.ACMEResponder),
		}})
	}
	return sections
}

// agents returns the backend of polls, whose health checks all others use. Agents
// poll each second, so it is the first to notice a dead node.
func (w writer) agents() Section {
	s := Section{Kind: "backend", Name: agentBackend}
	h := w.Health
	w.polling(&s)
	s.add(words("option httpchk"),
		line("http-check", "send", "meth", "GET", "uri", w.HealthPath(), "ver", "HTTP/1.1",
			"hdr", "Host", w.Hostname, "hdr", "User-Agent", webtier.CheckAgent),
		words("http-check expect status 200"),
		noted("a node without its database answers 200 as well, so the check matches text that the page reads from the database",
			"http-check", "expect", "rstring", h.BodyRegex),
		line("default-server", "check", "inter", webtier.Duration(h.Interval), "fastinter", webtier.Duration(h.FastInterval),
			"downinter", webtier.Duration(h.Interval), "fall", strconv.Itoa(h.Fall), "rise", strconv.Itoa(h.Rise),
			"slowstart", slowStart, "pool-purge-delay", "2s",
			"observe", "layer4", "error-limit", "2", "on-error", "mark-down"))
	for _, name := range w.NodeNames() {
		s.add(w.server(name, webtier.Polls))
	}
	return s
}

// polling returns the lines of a backend of polls.
func (w writer) polling(s *Section) {
	s.add(line("balance", string(w.Balance)))
	if w.Retry == webtier.RetrySafe {
		s.add(words(retryOn))
	}
	s.add(line("timeout", "server", webtier.Duration(w.Timeouts.Poll)), words("option allbackups"))
}

// slowStart is the time in which a recovered node gets less than its share. HAProxy
// also lowers its maxconn, which limits the whole tier if all nodes recover at
// once, as after a failover of the database. Then the backends without it are used,
// see [writer.whenAtFullWeight].
const slowStart = "20s"

// agentsRecovering returns the backend of polls while no node has its full share.
func (w writer) agentsRecovering() Section {
	s := Section{Kind: "backend", Name: agentRecoveryBackend}
	w.polling(&s)
	return w.addNodes(s, webtier.Polls, "")
}

// whenAtFullWeight adds the condition that some node has its full share, so that a slow
// start is possible. Otherwise all nodes have recovered at once.
func (w writer) whenAtFullWeight(s *Section) {
	for _, name := range w.NodeNames() {
		if node := w.Nodes[name]; node.State == webtier.Active {
			s.acl("n_settled", "srv_weight("+agentBackend+"/"+name+")", "ge", strconv.Itoa(node.Weight))
		}
	}
}

// static returns the backend of static files, which any node has and which may be
// requested twice.
func (w writer) static() Section {
	s := Section{Kind: "backend", Name: staticBackend}
	s.add(words("balance roundrobin"))
	if w.Retry == webtier.RetrySafe {
		s.add(words(retryOn))
	}
	return w.addNodes(s, webtier.Static, "")
}

// actions returns the backend of all other requests of agents.
func (w writer) actions(name string) Section {
	s := Section{Kind: "backend", Name: name}
	s.add(line("balance", string(w.Balance)))
	s.add(newConnection...)
	slow := ""
	if name == actionBackend {
		slow = slowStart
	}
	return w.addNodes(s, webtier.Agents, slow)
}

// bulk returns the backend of bodies that do not fit into the proxy's memory. A
// slow client takes slots only from other such requests.
func (w writer) bulk() Section { return w.slowBackend(bulkBackend, webtier.Bulk) }

func (w writer) admin() Section { return w.slowBackend(adminBackend, webtier.Admin) }

// slowBackend returns a backend of requests that may take long.
func (w writer) slowBackend(name string, class webtier.Class) Section {
	s := Section{Kind: "backend", Name: name}
	s.add(words("balance leastconn"), line("timeout", "server", webtier.Duration(w.Timeouts.Admin)))
	s.add(newConnection...)
	return w.addNodes(s, class, "")
}

func (w writer) api() Section {
	s := Section{Kind: "backend", Name: apiBackend}
	s.add(noted("a GET changes state here, such as add_lead", "balance", "leastconn"),
		line("timeout", "server", webtier.Duration(w.Timeouts.Admin)))
	s.add(newConnection...)
	return w.addNodes(s, webtier.API, "")
}

func (w writer) uploads() Section {
	s := Section{Kind: "backend", Name: uploadBackend}
	s.add(words("balance leastconn"), line("timeout", "server", webtier.Duration(w.Timeouts.Admin)))
	s.add(newConnection...)
	if !w.SharedUploads {
		w.keepUploads(&s)
	}
	return w.addNodes(s, webtier.Uploads, "")
}

// keepUploads sends requests that need a file of a node to that node only. A first
// step, which creates a file, may go to any node if the cookie's node is
// unavailable.
func (w writer) keepUploads(s *Section) {
	cookie := line("cookie", webtier.UploadCookie, "insert", "indirect", "nocache", "httponly")
	if w.TLS != nil && w.TLS.RedirectHTTP {
		cookie = cookie.when("secure")
	}
	cookie.Note = "an upload stores its file in /tmp of its node; another node may have another user's file of that name"
	s.add(cookie.when("attr SameSite=Lax"), words("option persist"), words("no option redispatch"))
	s.add(line("acl", "p_drawn", "path", "-m", "reg", w.ReportFilePattern()),
		words("acl p_step url_param(lead_file) -m found"), words("acl is_form hdr_beg(content-type) -i multipart/form-data"))
	for _, name := range w.NodeNames() {
		s.add(line("http-request", "set-var(txn.kept)", "bool(true)", "if").
			when("{ req.cook(" + webtier.UploadCookie + ") -m str " + name + " } { srv_is_up(" + agentBackend + "/" + name + ") }"))
	}
	lost := line("http-request", "return", "status", "503", "content-type", "text/plain; charset=utf-8", "string", webtier.UploadLost,
		"hdr", "Cache-Control", "no-store", "if")
	kept := " !{ var(txn.kept) -m bool }"
	s.add(lost.when("p_drawn"+kept), lost.when("p_step"+kept), lost.when("{ method POST } !is_form"+kept),
		noted("a first step may go to any node: a cookie of a node that is down is dropped, and the response sets another", "http-request", "replace-header", "Cookie",
			"^(|.*[; ])"+webtier.UploadCookie+"=[^;]*(.*)$", `\1`+webtier.UploadCookie+`=none\2`).when("unless { var(txn.kept) -m bool }"),
		line("http-error", "status", "503", "content-type", "text/plain; charset=utf-8", "string", webtier.UploadLost, "hdr", "Cache-Control", "no-store"))
}

// routes returns the backends of other servers. Their requests only read, so a
// second server may be tried.
func (w writer) routes() []Section {
	var sections []Section
	for i, path := range w.RoutePaths() {
		s := Section{Kind: "backend", Name: routeBackend(i)}
		s.add(noted(path, "balance", "roundrobin"), line("timeout", "server", webtier.Duration(w.Timeouts.Admin)))
		for j, server := range w.Routes()[path].Servers {
			address, port, _ := webtier.SplitServer(server)
			l := line("server", "s"+strconv.Itoa(j+1), webtier.JoinPort(address, port), "check", "inter", webtier.Duration(w.Health.Interval),
				"fall", strconv.Itoa(w.Health.Fall), "rise", strconv.Itoa(w.Health.Rise))
			s.add(w.withResolver(l, webtier.Node{Address: address}))
		}
		sections = append(sections, s)
	}
	return sections
}

// socketTime is the idle timeout of a web phone's WebSocket. VICIdial's web phone
// renews its registration every few minutes.
const socketTime = time.Hour

// sockets returns the backends of WebSockets, each with one telephony node, which
// has the phone's registration.
func (w writer) sockets() []Section {
	var sections []Section
	for i, path := range w.SocketPaths() {
		socket := w.WebSockets()[path]
		s := Section{Kind: "backend", Name: socketBackend(i)}
		s.add(noted("a web phone's socket stays open as long as the phone is registered", "timeout", "tunnel", webtier.Duration(socketTime)),
			line("http-request", "set-path", socket.Path), words("retries 0"), words("http-reuse never"))
		l := line("server", "phone", webtier.JoinPort(socket.Host, socket.Port))
		if socket.TLS {
			l = l.when("ssl verify none alpn http/1.1")
		}
		s.add(w.withResolver(l, webtier.Node{Address: socket.Host}))
		sections = append(sections, s)
	}
	return sections
}

func routeBackend(i int) string  { return "be_route" + strconv.Itoa(i+1) }
func socketBackend(i int) string { return "be_ws" + strconv.Itoa(i+1) }

// audio returns the backend of the audio store, with one node only, since the store
// writes into its web root.
func (w writer) audio() Section {
	s := Section{Kind: "backend", Name: audioBackend}
	store := w.AudioStore
	s.add(line("timeout", "server", webtier.Duration(w.Timeouts.Admin)))
	s.add(newConnection...)
	s.add(noted("audio_store.php answers only under the name in system_settings.sounds_web_server",
		"http-request", "set-header", "Host", store.Host))
	// A draining node gets no new agents, but no other node has its files.
	node := w.Nodes[store.Node]
	if node.State != webtier.Maintenance {
		node.State = webtier.Active
	}
	s.add(w.serverLine(store.Node, node, webtier.Audio).when("track " + agentBackend + "/" + store.Node))
	return s
}

// addNodes adds the nodes to a backend without health checks of its own. slow is
// the slow start time of a recovered node, or "".
func (w writer) addNodes(s Section, class webtier.Class, slow string) Section {
	var servers []string
	if slow != "" {
		servers = append(servers, "slowstart", slow)
	}
	if class.Repeatable() {
		servers = append(servers, "pool-purge-delay", "2s")
	}
	if class != webtier.Polls { // whose backends have it
		s.add(words("option allbackups"))
	}
	if len(servers) > 0 {
		s.add(line(append([]string{"default-server"}, servers...)...))
	}
	for _, name := range w.NodeNames() {
		server := w.server(name, class)
		if class == webtier.Uploads && !w.SharedUploads {
			server.Words = append(server.Words, "cookie", name)
		}
		server.Words = append(server.Words, "track", agentBackend+"/"+name)
		s.add(server)
	}
	return s
}

func (w writer) server(name string, class webtier.Class) Line {
	return w.serverLine(name, w.Nodes[name], class)
}

func (w writer) serverLine(name string, node webtier.Node, class webtier.Class) Line {
	weight := node.Weight
	if node.State == webtier.Drain {
		weight = 0 // only clients with its cookie
	}
	limit := class.Limit(node.MaxConnections)
	l := line("server", name, webtier.JoinPort(node.Address, node.Port), "weight", strconv.Itoa(weight),
		"maxconn", strconv.Itoa(limit))
	if class.Repeatable() {
		l = l.when("pool-max-conn " + strconv.Itoa(max(1, limit/4)))
	}
	l = w.encrypted(w.withResolver(l, node))
	switch node.State {
	case webtier.Backup:
		l.Words = append(l.Words, "backup")
	case webtier.Maintenance:
		l.Words = append(l.Words, "disabled")
	case webtier.Active, webtier.Drain:
	}
	return l
}

// withResolver adds the resolver of a server's name.
func (w writer) withResolver(l Line, node webtier.Node) Line {
	if !node.IsName() {
		return l
	}
	l = l.when("init-addr last,libc,none")
	if len(w.DNSServers) > 0 {
		l.Words = append(l.Words, "resolvers", resolvers)
	}
	return l
}

// encrypted adds TLS to a node, including health checks.
func (w writer) encrypted(l Line) Line {
	if w.NodeTLS == nil {
		return l
	}
	name := w.NodeTLS.Name(w.Hostname)
	l.Words = append(l.Words, "ssl", "sni", "str("+name+")", "check-sni", name, "alpn", "http/1.1")
	if !w.NodeTLS.Verify {
		return l.when("verify none")
	}
	l.Words = append(l.Words, "verify", "required", "verifyhost", name, "ca-file", w.NodeTLS.CAFile)
	return l
}
