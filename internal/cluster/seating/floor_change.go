package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ReplacedServers returns the servers whose suffix is declared with another address
// afterwards: old server_ip → new server_ip. Seats stay with the suffix.
func ReplacedServers(before, after map[string]Label) map[string]string {
	replaced := map[string]string{}
	for from, label := range before {
		if _, stays := after[from]; stays {
			continue
		}
		for to, other := range after {
			if _, known := before[to]; !known && other.Suffix == label.Suffix {
				replaced[from] = to
			}
		}
	}
	return replaced
}

// WithAddresses returns the placement with the servers of replaced (old server_ip →
// new server_ip) in the place of the old ones.
func (p *Placement) WithAddresses(replaced map[string]string) *Placement {
	if len(replaced) == 0 {
		return p
	}
	renamed := NewPlacement(p.Seats())
	for position := range p.Seats().Len() {
		nodes := slices.Clone(p.at(position))
		for i, node := range nodes {
			if to, found := replaced[node]; found {
				nodes[i] = to
			}
		}
		renamed.Set(position, nodes)
	}
	return renamed
}

// MovedInUse returns the seats, sorted, whose phone in use (live: seat →
// server_ip) is there before a change and not afterwards.
func MovedInUse(before, after *Placement, live map[string]string) []string {
	var seats []string
	for _, seat := range slices.Sorted(maps.Keys(live)) {
		if slices.Contains(before.Of(seat), live[seat]) && !slices.Contains(after.Of(seat), live[seat]) {
			seats = append(seats, seat)
		}
	}
	return seats
}

// KeepInUse leaves the seats of p where they are now whose phone is in use (live:
// seat → server_ip) and would be removed, and returns them. Seats that p does not
// have are removed and not among them.
func (p *Placement) KeepInUse(now *Placement, live map[string]string) []string {
	waiting := slices.DeleteFunc(MovedInUse(now, p, live), func(seat string) bool {
		_, stays := p.Seats().Index(seat)
		return !stays
	})
	p.CopyFrom(waiting, now)
	return waiting
}

// CheckUnchanged returns a [cluster.Conflict] unless each seat is on the servers that
// it was on when the plan was made, or on its planned ones already. It returns nil
// where the earlier placement is not known: each step compares its row.
func CheckUnchanged(earlier, now, planned *Placement, suffixes Suffixes) error {
	if earlier.Seats().Len() == 0 {
		return nil
	}
	var moved []string
	for position, seat := range now.Seats().All() {
		pattern, before := suffixes.Pattern(now.at(position)), suffixes.Pattern(earlier.Of(seat))
		if pattern != before && !slices.Equal(now.at(position), planned.Of(seat)) {
			moved = append(moved, fmt.Sprintf("%s (%s, not %s)", seat, pattern, before))
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return &cluster.Conflict{Subject: "aliases", Found: "were changed since the plan was made: seat " + strings.Join(cluster.FirstOf(moved, maxViolations), ", ")}
}

// Without omits the phones and aliases that earlier has, and all users, whose rows
// exist before any placement.
func (f FloorRows) Without(earlier FloorRows) FloorRows {
	f = f.without(earlier)
	f.Users = nil
	return f
}

// SeatNames returns the seats that have a phone or an alias, sorted.
func (f FloorRows) SeatNames() []string {
	seats := map[string]bool{}
	for _, p := range f.Phones {
		seats[p.Seat] = true
	}
	for _, a := range f.Aliases {
		seats[a.Seat] = true
	}
	return slices.Sorted(maps.Keys(seats))
}

// Leaving returns the rows with the phones alone that want does not keep under
// their login on their server.
func (f FloorRows) Leaving(want FloorRows) FloorRows {
	login := func(p Phone) phoneKey { return phoneKey{p.ServerIP, p.Login} }
	stays := lazyIndex(want.Phones, login)()
	f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool { _, found := stays[login(p)]; return found })
	return f
}

// OtherSuffixes returns the suffixes of servers that have phones and no label.
func (f FloorRows) OtherSuffixes(labels map[string]Label) Suffixes {
	suffixes := Suffixes{}
	for _, p := range f.Phones {
		if _, declared := labels[p.ServerIP]; declared || suffixes[p.ServerIP] != "" {
			continue
		}
		suffixes[p.ServerIP] = strings.Replace(p.Login, p.Seat, "", 1)
	}
	return suffixes
}
