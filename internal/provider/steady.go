package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
)

// steadyServer answers for objects that stay as they are, which are most objects
// of most plans, with the bytes that came in. It asks the same rooms the same
// questions as the framework does, without the framework's walks over every
// attribute, which took more than half of the provider's time
// (docs/design/0013-plan-performance.md). Whatever has anything to say or to
// change is left to the framework, which asks the room once more.
type steadyServer struct {
	wholeServer

	rooms   map[string]steadyRoom // by the type's name
	cluster *atomic.Pointer[store.Store]
}

// UpgradeResourceState answers with the state that came in, where it is of this
// version and says nothing that the schema has not: Terraform reads JSON as well.
func (s *steadyServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if room, ok := s.rooms[req.TypeName]; ok && req.Version == room.schema.Version && req.RawState != nil {
		var state map[string]any
		if json.Unmarshal(req.RawState.JSON, &state) == nil && state != nil && fits(state, room.kind) {
			return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, nil
		}
	}
	return s.wholeServer.UpgradeResourceState(ctx, req)
}

// fits says whether what JSON holds has a place in the type.
func fits(value any, kind tftypes.Type) bool {
	if value == nil {
		return true
	}
	switch of := kind.(type) {
	case tftypes.Object:
		object, ok := value.(map[string]any)
		for name, part := range object {
			attribute, known := of.AttributeTypes[name]
			ok = ok && known && fits(part, attribute)
		}
		return ok
	case tftypes.Map:
		elements, ok := value.(map[string]any)
		for _, element := range elements {
			ok = ok && fits(element, of.ElementType)
		}
		return ok
	case tftypes.List:
		elements, ok := value.([]any)
		for _, element := range elements {
			ok = ok && fits(element, of.ElementType)
		}
		return ok
	}
	switch value.(type) {
	case string:
		return kind.Is(tftypes.String)
	case bool:
		return kind.Is(tftypes.Bool)
	case float64:
		return kind.Is(tftypes.Number)
	}
	return false
}

// ReadResource answers with the state that came in, where the rows say the same.
func (s *steadyServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if room, ok := s.rooms[req.TypeName]; ok && req.ProviderMeta == nil {
		if identity, same := room.reads(ctx, s.cluster.Load(), req); same {
			return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, NewIdentity: identity, Private: req.Private}, nil
		}
	}
	return s.wholeServer.ReadResource(ctx, req)
}

// PlanResourceChange answers with the state that is proposed, where that is the
// one that is there and the room has nothing against it.
func (s *steadyServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if room, ok := s.rooms[req.TypeName]; ok && req.ProviderMeta == nil && room.stays(ctx, s.cluster.Load(), req) {
		resp := &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: req.PriorIdentity}
		if resp.PlannedIdentity == nil { // Terraform before 1.12
			resp.PlannedIdentity = &tfprotov6.ResourceIdentityData{IdentityData: room.nobody}
		}
		return resp, nil
	}
	return s.wholeServer.PlanResourceChange(ctx, req)
}

// reads says whether the room reads what is there already, and who that is.
func (r steadyRoom) reads(ctx context.Context, cluster *store.Store, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ResourceIdentityData, bool) {
	state, ok := unpack(req.CurrentState, r.kind)
	room, configured := r.open(ctx, cluster)
	if !ok || !configured {
		return nil, false
	}
	ask := resource.ReadRequest{State: tfsdk.State{Raw: state, Schema: r.schema}}
	kept, before, recalled := recall(ctx, ask.Private, req.Private)
	known, ok := r.identity(req.CurrentIdentity)
	if !recalled || !ok {
		return nil, false
	}
	ask.Private = kept
	ask.Identity = &tfsdk.ResourceIdentity{Raw: known, Schema: r.names}
	answer := resource.ReadResponse{State: ask.State, Private: ask.Private, Identity: &tfsdk.ResourceIdentity{Raw: known, Schema: r.names}}
	room.Read(ctx, ask, &answer)
	if len(answer.Diagnostics) > 0 || answer.Deferred != nil || !answer.State.Raw.Equal(state) || !answer.Private.Equal(before) || answer.Identity.Raw.IsNull() {
		return nil, false
	}
	if req.CurrentIdentity != nil {
		return req.CurrentIdentity, answer.Identity.Raw.Equal(known)
	}
	packed, err := tfprotov6.NewDynamicValue(r.who, answer.Identity.Raw)
	return &tfprotov6.ResourceIdentityData{IdentityData: &packed}, err == nil
}

