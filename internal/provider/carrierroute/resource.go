// Package carrierroute implements vicidial_carrier_route: one carrier on many nodes.
// Package cluster has its texts, ids and steps, package store the SQL.
package carrierroute

import (
	"context"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// store is the part of the store that the resource needs. Expected rows are those after
// this run.
type store interface {
	Schema(context.Context) (cluster.Schema, error)
	Carriers(context.Context) (cluster.Carriers, error)
	ExpectedServers(context.Context) (cluster.Servers, error)
	ExpectedCarriers(ctx context.Context, but string) (cluster.Carriers, error)
	ExpectedTemplates(context.Context) (cluster.Templates, error)
	NodePhones(context.Context) (iter.Seq[asterisk.NodePhone], error)
	AddRoute(route string, rows cluster.Carriers, ids []string)
	ExpectRouteLater(route string)
	RoutePlanned(route string) (planned, known bool)
	HasWritten() bool
	ChangeRoute(route string)
	RouteChanges(route string) bool
	WaitingFailovers() *planned.Waiting[func(context.Context) (missing []string, settled bool)]
	Unreported(route string, texts []string) []string
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

var (
	_ replacement.MultiRow                = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// Resource is vicidial_carrier_route.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_carrier_route"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ValidateConfig reports contradictions, once the configuration is known. The framework
// reports null elements of per_server and numbers, which no model can hold.
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if !req.Config.Raw.IsFullyKnown() {
		return
	}
	if m, ok := tfhelper.Get[model](ctx, req.Config, new(diag.Diagnostics)); ok {
		resp.Diagnostics.Append(m.contradictions()...)
	}
}

// ModifyPlan computes the rows, so that the plan shows ids and dialplan, and compares
// them with the other carriers.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior *model
	if !req.State.Raw.IsNull() {
		m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		if !ok {
			return
		}
		prior = &m
	}
	if req.Plan.Raw.IsNull() {
		if r.store != nil && prior != nil {
			r.store.AddRoute(prior.route(), nil, prior.ids())
			rows, _, err := r.read(ctx, *prior)
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of carrier route", prior.route(), err)...)
			resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, prior.withoutSecrets(rows))...)
		}
		return
	}
	if tfhelper.IgnoresAll(ctx, req, "stale_servers", &resp.Diagnostics) {
		return
	}
	m, ok := tfhelper.GetKnownPlan[model](ctx, req, &resp.Diagnostics)
	if !ok {
		r.expectLater(ctx, req)
		return
	}
	config, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if prior != nil && prior.route() != m.route() { // Terraform plans the replacement next, without a prior state
		if r.store != nil {
			r.store.AddRoute(prior.route(), nil, prior.ids())
		}
		prior = nil
	}
	comments, err := r.keepsComments(ctx, m)
	if err != nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan carrier route", m.route(), err)...)
		return
	}
	m = m.planned(config, prior, comments)
	resp.Diagnostics.Append(m.checkAddresses(prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	rows, err := m.rows(prior)
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("name"), "Unable to plan carrier route", err)...)
	if err != nil {
		return
	}
	m.Carriers, m.Stale = serversByID(rows), tfhelper.StringList(nil)
	m.InboundTargets = types.MapUnknown(types.StringType)
	if prior != nil { // a change of addresses alone is not written
		m.InboundTargets = prior.InboundTargets
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
	changed := !tfhelper.Equal(resp.Plan.Raw, req.State.Raw)
	if r.store == nil {
		return
	}
	ids := m.ids()
	if prior != nil {
		ids = append(ids, prior.ids()...)
	}
	r.store.AddRoute(m.route(), rows, ids)
	if changed {
		r.store.ChangeRoute(m.route())
	}
	if !changed && !m.failsOver() {
		return
	}
	seen, _ := tfhelper.LoadPlannedRows[cluster.Carriers](ctx, req, &resp.Diagnostics)
	p := planReview{want: m, config: config, prior: prior, rows: rows, seen: seen}
	resp.Diagnostics.Append(r.readPlanReview(ctx, &p)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !changed {
		resp.Diagnostics.Append(r.warnOfFailover(p)...)
		resp.Diagnostics.Append(r.warnOfEnds(ctx, p)...)
		return
	}
	resp.Diagnostics.Append(append(p.review(), p.warnSecrets()...)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.warnOfEnds(ctx, p)...)
		resp.Diagnostics.Append(r.checkFailover(ctx, p)...)
	}
	m.InboundTargets = p.targets()
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write carrier route", m.route(), r.store.Writable(ctx, cluster.TableCarriers, cluster.TableServers))...)
}

