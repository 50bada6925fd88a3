package tfhelper

import (
	"context"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Terraform plans, writes and deletes objects that do not refer to one another in any
// order, and ten at a time. So an object that takes something may come before the
// object that gives it up.
const (
	awaitPatience = 10 * time.Second
	awaitPause    = 100 * time.Millisecond
)

// Await calls try until it returns false. It stops when ctx is done, and when progress,
// which counts what other objects have done, has not changed for ten seconds.
func Await(ctx context.Context, progress func() int, try func() (again bool)) {
	done, since := progress(), time.Now()
	for try() && time.Since(since) < awaitPatience {
		select {
		case <-ctx.Done():
			return
		case <-time.After(awaitPause):
		}
		if now := progress(); now != done {
			done, since = now, time.Now()
		}
	}
}

// AwaitOthers calls write. It calls it again, for ten seconds at most, while it is
// refused because of rows that other objects of the same run may remove.
func AwaitOthers(ctx context.Context, write func(context.Context) error) error {
	var err error
	Await(ctx, func() int { return 0 }, func() bool {
		err = write(ctx)
		return cluster.IsTemporary(err)
	})
	return err
}
