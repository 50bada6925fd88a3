// Package webtiertest makes web tiers for tests: a typical one, and random ones without
// errors.
package webtiertest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// ATier is three nodes behind TLS, with an audio store.
func ATier(dialect webtier.Dialect, process webtier.Process) webtier.Tier {
	tier := webtier.Defaults()
	tier.Name, tier.Hostname, tier.Process = "anchor", "vici.example.com", process
	tier.Target = webtier.Version{Major: 2, Minor: 6}
	tier.TLS = webtier.DefaultTLS("/etc/haproxy/certs/vici.pem", "")
	if dialect == webtier.Nginx {
		tier.Target = webtier.Version{Major: 1, Minor: 22}
		tier.TLS = webtier.DefaultTLS("/etc/nginx/tls/vici.pem", "/etc/nginx/tls/vici.key")
	}
	tier.Nodes = map[string]webtier.Node{
		"web1": webtier.DefaultNode("10.10.20.11"),
		"web2": webtier.DefaultNode("10.10.20.12"),
		"web3": webtier.DefaultNode("10.10.20.13"),
	}
	tier.Access = webtier.Access{
		Admin: []string{"10.0.0.0/8"}, Cluster: []string{"10.10.10.15"}, Trusted: []string{"10.0.0.0/8"},
	}
	tier.AudioStore = &webtier.AudioStore{Node: "web1", Host: "10.10.20.11", Directory: "nq5ktwzqvz1fdp4v2tytdcd46q1rcx"}
	return tier
}

// Nodes are as many active nodes.
func Nodes(count int) map[string]webtier.Node {
	nodes := map[string]webtier.Node{}
	for i := range count {
		nodes[fmt.Sprintf("web%03d", i)] = webtier.DefaultNode(fmt.Sprintf("10.1.%d.%d", i/200, i%200+1))
	}
	return nodes
}

