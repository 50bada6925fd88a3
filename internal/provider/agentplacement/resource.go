// Package agentplacement implements vicidial_agent_placement, its list resource, and the
// function expand_seats. A seat is one phone on each of its servers and one alias.
// Package seating decides which seat is on which server.
package agentplacement

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// store is the part of the store that the resource needs.
type store interface {
	ExpectedServers(context.Context) (cluster.Servers, error) // after this run
	Servers(context.Context) (cluster.Servers, error)
	Rooms(ctx context.Context) (map[cluster.Engine]cluster.Rooms, error)
	ExpectedRooms(context.Context) (map[cluster.Engine]map[string]int, error)
	Schema(context.Context) (cluster.Schema, error)
	ExpectedTemplates(context.Context) (cluster.Templates, error)
	FloorRows(ctx context.Context, columns []string) (seating.FloorRows, error)
	AddFloorClaim(seating.FloorClaim) error
	RemoveFloorClaim(seating.FloorClaim)
	FloorAfter(now seating.FloorRows, to seating.FloorClaim) seating.FloorRows
	FloorReceived(now seating.FloorRows, to seating.FloorClaim) seating.FloorRows
	FloorKept(own seating.FloorRows, of seating.FloorClaim) seating.FloorRows
	HasWritten() bool
	PhoneDigests(context.Context) (map[string]string, error) // by login
	PhonesByLogin(ctx context.Context, logins, columns []string) (map[string][]cluster.Value, error)
	LiveAgents(context.Context) ([]cluster.LiveAgent, error)
	VoicemailServer(context.Context) (string, error)
	CrossServerExten(context.Context) (bool, error)
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

var _ replacement.MultiRow = (*Resource)(nil)

// Resource is vicidial_agent_placement.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

// Metadata returns the type name. The identity has the name and the seats, which
// may change.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_agent_placement"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan places the seats at plan time, so that the plan shows which of them
// move, and returns the errors of an apply.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	saved, _ := tfhelper.LoadPlannedRows[privateState](ctx, req, &resp.Diagnostics)
	var prior *model
	instance := "" // the token of the placement
	if !req.State.Raw.IsNull() {
		instance, _, _ = tfhelper.LoadPrivate[string](ctx, req.Private, replacement.TokenKey)
		state, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		if !known {
			return
		}
		prior = &state
	}
	if req.Plan.Raw.IsNull() {
		saved, diags := r.reviewRemoval(ctx, *prior, saved, instance, seating.FloorDeleted)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, saved)...)
		return
	}
	m, ok := tfhelper.GetKnownPlan[model](ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	if prior != nil {
		if replaced := m.Naming.replaces(prior.Naming); len(replaced) > 0 {
			resp.RequiresReplace.Append(replaced...)
			_, diags := r.reviewRemoval(ctx, *prior, saved, instance, seating.FloorReplaced)
			resp.Diagnostics.Append(diags...)
			return // Terraform plans the replacement next
		}
	}
	secrets, diags := readSecrets(ctx, req.Config, m, prior)
	resp.Diagnostics.Append(diags...)
	want, diags := m.declaration()
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(secrets.checkDeclaredSeats(want)...)
	if resp.Diagnostics.HasError() || r.store == nil {
		return // without a store, the provider's configuration is not known yet
	}
	claim := want.claim(seating.FloorKept, prior)
	claim.Instance = instance
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(path.Root("seats"), "Rows managed by another placement", r.store.AddFloorClaim(claim))...)
	if resp.Diagnostics.HasError() || tfhelper.IgnoresAll(ctx, req, "deviations", &resp.Diagnostics) {
		return
	}
	found, reviewed := r.review(ctx, &want, prior, saved, secrets)
	if reviewed.HasError() {
		resp.Diagnostics.Append(reviewed...)
		return
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, m.withComputed(found.placed, found.suffixes, nil))...)
	if tfhelper.Equal(resp.Plan.Raw, req.State.Raw) {
		return // nothing will be written
	}
	resp.Diagnostics.Append(append(reviewed, warnSecrets(want, found.placed, secrets)...)...)
	resp.Diagnostics.Append(r.reviewRows(ctx, want, found, prior == nil, saved, secrets)...)
	tables := []cluster.Table{cluster.TablePhones, cluster.TableAliases, cluster.TableServers}
	if m.AssignUsers.ValueBool() {
		tables = append(tables, cluster.TableUsers)
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write agent placement", m.name(), r.store.Writable(ctx, tables...))...)
}

