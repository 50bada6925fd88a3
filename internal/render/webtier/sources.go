package webtier

import (
	"fmt"
	"net/netip"
	"slices"
)

// parseSource parses a CIDR range or a single address. It clears the bits below the mask,
// of which nginx warns.
func parseSource(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		if address.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("source %q: an address with a zone means something on one machine only", text)
		}
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("source %q: want an IP address or a CIDR range such as 10.0.0.0/8", text)
	}
	return prefix.Masked(), nil
}

// Sources joins several lists, each range once, in order. It omits invalid ranges, which
// are errors of [Tier.Problems].
func Sources(lists ...[]string) []string {
	var ranges []netip.Prefix
	for _, text := range slices.Concat(lists...) {
		if prefix, err := parseSource(text); err == nil {
			ranges = append(ranges, prefix)
		}
	}
	slices.SortFunc(ranges, func(a, b netip.Prefix) int { return a.Compare(b) })
	texts := make([]string, 0, len(ranges))
	for _, prefix := range slices.Compact(ranges) {
		if prefix.IsSingleIP() {
			texts = append(texts, prefix.Addr().String())
		} else {
			texts = append(texts, prefix.String())
		}
	}
	return texts
}

// EffectiveAccess returns the access with the web nodes added: they fetch the URLs that VICIdial
// calls at the start and the end of a call, by the public name. The cluster fetches those
// of inbound filters, which are in the admin directory as well. A node on the loopback
// has no address to add.
func (t Tier) EffectiveAccess() Access {
	reach := t.Access
	var nodes []string
	for _, name := range t.NodeNames() {
		if address, err := netip.ParseAddr(t.Nodes[name].Address); err == nil && !address.IsLoopback() {
			nodes = append(nodes, address.String())
		}
	}
	reach.Cluster = slices.Concat(reach.Cluster, nodes)
	if len(reach.Admin) > 0 {
		reach.Admin = slices.Concat(reach.Admin, reach.Cluster)
	}
	return reach
}

// AdminSources may reach the admin pages; false means everyone may.
func (a Access) AdminSources() ([]string, bool) {
	return Sources(a.Admin), len(a.Admin) > 0
}

// APISources may call the APIs; false means everyone may. Managers are always
// among them, since realtime_report.php calls both APIs from their browsers,
// and so is the cluster, whose dialplans do.
func (a Access) APISources() ([]string, bool) {
	if len(a.Admin) == 0 && len(a.API) == 0 {
		return nil, false
	}
	return Sources(a.Admin, a.API, a.Cluster), true
}

// AudioSources may reach the audio store. There is always a list, since the page accepts
// any request that names a known server; without managers and cluster it is empty.
func (a Access) AudioSources() []string { return Sources(a.Admin, a.Cluster) }
