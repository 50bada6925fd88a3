// Package remoteagents implements vicidial_remote_agents: ranges of users that VICIdial
// logs in on a node. Package cluster has the rules, package store the SQL.
package remoteagents

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/singlerow"
)

// store is the part of the store that the resource needs.
type store interface {
	singlerow.Store
	ExpectedServers(context.Context) (cluster.Servers, error) // servers as they are after this run
	Campaigns(context.Context) (cluster.Campaigns, error)
	RemoteAgents(context.Context) ([]cluster.RemoteAgents, error)
	ExpectedRemoteAgents(ctx context.Context, but string) ([]cluster.RemoteAgents, error)
	AddRemoteAgents(cluster.RemoteAgents)
	AddRemovedRemoteAgents(id string)
	HasWritten() bool
	ConflictWithAction(err error, table cluster.Table, key string) error // names the action that caused a conflict
	Directory(context.Context) (cluster.Directory, error)
}

// Resource is vicidial_remote_agents.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

const key = "user_start"

// table describes vicidial_remote_agents. VICIdial logs a new range, and a change by the
// API, under its first user, and every other change under its remote_agent_id.
func (r *Resource) table() singlerow.Table[model] {
	return singlerow.Table[model]{
		Noun: "remote agents", Key: key, Table: cluster.TableRemoteAgents, Section: "REMOTEAGENTS", Records: []string{"remote_agent_id", key}, Rules: rules,
		Store: r.store, Find: r.find, Change: r.change, Same: cluster.EquivalentRemoteAgents,
		Review: func(ctx context.Context, m model, want cluster.Row) diag.Diagnostics {
			return r.review(ctx, m, want, false)
		},
	}
}

// find returns the row. If VICIdial's daemon has emptied the in-groups, or the admin
// page has saved them in another order, the row has those of the model.
func (r *Resource) find(ctx context.Context, m model) (cluster.Row, bool, error) {
	rows, err := r.store.RemoteAgents(ctx)
	if err != nil {
		return nil, false, err
	}
	agents, found, err := cluster.FindRemoteAgents(rows, "", m.Key())
	row := maps.Clone(cluster.Row(agents))
	if groups, set := m.Expand()[closers]; found && set && (cluster.NoCloserCampaigns(row[closers]) || cluster.EquivalentRemoteAgents(closers, groups, row[closers])) {
		row[closers] = groups
	}
	return row, found, err
}

func (r *Resource) change(ctx context.Context, m model, seen, want cluster.Row) (cluster.Plan, error) {
	have, err := r.store.RemoteAgents(ctx)
	if err != nil {
		return cluster.Plan{}, err
	}
	plan, err := cluster.RemoteAgentsChange{UserStart: m.Key(), Have: have, Seen: seen, Want: want}.Plan()
	return plan, r.store.ConflictWithAction(err, cluster.TableRemoteAgents, m.number())
}

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_remote_agents"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan returns the errors of an apply, such as users in two ranges.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		r.table().PlanRemoval(ctx, req, resp)
		if prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
			r.store.AddRemovedRemoteAgents(prior.number())
		}
		return
	}
	if !req.Config.Raw.IsFullyKnown() || tfhelper.Equal(req.Plan.Raw, req.State.Raw) {
		return
	}
	m, want, ok := r.table().Declared(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	// Other remote agents that this run plans are compared with these. Another first user
	// is a replacement: Terraform plans it next, without a prior state.
	if !req.State.Raw.IsNull() {
		if prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok && prior.Key() != m.Key() {
			r.store.AddRemovedRemoteAgents(prior.number())
		}
	}
	r.store.AddRemoteAgents(m.row())
	resp.Diagnostics.Append(r.table().CheckColumns(ctx, m, want)...)
	resp.Diagnostics.Append(r.review(ctx, m, want, req.State.Raw.IsNull())...)
	resp.Diagnostics.Append(r.table().CheckWritable(ctx, m)...)
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

// Delete removes the row. VICIdial's daemon logs its users out.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.table().Delete(ctx, req, resp)
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.table().Import(ctx, req, resp)
}
