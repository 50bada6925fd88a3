package inbounddid

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the DIDs that are there, so that they can be brought under
// Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the inbound numbers, VICIdial's own rows `default` and `did_system_filter` among them: every row of `vicidial_inbound_dids`.",
	}
}

// List hands the DIDs out by their number in the table.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.routing == nil {
		tfhelper.ListFailed(stream, "Unable to list DIDs", tfhelper.ErrUnconfigured)
		return
	}
	found, err := l.routing.DIDs(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list DIDs", err)
		return
	}
	tfhelper.List(ctx, req, stream, found, func(row cluster.Row, _ *diag.Diagnostics) tfhelper.Found {
		m := model{}.with(row)
		return tfhelper.Found{Name: m.pattern() + " (" + m.Description.ValueString() + ")", ID: m.identity(), Model: m}
	})
}
