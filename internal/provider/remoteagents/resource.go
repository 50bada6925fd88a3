// Package remoteagents logs ranges of users in on a node. What a change leads to is cluster's
// and the SQL is store's; this room translates them for Terraform. It imports
// tfhelper and cluster only.
package remoteagents

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// topology is the part of the cluster that remote agents read and change.
type topology interface {
	Schema(context.Context) (cluster.Schema, error)
	Expected(context.Context) (cluster.Servers, error) // what will be there once this run has written
	Campaigns(context.Context) (cluster.Campaigns, error)
	RemoteAgents(context.Context) ([]cluster.RemoteAgents, error)
	ExpectedRemoteAgents(ctx context.Context, but string) ([]cluster.RemoteAgents, error)
	ExpectRemoteAgents(cluster.RemoteAgents)
	ReplacesRemoteAgents(id string)
	Directory(context.Context) (cluster.Directory, error)
	LastChange(ctx context.Context, record, notes string, sections [2]string) (cluster.Change, bool, error)
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
)

// Resource is vicidial_remote_agents.
type Resource struct{ topology topology }

// New makes the resource.
func New() resource.Resource { return &Resource{} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_remote_agents"
}

// Configure takes the cluster from the provider.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.topology)...)
}

// ModifyPlan tells what apply would refuse, first of all users in two runs.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.topology == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
			found, there, err := r.find(ctx, m.userStart())
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of remote agents", m.userStart(), err)...)
			if there {
				tfhelper.RememberRemoval(ctx, resp, m.with(found).seen(found))
			}
		}
		return
	}
	m, ok := tfhelper.Known[model](ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	if resp.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	declared, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	r.expect(ctx, m, req, resp)
	resp.Diagnostics.Append(r.review(ctx, m, declared, req.State.Raw.IsNull())...)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write remote agents", m.userStart(), r.topology.Writable(ctx, cluster.TableRemoteAgents))...)
}

// expect notes what this run makes of the remote agents, so that others planned
// by it are held against that. Those that begin with another user are made anew:
// Terraform plans the new ones next, without a prior state.
func (r *Resource) expect(ctx context.Context, m model, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !req.State.Raw.IsNull() {
		prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		if ok && prior.userStart() != m.userStart() {
			r.topology.ReplacesRemoteAgents(prior.number())
		}
	}
	r.topology.ExpectRemoteAgents(m.run())
}

// Create writes the row. When it fails it takes back what it wrote and leaves no
// state.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	declared, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create remote agents", m.userStart(), r.create(ctx, declared.lined(m)))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, m, tfhelper.Created(resp).Promised(req.Plan))
	}
}

// Read publishes the row as it is, and tells who changed it.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.topology == nil {
		tfhelper.Reading(resp).Keep(ctx, m.identity())
		return
	}
	if seen, known := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics); known {
		resp.Diagnostics.Append(r.drift(ctx, m, seen)...)
	}
	r.publish(ctx, m, tfhelper.Reading(resp))
}

// Update writes what differs.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	declared, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	seen, _ := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update remote agents", m.userStart(), r.move(ctx, m.userStart(), seen, tfhelper.Written(m.row(), declared.lined(m).row())))...)
	r.publish(ctx, m, tfhelper.Updated(resp).Promised(req.Plan))
}

// Delete removes the row. The daemon logs its users out by itself.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	seen, _ := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete remote agents", m.userStart(), r.move(ctx, m.userStart(), seen, nil))...)
}

// ImportState takes a first user; Read finds the row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("user_start"), path.Root("user_start"), req, resp)
}

// publish says what the row says, or forgets a run that has none.
func (r *Resource) publish(ctx context.Context, m model, to tfhelper.Response) {
	found, there, err := r.find(ctx, m.userStart())
	switch {
	case err != nil:
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read remote agents", m.userStart(), err)...)
	case !there:
		to.Forget(ctx, m.identity())
	default:
		m = m.with(found)
		to.Publish(ctx, m.identity(), m, m.seen(found))
	}
}

func (r *Resource) find(ctx context.Context, userStart string) (cluster.RemoteAgents, bool, error) {
	if r.topology == nil {
		return nil, false, tfhelper.ErrUnconfigured
	}
	all, err := r.topology.RemoteAgents(ctx)
	if err != nil {
		return nil, false, err
	}
	return cluster.FindRemoteAgents(all, "", userStart)
}

// move takes the row from what was seen to what is wanted.
func (r *Resource) move(ctx context.Context, userStart string, seen, want cluster.Row) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		have, err := r.topology.RemoteAgents(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		return cluster.RemoteAgentsChange{UserStart: userStart, Have: have, Seen: seen, Want: want}.Plan()
	})
}

// create writes a row that is not there. It is one step, so that there is
// nothing to take back when it fails.
func (r *Resource) create(ctx context.Context, m model) error {
	return r.move(ctx, m.userStart(), nil, m.row())
}

// drift tells which columns no longer hold what they held, and who changed them
// as far as the admin change log knows: VICIdial logs a new run under its first
// user, and all that follows under its number.
func (r *Resource) drift(ctx context.Context, m model, seen cluster.Row) diag.Diagnostics {
	found, there, err := r.find(ctx, m.userStart())
	if err != nil || !there {
		return nil // publish tells it
	}
	columns := cluster.RemoteAgentsChange{UserStart: m.userStart(), Have: []cluster.RemoteAgents{found}, Seen: seen}.Drift()
	if len(columns) == 0 {
		return nil
	}
	text := "Changed: " + strings.Join(columns, ", ")
	if change, logged, err := r.topology.LastChange(ctx, found.ID(), "", [2]string{"REMOTEAGENTS", "REMOTEAGENTS"}); err == nil && logged {
		text += ", last " + change.String()
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Remote agents from "+m.userStart()+" were changed outside of this configuration", text+".")}
}
