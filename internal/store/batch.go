package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// planWrite is one plan of a batch while it is written.
type planWrite struct {
	ctx     context.Context //nolint:containedctx // it stops this change and none of the others
	plan    cluster.Plan
	steps   []cluster.Step // in the order in which they are written
	applied int
	err     error
}

func (c *planWrite) flags() bool { return !c.plan.Rebuild.Empty() }

func (c *planWrite) total() int {
	if c.flags() {
		return len(c.steps) + 1
	}
	return len(c.steps)
}

// next is the step to write, nil where there is none.
func (c *planWrite) next() *cluster.Step {
	if c.err != nil || c.applied == len(c.steps) {
		return nil
	}
	return &c.steps[c.applied]
}

func (c *planWrite) fail(step string, unsure bool, err error) {
	c.err = &cluster.Partial{Applied: c.applied, Total: c.total(), Step: step, Unsure: unsure, Err: err}
}

// run writes plans that have nothing in common: the phases in their order over all
// of them, each plan's steps in their order within a phase. A plan that fails stops,
// and the others go on. The caller calls end, which flags the servers and waits for
// the entries of the change log.
func (w *writer) run(ctx context.Context, changes []*planWrite) (end func()) {
	var flags cluster.Rebuild
	stepped := false
	for _, c := range changes {
		c.steps = c.plan.Ordered()
		flags = flags.And(c.plan.Rebuild)
		stepped = stepped || c.flags() && len(c.steps) > 0
	}
	set, flagged := flagStatement(flags)
	before := flagged && w.flaggedBefore(flags)
	if before && !slices.ContainsFunc(changes, func(c *planWrite) bool { return slices.ContainsFunc(c.steps, addsOrGrows) }) {
		for _, c := range changes {
			c.steps = cluster.WithoutReleases(c.steps)
		}
	}
	if flagged && stepped && !before {
		// Flags are set before the first step too: an apply that is killed after
		// the last step leaves rows for which the next plan sets no flag. A node
		// that reads too early rebuilds equal files
		// (docs/vicidial/generator.md#compared-before-copied).
		var sent <-chan *poolResult
		if groups := w.concurrentGroups(changes); !w.store.settings.SingleConnection() && !needFlags(groups) {
			sent = w.store.execOverPool(ctx, set)
			w.writeGroups(ctx, groups)
		}
		if _, err := w.exec(ctx, set, sent, nil); err != nil {
			for _, c := range changes {
				if c.flags() && c.err == nil {
					c.fail(flagStep, false, err)
				}
			}
		}
	}
	for {
		groups := w.concurrentGroups(changes)
		if len(groups) == 0 {
			break
		}
		w.writeGroups(ctx, groups)
	}
	return func() {
		if flagged {
			w.flag(ctx, changes, flags, set)
		}
		w.awaitEntries()
	}
}

// needFlags reports whether flags are to be set before steps. They need not be where no file
// is built from the table, or where the plan removes the row later: if it is killed before
// that, the next plan flags the same servers.
func needFlags(groups [][]*part) bool {
	return slices.ContainsFunc(slices.Concat(groups...), func(p *part) bool {
		return p.flags() && p.step.FeedsFiles() && !slices.ContainsFunc(p.steps, func(later cluster.Step) bool { return p.step.Releases(later) })
	})
}

// flagValidity is how long flags hold for the next batch: a node looks at its flag once
// a minute.
const flagValidity = time.Second

// flaggedBefore reports whether the last batch has just flagged these servers.
func (w *writer) flaggedBefore(flags cluster.Rebuild) bool {
	if time.Since(w.flaggedAt) > flagValidity {
		return false
	}
	return w.flagged.All || !flags.All && !slices.ContainsFunc(flags.Servers, func(ip string) bool { return !slices.Contains(w.flagged.Servers, ip) })
}

// flag flags the servers once the rows are written, also where a plan has failed, unless
// the connection is lost: a node clears its flag before it reads
// (docs/vicidial/generator.md#flag-reset-first).
func (w *writer) flag(ctx context.Context, changes []*planWrite, flags cluster.Rebuild, set statement) {
	succeeded := slices.DeleteFunc(slices.Clone(changes), func(c *planWrite) bool { return c.err != nil || !c.flags() })
	if len(succeeded) == 0 {
		if w.conn != nil {
			_, _ = w.send(context.WithoutCancel(ctx), set)
		}
		return
	}
	_, err := w.exec(context.WithoutCancel(ctx), set, nil, nil)
	if err == nil {
		w.flagged, w.flaggedAt = flags, time.Now()
		return
	}
	for _, c := range succeeded {
		c.fail(flagStep, false, err)
	}
}

