package nginx

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// The upstreams, one for each class of traffic.
const (
	agentUpstream  = "vicidial_agent"
	staticUpstream = "vicidial_static"
	adminUpstream  = "vicidial_admin"
	apiUpstream    = "vicidial_api"
	uploadUpstream = "vicidial_leads"
	audioUpstream  = "vicidial_files"
)

// variables returns the variables of a request: the class of the client and of the
// request.
func (w writer) variables() []Directive {
	var list []Directive
	list = append(list, w.forwarded()...)
	if w.TLS != nil || len(w.Access.TrustedProxies) > 0 {
		port := 443
		if w.TLS != nil {
			port = w.Listen.HTTPSPort
		}
		list = append(list, block("map", []string{w.scheme(), "$backend_host"},
			set("https", w.host()+":"+strconv.Itoa(port)), set("default", w.plainHost()),
		).noted("VICIdial tells https from http by SERVER_PORT, which Apache takes from the Host header"))
		if w.TLS != nil && w.TLS.HSTSMaxAge > 0 {
			list = append(list, block("map", []string{"$https", "$hsts"},
				set("on", "max-age="+strconv.Itoa(w.TLS.HSTSMaxAge)), set("default", "")))
		}
	} else {
		list = append(list, block("map", []string{"$scheme", "$backend_host"}, set("default", w.plainHost())))
	}
	reach := w.EffectiveAccess()
	if admin, limited := reach.AdminSources(); limited {
		list = append(list, geo("$src_admin", admin))
	}
	if api, limited := reach.APISources(); limited {
		list = append(list, geo("$src_api", api), block("map", []string{"$src_api:$request_method:$is_args", "$src_agent_api"},
			set("default", "$src_api"), set("0:POST:", "1")))
	}
	if w.AudioStore != nil {
		list = append(list, geo("$src_audio", reach.AudioSources()))
	}
	if w.LoginsPerMinute > 0 {
		logins := make([]string, 0, len(webtier.LoginPages))
		for _, page := range webtier.LoginPages {
			logins = append(logins, strings.ReplaceAll(page, ".", `\.`))
		}
		list = append(list, geo("$src_trusted", webtier.Sources(w.Access.Trusted)),
			block("map", []string{"$binary_remote_addr", "$client_net"}, set("default", "$binary_remote_addr"), set("~(?s)^(?<net64>.{8}).{8}$", "$net64")).
				noted("a /64 of IPv6 is one client"),
			block("map", []string{"$src_trusted:$request_method$is_args:$uri", "$login_key"},
				set("default", ""), set(`~^0:(POST|[A-Z]+\?)\??:(`+strings.Join(logins, "|")+")$", "$client_net")).
				noted("a login accepts a password in the URL, too"),
			set("limit_req_zone", "$login_key", "zone=vicidial_login:10m", fmt.Sprintf("rate=%dr/m", w.LoginsPerMinute)),
			fixed("limit_req_status 429"))
	}
	return list
}

// forwarded returns the variables for the headers of trusted proxies.
func (w writer) forwarded() []Directive {
	proxies := webtier.Sources(w.Access.TrustedProxies)
	if len(proxies) == 0 {
		return nil
	}
	front := geo("$front", proxies) // by the connection's address, not the forwarded one
	front.Words = []string{"$realip_remote_addr", "$front"}
	return []Directive{
		front,
		block("map", []string{"$front:$http_x_forwarded_proto", "$public_scheme"}, set("1:https", "https"), set("default", "$scheme")).
			noted("TLS may have ended at the proxy in front"),
		block("map", []string{"$front:$http_x_forwarded_host", "$public_host"}, set("default", "$host"), set(`~^1:(?<front_host>(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+))(:[0-9]+)?$`, "$front_host")),
	}
}

// plainHost is the Host header for a node without TLS at the browser.
func (w writer) plainHost() string {
	if w.Listen.HTTPPort == 80 {
		return w.host()
	}
	return w.host() + ":" + strconv.Itoa(w.Listen.HTTPPort)
}

