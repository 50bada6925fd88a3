// Package server is a room for one server of the cluster: its row, its
// conference rooms, and what must follow a change. What to write is cluster's
// decision and the SQL is store's; this room translates them for Terraform. It
// imports tfhelper and cluster only.
package server

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// topology is the part of the cluster that a server reads and changes.
type topology interface {
	Schema(context.Context) (cluster.Schema, error)
	FirstLoginArmed(context.Context) (bool, error)
	Servers(context.Context) (cluster.Servers, error)
	Rooms(context.Context) (map[cluster.Engine]cluster.Rooms, error)
	Trunks(context.Context) (cluster.Trunks, error)
	Live(ctx context.Context, ip string) (cluster.Live, error)
	Mentions(ctx context.Context, ip string) (cluster.Mentions, error)
	Clashes(ctx context.Context, from, to string) (cluster.Mentions, error)
	Removal(context.Context, cluster.Server) (cluster.Removal, error)
	LastChange(ctx context.Context, record, notes string, sections [2]string) (cluster.Change, bool, error)
	Writable(context.Context, ...cluster.Table) error
	Expect(cluster.Server)
	ExpectRooms(engine cluster.Engine, ip string, count int)
	Replaces(id string)
	Expected(context.Context) (cluster.Servers, error)
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
)

// Resource is vicidial_server.
type Resource struct{ topology topology }

// New makes the resource.
func New() resource.Resource { return &Resource{} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_server"
}

// Configure takes the cluster from the provider.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.topology)...)
}

// ModifyPlan holds the declaration against the cluster, so that whatever apply
// would refuse is refused here, at the attribute.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.topology == nil {
		return
	}
	prior := (*opened)(nil)
	if !req.State.Raw.IsNull() {
		m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
		if !ok {
			return
		}
		prior = open(ctx, m, &resp.Diagnostics)
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.reviewRemoval(ctx, prior)...)
		return
	}
	config, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	unchanged := req.Plan.Raw.Equal(req.State.Raw)
	want, planned := &opened{}, true
	if unchanged { // as most servers are in most plans
		*want = *prior
	} else {
		var plan model
		plan, planned = tfhelper.Get[model](ctx, req.Plan, &resp.Diagnostics)
		want = open(ctx, plan, &resp.Diagnostics)
	}
	if !ok || !planned {
		return
	}
	declared := open(ctx, config, &resp.Diagnostics)
	if prior != nil && !want.ServerID.IsUnknown() && !strings.EqualFold(want.id(), prior.id()) {
		r.topology.Replaces(prior.id()) // Terraform plans the new one next, without a prior state
		return
	}
	want.settleRooms(declared, prior)
	resp.Diagnostics.Append(r.review(ctx, want, declared, prior)...)
	if moved, known := tfhelper.LoadRows[memory](ctx, req.Private, &resp.Diagnostics); known {
		resp.Diagnostics.Append(moved.warn(declared)...)
	}
	if resp.Diagnostics.HasError() || unchanged && want.conference == prior.conference {
		return
	}
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, want.close(ctx, &resp.Diagnostics))...)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to write server", want.id(), r.topology.Writable(ctx, cluster.TableServers, want.engine().Table()))...)
	}
}

// Create writes rooms first and the row that puts them to use last. When it
// fails it takes back what it wrote and leaves no state: a tainted server would
// be destroyed before it is made again.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	want, config, ok := read(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create server", want.id(), r.create(ctx, want, config))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, want, tfhelper.ForCreate(resp).KeepPlanned(req.Plan), want.wanted(config, memory{}, want.engine()))
	}
}

// Read publishes the row as it is, and keeps what moved since, so that the plan
// can tell who moved it.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	o := open(ctx, m, &resp.Diagnostics)
	if r.topology == nil {
		tfhelper.ForRead(resp).KeepState(ctx, o.identity())
		return
	}
	seen, _ := tfhelper.LoadRows[memory](ctx, req.Private, &resp.Diagnostics) // nothing after an import
	r.publish(ctx, o, tfhelper.ForRead(resp), seen)
}

