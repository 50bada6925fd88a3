package store

import (
	"context"
	"sync"
	"time"
)

// loadTimeout bounds one read of a whole table.
const loadTimeout = time.Minute

// family is one cached read, shared by everybody who asks for it while
// Terraform refreshes. What it refuses is the point: a load does not run on the
// context of whoever came first, so that one cancelled reader fails only
// itself; a failure is told to those who waited and to nobody after them; and a
// load that began before a write never answers a reader who came after it.
type family[T any] struct {
	read func(context.Context) (T, error)

	mu      sync.Mutex
	current *load[T]
}

type load[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (f *family[T]) get(ctx context.Context) (T, error) {
	f.mu.Lock()
	l := f.current
	if l == nil {
		l = &load[T]{done: make(chan struct{})}
		f.current = l
		go f.run(context.WithoutCancel(ctx), l)
	}
	f.mu.Unlock()

	select {
	case <-l.done:
		return l.value, l.err
	case <-ctx.Done():
		var nothing T
		return nothing, ctx.Err()
	}
}

func (f *family[T]) run(ctx context.Context, l *load[T]) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	l.value, l.err = f.read(ctx)
	if l.err != nil {
		f.mu.Lock()
		if f.current == l {
			f.current = nil
		}
		f.mu.Unlock()
	}
	close(l.done)
}

// forget makes the next reader read again.
func (f *family[T]) forget() {
	f.mu.Lock()
	f.current = nil
	f.mu.Unlock()
}
