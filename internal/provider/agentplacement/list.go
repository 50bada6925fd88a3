package agentplacement

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource. It returns a placement for each group of aliases
// that one placement can describe.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "agent placements",
		"Lists the floors of the cluster: aliases that are numbered alike, such as `2000` to `2149`, or `2000x` to `2149x`. Floors that were declared apart show as one where only their numbers tell them apart. Left out are aliases whose logins do not name their number, and floors that one placement cannot describe; import says what is in the way.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			all, born, err := adoptable(ctx, topology)
			return tfhelper.ListItems(seating.FindFloors(all), func(found seating.FoundFloor) tfhelper.ListItem {
				m := adopted(types.StringValue(found.Name), found.Adopted, all, born)
				d, diags := m.declared()
				now := d.style.Sitting(d.style.Own(all, found.Seats), found.Seats)
				return tfhelper.ListItem{Name: found.Name + " " + found.Seats.String(), ID: m.identity(), Model: m.withComputed(now, d.style.Suffixes(), nil), Diagnostics: diags}
			}), err
		})
}
