package carrierroute

import (
	"context"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "carrier routes",
		"Lists the carriers as routes. Rows whose ids this provider gave are one route; every other row of `vicidial_server_carriers` is a route by itself. Rows with an id that cannot be the name of a route are named in a warning: import them with `NAME=CARRIER_ID,…`, or let the command `adopt` do it. So are `Zap` and `EXTERNAL` carriers, of which VICIdial generates nothing. Passwords in the texts are shown as places for secrets.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			carriers, err := topology.Carriers(ctx)
			if err != nil {
				return nil, err
			}
			servers, err := topology.Expected(ctx)
			routes := carriers.Routes()
			return tfhelper.ListItems(routes, func(name string) tfhelper.ListItem {
				m := model{Name: types.StringValue(name)}
				m = m.with(carriers.Of(name), servers)
				item := tfhelper.ListItem{Name: name + " (" + m.CarrierName.ValueString() + ")", ID: m.identity(), Model: m}
				if unlisted := carriers.Unlisted(); name == routes[len(routes)-1] && len(unlisted) > 0 {
					item.Diagnostics.AddWarning("Carriers that are not listed", unlistedText(unlisted))
				}
				return item
			}), err
		})
}

// unlistedText names carriers that no route of the list holds.
func unlistedText(carriers cluster.Carriers) string {
	lines := make([]string, 0, len(carriers))
	for _, carrier := range carriers {
		lines = append(lines, carrier.ID()+" on "+carrier.ServerIP()+" ("+carrier.Protocol()+")")
	}
	return "Their ids cannot name a route, or VICIdial generates nothing of them:\n" + strings.Join(lines, "\n")
}
