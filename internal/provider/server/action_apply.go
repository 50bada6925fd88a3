package server

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// writer is the part of the store that every action writes with.
type writer interface {
	AddActionRows(action string, plan cluster.Plan)
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// applyDecision reads the input under the lock, applies the plan of an action, and
// returns the input.
func applyDecision[Input interface{ Plan() (cluster.Plan, error) }](ctx context.Context, w writer, name string, read func(context.Context) (Input, error)) (Input, error) {
	var input Input
	err := w.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		var err error
		if input, err = read(ctx); err != nil {
			return cluster.Plan{}, err
		}
		plan, err := input.Plan()
		if err == nil {
			w.AddActionRows(name, plan)
		}
		return plan, err
	})
	return input, err
}

// report sends the sentences to progress, or the text otherwise if there are none.
func report(progress func(string), sentences []string, otherwise string) {
	for _, sentence := range sentences {
		progress(sentence)
	}
	if len(sentences) == 0 {
		progress(otherwise)
	}
}
