package nginx

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// The upstreams, a class of traffic each.
const (
	agentUpstream  = "vicidial_agent"
	staticUpstream = "vicidial_static"
	adminUpstream  = "vicidial_admin"
	apiUpstream    = "vicidial_api"
	uploadUpstream = "vicidial_leads"
	audioUpstream  = "vicidial_files"
)

// variables are worked out per request: who asks, and what it counts as.
func (w writer) variables() []Directive {
	var list []Directive
	if w.TLS != nil {
		list = append(list, block("map", []string{"$scheme", "$backend_host"},
			set("https", "$host:"+strconv.Itoa(w.Listen.HTTPSPort)), set("default", w.plainHost()),
		).noted("VICIdial tells https from http by SERVER_PORT, which Apache takes from the Host header"))
		if w.TLS.HSTSMaxAge > 0 {
			list = append(list, block("map", []string{"$https", "$hsts"},
				set("on", "max-age="+strconv.Itoa(w.TLS.HSTSMaxAge)), set("default", "")))
		}
	} else {
		list = append(list, block("map", []string{"$scheme", "$backend_host"}, set("default", w.plainHost())))
	}
	if admin, limited := w.Access.AdminSources(); limited {
		list = append(list, geo("$src_admin", admin))
	}
	if api, limited := w.Access.APISources(); limited {
		list = append(list, geo("$src_api", api))
	}
	if w.AudioStore != nil {
		list = append(list, geo("$src_audio", w.Access.AudioSources()))
	}
	if w.LoginsPerMinute > 0 {
		logins := make([]string, 0, len(webtier.Logins))
		for _, page := range webtier.Logins {
			logins = append(logins, strings.ReplaceAll(page, ".", `\.`))
		}
		list = append(list, geo("$src_trusted", webtier.Sources(w.Access.Trusted)),
			block("map", []string{"$src_trusted:$request_method$is_args:$uri", "$login_key"},
				set("default", ""), set(`~^0:(POST|[A-Z]+\?)\??:(`+strings.Join(logins, "|")+")$", "$binary_remote_addr")).
				noted("a login takes its password from the URL as well"),
			set("limit_req_zone", "$login_key", "zone=vicidial_login:10m", fmt.Sprintf("rate=%dr/m", w.LoginsPerMinute)),
			fixed("limit_req_status 429"))
	}
	return list
}

// plainHost is what a node sees as Host when the browser came without TLS.
func (w writer) plainHost() string {
	if w.Listen.HTTPPort == 80 {
		return "$host"
	}
	return "$host:" + strconv.Itoa(w.Listen.HTTPPort)
}

// geo is a variable that is 1 for some sources and 0 for all others. A range
// that is everything would collide with the default, so it is written as halves.
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
		w.uploads(),
	}
	if w.AudioStore != nil {
		list = append(list, w.audio())
	}
	return list
}

// upstream is the nodes for one class, with connections kept open for less
// time than Apache keeps them (KeepAliveTimeout 5).
func (w writer) upstream(name string, class webtier.Class, keep int, method ...Directive) Directive {
	d := block("upstream", []string{name}, set("zone", name, w.zone()))
	d.Block = append(d.Block, method...)
	for _, node := range w.NodeNames() {
		d.Block = append(d.Block, w.server(w.Nodes[node], class))
	}
	d.Block = append(d.Block, set("keepalive", strconv.Itoa(keep)), fixed("keepalive_timeout 4s"))
	return d
}

// uploads keeps the steps of an upload on one node. A backup can take no part
// in a hash; where nginx has cookies, it can.
func (w writer) uploads() Directive {
	d := block("upstream", []string{uploadUpstream}, set("zone", uploadUpstream, w.zone()))
	sticky := w.Target.AtLeast(1, 29, 6)
	switch {
	case w.SharedUploads:
		d.Block = append(d.Block, fixed("least_conn"))
	case !sticky:
		d.Block = append(d.Block, fixed("hash $remote_user$remote_addr consistent").
			noted("a two-step upload leaves its file in /tmp of the node that took it"))
	}
	for _, name := range w.NodeNames() {
		node := w.Nodes[name]
		if node.State == webtier.Backup && !sticky && !w.SharedUploads {
			continue
		}
		server := w.server(node, webtier.Uploads)
		if node.State == webtier.Drain && sticky && !w.SharedUploads {
			server.Words[len(server.Words)-1] = "drain"
		}
		d.Block = append(d.Block, server)
	}
	if sticky && !w.SharedUploads {
		cookie := fixed("sticky cookie VICILB httponly samesite=lax path=/" + w.AdminDirectory + "/").
			noted("a two-step upload leaves its file in /tmp of the node that took it")
		if w.TLS != nil && w.TLS.RedirectHTTP {
			cookie.Words = append(cookie.Words, "secure")
		}
		d.Block = append(d.Block, cookie)
	}
	return d
}

// audio is one node and no other, since the store writes into its web root. A
// draining node takes no new agents, but nobody else has its files.
func (w writer) audio() Directive {
	node := w.Nodes[w.AudioStore.Node]
	server := set("server", webtier.JoinPort(node.Address, node.Port), "max_fails=0",
		"max_conns="+strconv.Itoa(webtier.Audio.Limit(node.MaxConnections)))
	server = w.following(server, node)
	if node.State == webtier.Maintenance {
		server.Words = append(server.Words, "down")
	}
	return block("upstream", []string{audioUpstream}, set("zone", audioUpstream, w.zone()), server)
}

// zone is the memory that the workers share about an upstream: about a kilobyte
// for a node, and more where names are resolved.
func (w writer) zone() string { return strconv.Itoa(128+4*len(w.Nodes)) + "k" }

func (w writer) server(node webtier.Node, class webtier.Class) Directive {
	server := set("server", webtier.JoinPort(node.Address, node.Port), "weight="+strconv.Itoa(node.Weight),
		"max_fails="+strconv.Itoa(w.Health.MaxFails), "fail_timeout="+duration(w.Health.FailTimeout))
	if class != webtier.Static {
		// Over its limit nginx has no queue, it refuses; a screen full of
		// pictures is a burst, and Apache is done with each in no time.
		limit := class.Limit(node.MaxConnections)
		if class == webtier.Agents { // polls go with them: without a queue a smaller share only refuses sooner
			limit += webtier.Polls.Limit(node.MaxConnections)
		}
		server.Words = append(server.Words, "max_conns="+strconv.Itoa(limit))
	}
	server = w.following(server, node)
	switch node.State {
	case webtier.Backup:
		server.Words = append(server.Words, "backup")
	case webtier.Drain, webtier.Maintenance:
		server.Words = append(server.Words, "down")
	case webtier.Active:
	}
	return server
}

// following looks a node's name up again and again, where nginx can.
func (w writer) following(server Directive, node webtier.Node) Directive {
	if node.IsName() && len(w.DNSServers) > 0 && w.Target.AtLeast(1, 27, 3) {
		server.Words = append(server.Words, "resolve")
	}
	return server
}
