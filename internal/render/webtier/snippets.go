package webtier

import (
	"fmt"
	"slices"
	"strings"
)

// DrainFile drains its web node as long as it exists on the node: Apache then answers
// the health check with 404, and HAProxy sends the node nothing new. The state is on
// the node, so that it outlives every reload of every proxy.
const DrainFile = "/etc/vicidial-drain"

// CheckAgent is the User-Agent of health checks.
const CheckAgent = "haproxy-health"

// ApacheSnippet returns the configuration with which the web nodes' Apache sees the
// addresses of the agents. VICIdial reads REMOTE_ADDR in 191 files and
// X-Forwarded-For in none, so that without mod_remoteip one blocked address blocks
// everybody. An unknown proxy is a placeholder for the operator to replace.
func (t Tier) ApacheSnippet() string {
	proxies, known := t.proxies()
	lines := []string{"RemoteIPHeader X-Forwarded-For"}
	if len(proxies) > 0 {
		lines = append(lines, "RemoteIPInternalProxy "+strings.Join(proxies, " "))
	}
	if !known {
		lines = append(lines, "# RemoteIPInternalProxy needs every proxy's address: set proxy_addresses.")
	}
	if t.TLS != nil {
		lines = append(lines, `SetEnvIf X-Forwarded-Proto "^https$" HTTPS=on`)
	}
	lines = append(lines, "UseCanonicalName Off",
		`<If "-e '`+DrainFile+`' && %{HTTP_USER_AGENT} == '`+CheckAgent+`'">`, "    Redirect 404 /", "</If>")
	return strings.Join(lines, "\n") + "\n"
}

// proxies returns the known addresses from which the proxies connect to the nodes.
// With a shared address they are unknown, since each proxy uses its own.
func (t Tier) proxies() (addresses []string, known bool) {
	if len(t.ProxyAddresses) > 0 {
		return Sources(t.ProxyAddresses), true
	}
	if t.VRRP != nil {
		return Sources(t.VRRP.Peers), false
	}
	if t.Listen.anywhere() {
		return nil, false
	}
	return Sources([]string{t.Listen.Address}), true
}

// KeepalivedSnippet returns the configuration that moves the shared address to a
// working proxy, or "" without a shared address. The check needs bash and coreutils
// only, and runs as nobody: keepalived refuses scripts as root that others may
// write.
func (t Tier) KeepalivedSnippet() string {
	if t.VRRP == nil {
		return ""
	}
	port := t.Listen.HTTPPort
	var peers string
	if len(t.VRRP.Peers) > 0 {
		peers = "    unicast_peer {\n        " +
			strings.Join(slices.Compact(slices.Sorted(slices.Values(t.VRRP.Peers))), "\n        ") + "\n    }\n"
	}
	host := t.Listen.Address
	if t.Listen.anywhere() {
		host = "127.0.0.1"
	}
	script := fmt.Sprintf("/bin/bash -c 'exec 3<>/dev/tcp/%s/%d; echo GET %s HTTP/1.0 >&3; echo >&3; head -n 1 <&3 | grep -q 200'", host, port, HealthPath)
	if t.SharesListenAddress() {
		script = "/usr/bin/pgrep -x haproxy" // the other proxy may have the shared address
	}
	return fmt.Sprintf(`global_defs {
    enable_script_security
}
vrrp_script vicidial_%s {
    script "%s"
    user nobody
    timeout 2
    interval 1
    fall 2
    rise 2
}
vrrp_instance vicidial_%s {
    state BACKUP
    nopreempt
    interface %s
    virtual_router_id %d
    priority 100
    advert_int 1
%s    virtual_ipaddress {
        %s
    }
    track_script {
        vicidial_%s
    }
}
`, t.Name, script, t.Name, t.VRRP.Interface, t.VRRP.RouterID, peers, t.VRRP.Address, t.Name)
}
