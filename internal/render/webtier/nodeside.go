package webtier

import (
	"fmt"
	"slices"
	"strings"
)

// ApacheSnippet is what the web nodes' Apache needs to see the agents behind
// the proxies. VICIdial reads REMOTE_ADDR in 191 files and X-Forwarded-For in
// none, so that without mod_remoteip one blocked address blocks everybody.
// Where the proxies are is known from the shared address and its peers; without
// them the line is left for the operator to fill.
func (t Tier) ApacheSnippet() string {
	proxies := []string{}
	if t.VRRP != nil {
		proxies = append(proxies, t.VRRP.Peers...)
	}
	if t.Listen.Address != "" {
		proxies = append(proxies, t.Listen.Address)
	}
	slices.Sort(proxies)
	lines := []string{"RemoteIPHeader X-Forwarded-For"}
	if len(proxies) == 0 {
		lines = append(lines, "# RemoteIPInternalProxy takes the addresses from which the proxies reach this node.")
	} else {
		lines = append(lines, "RemoteIPInternalProxy "+strings.Join(slices.Compact(proxies), " "))
	}
	if t.TLS != nil {
		lines = append(lines, `SetEnvIf X-Forwarded-Proto "^https$" HTTPS=on`)
	}
	lines = append(lines, "UseCanonicalName Off")
	return strings.Join(lines, "\n") + "\n"
}

// KeepalivedSnippet moves the shared address to a proxy that answers; empty
// without one.
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
	if host == "" {
		host = "127.0.0.1"
	}
	return fmt.Sprintf(`vrrp_script vicidial_proxy {
    script "/usr/bin/curl -fsS -m 1 -o /dev/null http://%s/lb-health"
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
        vicidial_proxy
    }
}
`, JoinPort(host, port), t.Name, t.VRRP.Interface, t.VRRP.RouterID, peers, t.VRRP.Address)
}
