package carrierroute

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// checkFailover returns an error for each route in failover that is not on every node
// of this one after the run.
//
// Routes of one for_each cannot refer to one another, and Terraform plans them in any
// order, as many as there are places for at a time. A route that fails over to one
// that is not planned yet hands its check over: one of them keeps its place and waits
// for all, so that the others leave theirs to the routes that are to come.
func (r *Resource) checkFailover(ctx context.Context, v view) diag.Diagnostics {
	check := func(ctx context.Context) (texts []string, settled bool) {
		planned := map[string]bool{} // before the rows are read, which are those of later then
		for _, next := range v.want.dial("").Failover {
			planned[next], _ = r.store.RoutePlanned(next)
		}
		others, err := r.store.ExpectedCarriers(ctx, v.want.route())
		if err != nil {
			return []string{err.Error()}, true
		}
		v.others, settled = others, true
		for _, missing := range r.missingFailovers(v) {
			settled = settled && planned[missing.route]
			texts = append(texts, missing.String())
		}
		return texts, settled
	}
	if !v.want.failsOver() {
		return nil
	}
	texts, settled := check(ctx)
	if settled {
		return leadsNowhere(texts)
	}
	if r.store.HasWritten() {
		// The plan that is applied had all routes. Those that are missing now are
		// planned again when what they depend on is written, however long that takes.
		return nil
	}
	if !r.store.Failovers().AddWaitingWrite(v.want.route(), check) {
		return nil
	}
	missing := r.waitForFailovers(ctx)
	diags := leadsNowhere(missing[v.want.route()])
	delete(missing, v.want.route())
	for _, other := range slices.Sorted(maps.Keys(missing)) {
		for _, text := range missing[other] {
			diags.Append(leadsNowhere([]string{"of route " + other + ": " + text})...)
		}
	}
	return diags
}

func leadsNowhere(texts []string) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, text := range texts {
		diags.Append(tfhelper.DiagnoseAt(path.Root("dial").AtName("failover"), "Failover leads nowhere",
			errors.New(text+"; where this configuration makes it in another resource, refer to vicidial_carrier_route.NAME.name instead of writing the name"))...)
	}
	return diags
}

// waitForFailovers returns what the routes that wait are missing, by route, when all
// that they fail over to are planned, or no more routes are.
func (r *Resource) waitForFailovers(ctx context.Context) map[string][]string {
	waiting, missing, done := r.store.Failovers(), map[string][]string{}, false
	tfhelper.Await(ctx, func() (again bool) {
		for route, check := range waiting.WaitingWrites() { // each by itself
			texts, settled := check(ctx)
			missing[route] = texts
			if settled {
				waiting.RemoveWaitingWrite(route)
			}
		}
		done = waiting.WaitingDone()
		return !done
	})
	if !done { // where it is done, another route may wait by now, for itself
		for _, route := range waiting.CancelWaiting() {
			if missing[route] == nil {
				missing[route] = []string{"its failover could not be checked"}
			}
		}
	}
	maps.DeleteFunc(missing, func(_ string, texts []string) bool { return len(texts) == 0 })
	return missing
}

// warnOfFailover warns of missing routes for a route that does not change, while the
// one that calls go on to goes, moves or is turned off. It is no error, since nothing
// is to be written here that could wait for it.
func (r *Resource) warnOfFailover(v view) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, missing := range r.missingFailovers(v) {
		diags.Append(tfhelper.WarnAt(path.Root("dial").AtName("failover"), "Failover leads nowhere",
			missing.String()+". Calls that the carrier does not take end there.")...)
	}
	return diags
}

// warnOfEnds warns of chains and cycles that the route is part of, where the run changes
// it or a route beside it in them. Only routes that are planned count: of those that
// are planned at the same time the last one sees all. Each is reported once in a run.
func (r *Resource) warnOfEnds(ctx context.Context, v view) diag.Diagnostics {
	if v.want.Dial == nil || !v.want.Active.ValueBool() {
		return nil
	}
	own := v.want.route()
	known := map[string]bool{own: true} // before the rows are read, which are those of later then
	for route := range asterisk.FailoversOf(v.others) {
		_, known[route] = r.store.RoutePlanned(route)
	}
	others, err := r.store.ExpectedCarriers(ctx, own)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan carrier route", own, err)
	}
	failovers := asterisk.FailoversOf(others)
	failovers[own] = v.want.dial("").Failover
	changes := r.store.RouteChanges(own)
	maps.DeleteFunc(failovers, func(route string, _ []string) bool { return !known[route] })
	for route, next := range failovers { // any of them counts
		changes = changes || r.store.RouteChanges(route) && (slices.Contains(next, own) || slices.Contains(failovers[own], route))
	}
	if !changes {
		return nil
	}
	ends := r.store.Unreported(own, failovers.Ends(own))
	if len(ends) == 0 {
		return nil
	}
	return tfhelper.WarnAt(path.Root("dial").AtName("failover"), "Failover ends", strings.Join(ends, "\n"))
}

// missingFailover is a route in failover, and the nodes on which it is missing.
type missingFailover struct {
	route string
	nodes []string
}

func (m missingFailover) String() string {
	return fmt.Sprintf("no active route %s with a dial block is on %s", m.route, strings.Join(m.nodes, ", "))
}

// missingFailovers are the routes in failover that are not on all nodes of the route.
// A route that is going to be on nodes that are not known yet counts as there.
func (r *Resource) missingFailovers(v view) []missingFailover {
	if !v.want.failsOver() {
		return nil
	}
	var missed []missingFailover
	for _, next := range v.want.dial("").Failover {
		if planned, known := r.store.RoutePlanned(next); planned && !known {
			continue
		}
		missing := missingFailover{route: next}
		for _, row := range v.rows {
			offered := slices.ContainsFunc(v.others, func(other cluster.Carrier) bool {
				return other.Generated() && other.On(row.ServerIP()) && asterisk.OffersRoute(other.Asterisk(cluster.DialplanEntry), next)
			})
			if !offered {
				missing.nodes = append(missing.nodes, row.ServerIP())
			}
		}
		if len(missing.nodes) > 0 {
			missed = append(missed, missing)
		}
	}
	return missed
}
