package inbounddid

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// The columns by which lists of numbers are filtered.
const (
	filterGroup = "group_id"
	filterRoute = "did_route"
)

func NewList() list.ListResource {
	return tfhelper.NewList(New(), "DIDs",
		"Lists the inbound numbers: every row of `vicidial_inbound_dids`, including VICIdial's own rows `default` and `did_system_filter`.",
		tfhelper.Filters{
			tfhelper.FilterMatch:      "numbers of which `did_pattern` or `did_description` is like this pattern, with `*` and `?`.",
			tfhelper.FilterActive:     "numbers that are active, or that are not.",
			tfhelper.FilterServer:     "numbers that ring a phone on this server: a `server_id` or `server_ip`.",
			filterGroup:               "numbers that are routed to this in-group.",
			filterRoute:               "numbers of this route, such as `IN_GROUP`.",
			"did_carrier_description": "numbers with this `did_carrier_description`.",
			"user_group":              "numbers of this user group.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			dids, err := store.DIDs(ctx)
			if err != nil {
				return tfhelper.Listing{}, err
			}
			servers, err := store.Servers(ctx)
			return tfhelper.Listing{Items: tfhelper.ListItems(dids, func(row cluster.Row) tfhelper.ListItem {
				m := model{}.Flatten(row)
				return tfhelper.ListItem{
					Name: tfhelper.DisplayName(m.Key(), m.Description.ValueString()), ID: tfhelper.Identity(key, m.Key()), Model: m,
					Values: filterValues(row, servers),
				}
			})}, err
		})
}

// filterValues returns the values that the filters are compared with: only the target of
// the number's route.
func filterValues(row cluster.Row, servers cluster.Servers) map[string][]string {
	route := row[filterRoute].Text
	values := map[string][]string{
		tfhelper.FilterMatch: {row[key].Text, row["did_description"].Text}, tfhelper.FilterActive: tfhelper.FilterYesNo(row["did_active"]),
		filterRoute: {route}, "did_carrier_description": {row["did_carrier_description"].Text}, "user_group": {row["user_group"].Text},
	}
	switch route {
	case "IN_GROUP":
		values[filterGroup] = []string{row[filterGroup].Text}
	case "PHONE":
		values[tfhelper.FilterServer] = tfhelper.OnServers(servers, row["server_ip"].Text)
	}
	return values
}
