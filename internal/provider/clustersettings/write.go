package clustersettings

import (
	"context"
	"errors"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// create writes what is wanted, notes what was found, and gives it back when it
// fails half way. With an error it returns something only where that failed too,
// so that something is left to give back. A secret that was written stays: what
// it was before is not known.
func (r *Resource) create(ctx context.Context, want, secrets cluster.Row) (cluster.Given, error) {
	if r.topology == nil {
		return cluster.Given{}, tfhelper.ErrUnconfigured
	}
	var given cluster.Given
	err := r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.look(ctx, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		given = cluster.Given{}.Take(have, want)
		return cluster.PlanSettings(have, nil, want, secrets)
	})
	// Of the step that failed nobody knows whether it was written.
	if partial := (*cluster.Partial)(nil); errors.As(err, &partial) {
		if r.giveBack(context.WithoutCancel(ctx), given) == nil {
			return cluster.Given{}, fmt.Errorf("%w; what was written has been given back again", partial.Err)
		}
		return given, err
	}
	if err != nil {
		return cluster.Given{}, err
	}
	return given, nil
}

// update writes what is wanted and gives back what is wanted no more. What it
// returns is right whether or not it came to its end.
func (r *Resource) update(ctx context.Context, seen memory, want, secrets cluster.Row) (cluster.Given, error) {
	if r.topology == nil {
		return seen.Given, tfhelper.ErrUnconfigured
	}
	given := seen.Given
	err := r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.look(ctx, want)
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
		given = seen.Given.Take(have, want)
		returned, err := cluster.PlanSettings(have, nil, back, nil)
		return plan.And(returned), err
	})
	if err != nil {
		return given, err
	}
	return given.Keep(want), nil
}

// giveBack restores what was found, in the columns that still say what was
// written.
func (r *Resource) giveBack(ctx context.Context, given cluster.Given) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.topology.SystemSettings(ctx)
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

// back is what to write of what was found.
func (r *Resource) back(ctx context.Context, given cluster.Given, have cluster.Settings, want cluster.Row) (cluster.Row, error) {
	servers, err := r.topology.Servers(ctx)
	back, _ := given.Back(have, want, servers)
	return back, err
}

// look reads the row under the lock, and refuses a voicemail server that no
// longer is one.
func (r *Resource) look(ctx context.Context, want cluster.Row) (cluster.Settings, error) {
	settings, err := r.topology.SystemSettings(ctx)
	if err != nil {
		return settings, err
	}
	if chosen, wanted := want["active_voicemail_server"]; wanted {
		servers, err := r.topology.Servers(ctx)
		if err != nil {
			return settings, err
		}
		if err := cluster.CheckVoicemailServer(chosen.Text, servers); err != nil {
			return settings, err
		}
	}
	return settings, nil
}
