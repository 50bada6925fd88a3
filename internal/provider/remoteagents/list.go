package remoteagents

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the runs of remote agents that are there, so that they can be brought under
// Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the runs of remote agents: every row of `vicidial_remote_agents`.",
	}
}

// List hands the runs out by their number in the table.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.topology == nil {
		tfhelper.ListFailed(stream, "Unable to list remote agents", tfhelper.ErrUnconfigured)
		return
	}
	found, err := l.topology.RemoteAgents(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list remote agents", err)
		return
	}
	tfhelper.List(ctx, req, stream, found, func(run cluster.RemoteAgents, _ *diag.Diagnostics) tfhelper.Found {
		m := model{}.with(run)
		return tfhelper.Found{Name: run.String(), ID: m.identity(), Model: m}
	})
}
