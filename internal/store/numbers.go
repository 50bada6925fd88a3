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
	info, err := s.info.get(ctx)
	if err != nil {
		return numbers.Table{}, err
	}
	columns = info.schema.Only(cluster.TableDIDs, columns)
	query := fmt.Sprintf("SELECT %s FROM %s ORDER BY did_id", strings.Join(append([]string{"did_id", "did_pattern"}, columns...), ", "), cluster.TableDIDs)
	records, err := scanAll(ctx, s, "inbound numbers", query, nil, 2+len(columns), func(row *rowScanner, record *numbers.Record) {
		*record = numbers.Record{ID: row.text(0), Pattern: trimKey(row.text(1)), Values: row.values(2)}
	})
	return numbers.NewTable(columns, records), err
}
