package agentplacement

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// List finds the floors that are there, so that a cluster which was set up by
// hand can be brought under Terraform.
type List struct{ Resource }

var _ list.ListResourceWithConfigure = (*List)(nil)

// NewList makes the list resource.
func NewList() list.ListResource { return &List{} }

// ListResourceConfigSchema describes what can be asked for: all of them.
func (l *List) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Lists the floors of the cluster: aliases that are numbered alike, such as `2000` to `2149`, or `2000x` to `2149x`. Floors that were declared apart show as one where only their numbers tell them apart. Left out are aliases whose logins do not name their number, and floors that one placement cannot describe; import says what is in the way.",
	}
}

// List hands out a placement for each group of aliases that one can describe.
func (l *List) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if l.topology == nil {
		tfhelper.ListFailed(stream, "Unable to list agent placements", tfhelper.ErrUnconfigured)
		return
	}
	all, err := l.topology.Floor(ctx, []string{"fullname", "pass"})
	if err != nil {
		tfhelper.ListFailed(stream, "Unable to list agent placements", err)
		return
	}
	floors := cluster.FindFloors(all)
	tfhelper.List(ctx, req, stream, floors, func(found cluster.FoundFloor, diags *diag.Diagnostics) tfhelper.Found {
		m := adopted(types.StringValue(found.Name), found.Adopted, all)
		d, wrong := m.declared()
		diags.Append(wrong...)
		now := d.style.Sitting(d.style.Own(all, found.Seats), found.Seats)
		return tfhelper.Found{Name: found.Name + " " + found.Seats.String(), ID: m.identity(), Model: m.with(now, d.style.suffixes(), nil)}
	})
}
