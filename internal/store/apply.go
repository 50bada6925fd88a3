package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// planFunc returns the plan to write. It runs under the lock, so that no other
// writer of this provider writes between its reads and the plan. It is called again
// where rows turn out to have changed since they were read, and where another
// change of the same run is written first.
type planFunc = func(context.Context) (cluster.Plan, error)

// ErrReadOnly is the error of a write of a read-only provider.
var ErrReadOnly error = &adviceError{
	Why:    "the provider is configured with read_only = true, so nothing is written",
	Advice: "Remove read_only (or VICIDIAL_READ_ONLY) from the provider configuration to apply changes.",
}

// pendingChange is a change that waits to be decided and written.
type pendingChange struct {
	ctx    context.Context //nolint:containedctx // it belongs to the caller who waits for the answer
	decide planFunc
	result chan error
	since  time.Time
	plan   cluster.Plan
	err    error
}

// changeQueue has the changes of a run that wait. One goroutine at a time serves them.
type changeQueue struct {
	mu      sync.Mutex
	waiting []*pendingChange
	served  bool
	arrived chan struct{} // closed by the next change, nil if nobody waits for it
}

// add queues a change. It returns true if no goroutine serves the queue; the caller
// must then serve it.
func (q *changeQueue) add(r *pendingChange) (serve bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	if q.arrived != nil {
		close(q.arrived)
		q.arrived = nil
	}
	serve, q.served = !q.served, true
	return serve
}

// await waits until more than n changes wait, or ended is closed. It reports whether another one
// has come.
func (q *changeQueue) await(n int, ended <-chan struct{}) bool {
	q.mu.Lock()
	if len(q.waiting) > n {
		q.mu.Unlock()
		return true
	}
	arrived := make(chan struct{})
	q.arrived = arrived
	q.mu.Unlock()
	select {
	case <-arrived:
		return true
	case <-ended:
		return false
	}
}

// take empties the queue.
func (q *changeQueue) take() []*pendingChange {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting = nil
	return all
}

// withdraw removes a change that was not begun.
func (q *changeQueue) withdraw(r *pendingChange) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(other *pendingChange) bool { return other == r })
	return len(q.waiting) < before
}

// length is how many changes wait.
func (q *changeQueue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// stopIfIdle reports whether no change waits. If so, no goroutine serves the queue from
// then on.
func (q *changeQueue) stopIfIdle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.served = len(q.waiting) > 0
	return !q.served
}

// Apply calls decide and writes the plan step by step, with an entry in the admin
// change log for each step, and flags the servers that must rebuild their files. A
// cancelled context does not interrupt a statement; Apply stops between two
// statements. An error after the first statement is a [cluster.Partial].
//
// Plans of concurrent callers are written together under one lock, as far as they
// have nothing in common; each caller gets the outcome of its own.
func (s *Store) Apply(ctx context.Context, decide planFunc) error {
	if s.settings.ReadOnly {
		return ErrReadOnly
	}
	s.hasWritten.Store(true)
	r := &pendingChange{ctx: ctx, decide: decide, result: make(chan error, 1), since: time.Now()}
	if s.queue.add(r) {
		go s.serve(context.WithoutCancel(ctx))
	}
	select {
	case err := <-r.result:
		return err
	case <-ctx.Done():
		if s.queue.withdraw(r) {
			return ctx.Err()
		}
		return <-r.result
	}
}

// How long a change waits for the next one to be written with it: a quarter of a round trip to the
// database, or as long as the first one took to come after the last batch, but at least the time
// in which Terraform plans another change.
const (
	minGather = 5 * time.Millisecond
	maxGather = 25 * time.Millisecond
)

