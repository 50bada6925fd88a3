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

// report has the results of one proxy.
type report struct {
	proxy  string
	checks []result
	events []figures

	overhead []overhead // nothing in short runs
}

// result is the result of a check. failure is empty when it passed.
type result struct{ name, failure string }

// figures are the cost of one event.
type figures struct {
	event              string
	requests           int
	polls              int // polls without the expected response
	actions            int // actions with an error in the browser
	notExecuted        int // actions that succeeded in the browser and that no node executed
	executedTwice      int // actions that nodes executed twice
	failedAfterRemoval int // requests that failed after the node left rotation
	out, back          time.Duration
	before             time.Duration // median time of actions before the failure and after the repair; 0 if not measured
	after              time.Duration
	slowStart          float64 // part of its share that a repaired node gets at first; negative if not measured
	spread             float64 // worst relative distance of a node's share from its weight
	p50, p99           time.Duration
	faults             map[string]int // number of failures by message
	exceeded           []string       // exceeded limits
}

// evaluateAll compares the outcomes with the ledgers of the nodes and with the
// limits.
func (s *stack) evaluateAll(events []event, outcomes []outcome) ([]figures, error) {
	ran, err := s.executions()
	if err != nil {
		return nil, err
	}
	list := make([]figures, 0, len(events))
	for _, e := range events {
		var during []outcome
		for _, o := range outcomes {
			// A request that is running at the start of a failure belongs to it.
			if end := o.end(); !end.Before(e.begin) && end.Before(e.end) {
				during = append(during, o)
			}
		}
		list = append(list, s.evaluate(e, during, ran))
	}
	return list, nil
}

// executions returns how often each action ran, from the ledgers of the nodes.
func (s *stack) executions() (map[string]int, error) {
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

func (s *stack) evaluate(e event, during []outcome, ran map[string]int) figures {
	f := figures{event: e.name, requests: len(during), out: e.out, back: e.back, spread: -1, slowStart: -1, faults: map[string]int{}}
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
			f.notExecuted++
		}
		if o.fault != "" {
			f.faults[o.fault]++
			if o.end().After(last) {
				last = o.end()
			}
			if e.measured && e.out >= 0 && o.begin.After(e.injected.Add(e.out)) {
				f.failedAfterRemoval++
			}
		}
		if o.work != poll && ran[o.id] > 1 {
			f.executedTwice++
		}
	}
	if !e.measured && e.kills {
		f.estimate(e, last, during)
	}
	if e.injected.IsZero() {
		f.out, f.back = -1, -1
		f.spread = s.spread(served)
	}
	if e.limits.slowStart {
		f.slowStart = s.share(e, during)
	}
	if e.limits.noSlowdown {
		f.before = median(during, func(o outcome) bool { return o.end().Before(e.injected) })
		f.after = median(during, func(o outcome) bool { return o.begin.After(e.repaired) })
	}
	slices.Sort(times)
	if len(times) > 0 {
		f.p50, f.p99 = times[len(times)/2], times[len(times)*99/100]
	}
	f.checkLimits(e)
	return f
}

// median returns the median time of the successful actions that counts selects.
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

// estimate computes from requests when a node left rotation and returned.
func (f *figures) estimate(e event, last time.Time, during []outcome) {
	if f.out = 0; !last.IsZero() {
		f.out = last.Sub(e.injected)
	}
	f.back = -1
	for _, o := range during {
		if after := o.end().Sub(e.repaired); o.node == e.node1 && o.begin.After(e.repaired) && (f.back < 0 || after < f.back) {
			f.back = after
		}
	}
}

// spread returns the largest relative difference between a node's share and its
// weight.
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

// share returns which part of the share of its weight a repaired node gets at
// first.
func (s *stack) share(e event, during []outcome) float64 {
	from := e.repaired.Add(e.back)
	all, its, weights := 0, 0, 0
	for _, o := range during {
		if o.node != "" && o.begin.After(from) && o.begin.Before(from.Add(slowStartTime)) {
			all++
			if o.node == e.node1 {
				its++
			}
		}
	}
	for _, node := range s.tier.Nodes {
		weights += node.Weight
	}
	return float64(its*weights) / float64(max(1, all)*s.tier.Nodes[e.node1].Weight)
}

