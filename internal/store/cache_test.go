package store

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// newTestQuery returns a query whose reads take their results from a channel.
type answer struct {
	value int
	err   error
}

func newTestQuery() (*cachedQuery[int], chan answer, *atomic.Int64) {
	answers, reads := make(chan answer), &atomic.Int64{}
	return &cachedQuery[int]{read: func(ctx context.Context) (int, error) {
		reads.Add(1)
		select {
		case a := <-answers:
			return a.value, a.err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}}, answers, reads
}

// reader reads in the background. The returned function waits for the result.
func reader(ctx context.Context, f *cachedQuery[int]) func() answer {
	got := make(chan answer, 1)
	go func() {
		value, err := f.get(ctx)
		got <- answer{value, err}
	}()
	return func() answer { return <-got }
}

func TestCachedQuery(t *testing.T) {
	t.Parallel()
	t.Run("concurrent readers share a load", func(t *testing.T) {
		t.Parallel()
		f, answers, reads := newTestQuery()
		var waiting []func() answer
		for range 20 {
			waiting = append(waiting, reader(t.Context(), f))
		}
		answers <- answer{value: 7}
		for _, wait := range waiting {
			if got := wait(); got != (answer{value: 7}) {
				t.Fatalf("got %v", got)
			}
		}
		if value, err := f.get(t.Context()); value != 7 || err != nil {
			t.Errorf("got %d, %v", value, err)
		}
		if reads.Load() != 1 {
			t.Errorf("%d reads", reads.Load())
		}
	})
	t.Run("load before a write is not returned", func(t *testing.T) {
		t.Parallel()
		f, answers, reads := newTestQuery()
		early := reader(t.Context(), f)
		for reads.Load() == 0 { // until the load is under way
			runtime.Gosched()
		}
		f.invalidate()
		late := reader(t.Context(), f)
		for reads.Load() == 1 {
			runtime.Gosched()
		}
		// Which of the two loads takes which answer is open; each reader has its own.
		answers <- answer{value: 1}
		answers <- answer{value: 2}
		if a, b := early(), late(); a.value == b.value || a.value+b.value != 3 {
			t.Errorf("one load answered both: %v and %v", a, b)
		}
		if reads.Load() != 2 {
			t.Errorf("%d reads", reads.Load())
		}
	})
	t.Run("late load does not replace a newer one", func(t *testing.T) {
		t.Parallel()
		release := make(chan answer)
		reads := &atomic.Int64{}
		f := &cachedQuery[int]{read: func(context.Context) (int, error) {
			if reads.Add(1) == 1 {
				a := <-release
				return a.value, a.err
			}
			return 2, nil
		}}
		early := reader(t.Context(), f)
		for reads.Load() == 0 {
			runtime.Gosched()
		}
		f.invalidate()
		if value, _ := f.get(t.Context()); value != 2 {
			t.Fatalf("got %d", value)
		}
		release <- answer{err: errors.New("too late")}
		if got := early(); got.err == nil {
			t.Error("the old failure was not told to who waited for it")
		}
		if value, err := f.get(t.Context()); value != 2 || err != nil || reads.Load() != 2 {
			t.Errorf("got %d, %v after %d reads", value, err, reads.Load())
		}
	})
	t.Run("error is not cached", func(t *testing.T) {
		t.Parallel()
		f, answers, reads := newTestQuery()
		first := reader(t.Context(), f)
		answers <- answer{err: errors.New("gone")}
		if got := first(); got.err == nil {
			t.Errorf("got %v", got)
		}
		after := reader(t.Context(), f)
		answers <- answer{value: 9} // taken by a second load only
		if got := after(); got != (answer{value: 9}) || reads.Load() != 2 {
			t.Errorf("got %v after %d reads", got, reads.Load())
		}
	})
	t.Run("cancelled reader fails only itself", func(t *testing.T) {
		t.Parallel()
		f, answers, reads := newTestQuery()
		impatient, cancel := context.WithCancel(t.Context())
		first := reader(impatient, f) // the load has its own context
		for reads.Load() == 0 {
			runtime.Gosched()
		}
		second := reader(t.Context(), f)
		cancel()
		if got := first(); !errors.Is(got.err, context.Canceled) {
			t.Errorf("the one who gave up got %v", got)
		}
		answers <- answer{value: 3}
		if got := second(); got != (answer{value: 3}) {
			t.Errorf("the other got %v", got)
		}
		if reads.Load() != 1 {
			t.Errorf("%d reads", reads.Load())
		}
	})
}

// Concurrent readers and writers: a read after a write never returns less than what
// was written before.
func TestCachedQuery_noStaleReads(t *testing.T) {
	t.Parallel()
	var table atomic.Int64
	f := &cachedQuery[int64]{read: func(context.Context) (int64, error) { return table.Load(), nil }}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				written := table.Add(1)
				f.invalidate()
				if read, err := f.get(t.Context()); err != nil || read < written {
					t.Errorf("read %d, %v after %d was written", read, err, written)
					return
				}
			}
		})
	}
	all.Wait()
}
