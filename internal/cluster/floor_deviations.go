package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// SecretPhoneColumns hold secrets. Their values show nowhere.
var SecretPhoneColumns = []string{"pass", "conf_secret", "login_pass"}

// Deviation is what differs on one seat from what is declared.
type Deviation struct {
	Seat  string
	Texts []string // one for each row and column, e.g. `phone 2000a: protocol is SIP, not PJSIP`
	// Password says that a phone has another password than the rest of the floor:
	// somebody changed it by telephone, or the alias cannot log in (F§9.4 item 32,
	// F§9.6 item 41).
	Password bool
}

// Deviations tells, in seat order, how the rows differ from what is declared.
// Where a secret is not known, as it never is when rows are only read, phones are
// compared with the most common value among them.
func Deviations(have, seen, want FloorRows) []Deviation {
	d := diffFloor(have, seen, want)
	bySeat := map[string]*Deviation{}
	say := func(seat, text string, password bool) {
		if bySeat[seat] == nil {
			bySeat[seat] = &Deviation{Seat: seat}
		}
		bySeat[seat].Texts = append(bySeat[seat].Texts, text)
		bySeat[seat].Password = bySeat[seat].Password || password
	}
	for _, p := range d.addPhones {
		say(p.Seat, p.title()+" is missing", false)
	}
	for _, c := range d.phones {
		if slices.Contains(SecretPhoneColumns, c.column) {
			say(c.seat, fmt.Sprintf("phone %s on %s: %s is another than the floor's", c.key, c.server, c.column), c.column == "pass")
			continue
		}
		say(c.seat, fmt.Sprintf("phone %s on %s: %s is %s, not %s", c.key, c.server, c.column, quote(c.was), quote(c.become)), false)
	}
	for _, p := range d.drop {
		say(p.Seat, p.title()+" is there although the seat is not placed there", false)
	}
	for _, a := range d.addAliases {
		say(a.Seat, a.title()+" is missing", false)
	}
	for _, c := range d.aliases {
		say(c.seat, fmt.Sprintf("alias %s: %s is %s, not %s", c.key, c.column, quote(c.was), quote(c.become)), false)
	}
	for _, a := range d.dropAlias {
		say(a.Seat, a.title()+" is there although the seat is gone", false)
	}
	for _, c := range slices.Concat(d.users, d.freed) {
		say(c.seat, fmt.Sprintf("user %s: phone_login is %s, not %s", c.key, quote(c.was), quote(c.become)), false)
	}
	for _, text := range slices.Concat(d.renamed, d.refused) {
		say("", text, false)
	}
	deviations := make([]Deviation, 0, len(bySeat))
	for _, deviation := range bySeat {
		deviations = append(deviations, *deviation)
	}
	slices.SortFunc(deviations, func(a, b Deviation) int { return strings.Compare(a.Seat, b.Seat) })
	return deviations
}

func quote(value Value) string {
	if value.Null {
		return "NULL"
	}
	return `"` + value.Text + `"`
}
