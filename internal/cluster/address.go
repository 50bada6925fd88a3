package cluster

import (
	"fmt"
	"net/netip"
	"strings"
)

// CheckServerIP returns an error if ip is not a valid server_ip. VICIdial supports
// IPv4 only, and "010.1.2.3" and "10.1.2.3" would be two keys with one dial
// string (docs/vicidial/hazards.md#octets).
func CheckServerIP(ip string) error {
	address, err := netip.ParseAddr(ip)
	if err != nil || !address.Is4() || address.String() != ip {
		return fmt.Errorf("%q is not an IPv4 address without leading zeros, like 10.0.0.4", ip)
	}
	if address.IsUnspecified() {
		return fmt.Errorf("%q stands for all servers in VICIdial and cannot be one of them", ip)
	}
	return nil
}

// PaddedIP writes an address as VICIdial's dial strings do: each number padded
// to three digits and joined by stars, so that 10.10.10.15 becomes
// 010*010*010*015 (bin/ADMIN_keepalive_ALL.pl lines 3181-3238; docs/vicidial/generator.md#padded-address).
func PaddedIP(ip string) (string, error) {
	if err := CheckServerIP(ip); err != nil {
		return "", err
	}
	return PadAddress(ip), nil
}

// PadAddress is [PaddedIP] without a check of the address.
func PadAddress(ip string) string {
	parts := strings.Split(ip, ".")
	for i, part := range parts {
		parts[i] = strings.Repeat("0", max(0, 3-len(part))) + part
	}
	return strings.Join(parts, "*")
}
