package nginx

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// DefaultProcess returns how a distribution's package runs nginx.
func DefaultProcess(distribution webtier.Distribution) webtier.Process {
	p := webtier.Process{
		User: "www-data", Log: "/var/log/nginx/vicidial_access.log", ErrorLog: "/var/log/nginx/error.log",
		PIDFile: "/run/nginx.pid", MimeTypes: "/etc/nginx/mime.types",
	}
	if distribution != webtier.Debian {
		p.User, p.Group = "nginx", "nginx"
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
	if err := tier.Err(webtier.Nginx); err != nil {
		return Config{}, err
	}
	w := writer{tier}
	config := Config{Notes: []string{
		fmt.Sprintf("VICIdial web tier %q, for nginx %s and later. Written by Terraform.", tier.Name, tier.Target),
		"HTTP only: SIP, RTP and the agents' WebRTC sockets go straight to the telephony nodes.",
	}}
	config.Directives = append(w.process(), block("http", nil, w.http()...))
	return config, nil
}

type writer struct{ webtier.Tier }

func (w writer) process() []Directive {
	var list []Directive
	if account := strings.TrimSpace(w.Process.User + " " + w.Process.Group); w.Process.User != "" {
		list = append(list, set("user", strings.Fields(account)...))
	}
	return append(list,
		fixed("worker_processes auto"), fixed("worker_rlimit_nofile 20000"),
		// A report may run for the admin timeout; then the old workers end.
		set("worker_shutdown_timeout", webtier.Duration(w.Timeouts.Admin)),
		set("error_log", w.Process.ErrorLog, "crit"),
		set("pid", w.Process.PIDFile),
		block("events", nil, fixed("worker_connections 4096"), fixed("multi_accept on")),
	)
}

func (w writer) http() []Directive {
	list := []Directive{
		set("include", w.Process.MimeTypes), fixed("default_type application/octet-stream"), fixed("server_tokens off"),
	}
	if directory := w.Process.TempDirectory; directory != "" {
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			list = append(list, set(kind+"_temp_path", directory+"/"+kind))
		}
	}
	list = append(list, w.browsers()...)
	list = append(list, w.realAddress()...)
	list = append(list, w.proxying()...)
	list = append(list, w.variables()...)
	list = append(list, w.upstreams()...)
	list = append(list, w.servers()...)
	return append(list, w.stats()...)
}

// logFormat has $uri, which has no query string; $request and $request_uri have
// one.
const logFormat = `$remote_addr [$time_iso8601] $server_name "$request_method $uri $server_protocol" $status $body_bytes_sent ` +
	`rt=$request_time up=$upstream_addr us=$upstream_status uct=$upstream_connect_time urt=$upstream_response_time $ssl_protocol id=$request_id`

// browsers returns the directives for the side of the browsers.
func (w writer) browsers() []Directive {
	list := []Directive{
		fixed("sendfile on"), fixed("tcp_nopush on"), fixed("keepalive_timeout 15s"), fixed("keepalive_requests 10000"),
	}
	if w.Target.AtLeast(1, 27, 4) {
		list = append(list, fixed("keepalive_min_timeout 1s").noted("a reload lets requests in transit finish"))
	}
	list = append(list,
		set("log_format", "vicidial", logFormat).noted("$uri, never $request: VICIdial puts user= and pass= in query strings"),
		set("access_log", w.Process.Log, "vicidial", "buffer=64k", "flush=5s"),
		set("error_log", w.Process.ErrorLog, "emerg").noted("up to level alert, errors contain the whole request line, passwords included"),
		fixed("large_client_header_buffers 8 32k"), fixed("client_header_timeout 10s"), fixed("client_body_timeout 30s"),
		set("client_max_body_size", strconv.Itoa(w.MaxBodyMB)+"m"))
	if w.TLS == nil {
		return list
	}
	protocols := fixed("ssl_protocols TLSv1.2 TLSv1.3")
	if w.TLS.MinVersion == "1.3" {
		protocols = fixed("ssl_protocols TLSv1.3")
	}
	return append(list, protocols, set("ssl_ciphers", webtier.Ciphers), fixed("ssl_prefer_server_ciphers off"),
		fixed("ssl_session_cache shared:vicidial_tls:10m"), fixed("ssl_session_timeout 1d"), fixed("ssl_session_tickets off"))
}

