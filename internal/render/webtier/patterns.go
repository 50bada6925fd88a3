package webtier

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Every name and path in a proxy's text matches one of these. None matches a blank, a
// newline, a quote, ";", "{", "}", "#", "$", "%" or a backslash, so no value can end its
// line and start another directive. The one free text, [Health.BodyRegex], is printable
// and is quoted by the renderer.
var (
	namePattern      = cluster.LazyRegexp(`^[a-z][a-z0-9_-]{0,30}$`)
	nodePattern      = cluster.LazyRegexp(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)
	labelPattern     = cluster.LazyRegexp(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	segmentPattern   = cluster.LazyRegexp(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	filePattern      = cluster.LazyRegexp(`^/[A-Za-z0-9._/@+=,-]+$`)
	urlPathPattern   = cluster.LazyRegexp(`^/[A-Za-z0-9._~/-]*$`)
	checkPathPattern = cluster.LazyRegexp(`^/[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~=&+-]*)?$`)
	accountPattern   = cluster.LazyRegexp(`^[a-z_][a-z0-9_-]{0,31}$`)
	interfacePattern = cluster.LazyRegexp(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$`)
)

// isHostName reports whether text is a DNS name. One that looks like an IPv4 address is
// not: 10.0.0.256 is a mistake, not a name.
func isHostName(text string) bool {
	if text == "" || len(text) > 253 {
		return false
	}
	labels := strings.Split(text, ".")
	for _, label := range labels {
		if !labelPattern().MatchString(label) {
			return false
		}
	}
	_, err := strconv.Atoi(labels[len(labels)-1])
	return err != nil
}

// isAddress reports whether text is an IP address without a zone.
func isAddress(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Zone() == "" && !address.Is4In6()
}

// isBind reports whether text is IP:port.
func isBind(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || !isAddress(host) {
		return false
	}
	number, err := strconv.Atoi(port)
	return err == nil && number >= 1 && number <= 65535 && strconv.Itoa(number) == port
}

// isPrintable reports whether text is one line of printable ASCII.
func isPrintable(text string) bool {
	for _, r := range text {
		if r < 0x20 || r > 0x7e {
			return false
		}
	}
	return true
}

// JoinPort writes an address and a port as both proxies read them.
func JoinPort(address string, port int) string { return net.JoinHostPort(address, strconv.Itoa(port)) }

// IsName reports whether a node's address is a name.
func (n Node) IsName() bool { return !isAddress(n.Address) }
