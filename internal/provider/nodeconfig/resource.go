// Package nodeconfig implements vicidial_node_config: the files that make machines the
// nodes of a cluster. Package nodes decides which node does what, package astguiclient
// generates the text. The resource writes to no database.
package nodeconfig

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is the part of the store that the nodes are compared with.
type store interface {
	ExpectedServers(context.Context) (cluster.Servers, error) // servers after this run
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

// Metadata returns the type name. The name of an object may change: it is not a key.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_node_config"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan generates the files, so that the plan shows every line that changes on a
// node.
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
		site.Cluster.Existing = prior.site().Cluster.Violations() // existing faults are warnings, not errors
	}
	files, err := site.Files()
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("nodes"), "Unable to generate the files of the nodes", err)...)
	if err != nil {
		return
	}
	m = m.withFiles(site, files)
	if !reflect.DeepEqual(m, prior) { // a plan without changes repeats no warning
		resp.Diagnostics.Append(m.review(site.Cluster)...)
		resp.Diagnostics.Append(r.compare(ctx, m)...)
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
}

// Create sets the state to the files, and writes nothing else.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics); ok {
		publish(ctx, m, tfhelper.ForCreate(resp))
	}
}

// Read does not change the state: the provider cannot read files of nodes.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
		tfhelper.ForRead(resp).SetState(ctx, m.identity(), m, nil)
	}
}

// Update sets the state to the files.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics); ok {
		publish(ctx, m, tfhelper.ForUpdate(resp))
	}
}

// Delete removes the files from state only. Those on the nodes stay.
func (r *Resource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState imports the files of nodes, by their paths or as text.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "" {
		var id identity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
		resp.Diagnostics.AddError("Unable to import node configuration",
			"A name does not identify the files. Import by id: the paths of the files, separated by commas, or the text of one.")
		return
	}
	m, notes, err := adopt(req.ID)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import node configuration", "", err)...)
	if err != nil {
		return
	}
	for _, note := range notes {
		resp.Diagnostics.AddWarning("Imported file", note)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
	}
}

func publish(ctx context.Context, m model, to tfhelper.Response) {
	site := m.site()
	site.Cluster.Existing = site.Cluster.Violations() // the plan has reported the errors
	files, err := site.Files()
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to generate the files of the nodes", "", err)...)
		return
	}
	m = m.withFiles(site, files)
	to.SetState(ctx, m.identity(), m, nil)
}
