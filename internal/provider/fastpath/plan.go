package fastpath

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// plan plans an unchanged or a new object. It returns false for any other one, and when
// the framework must plan it.
func (t *resourceType) plan(ctx context.Context, data any, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, bool) {
	config, ok := unmarshal(req.Config, t.object)
	if !ok {
		return nil, false
	}
	prior, plan, ok := t.unchanged(req, config)
	if !ok {
		prior, plan, ok = t.created(req, config)
	}
	identity, known := t.identity(req.PriorIdentity)
	r, configured := t.configured(ctx, data)
	planner, plans := r.(resource.ResourceWithModifyPlan)
	if !ok || !known || !configured || data == nil || !plans {
		return nil, false
	}
	ask := resource.ModifyPlanRequest{
		Config:   tfsdk.Config{Raw: config, Schema: t.schema},
		Plan:     tfsdk.Plan{Raw: plan, Schema: t.schema},
		State:    tfsdk.State{Raw: prior, Schema: t.schema},
		Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema},
	}
	if req.ClientCapabilities != nil { // Terraform allows deferral in every apply
		ask.ClientCapabilities.DeferralAllowed = req.ClientCapabilities.DeferralAllowed
	}
	private, before, ok := privateData(ctx, ask.Private, req.PriorPrivate)
	if !ok {
		return nil, false
	}
	ask.Private = private
	answer := resource.ModifyPlanResponse{Plan: ask.Plan, Private: private, Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: t.identitySchema}}
	planner.ModifyPlan(ctx, ask, &answer)
	if answer.Deferred != nil || !answer.Private.Equal(before) || answer.Identity == nil || !tfhelper.Identical(answer.Identity.Raw, identity) {
		return nil, false
	}
	return t.planned(ctx, req, prior, answer)
}

// unchanged returns the state and the plan of an unchanged object.
func (t *resourceType) unchanged(req *tfprotov6.PlanResourceChangeRequest, config tftypes.Value) (prior, plan tftypes.Value, ok bool) {
	prior, ok = unmarshal(req.PriorState, t.object)
	if !ok || !config.IsFullyKnown() || t.hasWriteOnly(prior) || !t.hasDefaults(config, prior) {
		return prior, plan, false
	}
	if sameBytes(req.PriorState, req.ProposedNewState) {
		return prior, prior, true
	}
	proposed, ok := unmarshal(req.ProposedNewState, t.object) // it has the write-only values
	return prior, prior, ok && tfhelper.Identical(t.withoutWriteOnly(proposed), prior)
}

// withoutWriteOnly returns an object without its write-only values, as the framework plans it.
func (t *resourceType) withoutWriteOnly(object tftypes.Value) tftypes.Value {
	var values map[string]tftypes.Value
	if object.As(&values) != nil {
		return object
	}
	values = maps.Clone(values)
	for name, part := range t.parts {
		if part.writeOnly {
			values[name] = tftypes.NewValue(values[name].Type(), nil)
		}
	}
	return tftypes.NewValue(t.object, values)
}

// sameBytes reports whether two values have the same encoding, whichever it is.
func sameBytes(a, b *tfprotov6.DynamicValue) bool {
	return a != nil && b != nil && bytes.Equal(a.MsgPack, b.MsgPack) && bytes.Equal(a.JSON, b.JSON)
}

// hasDefaults reports whether attributes that the configuration omits already have their
// defaults, which the framework would set.
func (t *resourceType) hasDefaults(config, prior tftypes.Value) bool {
	var given, priorValues map[string]tftypes.Value
	if config.As(&given) != nil || prior.As(&priorValues) != nil {
		return false
	}
	for name, part := range t.parts {
		if part.def != nil && given[name].IsNull() && !priorValues[name].Equal(*part.def) {
			return false
		}
	}
	return true
}

// created returns the null state and the plan of a new object: with defaults, without
// write-only values, and with unknown computed attributes.
func (t *resourceType) created(req *tfprotov6.PlanResourceChangeRequest, config tftypes.Value) (prior, plan tftypes.Value, ok bool) {
	prior = tftypes.NewValue(t.object, nil)
	null, err := tfprotov6.NewDynamicValue(t.object, prior)
	if err != nil || !sameBytes(req.PriorState, &null) {
		return prior, plan, false
	}
	proposed, ok := unmarshal(req.ProposedNewState, t.object)
	if !ok {
		return prior, plan, false
	}
	root := part{parts: t.parts}
	return prior, root.created(config, proposed), true
}

