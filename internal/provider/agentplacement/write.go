package agentplacement

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// plannedPlacement returns the placement of the plan, or computes it if it is unknown in
// the plan.
func (r *Resource) plannedPlacement(ctx context.Context, want *declaration, before currentPlacement, labels map[string]seating.Label) (*seating.Placement, error) {
	if !want.Assignments.IsUnknown() && !want.Assignments.IsNull() {
		return seating.ParseAssignments(stringsOf(want.Assignments), want.style.ReadingSuffixes(labels))
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
func (r *Resource) create(ctx context.Context, want *declaration, s secrets) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	var found, rows seating.FloorRows
	err := r.apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		all, err := r.store.FloorRows(ctx, want.columns(s))
		if err != nil {
			return cluster.Plan{}, err
		}
		found = all
		placed, err := r.plannedPlacement(ctx, want, currentPlacement{}, nil)
		if err != nil {
			return cluster.Plan{}, err
		}
		if rows, err = want.styled(s, nil).Rows(placed, seating.FloorRows{}); err != nil {
			return cluster.Plan{}, err
		}
		return r.plan(ctx, r.withReceived(seating.FloorRows{}, all, *want), all, rows)
	})
	return tfhelper.UndoPartial(ctx, r.store, err, func(ctx context.Context) (cluster.Plan, error) {
		all, err := r.store.FloorRows(ctx, want.columns(s))
		if err != nil {
			return cluster.Plan{}, err
		}
		wrote := want.style.Own(all, want.floor.Seats).Without(want.style.Own(found, want.floor.Seats))
		return seating.PlanFloor(wrote, all, seating.FloorRows{Users: rows.PreviousUsers(found, all)}, seating.PlanOptions{})
	})
}

// apply writes the rows of a placement after other placements have released them.
func (r *Resource) apply(ctx context.Context, decide func(context.Context) (cluster.Plan, error)) error {
	return tfhelper.AwaitOthers(ctx, func(ctx context.Context) error { return r.store.Apply(ctx, decide) })
}

