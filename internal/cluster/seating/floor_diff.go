package seating

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// floorDiff is what leads from the rows that are seen to those that are wanted.
type floorDiff struct {
	want      FloorRows
	addPhones []Phone
	phones    []cellChange
	drop      []Phone

	addAliases []PhoneAlias
	aliases    []cellChange
	dropAlias  []PhoneAlias

	users []cellChange
	freed []cellChange // users whose seat goes

	refused []seatText // rows in the way
	renamed []seatText // phones that would need another login in place
}

// seatText is what is to say of a seat.
type seatText struct{ seat, text string }

func textsOf(said []seatText) []string {
	texts := make([]string, 0, len(said))
	for _, s := range said {
		texts = append(texts, s.text)
	}
	return texts
}

func (d *floorDiff) refuse(seat, format string, args ...any) {
	d.refused = append(d.refused, seatText{seat, fmt.Sprintf(format, args...)})
}

// cellChange is one column of one row that differs.
type cellChange struct {
	seat        string
	key         string // phones.login, phones_alias.alias_id, vicidial_users.user
	server      string // of a phone
	record      string // what the admin change log calls the row
	column      string
	was, become cluster.Value
}

// floorIndex finds rows the way VICIdial does, without regard to case.
type floorIndex struct {
	phones  map[string]int // by key()
	logins  map[string]int
	aliases map[string]int
	users   map[string]int
}

func (f FloorRows) index() floorIndex {
	x := floorIndex{
		make(map[string]int, len(f.Phones)), make(map[string]int, len(f.Phones)),
		make(map[string]int, len(f.Aliases)), make(map[string]int, len(f.Users)),
	}
	for i, p := range f.Phones {
		x.phones[p.key()] = i
		x.logins[strings.ToLower(p.Login)] = i
	}
	for i, a := range f.Aliases {
		x.aliases[strings.ToLower(a.ID)] = i
	}
	for i, u := range f.Users {
		x.users[strings.ToLower(u.User)] = i
	}
	return x
}

// diffFloor compares. have are the rows that the floor owns: only they are
// changed or removed. A wanted row that is there already and says just what is
// wanted is taken as done, which is how a killed apply is resumed; one that says
// something else is somebody's.
func diffFloor(have, seen, want FloorRows) floorDiff {
	d := floorDiff{want: want}
	owned, there, wanted := have.index(), seen.index(), want.index()
	d.diffPhones(have, seen, owned, there, wanted)
	d.diffAliases(have, seen, owned, there, wanted)
	d.diffUsers(have, seen, there, wanted)
	return d
}

func (d *floorDiff) diffPhones(have, seen FloorRows, owned, there, wanted floorIndex) {
	columns := columnsOf(seen.Columns, d.want.Columns)
	mailboxes := mailboxesInTheWay(seen, owned, wanted)
	for _, p := range d.want.Phones {
		at, found := there.phones[p.key()]
		if !found {
			d.newPhone(p, seen, owned, there, mailboxes)
			continue
		}
		is := seen.Phones[at]
		_, ours := owned.logins[strings.ToLower(is.Login)]
		if !strings.EqualFold(is.Login, p.Login) {
			if ours {
				d.renamed = append(d.renamed, seatText{p.Seat, fmt.Sprintf("phone %s on %s would become %s", is.Login, p.ServerIP, p.Login)})
			} else {
				d.refuse(p.Seat, "phone %s on %s has the extension %s already", is.Login, p.ServerIP, p.Extension)
			}
			continue
		}
		changes := phoneChanges(is, p, columns, d.want.Columns)
		if len(changes) > 0 && !ours {
			d.refuse(p.Seat, "%s exists already and says something else: %s", p.title(), columnNames(changes))
			continue
		}
		d.phones = append(d.phones, changes...)
	}
	for _, p := range have.Phones {
		at, found := there.phones[p.key()]
		if _, stays := wanted.phones[p.key()]; found && !stays && strings.EqualFold(seen.Phones[at].Login, p.Login) {
			gone := seen.Phones[at]
			gone.Seat = p.Seat
			d.drop = append(d.drop, gone)
		}
	}
	d.keepPasswordsAlike(columns)
}

// keepPasswordsAlike gives phones that are to go the new password of their seat:
// until the alias lets go of them, all its phones must share one
// (docs/vicidial/agent-login.md#alias-rules).
func (d *floorDiff) keepPasswordsAlike(columns []int) {
	wanted := slices.Index(d.want.Columns, "pass")
	if wanted < 0 || columns[wanted] < 0 || len(d.drop) == 0 {
		return
	}
	become := map[string]cluster.Value{}
	for _, p := range d.want.Phones {
		become[p.Seat] = p.Values[wanted]
	}
	for _, p := range d.drop {
		value, stays := become[p.Seat]
		if stays && p.Values != nil && p.Values[columns[wanted]] != value {
			d.phones = append(d.phones, cellChange{
				seat: p.Seat, key: p.Login, server: p.ServerIP, record: p.Extension, column: "pass", was: p.Values[columns[wanted]], become: value,
			})
		}
	}
	slices.SortStableFunc(d.phones, func(a, b cellChange) int { return strings.Compare(a.seat, b.seat) })
}

