package agentplacement

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource. It returns a placement for each group of seats
// that one placement can describe.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "agent placements",
		"Lists the floors of the cluster as the command `adopt` finds them: seats with the same form of numbers and of phone names, with aliases, such as `2000` to `2149` or `2000x` to `2149x`, or without. A warning lists phones and aliases that are in no floor. Floors that differ only in their numbers are listed as one.",
		tfhelper.Filters{
			tfhelper.FilterMatch:  "floors of which the name, an alias or a login is like this pattern, with `*` and `?`.",
			tfhelper.FilterServer: "floors with a phone on this server: a `server_id` or `server_ip`.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			all, fresh, err := readAdoptable(ctx, store)
			if err != nil {
				return tfhelper.Listing{}, err
			}
			servers, err := store.Servers(ctx)
			objects, omitted := adopt.Floors(all, servers)
			var floors []foundFloor
			for _, object := range objects {
				floor, err := find(object, all)
				if err != nil {
					omitted = append(omitted, adopt.Omitted{Rows: object.Rows, Reason: err.Error()})
					continue
				}
				floors = append(floors, floor)
			}
			var found tfhelper.Listing
			if len(omitted) > 0 {
				found.Warnings = diag.Diagnostics{diag.NewWarningDiagnostic("Phones and aliases in no floor", omittedText(omitted))}
			}
			found.Items = tfhelper.ListItems(floors, func(floor foundFloor) tfhelper.ListItem {
				m := adoptModel(types.StringValue(floor.name), floor.Adopted, all, fresh)
				d, diags := m.declaration()
				own := d.style.Own(all, floor.Seats)
				return tfhelper.ListItem{
					Name: floor.name + ": " + cluster.Plural(floor.Seats.Len(), "seat") + " " + floor.Seats.String(), ID: m.identity(),
					Model: m.withComputed(d.style.PlacementOf(own, floor.Seats), d.style.Suffixes(), nil), Diagnostics: diags, Values: floor.values(own, servers),
				}
			})
			return found, err
		})
}

// values returns the values that the filters are compared with.
func (f foundFloor) values(own seating.FloorRows, servers cluster.Servers) map[string][]string {
	values := map[string][]string{tfhelper.FilterMatch: {f.name}}
	for _, phone := range own.Phones {
		values[tfhelper.FilterMatch] = append(values[tfhelper.FilterMatch], phone.Login)
		values[tfhelper.FilterServer] = append(values[tfhelper.FilterServer], tfhelper.OnServers(servers, phone.ServerIP)...)
	}
	for _, alias := range own.Aliases {
		values[tfhelper.FilterMatch] = append(values[tfhelper.FilterMatch], alias.ID)
	}
	return values
}

type foundFloor struct {
	name string
	seating.Adopted
}

// find returns the floor of an object.
func find(object adopt.Object, all seating.FloorRows) (foundFloor, error) {
	name, ids, _ := strings.Cut(object.ID, "=")
	found, err := seating.AdoptFloor(strings.Split(ids, ","), all)
	return foundFloor{name, found}, err
}

// omittedText lists the rows that are in no floor, with the reasons.
func omittedText(omitted []adopt.Omitted) string {
	lines := make([]string, 0, len(omitted))
	for _, out := range omitted {
		line := string(out.Rows[0].Table) + " " + out.Rows[0].Key
		if more := len(out.Rows) - 1; more > 0 {
			line += " and " + cluster.Plural(more, "other row")
		}
		lines = append(lines, line+": "+out.Reason)
	}
	return strings.Join(cluster.FirstOf(lines, runsShown), "\n")
}