// Create writes the rows. If it fails, it removes what it wrote and sets no state:
// Terraform would destroy a tainted placement before it creates it again.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	secrets, diags := readSecrets(ctx, req.Config, m, nil)
	resp.Diagnostics.Append(diags...)
	want, diags := m.declaration()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create agent placement", m.name(), r.create(ctx, &want, secrets))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, m, privateState{}, tfhelper.ForCreate(resp).KeepPlanned(req.Plan))
	}
}

// Read sets the state from the rows, and warns of drift.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if r.store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, m.identity())
		return
	}
	if m.Servers == nil {
		adopted, diags := r.adopt(ctx, m)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		r.publish(ctx, adopted, privateState{}, tfhelper.ForRead(resp))
		return
	}
	saved, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	notMoved := saved.NotMoved
	saved.NotMoved = nil // publish sets their current servers
	since, _ := tfhelper.LogPosition(ctx, req.Private)
	now, found := r.publish(ctx, m, saved, tfhelper.ForRead(resp))
	switch {
	case found:
		resp.Diagnostics.Append(r.drift(ctx, m, notMoved, now, since)...)
		resp.Diagnostics.Append(r.reportMoves(ctx, m, now, &resp.State)...)
	case !resp.Diagnostics.HasError():
		resp.Diagnostics.Append(r.warnRemoved(ctx, m, saved, since)...)
	}
}

// Update changes the rows. If it fails, the state has the previous declaration and the
// seats that have rows, so that the next plan shows the remaining changes.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
	prior, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	saved, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	secrets, diags := readSecrets(ctx, req.Config, m, &prior)
	resp.Diagnostics.Append(diags...)
	want, diags := m.declaration()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	saved = saved.withLabels(want.style.Labels)
	notMoved, written, err := r.update(ctx, &want, prior, saved, secrets)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update agent placement", m.name(), err)...)
	if resp.Diagnostics.HasError() {
		m = prior
		if seats, err := seating.ParseSeats(slices.Concat(prior.ranges(), written)); err == nil && len(written) > 0 {
			m.Seats = tfhelper.StringList(seats.Ranges())
		}
		if tfhelper.MayHaveWritten(err) { // replaced below, unless the database cannot be read
			tfhelper.ForUpdate(resp).SetState(ctx, m.identity(), m, saved)
		}
	} else {
		saved.NotMoved = notMoved
		resp.Diagnostics.Append(warnNotMoved(m.name(), notMoved)...)
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, m.identity(), saved)
	}
	r.publish(ctx, m, saved, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.DeleteExcept(ctx, req, resp, nil)
}

// Key returns the name and the seats of a placement: several placements may have the
// same name.
func Key(ctx context.Context, state replacement.State) string {
	var name types.String
	var seats types.List
	state.GetAttribute(ctx, path.Root("name"), &name)   // null where there is an error
	state.GetAttribute(ctx, path.Root("seats"), &seats) // null after an import
	if seats.IsNull() {
		return ""
	}
	return name.ValueString() + " " + strings.Join(tfhelper.Strings(seats.Elements()), ",")
}

func (r *Resource) Rows(ctx context.Context, state replacement.State) []string {
	m, ok := tfhelper.Get[model](ctx, state, &diag.Diagnostics{})
	if !ok {
		return nil
	}
	have, diags := m.declaration()
	if diags.HasError() {
		return nil
	}
	rows, err := have.style.Rows(placementInState(m, have.style.Suffixes()), seating.FloorRows{})
	if err != nil {
		return nil
	}
	return rows.Names()
}

// DeleteExcept removes the rows that the placement owns, except those in except.
func (r *Resource) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, except map[string]bool) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	saved, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete agent placement", m.name(), r.remove(ctx, m, saved, except))...)
}
