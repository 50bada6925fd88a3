package webtier

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// names checks the names in the text.
func (f *findings) names() {
	t := f.tier
	if !namePattern().MatchString(t.Name) {
		f.errorf(Root("name"), "%q is not 1 to 31 of a-z, 0-9, _ and -, starting with a letter", t.Name)
	}
	if !isHostName(t.Hostname) {
		f.errorf(Root("hostname"), "%q is not a DNS name; the port is set in listen", t.Hostname)
	}
	if !segmentPattern().MatchString(t.AdminDirectory) {
		f.errorf(Root("admin_web_directory"), "%q is not one path segment of letters, digits, _ and -", t.AdminDirectory)
	} else if slices.Contains([]string{AgentDirectory, reportDirectory, ChatDirectory}, t.AdminDirectory) {
		f.errorf(Root("admin_web_directory"), "%q is a directory that VICIdial uses for something else", t.AdminDirectory)
	}
	for _, path := range t.ExtraPaths {
		first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		private := slices.ContainsFunc(t.PrivatePatterns(), func(pattern string) bool {
			matched, err := regexp.MatchString("(?i)"+pattern, path)
			return err == nil && matched
		})
		switch {
		case !urlPathPattern().MatchString(path) || strings.Contains(path, "//"):
			f.errorf(Root("extra_paths"), `%q is not a URL path such as "/crm/" or "/robots.txt"`, path)
		case answeredByProxy(path):
			f.errorf(Root("extra_paths"), "%q is answered by the proxy itself", path)
		case private:
			f.errorf(Root("extra_paths"), "%q is a file that must not be served", path)
		case path == t.AudioPage() || path == t.AdminAPI() || path == AgentAPI:
			f.errorf(Root("extra_paths"), "%q is not for everyone; name who may call it in api_sources or cluster_addresses", path)
		case slices.Contains(t.Directories(), first) && !strings.HasSuffix(path, ".php"),
			t.AudioStore != nil && first == t.AudioStore.Directory:
			f.errorf(Root("extra_paths"), "%q lies in a directory that is served already, under its own rules; a single page of it, which ends with .php, can be opened to everyone", path)
		}
	}
}

// target checks the version of the proxy.
func (f *findings) target() {
	oldest, newest := f.dialect.Tested()
	switch line := (Version{Major: f.tier.Target.Major, Minor: f.tier.Target.Minor}); {
	case line.Compare(oldest) < 0:
		f.errorf(Root("target_version"), "%s %s lacks directives that this configuration needs; the oldest that has them is %s",
			f.dialect, f.tier.Target, oldest)
	case line.Compare(newest) > 0:
		f.warnf(Root("target_version"), "%s %s is newer than the newest that the text was tried with, which is %s",
			f.dialect, f.tier.Target, newest)
	}
}

// nodes checks the web nodes, each and together.
func (f *findings) nodes() {
	active := 0
	owner := map[string]string{}
	for _, name := range f.tier.NodeNames() {
		node, at := f.tier.Nodes[name], Root("nodes").Key(name)
		if !nodePattern().MatchString(name) {
			f.errorf(at, "%q is not a node's name: 1 to 63 letters, digits, _, . and -", name)
		}
		if !isAddress(node.Address) && !isHostName(node.Address) {
			f.errorf(at.Attribute("address"), "%q is neither an IP address nor a host name", node.Address)
		}
		f.between(at.Attribute("port"), node.Port, 1, 65535)
		f.between(at.Attribute("weight"), node.Weight, 1, 256)
		f.between(at.Attribute("max_connections"), node.MaxConnections, 20, 100000)
		f.oneOf(at.Attribute("state"), string(node.State), States)
		if node.State == Active {
			active++
		}
		where := JoinPort(node.Address, node.Port)
		if other, taken := owner[where]; taken {
			f.errorf(at.Attribute("address"), "%s is node %q already; a node listed twice gets twice its share", where, other)
		}
		owner[where] = name
		f.checkResolution(at.Attribute("address"), node.Address)
	}
	switch active {
	case 0:
		f.errorf(Root("nodes"), "no node is active, so every request would be answered with 503")
	case 1:
		f.warnf(Root("nodes"), "one node is active: when it fails nobody takes over")
	}
	for _, server := range f.tier.DNSServers {
		if !isAddress(server) {
			f.errorf(Root("dns_servers"), "%q is not an IP address", server)
		}
	}
}

// checkResolution warns of a server's name that is resolved only once.
func (f *findings) checkResolution(at Path, address string) {
	if isHostName(address) && len(f.tier.DNSServers) == 0 {
		f.warnf(at, "the name %q is looked up once, when the proxy starts; set dns_servers to follow it", address)
	}
}

