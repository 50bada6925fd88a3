// Package trunksplit implements vicidial_trunk_split: the trunks of one campaign,
// apportioned to servers. Package cluster has the arithmetic, package store the SQL.
package trunksplit

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// store is the part of the store that the resource needs.
type store interface {
	ExpectedServers(context.Context) (cluster.Servers, error) // servers as they are after this run
	Servers(context.Context) (cluster.Servers, error)
	Campaigns(context.Context) (cluster.Campaigns, error)
	Trunks(context.Context) (cluster.Trunks, error)
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
	WaitingSplits() *planned.Waiting[func(context.Context) (cluster.Plan, error)]
}

var _ replacement.MultiRow = (*Resource)(nil)

// Resource is vicidial_trunk_split.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_trunk_split"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan computes the shares, so that the plan shows which server gets fewer
// trunks and which gets more.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planRemoval(ctx, req, resp)
		return
	}
	if tfhelper.IgnoresAll(ctx, req, "drift", &resp.Diagnostics) {
		return
	}
	m, ok := tfhelper.GetKnownPlan[model](ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.store == nil { // the provider's own configuration is not known yet
		shares, err := m.shares(nil)
		resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("servers"), "Trunks do not fit", err)...)
		if err == nil {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("allocations"), tfhelper.Int64Map(shares))...)
		}
		return
	}
	found, err := r.readPlanReview(ctx)
	if err != nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan trunk split", m.campaign(), err)...)
		return
	}
	shares, err := m.shares(found.servers)
	if err != nil {
		resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("servers"), "Trunks do not fit", err)...)
		return
	}
	blocked := m.serversToBlock(found.servers.IPs())
	limits := m.limits(shares, blocked)
	checked := found.check(m, limits, req.State.Raw.IsNull())
	if checked.HasError() {
		resp.Diagnostics.Append(checked...)
		return
	}
	m = m.planned(shares, blocked)
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m)...)
	if !tfhelper.Equal(resp.Plan.Raw, req.State.Raw) {
		resp.Diagnostics.Append(checked...)
		if m.blocks() { // this run may create or remove servers before the split or after it
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("blocked_servers"), types.ListUnknown(types.StringType))...)
		}
		resp.Diagnostics.Append(found.warn(m, limits)...)
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write trunk split", m.campaign(), r.store.Writable(ctx, cluster.TableTrunks))...)
	}
}

// planRemoval saves the rows that the removal compares with.
func (r *Resource) planRemoval(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || r.store == nil {
		return
	}
	trunks, servers, err := readTrunks(ctx, r.store)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of trunk split", m.campaign(), err)...)
	resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, privateRowsOf(trunks.OfCampaign(m.campaign()), servers))...)
}

// Create inserts the rows. When it fails it removes what it wrote and sets no state:
// Terraform would destroy a tainted split before it creates it again, and a campaign
// without limits dials on every server.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	waits, err := r.create(ctx, m)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create trunk split", m.campaign(), err)...)
	switch {
	case waits:
		r.publishPlanned(ctx, m, tfhelper.ForCreate(resp))
	case err == nil:
		r.publish(ctx, m, m.withRows, tfhelper.ForCreate(resp))
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
	show := m.withRowsAndDrift
	if saved, known := tfhelper.LoadRows[privateRows](ctx, req.Private, &resp.Diagnostics); known {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		resp.Diagnostics.Append(r.drift(ctx, m, saved, since)...)
	} else {
		resp.Diagnostics.Append(r.warnOfImport(ctx, m)...)
		show = m.withRows // generated configuration must not contain drift
	}
	r.publish(ctx, m, show, tfhelper.ForRead(resp))
}

// Update writes the rows that differ. If it fails, the state has the current rows of all
// servers that the split had before or has now, and the next plan shows the remaining
// difference.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	prior, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	saved, _ := tfhelper.LoadRows[privateRows](ctx, req.Private, &resp.Diagnostics)
	show := m.withRows
	waits, err := r.update(ctx, m, prior, saved)
	if waits {
		r.publishPlanned(ctx, m, tfhelper.ForUpdate(resp))
		return
	}
	if err == nil {
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, m.identity(), saved)
	} else {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update trunk split", m.campaign(), err)...)
		if tfhelper.MayHaveWritten(err) { // replaced below, unless the database cannot be read
			tfhelper.ForUpdate(resp).SetState(ctx, m.identity(), prior.possibleState(m), saved)
		}
		show = func(rows cluster.Split, servers cluster.Servers) model {
			return prior.partialState(m, saved.Rows, rows, servers)
		}
	}
	r.publish(ctx, m, show, tfhelper.ForUpdate(resp))
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.DeleteExcept(ctx, req, resp, nil)
}

