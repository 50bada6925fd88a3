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
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// getter is a plan, a state or a configuration.
type getter interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// Get reads a model from a plan, a state or a configuration. It returns false when
// the model does not fit the schema.
func Get[Model any](ctx context.Context, from getter, diags *diag.Diagnostics) (Model, bool) {
	var model Model
	var object types.Object
	found := from.Get(ctx, &object)
	if !found.HasError() {
		found.Append(ValueAs(ctx, object, &model)...)
	}
	diags.Append(found...)
	return model, !found.HasError()
}

// setter is a plan or a state.
type setter interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}

// set sets a plan or a state of the schema to a model.
func set(ctx context.Context, into setter, schema fwschema, model any) diag.Diagnostics {
	object, diags := valueFrom(ctx, reflect.ValueOf(model), schema.Type())
	if diags.HasError() {
		return diags
	}
	return into.Set(ctx, object)
}

// fwschema is the schema of a plan or a state.
type fwschema interface{ Type() attr.Type }

// SetPlan sets a plan to a model.
func SetPlan(ctx context.Context, plan *tfsdk.Plan, model any) diag.Diagnostics {
	return set(ctx, plan, plan.Schema, model)
}

// GetKnownPlan reads the plan of an object that is created or updated. It returns
// false for a removal, and while the configuration has unknown values.
func GetKnownPlan[Model any](ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (Model, bool) {
	if req.Plan.Raw.IsNull() || !req.Config.Raw.IsFullyKnown() {
		var nothing Model
		return nothing, false
	}
	return Get[Model](ctx, req.Plan, diags)
}

// LeaveOpen makes what the configuration omits, and the function accepts, unknown in the
// plan of an update: only the apply, which plans again, can tell it.
func LeaveOpen(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, open func(*tftypes.AttributePath) bool) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() || Equal(req.Plan.Raw, req.State.Raw) {
		return
	}
	plan, err := tftypes.Transform(req.Plan.Raw, func(at *tftypes.AttributePath, planned tftypes.Value) (tftypes.Value, error) {
		given, _, err := tftypes.WalkAttributePath(req.Config.Raw, at)
		if value, ok := given.(tftypes.Value); err == nil && ok && value.IsNull() && open(at) {
			planned = tftypes.NewValue(planned.Type(), tftypes.UnknownValue)
		}
		return planned, nil
	})
	resp.Diagnostics.Append(Diagnose("Unable to plan", "", err)...)
	resp.Plan.Raw = plan
}

// Configure stores the provider's data in target, which is usually an interface.
// The data is nil during validation, and while the provider's own configuration is
// unknown.
func Configure[Store any](data any, target *Store) diag.Diagnostics {
	var diags diag.Diagnostics
	if data == nil {
		return diags
	}
	store, ok := data.(Store)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("%T does not offer what this needs. Please report this to the provider's developers.", data))
		return diags
	}
	*target = store
	return diags
}
