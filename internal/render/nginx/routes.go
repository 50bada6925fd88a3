package nginx

import (
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// routeUpstreams returns the upstreams of servers that are not web nodes.
func (w writer) routeUpstreams() []Directive {
	var list []Directive
	for i, path := range w.RoutePaths() {
		d := block("upstream", []string{routeUpstream(i)}, set("zone", routeUpstream(i), w.zone())).noted(path)
		for _, server := range w.Routes()[path].Servers {
			address, port, _ := webtier.SplitServer(server)
			d.Block = append(d.Block, w.withResolve(set("server", webtier.JoinPort(address, port),
				"max_fails="+strconv.Itoa(w.Health.MaxFails), "fail_timeout="+webtier.Duration(w.Health.FailTimeout)), webtier.Node{Address: address}))
		}
		list = append(list, d)
	}
	for i, path := range w.SocketPaths() {
		socket := w.WebSockets()[path]
		list = append(list, block("upstream", []string{socketUpstream(i)}, set("zone", socketUpstream(i), w.zone()),
			w.withResolve(set("server", webtier.JoinPort(socket.Host, socket.Port), "max_fails=0"), webtier.Node{Address: socket.Host})))
	}
	return list
}

// socketTime is the idle timeout of a web phone's WebSocket. VICIdial's web phone renews
// its registration every few minutes.
const socketTime = "1h"

// routeLocations returns the locations of servers that are not web nodes: directories,
// and the sockets of telephony nodes.
func (w writer) routeLocations(managers []Directive) []Directive {
	var list []Directive
	for i, path := range w.RoutePaths() {
		guard := managers
		if w.Routes()[path].Everyone {
			guard = nil
		}
		list = append(list, location([]string{"^~", path}, guard,
			[]Directive{block("limit_except", []string{"GET"}, fixed("deny all")), set("proxy_read_timeout", webtier.Duration(w.Timeouts.Admin))},
			[]Directive{set("proxy_pass", "http://"+routeUpstream(i))}))
	}
	for i, path := range w.SocketPaths() {
		socket, scheme := w.WebSockets()[path], "http://"
		if socket.TLS {
			scheme = "https://"
		}
		upgrade := append([]Directive{set("proxy_set_header", "Upgrade", "websocket")}, w.headers("$backend_host")...)
		for j := range upgrade {
			if upgrade[j].Words[0] == "Connection" {
				upgrade[j].Words[1] = "upgrade"
			}
		}
		list = append(list, location([]string{"=", path}, noRetry, []Directive{
			block("if", []string{"$http_upgrade", "!~*", "^websocket$"}, fixed("return 400")),
			set("proxy_read_timeout", socketTime).noted("a web phone's socket stays open as long as the phone is registered"), set("proxy_send_timeout", socketTime),
			fixed("proxy_ssl_verify off"), set("rewrite", "^", socket.Path, "break"),
		}, upgrade, []Directive{set("proxy_pass", scheme+socketUpstream(i))}))
	}
	return list
}

func routeUpstream(i int) string  { return "vicidial_route" + strconv.Itoa(i+1) }
func socketUpstream(i int) string { return "vicidial_ws" + strconv.Itoa(i+1) }