// serve writes what waits until nothing does. It holds the lock over changes that
// follow one another. A caller does not wait for the changes that are decided again
// after its own. With one connection, the lock is released when the last caller gets its
// answer, since its next read needs the connection.
func (s *Store) serve(ctx context.Context) {
	w := &writer{store: s}
	var waiting []*pendingChange
	expected := 0 // changes at once: Terraform sends another one for each that is done
	for {
		var done []*pendingChange
		done, waiting = s.processBatch(w, append(waiting, s.takeChanges()...)) //nolint:contextcheck // each change has the context of its caller
		old := time.Since(w.since) >= s.maxLockAge
		lingers := w.conn != nil && !s.settings.SingleConnection() && !old
		if !lingers && (old || len(waiting) == 0 && s.queue.length() == 0) {
			w.close(ctx)
		}
		came := s.queue.length()
		expected = max(expected, came+len(done))
		for _, r := range done {
			r.result <- r.err
		}
		if len(waiting) > 0 {
			continue
		}
		if lingers {
			for came < expected && s.awaitChange(ctx, w, came) {
				came++
			}
			if came > 0 {
				continue
			}
			w.close(ctx)
		}
		if s.queue.stopIfIdle() {
			return
		}
	}
}

// awaitChange waits for another change where some wait already. It reports whether one has come.
func (s *Store) awaitChange(ctx context.Context, w *writer, waiting int) bool {
	timeout := s.lockLinger
	if waiting > 0 {
		timeout = min(max(w.roundTrip/4, w.interval, minGather), maxGather)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began := time.Now()
	came := s.queue.await(waiting, ctx.Done())
	if waiting == 0 {
		w.interval = time.Since(began)
	}
	return came
}

// takeChanges returns the changes that wait.
func (s *Store) takeChanges() []*pendingChange {
	batch := s.queue.take()
	for _, r := range batch {
		since(r.ctx, s.log.lock, "waited for other changes of this run", r.since)
	}
	return batch
}

// processBatch decides a batch, and writes as much of it as has nothing in common. It
// returns the changes that are done, and those that are to be decided again. Changes that
// come while the lock is acquired, or while it turns out that the rows are current, join the
// batch. What a batch does is logged for its first caller.
func (s *Store) processBatch(w *writer, batch []*pendingChange) (done, later []*pendingChange) {
	if len(batch) == 0 {
		return nil, nil
	}
	ctx := context.WithoutCancel(batch[0].ctx)
	if w.conn == nil {
		if !s.begin(ctx, w, batch) {
			return batch, nil
		}
		batch = append(batch, s.takeChanges()...)
	}
	validating, validated := context.WithCancel(ctx)
	defer validated()
	decide := func() { done, later = s.decide(w, batch, validating.Done()) } //nolint:contextcheck // each change has the context of its caller
	var err error
	beside := w.stale && s.settings.AuditEnabled && !s.settings.SingleConnection()
	if beside { // it seldom turns out that rows are outdated
		s.together(func() { defer validated(); err = w.revalidate(ctx) }, decide)
		batch = slices.Concat(done, later)
	} else if w.stale {
		err = w.revalidate(ctx)
	}
	if err != nil {
		for _, r := range batch {
			r.err = err
		}
		return batch, nil
	}
	validated()
	if !beside || w.fresh {
		w.decided = w.decided && !w.fresh
		decide()
	}
	s.writeBatch(ctx, w, done)
	w.fresh = false
	return done, later
}

// begin acquires the lock for a batch. A cancelled caller fails alone.
func (s *Store) begin(ctx context.Context, w *writer, batch []*pendingChange) bool {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	left := len(batch)
	var mu sync.Mutex
	for _, r := range batch {
		stop := context.AfterFunc(r.ctx, func() { //nolint:contextcheck // each change has the context of its caller
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				cancel()
			}
		})
		defer stop()
	}
	// A run that has planned nothing removes objects, often all of a site.
	s.prefetch(ctx, s.info, s.replica, s.servers, s.trunks)
	var described sync.WaitGroup
	if !s.settings.SingleConnection() {
		described.Go(func() { _, _ = s.schema.get(waiting) }) // with the position in the change log
	}
	err := w.acquire(conn.BesideFirst(waiting))
	described.Wait()
	for _, r := range batch {
		r.err = err
		if err != nil && r.ctx.Err() != nil {
			r.err = r.ctx.Err()
		}
	}
	return err == nil
}

