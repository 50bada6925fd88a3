// Package nodeconfig implements vicidial_node_config: the files that make machines the
// nodes of a cluster. Package cluster decides which node does what, package
// astguiclient makes the text. The resource writes to no database.
package nodeconfig

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is the part of the cluster that files of nodes are held against.
type store interface {
	Expected(context.Context) (cluster.Servers, error) // what will be there once this run has written
}

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
)

// Resource is vicidial_node_config.
type Resource struct{ store store }

func New() resource.Resource { return &Resource{} }

// Metadata names the resource. Its own name can be changed: it is no key of
// anything.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_node_config"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan makes the files at plan time, so that a reviewer reads every line
// that changes on a node.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	m, ok := tfhelper.GetKnownPlan[model](ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	site := m.site()
	var prior model
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		site.Cluster.Standing = prior.site().Cluster.Faults() // what the nodes do already is warned of, not refused
	}
	files, err := site.Files()
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("nodes"), "The nodes' files cannot be made", err)...)
	if err != nil {
		return
	}
	m = m.with(site, files)
	if !reflect.DeepEqual(m, prior) { // no warning comes again with a plan that changes nothing
		resp.Diagnostics.Append(m.review(site.Cluster)...)
		resp.Diagnostics.Append(r.compare(ctx, m)...)
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
}

// Create puts the files into state. Nothing else holds them.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics); ok {
		publish(ctx, m, tfhelper.ForCreate(resp))
	}
}

// Read leaves the files as they are: what is on a node cannot be seen from here.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
		tfhelper.ForRead(resp).SetState(ctx, m.identity(), m, nil)
	}
}

// Update puts the files into state as they are now.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics); ok {
		publish(ctx, m, tfhelper.ForUpdate(resp))
	}
}

// Delete forgets the files. Those on the nodes stay.
func (r *Resource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState reads files as they are on the nodes, given as text or by their
// paths.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "" {
		var id identity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
		resp.Diagnostics.AddError("Unable to import node configuration",
			"A name tells nothing of the files. Import by id: the paths of the files, separated by commas, or the text of one.")
		return
	}
	m, notes, err := adopt(req.ID)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import node configuration", "", err)...)
	if err != nil {
		return
	}
	for _, note := range notes {
		resp.Diagnostics.AddWarning("A file says something else than it seems to", note)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
	}
}

func publish(ctx context.Context, m model, to tfhelper.Response) {
	site := m.site()
	site.Cluster.Standing = site.Cluster.Faults() // the plan has said what is refused
	files, err := site.Files()
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to make the files of the nodes", "", err)...)
		return
	}
	m = m.with(site, files)
	to.SetState(ctx, m.identity(), m, nil)
}
