package agentplacement

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// planned is the placement of the plan, or computed now if the plan could not.
func (r *Resource) planned(ctx context.Context, want *declared, before view, labels map[string]seating.Label) (*seating.Placement, error) {
	if !want.Assignments.IsUnknown() && !want.Assignments.IsNull() {
		return seating.ParseAssignments(textsOf(want.Assignments), want.style.ReadingSuffixes(labels))
	}
	if diags, err := r.reviewServers(ctx, want, before.now); err != nil || diags.HasError() {
		if err == nil {
			err = errors.New(diags.Errors()[0].Detail())
		}
		return nil, err
	}
	return seating.Place(want.floor, before.now)
}

// create inserts the missing rows, and removes them when it fails.
func (r *Resource) create(ctx context.Context, want *declared, s secrets) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	var found, rows seating.FloorRows
	err := r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		all, err := r.topology.Floor(ctx, want.columns(s))
		if err != nil {
			return cluster.Plan{}, err
		}
		found = all
		placed, err := r.planned(ctx, want, view{}, nil)
		if err != nil {
			return cluster.Plan{}, err
		}
		if rows, err = want.rows(placed, seating.FloorRows{}, s, nil); err != nil {
			return cluster.Plan{}, err
		}
		return r.plan(ctx, seating.FloorRows{}, all, rows)
	})
	var partial *cluster.Partial
	if errors.As(err, &partial) && (partial.Applied > 0 || partial.Unsure) {
		undone := r.topology.Apply(context.WithoutCancel(ctx), func(ctx context.Context) (cluster.Plan, error) {
			all, err := r.topology.Floor(ctx, want.columns(s))
			if err != nil {
				return cluster.Plan{}, err
			}
			wrote := want.style.Own(all, want.floor.Seats).Without(want.style.Own(found, want.floor.Seats))
			return seating.PlanFloor(wrote, all, seating.FloorRows{Users: rows.Undoing(found, all)}, seating.FloorPlan{})
		})
		if undone == nil {
			return fmt.Errorf("%w; the rows that were written have been removed again", partial.Err)
		}
	}
	return err
}

