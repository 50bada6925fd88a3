package inbounddid

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "DIDs",
		"Lists the inbound numbers, VICIdial's own rows `default` and `did_system_filter` among them: every row of `vicidial_inbound_dids`.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			dids, err := topology.DIDs(ctx)
			return tfhelper.ListItems(dids, func(row cluster.Row) tfhelper.ListItem {
				m := model{}.Flatten(row)
				return tfhelper.ListItem{Name: m.Key() + " (" + m.Description.ValueString() + ")", ID: tfhelper.Identity(key, m.Key()), Model: m}
			}), err
		})
}
