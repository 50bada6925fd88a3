package tfhelper

import (
	"context"
	"errors"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

type applyFunc func() error

func (f applyFunc) Apply(context.Context, func(context.Context) (cluster.Plan, error)) error {
	return f()
}

// A step that may be written is undone, as one that is.
func TestUndoPartial(t *testing.T) {
	cause := errors.New("connection lost")
	for name, c := range map[string]struct {
		err    error
		undone bool
	}{
		"before the first step":         {cause, false},
		"a first step that was refused": {&cluster.Partial{Err: cause}, false},
		"a first step without answer":   {&cluster.Partial{Unsure: true, Err: cause}, true},
		"a second step":                 {&cluster.Partial{Applied: 1, Err: cause}, true},
	} {
		t.Run(name, func(t *testing.T) {
			undone := false
			err := UndoPartial(t.Context(), applyFunc(func() error { undone = true; return nil }), c.err, nil)
			if undone != c.undone || !errors.Is(err, cause) || (err.Error() != c.err.Error()) != c.undone {
				t.Errorf("undone %v, %v", undone, err)
			}
			refused := UndoPartial(t.Context(), applyFunc(func() error { return errors.New("refused") }), c.err, nil)
			if refused.Error() != c.err.Error() {
				t.Errorf("after an undo that failed: %v", refused)
			}
		})
	}
}