// realAddress trusts the addresses of the proxies in front of this one.
func (w writer) realAddress() []Directive {
	proxies := webtier.Sources(w.Access.TrustedProxies)
	if len(proxies) == 0 {
		return nil
	}
	list := make([]Directive, 0, len(proxies)+2)
	for _, proxy := range proxies {
		list = append(list, set("set_real_ip_from", proxy))
	}
	if w.Listen.ProxyProtocol {
		return append(list, fixed("real_ip_header proxy_protocol"))
	}
	return append(list, fixed("real_ip_header X-Forwarded-For"), fixed("real_ip_recursive on"))
}

// proxying returns the directives for the side of the nodes.
func (w writer) proxying() []Directive {
	list := []Directive{fixed("proxy_http_version 1.1")}
	list = append(list, w.headers("$backend_host")...)
	list = append(list, set("proxy_connect_timeout", webtier.Duration(w.Timeouts.Connect)), set("proxy_read_timeout", webtier.Duration(w.Timeouts.Agent)))
	if w.Retry == webtier.RetryNone {
		list = append(list, fixed("proxy_next_upstream off"))
	} else {
		list = append(list, fixed("proxy_next_upstream error timeout").noted("a POST that has reached a node is never sent again"),
			fixed("proxy_next_upstream_tries 3"), fixed("proxy_next_upstream_timeout 5s"))
	}
	if w.TLS != nil {
		port := strconv.Itoa(w.Listen.HTTPSPort)
		list = append(list, set("proxy_redirect", "http://$host:"+port+"/", "https://$host"+w.PortSuffix()+"/").
			noted("Apache redirects to http://name:443/ when it adds a slash"))
	}
	if len(w.Access.TrustedProxies) > 0 {
		list = append(list, set("proxy_redirect", "http://$public_host:443/", "https://$public_host/"))
	}
	list = append(list, w.encryption()...)
	if w.ResolvesNames() {
		resolver := make([]string, 0, len(w.DNSServers)+1)
		for _, server := range w.DNSServers {
			resolver = append(resolver, webtier.JoinPort(server, 53))
		}
		list = append(list, set("resolver", append(resolver, "valid=10s")...))
	}
	return append(list, fixed("proxy_hide_header X-Powered-By"), fixed("proxy_buffers 16 16k"), fixed("proxy_buffer_size 16k"))
}

// headers returns the headers with the client's address and the host name. A
// location that sets a header inherits no other, so it repeats them.
func (w writer) headers(host string) []Directive {
	return []Directive{
		set("proxy_set_header", "Connection", ""), set("proxy_set_header", "Host", host),
		set("proxy_set_header", "X-Forwarded-For", "$remote_addr"), set("proxy_set_header", "X-Forwarded-Proto", w.scheme()),
		set("proxy_set_header", "X-Real-IP", "$remote_addr"), set("proxy_set_header", "X-Request-ID", "$request_id"),
		set("proxy_set_header", "Proxy", ""), set("proxy_set_header", "X-Forwarded-Host", ""),
	}
}

// scheme returns the variable with the scheme.
func (w writer) scheme() string {
	if len(w.Access.TrustedProxies) > 0 {
		return "$public_scheme"
	}
	return "$scheme"
}

// host returns the variable with the Host header without the port.
func (w writer) host() string {
	if len(w.Access.TrustedProxies) > 0 {
		return "$public_host"
	}
	return "$host"
}

// encryption returns the directives for TLS to the nodes.
func (w writer) encryption() []Directive {
	if w.NodeTLS == nil {
		return nil
	}
	list := []Directive{fixed("proxy_ssl_server_name on"), set("proxy_ssl_name", w.NodeTLS.Name(w.Hostname))}
	if w.NodeTLS.Verify {
		list = append(list, fixed("proxy_ssl_verify on"), fixed("proxy_ssl_verify_depth 3"), set("proxy_ssl_trusted_certificate", w.NodeTLS.CAFile))
	}
	return list
}

// proxyPass returns the directives that pass a location's requests.
func (w writer) proxyPass(upstream string) []Directive {
	if w.NodeTLS != nil {
		return []Directive{set("proxy_pass", "https://"+upstream)}
	}
	return []Directive{set("proxy_pass", "http://"+upstream)}
}

// stats serves nginx's own counters.
func (w writer) stats() []Directive {
	if w.Stats == nil {
		return nil
	}
	location := block("location", []string{"=", "/stub_status"}, fixed("stub_status"))
	if sources := webtier.Sources(w.Stats.Sources); len(sources) > 0 {
		location.Block = append(location.Block, fixed("allow 127.0.0.0/8"), fixed("allow ::1"))
		for _, source := range sources {
			location.Block = append(location.Block, set("allow", source))
		}
		location.Block = append(location.Block, fixed("deny all"))
	}
	return []Directive{block("server", nil, set("listen", w.Stats.Bind), fixed("access_log off"), location)}
}
