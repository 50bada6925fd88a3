// Package conftemplate implements vicidial_conf_template: lines of configuration
// that phones and carriers share. Package cluster has the rules, package store the SQL.
package conftemplate

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/singlerow"
)

// store is the part of the store that the resource needs.
type store interface {
	singlerow.Store
	Templates(context.Context) (cluster.Templates, error)
	TemplateUse(ctx context.Context, id string) (cluster.TemplateUse, error)
	AddTemplate(cluster.Template) (before cluster.Template)
}

// Resource is vicidial_conf_template.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

const key = "template_id"

// table describes vicidial_conf_templates. base has Secrets, Renew and PendingRebuild of
// each change.
func (r *Resource) table(base cluster.TemplateChange) singlerow.Table[model] {
	return singlerow.Table[model]{
		Noun: "template", Key: key, Table: cluster.TableTemplates, AlsoWrites: []cluster.Table{cluster.TableServers}, Section: "CONFTEMPLATES", Records: []string{key}, Rules: rules,
		Store: r.store, Find: r.find, Same: cluster.EquivalentTemplate, Review: r.reviewContents,
		Change: func(ctx context.Context, m model, seen, want cluster.Row) (cluster.Plan, error) {
			have, _, err := r.row(ctx, m)
			if err != nil {
				return cluster.Plan{}, err
			}
			use, err := r.store.TemplateUse(ctx, m.Key())
			if err != nil {
				return cluster.Plan{}, err
			}
			change := base
			change.ID, change.Have, change.Seen, change.Want, change.Use = m.Key(), have, seen, want, use
			return change.Plan()
		},
	}
}

// find returns the row without its secrets.
func (r *Resource) find(ctx context.Context, m model) (cluster.Row, bool, error) {
	row, found, err := r.row(ctx, m)
	return m.withoutSecrets(row), found, err
}

func (r *Resource) row(ctx context.Context, m model) (cluster.Row, bool, error) {
	templates, err := r.store.Templates(ctx)
	template, found := templates.ByID(m.Key())
	return cluster.Row(template), found, err
}

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_conf_template"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan returns the errors of an apply, and warns of changes that the admin form
// makes to the text.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		return
	}
	table := r.table(cluster.TemplateChange{})
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.warnOfRemoval(ctx, table.PlanRemoval(ctx, req, resp))...)
		return
	}
	if !req.Config.Raw.IsFullyKnown() || tfhelper.IgnoresAll(ctx, req, "stale_servers", &resp.Diagnostics) {
		return
	}
	m, want, ok := table.Declared(ctx, req.Plan, req.Config, &resp.Diagnostics)
	config, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	table = r.table(cluster.TemplateChange{Secrets: tfhelper.Texts(config.Secrets)})
	renew := false
	if !req.State.Raw.IsNull() {
		if prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok && prior.Key() != m.Key() { // a replacement
			resp.Diagnostics.Append(r.warnOfRemoval(ctx, prior)...)
		} else {
			renew = !prior.SecretsVersion.Equal(m.SecretsVersion)
		}
	}
	if renew && len(cluster.SecretNames(m.Contents.ValueString())) > 0 {
		resp.Diagnostics.Append(tfhelper.WarnSecret(path.Root("secrets_wo_version"), "secrets_wo", "template "+m.Key())...)
	}
	before := r.store.AddTemplate(cluster.Template(m.Expand()))
	if other := before.ID(); req.State.Raw.IsNull() && other != "" && other != m.Key() {
		resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("template_id"), "Id already in use",
			fmt.Errorf("template %s is planned, too, and to the database the two ids are equal", other))...)
	}
	m.Stale = tfhelper.StringList(nil)
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
	if tfhelper.Equal(resp.Plan.Raw, req.State.Raw) {
		return
	}
	resp.Diagnostics.Append(table.CheckColumns(ctx, m, want)...)
	resp.Diagnostics.Append(r.checkSecrets(ctx, m, tfhelper.Texts(config.Secrets), renew)...)
	if req.State.Raw.IsNull() && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(table.CheckNew(ctx, m, want)...)
	}
	resp.Diagnostics.Append(r.reviewContents(ctx, m, want)...)
	resp.Diagnostics.Append(table.CheckWritable(ctx, m)...)
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	config, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if ok {
		r.table(cluster.TemplateChange{Secrets: tfhelper.Texts(config.Secrets)}).Create(ctx, req, resp)
	}
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	saved, _ := tfhelper.LoadRows[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	r.table(cluster.TemplateChange{}).Read(ctx, req, resp)
	if r.store != nil && !resp.Diagnostics.HasError() {
		r.setStale(ctx, req.State, saved, &resp.State, resp.Private, &resp.Diagnostics)
	}
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	prior, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	config, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	plan, planned := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	if !ok || !known || !planned {
		return
	}
	saved, _ := tfhelper.LoadRows[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	r.table(cluster.TemplateChange{
		PendingRebuild: prior.stale(), Secrets: tfhelper.Texts(config.Secrets), Renew: !prior.SecretsVersion.Equal(plan.SecretsVersion),
	}).Update(ctx, req, resp)
	if r.store != nil && resp.Diagnostics.HasError() && !resp.State.Raw.IsNull() {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("secrets_wo_version"), prior.SecretsVersion)...) // the secrets may not have been written
		r.setStale(ctx, req.State, saved, &resp.State, resp.Private, &resp.Diagnostics)
	}
}

// Delete removes the row, unless phones or carriers use it.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.table(cluster.TemplateChange{}).Delete(ctx, req, resp)
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.table(cluster.TemplateChange{}).Import(ctx, req, resp)
}
