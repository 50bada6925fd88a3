package provider

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
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
// second read of one object, and the plan of what an apply has answered. So does the
// removal of an instance that was to stay, and the other way round: terraform test ends
// with the removal of all objects, without a refresh. A replaced instance was to stay as
// well, but is removed after the run has created an object of its resource.
//
// Any other plan after an apply may belong to the apply of a plan. What was planned
// before is then in the tables, or is planned once more before it is applied. The
// tables are read anew only where the provider is configured for more than one run:
// what the run itself has written is laid over what was read.
type runs struct {
	seen        map[requested]bool // reads and plans of the run
	stays       map[requested]bool // instances that were planned: whether they stay
	answers     map[requested]bool // instances that the applies of the run answered
	news        map[requested]bool // new objects that were planned, in this run or before: a run may begin while one is
	creates     map[requested]bool // resources of which the run has created an object, or tried to
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

// instanceOf returns the instance of a state by its token, since Terraform encodes a state
// in another way than the provider. It is zero without an object or a token.
func instanceOf(resource string, state *tfprotov6.DynamicValue, private []byte) requested {
	var data map[string][]byte
	if isNull(state) || json.Unmarshal(private, &data) != nil || len(data[replacement.TokenKey]) == 0 {
		return requested{}
	}
	return hashOf(resource, nil, data[replacement.TokenKey])
}

// read notes that an object is read.
func (r *runs) read(object requested) outdated {
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
	if r.applied {
		return r.next()
	}
	return outdated{}
}

// plan notes that an object of a resource is planned, and whether its instance is
// removed.
func (r *runs) plan(resource, object, instance requested, removal bool) outdated {
	stayed, planned := r.stays[instance]
	begins := instance != (requested{}) && (r.answers[instance] || planned && stayed == removal && !r.creates[resource])
	again := r.seen[object] && !r.reads // a plan may plan an object, read it, and plan it again
	r.severalRuns = r.severalRuns || begins || again
	var found outdated
	if begins {
		found = r.next()
	} else {
		found = r.afterApply()
		found.tables = found.tables || again
		found.claims = (r.seen[object] || r.news[object]) && !found.planned
	}
	if instance == (requested{}) {
		note(&r.news, object, true)
	}
	note(&r.seen, object, true)
	note(&r.stays, instance, !removal)
	return found
}

// other notes that something else is read.
func (r *runs) other() outdated {
	return r.afterApply()
}

// apply notes that an apply has ended, the instance that it answered, and the resource if
// it was to create an object.
func (r *runs) apply(answer, creates requested) outdated {
	r.applied, r.written = true, true
	note(&r.answers, answer, true)
	note(&r.creates, creates, true)
	return outdated{}
}

// configure notes that the provider is configured: nothing is kept from before.
func (r *runs) configure() outdated {
	*r = runs{}
	return outdated{} // the store is another one
}

func (r *runs) next() outdated {
	*r = runs{severalRuns: r.severalRuns, news: r.news}
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

	mu       sync.Mutex // until what is outdated has been dropped
	runs     runs
	drop     func(outdated)
	requests tfhelper.Requests // those that objects which wait for others look for
}

// note notes a request, and drops what it finds to be outdated.
func (s *runServer) note(request func(*runs) outdated) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(request(&s.runs))
}

// ConfigureProvider begins the first run.
func (s *runServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.note((*runs).configure)
	return s.Framework.ConfigureProvider(ctx, req)
}

func (s *runServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	object := hashOf(req.TypeName, req.CurrentState, req.Private)
	s.note(func(r *runs) outdated { return r.read(object) })
	return s.Framework.ReadResource(ctx, req)
}

func (s *runServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	s.note((*runs).imports)
	return s.Framework.ImportResourceState(ctx, req)
}

func (s *runServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	prior := hashOf(req.TypeName, req.PriorState, req.PriorPrivate)
	object, instance := hashOf(req.TypeName, req.Config, prior[:]), instanceOf(req.TypeName, req.PriorState, req.PriorPrivate)
	s.note(func(r *runs) outdated {
		return r.plan(hashOf(req.TypeName, nil), object, instance, isNull(req.ProposedNewState))
	})
	return s.Framework.PlanResourceChange(ctx, req)
}

func (s *runServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, end := s.requests.Begin(ctx)
	defer end()
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	var answer, creates requested
	if resp != nil {
		answer = instanceOf(req.TypeName, resp.NewState, resp.Private)
	}
	if isNull(req.PriorState) {
		creates = hashOf(req.TypeName, nil)
	}
	s.note(func(r *runs) outdated { return r.apply(answer, creates) })
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
	s.note((*runs).other)
	return s.Framework.ReadDataSource(ctx, req)
}

func (s *runServer) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	s.note((*runs).other)
	return s.Framework.ListResource(ctx, req)
}
