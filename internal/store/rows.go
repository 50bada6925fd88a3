package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// joins reports whether VICIdial joins tables by a column, or finds a row by it.
func joins(column string) bool {
	return strings.HasSuffix(column, "server_ip") || slices.Contains([]string{
		"carrier_id", "template_id", "did_pattern", "user_start", "campaign_id", "group_id", "menu_id", "user", "user_group",
		"filter_campaign_id", "filter_group_id", "filter_menu_id", "filter_user",
	}, column)
}

// rows reads a table, or the rows of it that meet a condition: those of the columns
// that this schema has, in the order of one of them. Names come from constants of
// this program only.
func (s *Store) rows(ctx context.Context, table cluster.Table, columns []string, order, where string, args ...any) ([]cluster.Row, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return nil, err
	}
	if exists, err := s.has(ctx, table); err != nil {
		return nil, err
	} else if !exists {
		return nil, fmt.Errorf("the table %s does not exist", table)
	}
	columns = schema.Only(table, columns)
	query := fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s", strings.Join(columns, ", "), table, whereClause(where), order)
	var found []cluster.Row
	err = s.query(ctx, string(table), query, args, func(rows *sql.Rows) error {
		texts, err := scanTexts(rows, len(columns))
		if err != nil {
			return err
		}
		row := make(cluster.Row, len(columns))
		for i, column := range columns {
			if joins(column) {
				texts[i].String = trimKey(texts[i].String)
			}
			row[column] = value(texts[i])
		}
		found = append(found, row)
		return nil
	})
	return found, err
}

// RowCounts counts the rows of tables. A table that this schema does not have is left
// out.
func (s *Store) RowCounts(ctx context.Context, tables []cluster.Table) (map[cluster.Table]int, error) {
	counts := map[cluster.Table]int{}
	for _, table := range tables {
		exists, err := s.has(ctx, table)
		if err != nil {
			return nil, err
		}
		if !exists {
			continue
		}
		err = s.query(ctx, string(table), "SELECT COUNT(*) FROM "+string(table), nil, func(rows *sql.Rows) error {
			var count int
			err := rows.Scan(&count)
			counts[table] = count
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func whereClause(where string) string {
	if where == "" {
		return ""
	}
	return "\n WHERE " + where
}

// cachedRows caches a table whose rows are read as such, in the order of the first key.
func cachedRows[All ~[]R, R ~map[string]cluster.Value](s *Store, name string, table cluster.Table, columns []string, keys ...string) *cachedQuery[All] {
	read := func(ctx context.Context, where string, args ...any) ([]R, error) {
		found, err := s.rows(ctx, table, columns, keys[0], where, args...)
		rows := make([]R, len(found))
		for i, row := range found {
			rows[i] = R(row)
		}
		return rows, err
	}
	return cachedKeyed[All](s, name, table, keyed[R]{columns: keys, order: keys[:1], column: func(row R, column string) string { return row[column].Text }, read: read})
}
