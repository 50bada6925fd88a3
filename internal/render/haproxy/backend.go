package haproxy

import (
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// second is what a second node may be tried for, once a first one saw the
// request. Only what is safe to repeat comes to a backend that has it.
const second = "retry-on conn-failure empty-response 500 502 503"

// fresh sends each request over a connection of its own, so that a node which
// dies on it is a 502. On a connection that was used before, HAProxy closes
// without an answer, and the browser takes that for leave to ask again.
var fresh = []Line{words("http-reuse never"), words("option http-server-close")}

func (w writer) backends() []Section {
	sections := []Section{w.agents(), w.static(), w.actions(), w.admin(), w.api(), w.uploads()}
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

// agents is the backend of their polls, whose checks all others follow. A poll
// comes each second, so it is also the first to tell that a node has died.
func (w writer) agents() Section {
	s := Section{Kind: "backend", Name: agentBackend}
	h := w.Health
	s.add(line("balance", string(w.Balance)))
	if w.Replay == webtier.ReplaySafe {
		s.add(words(second), noted("a poll is a POST, and HAProxy repeats only what it had in whole",
			"http-request", "wait-for-body", "time", "10s", "if", "{", "method", "POST", "}"))
	}
	s.add(line("timeout", "server", duration(w.Timeouts.Poll)), words("option allbackups"),
		words("option httpchk"),
		line("http-check", "send", "meth", "GET", "uri", w.HealthPath(), "ver", "HTTP/1.1",
			"hdr", "Host", w.Hostname, "hdr", "User-Agent", "haproxy-health"),
		words("http-check expect status 200"),
		noted("a node without its database answers 200 as well; what stands in the page came out of the database",
			"http-check", "expect", "rstring", h.BodyRegex),
		line("default-server", "check", "inter", duration(h.Interval), "fastinter", duration(h.FastInterval),
			"downinter", duration(h.Interval), "fall", strconv.Itoa(h.Fall), "rise", strconv.Itoa(h.Rise),
			"slowstart", "20s", "pool-purge-delay", "2s",
			"observe", "layer4", "error-limit", "2", "on-error", "mark-down"))
	for _, name := range w.NodeNames() {
		s.add(w.server(name, webtier.Polls))
	}
	return s
}

// static files come from any node and are safe to ask for twice.
func (w writer) static() Section {
	s := Section{Kind: "backend", Name: staticBackend}
	s.add(words("balance roundrobin"))
	if w.Replay == webtier.ReplaySafe {
		s.add(words(second))
	}
	return w.followers(s, webtier.Static)
}

// actions are all else that agents ask for.
func (w writer) actions() Section {
	s := Section{Kind: "backend", Name: actionBackend}
	s.add(line("balance", string(w.Balance)))
	s.add(fresh...)
	return w.followers(s, webtier.Agents)
}

func (w writer) admin() Section {
	s := Section{Kind: "backend", Name: adminBackend}
	s.add(words("balance leastconn"), line("timeout", "server", duration(w.Timeouts.Admin)))
	s.add(fresh...)
	return w.followers(s, webtier.Admin)
}

func (w writer) api() Section {
	s := Section{Kind: "backend", Name: apiBackend}
	s.add(noted("a GET changes state here: add_lead, for one", "balance", "leastconn"),
		line("timeout", "server", duration(w.Timeouts.Admin)))
	s.add(fresh...)
	return w.followers(s, webtier.API)
}

func (w writer) uploads() Section {
	s := Section{Kind: "backend", Name: uploadBackend}
	s.add(words("balance leastconn"), line("timeout", "server", duration(w.Timeouts.Admin)))
	s.add(fresh...)
	if !w.SharedUploads {
		cookie := line("cookie", "VICILB", "insert", "indirect", "nocache", "httponly")
		if w.TLS != nil && w.TLS.RedirectHTTP {
			cookie = cookie.when("secure")
		}
		cookie.Note = "a two-step upload leaves its file in /tmp of the node that took it"
		s.add(cookie.when("attr SameSite=Lax"))
	}
	return w.followers(s, webtier.Uploads)
}

// audio goes to one node and to no other, since the store writes into its web root.
func (w writer) audio() Section {
	s := Section{Kind: "backend", Name: audioBackend}
	store := w.AudioStore
	s.add(line("timeout", "server", duration(w.Timeouts.Admin)))
	s.add(fresh...)
	s.add(noted("audio_store.php answers only under the name in system_settings.sounds_web_server",
		"http-request", "set-header", "Host", store.Host))
	// A draining node takes no new agents, but nobody else has its files.
	node := w.Nodes[store.Node]
	if node.State != webtier.Maintenance {
		node.State = webtier.Active
	}
	s.add(w.serverLine(store.Node, node, webtier.Audio).when("track " + agentBackend + "/" + store.Node))
	return s
}

// followers adds the nodes to a backend that makes no checks of its own.
func (w writer) followers(s Section, class webtier.Class) Section {
	servers := words("default-server slowstart 20s")
	if class.Repeatable() {
		servers = servers.when("pool-purge-delay 2s")
	}
	s.add(words("option allbackups"), servers)
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
		weight = 0 // who holds its cookie may finish, nobody else comes
	}
	limit := class.Limit(node.MaxConnections)
	l := line("server", name, webtier.JoinPort(node.Address, node.Port), "weight", strconv.Itoa(weight),
		"maxconn", strconv.Itoa(limit))
	if class.Repeatable() {
		l = l.when("pool-max-conn " + strconv.Itoa(max(1, limit/4)))
	}
	if node.IsName() {
		l = l.when("init-addr last,libc,none")
		if len(w.DNSServers) > 0 {
			l.Words = append(l.Words, "resolvers", resolvers)
		}
	}
	switch node.State {
	case webtier.Backup:
		l.Words = append(l.Words, "backup")
	case webtier.Maintenance:
		l.Words = append(l.Words, "disabled")
	case webtier.Active, webtier.Drain:
	}
	return l
}
