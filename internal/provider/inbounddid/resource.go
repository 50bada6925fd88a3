// Package inbounddid routes inbound numbers. What a change leads to is cluster's
// and the SQL is store's; this room translates them for Terraform. It imports
// tfhelper and cluster only.
package inbounddid

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// routing is the part of the cluster that a DID reads and changes.
type routing interface {
	Schema(context.Context) (cluster.Schema, error)
	Expected(context.Context) (cluster.Servers, error) // what will be there once this run has written
	DIDs(context.Context) (cluster.DIDs, error)
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

// Resource is vicidial_inbound_did.
type Resource struct{ routing routing }

// New makes the resource.
func New() resource.Resource { return &Resource{} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_inbound_did"
}

// Configure takes the cluster from the provider.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.routing)...)
}

// ModifyPlan tells what apply would refuse, and where calls would lead nowhere.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.routing == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
			_, err := cluster.DIDChange{Pattern: m.pattern(), Have: cluster.Row{}}.Plan()
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete DID", m.pattern(), err)...)
			found, _, err := r.find(ctx, m.pattern())
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of DID", m.pattern(), err)...)
			tfhelper.RememberRemoval(ctx, resp, found)
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
	resp.Diagnostics.Append(r.review(ctx, m, declared, req.State.Raw.IsNull())...)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write DID", m.pattern(), r.routing.Writable(ctx, cluster.TableDIDs))...)
}

// Create writes the row. When it fails it takes back what it wrote and leaves no
// state.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	declared, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create DID", m.pattern(), r.create(ctx, declared))...)
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
	if r.routing == nil {
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
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update DID", m.pattern(), r.move(ctx, m.pattern(), seen, tfhelper.Written(m.row(), declared.row())))...)
	r.publish(ctx, m, tfhelper.Updated(resp).Promised(req.Plan))
}

// Delete removes the row, unless it is VICIdial's own.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	seen, _ := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete DID", m.pattern(), r.move(ctx, m.pattern(), seen, nil))...)
}

// ImportState takes a did_pattern; Read finds the row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("did_pattern"), path.Root("did_pattern"), req, resp)
}

// publish says what the row says, or forgets a DID that has none.
func (r *Resource) publish(ctx context.Context, m model, to tfhelper.Response) {
	found, there, err := r.find(ctx, m.pattern())
	switch {
	case err != nil:
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read DID", m.pattern(), err)...)
	case !there:
		to.Forget(ctx, m.identity())
	default:
		to.Publish(ctx, m.identity(), m.with(found), found)
	}
}

func (r *Resource) find(ctx context.Context, pattern string) (cluster.Row, bool, error) {
	if r.routing == nil {
		return nil, false, tfhelper.ErrUnconfigured
	}
	all, err := r.routing.DIDs(ctx)
	if err != nil {
		return nil, false, err
	}
	found, there := all.ByPattern(pattern)
	return found, there, nil
}

// change gathers what decides over a DID.
func (r *Resource) change(ctx context.Context, pattern string, seen, want cluster.Row) (cluster.DIDChange, error) {
	change := cluster.DIDChange{Pattern: pattern, Seen: seen, Want: want}
	found, there, err := r.find(ctx, pattern)
	if there {
		change.Have = found
	}
	return change, err
}

// move takes the row from what was seen to what is wanted.
func (r *Resource) move(ctx context.Context, pattern string, seen, want cluster.Row) error {
	if r.routing == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.routing.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		change, err := r.change(ctx, pattern, seen, want)
		if err != nil {
			return cluster.Plan{}, err
		}
		return change.Plan()
	})
}

// create writes a row that is not there. It is one step, so that there is
// nothing to take back when it fails.
func (r *Resource) create(ctx context.Context, declared model) error {
	return r.move(ctx, declared.pattern(), nil, declared.row())
}

// drift tells which columns no longer hold what they held, and who changed them
// as far as the admin change log knows.
func (r *Resource) drift(ctx context.Context, m model, seen cluster.Row) diag.Diagnostics {
	found, there, err := r.find(ctx, m.pattern())
	if err != nil || !there {
		return nil // publish tells it
	}
	columns := cluster.DIDChange{Have: found, Seen: seen}.Drift()
	if len(columns) == 0 {
		return nil
	}
	text := "Changed: " + strings.Join(columns, ", ")
	if change, logged, err := r.routing.LastChange(ctx, found["did_id"].Text, "", [2]string{"DIDS", "DIDS"}); err == nil && logged {
		text += ", last " + change.String()
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("DID "+m.pattern()+" was changed outside of this configuration", text+".")}
}
