package main

import (
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// aStack has three nodes that nobody started: what is judged are outcomes.
func aStack() *stack {
	nodes := map[string]webtier.Node{}
	for name, weight := range map[string]int{other: 100, victim: 100, third: 50} {
		nodes[name] = webtier.Node{Weight: weight}
	}
	return &stack{tier: webtier.Tier{Nodes: nodes}}
}

// anEvent promises nothing but what always holds.
func anEvent() event {
	at := time.Unix(1000, 0)
	return event{name: "kill", victim: victim, begin: at, struck: at, end: at.Add(time.Minute), out: -1, back: -1, promised: unpromised}
}

func anAction(fault string) outcome {
	return outcome{work: post, id: "a", begin: time.Unix(1001, 0), took: time.Millisecond, node: other, fault: fault}
}

func atNode(node string) outcome {
	o := anAction("")
	o.node = node
	return o
}

func TestWeigh(t *testing.T) {
	for _, c := range []struct {
		claim   string
		event   func(*event)
		during  []outcome
		ran     map[string]int
		verdict string // a part of the broken promise; empty for none
	}{
		{"an action that ran once is fine", nil, []outcome{anAction("")}, map[string]int{"a": 1}, ""},
		{"one that ran twice breaks every promise", nil, []outcome{anAction("")}, map[string]int{"a": 2}, "1 actions ran twice"},
		{"even if its browser saw an error", nil, []outcome{anAction("status 503")}, map[string]int{"a": 2}, "1 actions ran twice"},
		{"one that was answered and not done breaks it too", nil, []outcome{anAction("")}, nil, "1 actions were answered and not done"},
		{"one that failed and was not done is only lost", nil, []outcome{anAction("status 503")}, nil, ""},
		{"lost actions are held against the promise", func(e *event) { e.promised.actions = 0 }, []outcome{anAction("status 503")}, nil, "1 actions lost, 0 promised"},
		{"lost polls are, too", func(e *event) { e.promised.polls = 0 }, []outcome{{work: poll, fault: "status 503"}}, nil, "1 polls lost, 0 promised"},
		{"a late ejection is", func(e *event) { e.out, e.promised.out = 2*time.Second, time.Second }, []outcome{anAction("")}, map[string]int{"a": 1}, "out after 2s, 1s promised"},
		{"a node that is never back is", func(e *event) { e.promised.back = time.Second }, []outcome{anAction("")}, map[string]int{"a": 1}, "never back, 1s promised"},
		{"a request that fails when the node is out breaks every promise", func(e *event) { e.measured, e.out = true, time.Millisecond }, []outcome{anAction("status 503")}, nil, "1 requests failed after"},
		{"one that fails before is not late", func(e *event) { e.measured, e.out = true, time.Hour }, []outcome{anAction("status 503")}, nil, ""},
		{"a node that gets all its share at once is not brought back gently", func(e *event) { e.promised.gentle, e.restored = true, e.begin }, []outcome{atNode(victim)}, map[string]int{"a": 1}, "250 % of its share"},
		{"nor is one that gets nothing", func(e *event) { e.promised.gentle, e.restored = true, e.begin }, []outcome{atNode(other)}, map[string]int{"a": 1}, "0 % of its share"},
		{"silence proves nothing", nil, nil, nil, "no request was made"},
		{"an uneven spread is told", func(e *event) { e.struck = time.Time{}; e.promised.spread = 0.03 }, []outcome{anAction("")}, map[string]int{"a": 1}, "off its weight"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e := anEvent()
			if c.event != nil {
				c.event(&e)
			}
			broken := strings.Join(aStack().weigh(e, c.during, c.ran).broken, "; ")
			if c.verdict == "" && broken != "" || !strings.Contains(broken, c.verdict) {
				t.Errorf("got %q", broken)
			}
		})
	}
}

func TestSpread(t *testing.T) {
	t.Run("shares by weight are no distance", func(t *testing.T) {
		if got := aStack().spread(map[string]int{other: 40, victim: 40, third: 20}); got > 0.001 {
			t.Errorf("got %f", got)
		}
	})
	t.Run("the worst node counts", func(t *testing.T) {
		if got := aStack().spread(map[string]int{other: 40, victim: 30, third: 30}); got < 0.49 || got > 0.51 {
			t.Errorf("got %f", got)
		}
	})
}