// plan computes the plan with the input that every plan needs.
func (r *Resource) plan(ctx context.Context, own, all, rows seating.FloorRows, flag ...string) (cluster.Plan, error) {
	voicemail, err := r.store.VoicemailServer(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	everywhere, err := r.store.CrossServerExten(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	schema, err := r.store.Schema(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	defaults := seating.NewPhoneDefaults()
	maps.DeleteFunc(defaults, func(column string, _ cluster.Value) bool {
		return !schema.Has(cluster.TablePhones, column) || slices.Contains(rows.Columns, column)
	})
	inherited, err := r.inherit(ctx, schema, own, all, rows)
	if err != nil {
		return cluster.Plan{}, err
	}
	return seating.PlanFloor(own, all, rows, seating.PlanOptions{Defaults: defaults, Inherit: inherited, Voicemail: voicemail, AllNodes: everywhere, Flag: flag})
}

// inherit reads the columns that new phones copy from other phones of their seats.
func (r *Resource) inherit(ctx context.Context, schema cluster.Schema, own, all, rows seating.FloorRows) (seating.Inheritance, error) {
	siblings, _ := seating.Siblings(own, all, rows)
	if len(siblings) == 0 {
		return seating.Inheritance{}, nil
	}
	columns := seating.InheritedColumns(schema, rows.Columns)
	found, err := r.store.PhonesByLogin(ctx, slices.Sorted(maps.Values(siblings)), columns)
	return seating.NewInheritance(siblings, columns, found), err
}

// update changes the rows as planned, except for seats that are in use, which it returns
// as notMoved. If it fails, it returns as written the new seats that have rows or may
// have them.
func (r *Resource) update(ctx context.Context, want *declaration, prior model, saved privateState, s secrets) (notMoved, written []string, err error) {
	if r.store == nil {
		return nil, nil, tfhelper.ErrUnconfigured
	}
	have, diags := prior.declaration()
	if diags.HasError() {
		return nil, nil, errors.New(diags.Errors()[0].Detail())
	}
	var found seating.FloorRows
	labels := labelsOf(saved, &have)
	err = r.apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		reading := have
		reading.style.Phone, reading.style.Seats = want.style.Phone, want.style.Seats // the columns to read
		before, err := r.readRows(ctx, reading, labels, s)
		if err != nil {
			return cluster.Plan{}, err
		}
		found = before.all
		before = r.withoutReleased(before, reading, *want, labels)
		before.now = before.now.WithAddresses(seating.ReplacedServers(have.style.Labels, want.style.Labels))
		placed, err := r.plannedPlacement(ctx, want, before, labels)
		if err != nil {
			return cluster.Plan{}, err
		}
		suffixes := have.style.WithLabels(labels).Suffixes()
		if err := seating.CheckUnchanged(placementInState(prior, suffixes), before.now, placed, suffixes); err != nil {
			return cluster.Plan{}, err
		}
		if notMoved, err = r.keepInUse(ctx, *want, before, placed); err != nil {
			return cluster.Plan{}, err
		}
		rows, err := want.styled(s, labels).Rows(placed, before.own)
		if err != nil {
			return cluster.Plan{}, err
		}
		if err := unedited(prior, stringsOf(prior.Deviations), have, before, rows, labels); err != nil {
			return cluster.Plan{}, err
		}
		own, _, err := r.removable(ctx, *want, before, rows)
		if err != nil {
			return cluster.Plan{}, err
		}
		own = r.withReceived(own, before.all, *want)
		if err := r.checkInUse(ctx, *want, own, rows); err != nil {
			return cluster.Plan{}, err
		}
		// An interrupted apply may have written rows without setting the flags.
		flag := seating.ChangedServers(placementInState(prior, suffixes), placed)
		if s.renewPass || s.renewSecret || !want.Phone.Equal(prior.Phone) || !want.SeatOverrides.Equal(prior.SeatOverrides) {
			flag = append(flag, slices.Collect(maps.Keys(want.style.Labels))...)
		}
		return r.plan(ctx, own, before.all, rows, flag...)
	})
	if tfhelper.MayHaveWritten(err) {
		written = r.writtenSeats(context.WithoutCancel(ctx), want, have, found, s)
	}
	return notMoved, written, err
}

// writtenSeats returns the seats of want that are not seats of have and that have new
// rows: all of them if the database cannot be read.
func (r *Resource) writtenSeats(ctx context.Context, want *declaration, have declaration, found seating.FloorRows, s secrets) []string {
	all, err := r.store.FloorRows(ctx, want.columns(s))
	var seats []string
	if err != nil {
		for _, seat := range want.floor.Seats.All() {
			seats = append(seats, seat)
		}
	} else {
		seats = want.style.Own(all, want.floor.Seats).Without(want.style.Own(found, want.floor.Seats)).SeatNames()
	}
	return slices.DeleteFunc(seats, func(seat string) bool {
		_, existed := have.floor.Seats.Index(seat)
		return existed
	})
}

// keepInUse does not move seats whose phone is in use and would be removed, and returns
// them.
func (r *Resource) keepInUse(ctx context.Context, want declaration, before currentPlacement, placed *seating.Placement) ([]string, error) {
	if want.MoveLiveAgents.ValueBool() {
		return nil, nil
	}
	agents, err := r.store.LiveAgents(ctx)
	if err != nil {
		return nil, err
	}
	live, _ := before.own.Occupied(agents)
	return placed.KeepInUse(before.now, live), nil
}

// unedited returns a conflict if a row to write was changed since the plan was made. The
// state has the declaration and the deviations from it.
func unedited(prior model, known map[string]string, have declaration, before currentPlacement, rows seating.FloorRows, labels map[string]seating.Label) error {
	var s secrets
	s.setManaged(prior)
	earlier, err := have.styled(s, labels).Deviations(before.byAddress, before.own, before.all)
	if err != nil {
		return err
	}
	return seating.CheckUnedited(earlier, seating.Deviations(before.own, before.all, rows), known)
}

// placementInState returns the placement when the plan was made.
func placementInState(prior model, suffixes seating.Suffixes) *seating.Placement {
	placed, err := seating.ParseAssignments(stringsOf(prior.Assignments), suffixes)
	if err != nil {
		return seating.NewPlacement(seating.Seats{}) // the suffix of a server is unknown
	}
	return placed
}

// checkInUse returns an error if phones to remove are in use.
func (r *Resource) checkInUse(ctx context.Context, want declaration, own, rows seating.FloorRows) error {
	if want.MoveLiveAgents.ValueBool() {
		return nil
	}
	leaving := own.Leaving(rows)
	if len(leaving.Phones) == 0 {
		return nil
	}
	agents, err := r.store.LiveAgents(ctx)
	if err != nil {
		return err
	}
	return refuseInUse(leaving, agents, adviceUpdate)
}

// refuseInUse returns an error if agents use phones of leaving.
func refuseInUse(leaving seating.FloorRows, agents []cluster.LiveAgent, advice string) error {
	if _, users := leaving.Occupied(agents); len(users) > 0 {
		return &cluster.Refused{
			Subject: "agents are using phones that would be removed",
			Reasons: firstNames(users),
			Advice:  advice,
		}
	}
	return nil
}

// Advice for agents who began to use a phone after the plan was made, and for those
// who use a phone of a placement that is removed.
const (
	adviceUpdate = "Nothing was written. Wait until the agents have left, or set move_live_agents = true."
	adviceDelete = "Nothing was written. Wait until the agents have left, or apply move_live_agents = true before you remove the floor."
)

// remove removes the rows of the placement, except those in except.
func (r *Resource) remove(ctx context.Context, m model, saved privateState, except map[string]bool) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	have, diags := m.declaration()
	if diags.HasError() {
		return errors.New(diags.Errors()[0].Detail())
	}
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		before, err := r.readRemoval(ctx, have, saved)
		if err != nil {
			return cluster.Plan{}, err
		}
		before.own = before.own.Except(except)
		known := stringsOf(m.Deviations)
		maps.Copy(known, saved.Deviations)
		if err := unedited(m, known, have, before.currentPlacement, seating.FloorRows{}, labelsOf(saved, &have)); err != nil {
			return cluster.Plan{}, err
		}
		if err := cmp.Or(before.checkDigests(saved.Digests), refuseInUse(before.own, before.agents, adviceDelete)); err != nil {
			return cluster.Plan{}, err
		}
		return r.plan(ctx, before.own, before.all, seating.FloorRows{})
	})
	if err == nil {
		r.store.RemoveFloorClaim(have.claim(seating.FloorDeleted, nil))
	}
	return err
}