// plan computes the plan with the input that every plan needs.
func (r *Resource) plan(ctx context.Context, own, all, rows seating.FloorRows, flag ...string) (cluster.Plan, error) {
	voicemail, err := r.topology.VoicemailServer(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	everywhere, err := r.topology.CrossServerExten(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	schema, err := r.topology.Schema(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	born := seating.PhoneBorn()
	maps.DeleteFunc(born, func(column string, _ cluster.Value) bool {
		return !schema.Has(cluster.TablePhones, column) || slices.Contains(rows.Columns, column)
	})
	inherited, err := r.inherit(ctx, schema, own, all, rows)
	if err != nil {
		return cluster.Plan{}, err
	}
	return seating.PlanFloor(own, all, rows, seating.FloorPlan{Born: born, Inherit: inherited, Voicemail: voicemail, Everywhere: everywhere, Flag: flag})
}

// inherit reads what the new phones of seats that have others take from them.
func (r *Resource) inherit(ctx context.Context, schema cluster.Schema, own, all, rows seating.FloorRows) (seating.Inheritance, error) {
	siblings, _ := seating.Siblings(own, all, rows)
	if len(siblings) == 0 {
		return seating.Inheritance{}, nil
	}
	columns := seating.InheritedColumns(schema, rows.Columns)
	found, err := r.topology.PhonesByLogin(ctx, slices.Sorted(maps.Values(siblings)), columns)
	return seating.NewInheritance(siblings, columns, found), err
}

// update changes the rows to what the plan says, except for the seats that are in
// use, which it returns. When it fails it returns the seats that it has written rows
// of, or may have, and that the placement did not have before.
func (r *Resource) update(ctx context.Context, want *declared, prior model, kept memory, s secrets) (held, written []string, err error) {
	if r.topology == nil {
		return nil, nil, tfhelper.ErrUnconfigured
	}
	have, diags := prior.declared()
	if diags.HasError() {
		return nil, nil, errors.New(diags.Errors()[0].Detail())
	}
	var found seating.FloorRows
	labels := labelsOf(kept, &have)
	err = r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		look := have
		look.style.Phone, look.style.Seats = want.style.Phone, want.style.Seats // the columns to read
		before, err := r.readRows(ctx, look, labels, s)
		if err != nil {
			return cluster.Plan{}, err
		}
		found = before.all
		before.now = before.now.WithAddresses(seating.ReplacedServers(have.style.Labels, want.style.Labels))
		placed, err := r.planned(ctx, want, before, labels)
		if err != nil {
			return cluster.Plan{}, err
		}
		suffixes := have.style.WithLabels(labels).Suffixes()
		if err := seating.CheckUnmoved(known(prior, suffixes), before.now, placed, suffixes); err != nil {
			return cluster.Plan{}, err
		}
		if held, err = r.hold(ctx, *want, before, placed); err != nil {
			return cluster.Plan{}, err
		}
		rows, err := want.rows(placed, before.own, s, labels)
		if err != nil {
			return cluster.Plan{}, err
		}
		if err := unedited(prior, have, before, rows, labels); err != nil {
			return cluster.Plan{}, err
		}
		own, _, err := r.spare(ctx, *want, before, rows)
		if err != nil {
			return cluster.Plan{}, err
		}
		if err := r.notInUse(ctx, *want, own, rows, inUseNow); err != nil {
			return cluster.Plan{}, err
		}
		// An interrupted apply may have written rows without setting the flags.
		flag := seating.Touched(known(prior, suffixes), placed)
		if s.renewPass || s.renewSecret || !want.Phone.Equal(prior.Phone) || !want.SeatOverrides.Equal(prior.SeatOverrides) {
			flag = append(flag, slices.Collect(maps.Keys(want.style.Labels))...)
		}
		return r.plan(ctx, own, before.all, rows, flag...)
	})
	if partial := (*cluster.Partial)(nil); errors.As(err, &partial) {
		written = r.written(context.WithoutCancel(ctx), want, have, found, s)
	}
	return held, written, err
}

// written returns the seats of want that have rows which were not found before, and
// that are no seats of have. Where the database cannot be read, each may have rows.
func (r *Resource) written(ctx context.Context, want *declared, have declared, found seating.FloorRows, s secrets) []string {
	all, err := r.topology.Floor(ctx, want.columns(s))
	var seats []string
	if err != nil {
		for _, seat := range want.floor.Seats.All() {
			seats = append(seats, seat)
		}
	} else {
		seats = want.style.Own(all, want.floor.Seats).Without(want.style.Own(found, want.floor.Seats)).SeatNames()
	}
	return slices.DeleteFunc(seats, func(seat string) bool {
		_, had := have.floor.Seats.Index(seat)
		return had
	})
}

// hold leaves the seats whose phone is in use and would be removed, and returns
// them.
func (r *Resource) hold(ctx context.Context, want declared, before view, placed *seating.Placement) ([]string, error) {
	if want.MoveLiveAgents.ValueBool() {
		return nil, nil
	}
	agents, err := r.topology.LiveAgents(ctx)
	if err != nil {
		return nil, err
	}
	live, _ := before.own.Occupied(agents)
	return placed.HoldInUse(before.now, live), nil
}

// unedited returns a conflict where a row that is to be written was changed since the
// plan was made: the state says what was declared, and what deviated from that.
func unedited(prior model, have declared, before view, rows seating.FloorRows, labels map[string]seating.Label) error {
	var s secrets
	s.mark(prior)
	earlier, err := have.rows(before.sat, before.own, s, labels)
	if err != nil {
		return err
	}
	return seating.CheckUnedited(seating.Deviations(before.own, before.all, earlier), seating.Deviations(before.own, before.all, rows), textsOf(prior.Deviations))
}

// known is the placement when the plan was made.
func known(prior model, suffixes seating.Suffixes) *seating.Placement {
	placed, err := seating.ParseAssignments(textsOf(prior.Assignments), suffixes)
	if err != nil {
		return seating.NewPlacement(seating.Seats{}) // the suffix of a server is unknown
	}
	return placed
}

// notInUse refuses to remove phones that an agent is using.
func (r *Resource) notInUse(ctx context.Context, want declared, own, rows seating.FloorRows, advice string) error {
	if want.MoveLiveAgents.ValueBool() {
		return nil
	}
	leaving := own.Leaving(rows)
	if len(leaving.Phones) == 0 {
		return nil
	}
	agents, err := r.topology.LiveAgents(ctx)
	if err != nil {
		return err
	}
	if _, who := leaving.Occupied(agents); len(who) > 0 {
		return &cluster.Refused{
			Subject: "agents are using phones that would go away",
			Reasons: some(who),
			Advice:  advice,
		}
	}
	return nil
}

// Advice for agents who began to use a phone after the plan was made, and for those
// who use a phone of a placement that is removed.
const (
	inUseNow   = "Nothing was written. Wait until the agents have left, or set move_live_agents = true."
	inUseStill = "Nothing was written. Wait until the agents have left, or apply move_live_agents = true before you remove the floor."
)

// remove removes the rows of the placement, except those that are named.
func (r *Resource) remove(ctx context.Context, m model, kept memory, except map[string]bool) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	have, diags := m.declared()
	if diags.HasError() {
		return errors.New(diags.Errors()[0].Detail())
	}
	var s secrets
	s.mark(m)
	return r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		before, err := r.readRows(ctx, have, labelsOf(kept, &have), s)
		if err != nil {
			return cluster.Plan{}, err
		}
		before.own = before.own.Except(except)
		if err := r.notInUse(ctx, have, before.own, seating.FloorRows{}, inUseStill); err != nil {
			return cluster.Plan{}, err
		}
		return r.plan(ctx, before.own, before.all, seating.FloorRows{})
	})
}
