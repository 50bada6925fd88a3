package agentplacement

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// runsShown limits the changed ranges that a plan lists; the attribute assignments has
// all of them.
const runsShown = 20

// reviewResult is a planned placement and its input.
type reviewResult struct {
	placed, now *seating.Placement
	suffixes    seating.Suffixes
	have        declaration
}

// review computes the placement. It reads no rows of the seats where the state has their
// servers.
func (r *Resource) review(ctx context.Context, want *declaration, prior *model, saved privateState, s secrets) (reviewResult, diag.Diagnostics) {
	var found reviewResult
	failed := func(err error) diag.Diagnostics {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	if prior != nil {
		var diags diag.Diagnostics
		if found.have, diags = prior.declaration(); diags.HasError() {
			return found, diags
		}
		// Terraform plans again when it applies, and requires the same result: the plan uses
		// the placement in state, and the apply refuses seats that have moved since.
		found.now = placementInState(*prior, found.have.style.ReadingSuffixes(saved.Labels))
		if found.now.Seats().Len() == 0 {
			before, err := r.readRows(ctx, found.have, saved.withLabels(want.style.Labels).Labels, s)
			if err != nil {
				return found, failed(err)
			}
			found.now = before.now
		}
		found.now = found.now.WithAddresses(seating.ReplacedServers(found.have.style.Labels, want.style.Labels))
	}
	diags, err := r.reviewServers(ctx, want, found.now)
	if err != nil {
		return found, failed(err)
	}
	for _, server := range slices.Sorted(maps.Keys(want.Servers)) {
		suffix := want.Servers[server].Suffix
		diags.Append(tfhelper.DiagnoseNew(path.Root("servers").AtMapKey(server).AtName("suffix"), "Invalid value", checkSuffix(suffix.ValueString()),
			prior != nil && prior.Servers[server].Suffix.Equal(suffix))...)
	}
	if diags.HasError() {
		return found, diags
	}
	diags.Append(reviewOverrides(*want, found.have)...)
	diags.Append(r.reviewTemplates(ctx, *want, found.have)...)
	// The placement does not depend on who is logged in: that changes between a plan and its
	// apply, and Terraform requires both to give the same result. The apply keeps the seats
	// that are in use at that time.
	found.placed, err = seating.Place(want.floor, found.now)
	diags.Append(tfhelper.DiagnoseAt(path.Root("servers"), "Seats do not fit", err)...)
	found.suffixes = want.style.WithLabels(labelsOf(saved, &found.have)).Suffixes()
	return found, diags
}

// warnMoves warns of seats that move.
func (r *Resource) warnMoves(ctx context.Context, want declaration, found reviewResult, own seating.FloorRows) diag.Diagnostics {
	moves := seating.MovesBetween(found.now, found.placed)
	if moves.Moved+moves.Removed == 0 {
		return nil
	}
	agents, err := r.store.LiveAgents(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	live, _ := own.Occupied(agents)
	var diags diag.Diagnostics
	suffixes := want.style.Suffixes()
	maps.Copy(suffixes, own.OtherSuffixes(want.style.Labels))
	diags.AddWarning("Seats of placement "+want.name()+" move", strings.Join(moves.Summary(suffixes, runsShown), "\n"))
	diags.Append(warnLive(want, live, seating.MovedInUse(found.now, found.placed, live))...)
	return diags
}

// reviewServers checks the servers, and limits their capacity to their rooms. Seats that
// are on a server now may stay there.
func (r *Resource) reviewServers(ctx context.Context, want *declaration, now *seating.Placement) (diag.Diagnostics, error) {
	var diags diag.Diagnostics
	servers, err := r.store.ExpectedServers(ctx)
	if err != nil {
		return diags, err
	}
	existing, err := r.store.Servers(ctx)
	if err != nil {
		return diags, err
	}
	rooms, err := r.store.ExpectedRooms(ctx)
	if err != nil {
		return diags, err
	}
	present, err := r.store.Rooms(ctx)
	if err != nil {
		return diags, err
	}
	perSeat := want.floor.NodesPerSeat
	if perSeat == 0 {
		perSeat = len(want.floor.Nodes)
	}
	current := map[string]int{}
	if now != nil {
		current = now.PerServer()
	}
	engines := map[cluster.Engine][]string{}
	for i := range want.floor.Nodes {
		node := &want.floor.Nodes[i]
		at := path.Root("servers").AtMapKey(node.ServerIP)
		server, known := servers.ByIP(node.ServerIP)
		if err := cluster.CheckServerIP(node.ServerIP); err != nil {
			diags.Append(tfhelper.DiagnoseNew(at, "Invalid value", err, current[node.ServerIP] > 0)...)
			continue
		}
		if !known {
			diags.Append(tfhelper.DiagnoseNew(at, "Unknown server", cluster.UnknownServer(node.ServerIP), current[node.ServerIP] > 0)...)
			continue
		}
		engines[server.Engine()] = append(engines[server.Engine()], node.ServerIP)
		count, known := rooms[server.Engine()][node.ServerIP]
		if _, written := existing.ByIP(node.ServerIP); !written && !known {
			continue // the same run creates it, and its rooms are not known yet
		}
		if count == 0 {
			diags.Append(tfhelper.WarnAt(at, "Server without conference rooms", fmt.Sprintf("Server %s has no %s room: VICIdial sends no agent there. Set conference.rooms of its vicidial_server.", node.ServerIP, server.Engine()))...)
			continue
		}
		limit := count * perSeat
		// Seats that already have no room stay; a run that removes their rooms is refused.
		if seats := current[node.ServerIP]; seats > limit && seats > len(present[server.Engine()][node.ServerIP])*perSeat {
			diags.Append(tfhelper.WarnAt(at, "More seats than rooms", fmt.Sprintf("%s of the placement are on server %s, which has %s, enough for %d. They stay, and the server gets no others; the agents who log in last find no room. Set conference.rooms of its vicidial_server, or lower its weight.",
				cluster.Plural(seats, "seat"), node.ServerIP, cluster.Plural(count, "room"), limit))...)
			limit = seats
		}
		if node.Capacity < 0 || node.Capacity > limit {
			node.Capacity = limit
		}
	}
	if len(engines) > 1 && perSeat > 1 {
		at, mixed := path.Root("servers"), fmt.Errorf("servers %s use MEETME, and %s use CONFBRIDGE: after VICIdial has checked a CONFBRIDGE server of an alias, it finds no room on the MEETME servers after it; use one engine, two placements, or nodes_per_seat = 1",
			strings.Join(engines[cluster.Meetme], ", "), strings.Join(engines[cluster.Confbridge], ", "))
		existing := !slices.ContainsFunc(want.floor.Nodes, func(node seating.FloorNode) bool { return current[node.ServerIP] == 0 })
		diags.Append(tfhelper.DiagnoseNew(at, "Conflicting conference engines", mixed, existing)...)
	}
	return diags, nil
}
