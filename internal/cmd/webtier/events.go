package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// event is one thing that happens to a node, and when.
type event struct {
	name     string
	victim   string
	begin    time.Time
	end      time.Time
	struck   time.Time // when it happened
	restored time.Time // when the node was made whole again
	out      time.Duration
	back     time.Duration
	measured bool // out and back are the proxy's own, not guessed from requests
	hurts    bool // the node is struck dead, and comes back as a fresh one
	promised promise
}

// promise is what an event may cost at most; a negative number is no promise.
type promise struct {
	polls   int
	actions int // of those that ran on the node when it was struck
	twice   int
	out     time.Duration
	back    time.Duration
	spread  float64
	steady  bool // actions after all nodes came back take no more than three times as long as before
	gentle  bool // in its first seconds back the node gets less than half of its share
}

// gentleness is how long a node that came back is watched.
const gentleness = 2 * time.Second

// wounds are what can be done to a node, and undone.
type wound struct {
	name         string
	victim       string
	strike, heal func(context.Context) error
	lasts        time.Duration
	promised     promise
	hurts        bool

	prepare func(context.Context) error // before it begins; nil for nothing
	finish  func() error                // when it is over; nil for nothing
	after   time.Duration               // how long is watched when all is whole again, if not the usual time
}

// unpromised is for events whose figures are told and not judged; twice is.
var unpromised = promise{polls: -1, actions: -1, out: -1, back: -1, spread: -1}