// geo returns a variable that is 1 for some sources and 0 for all others. A range
// of all addresses would duplicate the default, so it is written as two halves.
func geo(name string, sources []string) Directive {
	d := block("geo", []string{name}, set("default", "0"))
	for _, source := range sources {
		switch prefix, err := netip.ParsePrefix(source); {
		case err == nil && prefix.Bits() == 0 && prefix.Addr().Is4():
			d.Block = append(d.Block, set("0.0.0.0/1", "1"), set("128.0.0.0/1", "1"))
		case err == nil && prefix.Bits() == 0:
			d.Block = append(d.Block, set("::/1", "1"), set("8000::/1", "1"))
		default:
			d.Block = append(d.Block, set(source, "1"))
		}
	}
	return d
}

func (w writer) upstreams() []Directive {
	list := []Directive{
		w.upstream(agentUpstream, webtier.Agents, 32),
		w.upstream(staticUpstream, webtier.Static, 8),
		w.upstream(adminUpstream, webtier.Admin, 8, fixed("least_conn")),
		w.upstream(apiUpstream, webtier.API, 8, fixed("least_conn")),
	}
	list = append(list, w.uploads()...)
	if w.AudioStore != nil {
		list = append(list, w.audio())
	}
	return append(list, w.routeUpstreams()...)
}

// upstream returns the nodes of one class, with a shorter keep-alive time than
// Apache's (KeepAliveTimeout 5).
func (w writer) upstream(name string, class webtier.Class, keep int, method ...Directive) Directive {
	d := block("upstream", []string{name}, set("zone", name, w.zone()))
	d.Block = append(d.Block, method...)
	for _, node := range w.NodeNames() {
		d.Block = append(d.Block, w.server(w.Nodes[node], class))
	}
	d.Block = append(d.Block, set("keepalive", strconv.Itoa(keep)), fixed("keepalive_timeout 4s"))
	return d
}

// audio returns the upstream of the audio store, with one node only, since the
// store writes into its web root. A draining node gets no new agents, but no other
// node has its files.
func (w writer) audio() Directive {
	node := w.Nodes[w.AudioStore.Node]
	server := set("server", webtier.JoinPort(node.Address, node.Port), "max_fails=0",
		"max_conns="+strconv.Itoa(webtier.Audio.Limit(node.MaxConnections)))
	server = w.withResolve(server, node)
	if node.State == webtier.Maintenance {
		server.Words = append(server.Words, "down")
	}
	return block("upstream", []string{audioUpstream}, set("zone", audioUpstream, w.zone()), server)
}

// zone returns the shared memory of an upstream: about a kilobyte per node, and
// more for resolved names.
func (w writer) zone() string { return strconv.Itoa(128+4*len(w.Nodes)) + "k" }

func (w writer) server(node webtier.Node, class webtier.Class) Directive {
	server := set("server", webtier.JoinPort(node.Address, node.Port), "weight="+strconv.Itoa(node.Weight),
		"max_fails="+strconv.Itoa(w.Health.MaxFails), "fail_timeout="+webtier.Duration(w.Health.FailTimeout))
	if class != webtier.Static {
		// nginx has no queue over the limit, it refuses. A page with many images is
		// a burst that Apache serves quickly.
		limit := class.Limit(node.MaxConnections)
		if class == webtier.Agents { // includes polls: without a queue, a smaller share only refuses earlier
			limit += webtier.Polls.Limit(node.MaxConnections)
		}
		server.Words = append(server.Words, "max_conns="+strconv.Itoa(limit))
	}
	server = w.withResolve(server, node)
	switch node.State {
	case webtier.Backup:
		server.Words = append(server.Words, "backup")
	case webtier.Drain, webtier.Maintenance:
		server.Words = append(server.Words, "down")
	case webtier.Active:
	}
	return server
}

// withResolve adds the periodic resolution of a node's name, if nginx supports it.
func (w writer) withResolve(server Directive, node webtier.Node) Directive {
	if node.IsName() && w.ResolvesNames() {
		server.Words = append(server.Words, "resolve")
	}
	return server
}
