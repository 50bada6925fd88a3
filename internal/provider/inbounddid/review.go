package inbounddid

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

var (
	errReserved    = errors.New("this is VICIdial's own row, which all other numbers depend on; set reserved = true if it is meant, and import the row where it is there")
	errNotReserved = errors.New("only default and did_system_filter are VICIdial's own rows; leave reserved out")
)

// review returns errors for what an apply would refuse, and warnings for what VICIdial
// does that an operator does not expect. want is what the configuration declares.
func (r *Resource) review(ctx context.Context, m model, want cluster.Row, isNew bool) diag.Diagnostics {
	diags := reviewReserved(m)
	diags.Append(r.table().CheckColumns(ctx, m, want)...)
	if diags.HasError() {
		return diags
	}
	row := m.Expand()
	if isNew {
		diags.Append(r.table().CheckNew(ctx, m, want)...)
		schema, err := r.topology.Schema(ctx)
		if err != nil {
			return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
		}
		row = schema.Defaults(cluster.TableDIDs, cluster.DIDColumns)
		maps.Copy(row, want)
	}
	for _, need := range cluster.DIDNeeds(row) {
		diags.Append(tfhelper.DiagnoseAt(path.Root(need.Column), "Calls would lead nowhere", fmt.Errorf("%s reads %s, which is blank", need.Route, need.Column))...)
	}
	diags.Append(r.reviewSpelling(ctx, m, want)...)
	diags.Append(r.reviewServers(ctx, m, want)...)
	diags.Append(r.reviewTargets(ctx, m, row)...)
	return diags
}

func reviewReserved(m model) diag.Diagnostics {
	switch reserved := cluster.ReservedDID(m.Key()); {
	case reserved && !m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("did_pattern"), "Reserved DID", errReserved)
	case !reserved && m.Reserved.ValueBool():
		return tfhelper.DiagnoseAt(path.Root("reserved"), "No reserved DID", errNotReserved)
	}
	return nil
}

// reviewSpelling returns errors for keys that change and that their own rows spell in
// another way.
func (r *Resource) reviewSpelling(ctx context.Context, m model, want cluster.Row) diag.Diagnostics {
	directory, err := r.topology.Directory(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	held, _, err := r.find(ctx, m)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	var diags diag.Diagnostics
	for _, column := range slices.Sorted(maps.Keys(want)) {
		if key := want[column].Text; key != held[column].Text {
			diags.Append(tfhelper.DiagnoseAt(path.Root(column), tfhelper.OtherLetters, directory.CheckSpelling(column, key))...)
		}
	}
	return diags
}

func (r *Resource) reviewServers(ctx context.Context, m model, want cluster.Row) diag.Diagnostics {
	servers, err := r.topology.Expected(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	var diags diag.Diagnostics
	for _, column := range []string{"server_ip", "filter_server_ip"} {
		ip := want[column].Text
		if _, found := servers.ByIP(ip); ip != "" && !found {
			diags.Append(tfhelper.DiagnoseAt(path.Root(column), "Unknown server",
				fmt.Errorf("server %s is neither in the table servers nor planned by now; where this configuration makes it, refer to vicidial_server.NAME.server_ip instead of writing the address", ip))...)
		}
	}
	return diags
}

// reviewTargets warns of targets that do not exist. They may be added on the admin
// pages later.
func (r *Resource) reviewTargets(ctx context.Context, m model, row cluster.Row) diag.Diagnostics {
	directory, err := r.topology.Directory(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan DID", m.Key(), err)
	}
	var diags diag.Diagnostics
	for _, missing := range directory.DIDMissing(row) {
		diags.Append(tfhelper.WarnAt(path.Root(missing.Column), "Calls would lead nowhere",
			fmt.Sprintf("%s leads to %s, which is not there. Make it in the admin pages before calls come in.", missing.Route, row[missing.Column].Text))...)
	}
	return diags
}
