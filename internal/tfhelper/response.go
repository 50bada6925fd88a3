package tfhelper

import (
	"context"
	"errors"
	"maps"
	"slices"

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
	private     PrivateSetter
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

// SetWritten sets the state of a successful update to the plan, with null for unknown
// values. SetState replaces it with the rows that are read; if that read fails, the
// state still has the rows that were written. rows are as in SetState.
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
	merged, err := withPlanned(r.state.Raw, r.plan)
	r.Diagnostics.Append(Diagnose("Unable to set the state", "", err)...)
	if err == nil {
		r.state.Raw = merged
	}
}

// withPlanned returns a value in which the parts that are fully known in the plan have
// their planned values. Elements of sets have no keys and stay as they are.
func withPlanned(found, planned tftypes.Value) (tftypes.Value, error) {
	if planned.IsFullyKnown() {
		return planned, nil
	}
	if !planned.IsKnown() || planned.IsNull() || found.IsNull() {
		return found, nil
	}
	kind := found.Type()
	switch {
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var parts, plans map[string]tftypes.Value
		if err := errors.Join(found.As(&parts), planned.As(&plans)); err != nil {
			return found, err
		}
		parts = maps.Clone(parts)
		for name, part := range parts {
			plan, ok := plans[name]
			if !ok {
				continue
			}
			merged, err := withPlanned(part, plan)
			if err != nil {
				return found, err
			}
			parts[name] = merged
		}
		return tftypes.NewValue(kind, parts), nil
	case kind.Is(tftypes.List{}):
		var parts, plans []tftypes.Value
		if err := errors.Join(found.As(&parts), planned.As(&plans)); err != nil {
			return found, err
		}
		parts = slices.Clone(parts)
		for i := range min(len(parts), len(plans)) {
			merged, err := withPlanned(parts[i], plans[i])
			if err != nil {
				return found, err
			}
			parts[i] = merged
		}
		return tftypes.NewValue(kind, parts), nil
	}
	return found, nil
}

// RemoveResource removes from state an object that has no rows. The identity is set
// first: without it Terraform below 1.12 fails with "Missing Resource Identity After
// Read".
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
