package conftemplate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the templates that are there, so that they can be brought under
// Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the templates that phones and carriers can use: every row of `vicidial_conf_templates`.",
	}
}

// List hands the templates out by their template_id.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.templates == nil {
		tfhelper.ListFailed(stream, "Unable to list templates", tfhelper.ErrUnconfigured)
		return
	}
	found, err := l.templates.Templates(ctx)
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list templates", err)
		return
	}
	tfhelper.List(ctx, req, stream, found, func(template cluster.Template, _ *diag.Diagnostics) tfhelper.Found {
		m := model{}.with(template)
		return tfhelper.Found{Name: template.ID() + " (" + m.Name.ValueString() + ")", ID: m.identity(), Model: m}
	})
}
