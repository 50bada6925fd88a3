package tfhelper

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Progress returns a function that sends a progress message of an action to
// Terraform. After the context ends, nothing receives messages any more, and the
// framework's own function would block forever.
func Progress(ctx context.Context, resp *action.InvokeResponse) func(text string) {
	return func(text string) {
		if text == "" || ctx.Err() != nil {
			return
		}
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			resp.SendProgress(action.InvokeProgressEvent{Message: cluster.Printable(text)})
		}()
		select {
		case <-sent:
		case <-ctx.Done():
		}
	}
}

// ErrPollTimeout reports that [Poll] timed out.
var ErrPollTimeout = errors.New("timed out")

// Poll calls check at the interval until it reports done or fails. After the
// timeout it calls check once more and then returns [ErrPollTimeout]. When the
// context ends, Poll returns the context's error.
func Poll(ctx context.Context, timeout, interval time.Duration, check func(ctx context.Context, waited time.Duration) (done bool, err error)) error {
	start := time.Now()
	for {
		waited := time.Since(start)
		done, err := check(ctx, waited)
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return ctx.Err() // a check that was interrupted has not failed
		case err != nil:
			return err
		case waited >= timeout:
			return ErrPollTimeout
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(interval, timeout-waited)):
		}
	}
}
