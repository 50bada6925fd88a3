package tfhelper_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// How long an object waits for what another one may give up depends on what the
// provider is asked at the same time.
func TestAwait(t *testing.T) {
	t.Parallel()
	const second = time.Second
	// A request runs from begin to end.
	type request struct{ begin, end time.Duration }
	for name, c := range map[string]struct {
		others []request
		until  time.Duration // try succeeds
		want   time.Duration
	}{
		"nothing to wait for":               {nil, 0, 0},
		"alone":                             {nil, time.Hour, 3 * second},
		"another one gives it up":           {[]request{{0, 5 * second}}, 5 * second, 5 * second},
		"another one ends without":          {[]request{{0, 5 * second}}, time.Hour, 8 * second},
		"another one comes":                 {[]request{{second, 5 * second}}, time.Hour, 8 * second},
		"it comes late":                     {[]request{{4 * second, 5 * second}}, time.Hour, 3 * second},
		"another one does not end":          {[]request{{0, time.Hour}}, time.Hour, 10 * second},
		"one of two ends":                   {[]request{{0, 8 * second}, {0, time.Hour}}, time.Hour, 18 * second},
		"many come one after the other":     {[]request{{0, 9 * second}, {9 * second, 18 * second}, {18 * second, 27 * second}}, time.Hour, 30 * second},
		"short ones, and between them none": {[]request{{second, second}, {3 * second, 3 * second}}, time.Hour, 6 * second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var requests tfhelper.Requests
				sleep := func(d time.Duration) {
					select {
					case <-time.After(d):
					case <-ctx.Done():
					}
				}
				for _, r := range c.others {
					go func() {
						sleep(r.begin)
						_, end := requests.Begin(ctx)
						defer end()
						sleep(r.end - r.begin)
					}()
				}
				own, end := requests.Begin(ctx)
				defer end()
				begun := time.Now()
				tfhelper.Await(own, func() bool { return time.Since(begun) < c.until })
				if got := time.Since(begun); got < c.want || got > c.want+200*time.Millisecond {
					t.Errorf("it waited %v, not %v", got, c.want)
				}
			})
		})
	}
}

// An object is tried again when another one has ended, and otherwise once a second.
func TestAwait_tries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var requests tfhelper.Requests
		ctx, end := requests.Begin(t.Context())
		defer end()
		_, endOther := requests.Begin(t.Context())
		go func() {
			<-time.After(4450 * time.Millisecond)
			endOther()
		}()
		begun := time.Now()
		var tries []string
		tfhelper.Await(ctx, func() bool {
			tries = append(tries, time.Since(begun).String())
			return true
		})
		if got, want := strings.Join(tries, " "), "0s 1s 2s 3s 4s 4.5s 5.5s 6.5s 7.5s"; got != want {
			t.Errorf("tries at %s, want %s", got, want)
		}
	})
}

// Objects that wait for one another do not keep one another waiting.
func TestAwait_all(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var requests tfhelper.Requests
		begun, tries := time.Now(), make(chan time.Duration)
		for range 10 {
			go func() {
				ctx, end := requests.Begin(t.Context())
				defer end()
				tfhelper.Await(ctx, func() bool { return true })
				tries <- time.Since(begun)
			}()
		}
		for range 10 {
			if waited := <-tries; waited > 3200*time.Millisecond {
				t.Errorf("one waited %v", waited)
			}
		}
	})
}

// A stopped request waits no longer.
func TestAwait_stopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		tfhelper.Await(ctx, func() bool { return true })
		if waited := time.Since(begun); waited != time.Second {
			t.Errorf("it waited %v", waited)
		}
	})
}

// A write that others may make possible is tried again for ten seconds at most.
func TestAwaitOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var requests tfhelper.Requests
		ctx, end := requests.Begin(t.Context())
		defer end()
		done := make(chan struct{})
		go func() { // others end all the time
			for {
				_, end := requests.Begin(ctx)
				select {
				case <-time.After(time.Second):
					end()
				case <-done:
					return
				}
			}
		}()
		begun := time.Now()
		err := tfhelper.AwaitOthers(ctx, func(context.Context) error { return &cluster.Refused{Temporary: true} })
		close(done)
		if waited := time.Since(begun); !cluster.IsTemporary(err) || waited < 10*time.Second || waited > 11*time.Second {
			t.Errorf("%v after %v", err, waited)
		}
	})
}
