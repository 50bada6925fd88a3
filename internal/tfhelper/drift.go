package tfhelper

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// IgnoresAll reports whether a plan has to leave the rows as they are, since the block
// has ignore_changes = all.
//
// Terraform hands a provider the prior state as the configuration of such a block, with
// null for attributes that are computed only. So rows that show in computed attributes
// look as if the block declared something else, and are planned back. report names a
// list or a map in which a refresh shows how the rows differ from what is declared. It
// is optional and computed, and has a [ReportValidator] and the [ReportNote]: a plan
// that finds elements in its configuration knows that the differences stay. It adds an
// error where the block ignores the report alone.
func IgnoresAll(ctx context.Context, req resource.ModifyPlanRequest, report string, diags *diag.Diagnostics) bool {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return false
	}
	found, _, err := tftypes.WalkAttributePath(req.Config.Raw, tftypes.NewAttributePath().WithAttributeName(report))
	value, ok := found.(tftypes.Value)
	if err != nil || !ok || value.IsNull() || !value.IsKnown() || elements(value) == 0 {
		return false
	}
	if !req.Plan.Raw.Equal(req.State.Raw) {
		diags.AddAttributeError(path.Root(report), "Attribute cannot be ignored alone",
			"The block ignores "+report+" and changes other attributes, and an apply writes all rows as they are declared. Use ignore_changes = all, or take "+report+" out of ignore_changes.")
	}
	return true
}

// ReportNote ends the description of a report.
const ReportNote = " Do not set this. With `ignore_changes = all`, the rows stay as they are and the differences are shown here."

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
// [IgnoresAll]. A collection without elements, as generated configuration has it, is as
// good as none.
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
