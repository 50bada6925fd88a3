package seating

import (
	"iter"
	"slices"
	"strings"
)

// Deviations returns the differences of the floor's own rows from those of a placement;
// see [Deviations]. It takes little memory where few seats differ.
func (s FloorStyle) Deviations(p *Placement, own, seen FloorRows, secrets ...Secret) ([]Deviation, error) {
	want, have, err := s.differing(p, own, secrets)
	return Deviations(have, seen, want), err
}

// differing returns the wanted rows of the seats whose own rows differ from them, and
// these own rows. It does not compare users.
func (s FloorStyle) differing(p *Placement, own FloorRows, secrets []Secret) (want, have FloorRows, err error) {
	columns := s.Columns()
	at := columnsOf(own.Columns, columns)
	fillers := make([]func([]Phone), 0, len(secrets))
	for _, secret := range secrets {
		fillers = append(fillers, secret.filler(columns, own))
	}
	ownPhones := bySeat(own.Phones, p.Seats(), func(p *Phone) string { return p.Seat })
	ownAliases := bySeat(own.Aliases, p.Seats(), func(a *PhoneAlias) string { return a.Seat })
	have = FloorRows{Columns: own.Columns, Users: own.Users}
	want, err = s.appendRows(FloorRows{}, p, func(position int, phones []Phone, aliases []PhoneAlias) bool {
		for _, fill := range fillers {
			fill(phones)
		}
		if agree(ownPhones(position), phones, func(row, want *Phone) bool {
			return row.key() == want.key() && len(phoneChanges(*row, *want, at, columns)) == 0
		}) && agree(ownAliases(position), aliases, func(row, want *PhoneAlias) bool {
			return strings.EqualFold(row.ID, want.ID) && len(aliasChanges(*row, *want)) == 0
		}) {
			return false
		}
		for row := range ownPhones(position) {
			have.Phones = append(have.Phones, *row)
		}
		for row := range ownAliases(position) {
			have.Aliases = append(have.Aliases, *row)
		}
		return true
	})
	return want, have, err
}

// bySeat returns the rows of the seat at a position, in their order.
func bySeat[R any](rows []R, seats Seats, seat func(*R) string) func(position int) iter.Seq[*R] {
	first, next := make([]int, seats.Len()), make([]int, len(rows)) // indexes, plus 1
	for i := range slices.Backward(rows) {
		position, _ := seats.Index(seat(&rows[i]))
		first[position], next[i] = i+1, first[position]
	}
	return func(position int) iter.Seq[*R] {
		return func(yield func(*R) bool) {
			for i := first[position]; i > 0 && yield(&rows[i-1]); i = next[i-1] {
				continue
			}
		}
	}
}

// agree reports whether each row is one of the wanted ones, of which there are as many.
func agree[R any](rows iter.Seq[*R], wanted []R, same func(row, want *R) bool) bool {
	count := 0
	for row := range rows {
		found := false
		for i := range wanted {
			found = found || same(row, &wanted[i])
		}
		if !found {
			return false
		}
		count++
	}
	return count == len(wanted)
}