// Draw makes any tier that has no error among its problems.
func Draw(t *rapid.T, dialect webtier.Dialect, process webtier.Process) webtier.Tier {
	tier := webtier.Defaults()
	tier.Name = rapid.StringMatching(`[a-z][a-z0-9_-]{0,12}`).Draw(t, "name")
	tier.Hostname = hostName(t, "hostname")
	tier.Process = process
	tier.Target = rapid.SampledFrom(versions(dialect)).Draw(t, "target")
	tier.AdminDirectory = rapid.StringMatching(`x[A-Za-z0-9_-]{0,10}`).Draw(t, "admin directory")
	tier.Nodes = nodes(t)
	tier.Listen.Address = rapid.SampledFrom([]string{"", "127.0.0.1", "::1", "::"}).Draw(t, "listen")
	tier.Listen.HTTPPort = rapid.SampledFrom([]int{80, 8080, 18080}).Draw(t, "http port")
	tier.Listen.HTTPSPort = rapid.SampledFrom([]int{443, 8443, 14430}).Draw(t, "https port")
	if rapid.Bool().Draw(t, "tls") {
		tier.TLS = &webtier.TLS{
			CertificateFile: path(t, "certificate"), KeyFile: path(t, "key"),
			MinVersion: rapid.SampledFrom([]string{"1.2", "1.3"}).Draw(t, "least TLS"),
			HTTP2:      rapid.Bool().Draw(t, "http2"), HSTSMaxAge: rapid.IntRange(0, 63072000).Draw(t, "hsts"),
			RedirectHTTP:  rapid.Bool().Draw(t, "redirect"),
			ACMEResponder: rapid.SampledFrom([]string{"", "127.0.0.1:8089"}).Draw(t, "acme"),
		}
	}
	tier.Access = webtier.Access{
		Admin: sources(t, "admin"), API: sources(t, "api"), Cluster: sources(t, "cluster"),
		Trusted: sources(t, "trusted"), TrustedProxies: sources(t, "proxies"),
	}
	if rapid.Bool().Draw(t, "node tls") {
		tier.NodeTLS = &webtier.NodeTLS{
			Verify: rapid.Bool().Draw(t, "verify"), CAFile: path(t, "authority"), SNI: rapid.SampledFrom([]string{"", "nodes.example.com"}).Draw(t, "sni"),
		}
	}
	if rapid.Bool().Draw(t, "routes") {
		tier.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{
			"/RECORDINGS/": {Servers: []string{"10.3.0.1", "archive.example.com:8080", "[2001:db8::7]:81"}, Everyone: rapid.Bool().Draw(t, "open")},
			"/archive/":    {Servers: []string{"10.3.0.2:443"}},
		}, WebSockets: map[string]webtier.WebSocket{
			"/ws/dial1": {Host: "10.4.0.1", Port: 8089, Path: "/ws", TLS: true},
			"/ws/dial2": {Host: "dial2.example.com", Port: 8088, Path: "/ws"},
		}}
	}
	tier.Listen.ProxyProtocol = len(tier.Access.TrustedProxies) > 0 && rapid.Bool().Draw(t, "proxy protocol")
	tier.ProxyAddresses = sources(t, "own addresses")
	tier.Health = health(t)
	if rapid.Bool().Draw(t, "audio") {
		tier.AudioStore = &webtier.AudioStore{
			Node: rapid.SampledFrom(tier.NodeNames()).Draw(t, "audio node"), Host: hostName(t, "audio host"),
			Directory: rapid.StringMatching(`y[A-Za-z0-9]{29}`).Draw(t, "audio directory"),
		}
	}
	tier.SharedUploads = rapid.Bool().Draw(t, "shared uploads")
	tier.Timeouts = webtier.Timeouts{
		Connect: length(t, "connect", 50, 60000), Poll: length(t, "poll", 1000, 600000), Agent: length(t, "agent", 1000, 600000),
		Admin: length(t, "admin", 1000, 3600000), Queue: length(t, "queue", 100, 60000),
	}
	tier.MaxBodyMB = rapid.IntRange(1, 4096).Draw(t, "body")
	tier.LoginsPerMinute = rapid.SampledFrom([]int{0, 1, 2, 60, 100000}).Draw(t, "logins")
	tier.AdminErrorsPerMinute = rapid.SampledFrom([]int{0, 1, 30, 100000}).Draw(t, "errors")
	tier.ExtraPaths = rapid.SliceOfN(rapid.StringMatching(`/z[A-Za-z0-9._~-]{0,8}(/[a-z0-9]{1,4})?/?`), 0, 4).Draw(t, "paths")
	tier.Retry = webtier.Retry(rapid.SampledFrom(webtier.Retries).Draw(t, "retry"))
	tier.GetRetry = webtier.GetRetry(rapid.SampledFrom(webtier.GetRetries).Draw(t, "get retry"))
	tier.Balance = webtier.Balance(rapid.SampledFrom(webtier.Balances).Draw(t, "balance"))
	tier.Stats = stats(t)
	tier.DNSServers = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"127.0.0.53", "10.0.0.2", "2001:db8::53"}), 0, 2, rapid.ID[string]).Draw(t, "dns")
	if rapid.Bool().Draw(t, "pair") && (dialect != webtier.Nginx || !tier.Listen.ProxyProtocol) {
		tier.VRRP = &webtier.VRRP{Address: "10.0.0.5/24", Interface: "eth0", RouterID: rapid.IntRange(1, 255).Draw(t, "router"), Peers: []string{"10.0.0.3"}}
	}
	return tier
}

// versions are those at which a text changes, and the ends of the range.
func versions(dialect webtier.Dialect) []webtier.Version {
	texts := []string{"2.4", "2.6", "2.8", "3.0", "3.2", "3.3", "3.5-dev5", "3.5"}
	if dialect == webtier.Nginx {
		texts = []string{"1.18", "1.20", "1.22", "1.24", "1.25.1", "1.26", "1.27.3", "1.27.4", "1.28", "1.29.6", "1.30", "1.31"}
	}
	versions := make([]webtier.Version, 0, len(texts))
	for _, text := range texts {
		version, err := webtier.ParseVersion(text)
		if err != nil {
			panic(err) // a constant above is misspelt
		}
		versions = append(versions, version)
	}
	return versions
}

