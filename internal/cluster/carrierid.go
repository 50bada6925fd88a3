package cluster

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// CarrierIDWidth is the width of vicidial_server_carriers.carrier_id. Without strict
// mode MariaDB truncates longer values without an error
// (docs/vicidial/measured.md#silent-truncation).
const CarrierIDWidth = 15

// AllServers is the server_ip of a carrier that every node includes
// (docs/vicidial/schema.md#zero-address).
const AllServers = "0.0.0.0"

// AllServersSchema is the first schema whose nodes honour [AllServers]: the 2.4
// code (schema 1302 and its like) ignores such rows
// (docs/vicidial/measured.md#all-servers-carriers).
const AllServersSchema = 1316

var routeName = LazyRegexp(`^[A-Za-z0-9][A-Za-z0-9_]{1,14}$`)

// CheckRouteName checks the name of a route. It becomes part of carrier ids, of
// dialplan variables and of extensions, where a hyphen is skipped.
func CheckRouteName(name string) error {
	if routeName().MatchString(name) {
		return nil
	}
	return fmt.Errorf("%q is not a valid name: use 2 to 15 letters, digits and underscores, without an underscore at the beginning", name)
}

// CarrierID is the id of the route's row on a node: the name, and the node's
// address in base 36. It depends on nothing else, so it stays when other nodes
// come and go. Two nodes never get one id under one name. A name that is too
// long is truncated and gets a digest, so that ids of different routes can collide,
// though rarely: [CarrierChange] reports that.
func CarrierID(route, serverIP string) (string, error) {
	if err := CheckRouteName(route); err != nil {
		return "", err
	}
	if serverIP == AllServers {
		return route, nil
	}
	code, err := codeOf(serverIP)
	if err != nil {
		return "", fmt.Errorf("route %s: %w", route, err)
	}
	return stemOf(route, len(code)) + "_" + code, nil
}

// codeOf is the address of a node in base 36.
func codeOf(serverIP string) (string, error) {
	address, err := netip.ParseAddr(serverIP)
	if err != nil || !address.Is4() {
		return "", fmt.Errorf("server %q is not an IPv4 address", serverIP)
	}
	return addressCode(address), nil
}

// stemOf returns the part of a route's ids before a code of that length.
func stemOf(route string, length int) string {
	room := CarrierIDWidth - length - 1
	if len(route) <= room {
		return route
	}
	const digits = 4
	digest := sha256.Sum256([]byte(strings.ToLower(route)))
	number := uint64(binary.BigEndian.Uint32(digest[:])) % pow36(digits)
	return route[:room-digits] + Base36(number, digits)
}

// addressCodes are the lengths of the codes of addresses.
var addressCodes = []int{5, 7}

// addressCode packs the private ranges into five digits of base 36 (they hold
// 17,891,328 addresses) and takes seven for the rest. The lengths differ, so
// neither can be taken for the other.
func addressCode(address netip.Addr) string {
	four := address.As4()
	number := uint64(binary.BigEndian.Uint32(four[:]))
	offset := uint64(0)
	for _, private := range privateRanges {
		size := uint64(1) << (32 - private.Bits())
		if private.Contains(address) {
			return Base36(offset+number%size, 5)
		}
		offset += size
	}
	return Base36(number, 7)
}

var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// Base36 returns a number in base 36, with zeros in front up to a number of digits.
func Base36(number uint64, digits int) string {
	text := strconv.FormatUint(number, 36)
	return strings.Repeat("0", max(0, digits-len(text))) + text
}

func pow36(digits int) uint64 {
	power := uint64(1)
	for range digits {
		power *= 36
	}
	return power
}
