package provider

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// outdated says what of the things that the provider keeps in memory is outdated.
type outdated struct {
	planned   bool // planned changes: they have been applied since
	claims    bool // numbers of planned objects: one of them is planned again
	tables    bool // rows that were read: somebody may have changed them
	instances bool // instances in state, rows of actions and claims of floors: another run has other ones
}

// runs finds where one run ends and another begins, by the order of the requests.
// The command terraform configures a provider once for each plan and each apply;
// its tests, from 1.13 on, and other hosts configure it once for many of them.
//
// A plan reads an object once. The apply of a plan reads nothing; it plans each
// object once more and applies it, in an order that lets it plan one object after
// the apply of another. So a read after an apply begins a run, and so does the
// second read of one object, and the plan of what an apply has answered. Before the
// first apply, so does the removal of an object that was planned to stay, and the
// other way round: terraform test removes what it has planned last and not applied.
//
// Any other plan after an apply may belong to the apply of a plan. What was planned
// before is then in the tables, or is planned once more before it is applied. The
// tables are read anew only where the provider is configured for more than one run:
// what the run itself has written is laid over what was read.
type runs struct {
	mu          sync.Mutex
	seen        map[requested]bool // reads and plans of the run
	stays       map[requested]bool // prior states that were planned: whether the object stays
	answers     map[requested]bool // what the applies of the run answered
	reads       bool               // the run has read an object
	severalRuns bool               // the provider is configured for more than one run
	applied     bool               // the run has applied something
	written     bool               // the run has applied something that no request has found outdated yet
}

// requested is the hash of a request.
type requested [sha256.Size]byte

// hashOf returns the hash of an object with its state. Without an object it is not
// known.
func hashOf(resource string, value *tfprotov6.DynamicValue, more ...[]byte) requested {
	hash := sha256.New()
	add := func(part []byte) { _, _ = fmt.Fprintf(hash, "%d %s", len(part), part) }
	add([]byte(resource))
	if value != nil {
		add(value.MsgPack)
		add(value.JSON)
	}
	for _, part := range more {
		add(part)
	}
	return requested(hash.Sum(nil))
}

// read notes that an object is read.
func (r *runs) read(object requested) outdated {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found outdated
	if r.applied || r.seen[object] {
		found = r.next()
	}
	r.reads, r.severalRuns = true, true // an apply of the command terraform reads nothing
	note(&r.seen, object, true)
	return found
}

// imports notes that an object is imported.
func (r *runs) imports() outdated {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.applied {
		return r.next()
	}
	return outdated{}
}

// plan notes that an object is planned, with its prior state, to stay or to be removed.
func (r *runs) plan(object, prior requested, removal bool) outdated {
	r.mu.Lock()
	defer r.mu.Unlock()
	stayed, planned := r.stays[prior]
	if r.answers[prior] || planned && stayed == removal && !r.applied {
		r.severalRuns = true
		found := r.next()
		note(&r.seen, object, true)
		note(&r.stays, prior, !removal)
		return found
	}
	again := r.seen[object] && !r.reads // a plan may plan an object, read it, and plan it again
	r.severalRuns = r.severalRuns || again
	found := r.afterApply()
	found.tables = found.tables || again
	found.claims = r.seen[object] && !found.planned
	note(&r.seen, object, true)
	note(&r.stays, prior, !removal)
	return found
}

// other notes that something else is read.
func (r *runs) other() outdated {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.afterApply()
}

// apply notes that an apply has ended, and what it answered.
func (r *runs) apply(answer requested) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.applied, r.written = true, true
	note(&r.answers, answer, true)
}

// configure notes that the provider is configured: nothing is kept from before.
func (r *runs) configure() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next()
	r.severalRuns = false
}

func (r *runs) next() outdated {
	r.seen, r.stays, r.answers, r.reads, r.applied, r.written = nil, nil, nil, false, false, false
	return outdated{planned: true, tables: true, instances: true}
}

func (r *runs) afterApply() outdated {
	written := r.written
	r.written = false
	return outdated{planned: written, tables: written && r.severalRuns}
}

func note(in *map[requested]bool, object requested, value bool) {
	if *in == nil {
		*in = map[requested]bool{}
	}
	(*in)[object] = value
}

// runServer drops what is outdated before it passes a request on.
type runServer struct {
	fastpath.Framework

	runs     runs
	drop     func(outdated)
	requests tfhelper.Requests // those that objects which wait for others look for
}

// ConfigureProvider begins the first run.
func (s *runServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.runs.configure()
	return s.Framework.ConfigureProvider(ctx, req)
}

func (s *runServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	s.drop(s.runs.read(hashOf(req.TypeName, req.CurrentState, req.Private)))
	return s.Framework.ReadResource(ctx, req)
}

func (s *runServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	s.drop(s.runs.imports())
	return s.Framework.ImportResourceState(ctx, req)
}

func (s *runServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	prior := hashOf(req.TypeName, req.PriorState, req.PriorPrivate)
	s.drop(s.runs.plan(hashOf(req.TypeName, req.Config, prior[:]), prior, isNull(req.ProposedNewState)))
	return s.Framework.PlanResourceChange(ctx, req)
}

func (s *runServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	var answer requested // zero where no object remains
	if resp != nil && !isNull(resp.NewState) {
		answer = hashOf(req.TypeName, resp.NewState, resp.Private)
	}
	s.runs.apply(answer)
	return resp, err
}

// isNull reports whether a planned or an applied state is that of no object.
func isNull(state *tfprotov6.DynamicValue) bool {
	if state == nil {
		return false
	}
	null, err := state.IsNull()
	return err == nil && null
}

func (s *runServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	s.drop(s.runs.other())
	return s.Framework.ReadDataSource(ctx, req)
}

func (s *runServer) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	s.drop(s.runs.other())
	return s.Framework.ListResource(ctx, req)
}
