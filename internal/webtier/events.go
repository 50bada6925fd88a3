package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// event is one thing that happens to the victim, and when.
type event struct {
	name     string
	begin    time.Time
	end      time.Time
	struck   time.Time // when it happened
	restored time.Time // when the node was made whole again
	out      time.Duration
	back     time.Duration
	measured bool // out and back are the proxy's own, not guessed from requests
	hurts    bool // requests that run on the node may be lost
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
}

// wounds are what can be done to a node, and undone.
type wound struct {
	name         string
	strike, heal func(context.Context) error
	lasts        time.Duration
	promised     promise
	hurts        bool
}

// unpromised is for events whose figures are told and not judged; twice is.
var unpromised = promise{polls: -1, actions: -1, out: -1, back: -1, spread: -1}

// events happen one after the other, with the floor at work.
func (s *stack) events(ctx context.Context, _ *floor, long bool) ([]event, error) {
	calm := event{name: "none", promised: promise{out: -1, back: -1, spread: 0.03}}
	if err := wait(ctx, 1200*time.Millisecond); err != nil { // until every agent has come
		return nil, err
	}
	calm.begin = time.Now()
	length := 5 * time.Second
	if long {
		length = 15 * time.Second
	}
	if err := wait(ctx, length); err != nil {
		return nil, err
	}
	calm.end = time.Now()
	list := []event{calm}
	for _, w := range s.wounds(long) {
		one, err := s.suffer(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		list = append(list, one)
	}
	return list, nil
}

func (s *stack) wounds(long bool) []wound {
	node := s.nodes[victim]
	kill := wound{
		name: "kill -9", lasts: 2500 * time.Millisecond, hurts: true,
		strike: func(context.Context) error { return node.Kill() }, heal: node.Start,
		promised: promise{actions: 6, out: time.Second, back: -1, spread: -1},
	}
	hang := wound{
		name: "hang", lasts: 3500 * time.Millisecond,
		strike:   func(context.Context) error { return node.Hang() },
		heal:     func(context.Context) error { return node.Wake() },
		promised: promise{polls: -1, actions: -1, out: 3 * time.Second, back: -1, spread: -1},
	}
	without := func(status int, promised promise) wound {
		return wound{
			name: fmt.Sprintf("database lost, %d", status), lasts: 2500 * time.Millisecond, promised: promised,
			strike: func(context.Context) error { return node.LoseDatabase(status) }, heal: node.GiveDatabase,
		}
	}
	drain := wound{
		name: "drain, stop", lasts: time.Second, strike: s.drain, heal: s.undrain,
		promised: promise{out: -1, back: -1, spread: -1},
	}
	reloads := wound{
		name: "3 reloads", lasts: time.Second,
		strike: func(ctx context.Context) error {
			for range 3 {
				if err := s.reload(s.tier); err != nil {
					return err
				}
				if err := wait(ctx, 800*time.Millisecond); err != nil {
					return err
				}
			}
			return nil
		},
		heal:     func(context.Context) error { return nil },
		promised: promise{out: -1, back: -1, spread: -1},
	}
	lost200 := promise{polls: -1, actions: -1, out: 2 * time.Second, back: -1, spread: -1}
	if s.kind == "haproxy" {
		list := []wound{kill, without(200, lost200), hang, drain, reloads}
		if long {
			list = append(list, without(500, lost200), kill, kill)
		}
		return list
	}
	// What passive checks see late, or never, is told and not promised.
	kill.promised.out = -1
	kill.promised.actions = -1
	reloads.promised.polls, reloads.promised.actions = -1, -1
	list := []wound{kill, drain, reloads}
	if long {
		hang.promised = unpromised
		list = append(list, without(200, unpromised), without(500, unpromised), hang, kill, kill)
	}
	return list
}

// suffer strikes the victim, waits, heals it and waits until it is back.
func (s *stack) suffer(ctx context.Context, w wound) (event, error) {
	one := event{name: w.name, promised: w.promised, hurts: w.hurts, out: -1, back: -1, begin: time.Now()}
	watching := s.kind == "haproxy" && w.name != "3 reloads"
	one.measured = watching
	type sight struct {
		at  time.Time
		err error
	}
	gone := make(chan sight, 1)
	one.struck = time.Now()
	if watching {
		go func() {
			at, err := s.until(ctx, 8*time.Second, func(status string) bool { return !strings.HasPrefix(status, "UP") })
			gone <- sight{at, err}
		}()
	}
	if err := w.strike(ctx); err != nil {
		return one, err
	}
	if err := wait(ctx, w.lasts); err != nil {
		return one, err
	}
	if watching {
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
	if watching {
		at, err := s.until(ctx, 20*time.Second, func(status string) bool { return status == "UP" })
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
	if err := wait(ctx, 500*time.Millisecond); err != nil {
		return one, err
	}
	one.end = time.Now()
	return one, nil
}

// drain takes the victim out as an operator does before a stop: by HAProxy's
// socket, or by a changed configuration and a reload. Then it stops.
func (s *stack) drain(ctx context.Context) error {
	if s.kind == "haproxy" {
		if _, err := s.proxy.Command(ctx, s.tier.Process.ControlSocket, "set server be_agent/"+victim+" state drain"); err != nil {
			return err
		}
	} else if err := s.reload(s.with(webtier.Drain)); err != nil {
		return err
	}
	if err := wait(ctx, time.Second); err != nil { // what runs on it ends
		return err
	}
	return s.nodes[victim].Kill()
}

func (s *stack) undrain(ctx context.Context) error {
	if err := s.nodes[victim].Start(ctx); err != nil {
		return err
	}
	if s.kind == "haproxy" {
		_, err := s.proxy.Command(ctx, s.tier.Process.ControlSocket, "set server be_agent/"+victim+" state ready")
		return err
	}
	return s.reload(s.tier)
}

// with is the tier with the victim in another state.
func (s *stack) with(state webtier.State) webtier.Tier {
	tier := s.tier
	tier.Nodes = map[string]webtier.Node{}
	for name, node := range s.tier.Nodes {
		if name == victim {
			node.State = state
		}
		tier.Nodes[name] = node
	}
	return tier
}

// until watches what HAProxy thinks of the victim, and says when it changed.
func (s *stack) until(ctx context.Context, most time.Duration, is func(status string) bool) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		status, err := s.proxy.Status(ctx, s.tier.Process.ControlSocket, "be_agent", victim)
		if err != nil {
			return time.Time{}, err
		}
		if is(status) {
			return time.Now(), nil
		}
		if err := wait(ctx, 15*time.Millisecond); err != nil {
			return time.Time{}, fmt.Errorf("status %q: %w", status, err)
		}
	}
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
