// Package conftemplate keeps the templates that phones and carriers share. What
// a change leads to is cluster's and the SQL is store's; this room translates
// them for Terraform. It imports tfhelper and cluster only.
package conftemplate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// templates is the part of the cluster that a template reads and changes.
type templates interface {
	Schema(context.Context) (cluster.Schema, error)
	Templates(context.Context) (cluster.Templates, error)
	TemplateUse(ctx context.Context, id string) (cluster.TemplateUse, error)
	ExpectTemplate(cluster.Template)
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

// Resource is vicidial_conf_template.
type Resource struct{ templates templates }

// New makes the resource.
func New() resource.Resource { return &Resource{} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_conf_template"
}

// Configure takes the cluster from the provider.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.templates)...)
}

// ModifyPlan tells what apply would refuse, and what the admin form would do to
// the text.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.templates == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
			resp.Diagnostics.Append(r.reviewRemoval(ctx, m)...)
			found, _, err := r.find(ctx, m.id())
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of template", m.id(), err)...)
			tfhelper.RememberRemoval(ctx, resp, cluster.Row(found))
		}
		return
	}
	m, ok := tfhelper.Known[model](ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	if !req.State.Raw.IsNull() {
		if prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok && prior.id() != m.id() { // this one goes
			resp.Diagnostics.Append(r.reviewRemoval(ctx, prior)...)
		}
	}
	r.templates.ExpectTemplate(cluster.Template(m.row()))
	m.Stale = texts(nil)
	resp.Diagnostics.Append(tfhelper.Propose(ctx, &resp.Plan, m)...)
	if resp.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	resp.Diagnostics.Append(r.review(ctx, m, req.State.Raw.IsNull())...)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write template", m.id(), r.templates.Writable(ctx, cluster.TableTemplates, cluster.TableServers))...)
}

// Create writes the row. When it fails it takes back what it wrote and leaves no
// state.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	declared, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create template", m.id(), r.create(ctx, declared))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, m, tfhelper.Created(resp).Promised(req.Plan), nil)
	}
}

// Read publishes the row as it is, and tells who changed it.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.templates == nil {
		tfhelper.Reading(resp).Keep(ctx, m.identity())
		return
	}
	seen, known := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	if known {
		resp.Diagnostics.Append(r.drift(ctx, m, seen)...)
	}
	r.publish(ctx, m, tfhelper.Reading(resp), seen)
}

// Update writes what differs.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	prior, was := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	declared, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !was || !known {
		return
	}
	seen, _ := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	err := r.move(ctx, cluster.TemplateChange{ID: m.id(), Seen: seen, Want: tfhelper.Written(m.row(), declared.row()), Owed: prior.owed()})
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update template", m.id(), err)...)
	if err == nil {
		seen = nil
	} else {
		m.Stale = prior.Stale
	}
	r.publish(ctx, m, tfhelper.Updated(resp).Promised(req.Plan), seen)
}

// Delete removes the row, unless somebody uses it.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	seen, _ := tfhelper.Recall[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete template", m.id(), r.move(ctx, cluster.TemplateChange{ID: m.id(), Seen: seen}))...)
}

// ImportState takes a template_id; Read finds the row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("template_id"), path.Root("template_id"), req, resp)
}

// publish says what the row says, or forgets a template that has none. seen is
// what it said before, where a difference to it may have left nodes stale.
func (r *Resource) publish(ctx context.Context, m model, to tfhelper.Response, seen cluster.Row) {
	found, there, err := r.find(ctx, m.id())
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read template", m.id(), err)...)
		return
	}
	if !there {
		to.Forget(ctx, m.identity())
		return
	}
	shown := m.with(found)
	change := cluster.TemplateChange{ID: m.id(), Have: cluster.Row(found), Seen: seen}
	if len(change.Drift()) > 0 { // only then does it matter who uses it
		if err := r.gather(ctx, &change); err != nil {
			to.Diagnostics.Append(tfhelper.Diagnose("Unable to read template", m.id(), err)...)
			return
		}
	}
	if seen != nil {
		stale := cluster.Plan{Rebuild: m.owed()}.And(cluster.Plan{Rebuild: change.Stale()})
		shown.Stale = texts(stale.Rebuild.Addresses())
	}
	to.Publish(ctx, m.identity(), shown, cluster.Row(found))
}