// Update writes what differs. It may stop half way: state says what the rows say
// all the same, and the next plan is the difference that is left.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	want, config, ok := read(ctx, req.Plan, req.Config, &resp.Diagnostics)
	m, known := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	prior := open(ctx, m, &resp.Diagnostics)
	seen, _ := tfhelper.LoadRows[memory](ctx, req.Private, &resp.Diagnostics)
	err := r.update(ctx, want, change{declared: config, secrets: want.secrets(config, prior), seen: seen, from: prior.ServerIP.ValueString()})
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update server", want.id(), err)...)
	if err != nil { // the secrets may not be written: their versions stay the old ones
		want.ConfSecretVersion, want.ManagerSecretVersion = prior.ConfSecretVersion, prior.ManagerSecretVersion
	}
	r.publish(ctx, want, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan), want.wanted(config, seen, prior.engine()))
}

// Delete removes the server when nobody needs it any more.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if m, ok := tfhelper.Get[model](ctx, req.State, &resp.Diagnostics); ok {
		err := r.remove(ctx, m.ServerID.ValueString(), m.ForceDestroy.ValueBool())
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete server", m.ServerID.ValueString(), err)...)
	}
}

// ImportState takes a server_id or a server_ip; Read finds the row.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	tfhelper.Import(ctx, req, resp, "server_id", func(key string) (string, error) {
		if r.topology == nil {
			return key, nil
		}
		servers, err := r.topology.Servers(ctx)
		if server, found := servers.ByID(key); found {
			return server.ID(), nil
		}
		if server, found := servers.ByIP(key); found { // ids hold no dot
			return server.ID(), nil
		}
		return key, err
	})
}

// read takes the plan, and from the configuration the secrets that no plan holds.
func read(ctx context.Context, plan, config interface {
	Get(context.Context, any) diag.Diagnostics
}, diags *diag.Diagnostics,
) (*opened, *opened, bool) {
	m, ok := tfhelper.Get[model](ctx, plan, diags)
	c, known := tfhelper.Get[model](ctx, config, diags)
	if !ok || !known {
		return nil, nil, false
	}
	return open(ctx, m, diags), open(ctx, c, diags), !diags.HasError()
}

// publish says what the rows say, or forgets a server that has none. seen is
// what was known before; where that is a row, a difference to it is somebody
// else's doing. After a write it is none.
func (r *Resource) publish(ctx context.Context, o *opened, to tfhelper.Response, seen memory) {
	server, all, err := r.look(ctx, o.id())
	if server.Row == nil {
		if err != nil {
			to.Diagnostics.Append(tfhelper.Diagnose("Unable to read server", o.id(), err)...)
			return
		}
		to.RemoveResource(ctx, o.identity())
		return
	}
	rooms := cluster.RoomsOf(server.IP(), all)
	found, whole := cluster.Describe(server.Engine(), rooms, seen.Rooms, seen.Waiting)
	now := memory{Row: server.Row, Moved: r.moved(ctx, seen.Row, server), Rooms: seen.Rooms}
	now.Waiting = seen.Waiting && len(rooms[server.Engine().Other()]) > 0
	if whole && found.Count > 0 {
		now.Rooms = found
	}
	if busy := cluster.Busy(server.Engine(), rooms, seen.Rooms, seen.Waiting); seen.Row == nil && len(busy) > 0 {
		to.Diagnostics.Append(stillInUse(o.id(), busy)...)
	}
	o.show(server, found, whole)
	to.SetState(ctx, o.identity(), o.close(ctx, to.Diagnostics), now)
}

// look finds the server's row; a server without one is not there.
func (r *Resource) look(ctx context.Context, id string) (cluster.Server, map[cluster.Engine]cluster.Rooms, error) {
	if r.topology == nil {
		return cluster.Server{}, nil, tfhelper.ErrUnconfigured
	}
	servers, err := r.topology.Servers(ctx)
	if err != nil {
		return cluster.Server{}, nil, err
	}
	server, found := servers.ByID(id)
	if !found {
		return cluster.Server{}, nil, nil
	}
	rooms, err := r.topology.Rooms(ctx)
	if err != nil {
		return cluster.Server{}, nil, err
	}
	return server, rooms, nil
}
