package tfhelper

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ErrUnconfigured says that there is no cluster to write to.
var ErrUnconfigured = errors.New("the provider is not configured: its own configuration was not known when this ran")

// Response is where Create, Read and Update put what the rows say: state,
// identity and memory, always all three.
type Response struct {
	Diagnostics *diag.Diagnostics
	state       *tfsdk.State
	identity    *tfsdk.ResourceIdentity
	private     keeper
	plan        tftypes.Value // what a plan promised; the zero value promised nothing
}

// Created is the response of a Create.
func Created(resp *resource.CreateResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// Reading is the response of a Read.
func Reading(resp *resource.ReadResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// Updated is the response of an Update.
func Updated(resp *resource.UpdateResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// Promised makes a write that went well say what its plan said, also where an
// attribute that is not managed has moved between plan and apply: Terraform takes
// anything else for a bug of the provider, and the next refresh sees the move.
func (r Response) Promised(plan tfsdk.Plan) Response {
	r.plan = plan.Raw
	return r
}

// Publish says what the rows say. seen is what a later write compares with; it
// must hold no secret.
func (r Response) Publish(ctx context.Context, id, model, seen any) {
	r.Diagnostics.Append(set(ctx, r.state, r.state.Schema, model)...)
	r.promise()
	r.identify(ctx, id)
	r.Diagnostics.Append(Remember(ctx, r.private, seen)...)
}

// promise puts what the plan knew over what the rows say, attribute by attribute.
func (r Response) promise() {
	if r.plan.IsNull() || r.Diagnostics.HasError() {
		return
	}
	kept, err := tftypes.Transform(r.state.Raw, func(at *tftypes.AttributePath, found tftypes.Value) (tftypes.Value, error) {
		step, _, err := tftypes.WalkAttributePath(r.plan, at)
		if err != nil { // the plan says nothing of it
			return found, nil //nolint:nilerr // a path that is not there is no failure
		}
		if planned, ok := step.(tftypes.Value); ok && planned.IsFullyKnown() {
			return planned, nil
		}
		return found, nil
	})
	r.Diagnostics.Append(Diagnose("Unable to put the result together", "", err)...)
	if err == nil {
		r.state.Raw = kept
	}
}

// Forget takes a thing whose rows are gone out of state. The identity is set
// before: without it Terraform below 1.12 fails with "Missing Resource Identity
// After Read".
func (r Response) Forget(ctx context.Context, id any) {
	r.identify(ctx, id)
	r.state.RemoveResource(ctx)
}

// Keep leaves a thing as it was last seen, which is all that can be said of it
// while there is no cluster to ask. The identity is set for the reason that
// Forget has.
func (r Response) Keep(ctx context.Context, id any) { r.identify(ctx, id) }

func (r Response) identify(ctx context.Context, id any) {
	if r.identity != nil {
		r.Diagnostics.Append(r.identity.Set(ctx, id)...)
	}
}
