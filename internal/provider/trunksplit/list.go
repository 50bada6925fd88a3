package trunksplit

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource. It returns a split for each campaign that has rows.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "trunk splits",
		"Lists the trunk splits of the cluster: every campaign with rows in `vicidial_server_trunks`.",
		tfhelper.Filters{
			tfhelper.FilterMatch:  "splits of campaigns whose `campaign_id` is like this pattern, with `*` and `?`.",
			tfhelper.FilterServer: "splits with a row for this server: a `server_id` or `server_ip`.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			trunks, servers, err := readTrunks(ctx, store)
			return tfhelper.Listing{Items: tfhelper.ListItems(trunks.Campaigns(), func(campaign string) tfhelper.ListItem {
				split := trunks.OfCampaign(campaign)
				m := model{CampaignID: types.StringValue(campaign)}.withRows(split, servers)
				return tfhelper.ListItem{
					Name: campaign + ": " + cluster.Plural(len(split), "server"), ID: m.identity(), Model: m,
					Values: map[string][]string{tfhelper.FilterMatch: {campaign}, tfhelper.FilterServer: tfhelper.OnServers(servers, slices.Collect(maps.Keys(split))...)},
				}
			})}, err
		})
}
