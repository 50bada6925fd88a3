package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func NewList() list.ListResource {
	return tfhelper.NewList(New(), "servers", "Lists the servers of the cluster: every row of the table `servers`.",
		tfhelper.Filters{
			tfhelper.FilterMatch:  "servers whose `server_id` or `server_ip` is like this pattern, with `*` and `?`.",
			tfhelper.FilterActive: "servers that are active, or that are not.",
			"user_group":          "servers of this user group.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			servers, err := store.Servers(ctx)
			if err != nil {
				return tfhelper.Listing{}, err
			}
			rooms, err := store.Rooms(ctx)
			return tfhelper.Listing{Items: tfhelper.ListItems(servers, func(server cluster.Server) tfhelper.ListItem {
				o := &expanded{model: model{ConfSecretVersion: types.Int64Null(), ManagerSecretVersion: types.Int64Null()}}
				o.showGroups()
				found, complete := cluster.DescribeRooms(server.Engine(), cluster.RoomsOf(server.IP(), rooms), cluster.RoomRange{}, false)
				o.show(server, found, complete)
				if asterisk.HasSecret(o.CustomDialplan.ValueString()) {
					o.CustomDialplan = types.StringNull() // configuration generated from the list would contain the password
				}
				item := tfhelper.ListItem{Name: displayName(server), ID: o.identity(), Values: map[string][]string{
					tfhelper.FilterMatch: {server.ID(), server.IP()}, tfhelper.FilterActive: tfhelper.FilterYesNo(server.Row["active"]),
					"user_group": {server.Row["user_group"].Text},
				}}
				item.Model = o.flatten(ctx, &item.Diagnostics)
				return item
			})}, err
		})
}

// displayName returns the server_id with the description, as the admin page shows it,
// and the address.
func displayName(server cluster.Server) string {
	if about := server.Row["server_description"].Text; about != "" {
		return server.ID() + " (" + about + ", " + server.IP() + ")"
	}
	return server.ID() + " (" + server.IP() + ")"
}
