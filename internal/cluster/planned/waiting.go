package planned

import (
	"maps"
	"slices"
	"sync"
)

// Waiting are writes of a run that wait for what other writes of it release. One
// caller waits for all, so that the others do not hold a place that the releasing
// write needs. W is the type of a write, or of a check that waits for what other
// objects plan. The zero value holds none. All methods may be
// called concurrently.
type Waiting[W any] struct {
	mu     sync.Mutex
	writes map[string]W
	waits  bool // one caller waits
}

// HandOverWrite adds the write of a key. It returns true where nobody waits: then the
// caller does, until [Waiting.WaitingDone] or [Waiting.GiveUpWaiting].
func (w *Waiting[W]) HandOverWrite(key string, write W) (wait bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	put(&w.writes, key, write)
	wait, w.waits = !w.waits, true
	return wait
}

// WaitingWrites returns the writes that wait, by their keys.
func (w *Waiting[W]) WaitingWrites() map[string]W {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.writes)
}

// WaitingWritten removes a write that waited.
func (w *Waiting[W]) WaitingWritten(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.writes, key)
}

// WaitingDone reports whether no write waits any more. It ends the waiting where none does.
func (w *Waiting[W]) WaitingDone() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = len(w.writes) > 0
	return !w.waits
}

// GiveUpWaiting ends the waiting, and returns the keys of the writes that wait in vain.
func (w *Waiting[W]) GiveUpWaiting() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := slices.Sorted(maps.Keys(w.writes))
	w.writes, w.waits = nil, false
	return keys
}
