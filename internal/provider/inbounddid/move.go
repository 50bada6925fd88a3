package inbounddid

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

var (
	_ resource.ResourceWithMoveState = (*Resource)(nil)
	_ resource.ResourceWithMoveState = (*Numbers)(nil)
)

// MoveState converts a vicidial_inbound_did to a block of one number. Read derives the
// declaration from the row, as after an import.
func (r *Numbers) MoveState(ctx context.Context) []resource.StateMover {
	return moveFrom(ctx, &Resource{}, "_inbound_did", func(ctx context.Context, source *tfsdk.State, resp *resource.MoveStateResponse) {
		var pattern types.String
		resp.Diagnostics.Append(source.GetAttribute(ctx, path.Root(key), &pattern)...)
		number := pattern.ValueString()
		if cluster.ReservedDID(number) {
			resp.Diagnostics.AddError("Reserved DID", "Manage "+number+" with a vicidial_inbound_did that has reserved = true.")
		}
		b := newBlock(number, []string{number})
		resp.Diagnostics.Append(resp.TargetState.Set(ctx, b.object())...)
		if resp.TargetIdentity != nil {
			resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, b.identity())...)
		}
	})
}

// MoveState converts a block of one number to a vicidial_inbound_did.
func (r *Resource) MoveState(ctx context.Context) []resource.StateMover {
	return moveFrom(ctx, &Numbers{}, "_inbound_numbers", func(ctx context.Context, source *tfsdk.State, resp *resource.MoveStateResponse) {
		set, err := parseDIDs(blockOf(ctx, *source, &resp.Diagnostics).texts("dids"))
		if err == nil && set.Len() != 1 {
			err = fmt.Errorf("the block has %d numbers. Only a block of a single number can be moved; remove a number from a block with released, and import it", set.Len())
		}
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to move to vicidial_inbound_did", "", err)...)
		if resp.Diagnostics.HasError() {
			return
		}
		number := names(set)[0]
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root(key), number)...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("reserved"), false)...)
		if resp.TargetIdentity != nil {
			resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, tfhelper.Identity(key, number))...)
		}
	})
}

// moveFrom returns the mover from one type of resource.
func moveFrom(ctx context.Context, source resource.Resource, typeName string, move func(context.Context, *tfsdk.State, *resource.MoveStateResponse)) []resource.StateMover {
	var of resource.SchemaResponse
	source.Schema(ctx, resource.SchemaRequest{}, &of)
	return []resource.StateMover{{
		SourceSchema: &of.Schema,
		StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if !strings.HasSuffix(req.SourceTypeName, typeName) {
				return // another mover may accept it
			}
			if req.SourceState == nil {
				resp.Diagnostics = diag.Diagnostics{diag.NewErrorDiagnostic("Unable to read the state of "+req.SourceTypeName, "It was written by another version of the provider. Refresh it with this version first.")}
				return
			}
			move(ctx, req.SourceState, resp)
		},
	}}
}
