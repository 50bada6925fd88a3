package trunksplit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// create inserts the rows, and removes them when a later step fails. waits reports
// that another split writes them; see [Resource.write].
func (r *Resource) create(ctx context.Context, m model) (waits bool, err error) {
	if r.store == nil {
		return false, tfhelper.ErrUnconfigured
	}
	var before cluster.Split
	waits, err = r.write(ctx, m, false, func(rows cluster.Split, _ cluster.Servers) cluster.Split {
		before = m.ownedRows(rows)
		return cluster.Split{}
	})
	return waits, tfhelper.UndoPartial(ctx, r.store, err, func(ctx context.Context) (cluster.Plan, error) {
		trunks, err := r.store.Trunks(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		rows := m.ownedRows(trunks.OfCampaign(m.campaign()))
		return cluster.PlanSplit(m.campaign(), rows, rows, limitsFromRows(before))
	})
}

// limitsFromRows returns the rows as limits. A new split has no duplicate rows.
func limitsFromRows(rows cluster.Split) map[string]cluster.Limit {
	limits := make(map[string]cluster.Limit, len(rows))
	for server, found := range rows {
		limits[server] = found[0]
	}
	return limits
}

// update changes the rows that the split owned before or owns now. On a server that is
// newly listed, the saved rows are those that the plan showed.
func (r *Resource) update(ctx context.Context, m, prior model, saved privateRows) (waits bool, err error) {
	if r.store == nil {
		return false, tfhelper.ErrUnconfigured
	}
	return r.write(ctx, m, true, func(_ cluster.Split, servers cluster.Servers) cluster.Split {
		owned := m.ownedRows(saved.atCurrentAddresses(servers))
		maps.Copy(owned, saved.ownedBy(prior).atCurrentAddresses(servers))
		return owned
	})
}

// write changes the rows to those of the plan. Under the lock it calls prior with the
// current rows and servers; prior returns the rows that the plan was made from. If
// servers have too few free trunks, an existing split releases its own trunks first, and
// the other changes wait; waits reports that another split writes them.
func (r *Resource) write(ctx context.Context, m model, exists bool, prior func(cluster.Split, cluster.Servers) cluster.Split) (waits bool, err error) {
	decide := func(ctx context.Context, release bool) (cluster.Plan, error) {
		servers, err := r.store.Servers(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		trunks, err := r.store.Trunks(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		shares, err := m.shares(servers)
		if err != nil {
			return cluster.Plan{}, err
		}
		// A server that was created after the plan is blocked, too.
		limits := m.limits(shares, m.serversToBlock(servers.IPs()))
		rows := trunks.OfCampaign(m.campaign())
		for _, ip := range slices.Sorted(maps.Keys(shares)) {
			if _, found := servers.ByIP(ip); !found && rows.Effective(ip) != limits[ip] {
				return cluster.Plan{}, fmt.Errorf("server %s: %w", ip, cluster.ErrNotFound)
			}
		}
		if over := trunks.Overcommitted(servers, m.campaign(), limits); len(over) > 0 {
			if !release {
				return cluster.Plan{}, overcommitError(over)
			}
			keepRows(limits, rows, over)
		}
		plan, err := cluster.PlanSplit(m.campaign(), rows, prior(rows, servers), limits)
		plan.Demand = trunks.Demand(servers, m.campaign(), limits)
		return plan, err
	}
	complete := func(ctx context.Context) (cluster.Plan, error) { return decide(ctx, false) }
	err = r.store.Apply(ctx, complete)
	if full := overcommitError(nil); !errors.As(err, &full) {
		return false, err
	}
	if exists {
		err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) { return decide(ctx, true) })
		if err != nil {
			return false, err
		}
	}
	if !r.store.WaitingSplits().Add(m.campaign(), complete) {
		return true, nil
	}
	return false, r.wait(ctx, m.campaign())
}

// remove deletes the rows that the split owns, except those in kept,
// unless they changed since the removal was planned. A tainted split has no private
// state.
func (r *Resource) remove(ctx context.Context, m model, saved privateRows, known bool, kept map[string]bool) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		trunks, servers, err := readTrunks(ctx, r.store)
		if err != nil {
			return cluster.Plan{}, err
		}
		rows := trunks.OfCampaign(m.campaign())
		if !known {
			saved = privateRowsOf(rows, servers)
		}
		owned := saved.ownedBy(m).atCurrentAddresses(servers)
		maps.DeleteFunc(owned, func(server string, _ []cluster.Limit) bool { return kept[m.row(server)] })
		return cluster.PlanSplit(m.campaign(), rows, owned, nil)
	})
}
