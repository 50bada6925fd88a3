package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// event is one failure of a node, with its times and limits.
type event struct {
	name     string
	node1    string
	begin    time.Time
	end      time.Time
	injected time.Time // start of the failure
	repaired time.Time // end of the failure
	out      time.Duration
	back     time.Duration
	measured bool // out and back are read from the proxy, not estimated from requests
	kills    bool // the node is killed and starts again
	limits   eventLimits
}

// eventLimits are the limits of the cost of an event. A negative number is no
// limit.
type eventLimits struct {
	polls         int
	actions       int // lost actions, of those on the node when it fails
	executedTwice int
	out           time.Duration
	back          time.Duration
	spread        float64
	noSlowdown    bool // after the repair, actions take at most three times as long as before
	slowStart     bool // after the repair, the node at first gets less than half of its share
}

// slowStartTime is the time in which the requests of a repaired node are counted.
const slowStartTime = 2 * time.Second

// failure is a failure of a node that can be injected and repaired.
type failure struct {
	name           string
	node1          string
	inject, repair func(context.Context) error
	duration       time.Duration
	limits         eventLimits
	kills          bool

	prepare func(context.Context) error // runs before inject; may be nil
	finish  func() error                // runs at the end; may be nil
	after   time.Duration               // time to watch after the repair; 0 for the default
}

// noLimits is for events whose figures are only printed. Actions that run twice are
// still failures.
var noLimits = eventLimits{polls: -1, actions: -1, out: -1, back: -1, spread: -1}

