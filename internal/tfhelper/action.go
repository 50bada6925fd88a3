package tfhelper

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
)

// Progress tells whoever runs Terraform how an action gets on. Once they have
// stopped it nobody listens any more, and the framework's own function would wait
// for somebody for ever.
func Progress(ctx context.Context, resp *action.InvokeResponse) func(text string) {
	return func(text string) {
		if text == "" || ctx.Err() != nil {
			return
		}
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			resp.SendProgress(action.InvokeProgressEvent{Message: text})
		}()
		select {
		case <-heard:
		case <-ctx.Done():
		}
	}
}

// ErrNotYet says that a wait ended before what it waited for.
var ErrNotYet = errors.New("not yet")

// Wait looks again and again until a look says that it is done, or fails. After
// the timeout it looks once more, and then ends with [ErrNotYet]. Whoever stops
// the run ends it with the context's error.
func Wait(ctx context.Context, timeout, interval time.Duration, look func(ctx context.Context, waited time.Duration) (done bool, err error)) error {
	began := time.Now()
	for {
		waited := time.Since(began)
		done, err := look(ctx, waited)
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return ctx.Err() // a look that was cut off is no failure
		case err != nil:
			return err
		case waited >= timeout:
			return ErrNotYet
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(interval, timeout-waited)):
		}
	}
}
