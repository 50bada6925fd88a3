package agentplacement

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewReplaced refuses to replace a server that agents are logged in on, since
// their phones and calls would be removed with it.
func (r *Resource) reviewReplaced(ctx context.Context, want, have declaration, own seating.FloorRows) diag.Diagnostics {
	moved := seating.ReplacedServers(have.style.Labels, want.style.Labels)
	if len(moved) == 0 || want.MoveLiveAgents.ValueBool() {
		return nil
	}
	agents, err := r.store.LiveAgents(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	agents = slices.DeleteFunc(agents, func(a cluster.LiveAgent) bool { return moved[a.ServerIP] == "" })
	if _, users := own.Occupied(agents); len(users) > 0 {
		return tfhelper.DiagnoseAt(path.Root("servers"), "Agents are using phones that would be removed",
			fmt.Errorf("%s: wait until they have left, or set move_live_agents = true", joinFirst(users)))
	}
	return nil
}

// warnLive warns of the moving seats that are in use.
func warnLive(want declaration, live map[string]string, touched []string) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(touched) == 0 {
		return diags
	}
	names := make([]string, 0, len(touched))
	var removed []string
	for _, seat := range touched {
		names = append(names, seat+" on "+live[seat])
		if _, remains := want.floor.Seats.Index(seat); !remains {
			removed = append(removed, seat)
		}
	}
	if want.MoveLiveAgents.ValueBool() {
		diags.Append(tfhelper.WarnAt(path.Root("move_live_agents"), "Agents are using phones that are removed",
			"These seats are in use now: "+joinFirst(names)+". Their phones are removed, since move_live_agents is set; the calls on them may be lost.")...)
		return diags
	}
	if len(removed) > 0 {
		diags.Append(tfhelper.DiagnoseAt(path.Root("seats"), "Agents are using seats that would be removed",
			fmt.Errorf("an agent is logged in on seat %s; wait until they have left, or set move_live_agents = true", joinFirst(removed)))...)
		return diags
	}
	diags.Append(tfhelper.WarnAt(path.Root("servers"), "Seats in use do not move",
		"An agent is using these seats now: "+joinFirst(names)+". Seats that are in use during the apply do not change. Apply again when the agents have left, or set move_live_agents = true.")...)
	return diags
}

// warnNotMoved warns of the seats that an apply did not move.
func warnNotMoved(name string, notMoved []string) diag.Diagnostics {
	if len(notMoved) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Seats of placement "+name+" were in use and have not moved",
		"Nothing was changed on "+joinFirst(notMoved)+". The next plan shows them again: apply it when the agents have left.")}
}

func joinFirst(names []string) string { return strings.Join(firstNames(names), ", ") }

// firstNames returns the first names, and the number of the others.
func firstNames(names []string) []string {
	return cluster.FirstOf(names, 10)
}

// reviewRemoval returns what prevents the removal of the placement, and warns of
// references that remain. It adds the rows to the private state.
func (r *Resource) reviewRemoval(ctx context.Context, m model, saved privateState, instance string, action seating.FloorAction) (privateState, diag.Diagnostics) {
	have, diags := m.declaration()
	if r.store == nil || diags.HasError() {
		return saved, nil // the removal reports it
	}
	unable := func(err error) diag.Diagnostics {
		return tfhelper.Diagnose("Unable to plan the removal of agent placement", m.name(), err)
	}
	claim := have.claim(action, nil)
	claim.Instance = instance
	if err := r.store.AddFloorClaim(claim); err != nil {
		return saved, unable(err)
	}
	before, err := r.readRemoval(ctx, have, saved)
	if err == nil {
		err = refuseInUse(before.own, before.agents, adviceDelete)
	}
	if err != nil {
		return saved, unable(err)
	}
	saved.Digests = before.digests()
	plan, err := seating.PlanFloor(before.own, before.all, seating.FloorRows{}, seating.PlanOptions{})
	if err != nil {
		return saved, unable(err)
	}
	deviations, err := before.style.Deviations(before.byAddress, before.own, before.all)
	if err != nil {
		return saved, unable(err)
	}
	saved.Deviations = deviationTexts(deviations)
	return saved, warnDangling(plan, before.all)
}

// removedPlacement is a placement to remove.
type removedPlacement struct {
	currentPlacement
	style  seating.FloorStyle
	agents []cluster.LiveAgent // none with move_live_agents
	phones map[string]string   // digests of all phones by login
}

// readRemoval reads a placement to remove.
func (r *Resource) readRemoval(ctx context.Context, have declaration, saved privateState) (removedPlacement, error) {
	var s secrets
	s.setManaged(have.model)
	labels := labelsOf(saved, &have)
	removed := removedPlacement{style: have.styled(s, labels)}
	errs := make([]error, 3)
	var reads sync.WaitGroup
	reads.Go(func() { removed.currentPlacement, errs[0] = r.readRows(ctx, have, labels, s) })
	reads.Go(func() { removed.phones, errs[1] = r.store.PhoneDigests(ctx) })
	if !have.MoveLiveAgents.ValueBool() {
		reads.Go(func() { removed.agents, errs[2] = r.store.LiveAgents(ctx) })
	}
	reads.Go(func() { _, _ = r.store.VoicemailServer(ctx) }) // for the plan
	reads.Wait()
	return removed, cmp.Or(errs...)
}

// digests returns phones with all of their columns, and the groups of aliases.
func (p removedPlacement) digests() map[string]string {
	digests := make(map[string]string, len(p.own.Phones)+len(p.own.Aliases))
	for _, phone := range p.own.Phones {
		login := strings.ToLower(phone.Login)
		if digest, found := p.phones[login]; found {
			digests["phone "+login] = digest
		}
	}
	for _, alias := range p.own.Aliases {
		digests["alias "+alias.ID] = alias.Group
	}
	return digests
}

// checkDigests returns a conflict where a row has changed since the plan of the removal.
func (p removedPlacement) checkDigests(planned map[string]string) error {
	now := p.digests()
	for _, row := range slices.Sorted(maps.Keys(now)) {
		if digest, known := planned[row]; known && digest != now[row] {
			return &cluster.Conflict{Subject: row, Found: "was changed since the plan was made, in a column that is not declared"}
		}
	}
	return nil
}