// stays says whether an object is planned to stay as it is, without a word. Where
// Terraform proposes what is there, the framework would change nothing either,
// but for defaults of what the configuration leaves out.
func (r steadyRoom) stays(ctx context.Context, cluster *store.Store, req *tfprotov6.PlanResourceChangeRequest) bool {
	if req.PriorState == nil || req.ProposedNewState == nil || !bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		return false
	}
	prior, known := unpack(req.PriorState, r.kind)
	config, said := unpack(req.Config, r.kind)
	if !known || !said || !config.IsFullyKnown() || !r.defaulted(config, prior) {
		return false
	}
	identity, ok := r.identity(req.PriorIdentity)
	room, configured := r.open(ctx, cluster)
	planner, plans := room.(resource.ResourceWithModifyPlan)
	if !ok || !configured || !plans {
		return false
	}
	ask := resource.ModifyPlanRequest{
		Config:   tfsdk.Config{Raw: config, Schema: r.schema},
		Plan:     tfsdk.Plan{Raw: prior, Schema: r.schema},
		State:    tfsdk.State{Raw: prior, Schema: r.schema},
		Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: r.names},
	}
	kept, before, recalled := recall(ctx, ask.Private, req.PriorPrivate)
	if !recalled {
		return false
	}
	ask.Private = kept
	answer := resource.ModifyPlanResponse{Plan: ask.Plan, Private: ask.Private, Identity: &tfsdk.ResourceIdentity{Raw: identity, Schema: r.names}}
	planner.ModifyPlan(ctx, ask, &answer)
	return len(answer.Diagnostics) == 0 && len(answer.RequiresReplace) == 0 && answer.Deferred == nil &&
		answer.Plan.Raw.Equal(prior) && answer.Private.Equal(before) && answer.Identity.Raw.Equal(identity)
}

// open gives a room the cluster; false where there is none yet.
func (r steadyRoom) open(ctx context.Context, cluster *store.Store) (resource.Resource, bool) {
	room := r.construct()
	configured, ok := room.(resource.ResourceWithConfigure)
	if cluster == nil || !ok {
		return room, false
	}
	var resp resource.ConfigureResponse
	configured.Configure(ctx, resource.ConfigureRequest{ProviderData: cluster}, &resp)
	return room, !resp.Diagnostics.HasError()
}

// unpack reads an object; false where it is none.
func unpack(packed *tfprotov6.DynamicValue, kind tftypes.Type) (tftypes.Value, bool) {
	if packed == nil {
		return tftypes.Value{}, false
	}
	value, err := packed.Unmarshal(kind)
	return value, err == nil && !value.IsNull() && value.IsKnown()
}

// identity reads an identity; nobody's where Terraform is too old to send one.
func (r steadyRoom) identity(packed *tfprotov6.ResourceIdentityData) (tftypes.Value, bool) {
	if packed == nil {
		return tftypes.NewValue(r.who, nil), true
	}
	return unpack(packed.IdentityData, r.who)
}

// private is what the framework keeps beside a state, in a type of its own that
// has no name here.
type private[Notes any] interface {
	*Notes
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// recall unpacks what was kept, once for the room and once to compare with; false
// where the framework has a note of its own in it, as after an import.
func recall[Notes any, Private private[Notes]](ctx context.Context, _ Private, packed []byte) (kept, before Private, ok bool) {
	kept, before = new(Notes), new(Notes)
	notes := map[string][]byte{}
	if len(packed) > 0 && json.Unmarshal(packed, &notes) != nil {
		return kept, before, false
	}
	for key, value := range notes {
		if strings.HasPrefix(key, ".") || kept.SetKey(ctx, key, value).HasError() || before.SetKey(ctx, key, value).HasError() {
			return kept, before, false
		}
	}
	return kept, before, true
}
