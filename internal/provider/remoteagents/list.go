package remoteagents

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func NewList() list.ListResource {
	return tfhelper.NewList(New(), "remote agents",
		"Lists the ranges of remote agents: every row of `vicidial_remote_agents`.",
		tfhelper.Filters{
			tfhelper.FilterMatch:  "ranges of which `user_start` is like this pattern, with `*` and `?`.",
			tfhelper.FilterActive: "ranges that are active, or that are not.",
			tfhelper.FilterServer: "ranges on this server: a `server_id` or `server_ip`.",
			"campaign_id":         "ranges of this campaign.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			rows, err := store.RemoteAgents(ctx)
			if err != nil {
				return tfhelper.Listing{}, err
			}
			servers, err := store.ExpectedServers(ctx)
			return tfhelper.Listing{Items: tfhelper.ListItems(rows, func(agents cluster.RemoteAgents) tfhelper.ListItem {
				m := model{}.Flatten(cluster.Row(agents))
				return tfhelper.ListItem{Name: agents.String(), ID: tfhelper.Identity(key, m.Key()), Model: m, Values: map[string][]string{
					tfhelper.FilterMatch: {m.Key()}, tfhelper.FilterActive: {strconv.FormatBool(agents["status"].Text == "ACTIVE")},
					tfhelper.FilterServer: tfhelper.OnServers(servers, agents["server_ip"].Text), "campaign_id": {agents["campaign_id"].Text},
				}}
			})}, err
		})
}
