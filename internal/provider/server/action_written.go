package server

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// writer is what every action writes through.
type writer interface {
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// written looks under the lock, writes what that comes to, and returns what was
// seen.
func written[Seen interface{ Plan() (cluster.Plan, error) }](ctx context.Context, w writer, look func(context.Context) (Seen, error)) (Seen, error) {
	var seen Seen
	err := w.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		var err error
		if seen, err = look(ctx); err != nil {
			return cluster.Plan{}, err
		}
		return seen.Plan()
	})
	return seen, err
}

// tellAll tells what an action did, or why it did nothing.
func tellAll(tell func(string), said []string, otherwise string) {
	for _, sentence := range said {
		tell(sentence)
	}
	if len(said) == 0 {
		tell(otherwise)
	}
}
