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

// bulkStatement writes one column of many rows, each with its own old and new
// value, or deletes the rows. It skips rows with other values;
// [writer.bulkConflict] reports them.
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

// bulkRows reads the present values of the rows of such a step, by their folded key.
func (w *writer) bulkRows(ctx context.Context, step cluster.Step) (map[string]cluster.Value, error) {
	conn, release := w.use()
	defer release()
	if conn == nil {
		return nil, sql.ErrConnDone
	}
	where, args := whereOf(step, nil)
	found := make(map[string]cluster.Value, len(step.In))
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s", step.InColumn, step.Column, step.Table, where)
	err := scanRows(ctx, conn, query, args, func(rows *sql.Rows) error {
		var key string
		var column sql.NullString
		err := rows.Scan(&key, &column)
		found[cluster.FoldKey(key)] = value(column)
		return err
	}, w.store.log)
	return found, err
}

// comparesRows reports whether a step writes the same values to many rows, each of
// which must hold From. Every row counts: one that holds neither From nor To is a
// conflict.
func comparesRows(step cluster.Step) bool {
	return step.Verb == cluster.Update && step.Column == "" && len(step.In) > 0 && len(step.From) > 0
}

// unwritten lists the rows of such a step that do not hold To.
func (w *writer) unwritten(ctx context.Context, step cluster.Step) ([]string, error) {
	conn, release := w.use()
	defer release()
	if conn == nil {
		return nil, sql.ErrConnDone
	}
	where, args := whereOf(step, step.To)
	written := make(map[string]bool, len(step.In))
	err := scanRows(ctx, conn, fmt.Sprintf("SELECT %s FROM %s WHERE %s", step.InColumn, step.Table, where), args, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		written[strings.ToLower(key)] = true
		return err
	}, w.store.log)
	var left []string
	for _, key := range step.In {
		if !written[strings.ToLower(key.Text)] {
			left = append(left, key.Text)
		}
	}
	return left, err
}

// unfinished lists the rows of such a step that are not done.
func (w *writer) unfinished(ctx context.Context, step cluster.Step) ([]string, error) {
	if comparesRows(step) {
		return w.unwritten(ctx, step)
	}
	found, err := w.bulkRows(ctx, step)
	if err != nil {
		return nil, err
	}
	var left []string
	for i, key := range step.In {
		current, exists := found[cluster.FoldKey(key.Text)]
		if step.Verb == cluster.Delete && exists || step.Verb != cluster.Delete && (!exists || current != step.New[i]) {
			left = append(left, key.Text)
		}
	}
	return left, nil
}

// bulkConflict returns a [cluster.Conflict] for the rows that the step did not
// change, or nil if they were done before.
func (w *writer) bulkConflict(ctx context.Context, step cluster.Step) error {
	left, err := w.unfinished(ctx, step)
	if err != nil || len(left) == 0 {
		return err
	}
	columns := step.Column
	if columns == "" {
		columns = strings.Join(slices.Sorted(maps.Keys(step.To)), ", ")
	}
	return &cluster.Conflict{
		Subject: fmt.Sprintf("%s: %s of %s %s", step.Table, columns, step.InColumn, cluster.ListOf(left)),
		Found:   "was changed by another client between the read and the write",
	}
}
