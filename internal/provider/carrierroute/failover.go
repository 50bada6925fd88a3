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

// checkFailover returns an error for each route in failover that will not be on every
// node of this route after the run.
//
// Routes of one for_each cannot refer to one another, and Terraform plans them in any
// order, a limited number at a time. If a route in failover is not planned yet, the
// check is registered as waiting. One of the waiting requests performs all waiting
// checks; the others return, so that Terraform can plan further routes.
func (r *Resource) checkFailover(ctx context.Context, p planReview) diag.Diagnostics {
	check := func(ctx context.Context) (texts []string, settled bool) {
		planned := map[string]bool{} // read before the rows, so that the rows are not older
		for _, next := range p.want.dial("").Failover {
			planned[next], _ = r.store.RoutePlanned(next)
		}
		others, err := r.store.ExpectedCarriers(ctx, p.want.route())
		if err != nil {
			return []string{err.Error()}, true
		}
		p.others, settled = others, true
		for _, missing := range r.missingFailovers(p) {
			settled = settled && planned[missing.route]
			texts = append(texts, missing.String())
		}
		return texts, settled
	}
	if !p.want.failsOver() {
		return nil
	}
	texts, settled := check(ctx)
	if settled {
		return leadsNowhere(texts)
	}
	if r.store.HasWritten() {
		// The first plan of this run had all routes. Missing routes are planned again after
		// the objects that they depend on are written.
		return nil
	}
	if !r.store.WaitingFailovers().Add(p.want.route(), check) {
		return nil
	}
	missing := r.waitForFailovers(ctx)
	diags := leadsNowhere(missing[p.want.route()])
	delete(missing, p.want.route())
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
		diags.Append(tfhelper.DiagnoseAt(path.Root("dial").AtName("failover"), "Unknown failover route",
			errors.New(text+"; if this configuration creates it in another resource, write vicidial_carrier_route.NAME.name in place of the name"))...)
	}
	return diags
}

// waitForFailovers waits until all routes in the failover of waiting routes are planned,
// or no more routes are planned. It returns the missing ones by waiting route.
func (r *Resource) waitForFailovers(ctx context.Context) map[string][]string {
	waiting, missing, done := r.store.WaitingFailovers(), map[string][]string{}, false
	tfhelper.Await(ctx, func() (again bool) {
		for route, check := range waiting.All() { // in any order
			texts, settled := check(ctx)
			missing[route] = texts
			if settled {
				waiting.Remove(route)
			}
		}
		done = waiting.Done()
		return !done
	})
	if !done { // if done, another route may have begun to wait
		for _, route := range waiting.Cancel() {
			if missing[route] == nil {
				missing[route] = []string{"its failover could not be checked"}
			}
		}
	}
	maps.DeleteFunc(missing, func(_ string, texts []string) bool { return len(texts) == 0 })
	return missing
}

// warnOfFailover warns of missing routes in failover of a route that does not change.
// They are not an error, since this route has no write that could wait.
func (r *Resource) warnOfFailover(p planReview) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, missing := range r.missingFailovers(p) {
		diags.Append(tfhelper.WarnAt(path.Root("dial").AtName("failover"), "Unknown failover route",
			missing.String()+". Calls that the carrier does not accept end there.")...)
	}
	return diags
}

// warnOfEnds warns of chains and cycles of failover that contain the route, if the run
// changes the route or its neighbor. Only planned routes count: of concurrent plans, the
// last one has all routes. Each chain is reported once in a run.
func (r *Resource) warnOfEnds(ctx context.Context, p planReview) diag.Diagnostics {
	if p.want.Dial == nil || !p.want.Active.ValueBool() {
		return nil
	}
	others := asterisk.FailoversOf(p.others)
	if len(others) == 0 && !p.want.failsOver() {
		return nil // a route that is planned later sees this one
	}
	own := p.want.route()
	planned := map[string]bool{own: true} // read before the rows, so that the rows are not older
	for route := range others {
		_, planned[route] = r.store.RoutePlanned(route)
	}
	carriers, err := r.store.ExpectedCarriers(ctx, own)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan carrier route", own, err)
	}
	failovers := asterisk.FailoversOf(carriers)
	failovers[own] = p.want.dial("").Failover
	changes := r.store.RouteChanges(own)
	maps.DeleteFunc(failovers, func(route string, _ []string) bool { return !planned[route] })
	for route, next := range failovers { // in any order
		changes = changes || r.store.RouteChanges(route) && (slices.Contains(next, own) || slices.Contains(failovers[own], route))
	}
	if !changes {
		return nil
	}
	ends := r.store.Unreported(own, failovers.Ends(own))
	if len(ends) == 0 {
		return nil
	}
	return tfhelper.WarnAt(path.Root("dial").AtName("failover"), "End of the failover chain", strings.Join(ends, "\n"))
}

// missingFailover is a route in failover, and the nodes on which it is missing.
type missingFailover struct {
	route string
	nodes []string
}

func (m missingFailover) String() string {
	return fmt.Sprintf("no active route %s with a dial block is on %s", m.route, strings.Join(m.nodes, ", "))
}

// missingFailovers returns the routes in failover that are not on all nodes of the
// route. A route whose nodes are unknown yet is not missing.
func (r *Resource) missingFailovers(p planReview) []missingFailover {
	if !p.want.failsOver() {
		return nil
	}
	var missed []missingFailover
	for _, next := range p.want.dial("").Failover {
		if planned, known := r.store.RoutePlanned(next); planned && !known {
			continue
		}
		missing := missingFailover{route: next}
		for _, row := range p.rows {
			offered := slices.ContainsFunc(p.others, func(other cluster.Carrier) bool {
				return other.Generated() && other.OnServer(row.ServerIP()) && asterisk.OffersRoute(other.Asterisk(cluster.DialplanEntry), next)
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
