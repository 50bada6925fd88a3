package tfhelper

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Terraform plans, writes and deletes objects that do not refer to one another in any
// order, and ten at a time. So an object that takes a key or a trunk may be written
// before the object that frees it.
const (
	awaitBusy  = 10 * time.Second // while other requests run, and none of them ends
	awaitIdle  = 3 * time.Second  // while none runs: objects of other providers may be written first
	awaitPause = 100 * time.Millisecond
	awaitRetry = time.Second // though none of them has ended
)

// Requests counts the requests that a provider answers at the moment. The zero value
// counts none.
type Requests struct {
	running, waiting, ended atomic.Int64
}

// request is a request that [Requests] counts.
type request struct {
	*Requests

	waits bool // for another request; stays true until the end if the wait timed out
}

type requestKey struct{}

// Begin counts a request until end is called. [Await] finds the others by the context.
func (r *Requests) Begin(ctx context.Context) (_ context.Context, end func()) {
	current := &request{Requests: r}
	r.running.Add(1)
	return context.WithValue(ctx, requestKey{}, current), func() {
		r.running.Add(-1)
		if current.waits {
			r.waiting.Add(-1)
		} else {
			r.ended.Add(1)
		}
	}
}

// Await calls try until it returns false. It gives up when ctx is done, when all requests
// that run have waited as well for three seconds, and when no other request has ended for
// ten seconds.
func Await(ctx context.Context, try func() (again bool)) {
	if !try() {
		return
	}
	current, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		current = &request{Requests: &Requests{}}
	}
	if !current.waits {
		current.waits = true
		current.waiting.Add(1)
	}
	ended, progress, busy, tried := current.ended.Load(), time.Now(), time.Now(), time.Now()
	for time.Since(progress) < awaitBusy && time.Since(busy) < awaitIdle {
		select {
		case <-ctx.Done():
			return
		case <-time.After(awaitPause):
		}
		now := current.ended.Load()
		if now != ended || time.Since(tried) >= awaitRetry {
			tried = time.Now()
			if !try() {
				current.waits = false
				current.waiting.Add(-1)
				return
			}
		}
		if now != ended {
			ended, progress, busy = now, time.Now(), time.Now()
		}
		if current.running.Load() > current.waiting.Load() {
			busy = time.Now()
		}
	}
}

// AwaitOthers calls write. It calls it again, for ten seconds at most, while the
// database has rows that prevent the write and that other objects of the same run may
// remove.
func AwaitOthers(ctx context.Context, write func(context.Context) error) error {
	var err error
	begun := time.Now()
	Await(ctx, func() bool {
		err = write(ctx)
		return cluster.IsTemporary(err) && time.Since(begun) < awaitBusy
	})
	return err
}
