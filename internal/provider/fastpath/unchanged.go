package fastpath

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// reads reports whether Read finds the current state, without a diagnostic, and
// returns the identity that it finds.
func (t *resourceType) reads(ctx context.Context, data any, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ResourceIdentityData, bool) {
	state, ok := unmarshal(req.CurrentState, t.object)
	r, configured := t.configured(ctx, data)
	if !ok || !configured || t.hasWriteOnly(state) {
		return nil, false
	}
	ask := resource.ReadRequest{State: tfsdk.State{Raw: state, Schema: t.schema}}
	private, before, ok := privateData(ctx, ask.Private, req.Private)
	identity, known := t.identity(req.CurrentIdentity)
	if !ok || !known {
		return nil, false
	}
	ask.Private = private
	ask.Identity = &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema}
	answer := resource.ReadResponse{State: ask.State, Private: private, Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema}}
	r.Read(ctx, ask, &answer)
	if len(answer.Diagnostics) > 0 || answer.Deferred != nil || !answer.State.Raw.Equal(state) || !answer.Private.Equal(before) ||
		answer.Identity == nil || answer.Identity.Raw.IsFullyNull() {
		return nil, false
	}
	if req.CurrentIdentity != nil {
		return req.CurrentIdentity, answer.Identity.Raw.Equal(identity)
	}
	found, err := tfprotov6.NewDynamicValue(t.identityType, answer.Identity.Raw)
	return &tfprotov6.ResourceIdentityData{IdentityData: &found}, err == nil
}

// keeps reports whether the proposed state is the prior one and ModifyPlan leaves
// it so, without a diagnostic.
func (t *resourceType) keeps(ctx context.Context, data any, req *tfprotov6.PlanResourceChangeRequest) bool {
	prior, known := unmarshal(req.PriorState, t.object)
	if !known || !sameBytes(req.PriorState, req.ProposedNewState) || t.hasWriteOnly(prior) {
		return false
	}
	config, ok := unmarshal(req.Config, t.object)
	if !ok || !config.IsFullyKnown() || !t.hasDefaults(config, prior) {
		return false
	}
	identity, ok := t.identity(req.PriorIdentity)
	r, configured := t.configured(ctx, data)
	planner, plans := r.(resource.ResourceWithModifyPlan)
	if !ok || !configured || !plans {
		return false
	}
	ask := resource.ModifyPlanRequest{
		Config:   tfsdk.Config{Raw: config, Schema: t.schema},
		Plan:     tfsdk.Plan{Raw: prior, Schema: t.schema},
		State:    tfsdk.State{Raw: prior, Schema: t.schema},
		Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema},
	}
	private, before, ok := privateData(ctx, ask.Private, req.PriorPrivate)
	if !ok {
		return false
	}
	ask.Private = private
	answer := resource.ModifyPlanResponse{Plan: ask.Plan, Private: private, Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema}}
	planner.ModifyPlan(ctx, ask, &answer)
	return len(answer.Diagnostics) == 0 && len(answer.RequiresReplace) == 0 && answer.Deferred == nil &&
		answer.Plan.Raw.Equal(prior) && answer.Private.Equal(before) && answer.Identity != nil && answer.Identity.Raw.Equal(identity)
}

// sameBytes reports whether two values have the same encoding, whichever it is.
func sameBytes(a, b *tfprotov6.DynamicValue) bool {
	return a != nil && b != nil && bytes.Equal(a.MsgPack, b.MsgPack) && bytes.Equal(a.JSON, b.JSON)
}

// configured constructs the resource; false where there is nothing to configure
// it with.
func (t *resourceType) configured(ctx context.Context, data any) (resource.Resource, bool) {
	r := t.construct()
	configurable, ok := r.(resource.ResourceWithConfigure)
	if data == nil || !ok {
		return r, false
	}
	var resp resource.ConfigureResponse
	configurable.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &resp)
	return r, len(resp.Diagnostics) == 0
}

// hasDefaults reports whether the attributes that the configuration leaves out
// have their defaults already, which the framework would set.
func (t *resourceType) hasDefaults(config, prior tftypes.Value) bool {
	var given, held map[string]tftypes.Value
	if config.As(&given) != nil || prior.As(&held) != nil {
		return false
	}
	for name, value := range t.defaults {
		if given[name].IsNull() && !held[name].Equal(value) {
			return false
		}
	}
	return true
}

// hasWriteOnly reports whether a state holds a write-only value, which the
// framework would remove.
func (t *resourceType) hasWriteOnly(state tftypes.Value) bool {
	var held map[string]tftypes.Value
	if len(t.writeOnly) == 0 {
		return false
	}
	if state.As(&held) != nil {
		return true
	}
	for _, name := range t.writeOnly {
		if !held[name].IsNull() {
			return true
		}
	}
	return false
}

// identity decodes an identity; a null one where Terraform is too old to send any.
func (t *resourceType) identity(data *tfprotov6.ResourceIdentityData) (tftypes.Value, bool) {
	if data == nil {
		return tftypes.NewValue(t.identityType, nil), true
	}
	return unmarshal(data.IdentityData, t.identityType)
}
