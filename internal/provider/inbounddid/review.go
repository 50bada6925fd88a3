package inbounddid

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

var (
	errReserved    = errors.New("this is VICIdial's own row, which all other numbers depend on; to manage it, set reserved = true, and import the row if it exists")
	errNotReserved = errors.New("only default and did_system_filter are VICIdial's own rows; remove reserved")
)

// review returns the errors of an apply, and warnings for effects that an operator does
// not expect. want has the declared columns.
func (r *Resource) review(ctx context.Context, m model, want cluster.Row, isNew bool) diag.Diagnostics {
	diags := checkReserved(m)
	diags.Append(r.table().CheckColumns(ctx, m, want)...)
	if diags.HasError() {
		return diags
	}
	if isNew {
		diags.Append(r.table().CheckNew(ctx, m, want)...)
	}
	diags.Append(r.reviewRoutes(ctx, m, want)...)
	return diags
}

// reviewRoutes reports routes without a valid target: an error if the plan sets the
// target, and a warning if the row already has it.
func (r *Resource) reviewRoutes(ctx context.Context, m model, want cluster.Row) diag.Diagnostics {
	existing, found, err := r.find(ctx, m)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	row := existing
	if !found {
		schema, err := r.store.Schema(ctx)
		if err != nil {
			return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
		}
		row = schema.Defaults(cluster.TableDIDs, cluster.DIDColumns)
	}
	row = maps.Clone(row)
	maps.Copy(row, want)
	changes := func(column string) bool {
		value, found := existing[column]
		return !found || !cluster.EquivalentDID(column, row[column], value)
	}
	targets, err := r.store.DIDTargets(ctx, cluster.RouteNeedsPhones(row))
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	var diags diag.Diagnostics
	for _, violation := range targets.Violations(m.Key(), row) {
		diags.Append(diagnoseViolation(path.Root(violation.Column), violation, "", slices.ContainsFunc(violation.Causes, changes))...)
	}
	diags.Append(checkSpelling(targets.Directory, existing, want)...)
	return diags
}

// diagnoseViolation reports a violation of numbers; who is empty for a single one.
func diagnoseViolation(at path.Path, violation cluster.DIDViolation, subject string, isSet bool) diag.Diagnostics {
	const summary = "Route without a valid target"
	if violation.Later || !isSet {
		return tfhelper.WarnAt(at, summary, subject+violation.Text)
	}
	return tfhelper.DiagnoseAt(at, summary, errors.New(subject+violation.Text))
}

func checkReserved(m model) diag.Diagnostics {
	switch reserved := cluster.ReservedDID(m.Key()); {
	case reserved && !m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("did_pattern"), "Reserved DID", errReserved)
	case !reserved && m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("reserved"), "Not a reserved DID", errNotReserved)
	}
	return nil
}

// checkSpelling returns errors for changed keys that are spelled differently from their
// own rows.
func checkSpelling(directory cluster.Directory, existing, want cluster.Row) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, column := range slices.Sorted(maps.Keys(want)) {
		if key := want[column].Text; key != existing[column].Text {
			diags.Append(tfhelper.DiagnoseAt(path.Root(column), tfhelper.TitleMisspelled, directory.CheckSpelling(column, key))...)
		}
	}
	return diags
}
