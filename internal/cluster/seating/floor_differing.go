package seating

import (
	"slices"
	"strings"
)

// Deviations returns the differences of the floor's own rows from those of a placement;
// see [Deviations]. It takes little memory where few seats differ.
func (s FloorStyle) Deviations(p *Placement, own, seen FloorRows) ([]Deviation, error) {
	want, have, err := s.differing(p, own)
	return Deviations(have, seen, want), err
}

// differing returns the wanted rows of the seats whose own rows differ from them, and
// these own rows. It does not compare users.
func (s FloorStyle) differing(p *Placement, own FloorRows) (want, have FloorRows, err error) {
	columns := s.Columns()
	at := columnsOf(own.Columns, columns)
	samePhone := func(row, want Phone) bool {
		return row.key() == want.key() && len(phoneChanges(row, want, at, columns)) == 0
	}
	sameAlias := func(row, want PhoneAlias) bool {
		return strings.EqualFold(row.ID, want.ID) && len(aliasChanges(row, want)) == 0
	}
	ownPhones := bySeat(own.Phones, p.Seats(), func(p Phone) string { return p.Seat })
	ownAliases := bySeat(own.Aliases, p.Seats(), func(a PhoneAlias) string { return a.Seat })
	have = FloorRows{Columns: own.Columns, Users: own.Users}
	want, err = s.appendRows(FloorRows{}, p, own, func(position int, phones []Phone, aliases []PhoneAlias) bool {
		if agree(ownPhones[position], phones, samePhone) && agree(ownAliases[position], aliases, sameAlias) {
			return false
		}
		have.Phones = append(have.Phones, ownPhones[position]...)
		have.Aliases = append(have.Aliases, ownAliases[position]...)
		return true
	})
	return want, have, err
}

// bySeat groups rows by the position of their seat. It copies no rows of a seat that
// follow one another.
func bySeat[R any](rows []R, seats Seats, seat func(R) string) [][]R {
	grouped := make([][]R, seats.Len())
	for i, row := range rows {
		position, ours := seats.Index(seat(row))
		if !ours {
			continue
		}
		group := grouped[position]
		if first := i - len(group); len(group) == 0 || first >= 0 && &group[0] == &rows[first] {
			grouped[position] = rows[first : i+1 : i+1]
		} else {
			grouped[position] = append(group, row)
		}
	}
	return grouped
}

// agree reports whether each row is one of the wanted ones, of which there are as many.
func agree[R any](rows, wanted []R, same func(row, want R) bool) bool {
	return len(rows) == len(wanted) && !slices.ContainsFunc(rows, func(row R) bool {
		return !slices.ContainsFunc(wanted, func(want R) bool { return same(row, want) })
	})
}
