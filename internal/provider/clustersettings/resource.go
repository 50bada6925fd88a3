// Package clustersettings implements vicidial_cluster_settings: the columns of
// system_settings that concern the topology, and the weights of the agent login.
// Package cluster decides what to write.
package clustersettings

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// store is the part of the store that the resource needs.
type store interface {
	Schema(context.Context) (cluster.Schema, error)
	FirstLoginPending(context.Context) (bool, error)
	SystemSettings(context.Context) (cluster.Settings, error)
	ExpectedServers(context.Context) (cluster.Servers, error) // servers as they are after this run
	Servers(context.Context) (cluster.Servers, error)
	AddSettings(want cluster.Row) (conflicting cluster.Row)
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// Resource is vicidial_cluster_settings.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cluster_settings"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan checks the settings against the cluster, and plans the previous value
// of an attribute that was removed from the configuration.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.store == nil || !req.Config.Raw.IsFullyKnown() {
		var found types.Map
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("found"), &found)...)
		tfhelper.LeaveOpen(req, resp, func(at *tftypes.AttributePath) bool { // what is restored or cleared
			name, _ := at.LastStep().(tftypes.AttributeName)
			return found.Elements()[string(name)] != nil || name == "agent_login_other_lines"
		})
	}
	if r.store == nil {
		return
	}
	seen, _ := tfhelper.LoadPlannedRows[privateState](ctx, req, &resp.Diagnostics)
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.reviewRemoval(ctx, seen)...)
		return
	}
	if tfhelper.IgnoresAll(ctx, req, "agent_login_other_lines", &resp.Diagnostics) {
		return
	}
	plan, known := tfhelper.GetKnownPlan[model](ctx, req, &resp.Diagnostics)
	config, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !known || !ok {
		return
	}
	reviewed := r.review(ctx, config)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(seen.warn(config.row())...)
	}
	if resp.Diagnostics.HasError() || reviewed.HasError() {
		resp.Diagnostics.Append(reviewed...)
		return
	}
	if len(seen.Saved.Found) > 0 {
		settings, err := r.store.SystemSettings(ctx)
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan cluster settings", "", err)...)
		servers, err := r.store.ExpectedServers(ctx)
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan cluster settings", "", err)...)
		restored, _ := seen.Saved.Restore(settings, config.row(), servers)
		plan.update(restored)
	}
	if !config.Weights.IsNull() {
		plan.OtherLines = tfhelper.StringList(nil) // the whole text is managed
	}
	if !req.State.Raw.IsNull() {
		prior, _ := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		plan.Found = prior.Found
		resp.Diagnostics.Append(tfhelper.WarnSecrets(tfhelper.NewSecrets(config.secrets(), plan.secrets(), prior.secrets()), "system_settings")...)
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, plan)...)
	if !tfhelper.Equal(resp.Plan.Raw, req.State.Raw) {
		resp.Diagnostics.Append(reviewed...) // existing faults are in vicidial_cluster_health
		// Only a write records previous values. To manage a column that already has the
		// declared value is no change.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("found"), seen.found(config.row()))...)
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write cluster settings", "", r.store.Writable(ctx, config.tables()...))...)
	}
}

// Create writes the columns and records their previous values. When it fails half
// way, it restores them and leaves no state. When the restore fails, too, it keeps
// the previous values: the object is tainted, and its destroy restores them before
// it is created again.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, config, ok := read(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	saved, err := r.create(ctx, config.row(), tfhelper.SecretRow(tfhelper.NewSecrets(config.secrets(), nil, nil)))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create cluster settings", "", err)...)
	if len(saved.Found) > 0 { // replaced below, unless the database cannot be read: the previous values are nowhere else
		shown := plan
		shown.Found = foundMap(saved.Found)
		shown.show(saved.Wrote)
		tfhelper.ForCreate(resp).KeepPlanned(req.Plan).SetState(ctx, theIdentity(), shown, privateState{Row: saved.Wrote, Saved: saved})
	}
	if err == nil {
		r.publish(ctx, plan, config.row(), privateState{Saved: saved}, tfhelper.ForCreate(resp).KeepPlanned(req.Plan))
	}
}