// created returns the planned value of a part of a new object.
func (p *part) created(config, proposed tftypes.Value) tftypes.Value {
	switch {
	case p.writeOnly:
		return tftypes.NewValue(proposed.Type(), nil)
	case config.IsNull() && p.def != nil:
		return *p.def
	case config.IsNull() && p.computed:
		return tftypes.NewValue(proposed.Type(), tftypes.UnknownValue)
	case len(p.parts) == 0 || !config.IsKnown() || !proposed.IsKnown() || proposed.IsNull():
		return proposed
	}
	switch proposed.Type().(type) {
	case tftypes.Object:
		return createdParts(config, proposed, func(name string) *part { return p.parts[name] })
	case tftypes.Map:
		return createdParts(config, proposed, func(string) *part { return &part{parts: p.parts} })
	}
	var given, elements []tftypes.Value
	if config.As(&given) != nil || proposed.As(&elements) != nil || len(given) != len(elements) {
		return proposed
	}
	planned := make([]tftypes.Value, len(elements))
	for i, element := range elements {
		planned[i] = (&part{parts: p.parts}).created(given[i], element)
	}
	return tftypes.NewValue(proposed.Type(), planned)
}

func createdParts(config, proposed tftypes.Value, partOf func(string) *part) tftypes.Value {
	var given, values map[string]tftypes.Value
	if config.As(&given) != nil || proposed.As(&values) != nil {
		return proposed
	}
	planned := make(map[string]tftypes.Value, len(values))
	for name, value := range values {
		planned[name] = partOf(name).created(given[name], value)
	}
	return tftypes.NewValue(proposed.Type(), planned)
}

// planned encodes the plan of a resource, and reuses the bytes of the request for equal
// values.
func (t *resourceType) planned(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest, prior tftypes.Value, answer resource.ModifyPlanResponse) (*tfprotov6.PlanResourceChangeResponse, bool) {
	resp := &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: req.PriorIdentity}
	if resp.PlannedIdentity == nil { // Terraform before 1.12
		resp.PlannedIdentity = &tfprotov6.ResourceIdentityData{IdentityData: t.nullIdentity}
	}
	if prior.IsNull() || !tfhelper.Identical(answer.Plan.Raw, prior) {
		state, err := tfprotov6.NewDynamicValue(t.object, answer.Plan.Raw)
		if err != nil {
			return nil, false
		}
		resp.PlannedState = &state
	}
	for _, diagnostic := range answer.Diagnostics {
		encoded := &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: diagnostic.Summary(), Detail: diagnostic.Detail()}
		if diagnostic.Severity() == diag.SeverityError {
			encoded.Severity = tfprotov6.DiagnosticSeverityError
		}
		if located, ok := diagnostic.(diag.DiagnosticWithPath); ok {
			encoded.Attribute = attributePath(ctx, located.Path())
		}
		resp.Diagnostics = append(resp.Diagnostics, encoded)
	}
	replaced := map[string]*tftypes.AttributePath{}
	for _, at := range answer.RequiresReplace {
		replaced[at.String()] = attributePath(ctx, at)
	}
	for _, name := range slices.Sorted(maps.Keys(replaced)) {
		resp.RequiresReplace = append(resp.RequiresReplace, replaced[name])
	}
	return resp, true
}

// attributePath converts a path of the framework to the protocol.
func attributePath(ctx context.Context, at path.Path) *tftypes.AttributePath {
	encoded := tftypes.NewAttributePath()
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case path.PathStepAttributeName:
			encoded = encoded.WithAttributeName(string(step))
		case path.PathStepElementKeyString:
			encoded = encoded.WithElementKeyString(string(step))
		case path.PathStepElementKeyInt:
			encoded = encoded.WithElementKeyInt(int(step))
		case path.PathStepElementKeyValue:
			value, err := step.ToTerraformValue(ctx)
			if err != nil {
				return encoded // the path of the set
			}
			encoded = encoded.WithElementKeyValue(value)
		}
	}
	return encoded
}
