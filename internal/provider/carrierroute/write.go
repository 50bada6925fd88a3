package carrierroute

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// move changes the rows to the wanted ones.
func (r *Resource) move(ctx context.Context, change cluster.CarrierChange) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		var err error
		if change.Have, err = r.store.Carriers(ctx); err != nil {
			return cluster.Plan{}, err
		}
		return change.Plan()
	})
}

// create inserts the rows, and removes them when a later step fails.
func (r *Resource) create(ctx context.Context, m model, secrets map[string]string) error {
	rows, err := m.rows(&m) // with the ids that the plan shows
	if err != nil {
		return err
	}
	var before cluster.Carriers
	if r.store != nil {
		if before, err = r.store.Carriers(ctx); err != nil {
			return err
		}
	}
	err = r.move(ctx, cluster.CarrierChange{Route: m.route(), Want: rows, Secrets: secrets})
	return tfhelper.UndoPartial(ctx, r.store, err, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.store.Carriers(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		wanted, existedBefore := rows.Index(), before.Index()
		written := slices.DeleteFunc(slices.Clone(have), func(row cluster.Carrier) bool {
			key := cluster.FoldKey(row.ID())
			return wanted[key] == nil || existedBefore[key] != nil
		})
		return cluster.CarrierChange{Route: m.route(), Have: have, Seen: written}.Plan()
	})
}

func (r *Resource) update(ctx context.Context, m, prior model, seen cluster.Carriers, secrets map[string]string) error {
	rows, err := m.rows(&m)
	if err != nil {
		return err
	}
	return r.move(ctx, cluster.CarrierChange{
		Route: m.route(), Seen: seen, Want: rows, Secrets: secrets, Renew: !prior.SecretsVersion.Equal(m.SecretsVersion),
		PendingRebuild: prior.pendingRebuild(),
	})
}

// remove sets the rows to inactive, and then deletes them, except those in kept. A
// tainted route has no private state, so its current rows are used.
func (r *Resource) remove(ctx context.Context, m model, seen cluster.Carriers, known bool, kept map[string]bool) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.store.Carriers(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		rows := seen
		if !known {
			rows = m.withoutSecrets(have.OfRoute(m.route(), m.ids()...))
		}
		off := cluster.CarrierChange{Route: m.route(), Have: have, PendingRebuild: m.pendingRebuild()}
		removed, index := cluster.CarrierChange{Route: m.route()}, have.Index()
		for _, row := range rows {
			if kept[rowOf(row.ID())] {
				continue
			}
			off.Seen = append(off.Seen, row)
			if exists := index[cluster.FoldKey(row.ID())]; exists != nil {
				off.Want = append(off.Want, inactive(row))
				removed.Have = append(removed.Have, inactive(exists))
			}
		}
		removed.Seen = removed.Have
		plan, err := off.Plan()
		if err != nil {
			return cluster.Plan{}, err
		}
		removal, err := removed.Plan()
		return plan.And(removal), err
	})
}

func inactive(row cluster.Carrier) cluster.Carrier {
	row = maps.Clone(row)
	row[cluster.ColumnActive] = cluster.YesNo(false)
	return row
}

// publish sets the state to the rows, or removes a route that has none. seen has the
// rows as they were read last; nodes whose rows differ from them may be stale.
func (r *Resource) publish(ctx context.Context, m model, to tfhelper.Response, seen cluster.Carriers) {
	rows, servers, err := r.read(ctx, m)
	switch {
	case err != nil:
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read carrier route", m.route(), err)...)
	case len(rows) == 0:
		to.RemoveResource(ctx, m.identity())
	default:
		m = m.withRows(rows, servers)
		if seen == nil {
			m.Stale = tfhelper.StringList(nil)
		} else {
			stale := m.pendingRebuild().And(cluster.CarrierChange{Route: m.route(), Have: rows, Seen: seen}.Stale())
			m.Stale = tfhelper.StringList(stale.Addresses())
		}
		to.SetState(ctx, m.identity(), m, m.withoutSecrets(rows))
	}
}

func (r *Resource) read(ctx context.Context, m model) (cluster.Carriers, cluster.Servers, error) {
	if r.store == nil {
		return nil, nil, tfhelper.ErrUnconfigured
	}
	carriers, err := r.store.Carriers(ctx)
	if err != nil {
		return nil, nil, err
	}
	servers, err := r.store.ExpectedServers(ctx)
	return carriers.OfRoute(m.route(), m.ids()...), servers, err
}

// drift warns of rows that changed since they were read last. It names the author if the
// admin change log has one.
func (r *Resource) drift(ctx context.Context, m model, seen cluster.Carriers, since int64) diag.Diagnostics {
	carriers, err := r.store.Carriers(ctx)
	if err != nil {
		return nil // publish reports it
	}
	drift := cluster.CarrierChange{Have: carriers, Seen: seen}.Drift()
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(drift)) {
		author := tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{"CARRIERS"}, Records: []string{id}})
		lines = append(lines, "carrier "+id+": "+strings.Join(drift[id], ", ")+author)
	}
	return tfhelper.WarnChanged("carrier route "+m.route(), lines)
}
