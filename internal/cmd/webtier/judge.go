package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is what came of one proxy.
type report struct {
	proxy  string
	checks []finding
	events []figures
}

// finding is one claim and what is wrong with it; nothing when it holds.
type finding struct{ claim, wrong string }

// figures are what one event cost.
type figures struct {
	event     string
	requests  int
	polls     int // polls without the answer that was wanted
	actions   int // actions of which the browser saw an error
	silent    int // actions that the browser believes done, and no node did
	twice     int // actions that ran twice
	late      int // requests that failed although the node had left rotation before
	out, back time.Duration
	before    time.Duration // median of actions before it struck, and after all was whole again; 0 where nobody looks
	after     time.Duration
	gentle    float64 // of its share, what a node got in its first seconds back; negative where nobody looks
	spread    float64 // worst relative distance of a node's share from its weight
	p50, p99  time.Duration
	faults    map[string]int // what browsers saw, and how often
	broken    []string       // promises
}

// judge holds the outcomes against the nodes' ledgers and the promises.
func (s *stack) judge(events []event, outcomes []outcome) ([]figures, error) {
	ran, err := s.ran()
	if err != nil {
		return nil, err
	}
	list := make([]figures, 0, len(events))
	for _, e := range events {
		var during []outcome
		for _, o := range outcomes {
			// By its end: what runs when a node is struck is the event's.
			if end := o.end(); !end.Before(e.begin) && end.Before(e.end) {
				during = append(during, o)
			}
		}
		list = append(list, s.weigh(e, during, ran))
	}
	return list, nil
}

// ran is how often each action ran, by the nodes' ledgers.
func (s *stack) ran() (map[string]int, error) {
	ran := map[string]int{}
	for _, node := range s.nodes {
		actions, err := node.Actions()
		if err != nil {
			return nil, err
		}
		for _, id := range actions {
			ran[id]++
		}
	}
	return ran, nil
}

func (s *stack) weigh(e event, during []outcome, ran map[string]int) figures {
	f := figures{event: e.name, requests: len(during), out: e.out, back: e.back, spread: -1, gentle: -1, faults: map[string]int{}}
	var last time.Time
	served := map[string]int{}
	var times []time.Duration
	for _, o := range during {
		times = append(times, o.took)
		if o.node != "" {
			served[o.node]++
		}
		switch {
		case o.fault != "" && o.work == poll:
			f.polls++
		case o.fault != "":
			f.actions++
		case o.work != poll && ran[o.id] == 0:
			f.silent++
		}
		if o.fault != "" {
			f.faults[o.fault]++
			if o.end().After(last) {
				last = o.end()
			}
			if e.measured && e.out >= 0 && o.begin.After(e.struck.Add(e.out)) {
				f.late++
			}
		}
		if o.work != poll && ran[o.id] > 1 {
			f.twice++
		}
	}
	if !e.measured && e.hurts {
		f.guess(e, last, during)
	}
	if e.struck.IsZero() {
		f.out, f.back = -1, -1
		f.spread = s.spread(served)
	}
	if e.promised.gentle {
		f.gentle = s.share(e, during)
	}
	if e.promised.steady {
		f.before = median(during, func(o outcome) bool { return o.end().Before(e.struck) })
		f.after = median(during, func(o outcome) bool { return o.begin.After(e.restored) })
	}
	slices.Sort(times)
	if len(times) > 0 {
		f.p50, f.p99 = times[len(times)/2], times[len(times)*99/100]
	}
	f.hold(e)
	return f
}

