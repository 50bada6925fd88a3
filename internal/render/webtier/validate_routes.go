package webtier

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
)

// SplitServer splits a route's server into address and port, which is 80 where
// none is given. ok is false for what is neither an IP address nor a host name.
func SplitServer(text string) (address string, port int, ok bool) {
	if isAddress(text) || isHostName(text) {
		return text, 80, true
	}
	address, number, err := net.SplitHostPort(text)
	if err != nil || !isAddress(address) && !isHostName(address) {
		return "", 0, false
	}
	port, err = strconv.Atoi(number)
	return address, port, err == nil && port >= 1 && port <= 65535 && strconv.Itoa(port) == number
}

// RoutePaths are the routes' directories in the order in which they are written.
func (t Tier) RoutePaths() []string { return slices.Sorted(maps.Keys(t.Routes())) }

// SocketPaths are the web sockets' paths in the order in which they are written.
func (t Tier) SocketPaths() []string { return slices.Sorted(maps.Keys(t.WebSockets())) }

// SocketURLs are the web sockets as browsers reach them, by path: what goes into
// web_socket_url of a server.
func (t Tier) SocketURLs() map[string]string {
	urls := map[string]string{}
	for path := range t.WebSockets() {
		switch {
		case t.TLS != nil && t.Listen.HTTPSPort != 443:
			urls[path] = "wss://" + JoinPort(t.Hostname, t.Listen.HTTPSPort) + path
		case t.TLS != nil || len(t.Access.TrustedProxies) > 0:
			urls[path] = "wss://" + t.Hostname + path
		case t.Listen.HTTPPort != 80:
			urls[path] = "ws://" + JoinPort(t.Hostname, t.Listen.HTTPPort) + path
		default:
			urls[path] = "ws://" + t.Hostname + path
		}
	}
	return urls
}

// routes checks the routes to other servers than the web nodes.
func (f *findings) routes() {
	for _, path := range f.tier.RoutePaths() {
		route, at := f.tier.Routes()[path], Root("routes").Key(path)
		if !strings.HasSuffix(path, "/") {
			f.errorf(at, "%q is not a directory: it ends with a slash", path)
		}
		f.foreignPath(at, path)
		if len(route.Servers) == 0 {
			f.errorf(at.Attribute("nodes"), "no server is named")
		}
		for _, server := range route.Servers {
			address, _, ok := SplitServer(server)
			if !ok {
				f.errorf(at.Attribute("nodes"), "%q is neither an IP address nor a host name, with or without a port", server)
			}
			f.checkResolution(at.Attribute("nodes"), address)
		}
	}
	for _, path := range f.tier.SocketPaths() {
		socket, at := f.tier.WebSockets()[path], Root("websockets").Key(path)
		if strings.HasSuffix(path, "/") {
			f.errorf(at, "%q ends with a slash", path)
		}
		f.foreignPath(at, path)
		if !isAddress(socket.Host) && !isHostName(socket.Host) || socket.Port < 1 || socket.Port > 65535 || !urlPathPattern().MatchString(socket.Path) {
			f.errorf(at, "the socket is not a URL such as wss://10.10.10.15:8089/ws")
		}
		f.checkResolution(at, socket.Host)
	}
}

// answeredByProxy reports whether the proxy itself answers a path, or one like it. ACME
// challenges are answered on plain HTTP only, where no other path is.
func answeredByProxy(path string) bool {
	return path == "/" || path == HealthPath || strings.HasPrefix(path, HealthPath+"/")
}

// foreignPath checks a path that is not VICIdial's.
func (f *findings) foreignPath(at Path, path string) {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case !urlPathPattern().MatchString(path) || strings.Contains(path, "//") || strings.Contains(path, "/."):
		f.errorf(at, "%q is not a URL path", path)
	case answeredByProxy(path):
		f.errorf(at, "%q is answered by the proxy itself", path)
	case slices.Contains(f.tier.Directories(), first) || f.tier.AudioStore != nil && first == f.tier.AudioStore.Directory:
		f.errorf(at, "%q lies in a directory that the web nodes serve", path)
	case slices.ContainsFunc(f.tier.ExtraPaths, func(extra string) bool { return strings.HasPrefix(path, extra) || strings.HasPrefix(extra, path) }):
		f.errorf(at, "%q is among extra_paths, which the web nodes serve", path)
	}
}

// nodeTLS checks TLS between the proxy and the nodes.
func (f *findings) nodeTLS() {
	tls := f.tier.NodeTLS
	if tls == nil {
		return
	}
	switch {
	case tls.CAFile != "":
		f.file(Root("node_tls", "ca_file"), tls.CAFile)
	case tls.Verify:
		f.errorf(Root("node_tls", "ca_file"), "nodes' certificates are checked against the certificates in this file; name it, or set verify to false")
	}
	if tls.SNI != "" && !isHostName(tls.SNI) {
		f.errorf(Root("node_tls", "sni"), "%q is not a DNS name", tls.SNI)
	}
	for _, name := range f.tier.NodeNames() {
		if f.tier.Nodes[name].Port == 80 {
			f.warnf(Root("nodes").Key(name).Attribute("port"), "port 80 rarely speaks TLS, and node_tls is set; 443 is usual")
		}
	}
}
