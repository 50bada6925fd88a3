package planned

import (
	"maps"
	"slices"
	"sync"
)

// Waiting holds writes of a run that wait for trunks that other writes release. One
// goroutine waits for all of them, so that the others free their slots for these
// writes. W is the type of a write, or of a check that waits for what other objects
// plan. The zero value holds none. All methods may be called concurrently.
type Waiting[W any] struct {
	mu        sync.Mutex
	writes    map[string]W
	hasWaiter bool // one caller waits
}

// AddWaitingWrite adds the write of a key. It returns true if no other caller
// waits; the caller must then wait, until [Waiting.WaitingDone] or
// [Waiting.CancelWaiting].
func (w *Waiting[W]) AddWaitingWrite(key string, write W) (wait bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	put(&w.writes, key, write)
	wait, w.hasWaiter = !w.hasWaiter, true
	return wait
}

// WaitingWrites returns the waiting writes by key.
func (w *Waiting[W]) WaitingWrites() map[string]W {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.writes)
}

// RemoveWaitingWrite removes a write that waited.
func (w *Waiting[W]) RemoveWaitingWrite(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.writes, key)
}

// WaitingDone reports whether no write waits any more. It ends the waiting where none does.
func (w *Waiting[W]) WaitingDone() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hasWaiter = len(w.writes) > 0
	return !w.hasWaiter
}

// CancelWaiting ends the waiting, and returns the keys of the writes that wait in vain.
func (w *Waiting[W]) CancelWaiting() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := slices.Sorted(maps.Keys(w.writes))
	w.writes, w.hasWaiter = nil, false
	return keys
}
