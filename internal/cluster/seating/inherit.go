package seating

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Inheritance has the columns that a new phone copies from another phone of its
// seat, so that a seat that moves keeps unmanaged columns: whether it is a web
// phone, its template, its codecs, its secrets.
type Inheritance struct {
	Columns []string
	Values  map[string][]cluster.Value // by seat, in the order of Columns; holds secrets
}

// ForeignPhoneColumns are the columns of phones that the provider neither reads nor
// writes: those that daemons write (docs/vicidial/daemons.md#volatile-columns), and
// the addresses and passwords of the old desktop client.
var ForeignPhoneColumns = []string{
	"messages", "old_messages", "ping_time", "phone_ip", "computer_ip", "ASTmgrUSERNAME", "ASTmgrSECRET",
	"DBX_server", "DBX_database", "DBX_user", "DBX_pass", "DBX_port", "DBY_server", "DBY_database", "DBY_user", "DBY_pass", "DBY_port",
}

// PhoneStatusColumns are the columns of phones that a node writes and the provider
// reads.
var PhoneStatusColumns = []string{"peer_status"}

// notInherited are the columns of phones that identify a phone, that depend on the
// node, or that are not the provider's.
var notInherited = slices.Concat(
	[]string{"extension", "dialplan_number", "voicemail_id", "server_ip", "login"}, ForeignPhoneColumns, PhoneStatusColumns)

// InheritedColumns returns, sorted, the columns that a phone copies from another
// one of its seat: all columns of the table that the floor does not declare.
func InheritedColumns(schema cluster.Schema, declared []string) []string {
	columns := slices.Sorted(maps.Keys(schema.Tables[cluster.TablePhones]))
	return slices.DeleteFunc(columns, func(column string) bool {
		return slices.Contains(notInherited, column) || slices.Contains(declared, column)
	})
}

// Siblings returns, for each seat that gets a further phone, the login of the phone
// to copy: the first of the seat. have are the rows that the floor owns. initial
// reports whether some seat gets its first phone.
func Siblings(have, seen, want FloorRows) (siblings map[string]string, initial bool) {
	first := make(map[string]string, len(have.Aliases))
	existing := seen.index()
	for _, p := range have.Phones {
		if _, exists := existing.phones()[p.key()]; exists && first[p.Seat] == "" {
			first[p.Seat] = p.Login
		}
	}
	siblings = map[string]string{}
	for _, p := range want.Phones {
		if _, exists := existing.phones()[p.key()]; exists {
			continue
		}
		if first[p.Seat] == "" {
			initial = true
		} else {
			siblings[p.Seat] = first[p.Seat]
		}
	}
	return siblings, initial
}

// NewInheritance returns the columns of the siblings. rows has their values by
// lower-case login.
func NewInheritance(siblings map[string]string, columns []string, rows map[string][]cluster.Value) Inheritance {
	inherited := Inheritance{Columns: columns, Values: make(map[string][]cluster.Value, len(siblings))}
	for seat, login := range siblings {
		if values, found := rows[strings.ToLower(login)]; found {
			inherited.Values[seat] = values
		}
	}
	return inherited
}
