package carrierroute

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "carrier routes",
		"Lists the carriers as routes. Rows whose ids this provider gave are one route; every other row of `vicidial_server_carriers` is a route by itself. Rows with an id that cannot be the name of a route are left out: import them with `NAME=CARRIER_ID,…`. So are `Zap` and `EXTERNAL` carriers, of which VICIdial generates nothing. Passwords in the texts are shown as places for secrets.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			carriers, err := topology.Carriers(ctx)
			if err != nil {
				return nil, err
			}
			servers, err := topology.Expected(ctx)
			return tfhelper.ListItems(carriers.Routes(), func(name string) tfhelper.ListItem {
				m := model{Name: types.StringValue(name)}
				m = m.with(carriers.Of(name), servers)
				return tfhelper.ListItem{Name: name + " (" + m.CarrierName.ValueString() + ")", ID: m.identity(), Model: m}
			}), err
		})
}
