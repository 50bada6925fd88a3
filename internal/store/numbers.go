package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
)

// Numbers returns all rows of vicidial_inbound_dids with those of the columns that
// this schema has. Each choice of columns is read once.
func (s *Store) Numbers(ctx context.Context, columns []string) (numbers.Table, error) {
	return s.numberQueries.get(ctx, columns, s.readNumbers)
}

func (s *Store) readNumbers(ctx context.Context, columns []string) (numbers.Table, error) {
	var records []numbers.Record
	err := s.withSchema(ctx, func(schema cluster.Schema) (err error) {
		columns = schema.Only(cluster.TableDIDs, columns)
		records, err = s.numbersWhere(ctx, columns, "")
		return err
	})
	return numbers.NewTable(columns, records), err
}

func (s *Store) numbersWhere(ctx context.Context, columns []string, where string, args ...any) ([]numbers.Record, error) {
	query := fmt.Sprintf("SELECT %s FROM %s%s ORDER BY did_id", strings.Join(append([]string{"did_id", "did_pattern"}, columns...), ", "), cluster.TableDIDs, whereClause(where))
	return scanAll(ctx, s, "inbound numbers", query, args, 2+len(columns), func(row *rowScanner, record *numbers.Record) {
		*record = numbers.Record{ID: row.text(0), Pattern: trimKey(row.text(1)), Values: row.values(2)}
	})
}

// renewNumbers is [keyed.renew] for inbound numbers.
func (s *Store) renewNumbers(ctx context.Context, table numbers.Table, steps []writtenStep) (numbers.Table, error) {
	records, err := keyed[numbers.Record]{
		columns: []string{"did_id", "did_pattern"},
		column: func(record numbers.Record, column string) string {
			if column == "did_id" {
				return record.ID
			}
			return record.Pattern
		},
		order: []string{"did_id"},
		read: func(ctx context.Context, where string, args ...any) ([]numbers.Record, error) {
			return s.numbersWhere(ctx, table.Columns, where, args...)
		},
	}.renew(ctx, table.Records, steps)
	return numbers.NewTable(table.Columns, records), err
}
