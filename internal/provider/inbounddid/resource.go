// Package inbounddid implements vicidial_inbound_did and vicidial_inbound_numbers: the
// routing of calls to a number, or to many numbers. Package cluster has the rules,
// package store the SQL.
package inbounddid

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/singlerow"
)

// store is the part of the store that the resources need.
type store interface {
	singlerow.Store
	DIDs(context.Context) (cluster.DIDs, error)
	PrefetchDIDs(context.Context)
	Servers(context.Context) (cluster.Servers, error)
	Numbers(ctx context.Context, columns []string) (numbers.Table, error)
	ClaimNumbers(numbers.Claim) error
	DIDTargets(ctx context.Context, phones bool) (cluster.DIDTargets, error)
}

// Resource is vicidial_inbound_did.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

const key = "did_pattern"

// table describes vicidial_inbound_dids. VICIdial logs a change under the did_id.
func (r *Resource) table() singlerow.Table[model] {
	return singlerow.Table[model]{
		Noun: "DID", Key: key, Table: cluster.TableDIDs, Section: "DIDS", Records: []string{"did_id"}, Rules: rules,
		Store: r.store, Find: r.find, Change: r.change, Same: cluster.EquivalentDID, Review: r.reviewRoutes,
	}
}

func (r *Resource) find(ctx context.Context, m model) (cluster.Row, bool, error) {
	dids, err := r.store.DIDs(ctx)
	row, found := dids.ByPattern(m.Key())
	return row, found, err
}

func (r *Resource) change(ctx context.Context, m model, seen, want cluster.Row) (cluster.Plan, error) {
	have, _, err := r.find(ctx, m)
	if err != nil {
		return cluster.Plan{}, err
	}
	return cluster.DIDChange{Pattern: m.Key(), Have: have, Seen: seen, Want: want}.Plan()
}

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_inbound_did"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan returns the errors of an apply, and reports routes without a valid target.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		m := r.table().PlanRemoval(ctx, req, resp)
		_, err := cluster.DIDChange{Pattern: m.Key(), Have: cluster.Row{}}.Plan()
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete DID", m.Key(), err)...)
		resp.Diagnostics.Append(r.claim(m.Key(), numbers.Claim{Goes: true})...)
		return
	}
	resp.Diagnostics.Append(r.claimPlanned(ctx, req)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.Config.Raw.IsFullyKnown() || tfhelper.Equal(req.Plan.Raw, req.State.Raw) {
		return
	}
	r.store.PrefetchDIDs(ctx)
	if m, want, ok := r.table().Declared(ctx, req.Plan, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(r.review(ctx, m, want, req.State.Raw.IsNull())...)
		resp.Diagnostics.Append(r.table().CheckWritable(ctx, m)...)
	}
}

// claimPlanned claims the DID for the run, and releases the one that it replaces.
func (r *Resource) claimPlanned(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var pattern, before types.String
	diags := req.Plan.GetAttribute(ctx, path.Root(key), &pattern)
	if !req.State.Raw.IsNull() {
		diags.Append(req.State.GetAttribute(ctx, path.Root(key), &before)...)
	}
	if diags.HasError() || pattern.IsUnknown() {
		return diags
	}
	if !before.IsNull() && cluster.FoldKey(before.ValueString()) != cluster.FoldKey(pattern.ValueString()) {
		diags.Append(r.claim(before.ValueString(), numbers.Claim{Goes: true})...)
	}
	diags.Append(r.claim(pattern.ValueString(), numbers.Claim{New: req.State.Raw.IsNull()})...)
	return diags
}

func (r *Resource) claim(pattern string, claim numbers.Claim) diag.Diagnostics {
	claim.Owner, claim.Numbers = "vicidial_inbound_did "+pattern, ranges.Of([]string{pattern})
	return tfhelper.DiagnoseAt(path.Root(key), "Number managed by another resource", r.store.ClaimNumbers(claim))
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.table().Create(ctx, req, resp)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.table().Read(ctx, req, resp)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.table().Update(ctx, req, resp)
}

// Delete removes the row, unless it is VICIdial's own.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.table().Delete(ctx, req, resp)
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.table().Import(ctx, req, resp)
}
