package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// loadTimeout is the timeout of a read of a table.
const loadTimeout = time.Minute

// cachedQuery is one cached read, shared by all readers until a write. A load runs
// on a context of its own, so that a cancelled reader fails only itself. A failure
// is returned to the readers that waited for it and is not kept. A load that began
// before a write is not returned to readers that start after it.
type cachedQuery[T any] struct {
	read func(context.Context) (T, error)
	log  func(ctx context.Context, result string) // nil logs nothing
	// tables are those that the query reads. renew returns the result with the rows of
	// written steps as they are now; where it is nil, the query is run again.
	tables []cluster.Table
	renew  func(ctx context.Context, value T, steps []writtenStep) (T, error)

	mu      sync.Mutex
	current *load[T]
}

type load[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (q *cachedQuery[T]) get(ctx context.Context) (T, error) {
	if writerOf(ctx) != nil {
		return q.getAsWriter(ctx)
	}
	q.mu.Lock()
	l, result := q.current, "shared"
	if l == nil {
		l, result = &load[T]{done: make(chan struct{})}, "load"
		q.current = l
		go q.run(context.WithoutCancel(ctx), l)
	}
	q.mu.Unlock()
	if q.log != nil {
		q.log(ctx, result)
	}

	select {
	case <-l.done:
		return l.value, l.err
	case <-ctx.Done():
		var nothing T
		return nothing, ctx.Err()
	}
}

// set makes a value that was read elsewhere the result.
func (q *cachedQuery[T]) set(value T) {
	l := &load[T]{done: make(chan struct{}), value: value}
	close(l.done)
	q.mu.Lock()
	q.current = l
	q.mu.Unlock()
}

// load is get for a caller who does not need the result yet.
func (q *cachedQuery[T]) load(ctx context.Context) { _, _ = q.get(ctx) }

// begun reports whether the result is there, or being read.
func (q *cachedQuery[T]) begun() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.current != nil
}

// latest runs the query if fresh is true, and is get otherwise. A fresh result is
// not kept.
func (q *cachedQuery[T]) latest(ctx context.Context, fresh bool) (T, error) {
	if fresh {
		return q.read(ctx)
	}
	return q.get(ctx)
}

// getAsWriter reads over the connection of a writer, which may be the only one. It
// waits for no other load, which may be waiting for this connection.
func (q *cachedQuery[T]) getAsWriter(ctx context.Context) (T, error) {
	q.mu.Lock()
	l := q.current
	q.mu.Unlock()
	if l != nil {
		select {
		case <-l.done:
			if l.err == nil {
				return l.value, nil
			}
		default:
		}
	}
	l = &load[T]{done: make(chan struct{})}
	q.mu.Lock()
	q.current = l
	q.mu.Unlock()
	q.run(context.WithoutCancel(ctx), l)
	return l.value, l.err
}

func (q *cachedQuery[T]) run(ctx context.Context, l *load[T]) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	l.value, l.err = q.read(ctx)
	if l.err != nil {
		q.mu.Lock()
		if q.current == l {
			q.current = nil
		}
		q.mu.Unlock()
	}
	close(l.done)
}

// written makes readers see what was written to the tables of the query.
func (q *cachedQuery[T]) written(ctx context.Context, steps []writtenStep) {
	var own []writtenStep
	for _, step := range steps {
		if slices.Contains(q.tables, step.Table) {
			own = append(own, step)
		}
	}
	q.mu.Lock()
	l := q.current
	q.mu.Unlock()
	if len(own) == 0 || l == nil {
		return
	}
	renewed := &load[T]{done: make(chan struct{})}
	select {
	case <-l.done:
		renewed.err = l.err
	default:
		renewed.err = errReadWhole // it may have read before the write
	}
	if renewed.err == nil && q.renew == nil {
		renewed.err = errReadWhole
	}
	if renewed.err == nil {
		ctx, cancel := context.WithTimeout(ctx, loadTimeout)
		renewed.value, renewed.err = q.renew(ctx, l.value, own)
		cancel()
	}
	close(renewed.done)
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.current != l: // it was invalidated, and perhaps read again
		q.current = nil
	case renewed.err != nil:
		q.current = nil
	default:
		q.current = renewed
	}
}

// invalidate makes the next reader run the query again.
func (q *cachedQuery[T]) invalidate() {
	q.mu.Lock()
	q.current = nil
	q.mu.Unlock()
}