// decide calls the plan functions of a batch. It returns the changes whose plans may be
// written at once, and those that are to be decided again after that. Changes that come until
// validated is closed join the first batch.
func (s *Store) decide(w *writer, batch []*pendingChange, validated <-chan struct{}) (now, later []*pendingChange) {
	s.forgetRemovals()
	accepted, all := 0, cluster.Plan{}.Access()
	atOnce := !w.decided && !s.settings.SingleConnection()
	if atOnce { // their reads are not cached yet, and others come meanwhile
		for more := batch; len(more) > 0; batch = append(batch, more...) {
			s.decideAll(w, more)
			s.queue.await(0, validated)
			more = s.takeChanges()
		}
	}
	w.decided = true
	for i, r := range batch {
		switch {
		case atOnce:
		case i < 2:
			s.decideOne(w, r)
		case i == 2: // the first two have nothing in common, and probably the others neither
			s.decideAll(w, batch[i:])
		}
		if r.err != nil || r.plan.Empty() {
			now = append(now, r)
			continue
		}
		access := r.plan.Access()
		switch {
		case access.Independent(all):
			accepted, all = accepted+1, all.Union(access)
			now = append(now, r)
		case accepted == 0: // it is written alone
			return append(now, r), append(later, batch[i+1:]...)
		case !atOnce && i < 2:
			return now, batch[i:]
		default:
			later = append(later, r)
		}
	}
	return now, later
}

// decideAll calls plan functions together: most use the cached reads of the first one.
func (s *Store) decideAll(w *writer, batch []*pendingChange) {
	decisions := make([]func(), len(batch))
	for i, r := range batch {
		decisions[i] = func() { s.decideOne(w, r) }
	}
	s.together(decisions...)
}

// decideOne sets the plan and the error of a change.
func (s *Store) decideOne(w *writer, r *pendingChange) {
	r.plan = cluster.Plan{}
	r.err = r.ctx.Err()
	if r.err != nil {
		return
	}
	deciding := r.ctx
	if s.settings.SingleConnection() {
		deciding = context.WithValue(deciding, writerKey{}, w)
	}
	r.plan, r.err = r.decide(deciding)
	if r.err == nil && !r.plan.Empty() {
		r.err = s.Writable(deciding, tablesOf(r.plan)...)
	}
}

// writeBatch writes the plans of changes that were decided, and updates the caches. A
// change that fails over rows that were cached before decides once more, over rows that
// are read now, unless others of them were read just before.
func (s *Store) writeBatch(ctx context.Context, w *writer, batch []*pendingChange) {
	s.writePlans(ctx, w, batch)
	if w.fresh || time.Since(w.freshAt) < s.maxFreshAge {
		return
	}
	for _, r := range batch {
		partial := (*cluster.Partial)(nil)
		begun := errors.As(r.err, &partial)
		if r.err == nil || r.ctx.Err() != nil || w.conn == nil || isLostConnection(r.err) || begun && (partial.Applied > 0 || partial.Unsure || !isConflict(r.err)) {
			continue
		}
		if !w.fresh {
			w.forget()
			s.logPosition.invalidate() // a conflict may have an entry that is newer than the position
		}
		s.forgetRemovals()
		s.decideOne(w, r) //nolint:contextcheck // each change has the context of its caller
		s.writePlans(ctx, w, []*pendingChange{r})
	}
}

func (s *Store) writePlans(ctx context.Context, w *writer, batch []*pendingChange) {
	var changes []*planWrite
	var pending []*pendingChange // of the changes
	for _, r := range batch {
		if r.err == nil && !r.plan.Empty() {
			changes, pending = append(changes, &planWrite{ctx: r.ctx, plan: r.plan}), append(pending, r)
		}
	}
	if len(changes) == 0 {
		return
	}
	deciding, err := ctx, error(nil)
	if s.settings.SingleConnection() {
		deciding = context.WithValue(ctx, writerKey{}, w)
	}
	if w.info, err = s.info.get(deciding); err == nil {
		end := w.run(deciding, changes)
		steps := stepsOf(changes)
		s.together(end, func() { s.written(deciding, steps) })
	}
	for i, c := range changes {
		pending[i].err = cmp.Or(err, c.err)
	}
}

func tablesOf(plan cluster.Plan) []cluster.Table {
	tables := make([]cluster.Table, 0, len(plan.Steps)+1)
	for _, step := range plan.Steps {
		tables = append(tables, step.Table)
	}
	if !plan.Rebuild.Empty() {
		tables = append(tables, cluster.TableServers)
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}
