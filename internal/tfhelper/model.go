package tfhelper

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// source is a plan, a state or a configuration.
type source interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// Get reads a whole model; false when it does not fit the schema.
func Get[Model any](ctx context.Context, from source, diags *diag.Diagnostics) (Model, bool) {
	var model Model
	var whole types.Object
	found := from.Get(ctx, &whole)
	if !found.HasError() {
		found.Append(Take(ctx, whole, &model)...)
	}
	diags.Append(found...)
	return model, !found.HasError()
}

// sink is a plan or a state.
type sink interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}

// set puts a whole model into a plan or a state of the schema.
func set(ctx context.Context, into sink, schema fwschema, model any) diag.Diagnostics {
	whole, diags := give(ctx, reflect.ValueOf(model), schema.Type())
	if diags.HasError() {
		return diags
	}
	return into.Set(ctx, whole)
}

// fwschema is what the framework hands around as the schema of a plan or state.
type fwschema interface{ Type() attr.Type }

// Propose puts a whole model into a plan.
func Propose(ctx context.Context, plan *tfsdk.Plan, model any) diag.Diagnostics {
	return set(ctx, plan, plan.Schema, model)
}

// Known reads the plan of a resource that is going to stay, when everything its
// configuration says is known. While something is not, there is nothing to work
// out at plan time.
func Known[Model any](ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (Model, bool) {
	if req.Plan.Raw.IsNull() || !req.Config.Raw.IsFullyKnown() {
		var nothing Model
		return nothing, false
	}
	return Get[Model](ctx, req.Plan, diags)
}

// Configure hands a room the part of the provider's data that it asks for.
// There is none while the provider is validated or its own configuration is
// still unknown.
func Configure[Wanted any](data any, target *Wanted) diag.Diagnostics {
	var diags diag.Diagnostics
	if data == nil {
		return diags
	}
	wanted, ok := data.(Wanted)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("%T does not offer what this needs. Please report this to the provider's developers.", data))
		return diags
	}
	*target = wanted
	return diags
}
