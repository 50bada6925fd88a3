package server

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "servers", "Lists the servers of the cluster: every row of the table `servers`.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			servers, err := topology.Servers(ctx)
			if err != nil {
				return nil, err
			}
			rooms, err := topology.Rooms(ctx)
			return tfhelper.ListItems(servers, func(server cluster.Server) tfhelper.ListItem {
				o := &expanded{model: model{ConfSecretVersion: types.Int64Null(), ManagerSecretVersion: types.Int64Null()}}
				found, whole := cluster.Describe(server.Engine(), cluster.RoomsOf(server.IP(), rooms), cluster.RoomRange{}, false)
				o.show(server, found, whole)
				item := tfhelper.ListItem{Name: server.ID() + " (" + server.IP() + ")", ID: o.identity()}
				item.Model = o.flatten(ctx, &item.Diagnostics)
				return item
			}), err
		})
}
