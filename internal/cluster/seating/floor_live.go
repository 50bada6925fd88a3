package seating

import (
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Occupied returns the floor's phones in use, as seat → server_ip, and a sorted
// description of the agents.
func (f FloorRows) Occupied(agents []cluster.LiveAgent) (live map[string]string, users []string) {
	live = map[string]string{}
	users = f.occupied(agents, func(p Phone, _ string) { live[p.Seat] = p.ServerIP })
	return live, users
}

// SeatsByUser returns the seat whose phone each agent uses, by user; agents on other
// phones are missing.
func (f FloorRows) SeatsByUser(agents []cluster.LiveAgent) map[string]string {
	seats := map[string]string{}
	f.occupied(agents, func(p Phone, user string) { seats[user] = p.Seat })
	return seats
}

// occupied calls found for each phone that an agent is using, and returns a sorted
// description of the agents.
func (f FloorRows) occupied(agents []cluster.LiveAgent, found func(p Phone, user string)) (users []string) {
	phones := f.index().phones
	numbers := lazyIndex(f.Phones, func(p Phone) phoneKey { return phoneKey{p.ServerIP, p.DialplanNumber} })
	for _, a := range agents {
		at, ours := phones()[phoneKey{a.ServerIP, strings.ToLower(a.Phone())}]
		if number, dialled := a.Dialled(); dialled && !ours {
			at, ours = numbers()[phoneKey{a.ServerIP, number}]
		}
		if ours {
			found(f.Phones[at], a.User)
			users = append(users, "seat "+f.Phones[at].Seat+" on "+a.ServerIP+" by user "+a.User)
		}
	}
	slices.Sort(users)
	return users
}

// UndeclaredPhones returns the floor's phones that are neither wanted nor on a server of their
// seat: they were made by hand or left by an interrupted apply.
func (f FloorRows) UndeclaredPhones(now *Placement, want FloorRows) FloorRows {
	elsewhere := slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool { return slices.Contains(now.Of(p.Seat), p.ServerIP) })
	return FloorRows{Columns: f.Columns, Phones: missing(elsewhere, want.index())}
}

// WithoutInUse returns the rows without those of the given phones that are in use, and a
// sorted description of the agents.
func (f FloorRows) WithoutInUse(without FloorRows, agents []cluster.LiveAgent) (rest FloorRows, users []string) {
	spared := map[phoneKey]bool{}
	users = without.occupied(agents, func(p Phone, _ string) { spared[p.key()] = true })
	f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool { return spared[p.key()] })
	return f, users
}