func (r *Resource) Rows(ctx context.Context, state replacement.State) []string {
	m, ok := tfhelper.Get[model](ctx, state, &diag.Diagnostics{})
	if !ok {
		return nil
	}
	servers := append(m.blocked(), slices.Collect(maps.Keys(m.Servers))...)
	for i, server := range servers {
		servers[i] = m.row(server)
	}
	return servers
}

// DeleteExcept removes the rows that the split owns, except those in kept.
func (r *Resource) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, kept map[string]bool) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	saved, known := tfhelper.LoadRows[privateRows](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete trunk split", m.campaign(), r.remove(ctx, m, saved, known, kept))...)
}

// ImportState imports by campaign_id, or by a campaign_id and the servers that the split
// lists: SALES=10.0.0.1,10.0.0.2. Rows on other servers are then not managed.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	campaign, servers, listsServers := strings.Cut(req.ID, "=")
	req.ID = campaign
	listed := map[string]int64{}
	if listsServers {
		for server := range strings.SplitSeq(servers, ",") {
			listed[strings.TrimSpace(server)] = 0
		}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("allocations"), listed)...) // Read derives the declaration
	}
	tfhelper.Import(ctx, req, resp, "campaign_id", func(id string) (string, error) {
		if r.store == nil {
			return id, nil
		}
		campaigns, err := r.store.Campaigns(ctx)
		if campaign, found := campaigns.Find(id); found {
			id = campaign.ID
		}
		if err != nil || !listsServers {
			return id, err
		}
		trunks, err := r.store.Trunks(ctx)
		rows := trunks.OfCampaign(id)
		maps.DeleteFunc(listed, func(server string, _ int64) bool { return len(rows[server]) > 0 })
		if err == nil && len(listed) > 0 {
			err = fmt.Errorf("campaign %s has no rows on %q; list servers with rows: %s", id, slices.Sorted(maps.Keys(listed)), strings.Join(slices.Sorted(maps.Keys(rows)), ", "))
		}
		return id, err
	})
}

// publish sets the state to the rows, or removes a split whose campaign has none. A
// split that has rows only on servers that are not listed stays in state: an interrupted
// change of a server's address leaves such rows.
//
// show returns the model that shows the rows.
func (r *Resource) publish(ctx context.Context, m model, show func(cluster.Split, cluster.Servers) model, to tfhelper.Response) {
	trunks, servers, err := readTrunks(ctx, r.store)
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read trunk split", m.campaign(), err)...)
		return
	}
	rows := trunks.OfCampaign(m.campaign())
	if len(rows) == 0 {
		to.RemoveResource(ctx, m.identity())
		return
	}
	to.SetState(ctx, m.identity(), show(rows, servers), privateRowsOf(rows, servers))
}

// publishPlanned sets the state of a split that another split writes to the planned
// rows. If that write fails, the other split reports it, and the next refresh shows the
// rows. If the database is lost here, the next create takes over the rows.
func (r *Resource) publishPlanned(ctx context.Context, m model, to tfhelper.Response) {
	servers, err := r.store.Servers(ctx)
	shares, invalid := m.shares(servers)
	if err = cmp.Or(err, invalid); err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read trunk split", m.campaign(), err)...)
		return
	}
	blocked := m.serversToBlock(servers.IPs())
	to.SetState(ctx, m.identity(), m.planned(shares, blocked), privateRowsOf(cluster.SplitOf(m.limits(shares, blocked)), servers))
}

// readTrunks reads the rows of all campaigns, and the servers.
func readTrunks(ctx context.Context, store store) (cluster.Trunks, cluster.Servers, error) {
	if store == nil {
		return nil, nil, tfhelper.ErrUnconfigured
	}
	trunks, err := store.Trunks(ctx)
	if err != nil {
		return nil, nil, err
	}
	servers, err := store.Servers(ctx)
	return trunks, servers, err
}
