package tfhelper

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ErrUnconfigured reports that the provider has no database to read or write.
var ErrUnconfigured = errors.New("the provider is not configured: its own configuration was not known when this ran")

// Response is the response of Create, Read or Update. It sets state, identity and
// private state together.
type Response struct {
	Diagnostics *diag.Diagnostics
	state       *tfsdk.State
	identity    *tfsdk.ResourceIdentity
	private     privateSetter
	plan        tftypes.Value // see KeepPlanned
}

// ForCreate returns the response of a Create.
func ForCreate(resp *resource.CreateResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// ForRead returns the response of a Read.
func ForRead(resp *resource.ReadResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// ForUpdate returns the response of an Update.
func ForUpdate(resp *resource.UpdateResponse) Response {
	return Response{Diagnostics: &resp.Diagnostics, state: &resp.State, identity: resp.Identity, private: resp.Private}
}

// KeepPlanned makes SetState keep every value that the plan knew, unless there is
// an error. An attribute that is not managed may change between plan and apply:
// Terraform reports any other value as a bug of the provider, and the next refresh
// shows the change.
func (r Response) KeepPlanned(plan tfsdk.Plan) Response {
	r.plan = plan.Raw
	return r
}

// SetState sets the state to the model, and the identity. rows are the rows that
// were read, with which a later write compares; see [SaveRows].
func (r Response) SetState(ctx context.Context, id, model, rows any) {
	r.Diagnostics.Append(set(ctx, r.state, r.state.Schema, model)...)
	r.setPlanned()
	r.setIdentity(ctx, id)
	r.Diagnostics.Append(SaveRows(ctx, r.private, rows)...)
}

// SetWritten sets the state of an update that has succeeded to the plan. What the plan
// did not know is null. SetState replaces it with the rows; where the database is gone
// by then, the state has at least each row that the object has now. rows are as in
// SetState.
func (r Response) SetWritten(ctx context.Context, plan tfsdk.Plan, id, rows any) {
	written, err := tftypes.Transform(plan.Raw, func(_ *tftypes.AttributePath, planned tftypes.Value) (tftypes.Value, error) {
		if !planned.IsKnown() {
			return tftypes.NewValue(planned.Type(), nil), nil
		}
		return planned, nil
	})
	r.Diagnostics.Append(Diagnose("Unable to set the state", "", err)...)
	if err != nil {
		return
	}
	r.state.Raw = written
	r.setIdentity(ctx, id)
	r.Diagnostics.Append(SaveRows(ctx, r.private, rows)...)
}

func (r Response) setPlanned() {
	if r.plan.IsNull() || r.Diagnostics.HasError() {
		return
	}
	kept, err := tftypes.Transform(r.state.Raw, func(at *tftypes.AttributePath, found tftypes.Value) (tftypes.Value, error) {
		step, _, err := tftypes.WalkAttributePath(r.plan, at)
		if err != nil { // the plan has no value here
			return found, nil //nolint:nilerr // a path that does not exist is no failure
		}
		if planned, ok := step.(tftypes.Value); ok && planned.IsFullyKnown() {
			return planned, nil
		}
		return found, nil
	})
	r.Diagnostics.Append(Diagnose("Unable to set the state", "", err)...)
	if err == nil {
		r.state.Raw = kept
	}
}

// RemoveResource removes an object whose rows are gone from state. The identity is
// set first: without it Terraform below 1.12 fails with "Missing Resource Identity
// After Read".
func (r Response) RemoveResource(ctx context.Context, id any) {
	r.setIdentity(ctx, id)
	r.state.RemoveResource(ctx)
}

// KeepState leaves the prior state as it is, for a Read without a configured
// provider. The identity is set for the same reason as in RemoveResource.
func (r Response) KeepState(ctx context.Context, id any) { r.setIdentity(ctx, id) }

func (r Response) setIdentity(ctx context.Context, id any) {
	if r.identity != nil {
		r.Diagnostics.Append(r.identity.Set(ctx, id)...)
	}
}
