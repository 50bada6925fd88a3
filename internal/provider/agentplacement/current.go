package agentplacement

import (
	"context"
	"maps"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// currentPlacement is a placement with its current rows.
type currentPlacement struct {
	all       seating.FloorRows
	own       seating.FloorRows // the placement's rows
	now       *seating.Placement
	byAddress *seating.Placement // the same placement, by the addresses of the phones
}

// readRows reads the rows of the declared servers, and of servers that had phones of the
// placement before.
func (r *Resource) readRows(ctx context.Context, d declaration, labels map[string]seating.Label, s secrets) (currentPlacement, error) {
	all, err := r.store.FloorRows(ctx, d.columns(s))
	if err != nil {
		return currentPlacement{}, err
	}
	styled := d.style.WithLabels(labels)
	return newCurrentPlacement(styled, d.floor.Seats, all, styled.Own(all, d.floor.Seats)), nil
}

func newCurrentPlacement(style seating.FloorStyle, seats seating.Seats, all, own seating.FloorRows) currentPlacement {
	now := style.PlacementOf(own, seats)
	return currentPlacement{all: all, own: own, now: now, byAddress: now}
}

// withoutReleased omits the rows that other placements of the run take from a change of
// the placement to want: one of them may have written its rows already.
func (r *Resource) withoutReleased(v currentPlacement, have, want declaration, labels map[string]seating.Label) currentPlacement {
	own := r.store.FloorKept(v.own, want.claim(seating.FloorKept, nil))
	return newCurrentPlacement(have.style.WithLabels(labels), have.floor.Seats, v.all, own)
}

// removable returns the rows that a change may remove. Without move_live_agents, these
// exclude undeclared phones that an agent is using; who lists them.
func (r *Resource) removable(ctx context.Context, want declaration, before currentPlacement, rows seating.FloorRows) (own seating.FloorRows, inUse []string, err error) {
	own = before.own
	if !want.style.Users {
		own = own.WithoutUsersOf(want.floor.Seats)
	}
	undeclared := before.own.UndeclaredPhones(before.byAddress, rows)
	if len(undeclared.Phones) == 0 || want.MoveLiveAgents.ValueBool() {
		return own, nil, nil
	}
	agents, err := r.store.LiveAgents(ctx)
	if err != nil {
		return own, nil, err
	}
	own, inUse = own.WithoutInUse(undeclared, agents)
	return own, inUse, nil
}

// claim returns the claim of the placement on its rows, with that of the prior state.
func (d declaration) claim(action seating.FloorAction, prior *model) seating.FloorClaim {
	claim := seating.FloorClaim{Name: d.name(), Seats: d.floor.Seats, Style: d.style, Action: action}
	if prior != nil {
		if state, diags := prior.declaration(); !diags.HasError() {
			before := state.claim(seating.FloorKept, nil)
			claim.Before = &before
		}
	}
	return claim
}

// withReceived returns the placement's own rows, with those that other placements of the
// run release to it, and without those that it releases to them.
func (r *Resource) withReceived(own, all seating.FloorRows, want declaration) seating.FloorRows {
	claim := want.claim(seating.FloorKept, nil)
	return r.store.FloorKept(own, claim).And(r.store.FloorReceived(all, claim))
}

// labelsOf returns the labels of all servers that may have rows of the placement.
func labelsOf(saved privateState, prior *declaration) map[string]seating.Label {
	labels := maps.Clone(saved.Labels)
	if labels == nil {
		labels = map[string]seating.Label{}
	}
	if prior != nil {
		maps.Copy(labels, prior.style.Labels)
	}
	return labels
}