// events happen one after the other, with the floor at work.
func (s *stack) events(ctx context.Context, much length) ([]event, error) {
	if s.kind == "haproxy" { // the checks before have struck nodes
		for name, node := range s.tier.Nodes {
			if _, err := s.until(ctx, name, 45*time.Second, allOfIt(node.Weight)); err != nil {
				return nil, err
			}
		}
	}
	calm := event{name: "none", promised: promise{out: -1, back: -1, spread: 0.03}}
	if err := wait(ctx, 1200*time.Millisecond); err != nil { // until every agent has come
		return nil, err
	}
	calm.begin = time.Now()
	watched := 5 * time.Second
	if much == full {
		watched = 15 * time.Second
	}
	if err := wait(ctx, watched); err != nil {
		return nil, err
	}
	calm.end = time.Now()
	list := []event{calm}
	for _, w := range s.wounds(much) {
		one, err := s.suffer(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		list = append(list, one)
	}
	return list, nil
}

// wounds are the proxy's trials. HAProxy gives a node that came back its share
// little by little, so they go round the nodes: a node that is struck while
// hardly anybody uses it proves nothing.
func (s *stack) wounds(much length) []wound {
	killed := promise{actions: 6, out: time.Second, back: 5 * time.Second, spread: -1, gentle: true}
	lost := promise{polls: -1, actions: -1, out: 2 * time.Second, back: 5 * time.Second, spread: -1}
	lost500 := lost
	// The answer says that it is none, so another node is asked. Where all others
	// have no free slot, HAProxy asks the one that fails again, which always has.
	lost500.polls = 30
	hung := promise{polls: -1, actions: -1, out: 3 * time.Second, back: 5 * time.Second, spread: -1}
	nothing := promise{out: -1, back: -1, spread: -1}
	if s.kind == "haproxy" {
		if much == brief {
			return []wound{s.kill(other, killed), s.loseDatabase(victim, 200, lost), s.drained(third, nothing)}
		}
		list := []wound{
			s.kill(other, killed), s.loseDatabase(victim, 200, lost), s.loseDatabase(third, 500, lost500),
			s.hang(other, hung), s.drained(victim, nothing), s.reloads(nothing), s.failover(),
		}
		if much == full {
			list = append(list, s.kill(other, killed), s.kill(victim, killed))
		}
		return list
	}
	// What passive checks see late, or never, is told and not promised.
	killed = promise{actions: -1, out: -1, back: 8 * time.Second, spread: -1}
	few := promise{polls: -1, actions: -1, out: -1, back: -1, spread: -1}
	if much == brief {
		return []wound{s.kill(other, killed), s.drained(victim, nothing)}
	}
	list := []wound{s.kill(other, killed), s.drained(victim, nothing), s.reloads(few)}
	if much == full {
		list = append(list, s.loseDatabase(victim, 200, unpromised), s.loseDatabase(victim, 500, unpromised),
			s.hang(victim, unpromised), s.kill(victim, killed), s.kill(other, killed))
	}
	return list
}

func (s *stack) kill(name string, promised promise) wound {
	return wound{
		name: "kill -9", victim: name, lasts: 2500 * time.Millisecond, hurts: true, promised: promised,
		strike: func(context.Context) error { return s.nodes[name].Kill() }, heal: s.nodes[name].Start,
	}
}

// failover takes the database from all nodes at once and brings it back, while
// actions take as long as a dial does.
func (s *stack) failover() wound {
	promised := unpromised
	promised.steady = true
	each := func(do func(*webstack.Node) error) error {
		var all []error
		for _, node := range s.nodes {
			all = append(all, do(node))
		}
		return errors.Join(all...)
	}
	return wound{
		name: "failover, 300 ms", lasts: 3 * time.Second, promised: promised, after: 5 * time.Second,
		prepare: func(ctx context.Context) error {
			return errors.Join(each(func(n *webstack.Node) error { return n.SetWork(300 * time.Millisecond) }), wait(ctx, 4*time.Second))
		},
		strike: func(context.Context) error { return each(func(n *webstack.Node) error { return n.LoseDatabase(500) }) },
		heal: func(ctx context.Context) error {
			if err := each(func(n *webstack.Node) error { return n.GiveDatabase(ctx) }); err != nil {
				return err
			}
			for name := range s.nodes {
				if _, err := s.until(ctx, name, 20*time.Second, func(seen webstack.Server) bool { return strings.HasPrefix(seen.Status, "UP") }); err != nil {
					return err
				}
			}
			return nil
		},
		finish: func() error { return each(func(n *webstack.Node) error { return n.SetWork(30 * time.Millisecond) }) },
	}
}

func (s *stack) hang(name string, promised promise) wound {
	return wound{
		name: "hang", victim: name, lasts: 3500 * time.Millisecond, promised: promised,
		strike: func(context.Context) error { return s.nodes[name].Hang() },
		heal:   func(context.Context) error { return s.nodes[name].Wake() },
	}
}

func (s *stack) loseDatabase(name string, status int, promised promise) wound {
	return wound{
		name: fmt.Sprintf("database lost, %d", status), victim: name, lasts: 2500 * time.Millisecond, promised: promised,
		strike: func(context.Context) error { return s.nodes[name].LoseDatabase(status) }, heal: s.nodes[name].GiveDatabase,
	}
}

func (s *stack) drained(name string, promised promise) wound {
	return wound{
		name: "drain, stop", victim: name, lasts: time.Second, promised: promised,
		strike: func(ctx context.Context) error { return s.drain(ctx, name) },
		heal:   func(ctx context.Context) error { return s.undrain(ctx, name) },
	}
}

func (s *stack) reloads(promised promise) wound {
	return wound{
		name: "3 reloads", lasts: time.Second, promised: promised,
		strike: func(ctx context.Context) error {
			for range 3 {
				if err := s.reload(ctx, s.tier); err != nil {
					return err
				}
				if err := wait(ctx, 800*time.Millisecond); err != nil {
					return err
				}
			}
			return nil
		},
		heal: func(context.Context) error { return nil },
	}
}

// suffer strikes the victim, waits, heals it and waits until it is back.
func (s *stack) suffer(ctx context.Context, w wound) (event, error) {
	one := event{name: w.name, victim: w.victim, promised: w.promised, hurts: w.hurts, out: -1, back: -1}
	one.measured = s.kind == "haproxy" && w.victim != ""
	if one.measured { // a node that still gets its share little by little is no victim
		if _, err := s.until(ctx, w.victim, 25*time.Second, allOfIt(s.tier.Nodes[w.victim].Weight)); err != nil {
			return one, fmt.Errorf("it does not get its whole share: %w", err)
		}
	}
	type sight struct {
		at  time.Time
		err error
	}
	gone := make(chan sight, 1)
	one.begin = time.Now()
	if w.prepare != nil {
		if err := w.prepare(ctx); err != nil {
			return one, err
		}
	}
	one.struck = time.Now()
	if one.measured {
		go func() {
			at, err := s.until(ctx, w.victim, 8*time.Second, func(seen webstack.Server) bool { return !strings.HasPrefix(seen.Status, "UP") })
			gone <- sight{at, err}
		}()
	}
	if err := w.strike(ctx); err != nil {
		return one, err
	}
	if err := wait(ctx, w.lasts); err != nil {
		return one, err
	}
	if one.measured {
		saw := <-gone
		if saw.err != nil {
			return one, fmt.Errorf("it stays in rotation: %w", saw.err)
		}
		one.out = saw.at.Sub(one.struck)
	}
	if err := w.heal(ctx); err != nil {
		return one, err
	}
	one.restored = time.Now()
	if one.measured {
		at, err := s.until(ctx, w.victim, 20*time.Second, func(seen webstack.Server) bool { return seen.Status == "UP" })
		if err != nil {
			return one, fmt.Errorf("it does not come back: %w", err)
		}
		one.back = at.Sub(one.restored)
	} else if w.hurts {
		// nginx tries a node again when its fail_timeout is over.
		if err := wait(ctx, s.tier.Health.FailTimeout+time.Second); err != nil {
			return one, err
		}
	}
	after := max(w.after, 500*time.Millisecond)
	if w.promised.gentle {
		after = gentleness
	}
	if err := wait(ctx, after); err != nil {
		return one, err
	}
	one.end = time.Now()
	if w.finish != nil {
		return one, w.finish()
	}
	return one, nil
}

// drain takes a node out as an operator does before a stop: by HAProxy's
// socket, or by a changed configuration and a reload. Then it stops.
func (s *stack) drain(ctx context.Context, name string) error {
	if s.kind == "haproxy" {
		if _, err := s.proxy.Command(ctx, s.tier.Process.ControlSocket, "set server be_agent/"+name+" state drain"); err != nil {
			return err
		}
	} else if err := s.reload(ctx, s.with(name, webtier.Drain)); err != nil {
		return err
	}
	if err := wait(ctx, time.Second); err != nil { // what runs on it ends
		return err
	}
	return s.nodes[name].Kill()
}

func (s *stack) undrain(ctx context.Context, name string) error {
	if err := s.nodes[name].Start(ctx); err != nil {
		return err
	}
	if s.kind == "haproxy" {
		_, err := s.proxy.Command(ctx, s.tier.Process.ControlSocket, "set server be_agent/"+name+" state ready")
		return err
	}
	return s.reload(ctx, s.tier)
}

// with is the tier with one node in another state.
func (s *stack) with(changed string, state webtier.State) webtier.Tier {
	tier := s.tier
	tier.Nodes = map[string]webtier.Node{}
	for name, node := range s.tier.Nodes {
		if name == changed {
			node.State = state
		}
		tier.Nodes[name] = node
	}
	return tier
}

// until watches what HAProxy thinks of a node, and says when that changed.
func (s *stack) until(ctx context.Context, name string, most time.Duration, is func(webstack.Server) bool) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		seen, err := s.proxy.Server(ctx, s.tier.Process.ControlSocket, "be_agent", name)
		if err != nil {
			return time.Time{}, err
		}
		if is(seen) {
			return time.Now(), nil
		}
		if err := wait(ctx, 15*time.Millisecond); err != nil {
			return time.Time{}, fmt.Errorf("status %q, weight %d: %w", seen.Status, seen.Weight, err)
		}
	}
}

// allOfIt says whether a node gets its whole share.
func allOfIt(weight int) func(webstack.Server) bool {
	return func(seen webstack.Server) bool { return seen.Status == "UP" && seen.Weight == weight }
}

func wait(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
