package trunksplit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the splits that are there, so that a cluster which was set up by
// hand can be brought under Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the trunk splits of the cluster: every campaign with rows in `vicidial_server_trunks`.",
	}
}

// List hands out a split for each campaign that has rows.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	trunks, servers, err := l.rows(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list trunk splits", err)
		return
	}
	tfhelper.List(ctx, req, stream, trunks.Campaigns(), func(campaign string, _ *diag.Diagnostics) tfhelper.Found {
		m := model{CampaignID: types.StringValue(campaign)}.with(trunks.Of(campaign), servers)
		return tfhelper.Found{Name: campaign, ID: m.identity(), Model: m}
	})
}
