package inbounddid

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func NewNumbersList() list.ListResource {
	return tfhelper.NewList(NewNumbers(), "inbound numbers",
		"Lists the inbound numbers in groups that are routed to the same place, such as the same in-group, call menu or extension. A number whose route no other number has is in no group; `vicidial_inbound_did` lists it.",
		tfhelper.Filters{
			tfhelper.FilterMatch: "groups of which the name or a number is like this pattern, with `*` and `?`.",
			filterGroup:          "numbers that are routed to this in-group.",
			filterRoute:          "numbers of this route, such as `IN_GROUP`.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			table, defaults, err := adoptable(ctx, store)
			return tfhelper.Listing{Items: tfhelper.ListItems(table.Candidates(), func(found numbers.Candidate) tfhelper.ListItem {
				declared, _, _ := table.Adopt(found.Numbers, defaults, asterisk.HasPassword)
				b := adopted(found.Name, declared).with("deviations", deviationMap(nil))
				route, target, _ := strings.Cut(found.Name, " ")
				values := map[string][]string{tfhelper.FilterMatch: append(slices.Collect(found.Numbers.Values()), found.Name), filterRoute: {route}}
				if route == "IN_GROUP" {
					values[filterGroup] = []string{target}
				}
				return tfhelper.ListItem{
					Name: fmt.Sprintf("%s (%s)", found.Name, cluster.Plural(found.Numbers.Len(), "number")),
					ID:   b.identity(), Model: b.object(), Values: values,
				}
			})}, err
		})
}
