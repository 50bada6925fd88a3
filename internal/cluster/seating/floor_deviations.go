package seating

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// SecretPhoneColumns hold secrets. Their values show nowhere.
var SecretPhoneColumns = []string{"pass", "conf_secret", "login_pass"}

// Deviation is what differs on one seat from what is declared.
type Deviation struct {
	Seat  string
	Texts []string // one for each row and column, e.g. `phone 2000a: protocol is SIP, not PJSIP`
	// Password says that a phone has another password than the rest of the floor:
	// somebody changed it by telephone, or the alias cannot log in
	// (docs/vicidial/generator.md#voicemail-write-back,
	// docs/vicidial/agent-login.md#alias-rules).
	Password bool
	Logged   []LogRecord // where the admin change log may tell who did it
}

// LogRecord is what the admin change log calls a row.
type LogRecord struct{ Section, Record string }

// LogRecords are those of a seat's alias and of its phones on some nodes, by which
// the log tells who moved the seat
// (docs/vicidial/admin-page.md#phones, docs/vicidial/admin-page.md#phone-aliases).
func (s FloorStyle) LogRecords(seat string, nodes ...string) []LogRecord {
	var records []LogRecord
	if s.Naming.HasAlias() {
		records = append(records, LogRecord{logAliases, s.Naming.AliasID.Name(seat, Label{})})
	}
	for _, node := range nodes {
		record := LogRecord{logPhones, s.Naming.Extension.Name(seat, s.Labels[node])}
		if !slices.Contains(records, record) {
			records = append(records, record)
		}
	}
	return records
}

const (
	logPhones  = "PHONES"
	logAliases = "PHONEALIASES"
	logUsers   = "USERS"
)

// Deviations tells, in seat order, how the rows differ from what is declared.
// Where a secret is not known, as it never is when rows are only read, phones are
// compared with the most common value among them.
func Deviations(have, seen, want FloorRows) []Deviation {
	d := diffFloor(have, seen, want)
	bySeat := map[string]*Deviation{}
	of := func(seat string) *Deviation {
		if bySeat[seat] == nil {
			bySeat[seat] = &Deviation{Seat: seat}
		}
		return bySeat[seat]
	}
	say := func(seat, section, record, format string, args ...any) {
		is := of(seat)
		is.Texts = append(is.Texts, fmt.Sprintf(format, args...))
		if logged := (LogRecord{section, record}); record != "" && !slices.Contains(is.Logged, logged) {
			is.Logged = append(is.Logged, logged)
		}
	}
	for _, p := range d.addPhones {
		say(p.Seat, logPhones, p.Extension, "%s is missing", p.title())
	}
	for _, c := range d.phones {
		if slices.Contains(SecretPhoneColumns, c.column) {
			say(c.seat, logPhones, c.record, "phone %s on %s: %s is another than the floor's", c.key, c.server, c.column)
			of(c.seat).Password = of(c.seat).Password || c.column == "pass"
			continue
		}
		if c.column == "conf_override" { // lines in which a password may stand
			say(c.seat, logPhones, c.record, "phone %s on %s: %s is another than declared", c.key, c.server, c.column)
			continue
		}
		say(c.seat, logPhones, c.record, "phone %s on %s: %s is %s, not %s", c.key, c.server, c.column, quote(c.was), quote(c.become))
	}
	for _, p := range d.drop {
		say(p.Seat, logPhones, p.Extension, "%s is there although the seat is not placed there", p.title())
	}
	for _, a := range d.addAliases {
		say(a.Seat, logAliases, a.ID, "%s is missing", a.title())
	}
	for _, c := range d.aliases {
		say(c.seat, logAliases, c.record, "alias %s: %s is %s, not %s", c.key, c.column, quote(c.was), quote(c.become))
	}
	for _, a := range d.dropAlias {
		say(a.Seat, logAliases, a.ID, "%s is there although the seat is gone", a.title())
	}
	for _, c := range slices.Concat(d.users, d.freed) {
		say(c.seat, logUsers, c.record, "user %s: phone_login is %s, not %s", c.key, quote(c.was), quote(c.become))
	}
	for _, s := range slices.Concat(d.renamed, d.refused) {
		say(s.seat, "", "", "%s", s.text)
	}
	deviations := make([]Deviation, 0, len(bySeat))
	for _, deviation := range bySeat {
		deviations = append(deviations, *deviation)
	}
	slices.SortFunc(deviations, func(a, b Deviation) int { return strings.Compare(a.Seat, b.Seat) })
	return deviations
}

func quote(value cluster.Value) string {
	if value.Null {
		return "NULL"
	}
	return `"` + value.Text + `"`
}
