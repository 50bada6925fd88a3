package seating

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// floorDiff is the difference between the existing and the wanted rows.
type floorDiff struct {
	want          FloorRows
	addedPhones   []Phone
	changedPhones []cellChange
	deletedPhones []Phone

	addedAliases   []PhoneAlias
	changedAliases []cellChange
	deletedAliases []PhoneAlias

	changedUsers []cellChange
	clearedUsers []cellChange // users of deleted seats

	conflicts []seatMessage // existing rows with a wanted name
	renames   []seatMessage // phones that would change their login in place
}

// seatMessage is a message about a seat.
type seatMessage struct{ seat, text string }

func textsOf(messages []seatMessage) []string {
	texts := make([]string, 0, len(messages))
	for _, m := range messages {
		texts = append(texts, m.text)
	}
	return texts
}

func (d *floorDiff) addConflict(seat, format string, args ...any) {
	d.conflicts = append(d.conflicts, seatMessage{seat, fmt.Sprintf(format, args...)})
}

// cellChange is the change of one column of one row.
type cellChange struct {
	seat     string
	key      string // phones.login, phones_alias.alias_id, vicidial_users.user
	server   string // of a phone
	record   string // the row in the admin change log
	column   string
	from, to cluster.Value
}

// floorIndex finds rows by key, ignoring case as VICIdial does.
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

// diffFloor compares rows. It changes and deletes only rows in have, which the
// floor owns. A wanted row that exists with the wanted values is done, so that an
// interrupted apply resumes. With other values it is a conflict.
func diffFloor(have, seen, want FloorRows) floorDiff {
	d := floorDiff{want: want}
	owned, existing, wanted := have.index(), seen.index(), want.index()
	d.diffPhones(have, seen, owned, existing, wanted)
	d.diffAliases(have, seen, owned, existing, wanted)
	d.diffUsers(have, seen, existing, wanted)
	return d
}

func (d *floorDiff) diffPhones(have, seen FloorRows, owned, existing, wanted floorIndex) {
	columns := columnsOf(seen.Columns, d.want.Columns)
	mailboxes := foreignMailboxes(have, seen, owned, wanted)
	for _, p := range d.want.Phones {
		at, found := existing.phones[p.key()]
		if !found {
			d.newPhone(p, seen, owned, existing, mailboxes)
			continue
		}
		row := seen.Phones[at]
		_, ours := owned.logins[strings.ToLower(row.Login)]
		if !strings.EqualFold(row.Login, p.Login) {
			if ours {
				d.renames = append(d.renames, seatMessage{p.Seat, fmt.Sprintf("phone %s on %s would become %s", row.Login, p.ServerIP, p.Login)})
			} else {
				d.addConflict(p.Seat, "phone %s on %s has the extension %s already", row.Login, p.ServerIP, p.Extension)
			}
			continue
		}
		changes := phoneChanges(row, p, columns, d.want.Columns)
		if len(changes) > 0 && !ours {
			d.addConflict(p.Seat, "%s already exists with other values in %s", p.title(), columnNames(changes))
			continue
		}
		d.changedPhones = append(d.changedPhones, changes...)
	}
	for _, p := range have.Phones {
		at, found := existing.phones[p.key()]
		if _, stays := wanted.phones[p.key()]; found && !stays && strings.EqualFold(seen.Phones[at].Login, p.Login) {
			deleted := seen.Phones[at]
			deleted.Seat = p.Seat
			d.deletedPhones = append(d.deletedPhones, deleted)
		}
	}
	d.alignPasswords(columns)
}

// alignPasswords gives phones that are deleted the new password of their seat:
// while the alias lists them, all its phones must have the same
// (docs/vicidial/agent-login.md#alias-rules).
func (d *floorDiff) alignPasswords(columns []int) {
	wanted := slices.Index(d.want.Columns, "pass")
	if wanted < 0 || columns[wanted] < 0 || len(d.deletedPhones) == 0 {
		return
	}
	become := map[string]cluster.Value{}
	for _, p := range d.want.Phones {
		become[p.Seat] = p.Values[wanted]
	}
	for _, p := range d.deletedPhones {
		value, stays := become[p.Seat]
		if stays && p.Values != nil && p.Values[columns[wanted]] != value {
			d.changedPhones = append(d.changedPhones, cellChange{
				seat: p.Seat, key: p.Login, server: p.ServerIP, record: p.Extension, column: "pass", from: p.Values[columns[wanted]], to: value,
			})
		}
	}
	slices.SortStableFunc(d.changedPhones, func(a, b cellChange) int { return strings.Compare(a.seat, b.seat) })
}

// newPhone adds a phone, and a conflict for each of its names that is taken.
func (d *floorDiff) newPhone(p Phone, seen FloorRows, owned, existing floorIndex, mailboxes map[string]string) {
	login := strings.ToLower(p.Login)
	if at, taken := existing.logins[login]; taken {
		if _, ours := owned.logins[login]; !ours {
			other := seen.Phones[at]
			d.addConflict(p.Seat, "the login %s belongs to the phone with extension %s on %s", p.Login, other.Extension, other.ServerIP)
		}
	}
	if _, taken := existing.aliases[login]; taken {
		d.addConflict(p.Seat, "the login %s is the id of an alias, which VICIdial would take instead of the phone", p.Login)
	}
	if owner, taken := mailboxes[strings.ToLower(p.VoicemailID)]; taken {
		d.addConflict(p.Seat, "%s: the voicemail id %s belongs to %s", p.title(), p.VoicemailID, owner)
	}
	d.addedPhones = append(d.addedPhones, p)
}

