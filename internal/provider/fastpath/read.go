package fastpath

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reads reports whether Read finds the current state, without a diagnostic, and
// returns the identity that it finds.
func (t *resourceType) reads(ctx context.Context, data any, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ResourceIdentityData, bool) {
	state, ok := unmarshal(req.CurrentState, t.object)
	r, configured := t.configured(ctx, data)
	if !ok || !configured || data == nil || t.hasWriteOnly(state) {
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
	if len(answer.Diagnostics) > 0 || answer.Deferred != nil || !tfhelper.Identical(answer.State.Raw, state) || !answer.Private.Equal(before) ||
		answer.Identity == nil || answer.Identity.Raw.IsFullyNull() {
		return nil, false
	}
	if req.CurrentIdentity != nil {
		return req.CurrentIdentity, tfhelper.Identical(answer.Identity.Raw, identity)
	}
	found, err := tfprotov6.NewDynamicValue(t.identityType, answer.Identity.Raw)
	return &tfprotov6.ResourceIdentityData{IdentityData: &found}, err == nil
}

// configured constructs and configures the resource. data is nil while the provider is not
// configured.
func (t *resourceType) configured(ctx context.Context, data any) (resource.Resource, bool) {
	r := t.construct()
	configurable, ok := r.(resource.ResourceWithConfigure)
	if !ok {
		return r, false
	}
	var resp resource.ConfigureResponse
	configurable.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &resp)
	return r, len(resp.Diagnostics) == 0
}

// hasWriteOnly reports whether a state has a write-only value, which the framework would
// remove.
func (t *resourceType) hasWriteOnly(state tftypes.Value) bool {
	var values map[string]tftypes.Value
	if state.As(&values) != nil {
		return true
	}
	for name, part := range t.parts {
		if part.writeOnly && !values[name].IsNull() {
			return true
		}
	}
	return false
}

// identity decodes an identity; null if Terraform is too old to send one.
func (t *resourceType) identity(data *tfprotov6.ResourceIdentityData) (tftypes.Value, bool) {
	if data == nil {
		return tftypes.NewValue(t.identityType, nil), true
	}
	return unmarshal(data.IdentityData, t.identityType)
}