// listen checks the listen addresses and TLS.
func (f *findings) listen() {
	listen, tls := f.tier.Listen, f.tier.TLS
	if listen.Address != "" && !isAddress(listen.Address) {
		f.errorf(Root("listen", "address"), "%q is not an IP address", listen.Address)
	}
	if f.dialect == Nginx && f.tier.SharesListenAddress() {
		f.errorf(Root("listen", "address"), "%s is the address that vrrp moves, and nginx cannot listen on an address that its machine does not have now: the standby would not start; leave listen.address empty", listen.Address)
	}
	if f.dialect == Nginx && f.tier.SharesStatsAddress() {
		f.errorf(Root("stats", "bind"), "%s is the address that vrrp moves, and nginx cannot listen on an address that its machine does not have now: the standby would not start", f.tier.Stats.Bind)
	}
	if listen.ProxyProtocol && len(f.tier.Access.TrustedProxies) == 0 {
		f.errorf(Root("listen", "proxy_protocol"), "the PROXY protocol contains the client's address, so the proxies that may send it must be named in trusted_proxies")
	}
	f.between(Root("listen", "http_port"), listen.HTTPPort, 1, 65535)
	f.between(Root("listen", "https_port"), listen.HTTPSPort, 1, 65535)
	if tls == nil && len(f.tier.Access.TrustedProxies) > 0 {
		return // TLS ends at the proxy in front
	}
	if tls == nil {
		f.warnf(Root("tls"), "without TLS passwords cross the network in the clear, and browsers give a web phone no microphone")
		return
	}
	if listen.HTTPPort == listen.HTTPSPort {
		f.errorf(Root("listen", "https_port"), "%d is the port for plain HTTP too", listen.HTTPSPort)
	}
	if !strings.Contains(JoinPort("", listen.HTTPSPort), "443") {
		f.errorf(Root("listen", "https_port"), "%d does not contain 443: VICIdial looks for these digits in the port to tell https from http, and would write http:// links",
			listen.HTTPSPort)
	}
	f.file(Root("tls", "certificate_file"), tls.CertificateFile)
	if f.dialect == Nginx {
		f.file(Root("tls", "key_file"), tls.KeyFile)
	}
	f.oneOf(Root("tls", "min_version"), tls.MinVersion, []string{"1.2", "1.3"})
	f.between(Root("tls", "hsts_max_age"), tls.HSTSMaxAge, 0, 63072000)
	if tls.ACMEResponder != "" && !isBind(tls.ACMEResponder) {
		f.errorf(Root("tls", "acme_responder"), "%q is not an IP address with a port", tls.ACMEResponder)
	}
}

// access checks the sources of clients.
func (f *findings) access() {
	access := f.tier.Access
	f.sources("admin_sources", access.Admin)
	f.sources("api_sources", access.API)
	f.sources("cluster_addresses", access.Cluster)
	f.sources("trusted_sources", access.Trusted)
	f.sources("trusted_proxies", access.TrustedProxies)
	f.sources("proxy_addresses", f.tier.ProxyAddresses)
	if perMinute := f.tier.LoginsPerMinute; perMinute > 0 && len(access.Trusted) == 0 {
		f.warnf(Root("trusted_sources"), "an office is one address: of its agents %d log in in the first minute and %d more in each minute after it, since each makes two logins and %d of an address are admitted; name offices here, or raise login_rate_per_minute",
			max(1, perMinute/loginsOfAnAgent), max(1, perMinute/loginsOfAnAgent), perMinute)
	}
	if len(access.Admin) == 0 {
		f.warnf(Root("admin_sources"), "everyone may reach the admin pages; only their passwords guard them")
		if len(access.API) > 0 {
			f.warnf(Root("api_sources"), "managers outside these sources can open the real-time report, but its buttons call the API and will be refused")
		}
	}
}

// loginsOfAnAgent is how often one agent posts to vicidial.php to be logged in:
// for the phone, then for the user and the campaign.
const loginsOfAnAgent = 2

func (f *findings) sources(name string, texts []string) {
	for _, text := range texts {
		if _, err := parseSource(text); err != nil {
			f.errorf(Root(name), "%s", err)
		}
	}
}

// audioStore checks the node that holds the audio.
func (f *findings) audioStore() {
	store := f.tier.AudioStore
	if store == nil {
		if len(f.tier.Nodes) > 1 {
			f.warnf(Root("audio_store"), "without it audio_store.php is refused here: audio files live on one node's disk, and the proxy would pick any")
		}
		return
	}
	if node, known := f.tier.Nodes[store.Node]; !known {
		f.errorf(Root("audio_store", "node"), "%q is not among the nodes: %s", store.Node, strings.Join(f.tier.NodeNames(), ", "))
	} else if node.State == Maintenance {
		f.warnf(Root("audio_store", "node"), "%q is in maintenance, and the audio store has no other node", store.Node)
	}
	if !isHostName(store.Host) && !isAddress(store.Host) || strings.Contains(store.Host, ":") {
		f.errorf(Root("audio_store", "host"), "%q is neither a host name nor an IPv4 address; write it as system_settings.sounds_web_server does, without a port", store.Host)
	}
	if !segmentPattern().MatchString(store.Directory) {
		f.errorf(Root("audio_store", "directory"), "%q is not one path segment of letters, digits, _ and -", store.Directory)
	} else if slices.Contains(f.tier.Directories(), store.Directory) {
		f.errorf(Root("audio_store", "directory"), "%q is served under other rules already", store.Directory)
	}
	if len(f.tier.Access.AudioSources()) == 0 {
		f.warnf(Root("audio_store"), "nobody may reach the audio store: name managers in admin_sources and telephony nodes in cluster_addresses")
	}
}

// vrrp checks the address that two proxies share.
func (f *findings) vrrp() {
	pair := f.tier.VRRP
	if pair == nil {
		return
	}
	if f.dialect == Nginx && f.tier.Listen.ProxyProtocol {
		f.errorf(Root("vrrp"), "nginx takes no request without the PROXY protocol's header at listen.proxy_protocol, and keepalived's check sends none")
	}
	if _, err := netip.ParsePrefix(pair.Address); err != nil && !isAddress(pair.Address) {
		f.errorf(Root("vrrp", "address"), "%q is neither an IP address nor one with a mask such as 10.0.0.5/24", pair.Address)
	}
	if !interfacePattern().MatchString(pair.Interface) {
		f.errorf(Root("vrrp", "interface"), "%q is not an interface's name", pair.Interface)
	}
	f.between(Root("vrrp", "router_id"), pair.RouterID, 1, 255)
	for _, peer := range pair.Peers {
		if !isAddress(peer) {
			f.errorf(Root("vrrp", "peers"), "%q is not an IP address", peer)
		}
	}
}
