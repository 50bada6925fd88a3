package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// Table formats the result of a query as the mysql client does:
//
//	+-----------+------------------+
//	| server_ip | dedicated_trunks |
//	+-----------+------------------+
//	| 10.0.0.1  |               40 |
//	+-----------+------------------+
//
// Numbers are right-aligned, NULL is written as NULL and a line break as \n. If the
// query fails, the result is the text of the error, so that a comparison shows it.
func (d *Database) Table(ctx context.Context, query string, args ...any) string {
	text, err := drawQuery(ctx, d.db, query, args...)
	if err != nil {
		return "error: " + err.Error()
	}
	return text
}

// Expect compares the result of a query with a table as Table formats it, ignoring
// indentation, borders and blank lines.
func (d *Database) Expect(tb testing.TB, query, want string, args ...any) {
	tb.Helper()
	have := d.Table(tb.Context(), query, args...)
	if Trim(have) != Trim(want) {
		tb.Errorf("%s\nfound\n%s\ninstead of\n%s", query, Trim(have), Trim(want))
	}
}

// Trim removes indentation, borders and blank lines from a table.
func Trim(drawing string) string {
	var lines []string
	for line := range strings.Lines(drawing) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "+-") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func drawQuery(ctx context.Context, db *sql.DB, query string, args ...any) (string, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return "", err
	}
	head := make([]string, len(types))
	right := make([]bool, len(types))
	for position, kind := range types {
		head[position] = kind.Name()
		right[position] = isNumber(kind.DatabaseTypeName())
	}
	body := [][]string{}
	for rows.Next() {
		values := make([]sql.NullString, len(types))
		targets := make([]any, len(types))
		for position := range values {
			targets[position] = &values[position]
		}
		if err := rows.Scan(targets...); err != nil {
			return "", err
		}
		line := make([]string, len(types))
		for position, value := range values {
			line[position] = formatValue(value)
		}
		body = append(body, line)
	}
	return draw(head, body, right), rows.Err()
}

func isNumber(kind string) bool {
	kind = strings.TrimPrefix(kind, "UNSIGNED ")
	switch kind {
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE":
		return true
	}
	return false
}

func formatValue(value sql.NullString) string {
	if !value.Valid {
		return "NULL"
	}
	return strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`).Replace(value.String)
}

// draw formats a table. right has the right-aligned columns.
func draw(head []string, body [][]string, right []bool) string {
	widths := make([]int, len(head))
	for _, line := range append([][]string{head}, body...) {
		for position, text := range line {
			widths[position] = max(widths[position], utf8.RuneCountInString(text))
		}
	}
	var out strings.Builder
	rule := func() {
		for _, width := range widths {
			out.WriteString("+" + strings.Repeat("-", width+2))
		}
		out.WriteString("+\n")
	}
	row := func(line []string, right []bool) {
		for position, text := range line {
			gap := strings.Repeat(" ", widths[position]-utf8.RuneCountInString(text))
			if right[position] {
				fmt.Fprintf(&out, "| %s%s ", gap, text)
			} else {
				fmt.Fprintf(&out, "| %s%s ", text, gap)
			}
		}
		out.WriteString("|\n")
	}
	rule()
	row(head, make([]bool, len(head)))
	rule()
	for _, line := range body {
		row(line, right)
	}
	if len(body) > 0 {
		rule()
	}
	return out.String()
}