// median is how long half of the actions took at most that were done.
func median(outcomes []outcome, counts func(outcome) bool) time.Duration {
	var times []time.Duration
	for _, o := range outcomes {
		if o.work == post && o.fault == "" && counts(o) {
			times = append(times, o.took)
		}
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// guess tells from requests alone when a node was out and back.
func (f *figures) guess(e event, last time.Time, during []outcome) {
	if f.out = 0; !last.IsZero() {
		f.out = last.Sub(e.struck)
	}
	f.back = -1
	for _, o := range during {
		if after := o.end().Sub(e.restored); o.node == e.victim && o.begin.After(e.restored) && (f.back < 0 || after < f.back) {
			f.back = after
		}
	}
}

// spread is how far the worst node's share is from its weight.
func (s *stack) spread(served map[string]int) float64 {
	total, weights := 0, 0
	for name, node := range s.tier.Nodes {
		total += served[name]
		weights += node.Weight
	}
	worst := 0.0
	for name, node := range s.tier.Nodes {
		want := float64(total) * float64(node.Weight) / float64(weights)
		worst = max(worst, math.Abs(float64(served[name])-want)/want)
	}
	return worst
}

// share is what a node that came back got in its first seconds, of what its
// weight would give it.
func (s *stack) share(e event, during []outcome) float64 {
	from := e.restored.Add(e.back)
	all, its, weights := 0, 0, 0
	for _, o := range during {
		if o.node != "" && o.begin.After(from) && o.begin.Before(from.Add(gentleness)) {
			all++
			if o.node == e.victim {
				its++
			}
		}
	}
	for _, node := range s.tier.Nodes {
		weights += node.Weight
	}
	return float64(its*weights) / float64(max(1, all)*s.tier.Nodes[e.victim].Weight)
}

// hold notes the promises that were not kept.
func (f *figures) hold(e event) {
	p := e.promised
	broken := func(format string, args ...any) { f.broken = append(f.broken, fmt.Sprintf(format, args...)) }
	if f.requests == 0 {
		broken("no request was made")
	}
	if p.polls >= 0 && f.polls > p.polls {
		broken("%d polls lost, %d promised", f.polls, p.polls)
	}
	if p.actions >= 0 && f.actions > p.actions {
		broken("%d actions lost, %d promised", f.actions, p.actions)
	}
	if f.silent > 0 {
		broken("%d actions were answered and not done", f.silent)
	}
	if f.twice > p.twice {
		broken("%d actions ran twice", f.twice)
	}
	if p.out >= 0 && f.out > p.out {
		broken("out after %s, %s promised", f.out.Round(time.Millisecond), p.out)
	}
	switch {
	case p.back >= 0 && f.back < 0:
		broken("never back, %s promised", p.back)
	case p.back >= 0 && f.back > p.back:
		broken("back after %s, %s promised", f.back.Round(time.Millisecond), p.back)
	}
	if f.late > 0 {
		broken("%d requests failed after the node had left rotation", f.late)
	}
	if p.gentle && (f.gentle >= 0.5 || f.gentle <= 0) {
		broken("in its first %s back the node got %.0f %% of its share, more than nothing and less than half are promised", gentleness, 100*f.gentle)
	}
	if p.steady && (f.after == 0 || f.after > 3*f.before) {
		broken("after it actions take %s, before it %s; three times as long is promised", f.after.Round(time.Millisecond), f.before.Round(time.Millisecond))
	}
	if p.spread >= 0 && f.spread > p.spread {
		broken("a share is %.1f %% off its weight, %.0f %% promised", 100*f.spread, 100*p.spread)
	}
}

// tell writes the table and says whether everything held.
func tell(out io.Writer, reports []report) bool {
	passed := true
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "proxy\tevent\trequests\tpolls lost\tactions lost\tnot done\ttwice\tout s\tback s\tspread\tp50 ms\tp99 ms\tverdict\t")
	for _, r := range reports {
		for _, f := range r.events {
			verdict := "pass"
			if len(f.broken) > 0 {
				verdict, passed = "FAIL", false
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%.1f\t%.1f\t%s\t\n", r.proxy, f.event, f.requests,
				f.polls, f.actions, f.silent, f.twice, seconds(f.out), seconds(f.back), percent(f.spread),
				milliseconds(f.p50), milliseconds(f.p99), verdict)
		}
	}
	_ = table.Flush()
	for _, r := range reports {
		for _, f := range r.events {
			for _, fault := range slices.Sorted(maps.Keys(f.faults)) {
				fmt.Fprintf(out, "%s, %s: %d times %s\n", r.proxy, f.event, f.faults[fault], fault)
			}
			if f.gentle >= 0 {
				fmt.Fprintf(out, "%s, %s: in its first %s back the node got %.0f %% of its share\n", r.proxy, f.event, gentleness, 100*f.gentle)
			}
			if f.after > 0 {
				fmt.Fprintf(out, "%s, %s: actions take %.0f ms before and %.0f ms after\n", r.proxy, f.event, milliseconds(f.before), milliseconds(f.after))
			}
			for _, broken := range f.broken {
				fmt.Fprintf(out, "FAIL %s, %s: %s\n", r.proxy, f.event, broken)
			}
		}
		held := 0
		for _, c := range r.checks {
			if c.wrong == "" {
				held++
				continue
			}
			passed = false
			fmt.Fprintf(out, "FAIL %s: %s: %s\n", r.proxy, c.claim, strings.TrimSpace(c.wrong))
		}
		fmt.Fprintf(out, "%s: %d of %d checks hold\n", r.proxy, held, len(r.checks))
	}
	return passed
}

func seconds(length time.Duration) string {
	if length < 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", length.Seconds())
}

func percent(share float64) string {
	if share < 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func milliseconds(length time.Duration) float64 { return float64(length.Microseconds()) / 1000 }