// checkLimits records the exceeded limits.
func (f *figures) checkLimits(e event) {
	p := e.limits
	broken := func(format string, args ...any) { f.exceeded = append(f.exceeded, fmt.Sprintf(format, args...)) }
	if f.requests == 0 {
		broken("no request was made")
	}
	if p.polls >= 0 && f.polls > p.polls {
		broken("%d polls lost, limit %d", f.polls, p.polls)
	}
	if p.actions >= 0 && f.actions > p.actions {
		broken("%d actions lost, limit %d", f.actions, p.actions)
	}
	if f.notExecuted > 0 {
		broken("%d actions were answered and not executed", f.notExecuted)
	}
	if f.executedTwice > p.executedTwice {
		broken("%d actions ran twice", f.executedTwice)
	}
	if p.out >= 0 && f.out > p.out {
		broken("out after %s, limit %s", f.out.Round(time.Millisecond), p.out)
	}
	switch {
	case p.back >= 0 && f.back < 0:
		broken("not back, limit %s", p.back)
	case p.back >= 0 && f.back > p.back:
		broken("back after %s, limit %s", f.back.Round(time.Millisecond), p.back)
	}
	if f.failedAfterRemoval > 0 {
		broken("%d requests failed after the node had left rotation", f.failedAfterRemoval)
	}
	if p.slowStart && (f.slowStart >= 0.5 || f.slowStart <= 0) {
		broken("in its first %s back the node got %.0f %% of its share; the limits are 0 and 50 %%", slowStartTime, 100*f.slowStart)
	}
	if p.noSlowdown && (f.after == 0 || f.after > 3*f.before) {
		broken("actions take %s after and %s before; the limit is three times as long", f.after.Round(time.Millisecond), f.before.Round(time.Millisecond))
	}
	if p.spread >= 0 && f.spread > p.spread {
		broken("a share differs from its weight by %.1f %%, limit %.0f %%", 100*f.spread, 100*p.spread)
	}
}

// printReports prints the table and reports whether all checks and limits hold.
func printReports(out io.Writer, reports []report) bool {
	passed := true
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "proxy\tevent\trequests\tpolls lost\tactions lost\tnot done\trun twice\tout s\tback s\tspread\tp50 ms\tp99 ms\tverdict\t")
	for _, r := range reports {
		for _, f := range r.events {
			verdict := "pass"
			if len(f.exceeded) > 0 {
				verdict, passed = "FAIL", false
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%.1f\t%.1f\t%s\t\n", r.proxy, f.event, f.requests,
				f.polls, f.actions, f.notExecuted, f.executedTwice, seconds(f.out), seconds(f.back), percent(f.spread),
				milliseconds(f.p50), milliseconds(f.p99), verdict)
		}
	}
	_ = table.Flush()
	for _, r := range reports {
		for _, f := range r.events {
			for _, fault := range slices.Sorted(maps.Keys(f.faults)) {
				fmt.Fprintf(out, "%s, %s: %d times %s\n", r.proxy, f.event, f.faults[fault], fault)
			}
			if f.slowStart >= 0 {
				fmt.Fprintf(out, "%s, %s: in its first %s back the node got %.0f %% of its share\n", r.proxy, f.event, slowStartTime, 100*f.slowStart)
			}
			if f.after > 0 {
				fmt.Fprintf(out, "%s, %s: actions take %.0f ms before and %.0f ms after\n", r.proxy, f.event, milliseconds(f.before), milliseconds(f.after))
			}
			for _, broken := range f.exceeded {
				fmt.Fprintf(out, "FAIL %s, %s: %s\n", r.proxy, f.event, broken)
			}
		}
		for _, o := range r.overhead {
			fmt.Fprintf(out, "%s: %.0f %s per second, a minimal HAProxy %.0f: %.2f of it\n", r.proxy, o.generated, o.name, o.minimal, o.generated/max(1, o.minimal))
		}
		open := 0
		for _, c := range r.checks {
			if c.failure == "" {
				open++
				continue
			}
			passed = false
			fmt.Fprintf(out, "FAIL %s: %s: %s\n", r.proxy, c.name, strings.TrimSpace(c.failure))
		}
		fmt.Fprintf(out, "%s: %d of %d checks pass\n", r.proxy, open, len(r.checks))
	}
	return passed
}

func seconds(mode time.Duration) string {
	if mode < 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", mode.Seconds())
}

func percent(share float64) string {
	if share < 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func milliseconds(mode time.Duration) float64 { return float64(mode.Microseconds()) / 1000 }
