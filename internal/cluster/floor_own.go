package cluster

import (
	"slices"
	"strings"
)

// Seat reads the seat out of a name that [NameTemplate.Name] wrote; false for any
// other name.
func (t NameTemplate) Seat(name string, on Label) (string, bool) {
	literals, seats := 0, 0
	before := -1
	for i, part := range t.parts {
		switch {
		case i%2 == 0:
			literals += len(part)
		case part == placeSeat:
			if before < 0 {
				before = literals
			}
			seats++
		default:
			literals += len(NameTemplate{parts: []string{"", part, ""}}.Name("", on))
		}
	}
	length := len(name) - literals
	if seats == 0 || length <= 0 || length%seats != 0 {
		return "", false
	}
	seat := name[before : before+length/seats]
	return seat, strings.EqualFold(t.Name(seat, on), name)
}

// Own picks, of all rows, those of a floor's seats: phones that are named as the
// floor names them on a node whose label it knows, the seats' aliases, and users
// of the seats' numbers.
func (s FloorStyle) Own(all FloorRows, seats Seats) FloorRows {
	own := FloorRows{Columns: all.Columns, Phones: make([]Phone, 0, len(all.Phones))}
	for _, p := range all.Phones {
		label, known := s.Labels[p.ServerIP]
		if !known {
			continue
		}
		seat, named := s.Naming.Extension.Seat(p.Extension, label)
		if !named || !strings.EqualFold(p.Login, s.Naming.Login.Name(seat, label)) {
			continue
		}
		if _, ours := seats.Index(seat); ours {
			p.Seat = seat
			own.Phones = append(own.Phones, p)
		}
	}
	if s.Naming.HasAlias() {
		for _, a := range all.Aliases {
			if seat, named := s.Naming.AliasID.Seat(a.ID, Label{}); named {
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

// Sitting reads out of a floor's own rows where its seats sit: in alias order
// where there are aliases, also on a node whose phone has gone missing. Seats
// without alias sit where they have phones, in the order of the suffixes.
func (s FloorStyle) Sitting(own FloorRows, seats Seats) *Placement {
	now := NewPlacement(seats)
	servers := make([]string, 0, len(s.Labels))
	for server := range s.Labels {
		servers = append(servers, server)
	}
	slices.SortFunc(servers, func(a, b string) int {
		return compareSuffixes(s.Labels[a].Suffix, s.Labels[b].Suffix, a, b)
	})
	if s.Naming.HasAlias() {
		on := make(map[string]string, len(own.Phones))
		for _, p := range own.Phones {
			on[strings.ToLower(p.Login)] = p.ServerIP
		}
		for _, a := range own.Aliases {
			var nodes []string
			for _, login := range a.Logins {
				server, there := on[strings.ToLower(login)]
				if !there {
					at := slices.IndexFunc(servers, func(server string) bool {
						return strings.EqualFold(s.Naming.Login.Name(a.Seat, s.Labels[server]), login)
					})
					if at < 0 {
						continue // not a phone of this floor
					}
					server = servers[at]
				}
				if !slices.Contains(nodes, server) {
					nodes = append(nodes, server)
				}
			}
			if position, ok := seats.Index(a.Seat); ok {
				now.Put(position, nodes)
			}
		}
		return now
	}
	phones := map[int][]string{}
	for _, p := range own.Phones {
		if position, ok := seats.Index(p.Seat); ok {
			phones[position] = append(phones[position], p.ServerIP)
		}
	}
	for position, nodes := range phones {
		slices.SortFunc(nodes, func(a, b string) int {
			return compareSuffixes(s.Labels[a].Suffix, s.Labels[b].Suffix, a, b)
		})
		now.Put(position, nodes)
	}
	return now
}

// Occupied says which of the floor's own phones an agent is using: seat →
// server_ip, and who, for people.
func (f FloorRows) Occupied(agents []LiveAgent) (live map[string]string, who []string) {
	phones := make(map[string]string, len(f.Phones))
	for _, p := range f.Phones {
		phones[p.key()] = p.Seat
	}
	live = map[string]string{}
	for _, a := range agents {
		if seat, ours := phones[Phone{ServerIP: a.ServerIP, Extension: a.Phone()}.key()]; ours {
			live[seat] = a.ServerIP
			who = append(who, "seat "+seat+" on "+a.ServerIP+" by user "+a.User)
		}
	}
	slices.Sort(who)
	return live, who
}

// LettingGo are a floor's own rows when it stops to assign users: those whose
// seat stays keep the login that they have, and are nobody's business any more.
func (f FloorRows) LettingGo(stay Seats) FloorRows {
	f.Users = slices.DeleteFunc(slices.Clone(f.Users), func(u SeatUser) bool {
		_, stays := stay.Index(u.Seat)
		return stays
	})
	return f
}

// Undoing are users as they were before the floor's rows f were written, for
// taking back what was written: those that still have what f gave them.
func (f FloorRows) Undoing(before, now FloorRows) []SeatUser {
	was, is := before.index(), now.index()
	var users []SeatUser
	for _, u := range f.Users {
		earlier, known := was.users[strings.ToLower(u.User)]
		at, found := is.users[strings.ToLower(u.User)]
		if known && found && now.Users[at].PhoneLogin == u.PhoneLogin {
			users = append(users, SeatUser{Seat: u.Seat, User: now.Users[at].User, PhoneLogin: before.Users[earlier].PhoneLogin})
		}
	}
	return users
}

// Relogged lists the users that a plan gives another phone login than one they
// have, for people.
func (p Plan) Relogged() []string {
	var who []string
	for _, step := range p.Steps {
		if step.Table != TableUsers || step.Verb != Update {
			continue
		}
		for i, user := range step.In {
			if was := step.Was[i].Text; was != "" && step.Become[i].Text != "" {
				who = append(who, user.Text+" (now "+was+")")
			}
		}
	}
	return who
}

// Secret is what is known of one secret column when rows are wanted.
type Secret struct {
	Column string
	// Given says what a seat's secret is to be; nil where nobody here knows, as
	// when rows are only read.
	Given func(seat string) (Value, bool)
	Renew bool // the given value is meant for phones that are there already, too
	// PerSeat says that seats may differ from one another; the phones of one
	// seat never may (F§9.6 item 41).
	PerSeat bool
	Ignore  bool // a phone that was changed by somebody keeps what it has
}

// Fill sets a secret column of wanted phones, as [FloorStyle.Rows] made them. A phone that is there keeps what
// most of its like have; a new one takes what its seat has already, and the given
// value otherwise.
func (s Secret) Fill(want *FloorRows, own FloorRows) {
	at := slices.Index(want.Columns, s.Column)
	if at < 0 {
		return
	}
	has, bySeat := map[string]Value{}, map[string]map[Value]int{}
	floor, seated := map[Value]int{}, map[string]bool{}
	if from := slices.Index(own.Columns, s.Column); from >= 0 {
		for _, p := range own.Phones {
			floor[p.Values[from]]++
			seated[p.Seat] = true
		}
		if len(floor) > 1 { // else all have the same, whichever way one looks
			for _, p := range own.Phones {
				has[p.key()] = p.Values[from]
				if bySeat[p.Seat] == nil {
					bySeat[p.Seat] = map[Value]int{}
				}
				bySeat[p.Seat][p.Values[from]]++
			}
		}
	}
	common, known := commonest(floor)
	for i := range want.Phones {
		p := &want.Phones[i]
		given, isGiven := Value{}, false
		if s.Given != nil {
			given, isGiven = s.Given(p.Seat)
		}
		value := given
		switch {
		case isGiven && s.Renew:
		case seated[p.Seat]:
			value = s.kept(*p, common, has, bySeat)
		case isGiven:
		case known:
			value = common
		default:
			continue
		}
		p.Values[at] = value
	}
}

// kept is the secret of a seat that has phones already.
func (s Secret) kept(p Phone, common Value, has map[string]Value, bySeat map[string]map[Value]int) Value {
	if len(bySeat) == 0 {
		return common
	}
	if own, there := has[p.key()]; there && s.Ignore {
		return own
	}
	if s.PerSeat || s.Ignore {
		if most, known := commonest(bySeat[p.Seat]); known {
			return most
		}
	}
	return common
}

func commonest(count map[Value]int) (Value, bool) {
	best, most := Value{}, 0
	for value, number := range count {
		if number > most || number == most && (value.Text < best.Text) {
			best, most = value, number
		}
	}
	return best, most > 0
}
