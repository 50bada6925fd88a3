package inbounddid

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

var (
	errReserved    = errors.New("this is VICIdial's own row, which all other numbers depend on; set reserved = true if it is meant, and import the row where it is there")
	errNotReserved = errors.New("only default and did_system_filter are VICIdial's own rows; leave reserved out")
)

// review tells what apply would refuse, as errors, and what VICIdial would do
// that an operator does not expect, as warnings.
func (r *Resource) review(ctx context.Context, m, declared model, isNew bool) diag.Diagnostics {
	schema, err := r.routing.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.pattern(), err)
	}
	diags := reviewReserved(m)
	row := declared.row()
	for _, column := range declared.columns() {
		if value, wanted := row[column.Name]; wanted {
			diags.Append(tfhelper.DiagnoseAt(column.At, "The database cannot hold this", schema.Check(cluster.TableDIDs, column.Name, value))...)
		}
	}
	if diags.HasError() {
		return diags
	}
	if isNew {
		change, err := r.change(ctx, m.pattern(), nil, row)
		if err == nil {
			_, err = change.Plan()
		}
		diags.Append(tfhelper.DiagnoseAt(path.Root("did_pattern"), "DID exists already", err)...)
	}
	full := m.row()
	if isNew {
		full = maps.Clone(cluster.DIDDefaults)
		maps.Copy(full, row)
	}
	for _, need := range cluster.DIDNeeds(full) {
		diags.Append(tfhelper.DiagnoseAt(path.Root(need.Column), "Calls would lead nowhere", fmt.Errorf("%s reads %s, which is blank", need.Route, need.Column))...)
	}
	diags.Append(r.reviewServers(ctx, declared)...)
	diags.Append(r.reviewTargets(ctx, full)...)
	return diags
}

func reviewReserved(m model) diag.Diagnostics {
	switch reserved := cluster.ReservedDID(m.pattern()); {
	case reserved && !m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("did_pattern"), "Reserved DID", errReserved)
	case !reserved && m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("reserved"), "No reserved DID", errNotReserved)
	}
	return nil
}

func (r *Resource) reviewServers(ctx context.Context, declared model) diag.Diagnostics {
	servers, err := r.routing.Expected(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", declared.pattern(), err)
	}
	var diags diag.Diagnostics
	for _, column := range []string{"server_ip", "filter_server_ip"} {
		ip := declared.row()[column].Text
		if _, found := servers.ByIP(ip); ip != "" && !found {
			diags.Append(tfhelper.DiagnoseAt(path.Root(column), "Unknown server",
				fmt.Errorf("server %s is neither in the table servers nor planned by now; where this configuration makes it, refer to vicidial_server.NAME.server_ip instead of writing the address", ip))...)
		}
	}
	return diags
}

// reviewTargets warns of targets that are not there. The admin pages may make
// them later.
func (r *Resource) reviewTargets(ctx context.Context, row cluster.Row) diag.Diagnostics {
	directory, err := r.routing.Directory(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", row["did_pattern"].Text, err)
	}
	var diags diag.Diagnostics
	for _, missing := range directory.DIDMissing(row) {
		diags.Append(tfhelper.WarnAt(path.Root(missing.Column), "Calls would lead nowhere",
			fmt.Sprintf("%s leads to %s, which is not there. Make it in the admin pages before calls come in.", missing.Route, row[missing.Column].Text))...)
	}
	return diags
}
