package main

import (
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// newStack returns a stack of three nodes that are not started.
func newStack() *stack {
	nodes := map[string]webtier.Node{}
	for name, weight := range map[string]int{node2: 100, node1: 100, node3: 50} {
		nodes[name] = webtier.Node{Weight: weight}
	}
	return &stack{tier: webtier.Tier{Nodes: nodes}}
}

// newEvent returns an event without limits.
func newEvent() event {
	at := time.Unix(1000, 0)
	return event{name: "kill", node1: node1, begin: at, injected: at, end: at.Add(time.Minute), out: -1, back: -1, limits: noLimits}
}

func newAction(fault string) outcome {
	return outcome{work: post, id: "a", begin: time.Unix(1001, 0), took: time.Millisecond, node: node2, fault: fault}
}

func actionAtNode(node string) outcome {
	o := newAction("")
	o.node = node
	return o
}

func TestEvaluate(t *testing.T) {
	for _, c := range []struct {
		name       string
		event      func(*event)
		during     []outcome
		executions map[string]int
		verdict    string // part of the exceeded limit; empty for none
	}{
		{"action executed once", nil, []outcome{newAction("")}, map[string]int{"a": 1}, ""},
		{"action executed twice", nil, []outcome{newAction("")}, map[string]int{"a": 2}, "1 actions ran twice"},
		{"action with an error executed twice", nil, []outcome{newAction("status 503")}, map[string]int{"a": 2}, "1 actions ran twice"},
		{"answered action not executed", nil, []outcome{newAction("")}, nil, "1 actions were answered and not executed"},
		{"action with an error not executed", nil, []outcome{newAction("status 503")}, nil, ""},
		{"lost actions", func(e *event) { e.limits.actions = 0 }, []outcome{newAction("status 503")}, nil, "1 actions lost, limit 0"},
		{"lost polls", func(e *event) { e.limits.polls = 0 }, []outcome{{work: poll, fault: "status 503"}}, nil, "1 polls lost, limit 0"},
		{"late ejection", func(e *event) { e.out, e.limits.out = 2*time.Second, time.Second }, []outcome{newAction("")}, map[string]int{"a": 1}, "out after 2s, limit 1s"},
		{"node that does not return", func(e *event) { e.limits.back = time.Second }, []outcome{newAction("")}, map[string]int{"a": 1}, "not back, limit 1s"},
		{"request fails after the ejection", func(e *event) { e.measured, e.out = true, time.Millisecond }, []outcome{newAction("status 503")}, nil, "1 requests failed after"},
		{"request fails before the ejection", func(e *event) { e.measured, e.out = true, time.Hour }, []outcome{newAction("status 503")}, nil, ""},
		{"repaired node gets its full share", func(e *event) { e.limits.slowStart, e.repaired = true, e.begin }, []outcome{actionAtNode(node1)}, map[string]int{"a": 1}, "250 % of its share"},
		{"repaired node gets no requests", func(e *event) { e.limits.slowStart, e.repaired = true, e.begin }, []outcome{actionAtNode(node2)}, map[string]int{"a": 1}, "0 % of its share"},
		{"no requests", nil, nil, nil, "no request was made"},
		{"uneven spread", func(e *event) { e.injected = time.Time{}; e.limits.spread = 0.03 }, []outcome{newAction("")}, map[string]int{"a": 1}, "differs from its weight"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEvent()
			if c.event != nil {
				c.event(&e)
			}
			broken := strings.Join(newStack().evaluate(e, c.during, c.executions).exceeded, "; ")
			if c.verdict == "" && broken != "" || !strings.Contains(broken, c.verdict) {
				t.Errorf("got %q", broken)
			}
		})
	}
}

func TestSpread(t *testing.T) {
	t.Run("shares equal to weights", func(t *testing.T) {
		if got := newStack().spread(map[string]int{node2: 40, node1: 40, node3: 20}); got > 0.001 {
			t.Errorf("got %f", got)
		}
	})
	t.Run("largest difference of a node", func(t *testing.T) {
		if got := newStack().spread(map[string]int{node2: 40, node1: 30, node3: 30}); got < 0.49 || got > 0.51 {
			t.Errorf("got %f", got)
		}
	})
}
