package seating

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// AdoptedColumns are the phone columns of existing rows: the shared values, and the
// overrides of single seats.
type AdoptedColumns struct {
	Phone cluster.Row
	Seats map[string]cluster.Row // by seat; each of these columns is in Phone, too
}

// Columns returns the columns to declare. It omits a column if all phones have its
// value of defaults, which are the columns of a new phone, or if it is empty in all
// phones, since an import cannot distinguish that from an unmanaged column. It also
// omits columns in which phones of one seat differ, and values that allowed
// rejects.
func (f Adopted) Columns(all FloorRows, defaults cluster.Row, allowed func(column, text string) bool) AdoptedColumns {
	adopted := AdoptedColumns{Phone: cluster.Row{}, Seats: map[string]cluster.Row{}}
	for _, column := range PhoneColumns {
		i := slices.Index(all.Columns, column.Name)
		if i < 0 || column.Name == "fullname" { // set by a template
			continue
		}
		bySeat, ok := f.bySeat(i, column, allowed)
		if !ok {
			continue
		}
		count := map[cluster.Value]int{}
		for _, value := range bySeat {
			count[value]++
		}
		usual, hasUsual := defaults[column.Name]
		usual = cluster.TablePhones.Normal(column.Name, usual)
		shared, _ := mostCommon(count, usual)
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

// bySeat returns the values of a column by seat. It reports false if a seat has
// several values, or if an attribute cannot have one of them.
func (f Adopted) bySeat(at int, column PhoneColumn, allowed func(column, text string) bool) (map[string]cluster.Value, bool) {
	values := make(map[string]cluster.Value, f.Seats.Len())
	for _, p := range f.phones {
		value := cluster.TablePhones.Normal(column.Name, p.Values[at])
		if known, twice := values[p.Seat]; twice && known != value {
			return nil, false
		}
		if column.Kind != KindText && value.Text == "" || !allowed(column.Name, value.Text) {
			return nil, false
		}
		values[p.Seat] = value
	}
	return values, true
}

// PasswordsDiffer reports whether the phones of some seat have several passwords, as
// after an agent has changed one by telephone.
func (f Adopted) PasswordsDiffer(all FloorRows) bool {
	i := slices.Index(all.Columns, "pass")
	if i < 0 {
		return false
	}
	passwords := map[string]string{}
	for _, p := range f.phones {
		password := p.Values[i].Text
		if known, twice := passwords[p.Seat]; twice && known != password {
			return true
		}
		passwords[p.Seat] = password
	}
	return false
}

// Ranges groups the overridden seats into ranges with equal columns.
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