// keepsComments reports whether the admin page keeps comments in a dialplan; true while
// the provider is not configured.
func (r *Resource) keepsComments(ctx context.Context, m model) (bool, error) {
	if r.store == nil || m.Dial == nil {
		return true, nil
	}
	schema, err := r.store.Schema(ctx)
	return asterisk.KeepsComments(schema.Version), err
}

// expectLater adds a route whose configuration is not fully known yet.
func (r *Resource) expectLater(ctx context.Context, req resource.ModifyPlanRequest) {
	var name types.String
	if r.store != nil && !req.Plan.GetAttribute(ctx, path.Root("name"), &name).HasError() && !name.IsUnknown() {
		r.store.ExpectRouteLater(name.ValueString())
	}
}

// Create inserts the rows. If it fails, it removes what it wrote and sets no state.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	config, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create carrier route", m.route(), r.create(ctx, m, tfhelper.Texts(config.Secrets)))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, m, tfhelper.ForCreate(resp).KeepPlanned(req.Plan), nil)
	}
}

// Read sets the state to the rows, and warns of drift.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, m.identity())
		return
	}
	saved, known := tfhelper.LoadRows[cluster.Carriers](ctx, req.Private, &resp.Diagnostics)
	if known {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		resp.Diagnostics.Append(r.drift(ctx, m, saved, since)...)
	} else {
		resp.Diagnostics.Append(r.warnOfImport(ctx, m)...)
	}
	r.publish(ctx, m, tfhelper.ForRead(resp), saved)
}

// Update writes the rows that differ. If it fails, the state has the current rows, and
// the next plan shows the remaining difference.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	prior, hasState := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	config, known := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok || !hasState || !known {
		return
	}
	saved, _ := tfhelper.LoadRows[cluster.Carriers](ctx, req.Private, &resp.Diagnostics)
	err := r.update(ctx, m, prior, saved, tfhelper.Texts(config.Secrets))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update carrier route", m.route(), err)...)
	if err != nil {
		// The secrets may not have been written, and rows to remove may still exist.
		m.SecretsVersion, m.Carriers, m.Stale = prior.SecretsVersion, union(prior.Carriers, m.Carriers), prior.Stale
		if tfhelper.MayHaveWritten(err) { // replaced below, unless the database cannot be read
			prior.Carriers = m.Carriers
			tfhelper.ForUpdate(resp).SetState(ctx, m.identity(), prior, saved)
		}
		r.publish(ctx, m, tfhelper.ForUpdate(resp), saved)
		return
	}
	tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, m.identity(), saved)
	r.publish(ctx, m, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan), nil)
}

// Delete sets the rows to inactive before it deletes them, both times with the rebuild
// flags, unless these were just set: if it is interrupted, no node keeps a carrier without a row.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.DeleteExcept(ctx, req, resp, nil)
}

func (r *Resource) Rows(ctx context.Context, state replacement.State) []string {
	m, ok := tfhelper.Get[model](ctx, state, &diag.Diagnostics{})
	if !ok {
		return nil
	}
	rows := m.ids()
	for i, id := range rows {
		rows[i] = rowOf(id)
	}
	return rows
}

// DeleteExcept deletes the rows, except those in kept.
func (r *Resource) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, kept map[string]bool) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	saved, known := tfhelper.LoadRows[cluster.Carriers](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete carrier route", m.route(), r.remove(ctx, m, saved, known, kept))...)
}

var importForm = regexp.MustCompile(`^([^=]+)=([^=]+)$`)

// ImportState imports by a name, or by a name and carrier_ids of existing rows:
// NAME=ID,ID.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	form := importForm.FindStringSubmatch(req.ID)
	if req.ID == "" {
		form = r.listed(ctx, req)
	}
	if form == nil {
		tfhelper.Import(ctx, req, resp, "name", func(name string) (string, error) {
			carriers, err := r.adoptable(ctx, name, nil)
			return carriers.Spelling(name), err
		})
		return
	}
	ids := map[string]string{}
	for _, id := range strings.Split(form[2], ",") {
		ids[strings.TrimSpace(id)] = ""
	}
	_, err := r.adoptable(ctx, form[1], slices.Sorted(maps.Keys(ids)))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import carrier route", form[1], err)...)
	if err != nil {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), form[1])...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("carriers"), ids)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, tfhelper.Identity("name", form[1]))...)
	}
}

// adoptable returns the carriers, and an error if the rows of a name cannot be imported
// as one route. A name without rows is not an error: Terraform reports it.
func (r *Resource) adoptable(ctx context.Context, name string, ids []string) (cluster.Carriers, error) {
	if err := cluster.CheckRouteName(name); err != nil {
		return nil, err
	}
	if r.store == nil {
		return nil, tfhelper.ErrUnconfigured
	}
	carriers, err := r.store.Carriers(ctx)
	if err != nil {
		return nil, err
	}
	return carriers, carriers.Adoptable(name, ids...)
}
