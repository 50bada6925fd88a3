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
	found := make([]sql.RawBytes, 2+len(columns))
	into := make([]any, len(found))
	for i := range found {
		into[i] = &found[i]
	}
	one := shareTexts()
	var records []numbers.Record
	var piece []cluster.Value
	err = s.query(ctx, "inbound numbers", query, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if len(piece) < len(columns) {
			piece = make([]cluster.Value, 512*len(columns))
		}
		record := numbers.Record{ID: string(found[0]), Pattern: trimKey(string(found[1]))}
		record.Values, piece = piece[:len(columns):len(columns)], piece[len(columns):]
		for i := range record.Values {
			record.Values[i] = one(found[2+i])
		}
		records = append(records, record)
		return nil
	})
	return numbers.NewTable(columns, records), err
}
