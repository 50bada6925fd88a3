package seating

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Inheritance is what new phones take from a phone that their seat has already, so
// that a seat that moves keeps what nobody declares: whether it is a web phone,
// its template, its codecs, its secrets.
type Inheritance struct {
	Columns []string
	Values  map[string][]cluster.Value // by seat, in the order of Columns; holds secrets
}

// notInherited are the columns of phones that name one phone, that are the node's,
// or that daemons write (docs/vicidial/daemons.md#volatile-columns).
var notInherited = []string{
	"extension", "dialplan_number", "voicemail_id", "server_ip", "login",
	"messages", "old_messages", "peer_status", "ping_time", "phone_ip", "computer_ip",
}

// InheritedColumns lists, sorted, the columns that a phone takes from another one of
// its seat: all that the database has, but for those that the floor declares.
func InheritedColumns(schema cluster.Schema, declared []string) []string {
	columns := slices.Sorted(maps.Keys(schema.Tables[cluster.TablePhones]))
	return slices.DeleteFunc(columns, func(column string) bool {
		return slices.Contains(notInherited, column) || slices.Contains(declared, column)
	})
}

// Siblings finds, for each seat that gets a further phone, the login of the phone
// that it is made after: the first that the seat has. have are the rows that the
// floor owns. fresh says whether a seat gets its first phone.
func Siblings(have, seen, want FloorRows) (siblings map[string]string, fresh bool) {
	first := make(map[string]string, len(have.Aliases))
	there := seen.index()
	for _, p := range have.Phones {
		if _, stands := there.phones[p.key()]; stands && first[p.Seat] == "" {
			first[p.Seat] = p.Login
		}
	}
	siblings = map[string]string{}
	for _, p := range want.Phones {
		if _, stands := there.phones[p.key()]; stands {
			continue
		}
		if first[p.Seat] == "" {
			fresh = true
		} else {
			siblings[p.Seat] = first[p.Seat]
		}
	}
	return siblings, fresh
}

// NewInheritance takes the columns of the siblings from rows by login, as the
// database compares it.
func NewInheritance(siblings map[string]string, columns []string, rows map[string][]cluster.Value) Inheritance {
	inherited := Inheritance{Columns: columns, Values: make(map[string][]cluster.Value, len(siblings))}
	for seat, login := range siblings {
		if values, found := rows[strings.ToLower(login)]; found {
			inherited.Values[seat] = values
		}
	}
	return inherited
}