// Read sets the state from the row, and records what has changed since, so that the
// plan can name who changed it.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, theIdentity())
		return
	}
	seen, known := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster settings", "", err)...)
		return
	}
	now := privateState{Row: settings.All(), Saved: seen.Saved}
	if known {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		now.Changes = r.changesSince(ctx, seen.Row, now.Row, since)
	}
	m.show(now.Row)
	if !known { // it is being imported
		schema, err := r.store.Schema(ctx)
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster settings", "", err)...)
		resp.Diagnostics.Append(reviewColumns(schema, m, settings).Warnings()...)
	}
	tfhelper.ForRead(resp).SetState(ctx, theIdentity(), m, now)
}

// Update writes what differs and restores what is no longer managed. If it fails
// half way, the state is set to the current row.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, config, ok := read(ctx, req.Plan, req.Config, &resp.Diagnostics)
	prior, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	seen, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	want := tfhelper.PlannedColumns(plan.row(), config.row())
	saved, err := r.update(ctx, seen, want, tfhelper.SecretRow(tfhelper.NewSecrets(config.secrets(), plan.secrets(), prior.secrets())))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update cluster settings", "", err)...)
	if err != nil {
		plan.keepVersions(prior)          // the secrets may not be written
		if tfhelper.MayHaveWritten(err) { // replaced below, unless the database cannot be read
			seen.Saved = saved
			tfhelper.ForUpdate(resp).SetState(ctx, theIdentity(), prior, seen)
		}
		r.publish(ctx, plan, nil, privateState{Saved: saved}, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
		return
	}
	seen.Saved = saved
	tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, theIdentity(), seen)
	r.publish(ctx, plan, want, privateState{Saved: saved}, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	seen, found := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	if !found {
		seen.Saved = m.saved()
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to restore cluster settings", "", r.restore(ctx, seen.Saved))...)
}

// ImportState accepts the id system_settings: there is one row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" && req.ID != cluster.SettingsRecord {
		resp.Diagnostics.AddError("Unable to import cluster settings",
			fmt.Sprintf("The id of the one row is %s, not %q.", cluster.SettingsRecord, req.ID))
		return
	}
	if r.store == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import cluster settings", "", tfhelper.ErrUnconfigured)...)
		return
	}
	settings, err := r.store.SystemSettings(ctx)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import cluster settings", "", err)...)
	if err != nil {
		return
	}
	var m model
	m.show(settings.All())
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, theIdentity())...)
	}
}

// publish sets the state from the row. A column that is not managed keeps its
// planned value, since somebody else may change it during the apply.
func (r *Resource) publish(ctx context.Context, plan model, want cluster.Row, now privateState, to tfhelper.Response) {
	if r.store == nil { // the write has reported it
		return
	}
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read cluster settings", "", err)...)
		return
	}
	now.Row = settings.All()
	shown := settings.All()
	m := plan
	m.Found = foundMap(now.Saved.Found)
	if want != nil {
		for column, planned := range plan.row() {
			if _, managed := want[column]; !managed {
				shown[column] = planned
			}
		}
	}
	m.show(shown)
	if _, managed := want[cluster.WeightsColumn]; want != nil && !managed && !plan.OtherLines.IsUnknown() {
		m.OtherLines = plan.OtherLines
	}
	to.SetState(ctx, theIdentity(), m, now)
}

// read returns the plan and the configuration, which has the write-only secrets
// and tells which columns are managed.
func read(ctx context.Context, plan, config interface {
	Get(context.Context, any) diag.Diagnostics
}, diags *diag.Diagnostics,
) (planned, declared model, ok bool) {
	planned, ok = tfhelper.Get[model](ctx, plan, diags)
	declared, known := tfhelper.Get[model](ctx, config, diags)
	return planned, declared, ok && known
}
