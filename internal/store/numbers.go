package store

import (
	"context"
	"database/sql"
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
	scanner := newRowScanner(2 + len(columns))
	var records []numbers.Record
	err = s.query(ctx, "inbound numbers", query, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(scanner.dest...); err != nil {
			return err
		}
		records = append(records, numbers.Record{ID: string(scanner.raw[0]), Pattern: trimKey(string(scanner.raw[1])), Values: scanner.values(2)})
		return nil
	})
	return numbers.NewTable(columns, records), err
}
