package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// statement is SQL with its bound values. All names in it are constants.
type statement struct {
	text string
	args []any
}

// bind returns a value as a bound parameter; nil for NULL.
func bind(value cluster.Value) any {
	if value.Null {
		return nil
	}
	return value.Text
}

// newStatement returns the statement of a step.
func newStatement(step cluster.Step) statement {
	if step.Column != "" {
		return bulkStatement(step)
	}
	switch step.Verb {
	case cluster.Insert:
		return insertStatement(step)
	case cluster.Update:
		set, args := conditions(step.To, ", ", "=")
		where, whereArgs := whereOf(step, step.From)
		return statement{fmt.Sprintf("UPDATE %s SET %s WHERE %s", step.Table, set, where), append(args, whereArgs...)}
	case cluster.Delete:
		where, args := whereOf(step, step.From)
		return statement{fmt.Sprintf("DELETE FROM %s WHERE %s", step.Table, where), args}
	default: // DeleteDuplicates deletes one copy as long as there is more than one
		where, args := whereOf(step, step.From)
		step.Guard = cluster.Unguarded // guarded copies count
		copies, copiesArgs := whereOf(step, step.From)
		return statement{
			fmt.Sprintf("DELETE FROM %s WHERE %s AND 1 < (SELECT copies FROM (SELECT COUNT(*) AS copies FROM %s WHERE %s) AS counted) LIMIT 1",
				step.Table, where, step.Table, copies),
			slices.Concat(args, copiesArgs),
		}
	}
}

// bulkStatement writes one column of many rows, each with its own old and new
// value, or deletes the rows. It skips rows with other values;
// [writer.conflict] reports them.
func bulkStatement(step cluster.Step) statement {
	where, args := whereOf(step, nil)
	old, oldArgs := perRow(step, step.Old)
	// NULL and the empty text are the same to VICIdial (docs/vicidial/measured.md#null-and-empty).
	where += " AND COALESCE(" + step.Column + ", '') = COALESCE(" + old + ", '')"
	args = append(args, oldArgs...)
	if step.Verb == cluster.Delete {
		return statement{fmt.Sprintf("DELETE FROM %s WHERE %s", step.Table, where), args}
	}
	updated, updatedArgs := perRow(step, step.New)
	return statement{
		fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", step.Table, step.Column, updated, where),
		append(updatedArgs, args...),
	}
}

// perRow returns the expression of the value of each row: one placeholder where all
// are the same, else a CASE over the rows. A joined table of values would be shorter, but
// its column could have another collation.
func perRow(step cluster.Step, values []cluster.Value) (string, []any) {
	if len(slices.Compact(slices.Clone(values))) == 1 {
		return "?", []any{bind(values[0])}
	}
	args := make([]any, 0, 2*len(values))
	for i, value := range values {
		args = append(args, bind(step.In[i]), bind(value))
	}
	return "CASE " + step.InColumn + strings.Repeat(" WHEN ? THEN ?", len(values)) + " END", args
}

// insertStatement is idempotent: a single row uses NOT EXISTS, since not every
// table has a unique key; many rows are inserted only into tables with one.
func insertStatement(step cluster.Step) statement {
	columns := slices.Sorted(maps.Keys(step.FullRow(step.Rows[0])))
	args := make([]any, 0, len(columns)*len(step.Rows))
	for _, row := range step.Rows {
		for _, column := range columns {
			value, ok := row[column]
			if !ok {
				value = step.Common[column]
			}
			args = append(args, bind(value))
		}
	}
	values := placeholders(len(columns))
	insert := fmt.Sprintf("INSERT INTO %s (%s)", step.Table, strings.Join(columns, ", "))
	if len(step.Rows) == 1 {
		key, keyArgs := conditions(keyOf(step, step.Rows[0]), " AND ", "=")
		return statement{
			fmt.Sprintf("%s SELECT %s FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM %s WHERE %s)", insert, values, step.Table, key),
			append(args, keyArgs...),
		}
	}
	rows := strings.TrimSuffix(strings.Repeat("("+values+"), ", len(step.Rows)), ", ")
	first := slices.Sorted(maps.Keys(step.Key))[0]
	return statement{fmt.Sprintf("%s VALUES %s ON DUPLICATE KEY UPDATE %s = %s.%s", insert, rows, first, step.Table, first), args}
}

// keyOf returns the key columns of a row.
func keyOf(step cluster.Step, row cluster.Row) cluster.Row {
	return row.Only(slices.Collect(maps.Keys(step.Key))...)
}

// whereOf returns the condition of the step's rows that have the expected values. It
// is FALSE for a step without a key.
func whereOf(step cluster.Step, expected cluster.Row) (string, []any) {
	var parts []string
	var args []any
	if len(step.Key) > 0 {
		text, values := conditions(step.Key, " AND ", "<=>")
		parts, args = append(parts, text), append(args, values...)
	}
	for _, column := range slices.Sorted(maps.Keys(expected)) {
		if value := expected[column]; value.Text == "" {
			// NULL and the empty text are the same to VICIdial
			// (docs/vicidial/measured.md#null-and-empty).
			parts = append(parts, "COALESCE("+column+", '') = ''")
		} else {
			parts, args = append(parts, column+" <=> ?"), append(args, value.Text)
		}
	}
	if step.InColumn != "" {
		parts = append(parts, step.InColumn+" IN ("+placeholders(len(step.In))+")")
		for _, value := range step.In {
			args = append(args, bind(value))
		}
	}
	if step.Guard == cluster.FreeRoom {
		parts = append(parts, "COALESCE(extension, '') = ''")
	}
	if len(parts) == 0 {
		return "FALSE", nil
	}
	return strings.Join(parts, " AND "), args
}

// conditions joins a comparison or an assignment of each column of a row.
func conditions(row cluster.Row, separator, operator string) (string, []any) {
	parts := make([]string, 0, len(row))
	args := make([]any, 0, len(row))
	for _, column := range slices.Sorted(maps.Keys(row)) {
		parts = append(parts, column+" "+operator+" ?")
		args = append(args, bind(row[column]))
	}
	return strings.Join(parts, separator), args
}

// describe returns a description of a step without values that may be secrets.
func describe(step cluster.Step) string {
	verb := map[cluster.Verb]string{cluster.Insert: "add to", cluster.Update: "change", cluster.Delete: "remove from", cluster.DeleteDuplicates: "remove duplicates from"}[step.Verb]
	key := step.Key
	if step.Verb == cluster.Insert {
		key = keyOf(step, step.Rows[0])
	}
	parts := make([]string, 0, len(key))
	for _, column := range slices.Sorted(maps.Keys(key)) {
		parts = append(parts, column+" "+key[column].Text)
	}
	if len(parts) == 0 && len(step.In) > 0 {
		parts = append(parts, step.InColumn+" "+step.In[0].Text)
	}
	text := verb + " " + string(step.Table) + ": " + strings.Join(parts, ", ")
	if step.Column != "" && step.Verb == cluster.Update {
		text += ", " + step.Column
	}
	if rows := max(len(step.Rows), len(step.In)); rows > 1 {
		text += fmt.Sprintf(" (%d rows)", rows)
	}
	return text
}

// placeholders returns the list of n placeholders of a statement.
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// argsOf returns texts as the values of placeholders.
func argsOf(texts []string) []any {
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
	}
	return args
}
