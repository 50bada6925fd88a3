package seating

import (
	"maps"
	"slices"
	"strings"
)

// seat parses the seat from a name that [NameTemplate.Name] returned. It reports
// false for any other name.
func (t NameTemplate) seat(name string, label Label) (string, bool) {
	literals, seats := 0, 0
	before := -1
	for i, part := range t.parts {
		if i%2 == 1 && part == placeSeat {
			if before < 0 {
				before = literals
			}
			seats++
		}
		literals += len(t.part(i, "", label))
	}
	length := len(name) - literals
	if seats == 0 || length <= 0 || length%seats != 0 {
		return "", false
	}
	seat := name[before : before+length/seats]
	return seat, t.is(name, seat, label)
}

// Own returns the rows of the floor's seats: phones with the floor's names on its
// nodes, the aliases of the seats, and users of the seats' numbers.
func (s FloorStyle) Own(all FloorRows, seats Seats) FloorRows {
	own := FloorRows{Columns: all.Columns, Phones: make([]Phone, 0, len(all.Phones))}
	for _, p := range all.Phones {
		label, known := s.Labels[p.ServerIP]
		if !known {
			continue
		}
		seat, named := s.Naming.Login.seat(p.Login, label)
		if !named || !s.Naming.Extension.is(p.Extension, seat, label) {
			continue
		}
		if _, ours := seats.Index(seat); ours {
			p.Seat = seat
			own.Phones = append(own.Phones, p)
		}
	}
	if s.Naming.HasAlias() {
		own.Aliases = make([]PhoneAlias, 0, len(all.Aliases))
		for _, a := range all.Aliases {
			if seat, named := s.Naming.AliasID.seat(a.ID, Label{}); named {
				if _, ours := seats.Index(seat); ours {
					a.Seat = seat
					own.Aliases = append(own.Aliases, a)
				}
			}
		}
	}
	if s.Users {
		for _, u := range all.Users {
			if _, ours := seats.Index(u.User); ours {
				login := s.Naming.AliasID.Name(u.User, Label{})
				if !s.Naming.HasAlias() {
					login = u.PhoneLogin
				}
				own.Users = append(own.Users, SeatUser{Seat: u.User, User: u.User, PhoneLogin: login})
			}
		}
	}
	return own
}

// PlacementOf returns the placement that the floor's rows describe: the order of the
// aliases, including nodes whose phone is missing. Without aliases it is the
// servers of the phones, in the order of the suffixes.
func (s FloorStyle) PlacementOf(own FloorRows, seats Seats) *Placement {
	now := NewPlacement(seats)
	servers := slices.SortedFunc(maps.Keys(s.Labels), func(a, b string) int {
		return compareSuffixes(s.Labels[a].Suffix, s.Labels[b].Suffix, a, b)
	})
	phones := bySeat(own.Phones, seats, func(p Phone) string { return p.Seat })
	if s.Naming.HasAlias() {
		logins := own.index().logins // for an alias that lists phones of other seats
		var nodes []string
		for _, a := range own.Aliases {
			position, ours := seats.Index(a.Seat)
			if !ours {
				continue
			}
			nodes = nodes[:0]
			for _, login := range a.Logins() {
				login = strings.TrimSpace(login) // VICIdial does not find a login with a blank; count it anyway
				server := ""
				if i := slices.IndexFunc(phones[position], func(p Phone) bool { return strings.EqualFold(p.Login, login) }); i >= 0 {
					server = phones[position][i].ServerIP
				} else if at, existing := logins()[strings.ToLower(login)]; existing {
					server = own.Phones[at].ServerIP
				} else if i := slices.IndexFunc(servers, func(server string) bool { return s.Naming.Login.is(login, a.Seat, s.Labels[server]) }); i >= 0 {
					server = servers[i]
				}
				if server != "" && !slices.Contains(nodes, server) { // else not a phone of this floor
					nodes = append(nodes, server)
				}
			}
			now.Set(position, nodes)
		}
		return now
	}
	for position, phones := range phones {
		now.Set(position, slices.DeleteFunc(slices.Clone(servers), func(server string) bool {
			return !slices.ContainsFunc(phones, func(p Phone) bool { return p.ServerIP == server })
		}))
	}
	return now
}

// Names returns a name for each phone and alias.
func (f FloorRows) Names() []string {
	names := make([]string, 0, len(f.Phones)+len(f.Aliases))
	for _, p := range f.Phones {
		names = append(names, p.name())
	}
	for _, a := range f.Aliases {
		names = append(names, a.name())
	}
	return names
}

// Except returns the rows without the named phones and aliases, and without the
// users of their seats.
func (f FloorRows) Except(names map[string]bool) FloorRows {
	if len(names) == 0 {
		return f
	}
	seats := map[string]bool{}
	f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool {
		seats[p.Seat] = seats[p.Seat] || names[p.name()]
		return names[p.name()]
	})
	f.Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(a PhoneAlias) bool { return names[a.name()] })
	f.Users = slices.DeleteFunc(slices.Clone(f.Users), func(u SeatUser) bool { return seats[u.Seat] })
	return f
}

func (p Phone) name() string { return "phone " + p.ServerIP + " " + strings.ToLower(p.Extension) }

func (a PhoneAlias) name() string { return "alias " + strings.ToLower(a.ID) }
