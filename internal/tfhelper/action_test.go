package tfhelper

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
)

func TestProgress(t *testing.T) {
	t.Run("sends messages in order", func(t *testing.T) {
		var heard []string
		tell := Progress(t.Context(), &action.InvokeResponse{SendProgress: func(event action.InvokeProgressEvent) { heard = append(heard, event.Message) }})
		for _, text := range []string{"one", "", "two"} {
			tell(text)
		}
		if len(heard) != 2 || heard[0] != "one" || heard[1] != "two" {
			t.Errorf("%q", heard)
		}
	})
	t.Run("returns when the context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			gone := make(chan struct{})
			tell := Progress(ctx, &action.InvokeResponse{SendProgress: func(action.InvokeProgressEvent) { <-gone }})
			time.AfterFunc(time.Second, cancel)
			tell("anybody there?") // would hang
			tell("anybody?")
			close(gone)
		})
	})
}

func TestPoll(t *testing.T) {
	errBroken := errors.New("broken")
	for _, c := range []struct {
		claim             string
		timeout, interval time.Duration
		doneAt, brokenAt  int // which check
		stopAfter         time.Duration
		looks             int
		took              time.Duration
		want              error
	}{
		{claim: "ends with the look that is done", timeout: time.Minute, interval: 5 * time.Second, doneAt: 3, looks: 3, took: 10 * time.Second},
		{claim: "looks at once", timeout: time.Minute, interval: 5 * time.Second, doneAt: 1, looks: 1},
		{claim: "looks once more when the time is up", timeout: 12 * time.Second, interval: 5 * time.Second, looks: 4, took: 12 * time.Second, want: ErrPollTimeout},
		{claim: "ends with the look that fails", timeout: time.Minute, interval: 5 * time.Second, brokenAt: 2, looks: 2, took: 5 * time.Second, want: errBroken},
		{claim: "ends in the middle of a pause when it is stopped", timeout: time.Minute, interval: 5 * time.Second, stopAfter: 7 * time.Second, looks: 2, took: 7 * time.Second, want: context.Canceled},
	} {
		t.Run(c.claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if c.stopAfter > 0 {
					time.AfterFunc(c.stopAfter, cancel)
				}
				began, looks := time.Now(), 0
				err := Poll(ctx, c.timeout, c.interval, func(_ context.Context, waited time.Duration) (bool, error) {
					if waited != time.Since(began) {
						t.Errorf("waited %s of %s", waited, time.Since(began))
					}
					if looks++; looks == c.brokenAt {
						return false, errBroken
					}
					return looks == c.doneAt, nil
				})
				if took := time.Since(began); !errors.Is(err, c.want) || looks != c.looks || took != c.took {
					t.Errorf("%d looks in %s: %v", looks, took, err)
				}
			})
		})
	}
	t.Run("interrupted check returns the context's error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		err := Poll(ctx, time.Minute, time.Second, func(context.Context, time.Duration) (bool, error) {
			cancel()
			return false, errBroken
		})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
