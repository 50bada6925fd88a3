package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// create writes the rooms and the row, and removes them when it fails. It does not name
// columns that the configuration omits.
func (r *Resource) create(ctx context.Context, want, declared *expanded) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	ip, row, secrets := want.ServerIP.ValueString(), declared.row(), tfhelper.SecretRow(tfhelper.NewSecrets(declared.secrets(), nil, nil))
	var before state
	err := r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		var err error
		if before, err = r.state(ctx, want.id(), ip); err != nil {
			return cluster.Plan{}, err
		}
		if before.addressOwner != "" {
			return cluster.Plan{}, &cluster.Conflict{
				Subject: "server " + before.addressOwner, Found: "has the address " + ip + " already",
				Advice: "Nothing was written. If this server replaces server " + before.addressOwner + ", " + sameAddress,
			}
		}
		if want.conference.Engine.IsUnknown() {
			want.conference.Engine = types.StringValue(string(before.server.Engine()))
		}
		plan := want.planRooms(declared, ip, before, false)
		if before.server.Row != nil {
			resumed, err := cluster.ResumeServer(before.server, row, secrets)
			return plan.And(resumed), err
		}
		return plan.And(cluster.AddServer(row, secrets)), nil
	})
	if before.server.Row != nil { // the row existed before
		return err
	}
	return tfhelper.UndoPartial(ctx, r.store, err, func(ctx context.Context) (cluster.Plan, error) {
		now, err := r.state(ctx, want.id(), ip)
		if err != nil {
			return cluster.Plan{}, err
		}
		plan := cluster.RemoveRooms(ip, now.rooms, before.rooms)
		if now.server.Row == nil {
			return plan, nil
		}
		removal, err := cluster.PlanRemoval(cluster.Removal{Server: now.server})
		return plan.And(removal), err
	})
}

// state has the rows that a write reads under the lock.
type state struct {
	server       cluster.Server
	rooms        map[cluster.Engine][]cluster.Room
	addressOwner string // another server with the address
}

func (r *Resource) state(ctx context.Context, id, ip string) (state, error) {
	var s state
	servers, err := r.store.Servers(ctx)
	rooms, unread := r.store.Rooms(ctx)
	if err := cmp.Or(err, unread); err != nil {
		return s, err
	}
	s.server, _ = servers.ByID(id)
	if other, found := servers.ByIP(ip); found && other.ID() != s.server.ID() {
		s.addressOwner = other.ID()
	}
	s.rooms = map[cluster.Engine][]cluster.Room{}
	for _, engine := range []cluster.Engine{cluster.Meetme, cluster.Confbridge} {
		s.rooms[engine] = rooms[engine][ip]
		if s.server.Row != nil && s.server.IP() != ip { // an interrupted change of the address may have changed some tables
			s.rooms[engine] = slices.Concat(s.rooms[engine], rooms[engine][s.server.IP()])
		}
	}
	return s, nil
}

// change is the input of an update.
type change struct {
	declared *expanded    // the configuration
	prior    *expanded    // the state
	secrets  cluster.Row  // the secrets to write
	seen     privateState // the private state when the plan was made
}

// update writes the columns that differ. A change of the address is written in every
// table that contains it.
func (r *Resource) update(ctx context.Context, want *expanded, c change) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	ip := want.ServerIP.ValueString()
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		now, err := r.state(ctx, want.id(), ip)
		if err != nil {
			return cluster.Plan{}, err
		}
		if now.server.Row == nil {
			return cluster.Plan{}, fmt.Errorf("server %s: %w", want.id(), cluster.ErrNotFound)
		}
		if now.addressOwner != "" && now.server.IP() != ip {
			return cluster.Plan{}, &cluster.Conflict{Subject: "server " + now.addressOwner, Found: "has the address " + ip + " already"}
		}
		row := tfhelper.PlannedColumns(want.row(), c.declared.row())
		if err := r.checkMaximum(ctx, now.server, ip, row); err != nil {
			return cluster.Plan{}, err
		}
		delete(row, "server_ip") // changed below, in every table that contains it
		plan, err := cluster.ChangeServer(now.server, cluster.Server{Row: c.seen.Row}, row, c.secrets)
		if err != nil {
			return cluster.Plan{}, r.store.ConflictWithAction(err, cluster.TableServers, want.id())
		}
		if now.server.IP() != ip && now.server.IP() != c.prior.ServerIP.ValueString() {
			return cluster.Plan{}, &cluster.Conflict{Subject: "server " + want.id(), Found: "was changed by somebody else to " + now.server.IP()}
		}
		if err := c.checkRooms(want, now); err != nil {
			return cluster.Plan{}, err
		}
		plan = want.planRooms(c.declared, ip, now, c.seen.Waiting).And(plan)
		if now.server.IP() == ip {
			return plan, nil
		}
		moved, err := r.planAddress(ctx, now.server, ip)
		return plan.And(moved), err
	})
}

// checkRooms returns a conflict if somebody has removed rooms since the plan was made, or
// has changed the engine, which would put them into another table.
func (c change) checkRooms(want *expanded, now state) error {
	_, declared := want.rooms(c.declared)
	if engine := now.server.Engine(); declared && c.declared.conference.Engine.IsNull() && engine != want.engine() {
		return &cluster.Conflict{Subject: "server " + want.id(), Found: "was changed by somebody else: conf_engine is now " + string(engine)}
	}
	before, managed := c.prior.rooms(c.prior)
	found := len(now.rooms[want.engine()])
	if !declared || !managed || c.seen.Waiting || want.engine() != c.prior.engine() || found >= before.Count {
		return nil
	}
	return &cluster.Conflict{Subject: "server " + want.id(), Found: "has " + cluster.Plural(found, "room") + " now, and not " + strconv.Itoa(before.Count)}
}

// checkMaximum repeats the plan's check under the lock: a split of the same run may have
// grown.
func (r *Resource) checkMaximum(ctx context.Context, server cluster.Server, ip string, row cluster.Row) error {
	limit, declared := row["max_vicidial_trunks"].Int()
	if !declared {
		return nil
	}
	trunks, err := r.store.Trunks(ctx)
	if err != nil {
		return err
	}
	return trunks.CheckMaximum(server, ip, int(limit))
}

func (r *Resource) planAddress(ctx context.Context, server cluster.Server, to string) (cluster.Plan, error) {
	servers, errServers := r.store.Servers(ctx)
	if _, shares := servers.WithSameAddress(server); shares { // rows with the address stay with the other server
		return cluster.PlanAddress(server, to, nil, nil)
	}
	old, errOld := r.store.Referencing(ctx, server.IP())
	clashes, errClashes := r.store.Clashes(ctx, server.IP(), to)
	if err := cmp.Or(errServers, errOld, errClashes); err != nil {
		return cluster.Plan{}, err
	}
	return cluster.PlanAddress(server, to, old, clashes)
}

// remove removes the server, unless agents, calls or other rows use it.
func (r *Resource) remove(ctx context.Context, id string, force bool, saved cluster.Row) error {
	if r.store == nil {
		return tfhelper.ErrUnconfigured
	}
	r.store.AddRemovedServer(id)
	return r.store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		removal, found, err := r.store.Removal(ctx, id)
		if err != nil || !found { // already removed
			return cluster.Plan{}, err
		}
		removal.Force, removal.Seen = force, saved
		return cluster.PlanRemoval(removal)
	})
}
