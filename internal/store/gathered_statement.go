package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Bounds of one statement of several steps: below the smallest max_allowed_packet
// that servers are set to, and few enough conditions to be evaluated quickly.
const (
	maxGatheredArgs  = 10_000
	maxGatheredBytes = 256 << 10
)

// weight is how much a step adds to a statement.
func weight(step cluster.Step) (args, bytes int) {
	s := newStatement(step)
	for _, arg := range s.args {
		if text, ok := arg.(string); ok {
			bytes += len(text)
		}
	}
	return len(s.args), bytes + len(s.text)
}

// gathered is one statement for steps that join; see [cluster.Step.Joins].
func gathered(steps []cluster.Step) statement {
	first := steps[0]
	switch {
	case len(steps) == 1:
		return newStatement(first)
	case first.Verb == cluster.Insert && len(first.Rows) > 1:
		all := first
		all.Rows, all.Common = nil, nil
		for _, step := range steps {
			for _, row := range step.Rows {
				all.Rows = append(all.Rows, step.FullRow(row))
			}
		}
		return newStatement(all)
	case first.Verb == cluster.Insert:
		return gatheredInsert(steps)
	case first.Verb == cluster.Delete:
		where, args := anyOf(steps, fromOf)
		return statement{fmt.Sprintf("DELETE FROM %s WHERE %s", first.Table, where), args}
	default:
		return gatheredUpdate(steps)
	}
}

// gatheredInsert tests for each row whether it exists.
func gatheredInsert(steps []cluster.Step) statement {
	parts := make([]string, 0, len(steps))
	var args []any
	into := ""
	for _, step := range steps {
		one := newStatement(step)
		before, values, _ := strings.Cut(one.text, " SELECT ")
		into = before
		parts, args = append(parts, "SELECT "+values), append(args, one.args...)
	}
	return statement{into + " " + strings.Join(parts, " UNION ALL "), args}
}

// gatheredUpdate selects the values of each row by its key alone, since an assignment
// sees what earlier ones of the statement have set.
func gatheredUpdate(steps []cluster.Step) statement {
	first := steps[0]
	var sets []string
	var args []any
	for _, column := range slices.Sorted(maps.Keys(first.To)) {
		if !slices.ContainsFunc(steps, func(step cluster.Step) bool { return step.To[column] != first.To[column] }) {
			sets, args = append(sets, column+" = ?"), append(args, bind(first.To[column]))
			continue
		}
		var choice strings.Builder
		for _, step := range steps {
			key, keyArgs := conditions(step.Key, " AND ", "<=>")
			choice.WriteString(" WHEN " + key + " THEN ?")
			args = append(append(args, keyArgs...), bind(step.To[column]))
		}
		sets = append(sets, column+" = CASE"+choice.String()+" END")
	}
	where, whereArgs := anyOf(steps, fromOf)
	return statement{fmt.Sprintf("UPDATE %s SET %s WHERE %s", first.Table, strings.Join(sets, ", "), where), append(args, whereArgs...)}
}

func fromOf(step cluster.Step) cluster.Row { return step.From }

// anyOf returns the condition of the rows of all steps that have the expected values.
func anyOf(steps []cluster.Step, expected func(cluster.Step) cluster.Row) (string, []any) {
	parts := make([]string, 0, len(steps))
	var args []any
	for _, step := range steps {
		where, values := whereOf(step, expected(step))
		parts, args = append(parts, "("+where+")"), append(args, values...)
	}
	return strings.Join(parts, " OR "), args
}

// counts runs several queries of a number in one statement.
func (w *writer) counts(ctx context.Context, queries []statement) ([]int, error) {
	if w.conn == nil {
		return nil, sql.ErrConnDone
	}
	parts := make([]string, 0, len(queries))
	var args []any
	for _, query := range queries {
		parts, args = append(parts, "("+query.text+")"), append(args, query.args...)
	}
	found := make([]int, len(queries))
	return found, w.queryRow(ctx, statement{"SELECT " + strings.Join(parts, ", "), args}, pointers(found)...)
}

// left counts the rows of the keys of steps.
func (w *writer) left(ctx context.Context, steps []cluster.Step) (int, error) {
	where, args := anyOf(steps, func(cluster.Step) cluster.Row { return nil })
	return w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", steps[0].Table, where), args})
}

// allDone determines in one statement which of the gathered steps are done. A delete is
// done where no row of its key is left: only the last deletes of a plan are gathered.
func (w *writer) allDone(ctx context.Context, steps []cluster.Step) ([]bool, error) {
	var queries []statement
	count := func(table cluster.Table, where string, args []any) {
		queries = append(queries, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", table, where), args})
	}
	for _, step := range steps {
		switch step.Verb {
		case cluster.Insert:
			for _, row := range step.Rows {
				where, args := conditions(step.FullRow(row), " AND ", "<=>")
				count(step.Table, where, args)
			}
		case cluster.Update:
			where, args := whereOf(step, step.To)
			count(step.Table, where, args)
		default:
			where, args := whereOf(step, nil)
			count(step.Table, where, args)
		}
	}
	found, err := w.counts(ctx, queries)
	if err != nil {
		return nil, err
	}
	done, at := make([]bool, len(steps)), 0
	for i, step := range steps {
		done[i] = true
		for range max(1, len(step.Rows)) {
			done[i] = done[i] && (found[at] == 0) == (step.Verb == cluster.Delete)
			at++
		}
	}
	return done, nil
}
