package seating

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// secretPhoneColumns hold secrets, which are never shown.
var secretPhoneColumns = []string{"pass", "conf_secret", "login_pass"}

// Deviation is the difference of one seat from its declaration.
type Deviation struct {
	Seat  string
	Texts []string // one for each row and column, e.g. `phone 2000a: protocol is SIP, not PJSIP`
	// Password is true if a phone has another password than the rest of the floor:
	// it was changed by telephone, or the alias cannot log in
	// (docs/vicidial/generator.md#voicemail-write-back,
	// docs/vicidial/agent-login.md#alias-rules).
	Password bool
	Logged   []LogRecord          // records of the admin change log that may name the author
	cells    map[rowColumn]string // texts of columns with another value, and of rows that are missing
	deleted  []rowColumn          // rows that go
}

// rowColumn names a column of a row, or the row if it has no column.
type rowColumn struct{ section, key, server, column string }

func (c rowColumn) row() rowColumn {
	c.column = ""
	return c
}

// LogRecord identifies a row in the admin change log.
type LogRecord struct{ Section, Record string }

// LogRecords returns the records of a seat's alias and of its phones on some nodes,
// which name the author of a move (docs/vicidial/admin-page.md#phones,
// docs/vicidial/admin-page.md#phone-aliases).
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

// Deviations returns the differences of the rows from the declaration, sorted by
// seat. A secret that is not known, as during a read, is compared with the most
// common value.
func Deviations(have, seen, want FloorRows) []Deviation {
	d := diffFloor(have, seen, want)
	bySeat := map[string]*Deviation{}
	deviationOf := func(seat string) *Deviation {
		if bySeat[seat] == nil {
			bySeat[seat] = &Deviation{Seat: seat, cells: map[rowColumn]string{}}
		}
		return bySeat[seat]
	}
	add := func(seat, section, record, format string, args ...any) {
		d := deviationOf(seat)
		d.Texts = append(d.Texts, fmt.Sprintf(format, args...))
		if logged := (LogRecord{section, record}); record != "" && !slices.Contains(d.Logged, logged) {
			d.Logged = append(d.Logged, logged)
		}
	}
	addCell := func(section string, c cellChange, format string, args ...any) {
		add(c.seat, section, c.record, format, args...)
		d := deviationOf(c.seat)
		d.cells[rowColumn{section, c.key, c.server, c.column}] = d.Texts[len(d.Texts)-1]
	}
	for _, p := range d.addedPhones {
		addCell(logPhones, cellChange{seat: p.Seat, key: p.Login, server: p.ServerIP, record: p.Extension}, "%s is missing", p.title())
	}
	for _, c := range d.changedPhones {
		if slices.Contains(secretPhoneColumns, c.column) {
			addCell(logPhones, c, "phone %s on %s: %s differs from the floor's", c.key, c.server, c.column)
			deviationOf(c.seat).Password = deviationOf(c.seat).Password || c.column == "pass"
			continue
		}
		if cluster.MayHoldPassword(c.column) {
			addCell(logPhones, c, "phone %s on %s: %s differs from the declared text", c.key, c.server, c.column)
			continue
		}
		addCell(logPhones, c, "phone %s on %s: %s is %s, not %s", c.key, c.server, c.column, quote(c.from), quote(c.to))
	}
	for _, p := range d.deletedPhones {
		add(p.Seat, logPhones, p.Extension, "%s is there although the seat is not placed there", p.title())
		deviationOf(p.Seat).deleted = append(deviationOf(p.Seat).deleted, rowColumn{section: logPhones, key: p.Login, server: p.ServerIP})
	}
	for _, a := range d.addedAliases {
		addCell(logAliases, cellChange{seat: a.Seat, key: a.ID, record: a.ID}, "%s is missing", a.title())
	}
	for _, c := range d.changedAliases {
		addCell(logAliases, c, "alias %s: %s is %s, not %s", c.key, c.column, quote(c.from), quote(c.to))
	}
	for _, a := range d.deletedAliases {
		add(a.Seat, logAliases, a.ID, "%s exists although its seat was removed", a.title())
		deviationOf(a.Seat).deleted = append(deviationOf(a.Seat).deleted, rowColumn{section: logAliases, key: a.ID})
	}
	for _, c := range slices.Concat(d.changedUsers, d.clearedUsers) {
		addCell(logUsers, c, "user %s: phone_login is %s, not %s", c.key, quote(c.from), quote(c.to))
	}
	for _, s := range slices.Concat(d.renames, d.conflicts) {
		add(s.seat, "", "", "%s", s.text)
	}
	deviations := make([]Deviation, 0, len(bySeat))
	for _, deviation := range bySeat {
		deviations = append(deviations, *deviation)
	}
	slices.SortFunc(deviations, func(a, b Deviation) int { return strings.Compare(a.Seat, b.Seat) })
	return deviations
}

// CheckUnedited returns a [cluster.Conflict] where a column that is to be written, or a
// row that is to go or to be written again, holds neither what was declared before nor
// what was known of it when the plan was made. now are the deviations from the earlier
// declaration, next those from the wanted one, and known the texts of the deviations at
// that time, by seat.
func CheckUnedited(now, next []Deviation, known map[string]string) error {
	written := map[rowColumn]bool{}
	for _, deviation := range next {
		for cell := range deviation.cells {
			written[cell] = true
		}
		for _, row := range deviation.deleted {
			written[row] = true
		}
	}
	var edited []string
	for _, deviation := range now {
		for cell, text := range deviation.cells {
			if (written[cell] || written[cell.row()]) && !strings.Contains(known[deviation.Seat], text) {
				edited = append(edited, "seat "+deviation.Seat+": "+text)
			}
		}
	}
	slices.Sort(edited)
	if len(edited) == 0 {
		return nil
	}
	return &cluster.Conflict{Subject: "rows of the placement", Found: "were changed since the plan was made: " + strings.Join(cluster.FirstOf(edited, maxViolations), "; ")}
}

func quote(value cluster.Value) string {
	if value.Null {
		return "NULL"
	}
	return `"` + value.Text + `"`
}
