package inbounddid

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review returns the errors of an apply and warnings of its changes.
func (r *Numbers) review(ctx context.Context, b block, want declared, prior *declared) diag.Diagnostics {
	change := numbers.Change{Want: want.wanted, Released: want.released, TakeOver: b.isTrue("take_over")}
	if prior != nil {
		change.Before = prior.wanted
	}
	schema, err := r.store.Schema(ctx)
	if err == nil {
		change.Have, err = r.store.Numbers(ctx, columns)
	}
	if err != nil {
		return tfhelper.Diagnose("Unable to plan inbound numbers", b.name(), err)
	}
	diff, err := change.Diff()
	if err != nil {
		return tfhelper.DiagnoseAt(path.Root("dids"), "Numbers already exist", err)
	}
	if diff.Empty() && prior != nil {
		return nil
	}
	diags := reviewPatterns(schema, change.Have, b.texts("dids"))
	diags.Append(reviewValues(schema, change.Have, want)...)
	if diags.HasError() {
		return diags
	}
	if prior != nil {
		diags.AddWarning("Inbound numbers "+b.name()+" change", diff.Summary())
	}
	diags.Append(r.reviewRoutes(ctx, schema, change.Have, want)...)
	diags.Append(tfhelper.Diagnose("Unable to write inbound numbers", b.name(), r.store.Writable(ctx, cluster.TableDIDs))...)
	return diags
}

// reviewPatterns checks the first number of each range; the others have the same form.
func reviewPatterns(schema cluster.Schema, table numbers.Table, dids []string) diag.Diagnostics {
	var diags diag.Diagnostics
	for index, text := range dids {
		first, _, _ := strings.Cut(text, "-")
		row := cluster.Row{key: cluster.Text(first)}
		var existing cluster.Row
		if _, found := table.ByPattern(first); found {
			existing = row
		}
		diags.Append(tfhelper.DiagnoseViolations("DID "+first, rules.Violations(schema, cluster.TableDIDs, existing, row), func(string) path.Path { return path.Root("dids").AtListIndex(index) })...)
	}
	return diags
}

// reviewValues checks the declared values against the rules and the columns of the
// database. For a value that all of its numbers already have, it returns a warning.
func reviewValues(schema cluster.Schema, table numbers.Table, want declared) diag.Diagnostics {
	check := func(values cluster.Row, set ranges.Set, at func(column string) path.Path) diag.Diagnostics {
		if len(rules.Violations(schema, cluster.TableDIDs, nil, values)) == 0 {
			return nil
		}
		existing := table.CommonValues(set, want.wanted, values)
		return tfhelper.DiagnoseViolations("DIDs "+set.Brief(), rules.Violations(schema, cluster.TableDIDs, existing, values), at)
	}
	diags := check(want.Shared, want.Numbers, path.Root)
	for _, override := range want.Overrides {
		diags.Append(check(override.Row, override.Numbers, func(column string) path.Path { return path.Root("overrides").AtMapKey(override.Key).AtMapKey(column) })...)
	}
	return diags
}

// at returns the attribute that declares a column of a number.
func (d declared) at(column, number string) path.Path {
	for _, override := range d.Overrides {
		if _, sets := override.Row[column]; sets && override.Numbers.Has(number) {
			return path.Root("overrides").AtMapKey(override.Key).AtMapKey(column)
		}
	}
	return path.Root(column)
}

// reviewRoutes reports numbers whose calls have no valid target: an error if the plan
// sets the target, and a warning if the rows already have it.
func (r *Numbers) reviewRoutes(ctx context.Context, schema cluster.Schema, table numbers.Table, want declared) diag.Diagnostics {
	routes := table.Routes(want.wanted, schema.Defaults(cluster.TableDIDs, cluster.DIDRouteColumns))
	targets, err := r.store.DIDTargets(ctx, slices.ContainsFunc(routes, func(route numbers.Route) bool { return cluster.RouteNeedsPhones(route.Row) }))
	if err != nil {
		return tfhelper.Diagnose("Unable to plan inbound numbers", "", err)
	}
	var diags diag.Diagnostics
	for _, route := range routes {
		first := names(route.Numbers)[0]
		for _, violation := range targets.Violations(first, route.Row) {
			isSet := slices.ContainsFunc(violation.Causes, func(column string) bool { return route.Changed[column] })
			diags.Append(diagnoseViolation(want.at(violation.Column, first), violation, route.Numbers.Brief()+": ", isSet)...)
		}
	}
	return diags
}