// foreignMailboxes returns the owners of voicemail ids outside the floor, except of
// those that the floor shares already. Phones
// that share a mailbox get each other's password
// (docs/vicidial/measured.md#voicemail-pin).
func foreignMailboxes(have, seen FloorRows, owned, wanted floorIndex) map[string]string {
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
	for _, p := range have.Phones { // shared already
		delete(taken, strings.ToLower(p.VoicemailID))
	}
	return taken
}

// columnsOf returns the position of each wanted column among those that were read,
// or -1, for which the column is not compared.
func columnsOf(read, wanted []string) []int {
	at := make([]int, len(wanted))
	for i, column := range wanted {
		at[i] = slices.Index(read, column)
	}
	return at
}

func phoneChanges(row, want Phone, at []int, columns []string) []cellChange {
	var changes []cellChange
	differs := func(column string, was, become cluster.Value) {
		if !cluster.TablePhones.Equivalent(column, was, become) {
			changes = append(changes, cellChange{seat: want.Seat, key: row.Login, server: row.ServerIP, record: row.Extension, column: column, from: was, to: become})
		}
	}
	differs("dialplan_number", cluster.Text(row.DialplanNumber), cluster.Text(want.DialplanNumber))
	if want.VoicemailID != "" {
		differs("voicemail_id", cluster.Text(row.VoicemailID), cluster.Text(want.VoicemailID))
	}
	for i, column := range columns {
		if at[i] >= 0 && row.Values != nil {
			differs(column, row.Values[at[i]], want.Values[i])
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

func (d *floorDiff) diffAliases(have, seen FloorRows, owned, existing, wanted floorIndex) {
	for _, a := range d.want.Aliases {
		id := strings.ToLower(a.ID)
		_, ours := owned.aliases[id]
		at, found := existing.aliases[id]
		if !found {
			if other, taken := existing.logins[id]; taken {
				d.addConflict(a.Seat, "the alias id %s is the login of the phone with extension %s on %s, which it would hide",
					a.ID, seen.Phones[other].Extension, seen.Phones[other].ServerIP)
			}
			d.addedAliases = append(d.addedAliases, a)
			continue
		}
		changes := aliasChanges(seen.Aliases[at], a)
		if len(changes) > 0 && !ours {
			d.addConflict(a.Seat, "%s already exists with other values in %s", a.title(), columnNames(changes))
			continue
		}
		d.changedAliases = append(d.changedAliases, changes...)
	}
	for _, a := range have.Aliases {
		id := strings.ToLower(a.ID)
		at, found := existing.aliases[id]
		if _, stays := wanted.aliases[id]; found && !stays {
			deleted := seen.Aliases[at]
			deleted.Seat = a.Seat
			d.deletedAliases = append(d.deletedAliases, deleted)
		}
	}
}

func aliasChanges(row, want PhoneAlias) []cellChange {
	var changes []cellChange
	differs := func(column, was, become string) {
		if was != become {
			changes = append(changes, cellChange{seat: want.Seat, key: row.ID, record: row.ID, column: column, from: cluster.Text(was), to: cluster.Text(become)})
		}
	}
	if !slices.EqualFunc(row.Logins, want.Logins, func(a, b string) bool { return cluster.FoldKey(a) == cluster.FoldKey(b) }) {
		differs("logins_list", row.List(), want.List())
	}
	if want.Name != "" {
		differs("alias_name", row.Name, want.Name)
	}
	if want.Group != "" {
		differs("user_group", row.Group, want.Group)
	}
	return changes
}

// diffUsers compares phone logins of users. A seat may have no user of its number.
// A user of a deleted seat loses the login only if it is still that of the seat.
func (d *floorDiff) diffUsers(have, seen FloorRows, existing, wanted floorIndex) {
	change := func(at int, seat, become string) cellChange {
		row := seen.Users[at]
		return cellChange{seat: seat, key: row.User, record: row.User, column: "phone_login", from: cluster.Text(row.PhoneLogin), to: cluster.Text(become)}
	}
	for _, u := range d.want.Users {
		if at, found := existing.users[strings.ToLower(u.User)]; found && seen.Users[at].PhoneLogin != u.PhoneLogin {
			d.changedUsers = append(d.changedUsers, change(at, u.Seat, u.PhoneLogin))
		}
	}
	for _, u := range have.Users {
		user := strings.ToLower(u.User)
		at, found := existing.users[user]
		if _, stays := wanted.users[user]; found && !stays && strings.EqualFold(seen.Users[at].PhoneLogin, u.PhoneLogin) {
			d.clearedUsers = append(d.clearedUsers, change(at, u.Seat, ""))
		}
	}
}
