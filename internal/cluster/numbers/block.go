package numbers

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// Block is a declaration: numbers, the columns of their rows, and overrides for some of
// them. Other columns are not managed.
type Block struct {
	Numbers   ranges.Set
	Shared    cluster.Row
	Overrides []Override
}

// Override has columns of some numbers of a block.
type Override struct {
	Key     string // the numbers as they were given
	Numbers ranges.Set
	Row     cluster.Row
}

// OverrideError is an error in an override. Column is empty where it concerns the
// numbers.
type OverrideError struct {
	Key, Column string
	Reason      string
}

func (e *OverrideError) Error() string { return e.Reason }

// Wanted are the wanted rows of numbers. Equal rows are stored once.
type Wanted struct {
	Numbers ranges.Set
	rows    []cluster.Row
	of      []int // by position in Numbers: an index of rows
}

// Wanted returns the wanted rows of the block. It returns an [*OverrideError] for an
// override of a number that the block does not have, and for two overrides with different
// values for one number.
func (b Block) Wanted() (Wanted, error) {
	w := Wanted{Numbers: b.Numbers, rows: []cluster.Row{b.Shared}, of: make([]int, b.Numbers.Len())}
	owner := map[int]map[string]string{} // by index of rows: the key of the override of a column
	type merged struct{ row, override int }
	known := map[merged]int{}
	for i, override := range b.Overrides {
		for name := range override.Numbers.Values() {
			position, ok := b.Numbers.Index(name)
			if !ok {
				return w, &OverrideError{Key: override.Key, Reason: fmt.Sprintf("%s is not among the numbers of dids", name)}
			}
			before := w.of[position]
			after, done := known[merged{before, i}]
			if !done {
				row, keys := maps.Clone(w.rows[before]), maps.Clone(owner[before])
				if row == nil {
					row = cluster.Row{}
				}
				if keys == nil {
					keys = map[string]string{}
				}
				for _, column := range slices.Sorted(maps.Keys(override.Row)) {
					if other, twice := keys[column]; twice && row[column] != override.Row[column] {
						return w, &OverrideError{Key: override.Key, Column: column, Reason: fmt.Sprintf("%s of %s has another value in the override %q", column, name, other)}
					}
					row[column], keys[column] = override.Row[column], override.Key
				}
				after = len(w.rows)
				w.rows = append(w.rows, row)
				owner[after], known[merged{before, i}] = keys, after
			}
			w.of[position] = after
		}
	}
	return w, nil
}

// Row returns the wanted row of a member. Callers must not modify it.
func (w Wanted) Row(name string) (cluster.Row, bool) {
	position, ok := w.Numbers.Index(name)
	if !ok {
		return nil, false
	}
	return w.rows[w.of[position]], true
}

// all returns the members with their wanted rows, in order.
func (w Wanted) all() iter.Seq2[string, cluster.Row] {
	return func(yield func(string, cluster.Row) bool) {
		position := 0
		for name := range w.Numbers.Values() {
			if !yield(name, w.rows[w.of[position]]) {
				return
			}
			position++
		}
	}
}

// Columns returns the columns of all rows, sorted.
func (w Wanted) Columns() []string {
	columns := map[string]bool{}
	for _, row := range w.rows {
		for column := range row {
			columns[column] = true
		}
	}
	return slices.Sorted(maps.Keys(columns))
}
