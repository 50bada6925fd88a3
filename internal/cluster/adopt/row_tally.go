package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Sum counts the rows of a table.
type Sum struct {
	Table    cluster.Table `json:"table"`
	Read     int           `json:"read"`
	Adopted  int           `json:"adopted"`
	Omitted  int           `json:"left_out"`
	NotAsked int           `json:"not_asked_for"`
}

// RowTally counts adopted and other rows. The zero value is empty.
type RowTally struct{ sums map[cluster.Table]*Sum }

func (l *RowTally) of(table cluster.Table) *Sum {
	if l.sums == nil {
		l.sums = map[cluster.Table]*Sum{}
	}
	if l.sums[table] == nil {
		l.sums[table] = &Sum{Table: table}
	}
	return l.sums[table]
}

// Read counts the rows of the tables.
func (l *RowTally) Read(counts map[cluster.Table]int) {
	for table, count := range counts {
		l.of(table).Read = count
	}
}

// Adopt counts rows that a resource holds.
func (l *RowTally) Adopt(rows ...Row) {
	for _, row := range rows {
		l.of(row.Table).Adopted++
	}
}

// Omit counts rows that no resource holds.
func (l *RowTally) Omit(rows ...Row) {
	for _, row := range rows {
		l.of(row.Table).Omitted++
	}
}

// Skip counts rows that the options exclude.
func (l *RowTally) Skip(rows ...Row) {
	for _, row := range rows {
		l.of(row.Table).NotAsked++
	}
}

// Sums returns the sums by table, in the order of [Tables].
func (l *RowTally) Sums() []Sum {
	sums := make([]Sum, 0, len(l.sums))
	for _, table := range slices.SortedFunc(maps.Keys(l.sums), func(a, b cluster.Table) int {
		return cmp.Or(cmp.Compare(slices.Index(Tables, a), slices.Index(Tables, b)), cmp.Compare(a, b))
	}) {
		sums = append(sums, *l.sums[table])
	}
	return sums
}

// Check returns an error if the counts of a table do not add up: it changed while it was
// read, or a row was not counted.
func (l *RowTally) Check() error {
	for _, sum := range l.Sums() {
		if counted := sum.Adopted + sum.Omitted + sum.NotAsked; counted != sum.Read {
			return fmt.Errorf("%s has %d rows, and %d are accounted for (%d adopted, %d left out, %d not asked for): it changed while it was read; run the command again",
				sum.Table, sum.Read, counted, sum.Adopted, sum.Omitted, sum.NotAsked)
		}
	}
	return nil
}
