package seating

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// floorDiff is the difference between the existing and the wanted rows.
type floorDiff struct {
	have, seen, want        FloorRows
	owned, existing, wanted floorIndex // of have, seen and want

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

// floorIndex finds rows by key, ignoring case as VICIdial does. Each index is made when
// it is used first: a plan without a change needs few of them.
type floorIndex struct {
	phones                 func() map[phoneKey]int
	logins, aliases, users func() map[string]int
}

func (f FloorRows) index() floorIndex {
	return floorIndex{
		phones:  lazyIndex(f.Phones, Phone.key),
		logins:  lazyIndex(f.Phones, func(p Phone) string { return strings.ToLower(p.Login) }),
		aliases: lazyIndex(f.Aliases, func(a PhoneAlias) string { return strings.ToLower(a.ID) }),
		users:   lazyIndex(f.Users, func(u SeatUser) string { return strings.ToLower(u.User) }),
	}
}

func lazyIndex[R any, K comparable](rows []R, key func(R) K) func() map[K]int {
	return sync.OnceValue(func() map[K]int {
		index := make(map[K]int, len(rows))
		for i, row := range rows {
			index[key(row)] = i
		}
		return index
	})
}

// missing returns the phones that are not among the rows of an index.
func missing(phones []Phone, rows floorIndex) []Phone {
	return slices.DeleteFunc(slices.Clone(phones), func(p Phone) bool { _, found := rows.phones()[p.key()]; return found })
}

// diffFloor compares rows. It changes and deletes only rows in have, which the
// floor owns. A wanted row that exists with the wanted values is done, so that an
// interrupted apply resumes. With other values it is a conflict.
func diffFloor(have, seen, want FloorRows) floorDiff {
	d := floorDiff{have: have, seen: seen, want: want, owned: have.index(), existing: seen.index(), wanted: want.index()}
	d.diffPhones()
	d.diffAliases()
	d.diffUsers()
	return d
}

func (d *floorDiff) diffPhones() {
	columns := columnsOf(d.seen.Columns, d.want.Columns)
	mailboxes := sync.OnceValue(d.foreignMailboxes)
	stays := make([]bool, len(d.seen.Phones))
	for _, p := range d.want.Phones {
		at, found := d.existing.phones()[p.key()]
		if !found {
			d.newPhone(p, mailboxes())
			continue
		}
		stays[at] = true
		row := d.seen.Phones[at]
		changes, renamed := phoneChanges(row, p, columns, d.want.Columns), !strings.EqualFold(row.Login, p.Login)
		if len(changes) == 0 && !renamed {
			continue
		}
		switch _, ours := d.owned.logins()[strings.ToLower(row.Login)]; {
		case ours && renamed:
			d.renames = append(d.renames, seatMessage{p.Seat, fmt.Sprintf("phone %s on %s would become %s", row.Login, p.ServerIP, p.Login)})
		case ours:
			d.changedPhones = append(d.changedPhones, changes...)
		case renamed:
			d.addConflict(p.Seat, "phone %s on %s has the extension %s already", row.Login, p.ServerIP, p.Extension)
		default:
			d.addConflict(p.Seat, "%s already exists with other values in %s", p.title(), columnNames(changes))
		}
	}
	for _, p := range d.have.Phones {
		at, found := d.existing.phones()[p.key()]
		if found && !stays[at] && strings.EqualFold(d.seen.Phones[at].Login, p.Login) {
			deleted := d.seen.Phones[at]
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
func (d *floorDiff) newPhone(p Phone, mailboxes map[string]string) {
	login := strings.ToLower(p.Login)
	if at, taken := d.existing.logins()[login]; taken {
		if _, ours := d.owned.logins()[login]; !ours {
			other := d.seen.Phones[at]
			d.addConflict(p.Seat, "the login %s belongs to the phone with extension %s on %s", p.Login, other.Extension, other.ServerIP)
		}
	}
	if _, taken := d.existing.aliases()[login]; taken {
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
func (d *floorDiff) foreignMailboxes() map[string]string {
	taken := map[string]string{}
	for _, p := range d.seen.Phones {
		_, ours := d.owned.logins()[strings.ToLower(p.Login)]
		_, adopted := d.wanted.phones()[p.key()]
		if !ours && !adopted && p.VoicemailID != "" {
			taken[strings.ToLower(p.VoicemailID)] = p.title()
		}
	}
	for _, id := range d.seen.Mailboxes {
		taken[strings.ToLower(id)] = "a mailbox in vicidial_voicemail"
	}
	for _, p := range d.have.Phones { // shared already
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
		if was != become && !cluster.TablePhones.Equivalent(column, was, become) {
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

func (d *floorDiff) diffAliases() {
	stays := make([]bool, len(d.seen.Aliases))
	for _, a := range d.want.Aliases {
		id := strings.ToLower(a.ID)
		at, found := d.existing.aliases()[id]
		if !found {
			if other, taken := d.existing.logins()[id]; taken {
				d.addConflict(a.Seat, "the alias id %s is the login of the phone with extension %s on %s, which it would hide",
					a.ID, d.seen.Phones[other].Extension, d.seen.Phones[other].ServerIP)
			}
			d.addedAliases = append(d.addedAliases, a)
			continue
		}
		stays[at] = true
		changes := aliasChanges(d.seen.Aliases[at], a)
		if len(changes) == 0 {
			continue
		}
		if _, ours := d.owned.aliases()[id]; !ours {
			d.addConflict(a.Seat, "%s already exists with other values in %s", a.title(), columnNames(changes))
			continue
		}
		d.changedAliases = append(d.changedAliases, changes...)
	}
	for _, a := range d.have.Aliases {
		if at, found := d.existing.aliases()[strings.ToLower(a.ID)]; found && !stays[at] {
			deleted := d.seen.Aliases[at]
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
	if row.List != want.List && !slices.EqualFunc(row.Logins(), want.Logins(), func(a, b string) bool { return cluster.FoldKey(a) == cluster.FoldKey(b) }) {
		differs("logins_list", row.List, want.List)
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
func (d *floorDiff) diffUsers() {
	change := func(at int, seat, become string) cellChange {
		row := d.seen.Users[at]
		return cellChange{seat: seat, key: row.User, record: row.User, column: "phone_login", from: cluster.Text(row.PhoneLogin), to: cluster.Text(become)}
	}
	for _, u := range d.want.Users {
		if at, found := d.existing.users()[strings.ToLower(u.User)]; found && d.seen.Users[at].PhoneLogin != u.PhoneLogin {
			d.changedUsers = append(d.changedUsers, change(at, u.Seat, u.PhoneLogin))
		}
	}
	for _, u := range d.have.Users {
		user := strings.ToLower(u.User)
		at, found := d.existing.users()[user]
		if _, stays := d.wanted.users()[user]; found && !stays && strings.EqualFold(d.seen.Users[at].PhoneLogin, u.PhoneLogin) {
			d.clearedUsers = append(d.clearedUsers, change(at, u.Seat, ""))
		}
	}
}
