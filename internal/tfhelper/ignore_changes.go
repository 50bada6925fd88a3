package tfhelper

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// IgnoresAll reports whether the block has ignore_changes = all, so that a plan must not
// change the rows.
//
// Terraform passes the prior state as the configuration of such a block, with null for
// attributes that are only computed. So a plan would revert rows that only computed
// attributes show. report is the name of a list or a map in which a refresh shows how
// the rows differ from the declaration. It is optional and computed, with a
// [ReportValidator] and the [ReportNote]: elements in the configuration come from the
// state, so the block ignores changes. IgnoresAll adds an error when the block ignores
// the report alone.
func IgnoresAll(ctx context.Context, req resource.ModifyPlanRequest, report string, diags *diag.Diagnostics) bool {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return false
	}
	found, _, err := tftypes.WalkAttributePath(req.Config.Raw, tftypes.NewAttributePath().WithAttributeName(report))
	value, ok := found.(tftypes.Value)
	if err != nil || !ok || value.IsNull() || !value.IsKnown() || elements(value) == 0 {
		return false
	}
	if !Equal(req.Plan.Raw, req.State.Raw) {
		diags.AddAttributeError(path.Root(report), "Attribute cannot be ignored alone",
			"The block ignores "+report+" and changes other attributes, and an apply writes all rows as they are declared. Use ignore_changes = all, or take "+report+" out of ignore_changes.")
	}
	return true
}

// ReportNote ends the description of a report.
const ReportNote = " Do not set this. With `ignore_changes = all`, an apply changes nothing, and the differences are shown here."

func elements(value tftypes.Value) int {
	var list []tftypes.Value
	if value.As(&list) == nil {
		return len(list)
	}
	var byKey map[string]tftypes.Value
	_ = value.As(&byKey)
	return len(byKey)
}

// ReportValidator refuses elements of an attribute that a refresh sets; see
// [IgnoresAll]. An empty collection is accepted: generated configuration contains it.
type ReportValidator struct{}

func (ReportValidator) Description(context.Context) string { return "cannot be configured" }

func (v ReportValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (ReportValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	resp.Diagnostics.Append(refuseReport(req.Path, len(req.ConfigValue.Elements()))...)
}

func (ReportValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	resp.Diagnostics.Append(refuseReport(req.Path, len(req.ConfigValue.Elements()))...)
}

func refuseReport(at path.Path, elements int) (diags diag.Diagnostics) {
	if elements > 0 {
		diags.AddAttributeError(at, "Attribute cannot be configured", "The provider sets "+at.String()+" when rows differ from what is declared. Remove it from the configuration.")
	}
	return diags
}
