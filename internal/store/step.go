package store

import (
	"context"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// step writes one step. It returns false if there was nothing to write.
func (w *writer) step(ctx context.Context, step cluster.Step) (bool, error) {
	done := newStatement(step)
	for deleted := false; ; deleted = true {
		changed, err := w.exec(ctx, done, func(ctx context.Context) (bool, error) { return w.done(ctx, step) })
		if err != nil {
			return false, err
		}
		if changed == 0 && step.AllowNoMatch {
			return false, nil
		}
		if step.Column != "" && changed < int64(len(step.In)) {
			if err := w.bulkConflict(ctx, step); err != nil {
				return false, err
			}
		}
		if comparesRows(step) {
			if changed < int64(len(step.In)) {
				if err := w.bulkConflict(ctx, step); err != nil {
					return false, err
				}
			}
			break
		}
		if changed == 0 && step.Column == "" && step.Verb != cluster.DeleteDuplicates {
			if err := w.conflict(ctx, step); err != nil {
				return false, err
			}
		}
		if changed == 0 && step.Verb == cluster.DeleteDuplicates && !deleted {
			return false, nil // no duplicate to delete
		}
		if step.Verb != cluster.DeleteDuplicates || changed == 0 {
			break
		}
	}
	return true, nil
}

func notLogged(err error) error {
	return fmt.Errorf("the step is written, its line in the admin change log is not: %w", err)
}

// conflict returns nil if the step was done before, and otherwise a
// [cluster.Conflict]: another client has changed the row.
func (w *writer) conflict(ctx context.Context, step cluster.Step) error {
	existing, err := w.done(ctx, step)
	if err == nil && existing && step.Verb == cluster.Delete && len(step.From) > 0 {
		// No row has the old values: it was deleted or changed.
		where, args := whereOf(step, nil)
		var others int
		others, err = w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
		existing = others == 0
	}
	if err != nil || existing {
		return err
	}
	return conflictOf(step)
}

func conflictOf(step cluster.Step) error {
	if step.Verb == cluster.Insert {
		return &cluster.Conflict{Subject: "another row", Found: "was inserted by another client between the read and the write"}
	}
	return &cluster.Conflict{Subject: "the row", Found: "was changed by another client between the read and the write"}
}

// done reports whether the rows are as the step leaves them.
func (w *writer) done(ctx context.Context, step cluster.Step) (bool, error) {
	if step.Column != "" || comparesRows(step) {
		left, err := w.unfinished(ctx, step)
		return len(left) == 0, err
	}
	count := func(expected cluster.Row) (int, error) {
		where, args := whereOf(step, expected)
		return w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
	}
	switch step.Verb {
	case cluster.Insert:
		for _, row := range step.Rows {
			where, args := conditions(step.FullRow(row), " AND ", "<=>")
			n, err := w.count(ctx, statement{fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", step.Table, where), args})
			if err != nil || n == 0 {
				return false, err
			}
		}
		return true, nil
	case cluster.Update:
		if step.AllowNoMatch { // no row of the old key must remain
			left, err := count(step.From)
			return left == 0, err
		}
		done, err := count(step.To)
		return done > 0, err
	case cluster.Delete:
		left, err := count(step.From)
		return left == 0, err
	default: // DeleteDuplicates is repeated until it finds nothing
		return false, nil
	}
}