// part is a step in a statement of several.
type part struct {
	*planWrite
	step cluster.Step
	done bool
}

// partSteps returns the steps of a group.
func partSteps(group []*part) []cluster.Step {
	steps := make([]cluster.Step, len(group))
	for i, p := range group {
		steps[i] = p.step
	}
	return steps
}

// gather takes the steps of the next statement: those that join with the first step
// of the first phase that is left, from every plan as many as follow one another.
func gather(changes []*planWrite) []*part {
	var first *cluster.Step
	for _, c := range changes {
		if c.err == nil && c.ctx.Err() != nil && c.next() != nil {
			c.fail(describe(*c.next()), false, c.ctx.Err())
		}
		if next := c.next(); next != nil && (first == nil || next.Phase < first.Phase) {
			first = next
		}
	}
	if first == nil {
		return nil
	}
	var group []*part
	named := map[string]bool{}
	args, bytes, cases := 0, 0, 0
	for _, c := range changes {
		if c.next() == nil {
			continue
		}
		for i := c.applied; i < len(c.steps); i++ {
			step := &c.steps[i]
			if step != first && (step.Phase != first.Phase || !step.CanCombine(*first)) {
				break
			}
			moreArgs, moreBytes := weight(*step)
			names := step.Names()
			if len(group) > 0 && (args+moreArgs > maxGatheredArgs || bytes+moreBytes > maxGatheredBytes || cases+len(step.New) > cluster.MaxStepCases) ||
				slices.ContainsFunc(names, func(name string) bool { return named[name] }) {
				break
			}
			args, bytes, cases = args+moreArgs, bytes+moreBytes, cases+len(step.New)
			for _, name := range names {
				named[name] = true
			}
			group = append(group, &part{planWrite: c, step: *step})
		}
	}
	return group
}

// concurrentGroups takes the groups that are written at the same time: each is a statement of other
// plans, in one phase. What is removed does not wait for what is released where nothing is
// added. All groups but the first are for connections that do not hold the lock.
func (w *writer) concurrentGroups(changes []*planWrite) [][]*part {
	group := gather(changes)
	if len(group) == 0 {
		return nil
	}
	groups := [][]*part{group}
	phases := []cluster.Phase{group[0].step.Phase}
	if phases[0] == cluster.Release && !slices.ContainsFunc(changes, func(c *planWrite) bool { return slices.ContainsFunc(c.steps, addsOrGrows) }) {
		phases = append(phases, cluster.Remove)
	}
	for rest := changes; w.store.maxConcurrentGroups() > len(groups); {
		rest = slices.DeleteFunc(slices.Clone(rest), func(c *planWrite) bool {
			return slices.ContainsFunc(group, func(p *part) bool { return p.planWrite == c })
		})
		group = gather(rest)
		switch {
		case len(group) == 0 || !slices.Contains(phases, group[0].step.Phase):
			return groups
		case group[0].step.IsIndependent():
			groups = append(groups, group)
		case groups[0][0].step.IsIndependent():
			groups = append([][]*part{group}, groups...)
		}
	}
	return groups
}

func addsOrGrows(step cluster.Step) bool {
	return step.Phase == cluster.Add || step.Phase == cluster.Grow
}

// writeGroups writes groups at the same time. Those that fail are written again over the
// connection that holds the lock, which finds what is done.
func (w *writer) writeGroups(ctx context.Context, groups [][]*part) {
	sent := make([]<-chan *poolResult, len(groups))
	for i, group := range groups[1:] {
		sent[i+1] = w.store.execOverPool(ctx, gathered(partSteps(group)))
	}
	w.gathersEntries = len(groups) > 1
	for i, group := range groups {
		w.writeGroup(ctx, group, sent[i])
	}
	w.gathersEntries = false
	w.insertEntries(context.WithoutCancel(ctx))
}

