package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the servers that are there, so that a cluster which was set up by
// hand can be brought under Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the servers of the cluster: every row of the table `servers`.",
	}
}

// List hands the servers out by their server_id.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.topology == nil {
		tfhelper.ListFailed(stream, "Unable to list servers", tfhelper.ErrUnconfigured)
		return
	}
	servers, err := l.topology.Servers(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list servers", err)
		return
	}
	rooms, err := l.topology.Rooms(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list servers", err)
		return
	}
	tfhelper.List(ctx, req, stream, servers, func(server cluster.Server, diags *diag.Diagnostics) tfhelper.Found {
		o := &opened{model: model{ConfSecretVersion: types.Int64Null(), ManagerSecretVersion: types.Int64Null()}}
		found, whole := cluster.Describe(server.Engine(), cluster.RoomsOf(server.IP(), rooms), cluster.RoomRange{}, false)
		o.show(server, found, whole)
		return tfhelper.Found{Name: server.ID() + " (" + server.IP() + ")", ID: o.identity(), Model: o.close(ctx, diags)}
	})
}
