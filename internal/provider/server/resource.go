// Package server implements vicidial_server, its list resource, the actions that drain,
// undrain and rebuild servers, and the function padded_ip. Package cluster decides what
// to write.
package server

import (
	"cmp"
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// store is the part of the store that the resource uses.
type store interface {
	Prefetch(context.Context)
	PrefetchPlan(context.Context)
	Schema(context.Context) (cluster.Schema, error)
	FirstLoginPending(context.Context) (bool, error)
	Servers(context.Context) (cluster.Servers, error)
	Rooms(context.Context) (map[cluster.Engine]cluster.Rooms, error)
	Trunks(context.Context) (cluster.Trunks, error)
	Live(ctx context.Context, ip string) (cluster.Live, error)
	Referencing(ctx context.Context, ip string) (cluster.Referencing, error)
	Clashes(ctx context.Context, from, to string) (cluster.Referencing, error)
	Removal(ctx context.Context, id string) (removal cluster.Removal, found bool, err error)
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	AddServer(cluster.Server) (before cluster.Server)
	AddRooms(engine cluster.Engine, ip string, count int)
	AddReplacedServer(id string)
	AddRemovedServer(id string)
	ExpectedServers(context.Context) (cluster.Servers, error)
	ConflictWithAction(err error, table cluster.Table, key string) error // names the action that caused a conflict
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// Resource is vicidial_server.
type Resource struct{ store store }

func New() replacement.Resource { return &Resource{} }

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_server"
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan checks the declaration against the cluster, so that the plan shows the
// errors of an apply at their attributes.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		tfhelper.LeaveOpen(req, resp, func(at *tftypes.AttributePath) bool { return len(at.Steps()) > 1 }) // in groups
		return
	}
	prior := (*expanded)(nil)
	if !req.State.Raw.IsNull() {
		m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		if !ok {
			return
		}
		prior = expand(ctx, m, &resp.Diagnostics)
	}
	if req.Plan.Raw.IsNull() {
		seen, diags := r.reviewRemoval(ctx, prior)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, privateState{Row: seen})...)
		return
	}
	r.store.PrefetchPlan(ctx)
	config, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	unchanged := tfhelper.Equal(req.Plan.Raw, req.State.Raw)
	want, planned := &expanded{}, true
	if unchanged { // the most frequent case
		*want = *prior
	} else {
		var plan model
		plan, planned = tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
		want = expand(ctx, plan, &resp.Diagnostics)
	}
	if !ok || !planned {
		return
	}
	declared := expand(ctx, config, &resp.Diagnostics)
	if prior != nil && !want.ServerID.IsUnknown() && !strings.EqualFold(want.id(), prior.id()) {
		r.store.AddReplacedServer(prior.id()) // Terraform plans the replacement next, without prior state
		if want.ServerIP.Equal(prior.ServerIP) {
			resp.Diagnostics.Append(tfhelper.WarnAt(path.Root("server_id"), "Another server_id at the same address",
				"The apply creates server "+want.id()+" after it has removed server "+prior.id()+". "+strings.ToUpper(sameAddress[:1])+sameAddress[1:])...)
		}
		return
	}
	saved, known := tfhelper.LoadPlannedRows[privateState](ctx, req, &resp.Diagnostics)
	if prior != nil && !unchanged {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan server", want.id(), r.completeGroups(ctx, want, prior, &saved))...)
	}
	want.setFirstRoom(declared, prior, saved.Rooms)
	reviewed := r.review(ctx, want, declared, prior)
	if unchanged && want.conference == prior.conference {
		reviewed = reviewed.Errors() // vicidial_cluster_health reports problems of existing rows
	}
	resp.Diagnostics.Append(reviewed...)
	if known {
		resp.Diagnostics.Append(saved.warn(declared)...)
	}
	if resp.Diagnostics.HasError() || unchanged && want.conference == prior.conference {
		return
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, want.flatten(ctx, &resp.Diagnostics))...)
	if !tfhelper.Equal(resp.Plan.Raw, req.State.Raw) {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write server", want.id(), r.store.Writable(ctx, cluster.TableServers, want.engine().Table()))...)
	}
}

// sameAddress is the advice for another server_id at the same address. A provider cannot
// read whether create_before_destroy is set.
const sameAddress = "create_before_destroy cannot work, since the new server needs the address of the old one: " +
	"set it to false for this change, and apply that before; or give the new server another address."

// Create writes the rooms first and the row that uses them last. If it fails, it removes
// what it wrote and sets no state: Terraform would destroy a tainted server before it
// creates it again.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	want, config, ok := getPlanAndConfig(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create server", want.id(), r.create(ctx, want, config))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, want, tfhelper.ForCreate(resp).KeepPlanned(req.Plan), want.remember(config, privateState{}, want.engine()), 0)
	}
}

// Read sets the state from the row, and records changes since the last read, so that the
// plan can name their author.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	o := expand(ctx, m, &resp.Diagnostics)
	if r.store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, o.identity())
		return
	}
	r.store.Prefetch(ctx)
	saved, known := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	if !known { // an import
		o.showGroups()
		resp.Diagnostics.Append(r.warnOfImport(ctx, o)...)
	}
	since, _ := tfhelper.LogPosition(ctx, req.Private)
	if found := r.publish(ctx, o, tfhelper.ForRead(resp), saved, since); !found && known && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(tfhelper.WarnDeleted("server "+o.id(), "The row does not exist any more", r.author(ctx, o.id(), since))...)
	}
}