// events runs the events one after the other, while agents send requests.
func (s *stack) events(ctx context.Context, mode mode) ([]event, error) {
	if s.kind == "haproxy" { // the checks have stopped nodes
		for name, node := range s.tier.Nodes {
			if _, err := s.waitForState(ctx, name, 45*time.Second, hasFullWeight(node.Weight)); err != nil {
				return nil, err
			}
		}
	}
	calm := event{name: "none", limits: eventLimits{out: -1, back: -1, spread: 0.03}}
	if err := wait(ctx, 1200*time.Millisecond); err != nil { // until every agent has started
		return nil, err
	}
	calm.begin = time.Now()
	watched := 5 * time.Second
	if mode == longMode {
		watched = 15 * time.Second
	}
	if err := wait(ctx, watched); err != nil {
		return nil, err
	}
	calm.end = time.Now()
	list := []event{calm}
	for _, w := range s.failures(mode) {
		one, err := s.runEvent(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		list = append(list, one)
	}
	return list, nil
}

// failures returns the failures to inject. HAProxy raises the share of a repaired
// node slowly, so each failure is injected into another node: it needs one with
// many requests.
func (s *stack) failures(mode mode) []failure {
	killed := eventLimits{actions: 6, out: time.Second, back: 5 * time.Second, spread: -1, slowStart: true}
	lost := eventLimits{polls: -1, actions: -1, out: 2 * time.Second, back: 5 * time.Second, spread: -1}
	lost500 := lost
	// After a 500 the proxy repeats the request on another node. If the others have
	// no free slot, HAProxy uses the failing node again, which always has one.
	lost500.polls = 30
	hung := eventLimits{polls: -1, actions: -1, out: 3 * time.Second, back: 5 * time.Second, spread: -1}
	nothing := eventLimits{out: -1, back: -1, spread: -1}
	// An old process closes idle connections. A request that is sent at that moment is read
	// by no process; browsers repeat it, and this client does not.
	reloaded := nothing
	reloaded.polls, reloaded.actions = 3, 1
	if s.kind == "haproxy" {
		if mode == shortMode {
			return []failure{s.kill(node2, killed), s.loseDatabase(node1, 200, lost), s.drained(node3, nothing)}
		}
		list := []failure{
			s.kill(node2, killed), s.loseDatabase(node1, 200, lost), s.loseDatabase(node3, 500, lost500),
			s.hang(node2, hung), s.drained(node1, nothing), s.drainedAtNode(node3, nothing), s.reloads(reloaded), s.failover(),
		}
		if s.network != nil {
			list = append(list, s.blackHole(node2, hung), s.packetLoss(node1, nothing))
		}
		if mode == longMode {
			list = append(list, s.kill(node2, killed), s.kill(node1, killed))
		}
		return list
	}
	// Passive checks notice some failures late or never, so that these have no
	// limits.
	killed = eventLimits{actions: -1, out: -1, back: 8 * time.Second, spread: -1}
	few := eventLimits{polls: -1, actions: -1, out: -1, back: -1, spread: -1}
	if mode == shortMode {
		return []failure{s.kill(node2, killed), s.drained(node1, nothing)}
	}
	list := []failure{s.kill(node2, killed), s.drained(node1, nothing), s.reloads(few)}
	if mode == longMode {
		list = append(list, s.loseDatabase(node1, 200, noLimits), s.loseDatabase(node1, 500, noLimits),
			s.hang(node1, noLimits), s.kill(node1, killed), s.kill(node2, killed))
	}
	return list
}

func (s *stack) kill(name string, limits eventLimits) failure {
	return failure{
		name: "kill -9", node1: name, duration: 2500 * time.Millisecond, kills: true, limits: limits,
		inject: func(context.Context) error { return s.nodes[name].Kill() }, repair: s.nodes[name].Start,
	}
}

// failover disconnects all nodes from the database at once and connects them again,
// while an action takes as long as a dial.
func (s *stack) failover() failure {
	limits := noLimits
	limits.noSlowdown = true
	each := func(do func(*webstack.Node) error) error {
		var all []error
		for _, node := range s.nodes {
			all = append(all, do(node))
		}
		return errors.Join(all...)
	}
	return failure{
		name: "failover, 300 ms", duration: 3 * time.Second, limits: limits, after: 5 * time.Second,
		prepare: func(ctx context.Context) error {
			return errors.Join(each(func(n *webstack.Node) error { return n.SetWork(300 * time.Millisecond) }), wait(ctx, 4*time.Second))
		},
		inject: func(context.Context) error { return each(func(n *webstack.Node) error { return n.LoseDatabase(500) }) },
		repair: func(ctx context.Context) error {
			if err := each(func(n *webstack.Node) error { return n.RestoreDatabase(ctx) }); err != nil {
				return err
			}
			for name := range s.nodes {
				if _, err := s.waitForState(ctx, name, 20*time.Second, func(seen webstack.Server) bool { return strings.HasPrefix(seen.Status, "UP") }); err != nil {
					return err
				}
			}
			return nil
		},
		finish: func() error { return each(func(n *webstack.Node) error { return n.SetWork(30 * time.Millisecond) }) },
	}
}

func (s *stack) hang(name string, limits eventLimits) failure {
	return failure{
		name: "hang", node1: name, duration: 3500 * time.Millisecond, limits: limits,
		inject: func(context.Context) error { return s.nodes[name].Hang() },
		repair: func(context.Context) error { return s.nodes[name].Wake() },
	}
}

func (s *stack) loseDatabase(name string, status int, limits eventLimits) failure {
	return failure{
		name: fmt.Sprintf("database lost, %d", status), node1: name, duration: 2500 * time.Millisecond, limits: limits,
		inject: func(context.Context) error { return s.nodes[name].LoseDatabase(status) }, repair: s.nodes[name].RestoreDatabase,
	}
}

func (s *stack) drained(name string, limits eventLimits) failure {
	return failure{
		name: "drain, stop", node1: name, duration: time.Second, limits: limits,
		inject: func(ctx context.Context) error { return s.drain(ctx, name) },
		repair: func(ctx context.Context) error { return s.undrain(ctx, name) },
	}
}

// drainedAtNode drains a node by the file of the Apache snippet, reloads the proxy and
// kills the node.
func (s *stack) drainedAtNode(name string, limits eventLimits) failure {
	drained := func(seen webstack.Server) bool { return strings.HasPrefix(seen.Status, "NOLB") }
	return failure{
		name: "drain at node, reload, stop", node1: name, duration: time.Second, limits: limits,
		inject: func(ctx context.Context) error {
			if err := s.nodes[name].Drain(); err != nil {
				return err
			}
			if _, err := s.waitForState(ctx, name, 5*time.Second, drained); err != nil {
				return err
			}
			if err := s.reload(ctx, s.tier); err != nil {
				return err
			}
			if err := wait(ctx, time.Second); err != nil { // until the new process has checked the node
				return err
			}
			if _, err := s.waitForState(ctx, name, 5*time.Second, drained); err != nil {
				return err
			}
			if err := wait(ctx, time.Second); err != nil { // running requests end
				return err
			}
			return s.nodes[name].Kill()
		},
		repair: func(ctx context.Context) error {
			return errors.Join(s.nodes[name].Undrain(), s.nodes[name].Start(ctx))
		},
	}
}

// blackHole cuts the node off: nothing that is sent to it is answered or refused.
func (s *stack) blackHole(name string, limits eventLimits) failure {
	return failure{
		name: "black hole", node1: name, duration: 3500 * time.Millisecond, limits: limits,
		inject: s.nodes[name].Cut, repair: s.nodes[name].Join,
	}
}

// packetLoss makes the network to the node lose packets.
func (s *stack) packetLoss(name string, limits eventLimits) failure {
	return failure{
		name: "packet loss", duration: 8 * time.Second, limits: limits,
		inject: s.nodes[name].LimitBandwidth,
		repair: func(ctx context.Context) error {
			lost, err := s.nodes[name].UnlimitBandwidth(ctx)
			fmt.Fprintf(os.Stderr, "packet loss: %.1f %% to %s\n", 100*lost, name)
			return err
		},
	}
}

func (s *stack) reloads(limits eventLimits) failure {
	return failure{
		name: "3 reloads", duration: time.Second, limits: limits,
		inject: func(ctx context.Context) error {
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
		repair: func(context.Context) error { return nil },
	}
}

// runEvent injects a failure, waits, repairs the node and waits until it is in
// rotation.
func (s *stack) runEvent(ctx context.Context, w failure) (event, error) {
	one := event{name: w.name, node1: w.node1, limits: w.limits, kills: w.kills, out: -1, back: -1}
	one.measured = s.kind == "haproxy" && w.node1 != ""
	if one.measured { // the node must have its full share
		if _, err := s.waitForState(ctx, w.node1, 25*time.Second, hasFullWeight(s.tier.Nodes[w.node1].Weight)); err != nil {
			return one, fmt.Errorf("the node does not get its full share: %w", err)
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
	one.injected = time.Now()
	if one.measured {
		go func() {
			at, err := s.waitForState(ctx, w.node1, 8*time.Second, func(seen webstack.Server) bool { return !strings.HasPrefix(seen.Status, "UP") })
			gone <- sight{at, err}
		}()
	}
	if err := w.inject(ctx); err != nil {
		return one, err
	}
	if err := wait(ctx, w.duration); err != nil {
		return one, err
	}
	if one.measured {
		saw := <-gone
		if saw.err != nil {
			return one, fmt.Errorf("the node stays in rotation: %w", saw.err)
		}
		one.out = saw.at.Sub(one.injected)
	}
	if err := w.repair(ctx); err != nil {
		return one, err
	}
	one.repaired = time.Now()
	if one.measured {
		at, err := s.waitForState(ctx, w.node1, 20*time.Second, func(seen webstack.Server) bool { return seen.Status == "UP" })
		if err != nil {
			return one, fmt.Errorf("the node does not return to rotation: %w", err)
		}
		one.back = at.Sub(one.repaired)
	} else if w.kills {
		// nginx tries a node again after fail_timeout.
		if err := wait(ctx, s.tier.Health.FailTimeout+time.Second); err != nil {
			return one, err
		}
	}
	after := max(w.after, 500*time.Millisecond)
	if w.limits.slowStart {
		after = slowStartTime
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

// drain drains a node as an operator does, over HAProxy's socket or by a reload,
// and kills it.
func (s *stack) drain(ctx context.Context, name string) error {
	if s.kind == "haproxy" {
		if _, err := s.proxy.Command(ctx, s.tier.Process.ControlSocket, "set server be_agent/"+name+" state drain"); err != nil {
			return err
		}
	} else if err := s.reload(ctx, s.withNodeState(name, webtier.Drain)); err != nil {
		return err
	}
	if err := wait(ctx, time.Second); err != nil { // running requests end
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

// withNodeState returns the tier with another state of one node.
func (s *stack) withNodeState(changed string, state webtier.State) webtier.Tier {
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

// waitForState polls HAProxy's state of a node until is returns true, and returns
// that time.
func (s *stack) waitForState(ctx context.Context, name string, atMost time.Duration, matches func(webstack.Server) bool) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	for {
		seen, err := s.proxy.Server(ctx, s.tier.Process.ControlSocket, "be_agent", name)
		if err != nil {
			return time.Time{}, err
		}
		if matches(seen) {
			return time.Now(), nil
		}
		if err := wait(ctx, 15*time.Millisecond); err != nil {
			return time.Time{}, fmt.Errorf("status %q, weight %d: %w", seen.Status, seen.Weight, err)
		}
	}
}

// hasFullWeight returns a function that reports whether a node is up with the given
// weight.
func hasFullWeight(weight int) func(webstack.Server) bool {
	return func(seen webstack.Server) bool { return seen.Status == "UP" && seen.Weight == weight }
}

func wait(ctx context.Context, mode time.Duration) error {
	timer := time.NewTimer(mode)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
