package carrierroute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the carriers that are there, so that they can be brought under
// Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the carriers as routes. Rows whose ids this provider gave are one route; every other row of `vicidial_server_carriers` is a route by itself. Rows with an id that cannot be the name of a route are left out: import them with `NAME=CARRIER_ID,…`. So are `Zap` and `EXTERNAL` carriers, of which VICIdial generates nothing. Passwords in the texts are shown as places for secrets.",
	}
}

// List hands the routes out by their names.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.topology == nil {
		tfhelper.ListFailed(stream, "Unable to list carrier routes", tfhelper.ErrUnconfigured)
		return
	}
	carriers, err := l.topology.Carriers(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list carrier routes", err)
		return
	}
	servers, err := l.topology.Expected(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list carrier routes", err)
		return
	}
	tfhelper.List(ctx, req, stream, carriers.Routes(), func(name string, _ *diag.Diagnostics) tfhelper.Found {
		m := model{Name: types.StringValue(name)}
		m = m.with(carriers.Of(name), servers)
		return tfhelper.Found{Name: name + " (" + m.CarrierName.ValueString() + ")", ID: m.identity(), Model: m}
	})
}
