package trunksplit

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource. It returns a split for each campaign that has rows.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "trunk splits",
		"Lists the trunk splits of the cluster: every campaign with rows in `vicidial_server_trunks`.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			trunks, servers, err := readTrunks(ctx, topology)
			return tfhelper.ListItems(trunks.Campaigns(), func(campaign string) tfhelper.ListItem {
				m := model{CampaignID: types.StringValue(campaign)}.with(trunks.Of(campaign), servers)
				return tfhelper.ListItem{Name: campaign, ID: m.identity(), Model: m}
			}), err
		})
}