func (r *Resource) find(ctx context.Context, id string) (cluster.Template, bool, error) {
	if r.templates == nil {
		return nil, false, tfhelper.ErrUnconfigured
	}
	all, err := r.templates.Templates(ctx)
	if err != nil {
		return nil, false, err
	}
	found, there := all.ByID(id)
	return found, there, nil
}

// gather looks up what decides over a template.
func (r *Resource) gather(ctx context.Context, change *cluster.TemplateChange) error {
	found, there, err := r.find(ctx, change.ID)
	if err != nil {
		return err
	}
	change.Have = nil
	if there {
		change.Have = cluster.Row(found)
	}
	change.Use, err = r.templates.TemplateUse(ctx, change.ID)
	return err
}

// move takes the row from what was seen to what is wanted.
func (r *Resource) move(ctx context.Context, change cluster.TemplateChange) error {
	if r.templates == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.templates.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		if err := r.gather(ctx, &change); err != nil {
			return cluster.Plan{}, err
		}
		return change.Plan()
	})
}

// create writes a row that is not there, and takes it back when it fails.
func (r *Resource) create(ctx context.Context, m model) error {
	err := r.move(ctx, cluster.TemplateChange{ID: m.id(), Want: m.row()})
	var partial *cluster.Partial
	if !errors.As(err, &partial) || partial.Applied == 0 {
		return err
	}
	undone := r.templates.Apply(context.WithoutCancel(ctx), func(ctx context.Context) (cluster.Plan, error) {
		change := cluster.TemplateChange{ID: m.id()}
		if err := r.gather(ctx, &change); err != nil {
			return cluster.Plan{}, err
		}
		change.Seen = change.Have
		return change.Plan()
	})
	if undone != nil {
		return err
	}
	return fmt.Errorf("%w; the row that was written has been removed again", partial.Err)
}

func (r *Resource) review(ctx context.Context, m model, isNew bool) diag.Diagnostics {
	schema, err := r.templates.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan template", m.id(), err)
	}
	var diags diag.Diagnostics
	row := m.row()
	for _, column := range m.columns() {
		if value, wanted := row[column.Name]; wanted {
			diags.Append(tfhelper.DiagnoseAt(column.At, "The database cannot hold this", schema.Check(cluster.TableTemplates, column.Name, value))...)
		}
	}
	if isNew && !diags.HasError() {
		change := cluster.TemplateChange{ID: m.id(), Want: row}
		err := r.gather(ctx, &change)
		if err == nil {
			_, err = change.Plan()
		}
		diags.Append(tfhelper.DiagnoseAt(path.Root("template_id"), "Template exists already", err)...)
	}
	at, text := path.Root("template_contents"), m.Contents.ValueString()
	for _, doubts := range []asterisk.Flaws{
		asterisk.Check(cluster.TemplateContents, text).Warnings(), asterisk.CheckForm(cluster.TemplateContents, text), asterisk.BareSecrets(text),
	} {
		if len(doubts) > 0 {
			diags.Append(tfhelper.WarnAt(at, "Template text to look at", doubts.String())...)
		}
	}
	return diags
}

// reviewRemoval warns who uses a template that is to go. They may go or change
// in the same run, so this is no error yet.
func (r *Resource) reviewRemoval(ctx context.Context, m model) diag.Diagnostics {
	use, err := r.templates.TemplateUse(ctx, m.id())
	if err != nil {
		return tfhelper.Diagnose("Unable to plan template", m.id(), err)
	}
	names := use.Names()
	if len(names) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Template "+m.id()+" is in use",
		"The apply refuses to delete it while these use it: "+strings.Join(names, ", ")+". Where they take another template in this run, that one must be there before this one goes: a new template_id needs lifecycle { create_before_destroy = true }.")}
}

// drift tells which columns no longer hold what they held, and who changed them
// as far as the admin change log knows.
func (r *Resource) drift(ctx context.Context, m model, seen cluster.Row) diag.Diagnostics {
	found, there, err := r.find(ctx, m.id())
	if err != nil || !there {
		return nil // publish tells it
	}
	columns := cluster.TemplateChange{Have: cluster.Row(found), Seen: seen}.Drift()
	if len(columns) == 0 {
		return nil
	}
	text := "Changed: " + strings.Join(columns, ", ")
	if change, logged, err := r.templates.LastChange(ctx, m.id(), "", [2]string{"CONFTEMPLATES", "CONFTEMPLATES"}); err == nil && logged {
		text += ", last " + change.String()
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Template "+m.id()+" was changed outside of this configuration", text+".")}
}
