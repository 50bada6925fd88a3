package inbounddid

import (
	"context"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// columns are those of [cluster.DIDColumns] besides did_id and did_pattern.
var columns = cluster.DIDColumns[2:]

// seenRows returns the rows of a block with the columns that it manages.
func seenRows(table numbers.Table, want declared, prior *declared) []numbers.Group {
	all, columns := want.Numbers, want.wanted.Columns()
	if prior != nil {
		all = ranges.Of(append(names(all), names(prior.Numbers)...))
		columns = cluster.SortedUnique(columns, prior.wanted.Columns())
	}
	return table.Groups(all, columns)
}

func names(set ranges.Set) []string { return slices.Collect(set.Values()) }

// apply plans and writes a change. It calls have with the rows that the plan is based
// on.
func (r *Numbers) apply(ctx context.Context, change numbers.Change, have func(numbers.Table)) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		table, err := r.store.Numbers(ctx, columns)
		if err != nil {
			return cluster.Plan{}, err
		}
		have(table)
		change.Have = table
		return change.Plan()
	})
}

func (r *Numbers) create(ctx context.Context, b block, want declared) error {
	var found numbers.Table
	change := numbers.Change{Want: want.wanted, TakeOver: b.isTrue("take_over")}
	err := r.apply(ctx, change, func(table numbers.Table) { found = table })
	return tfhelper.UndoPartial(ctx, r.store, err, func(ctx context.Context) (cluster.Plan, error) {
		table, err := r.store.Numbers(ctx, columns)
		if err != nil {
			return cluster.Plan{}, err
		}
		return numbers.Change{Have: table, Before: want.wanted, Released: thoseIn(found, want.Numbers)}.Plan()
	})
}

// thoseIn returns the numbers that have a row.
func thoseIn(table numbers.Table, members ranges.Set) ranges.Set {
	var existing []string
	for name := range members.Values() {
		if _, found := table.ByPattern(name); found {
			existing = append(existing, name)
		}
	}
	return ranges.Of(existing)
}

// update changes the rows. If it fails, it returns the added numbers that have new rows,
// or that may have them if the database cannot be read.
func (r *Numbers) update(ctx context.Context, b block, want, prior declared, seen numbers.Seen) (written []string, err error) {
	var found numbers.Table
	change := numbers.Change{
		Before: prior.wanted, Seen: seen, Want: want.wanted, Released: want.released, TakeOver: b.isTrue("take_over"),
	}
	err = r.apply(ctx, change, func(table numbers.Table) { found = table })
	if !tfhelper.MayHaveWritten(err) {
		return nil, err
	}
	fresh := want.Numbers.Without(prior.Numbers).Without(thoseIn(found, want.Numbers))
	now, unread := r.store.Numbers(context.WithoutCancel(ctx), columns)
	if unread != nil { // each may have a row; publish reports the error
		return names(fresh), err
	}
	return names(thoseIn(now, fresh)), err
}

func (r *Numbers) remove(ctx context.Context, have declared, kept ranges.Set, seen numbers.Seen) error {
	change := numbers.Change{Before: have.wanted, Seen: seen, Released: kept}
	return r.apply(ctx, change, func(numbers.Table) {})
}
