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
	var given cluster.SavedSettings
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.readSettings(ctx, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		given = cluster.SavedSettings{}.Save(have, want)
		return cluster.PlanSettings(have, nil, want, secrets)
	})
	// Whether the step that failed was written is unknown.
	if partial := (*cluster.Partial)(nil); errors.As(err, &partial) {
		if r.restore(context.WithoutCancel(ctx), given) == nil {
			return cluster.SavedSettings{}, fmt.Errorf("%w; what was written has been given back again", partial.Err)
		}
		return given, err
	}
	if err != nil {
		return cluster.SavedSettings{}, err
	}
	return given, nil
}

// update writes the declared values and restores those that are no longer declared.
// Its result is valid with an error, too.
func (r *Resource) update(ctx context.Context, seen memory, want, secrets cluster.Row) (cluster.SavedSettings, error) {
	if r.store == nil {
		return seen.Given, tfhelper.ErrUnconfigured
	}
	given := seen.Given
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.readSettings(ctx, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		back, err := r.back(ctx, seen.Given, have, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		plan, err := cluster.PlanSettings(have, seen.Row, want, secrets)
		if err != nil {
			return cluster.Plan{}, err
		}
		given = seen.Given.Save(have, want)
		returned, err := cluster.PlanSettings(have, nil, back, nil)
		return plan.And(returned), err
	})
	if err != nil {
		return given, err
	}
	return given.Only(want), nil
}

// restore writes the previous values of the columns that still have the written
// value.
func (r *Resource) restore(ctx context.Context, given cluster.SavedSettings) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.store.SystemSettings(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		back, err := r.back(ctx, given, have, nil)
		if err != nil {
			return cluster.Plan{}, err
		}
		return cluster.PlanSettings(have, nil, back, nil)
	})
}

// back is the previous values to write.
func (r *Resource) back(ctx context.Context, given cluster.SavedSettings, have cluster.Settings, want cluster.Row) (cluster.Row, error) {
	servers, err := r.store.Servers(ctx)
	back, _ := given.Restore(have, want, servers)
	return back, err
}

// readSettings reads the row under the lock, and refuses a voicemail server that is
// no longer a server.
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
