package server

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// writer is what every action writes with.
type writer interface {
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// applyDecision reads the input under the lock, applies its plan, and returns the
// input.
func applyDecision[Input interface{ Plan() (cluster.Plan, error) }](ctx context.Context, w writer, read func(context.Context) (Input, error)) (Input, error) {
	var input Input
	err := w.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		var err error
		if input, err = read(ctx); err != nil {
			return cluster.Plan{}, err
		}
		return input.Plan()
	})
	return input, err
}

// report sends the sentences to the progress, or otherwise where there is none.
func report(progress func(string), sentences []string, otherwise string) {
	for _, sentence := range sentences {
		progress(sentence)
	}
	if len(sentences) == 0 {
		progress(otherwise)
	}
}
