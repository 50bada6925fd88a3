package cluster

import (
	"maps"
	"slices"
)

// ImportHint is the advice where a row that is to be created stands there with
// other values.
const ImportHint = "Nothing was overwritten. Import the row if this configuration is to own it."

// Equivalence says whether a column holds what another value means to VICIdial. The
// first may be a text with places for secrets, the second is what a row holds.
type Equivalence func(column string, meant, held Value) bool

// changedColumns says which columns of a row lead from what it holds to what is wanted,
// and what they hold now. A column that holds neither what is wanted nor what
// the plan had seen is a [Conflict]; so is every difference in a row that the
// plan had not seen at all (seen is nil), for then it is somebody else's.
func changedColumns(subject string, have, seen, want Row, same Equivalence) (from, to Row, err error) {
	from, to = Row{}, Row{}
	for _, column := range slices.Sorted(maps.Keys(want)) {
		held, there := have[column]
		if there && same(column, want[column], held) {
			continue
		}
		if seen == nil {
			return nil, nil, &Conflict{Subject: subject, Found: "is there already, with another " + column, Advice: ImportHint}
		}
		if known, was := seen[column]; there && was && !same(column, known, held) {
			return nil, nil, &Conflict{Subject: subject, Found: "has another " + column + " than when it was read"}
		}
		to[column] = want[column]
		if there {
			from[column] = held
		}
	}
	return from, to, nil
}

// goneError is a conflict where a row that is to be changed was there when it was read, and
// is not any more.
func goneError(subject string, seen Row) error {
	if seen == nil {
		return nil
	}
	return &Conflict{Subject: subject, Found: "is gone since it was read"}
}

// checkUnchanged returns a [Conflict] if a row that is to be removed no longer holds what
// the plan saw.
func checkUnchanged(subject string, have, seen Row, same Equivalence) error {
	if columns := Drift(have, seen, same); len(columns) > 0 {
		return &Conflict{Subject: subject, Found: "has another " + columns[0] + " than when it was read"}
	}
	return nil
}

// Drift returns the columns of a row that no longer hold what was seen, sorted.
func Drift(have, seen Row, same Equivalence) []string {
	var columns []string
	for _, column := range slices.Sorted(maps.Keys(seen)) {
		if held, there := have[column]; there && !same(column, seen[column], held) {
			columns = append(columns, column)
		}
	}
	return columns
}
