package cluster

import "sync"

// memoSize is the number of results that a [Memo] keeps.
const memoSize = 4096

// Memo keeps results of a function that is often called with the same few arguments, such
// as the texts of carriers, which are equal on all nodes of a route. It is for concurrent
// use.
type Memo[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
}

// Get returns the result for a key, which compute returns if it is not kept.
func (m *Memo[K, V]) Get(key K, compute func(K) V) V {
	m.mu.Lock()
	value, found := m.known[key]
	m.mu.Unlock()
	if found {
		return value
	}
	value = compute(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= memoSize {
		m.known = map[K]V{}
	}
	m.known[key] = value
	return value
}
