package clustersettings

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the settings of the cluster, of which there is one set.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: the one set.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the cluster's settings, of which there is one set, so that a query for everything in a cluster finds them too.",
	}
}

// List hands out the one set.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.topology == nil {
		tfhelper.ListFailed(stream, "Unable to list cluster settings", tfhelper.ErrUnconfigured)
		return
	}
	settings, err := l.topology.SystemSettings(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list cluster settings", err)
		return
	}
	tfhelper.List(ctx, req, stream, []cluster.Settings{settings}, func(settings cluster.Settings, _ *diag.Diagnostics) tfhelper.Found {
		var m model
		m.show(settings.All())
		return tfhelper.Found{Name: cluster.SettingsRecord, ID: theIdentity(), Model: m}
	})
}
