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

// step writes one step. It returns false if there was nothing to write.
func (w *writer) step(ctx context.Context, step cluster.Step, sent <-chan *poolResult) (bool, error) {
	run := newStatement(step)
	for deleted := false; ; deleted = true {
		changed, err := w.exec(ctx, run, sent, func(ctx context.Context) (bool, error) { return w.done(ctx, step) })
		sent = nil
		switch {
		case err != nil:
			return false, err
		case step.Verb == cluster.DeleteDuplicates && changed > 0:
			continue // it deletes one row
		case step.Verb == cluster.DeleteDuplicates:
			return deleted, nil
		case changed == 0 && step.AllowNoMatch:
			return false, nil
		case changed == 0, everyRow(step) && changed < int64(len(step.In)):
			err = w.conflict(ctx, step)
		}
		return err == nil, err
	}
}

func notLogged(err error) error {
	return fmt.Errorf("the step is written, its entry in the admin change log is not: %w", err)
}

// everyRow reports whether each of the rows that In names counts: one that has neither
// the old nor the new value is a conflict.
func everyRow(step cluster.Step) bool {
	return step.Column != "" || step.Verb == cluster.Update && len(step.In) > 0 && len(step.From) > 0
}

// conflict returns nil if the step was done before, and otherwise a
// [cluster.Conflict]: another client has changed the row.
func (w *writer) conflict(ctx context.Context, step cluster.Step) error {
	if !everyRow(step) {
		done, err := w.allDone(ctx, []cluster.Step{step}, keyOnly)
		if err != nil || done[0] {
			return err
		}
		return conflictOf(step)
	}
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

func conflictOf(step cluster.Step) error {
	if step.Verb == cluster.Insert {
		return &cluster.Conflict{Subject: "another row", Found: "was inserted by another client between the read and the write"}
	}
	return &cluster.Conflict{Subject: "the row", Found: "was changed by another client between the read and the write"}
}

// done reports whether the rows are as the step leaves them. A row that was changed since
// is not the one that a delete removes.
func (w *writer) done(ctx context.Context, step cluster.Step) (bool, error) {
	if everyRow(step) {
		left, err := w.unfinished(ctx, step)
		return len(left) == 0, err
	}
	done, err := w.allDone(ctx, []cluster.Step{step}, fromOf)
	return err == nil && done[0], err
}

// keyOnly is the condition of [writer.allDone] under which a delete is done where no row
// of its key is left, whatever its values.
func keyOnly(cluster.Step) cluster.Row { return nil }

// allDone determines in one statement which steps of one table are done. A delete is done
// where no row has the values that deleted returns.
func (w *writer) allDone(ctx context.Context, steps []cluster.Step, deleted func(cluster.Step) cluster.Row) ([]bool, error) {
	var queries []string
	var args []any
	count := func(where string, values []any) {
		queries = append(queries, fmt.Sprintf("(SELECT COUNT(*) FROM %s WHERE %s)", steps[0].Table, where))
		args = append(args, values...)
	}
	for _, step := range steps {
		switch {
		case step.Verb == cluster.Insert:
			for _, row := range step.Rows {
				count(conditions(step.FullRow(row), " AND ", "<=>"))
			}
		case step.AllowNoMatch:
			count(whereOf(step, step.From))
		case step.Verb == cluster.Update:
			count(whereOf(step, step.To))
		default:
			count(whereOf(step, deleted(step)))
		}
	}
	found := make([]int, len(queries))
	if err := w.queryRow(ctx, statement{"SELECT " + strings.Join(queries, ", "), args}, pointers(found)...); err != nil {
		return nil, err
	}
	done := make([]bool, len(steps))
	for i, step := range steps {
		rows := max(1, len(step.Rows))
		noneLeft := step.AllowNoMatch || step.Verb == cluster.Delete || step.Verb == cluster.DeleteDuplicates
		done[i] = !slices.ContainsFunc(found[:rows], func(count int) bool { return (count == 0) != noneLeft })
		found = found[rows:]
	}
	return done, nil
}

// unfinished lists the rows of a step in which each row counts that are not done.
func (w *writer) unfinished(ctx context.Context, step cluster.Step) ([]string, error) {
	conn, release := w.use()
	defer release()
	if conn == nil {
		return nil, sql.ErrConnDone
	}
	column, expected := step.Column, cluster.Row(nil)
	if column == "" {
		column, expected = step.InColumn, step.To
	}
	where, args := whereOf(step, expected)
	found := make(map[string]cluster.Value, len(step.In))
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s", step.InColumn, column, step.Table, where)
	err := scanRows(ctx, conn, query, args, func(rows *sql.Rows) error {
		var key string
		var current sql.NullString
		err := rows.Scan(&key, &current)
		found[cluster.FoldKey(key)] = value(current)
		return err
	}, w.store.log)
	var left []string
	for i, key := range step.In {
		current, exists := found[cluster.FoldKey(key.Text)]
		if exists == (step.Verb == cluster.Delete) || exists && step.New != nil && current != step.New[i] {
			left = append(left, key.Text)
		}
	}
	return left, err
}
