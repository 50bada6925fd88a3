package store

import (
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

// gathered is one statement for steps that join; see [cluster.Step.CanCombine].
func gathered(steps []cluster.Step) statement {
	first := steps[0]
	switch {
	case len(steps) == 1:
		return newStatement(first)
	case first.Verb == cluster.Insert && len(first.Rows) > 1:
		return newStatement(merged(steps))
	case first.Verb == cluster.Insert:
		return gatheredInsert(steps)
	case first.Verb == cluster.Delete:
		return gatheredDelete(steps)
	default:
		return gatheredUpdate(steps)
	}
}

// merged is one step for steps of many rows each.
func merged(steps []cluster.Step) cluster.Step {
	all := steps[0]
	all.Rows, all.Common, all.In, all.Old, all.New = nil, nil, nil, nil, nil
	for _, step := range steps {
		for _, row := range step.Rows {
			all.Rows = append(all.Rows, step.FullRow(row))
		}
		all.In, all.Old, all.New = append(all.In, step.In...), append(all.Old, step.Old...), append(all.New, step.New...)
	}
	return all
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

// gatheredDelete deletes the rows of all steps.
func gatheredDelete(steps []cluster.Step) statement {
	where, args := anyStep(steps)
	return statement{fmt.Sprintf("DELETE FROM %s WHERE %s", steps[0].Table, where), args}
}

// anyStep selects the rows of all steps. Where no unique key tells from the number of changed
// rows that each step had one, it selects none unless each step has.
func anyStep(steps []cluster.Step) (where string, args []any) {
	table := steps[0].Table
	parts := make([]string, 0, len(steps))
	for _, step := range steps {
		step.Verb = cluster.Delete
		one := newStatement(step)
		_, rows, _ := strings.Cut(one.text, " WHERE ")
		parts, args = append(parts, "("+rows+")"), append(args, one.args...)
	}
	where = strings.Join(parts, " OR ")
	if !isUnique(steps[0]) {
		columns := cluster.SortedUnique(slices.Collect(maps.Keys(steps[0].Key)), slices.Collect(maps.Keys(steps[0].From)))
		if column := steps[0].InColumn; column != "" {
			columns = []string{column}
		}
		where = fmt.Sprintf("(%s) AND %d = (SELECT found FROM (SELECT COUNT(DISTINCT COALESCE(%s, '')) AS found FROM %s WHERE %s) AS counted)",
			where, rowsOf(steps), strings.Join(columns, ", ''), COALESCE("), table, where)
		args = append(args, args...)
	}
	return where, args
}

// gatheredUpdate selects the values of each row by its key alone, since an assignment
// sees what earlier ones of the statement have set.
func gatheredUpdate(steps []cluster.Step) statement {
	first := steps[0]
	where, values := anyStep(steps)
	if first.Column != "" {
		all := merged(steps)
		updated, args := perRow(all, all.New)
		return statement{fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", first.Table, first.Column, updated, where), append(args, values...)}
	}
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
	return statement{fmt.Sprintf("UPDATE %s SET %s WHERE %s", first.Table, strings.Join(sets, ", "), where), append(args, values...)}
}

func fromOf(step cluster.Step) cluster.Row { return step.From }