// Update writes the differences. If it fails, the state has the current rows, and the
// next plan shows the remaining differences.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	want, config, ok := getPlanAndConfig(ctx, req.Plan, req.Config, &resp.Diagnostics)
	m, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	prior := expand(ctx, m, &resp.Diagnostics)
	saved, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
	err := r.update(ctx, want, change{declared: config, prior: prior, secrets: tfhelper.SecretRow(tfhelper.NewSecrets(config.secrets(), want.secrets(), prior.secrets())), seen: saved})
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update server", want.id(), err)...)
	now := want.remember(config, saved, cluster.Server{Row: saved.Row}.Engine())
	if err == nil {
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, want.identity(), now)
	} else { // the secrets may not have been written: the old versions make the next apply write them
		want.ConfSecretVersion, want.ManagerSecretVersion = prior.ConfSecretVersion, prior.ManagerSecretVersion
	}
	r.publish(ctx, want, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan), now, 0)
}

// Delete removes the server unless agents, calls or other rows use it.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
		saved, _ := tfhelper.LoadRows[privateState](ctx, req.Private, &resp.Diagnostics)
		err := tfhelper.AwaitOthers(ctx, func(ctx context.Context) error {
			return r.remove(ctx, m.ServerID.ValueString(), m.ForceDestroy.ValueBool(), saved.Row)
		})
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete server", m.ServerID.ValueString(), err)...)
	}
}

// ImportState takes a server_id or a server_ip; Read finds the row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	tfhelper.Import(ctx, req, resp, "server_id", func(key string) (string, error) {
		if r.store == nil {
			return key, nil
		}
		servers, err := r.store.Servers(ctx)
		if server, found := servers.ByID(key); found {
			return server.ID(), nil
		}
		if server, found := servers.ByIP(key); found { // ids contain no dot
			return server.ID(), nil
		}
		return key, err
	})
}

// getPlanAndConfig returns the plan, and the configuration for its write-only secrets.
func getPlanAndConfig(ctx context.Context, plan tfsdk.Plan, config tfsdk.Config, diags *diag.Diagnostics) (*expanded, *expanded, bool) {
	m, ok := tfhelper.Get[model](ctx, plan, diags)
	c, known := tfhelper.Get[model](ctx, config, diags)
	if !ok || !known {
		return nil, nil, false
	}
	return expand(ctx, m, diags), expand(ctx, c, diags), !diags.HasError()
}

// publish sets the state from the rows, or removes a server without a row from it;
// exists reports whether there is a row. prior is the private state of the last read,
// and empty after a write. A difference from it is a change by somebody else, with its
// author in the entries of the admin change log after since.
func (r *Resource) publish(ctx context.Context, o *expanded, to tfhelper.Response, prior privateState, since int64) (exists bool) {
	server, all, err := r.findServer(ctx, o.id())
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read server", o.id(), err)...)
		return false
	}
	if server.Row == nil {
		to.RemoveResource(ctx, o.identity())
		return false
	}
	rooms := cluster.RoomsOf(server.IP(), all)
	prior.forgetOtherRooms(server)
	found, complete := cluster.DescribeRooms(server.Engine(), rooms, prior.Rooms, prior.Waiting)
	now := privateState{Row: server.Row, Changes: r.changesSince(ctx, prior, server, rooms[server.Engine()], since), Rooms: prior.Rooms}
	now.Waiting = prior.Waiting && len(rooms[server.Engine().Other()]) > 0
	if complete && found.Count > 0 && !prior.Rooms.Contains(found) {
		now.Rooms = found
	}
	if busy := cluster.BusyRooms(server.Engine(), rooms, prior.Rooms, prior.Waiting); prior.Row == nil && len(busy) > 0 {
		// The state has the planned values; the next refresh finds the rooms, and a later
		// apply removes them.
		to.Diagnostics.AddWarning("Rooms of server "+o.id()+" are still in use",
			"Rooms that are to be removed are reserved: "+roomList(busy)+". They were not removed; apply again when they are free.")
	}
	o.show(server, found, complete)
	to.SetState(ctx, o.identity(), o.flatten(ctx, to.Diagnostics), now)
	return true
}

// completeGroups sets what a plan leaves out, as of the groups that it adds, to what the
// rows have, as a refresh does for groups in the state.
func (r *Resource) completeGroups(ctx context.Context, want, prior *expanded, saved *privateState) error {
	server, all, err := r.findServer(ctx, prior.id())
	if server.Row == nil {
		return err
	}
	if prior.Conference.IsNull() {
		saved.forgetOtherRooms(server)
		found, complete := cluster.DescribeRooms(server.Engine(), cluster.RoomsOf(server.IP(), all), saved.Rooms, saved.Waiting)
		now := new(expanded)
		now.show(server, found, complete)
		prior.conference = now.conference
		want.conference.Rooms = cmp.Or(want.conference.Rooms, now.conference.Rooms) // null is the zero value
		want.conference.FirstRoom = cmp.Or(want.conference.FirstRoom, now.conference.FirstRoom)
	}
	tfhelper.FlattenNull(cluster.TableServers, want.columns(), server.Row)
	return nil
}

// findServer returns the server's row and rooms, which are zero if there is no such server.
func (r *Resource) findServer(ctx context.Context, id string) (cluster.Server, map[cluster.Engine]cluster.Rooms, error) {
	if r.store == nil {
		return cluster.Server{}, nil, tfhelper.ErrUnconfigured
	}
	servers, err := r.store.Servers(ctx)
	server, found := servers.ByID(id)
	if !found {
		return cluster.Server{}, nil, err
	}
	rooms, err := r.store.Rooms(ctx)
	if err != nil {
		return cluster.Server{}, nil, err
	}
	return server, rooms, nil
}
