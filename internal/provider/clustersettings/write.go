package clustersettings

import (
	"context"
	"errors"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// create writes the declared values, records the previous ones, and restores them
// when it fails half way. With an error it returns previous values only if the
// restore failed, too. A secret that was written stays, since its previous value is
// not known.
func (r *Resource) create(ctx context.Context, want, secrets cluster.Row) (cluster.SavedSettings, error) {
	if r.store == nil {
		return cluster.SavedSettings{}, tfhelper.ErrUnconfigured
	}
	var saved cluster.SavedSettings
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.readSettings(ctx, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		saved = cluster.SavedSettings{}.Save(have, want)
		return cluster.PlanSettings(have, nil, want, secrets)
	})
	// Whether the step that failed was written is unknown.
	if partial := (*cluster.Partial)(nil); errors.As(err, &partial) {
		if r.restore(context.WithoutCancel(ctx), saved) == nil {
			return cluster.SavedSettings{}, fmt.Errorf("%w; the previous values were restored", partial.Err)
		}
		return saved, err
	}
	if err != nil {
		return cluster.SavedSettings{}, err
	}
	return saved, nil
}

// update writes the declared values and restores those that are no longer declared.
// Its result is valid with an error, too.
func (r *Resource) update(ctx context.Context, seen privateState, want, secrets cluster.Row) (cluster.SavedSettings, error) {
	if r.store == nil {
		return seen.Saved, tfhelper.ErrUnconfigured
	}
	saved := seen.Saved
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.readSettings(ctx, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		restored, err := r.restored(ctx, seen.Saved, have, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		plan, err := cluster.PlanSettings(have, seen.Row, want, secrets)
		if err != nil {
			return cluster.Plan{}, err
		}
		saved = seen.Saved.Save(have, want)
		restoring, err := cluster.PlanSettings(have, nil, restored, nil)
		return plan.And(restoring), err
	})
	if err != nil {
		return saved, err
	}
	return saved.Only(want), nil
}

// restore writes the previous values of the columns that still have the written
// value.
func (r *Resource) restore(ctx context.Context, saved cluster.SavedSettings) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.store.SystemSettings(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		restored, err := r.restored(ctx, saved, have, nil)
		if err != nil {
			return cluster.Plan{}, err
		}
		return cluster.PlanSettings(have, nil, restored, nil)
	})
}

// restored returns the previous values to write.
func (r *Resource) restored(ctx context.Context, saved cluster.SavedSettings, have cluster.Settings, want cluster.Row) (cluster.Row, error) {
	servers, err := r.store.Servers(ctx)
	restored, _ := saved.Restore(have, want, servers)
	return restored, err
}

// readSettings reads the row under the lock, and refuses a voicemail server without a
// row in servers.
func (r *Resource) readSettings(ctx context.Context, want cluster.Row) (cluster.Settings, error) {
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		return settings, err
	}
	if chosen, wanted := want["active_voicemail_server"]; wanted {
		servers, err := r.store.Servers(ctx)
		if err != nil {
			return settings, err
		}
		if err := cluster.CheckVoicemailServer(chosen.Text, servers); err != nil {
			return settings, err
		}
	}
	return settings, nil
}