// newPhone adds a phone unless its names are taken.
func (d *floorDiff) newPhone(p Phone, seen FloorRows, owned, there floorIndex, mailboxes map[string]string) {
	login := strings.ToLower(p.Login)
	if at, taken := there.logins[login]; taken {
		if _, ours := owned.logins[login]; !ours {
			other := seen.Phones[at]
			d.refuse(p.Seat, "the login %s belongs to the phone with extension %s on %s", p.Login, other.Extension, other.ServerIP)
		}
	}
	if _, taken := there.aliases[login]; taken {
		d.refuse(p.Seat, "the login %s is the id of an alias, which VICIdial would take instead of the phone", p.Login)
	}
	if owner, taken := mailboxes[strings.ToLower(p.VoicemailID)]; taken {
		d.refuse(p.Seat, "%s: the voicemail id %s belongs to %s", p.title(), p.VoicemailID, owner)
	}
	d.addPhones = append(d.addPhones, p)
}

// mailboxesInTheWay tells who has a voicemail id that is not the floor's own.
// Phones that share a mailbox get each other's password (docs/vicidial/measured.md#voicemail-pin).
func mailboxesInTheWay(seen FloorRows, owned, wanted floorIndex) map[string]string {
	taken := map[string]string{}
	for _, p := range seen.Phones {
		_, ours := owned.logins[strings.ToLower(p.Login)]
		_, adopted := wanted.phones[p.key()]
		if !ours && !adopted && p.VoicemailID != "" {
			taken[strings.ToLower(p.VoicemailID)] = p.title()
		}
	}
	for _, id := range seen.Mailboxes {
		taken[strings.ToLower(id)] = "a mailbox in vicidial_voicemail"
	}
	return taken
}

// columnsOf finds each wanted column among those that were read; -1 where it was
// not, which leaves the column alone.
func columnsOf(read, wanted []string) []int {
	at := make([]int, len(wanted))
	for i, column := range wanted {
		at[i] = slices.Index(read, column)
	}
	return at
}

func phoneChanges(is, want Phone, at []int, columns []string) []cellChange {
	var changes []cellChange
	differs := func(column string, was, become cluster.Value) {
		if !cluster.Equivalent(column, was, become) {
			changes = append(changes, cellChange{seat: want.Seat, key: is.Login, server: is.ServerIP, record: is.Extension, column: column, was: was, become: become})
		}
	}
	differs("dialplan_number", cluster.Text(is.DialplanNumber), cluster.Text(want.DialplanNumber))
	differs("voicemail_id", cluster.Text(is.VoicemailID), cluster.Text(want.VoicemailID))
	for i, column := range columns {
		if at[i] >= 0 && is.Values != nil {
			differs(column, is.Values[at[i]], want.Values[i])
		}
	}
	return changes
}

func columnNames(changes []cellChange) string {
	names := make([]string, 0, len(changes))
	for _, c := range changes {
		names = append(names, c.column)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

func (d *floorDiff) diffAliases(have, seen FloorRows, owned, there, wanted floorIndex) {
	for _, a := range d.want.Aliases {
		id := strings.ToLower(a.ID)
		_, ours := owned.aliases[id]
		at, found := there.aliases[id]
		if !found {
			if other, taken := there.logins[id]; taken {
				d.refuse(a.Seat, "the alias id %s is the login of the phone with extension %s on %s, which it would hide",
					a.ID, seen.Phones[other].Extension, seen.Phones[other].ServerIP)
			}
			d.addAliases = append(d.addAliases, a)
			continue
		}
		changes := aliasChanges(seen.Aliases[at], a)
		if len(changes) > 0 && !ours {
			d.refuse(a.Seat, "%s exists already and says something else: %s", a.title(), columnNames(changes))
			continue
		}
		d.aliases = append(d.aliases, changes...)
	}
	for _, a := range have.Aliases {
		id := strings.ToLower(a.ID)
		at, found := there.aliases[id]
		if _, stays := wanted.aliases[id]; found && !stays {
			gone := seen.Aliases[at]
			gone.Seat = a.Seat
			d.dropAlias = append(d.dropAlias, gone)
		}
	}
}

func aliasChanges(is, want PhoneAlias) []cellChange {
	var changes []cellChange
	differs := func(column, was, become string) {
		if was != become {
			changes = append(changes, cellChange{seat: want.Seat, key: is.ID, record: is.ID, column: column, was: cluster.Text(was), become: cluster.Text(become)})
		}
	}
	differs("logins_list", is.List(), want.List())
	if want.Name != "" {
		differs("alias_name", is.Name, want.Name)
	}
	if want.Group != "" {
		differs("user_group", is.Group, want.Group)
	}
	return changes
}

// diffUsers sets what users log in with. A seat without a user of its number
// needs none; a user whose seat goes loses the login only if it still is that
// seat's.
func (d *floorDiff) diffUsers(have, seen FloorRows, there, wanted floorIndex) {
	change := func(at int, seat, become string) cellChange {
		is := seen.Users[at]
		return cellChange{seat: seat, key: is.User, record: is.User, column: "phone_login", was: cluster.Text(is.PhoneLogin), become: cluster.Text(become)}
	}
	for _, u := range d.want.Users {
		if at, found := there.users[strings.ToLower(u.User)]; found && seen.Users[at].PhoneLogin != u.PhoneLogin {
			d.users = append(d.users, change(at, u.Seat, u.PhoneLogin))
		}
	}
	for _, u := range have.Users {
		user := strings.ToLower(u.User)
		at, found := there.users[user]
		if _, stays := wanted.users[user]; found && !stays && strings.EqualFold(seen.Users[at].PhoneLogin, u.PhoneLogin) {
			d.freed = append(d.freed, change(at, u.Seat, ""))
		}
	}
}