func nodes(t *rapid.T) map[string]webtier.Node {
	count := rapid.SampledFrom([]int{1, 2, 3, 7, 100}).Draw(t, "nodes")
	all := map[string]webtier.Node{}
	for i := range count {
		states := webtier.States
		if i == 0 {
			states = []string{string(webtier.Active)}
		}
		address := fmt.Sprintf("10.1.%d.%d", i/200, i%200+1)
		if i < 7 {
			address = rapid.SampledFrom([]string{address, fmt.Sprintf("2001:db8::%d", i+1), fmt.Sprintf("web-%d.example.com", i)}).Draw(t, "address")
		}
		all[fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"web", "W.", "0-", "a_b"}).Draw(t, "node"), i)] = webtier.Node{
			Address: address, Port: rapid.IntRange(1, 65535).Draw(t, "port"), Weight: rapid.IntRange(1, 256).Draw(t, "weight"),
			MaxConnections: rapid.SampledFrom([]int{20, 21, 64, 200, 100000}).Draw(t, "connections"),
			State:          webtier.State(rapid.SampledFrom(states).Draw(t, "state")),
		}
	}
	return all
}

func health(t *rapid.T) webtier.Health {
	return webtier.Health{
		Path: rapid.SampledFrom([]string{"", "/xadmin/welcome.php", "/health?deep=1", "/~h/"}).Draw(t, "health path"),
		// Everything that quoting could trip over, as far as it is an expression.
		BodyRegex: rapid.SampledFrom([]string{
			`href=.\.\./agc/[A-Za-z0-9_.-]+\.php`, `ok`, `it's "quoted"`, `a b`, `\$HOME`, `#1`, `a\\b`, `"`, `'`, `x{2}`, `%[src]`, `\d+;`, `$`,
		}).Draw(t, "body"),
		Interval: length(t, "interval", 100, 60000), FastInterval: length(t, "fast", 50, 60000), Timeout: length(t, "check", 50, 60000),
		Rise: rapid.IntRange(1, 100).Draw(t, "rise"), Fall: rapid.IntRange(1, 100).Draw(t, "fall"), AllowSlowDetection: true,
		MaxFails: rapid.IntRange(1, 1000).Draw(t, "fails"), FailTimeout: time.Duration(rapid.IntRange(1, 3600).Draw(t, "fail timeout")) * time.Second,
	}
}

func stats(t *rapid.T) *webtier.Stats {
	switch rapid.IntRange(0, 2).Draw(t, "stats") {
	case 0:
		return nil
	case 1:
		return &webtier.Stats{Bind: "127.0.0.1:8404", Prometheus: rapid.Bool().Draw(t, "prometheus")}
	}
	return &webtier.Stats{Bind: "10.0.0.3:9999", Sources: []string{"10.0.0.0/8", "2001:db8::/32"}}
}

func hostName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z]([a-z0-9-]{0,6}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,6}[a-z0-9])?){0,3}`).Draw(t, label)
}

func path(t *rapid.T, label string) string {
	return rapid.StringMatching(`/[A-Za-z0-9._@+=,-]{1,8}(/[A-Za-z0-9._@+=,-]{1,8}){0,3}`).Draw(t, label)
}

// sources are ranges that overlap, repeat, have bits below their mask, or are everything.
func sources(t *rapid.T, label string) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{
		"10.0.0.0/8", "10.1.2.3/8", "10.1.2.3", "192.168.1.0/24", "0.0.0.0/0", "::/0", "2001:db8::1", "2001:db8::/32", "127.0.0.1",
	}), 0, rapid.SampledFrom([]int{3, 90}).Draw(t, label+" at most")).Draw(t, label)
}

func length(t *rapid.T, label string, low, high int) time.Duration {
	return time.Duration(rapid.IntRange(low, high).Draw(t, label)) * time.Millisecond
}
