package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func aRouteName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_]{1,14}`).Draw(t, label)
}

func anAddress(t *rapid.T, label string) string {
	octet := rapid.IntRange(0, 255)
	first := rapid.SampledFrom([]int{10, 10, 172, 192, 8, 203}).Draw(t, label+" net")
	second := octet.Draw(t, label+" 2")
	if first == 192 {
		second = 168
	}
	if first == 172 {
		second = 16 + second%16
	}
	return fmt.Sprintf("%d.%d.%d.%d", first, second, octet.Draw(t, label+" 3"), octet.Draw(t, label+" 4"))
}

func TestCarrierID(t *testing.T) {
	mustID := func(t interface{ Fatal(...any) }, route, address string) string {
		id, err := CarrierID(route, address)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	t.Run("fits the column and keeps to the characters that the admin page keeps", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			id := mustID(t, aRouteName(t, "route"), anAddress(t, "address"))
			if len(id) > CarrierIDWidth || len(id) < 2 {
				t.Errorf("%q has %d characters", id, len(id))
			}
			if strings.Trim(id, "-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
				t.Errorf("%q would lose characters", id)
			}
		})
	})
	t.Run("stays when nodes are added or removed, and two nodes never share one", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			route := aRouteName(t, "route")
			addresses := map[string]bool{}
			for i := range rapid.IntRange(2, 50).Draw(t, "nodes") {
				addresses[anAddress(t, fmt.Sprint("node ", i))] = true
			}
			ids := func(of []string) map[string]string {
				found, taken := map[string]string{}, map[string]string{}
				for _, address := range of {
					found[address] = mustID(t, route, address)
					if other, ok := taken[FoldKey(found[address])]; ok {
						t.Fatalf("%s and %s share %s", other, address, found[address])
					}
					taken[FoldKey(found[address])] = address
				}
				return found
			}
			all := slices.Sorted(maps.Keys(addresses))
			before := ids(all)
			for address, id := range ids(all[:len(all)/2]) {
				if before[address] != id {
					t.Errorf("%s went from %s to %s", address, before[address], id)
				}
			}
		})
	})
	t.Run("addresses at the edges of the private ranges have different codes", func(t *testing.T) {
		seen := map[string]string{}
		for _, address := range []string{
			"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "172.15.255.255", "172.32.0.0", "11.0.0.0", "9.255.255.255", "0.0.0.1", "255.255.255.255",
		} {
			id := mustID(t, "A1", address)
			if other, taken := seen[id]; taken {
				t.Errorf("%s and %s share %s", address, other, id)
			}
			seen[id] = address
		}
	})
	t.Run("a short name is in the id unchanged", func(t *testing.T) {
		if id := mustID(t, "TELNYX", "10.0.0.4"); id != "TELNYX_00004" {
			t.Errorf("got %s", id)
		}
	})
	t.Run("a long name is truncated and its id differs from those of similar names", func(t *testing.T) {
		one, other := mustID(t, "northern_east_1", "10.0.0.4"), mustID(t, "northern_east_2", "10.0.0.4")
		if FoldKey(one) == FoldKey(other) || len(one) != CarrierIDWidth {
			t.Errorf("%s and %s", one, other)
		}
	})
	t.Run("the row for all servers bears the name", func(t *testing.T) {
		if id := mustID(t, "northern_east_1", AllServers); id != "northern_east_1" {
			t.Errorf("got %s", id)
		}
	})
	t.Run("names and addresses that are none are refused", func(t *testing.T) {
		for _, pair := range [][2]string{{"a", "10.0.0.1"}, {"a-b", "10.0.0.1"}, {"_ab", "10.0.0.1"}, {"sixteen_letters_", "10.0.0.1"}, {"ab", "10.0.0.300"}, {"ab", "::1"}, {"ab", ""}} {
			if id, err := CarrierID(pair[0], pair[1]); err == nil {
				t.Errorf("%v became %s", pair, id)
			}
		}
	})
	t.Run("an id of a foreign row is a conflict in any case", func(t *testing.T) {
		theirs := with(aCarrier("telnyx_00004 ", "10.0.0.9"), "carrier_name", "theirs")
		_, err := CarrierChange{Have: Carriers{theirs}, Want: Carriers{aCarrier("TELNYX_00004", "10.0.0.4")}}.Plan()
		var conflict *Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
	})
}
