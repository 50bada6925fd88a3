package tfhelper

import (
	"context"
	"errors"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// applier is the part of the store that writes.
type applier interface {
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// MayHaveWritten reports whether a write that failed may have written rows.
func MayHaveWritten(err error) bool {
	var partial *cluster.Partial
	return errors.As(err, &partial)
}

// UndoPartial removes the rows of a Create that failed after at least one step, or in a
// step that may have been written, even if ctx is cancelled. undo plans the removal of
// the rows that the Create inserted. The error that it returns states whether the rows
// were removed.
func UndoPartial(ctx context.Context, store applier, err error, undo func(context.Context) (cluster.Plan, error)) error {
	var partial *cluster.Partial
	if !errors.As(err, &partial) || partial.Applied == 0 && !partial.Unsure || store.Apply(context.WithoutCancel(ctx), undo) != nil {
		return err
	}
	return fmt.Errorf("%w; the rows that were written have been removed again", partial.Err)
}
