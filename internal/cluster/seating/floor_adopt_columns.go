package seating

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// AdoptedColumns are the columns of a floor that was found: what all phones share,
// and what single seats have instead.
type AdoptedColumns struct {
	Phone cluster.Row
	Seats map[string]cluster.Row // by seat; each of these columns is in Phone, too
}

// Columns reads the shared columns out of the rows. born is what a new phone holds
// that nobody declares: a column in which all phones hold that is left out, and so
// is one that is empty in all, since an import cannot tell it from one that is not
// managed. Left out are also columns in which the phones of one seat differ, which
// no declaration can describe, and those that held refuses.
func (f Adopted) Columns(all FloorRows, born cluster.Row, held func(column, text string) bool) AdoptedColumns {
	adopted := AdoptedColumns{Phone: cluster.Row{}, Seats: map[string]cluster.Row{}}
	for _, column := range PhoneColumns {
		at := slices.Index(all.Columns, column.Name)
		if at < 0 || column.Name == "fullname" { // a template makes it
			continue
		}
		bySeat, ok := f.bySeat(at, column, held)
		if !ok {
			continue
		}
		count := map[cluster.Value]int{}
		for _, value := range bySeat {
			count[value]++
		}
		usual, hasUsual := born[column.Name]
		usual = cluster.Normal(column.Name, usual)
		shared, _ := commonest(count, usual)
		if len(count) == 1 && (shared.Text == "" || hasUsual && shared == usual) {
			continue
		}
		adopted.Phone[column.Name] = shared
		for seat, value := range bySeat {
			if value == shared {
				continue
			}
			if adopted.Seats[seat] == nil {
				adopted.Seats[seat] = cluster.Row{}
			}
			adopted.Seats[seat][column.Name] = value
		}
	}
	return adopted
}

// bySeat are the values of a column; false where one seat has several, or where an
// attribute could not hold one.
func (f Adopted) bySeat(at int, column PhoneColumn, held func(column, text string) bool) (map[string]cluster.Value, bool) {
	values := make(map[string]cluster.Value, f.Seats.Len())
	for _, p := range f.phones {
		value := cluster.Normal(column.Name, p.Values[at])
		if known, twice := values[p.Seat]; twice && known != value {
			return nil, false
		}
		if column.Kind != KindText && value.Text == "" || !held(column.Name, value.Text) {
			return nil, false
		}
		values[p.Seat] = value
	}
	return values, true
}

// Ranges gathers the seats that differ from the others, as ranges of neighbours that
// hold the same.
func (c AdoptedColumns) Ranges() map[string]cluster.Row {
	alike := func(a, b string) bool { return maps.Equal(c.Seats[a], c.Seats[b]) }
	seats := slices.Sorted(maps.Keys(c.Seats))
	ranges := map[string]cluster.Row{}
	for len(seats) > 0 {
		end := 1
		for end < len(seats) && alike(seats[0], seats[end]) {
			end++
		}
		if run, err := ParseSeats(seats[:end]); err == nil {
			for _, text := range run.Ranges() {
				ranges[text] = c.Seats[seats[0]]
			}
		}
		seats = seats[end:]
	}
	return ranges
}
