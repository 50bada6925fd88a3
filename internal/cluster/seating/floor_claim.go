package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// FloorAction is the action of a run on a floor.
type FloorAction int

// The actions. A replaced floor is deleted, and the same run creates another one.
const (
	FloorKept FloorAction = iota
	FloorDeleted
	FloorReplaced
)

// FloorClaim is a floor that a run has planned. No two claims may have a row in
// common.
type FloorClaim struct {
	Name     string // of the placement
	Instance string // the token of the placement; empty for a new one
	Seats    Seats
	Style    FloorStyle
	Action   FloorAction
	Before   *FloorClaim // the floor before the run; nil for a new one
}

// FloorClaims are the planned floors of a run.
type FloorClaims []FloorClaim

// With adds a floor. It returns an error if another floor has some of its rows:
// both would write them, or the deletion of one would delete rows of the other. A
// floor may be planned twice in a run, as Terraform does when it replaces one. Of an
// instance that was to stay, the later claim holds.
func (c FloorClaims) With(claim FloorClaim) (FloorClaims, error) {
	same := func(other FloorClaim) bool {
		return other.Name == claim.Name && other.Action == claim.Action && other.Seats.Equal(claim.Seats) ||
			claim.Instance != "" && other.Instance == claim.Instance && other.Action == FloorKept
	}
	for _, other := range c {
		if same(other) || other.Action != FloorKept && claim.Action != FloorKept {
			continue
		}
		if row := claim.sharedRow(other); row != "" && other.Action != FloorReplaced && claim.Action != FloorReplaced {
			return c, claim.conflictError(other, row)
		}
	}
	return append(slices.DeleteFunc(slices.Clone(c), same), claim), nil
}

func (c FloorClaim) conflictError(other FloorClaim, row string) error {
	stays, goes := c, other
	if c.Action == FloorDeleted {
		stays, goes = other, c
	}
	if goes.Action == FloorDeleted {
		return &cluster.Refused{
			Subject: "one run cannot remove and make the same rows",
			Reasons: []string{fmt.Sprintf("%s is of placement %s, which is removed, and of placement %s, which stays", row, goes.Name, stays.Name)},
			Advice:  "If it is the same floor under another name in the configuration, say so with a moved block. Otherwise remove the one in an apply before.",
		}
	}
	return &cluster.Refused{
		Subject: "two placements would write the same rows",
		Reasons: []string{fmt.Sprintf("%s is of placement %s and of placement %s", row, other.Name, c.Name)},
		Advice:  "Give each placement seats or names of its own.",
	}
}

// sharedRow describes a row that both floors have, or returns "". Names differ by
// the seat only, so one common seat decides.
func (c FloorClaim) sharedRow(other FloorClaim) string {
	common := c.Seats.Common(other.Seats)
	if common.Len() == 0 {
		return ""
	}
	seat := common.At(0)
	if c.Style.Naming.HasAlias() && other.Style.Naming.HasAlias() {
		if id := c.Style.Naming.AliasID.Name(seat, Label{}); strings.EqualFold(id, other.Style.Naming.AliasID.Name(seat, Label{})) {
			return "alias " + id
		}
	}
	for _, server := range slices.Sorted(maps.Keys(c.Style.Labels)) {
		label := c.Style.Labels[server]
		login := c.Style.Naming.Login.Name(seat, label)
		for _, existing := range slices.Sorted(maps.Keys(other.Style.Labels)) {
			if strings.EqualFold(login, other.Style.Naming.Login.Name(seat, other.Style.Labels[existing])) {
				return "phone " + login
			}
		}
		if label, both := other.Style.Labels[server]; both {
			extension := c.Style.Naming.Extension.Name(seat, c.Style.Labels[server])
			if strings.EqualFold(extension, other.Style.Naming.Extension.Name(seat, label)) {
				return "extension " + extension + " on " + server
			}
		}
	}
	return ""
}

// Without returns the claims without those of a floor that has been removed.
func (c FloorClaims) Without(gone FloorClaim) FloorClaims {
	return slices.DeleteFunc(slices.Clone(c), gone.same)
}

// same reports whether both are of one floor as it is after the run.
func (c FloorClaim) same(other FloorClaim) bool {
	return c.Name == other.Name && c.Seats.Equal(other.Seats)
}

// Remaining returns the rows that a floor finds after the run: all rows without those
// of replaced floors, and without those that other floors give up.
func (c FloorClaims) Remaining(all FloorRows, to FloorClaim) FloorRows {
	left := all
	for _, claim := range c {
		switch {
		case claim.Action == FloorReplaced:
			left = left.without(claim.Style.Own(all, claim.Seats))
		case claim.Action == FloorKept && !claim.same(to):
			left = left.without(c.Kept(claim.released(all), claim))
		}
	}
	return left
}

// released returns the rows that a floor has before the run and not after it.
func (c FloorClaim) released(all FloorRows) FloorRows {
	if c.Before == nil {
		return FloorRows{Columns: all.Columns}
	}
	return c.Before.Style.Own(all, c.Before.Seats).without(c.Style.Own(all, c.Seats))
}

// Received returns the rows that other floors of the run give up and that a floor takes.
// They become its own as they are: no floor deletes them, and it changes them in place.
func (c FloorClaims) Received(all FloorRows, to FloorClaim) FloorRows {
	taken := FloorRows{Columns: all.Columns}
	for _, claim := range c {
		if claim.Action == FloorKept && !claim.same(to) {
			taken = taken.And(to.Style.Own(claim.released(all), to.Seats))
		}
	}
	return taken
}

// Kept returns a floor's own rows without those that other floors of the run take.
func (c FloorClaims) Kept(own FloorRows, owner FloorClaim) FloorRows {
	kept := own
	for _, claim := range c {
		if claim.Action == FloorKept && !claim.same(owner) {
			kept = kept.without(claim.Style.Own(own, claim.Seats))
		}
	}
	return kept
}

// And returns the rows of both.
func (f FloorRows) And(more FloorRows) FloorRows {
	f.Phones = slices.Concat(f.Phones, more.Phones)
	f.Aliases = slices.Concat(f.Aliases, more.Aliases)
	f.Users = slices.Concat(f.Users, more.Users)
	return f
}

func (f FloorRows) without(deleted FloorRows) FloorRows {
	rows := deleted.index()
	f.Phones = missing(f.Phones, rows)
	f.Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(a PhoneAlias) bool { _, ok := rows.aliases()[strings.ToLower(a.ID)]; return ok })
	f.Users = slices.DeleteFunc(slices.Clone(f.Users), func(u SeatUser) bool { _, ok := rows.users()[strings.ToLower(u.User)]; return ok })
	return f
}
