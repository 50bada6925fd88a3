package planned

import (
	"maps"
	"slices"
	"sync"
)

// Waiting holds what waits for other objects of a run: writes that need trunks which
// other writes release, or checks of what others plan. One goroutine waits for all of
// them, so that the others free their slots for what they wait for. The zero value holds
// none. All methods may be called concurrently.
type Waiting[T any] struct {
	mu        sync.Mutex
	items     map[string]T
	hasWaiter bool // one caller waits
}

// Add adds an item, or replaces that of the key. It returns true if no other caller
// waits; the caller must then wait, until [Waiting.Done] or [Waiting.Cancel].
func (w *Waiting[T]) Add(key string, item T) (wait bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	put(&w.items, key, item)
	wait, w.hasWaiter = !w.hasWaiter, true
	return wait
}

// All returns the items by key.
func (w *Waiting[T]) All() map[string]T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.items)
}

// Remove removes an item.
func (w *Waiting[T]) Remove(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.items, key)
}

// Done reports whether no item is left. If so, nobody waits from then on.
func (w *Waiting[T]) Done() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hasWaiter = len(w.items) > 0
	return !w.hasWaiter
}

// Cancel removes all items, and returns their keys. Nobody waits from then on.
func (w *Waiting[T]) Cancel() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := slices.Sorted(maps.Keys(w.items))
	w.items, w.hasWaiter = nil, false
	return keys
}
