// Package fastpath responds to requests for unchanged objects and valid configurations, and
// plans new objects, without the framework, which walks over every attribute of an object
// several times.
//
// It calls the resource itself: if the validators report nothing, the configuration is
// valid; if Read returns the state of the request, the bytes of the request are the
// response; and the result of ModifyPlan is the plan. All other requests go to the
// framework. docs/design/0015-fast-path.md explains why that is correct, and what it
// requires of a resource.
package fastpath

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Framework is the part of plugin protocol 6 that the framework's server implements.
// Terraform finds each group of methods by a type assertion, so a group that is missing
// here would be lost silently.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Server responds to requests for valid, unchanged and new objects of its resource types, and
// passes every other request on to the framework.
type Server struct {
	Framework

	types map[string]*resourceType
	data  func() any
}

// New returns a server for the resources that the functions construct. data returns the
// provider data of resources, or nil while the provider is not configured. An error
// names the resource and the attribute that the fast path does not support.
func New(ctx context.Context, framework tfprotov6.ProviderServer, provider string, data func() any, constructors ...func() resource.Resource) (*Server, error) {
	complete, ok := framework.(Framework)
	if !ok {
		return nil, fmt.Errorf("fast path: %T does not implement the whole protocol", framework)
	}
	s := &Server{Framework: complete, types: map[string]*resourceType{}, data: data}
	for _, construct := range constructors {
		t, err := inspect(ctx, provider, construct)
		if err != nil {
			return nil, fmt.Errorf("fast path: %w; see docs/design/0015-fast-path.md", err)
		}
		s.types[t.name] = t
	}
	return s, nil
}

// UpgradeResourceState returns a state of the current version as its JSON, unless it has
// attributes that the schema does not have.
func (s *Server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if t, ok := s.types[req.TypeName]; ok && req.RawState != nil && req.Version == t.schema.Version && isObject(req.RawState.JSON, t.object) {
		return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, nil
	}
	return s.Framework.UpgradeResourceState(ctx, req)
}

// ValidateResourceConfig runs the validators of a configuration. If one reports anything,
// the framework does it again.
func (s *Server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if t, ok := s.types[req.TypeName]; ok && t.validates(ctx, s.data(), req) {
		return &tfprotov6.ValidateResourceConfigResponse{}, nil
	}
	return s.Framework.ValidateResourceConfig(ctx, req)
}

// ReadResource returns the state of the request if the resource reads the same.
func (s *Server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if t, ok := s.types[req.TypeName]; ok && req.ProviderMeta == nil && (req.ClientCapabilities == nil || !req.ClientCapabilities.DeferralAllowed) {
		if identity, same := t.reads(ctx, s.data(), req); same {
			return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, NewIdentity: identity, Private: req.Private}, nil
		}
	}
	return s.Framework.ReadResource(ctx, req)
}

// PlanResourceChange plans an unchanged or a new object by the resource's own
// ModifyPlan.
func (s *Server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if t, ok := s.types[req.TypeName]; ok && req.ProviderMeta == nil {
		if resp, answered := t.plan(ctx, s.data(), req); answered {
			return resp, nil
		}
	}
	return s.Framework.PlanResourceChange(ctx, req)
}
