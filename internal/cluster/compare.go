package cluster

import (
	"maps"
	"slices"
)

// ImportHint is the advice if a row that is to be created exists with other values.
const ImportHint = "Nothing was overwritten. Import the row if this configuration is to own it."

// Equivalence reports whether the value that a row holds means the same to VICIdial as
// another, which may have placeholders for secrets.
type Equivalence func(column string, want, have Value) bool

// changedColumns returns the columns in which a row differs from want: their present and
// their wanted values. A column that holds neither the wanted nor the seen value is a
// [Conflict]; so is every difference in a row that the plan had not seen (seen is nil),
// which somebody else made.
func changedColumns(subject string, have, seen, want Row, same Equivalence) (from, to Row, err error) {
	from, to = Row{}, Row{}
	for _, column := range slices.Sorted(maps.Keys(want)) {
		current, ok := have[column]
		if ok && same(column, want[column], current) {
			continue
		}
		if seen == nil {
			return nil, nil, &Conflict{Subject: subject, Found: "already exists, with another " + column, Advice: ImportHint}
		}
		if known, planned := seen[column]; ok && planned && !same(column, known, current) {
			return nil, nil, &Conflict{Subject: subject, Found: "has another " + column + " than when it was read"}
		}
		to[column] = want[column]
		if ok {
			from[column] = current
		}
	}
	return from, to, nil
}

// checkNotRemoved returns a [Conflict] if a row that is to be changed was removed since
// it was read.
func checkNotRemoved(subject string, seen Row) error {
	if seen == nil {
		return nil
	}
	return &Conflict{Subject: subject, Found: "was deleted since it was read"}
}

// checkUnchanged returns a [Conflict] if a row that is to be removed differs from the
// seen one.
func checkUnchanged(subject string, have, seen Row, same Equivalence) error {
	if columns := Drift(have, seen, same); len(columns) > 0 {
		return &Conflict{Subject: subject, Found: "has another " + columns[0] + " than when it was read"}
	}
	return nil
}

// Drift returns the columns in which a row differs from the seen one, sorted.
func Drift(have, seen Row, same Equivalence) []string {
	var columns []string
	for _, column := range slices.Sorted(maps.Keys(seen)) {
		if current, ok := have[column]; ok && !same(column, seen[column], current) {
			columns = append(columns, column)
		}
	}
	return columns
}
