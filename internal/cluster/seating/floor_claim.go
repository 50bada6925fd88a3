package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// FloorFate is what a run does with a floor.
type FloorFate int

// The fates of a floor. One that is replaced goes, and the same run makes
// another in its place.
const (
	FloorStays FloorFate = iota
	FloorGoes
	FloorReplaced
)

// FloorClaim is a floor that a run has planned: no two may name the same rows.
type FloorClaim struct {
	Name  string // of the placement
	Seats Seats
	Style FloorStyle
	Fate  FloorFate
}

// FloorClaims are the floors that a run has planned so far.
type FloorClaims []FloorClaim

// With adds a floor, or says which other one has rows of it: both would write
// them, and whoever goes takes the rows of the other along. A floor may be
// planned twice in a run, as Terraform does where it replaces one.
func (c FloorClaims) With(claim FloorClaim) (FloorClaims, error) {
	same := func(other FloorClaim) bool {
		return other.Name == claim.Name && other.Fate == claim.Fate && other.Seats.Equal(claim.Seats)
	}
	for _, other := range c {
		if same(other) || other.Fate != FloorStays && claim.Fate != FloorStays {
			continue
		}
		if row := claim.shared(other); row != "" && other.Fate != FloorReplaced && claim.Fate != FloorReplaced {
			return c, claim.refused(other, row)
		}
	}
	return append(slices.DeleteFunc(slices.Clone(c), same), claim), nil
}

func (c FloorClaim) refused(other FloorClaim, row string) error {
	stays, goes := c, other
	if c.Fate == FloorGoes {
		stays, goes = other, c
	}
	if goes.Fate == FloorGoes {
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

// shared names a row that both floors have. Names are made alike for all seats,
// so one seat that both hold tells.
func (c FloorClaim) shared(other FloorClaim) string {
	seat, both := c.Seats.Common(other.Seats)
	if !both {
		return ""
	}
	if c.Style.Naming.HasAlias() && other.Style.Naming.HasAlias() {
		if id := c.Style.Naming.AliasID.Name(seat, Label{}); strings.EqualFold(id, other.Style.Naming.AliasID.Name(seat, Label{})) {
			return "alias " + id
		}
	}
	for _, server := range slices.Sorted(maps.Keys(c.Style.Labels)) {
		label := c.Style.Labels[server]
		login := c.Style.Naming.Login.Name(seat, label)
		for _, there := range slices.Sorted(maps.Keys(other.Style.Labels)) {
			if strings.EqualFold(login, other.Style.Naming.Login.Name(seat, other.Style.Labels[there])) {
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

// Remaining are the rows that are left of all when the floors have gone that are
// removed for others.
func (c FloorClaims) Remaining(all FloorRows) FloorRows {
	for _, claim := range c {
		if claim.Fate == FloorReplaced {
			all = all.without(claim.Style.Own(all, claim.Seats))
		}
	}
	return all
}

func (f FloorRows) without(gone FloorRows) FloorRows {
	rows := gone.index()
	f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p Phone) bool { _, is := rows.phones[p.key()]; return is })
	f.Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(a PhoneAlias) bool { _, is := rows.aliases[strings.ToLower(a.ID)]; return is })
	return f
}
