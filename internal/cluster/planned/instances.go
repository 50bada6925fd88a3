package planned

import (
	"slices"
	"sync"
)

// Instance is one of the objects that Terraform's state holds. While an object is
// replaced, state holds two instances of it.
type Instance struct {
	// Token orders the instances of an object by creation. An empty token is
	// unknown: only an instance that this run created is certain to be another one.
	Token string
	// Rows names the rows of an instance that has several. Instances of different
	// objects have different names for different rows.
	Rows []string

	created bool // in this run
	deleted bool // the run deletes it
	kept    bool // the run keeps it, changed or not
}

// later reports whether i was created after the other: in this run rather than
// before it, and else by the token.
func (i Instance) later(other Instance) bool {
	if i.created != other.created {
		return i.created
	}
	return i.Token > other.Token && other.Token != ""
}

// Instances are the instances that a run has read and created, by the keys of
// their objects (a server_id, a path). Where another run starts in the same process,
// [Instances.DropInstances] is called. The zero value holds none. All methods may be called concurrently.
type Instances struct {
	mu    sync.Mutex
	known map[string][]Instance
	locks map[string]*sync.Mutex
}

// DropInstances removes all instances: another run reads those that it has, and has
// created none.
func (i *Instances) DropInstances() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.known = nil
}

// LockInstances locks the instances of a key. The returned function unlocks them.
func (i *Instances) LockInstances(key string) (unlock func()) {
	i.mu.Lock()
	lock, found := i.locks[key]
	if !found {
		lock = &sync.Mutex{}
		put(&i.locks, key, lock)
	}
	i.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}

// InstanceCreated adds an instance that the run creates.
func (i *Instances) InstanceCreated(key string, instance Instance) {
	instance.created = true
	i.update(key, instance.Token, func(known *Instance) { *known = instance })
}

// InstanceRead adds an instance that is in state.
func (i *Instances) InstanceRead(key, token string) {
	i.update(key, token, func(*Instance) {})
}

// KeepInstance notes that the run keeps an instance. It returns false where the run is
// going to delete another instance of the object.
func (i *Instances) KeepInstance(key, token string) bool {
	i.update(key, token, func(known *Instance) { known.kept, known.deleted = true, false })
	return !i.other(key, token, func(other Instance) bool { return other.deleted })
}

// DeleteInstance notes that the run is going to delete an instance. It returns
// false, and notes nothing, where the run keeps another instance of the object.
func (i *Instances) DeleteInstance(key, token string) bool {
	if i.other(key, token, func(other Instance) bool { return other.kept }) {
		return false
	}
	i.update(key, token, func(known *Instance) { known.deleted, known.kept = true, false })
	return true
}

func (i *Instances) other(key, token string, matches func(Instance) bool) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.ContainsFunc(i.known[key], func(known Instance) bool {
		return known.Token != token && known.Token != "" && token != "" && matches(known)
	})
}

// RemoveInstance removes an instance that was deleted, or that could not be created.
func (i *Instances) RemoveInstance(key, token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	put(&i.known, key, slices.DeleteFunc(i.known[key], func(known Instance) bool { return known.Token == token }))
}

func (i *Instances) update(key, token string, change func(*Instance)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	instances := i.known[key]
	index := slices.IndexFunc(instances, func(known Instance) bool { return known.Token == token })
	if index < 0 {
		index, instances = len(instances), append(instances, Instance{Token: token})
	}
	change(&instances[index])
	put(&i.known, key, instances)
}

// CreatedRows returns the rows of the instances that the run has created, of any
// object, except those of the instance with a token.
func (i *Instances) CreatedRows(token string) map[string]bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	rows := map[string]bool{}
	for _, instances := range i.known {
		for _, known := range instances {
			for _, row := range known.Rows {
				if known.created && known.Token != token {
					rows[row] = true
				}
			}
		}
	}
	return rows
}

// HasSuccessor reports whether an instance of the same object has been created after
// the one with a token.
func (i *Instances) HasSuccessor(key, token string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	own := Instance{Token: token}
	for _, known := range i.known[key] {
		if known.Token == token {
			own = known
		}
	}
	return slices.ContainsFunc(i.known[key], func(other Instance) bool { return other.later(own) })
}