// writeGroup writes a group of steps, unless its statement was sent, and their entries in
// the change log.
func (w *writer) writeGroup(ctx context.Context, group []*part, sent <-chan *poolResult) { //nolint:contextcheck // each change has the context of its caller
	if len(group) == 1 {
		w.writeStep(group[0].ctx, group[0], sent)
		return
	}
	if slices.ContainsFunc(group, func(p *part) bool { return p.step.AllowNoMatch && !p.step.Counted }) {
		w.skipEmpty(ctx, group)
		group = slices.DeleteFunc(group, func(p *part) bool { return p.done || p.err != nil })
	}
	if len(group) == 0 {
		return
	}
	if group[0].planWrite == group[len(group)-1].planWrite {
		ctx = group[0].ctx
	}
	steps := partSteps(group)
	w.sent, w.uncertain = false, false
	changed, err := w.exec(ctx, gathered(steps), sent, func(ctx context.Context) (bool, error) {
		if steps[0].New != nil {
			return w.done(ctx, merged(steps))
		}
		done, err := w.allDone(ctx, steps, keyOnly)
		return err == nil && !slices.Contains(done, false), err
	})
	switch {
	case err != nil && (isLostConnection(err) || w.conn == nil):
		for _, p := range group {
			if p.err == nil {
				p.fail(describe(p.step), w.uncertain || w.sent, err)
			}
		}
		return
	case err != nil, !tells(steps, changed) && repeats(steps[0]):
		// One of the rows was refused, and MyISAM keeps those before it. Each step
		// by itself finds what is done, and whose row it was.
		for _, p := range group {
			if p.err == nil {
				w.writeStep(p.ctx, p, nil)
			}
		}
		return
	}
	done := make([]bool, len(steps))
	if !tells(steps, changed) {
		if done, err = w.allDone(ctx, steps, keyOnly); err != nil {
			for _, p := range group {
				p.fail(describe(p.step), true, err)
			}
			return
		}
	}
	for i, p := range group {
		p.done = tells(steps, changed) || done[i]
	}
	w.finish(ctx, group)
}

// tells reports whether the number of changed rows tells that all steps are done.
func tells(steps []cluster.Step, changed int64) bool {
	first, rows := steps[0], rowsOf(steps)
	return first.AllowNoMatch || changed == rows || changed > 0 && len(first.Rows) > 1 || changed > rows && !isUnique(first)
}

// rowsOf is how many rows steps change or delete.
func rowsOf(steps []cluster.Step) (rows int64) {
	for _, step := range steps {
		rows += int64(max(1, len(step.In)))
	}
	return rows
}

// isUnique reports whether the keys of the rows to change or delete are unique, or need not
// be; see [anyStep].
func isUnique(step cluster.Step) bool {
	return step.Verb == cluster.Insert || step.Table != cluster.TableTrunks && step.InColumn != "login" || step.AllowNoMatch
}

// repeats reports whether steps are written by themselves where the number of rows does
// not tell which are done.
func repeats(step cluster.Step) bool { return everyRow(step) || !isUnique(step) }

// skipEmpty marks the steps as done that match no row and may.
func (w *writer) skipEmpty(ctx context.Context, group []*part) {
	done, err := w.allDone(ctx, partSteps(group), fromOf)
	for i, p := range group {
		switch {
		case p.err != nil:
		case err != nil:
			p.fail(describe(p.step), false, err)
		case done[i]:
			p.done = true
			p.applied++
		}
	}
}

// finish writes the entries of the steps that are done, and fails the plans of those
// that are not.
func (w *writer) finish(ctx context.Context, group []*part) {
	var finished []cluster.Step
	for _, p := range group {
		if p.done {
			p.applied++
			finished = append(finished, p.step)
		}
	}
	for _, p := range group {
		if !p.done && p.err == nil {
			p.fail(describe(p.step), false, conflictOf(p.step))
		}
	}
	w.log(context.WithoutCancel(ctx), finished, func(err error) {
		for _, p := range group {
			if p.done {
				p.failEntries(err)
			}
		}
	})
}

// writeStep writes one step and its entry in the change log.
func (w *writer) writeStep(ctx context.Context, p *part, sent <-chan *poolResult) {
	w.sent, w.uncertain = false, false
	written, err := w.step(ctx, p.step, sent)
	if err != nil {
		// MyISAM keeps the rows that a statement changed before it failed.
		inPart := w.sent && max(len(p.step.Rows), len(p.step.In)) > 1
		p.fail(describe(p.step), w.uncertain || inPart, err)
		return
	}
	p.applied++
	if written { // it is logged even if the context is cancelled
		w.log(context.WithoutCancel(ctx), []cluster.Step{p.step}, p.failEntries)
	}
}

// failEntries fails a plan whose step is written and not logged.
func (p *part) failEntries(err error) {
	if p.err == nil {
		p.applied--
		p.fail(describe(p.step), true, err)
	}
}

func isConflict(err error) bool {
	var conflict *cluster.Conflict
	return errors.As(err, &conflict)
}
