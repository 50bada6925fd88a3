package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// phoneRow is the row of a phone.
func phoneRow(phone seating.Phone) Row {
	return Row{cluster.TablePhones, cmp.Or(phone.Extension, "without extension") + " on " + cmp.Or(phone.ServerIP, "no server")}
}

func aliasRow(alias seating.PhoneAlias) Row { return Row{cluster.TableAliases, alias.ID} }

// seatRows is an alias with its phones, or a phone that no alias lists.
type seatRows struct {
	id     string // alias_id, or the login
	number string // the digits in it
	prefix string // the text before the number, in lower case
	suffix string // the text after it
	alias  bool
	nodes  map[string]phoneNames // by server_ip
	rows   []Row
}

// phoneNames are the names of a phone with {seat} for the number of its seat.
type phoneNames [4]string

// suffix returns the text after the number in the login.
func (n phoneNames) suffix() string {
	_, suffix, _ := strings.Cut(n[0], placeSeat)
	return suffix
}

const placeSeat = "{seat}"

// floor is a group of seats with one pattern of numbers and phone names.
type floor struct {
	seats []seatRows
	nodes map[string]phoneNames
}

// Floors groups phones and their aliases into floors, and returns the rows in none.
func Floors(rows seating.FloorRows, servers cluster.Servers) (objects []Object, omitted []Omitted) {
	seats, omitted := seatsOf(rows, servers)
	var groups []*floor
	for _, s := range seats {
		i := slices.IndexFunc(groups, func(f *floor) bool { return f.accepts(s) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &floor{nodes: map[string]phoneNames{}})
		}
		groups[i].seats = append(groups[i].seats, s)
		maps.Copy(groups[i].nodes, s.nodes)
	}
	titles := map[string]bool{}
	for _, group := range groups {
		objects = append(objects, group.object(titles))
	}
	return objects, omitted
}

// accepts reports whether a seat belongs to the floor: each server names its phones in
// one way, and no two servers have one suffix.
func (f *floor) accepts(s seatRows) bool {
	first := f.seats[0]
	if first.prefix != s.prefix || first.suffix != s.suffix || first.alias != s.alias || len(first.number) != len(s.number) || len(first.nodes) != len(s.nodes) {
		return false
	}
	for server, named := range s.nodes {
		known, ok := f.nodes[server]
		if ok && known != named {
			return false
		}
		for other, taken := range f.nodes {
			if other != server && strings.EqualFold(taken.suffix(), named.suffix()) {
				return false
			}
		}
	}
	return true
}

// object returns the floor of all seats, with a part for each seat.
func (f *floor) object(titles map[string]bool) Object {
	title := f.title(f.seats)
	for i, plain := 2, title; titles[title]; i++ {
		title = fmt.Sprintf("%s-%d", plain, i)
	}
	titles[title] = true
	object := f.of(title, f.seats)
	if len(f.seats) == 1 {
		return object
	}
	for i := range f.seats {
		single := title + "-" + f.seats[i].number
		object.Parts = append(object.Parts, f.of(single, f.seats[i:i+1]))
	}
	object.Join = func(parts []int) Object {
		chosen := make([]seatRows, 0, len(parts))
		for _, part := range parts {
			chosen = append(chosen, f.seats[part])
		}
		return f.of(title, chosen)
	}
	return object
}

func (f *floor) of(title string, seats []seatRows) Object {
	object := Object{Kind: Floor, Title: title, ID: title + "=" + seatIDs(seats)}
	for _, s := range seats {
		object.Rows = append(object.Rows, s.rows...)
		object.Seats = append(object.Seats, s.number)
	}
	return object
}

// title returns the text around the numbers, or the first number.
func (f *floor) title(seats []seatRows) string {
	if word := strings.Trim(seats[0].prefix, "-_ ="); len(word) > 1 && !strings.ContainsAny(word, "=,") {
		return word
	}
	return seats[0].number + strings.Trim(seats[0].suffix, "=")
}

// seatIDs are the ids of seats, as ranges.
func seatIDs(seats []seatRows) string {
	numbers := make([]string, 0, len(seats))
	for _, s := range seats {
		numbers = append(numbers, s.number)
	}
	parsed, err := seating.ParseSeats(numbers)
	if err != nil { // one number twice: the import says so
		return strings.Join(numbers, ",")
	}
	first := seats[0]
	return strings.Join(seating.IDRanges(parsed, func(seat string) string { return first.prefix + seat + first.suffix }), ",")
}
