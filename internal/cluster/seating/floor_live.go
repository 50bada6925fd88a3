package seating

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Occupied says which of the floor's own phones an agent is using: seat →
// server_ip, and who, for people.
func (f FloorRows) Occupied(agents []cluster.LiveAgent) (live map[string]string, who []string) {
	live = map[string]string{}
	f.occupied(agents, func(p Phone, user string) {
		live[p.Seat] = p.ServerIP
		who = append(who, "seat "+p.Seat+" on "+p.ServerIP+" by user "+user)
	})
	slices.Sort(who)
	return live, who
}

// occupied finds the phone of each agent who uses one of these.
func (f FloorRows) occupied(agents []cluster.LiveAgent, found func(p Phone, user string)) {
	phones, numbers := make(map[string]int, len(f.Phones)), make(map[string]int, len(f.Phones))
	for i, p := range f.Phones {
		phones[p.key()] = i
		numbers[p.ServerIP+" "+p.DialplanNumber] = i
	}
	for _, a := range agents {
		at, ours := phones[Phone{ServerIP: a.ServerIP, Extension: a.Phone()}.key()]
		if number, dialled := a.Dialled(); dialled && !ours {
			at, ours = numbers[a.ServerIP+" "+number]
		}
		if ours {
			found(f.Phones[at], a.User)
		}
	}
}

// Stray are a floor's own phones that nobody wants, on servers on which their
// seats do not sit: somebody made them by hand, or an apply was cut off before it
// removed them.
func (f FloorRows) Stray(now *Placement, want FloorRows) FloorRows {
	stray := FloorRows{Columns: f.Columns}
	wanted := map[string]bool{}
	for i, p := range f.Phones {
		if slices.Contains(now.Of(p.Seat), p.ServerIP) {
			continue
		}
		if len(wanted) == 0 {
			for _, p := range want.Phones {
				wanted[p.key()] = true
			}
		}
		if !wanted[p.key()] {
			stray.Phones = append(stray.Phones, f.Phones[i])
		}
	}
	return stray
}

// Sparing are the floor's own rows without those of some phones that an agent is
// using, so that these are left alone; and who they are.
func (f FloorRows) Sparing(some FloorRows, agents []cluster.LiveAgent) (rest FloorRows, who []string) {
	spared := map[string]bool{}
	some.occupied(agents, func(p Phone, user string) {
		spared[p.key()] = true
		who = append(who, "seat "+p.Seat+" on "+p.ServerIP+" by user "+user)
	})
	if len(spared) > 0 {
		f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool { return spared[p.key()] })
	}
	slices.Sort(who)
	return f, who
}
