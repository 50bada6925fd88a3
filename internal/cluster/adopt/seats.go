package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// loginKey returns a login as the database compares it.
func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// phonebook finds phones by their logins.
type phonebook struct {
	servers cluster.Servers
	byLogin map[string][]seating.Phone
	listed  map[string]*string // the id of the alias that lists a login
}

func newPhonebook(rows seating.FloorRows, servers cluster.Servers) *phonebook {
	b := &phonebook{servers: servers, byLogin: map[string][]seating.Phone{}, listed: map[string]*string{}}
	for _, phone := range rows.Phones {
		key := loginKey(phone.Login)
		b.byLogin[key] = append(b.byLogin[key], phone)
	}
	return b
}

// seatsOf returns the seats of the aliases and of the phones that none lists, sorted by
// id, and the phones and aliases that are not seats.
func seatsOf(rows seating.FloorRows, servers cluster.Servers) (seats []seatRows, omitted []Omitted) {
	book := newPhonebook(rows, servers)
	for _, alias := range rows.Aliases {
		s, reason, advice := book.aliasSeat(alias)
		if reason != "" {
			omitted = append(omitted, Omitted{Kind: Floor, Rows: s.rows, Reason: reason, Advice: advice})
			continue
		}
		seats = append(seats, s)
	}
	for _, phone := range rows.Phones {
		s := seatRows{id: phone.Login, rows: []Row{phoneRow(phone)}}
		key, reason, advice := loginKey(phone.Login), "", ""
		switch {
		case key == "":
			reason, advice = "It has no login, so that nobody logs in with it.", "A placement manages phones of agents only; keep it in the admin pages."
		case len(book.byLogin[key]) > 1:
			reason, advice = cluster.Plural(len(book.byLogin[key]), "phone")+" have the login "+key+", and VICIdial uses only one of them.", "Give each a login of its own."
		case book.listed[key] != nil:
			continue // it belongs to the alias
		default:
			reason, advice = book.setNames(&s, []seating.Phone{phone})
		}
		if reason != "" {
			omitted = append(omitted, Omitted{Kind: Floor, Rows: s.rows, Reason: reason, Advice: advice})
			continue
		}
		seats = append(seats, s)
	}
	slices.SortStableFunc(seats, func(a, b seatRows) int {
		return cmp.Or(cmp.Compare(a.prefix+a.suffix, b.prefix+b.suffix), cmp.Compare(len(a.number), len(b.number)), cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
	})
	return seats, omitted
}

// aliasSeat returns the seat of an alias. Its rows include the listed phones that no other
// alias has.
func (b *phonebook) aliasSeat(alias seating.PhoneAlias) (s seatRows, reason, advice string) {
	s = seatRows{id: alias.ID, alias: true, rows: []Row{aliasRow(alias)}}
	var phones []seating.Phone
	var missing []string
	var other *string
	several := ""
	for _, login := range alias.Logins() {
		key := loginKey(login)
		found := b.byLogin[key]
		switch {
		case len(found) == 0 || key == "":
			missing = append(missing, login)
			continue
		case len(found) > 1:
			several = login
			continue
		case b.listed[key] != nil:
			other = b.listed[key]
			continue
		}
		b.listed[key] = &alias.ID
		phones = append(phones, found[0])
		s.rows = append(s.rows, phoneRow(found[0]))
	}
	switch {
	case several != "":
		return s, fmt.Sprintf("Several phones have the login %s, which it lists.", several), "Give each a login of its own."
	case len(phones) == 0 && other == nil:
		return s, "It lists no existing phone.", "Remove the alias."
	case other != nil:
		return s, fmt.Sprintf("Alias %s lists one of its phones, too.", *other), "Take the phone out of one of the two."
	case len(missing) > 0:
		return s, fmt.Sprintf("The alias lists %s, which no phone has.", strings.Join(missing, ", ")), "Take it out of the alias."
	}
	reason, advice = b.setNames(&s, phones)
	return s, reason, advice
}

// setNames sets the number of a seat and the patterns of its phones' names.
func (b *phonebook) setNames(s *seatRows, phones []seating.Phone) (reason, advice string) {
	from := strings.IndexAny(s.id, "0123456789")
	if from < 0 {
		return fmt.Sprintf("%s has no digits, and a seat is identified by a number.", s.id), "Keep it in the admin pages."
	}
	to := from + len(s.id[from:]) - len(strings.TrimLeft(s.id[from:], "0123456789"))
	if strings.Contains(s.id, ",") {
		return fmt.Sprintf("%q has a comma, which separates the logins of an alias.", s.id), "Keep it in the admin pages."
	}
	s.number, s.prefix, s.suffix = s.id[from:to], strings.ToLower(s.id[:from]), strings.ToLower(s.id[to:])
	s.nodes = map[string]phoneNames{}
	for _, phone := range phones {
		if _, known := b.servers.ByIP(phone.ServerIP); !known {
			return fmt.Sprintf("No server has the address %q, which phone %s has.", phone.ServerIP, phone.Login), "Correct server_ip, or remove the phone if the server will not return."
		}
		if _, twice := s.nodes[phone.ServerIP]; twice {
			return "It has two phones on server " + phone.ServerIP + ".", "A seat has one phone on a server; keep it in the admin pages."
		}
		named := phoneNames{}
		for i, text := range []string{phone.Login, phone.Extension, phone.DialplanNumber, phone.VoicemailID} {
			named[i] = strings.Replace(strings.ToLower(text), s.number, placeSeat, 1)
		}
		s.nodes[phone.ServerIP] = named
	}
	return "", ""
}
