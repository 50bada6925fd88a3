package carrierroute

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// contradictions returns the errors that the configuration has by itself.
func (m model) contradictions() diag.Diagnostics {
	var diags diag.Diagnostics
	all := m.AllServers.ValueBool()
	if all == !m.Servers.IsNull() {
		diags.Append(tfhelper.DiagnoseAt(path.Root("servers"), "Conflicting attributes", errors.New("set exactly one of servers and all_servers = true"))...)
	}
	listed := m.addresses()
	for _, address := range slices.Sorted(maps.Keys(m.PerServer)) {
		at := path.Root("per_server").AtMapKey(address)
		switch {
		case all:
			diags.Append(tfhelper.DiagnoseAt(at, "Conflicting attributes", errors.New("a carrier on all servers is one row, which cannot differ on single nodes; list the nodes in servers"))...)
		case !slices.Contains(listed, address):
			diags.Append(tfhelper.DiagnoseAt(at, "Server not in servers", fmt.Errorf("%s is not among the servers of this route", address))...)
		}
		if override := m.PerServer[address]; m.Dial == nil && !override.MaxChannels.IsNull() {
			diags.Append(tfhelper.DiagnoseAt(at.AtName("max_channels"), "Missing dial block", errors.New("max_channels requires a dial block, which this route does not have"))...)
		}
	}
	if m.Dial == nil {
		return diags
	}
	if !m.Dialplan.IsNull() && !cluster.EquivalentText(m.Dialplan.ValueString(), m.dial("").Dialplan()) {
		diags.Append(tfhelper.DiagnoseAt(path.Root("dialplan_entry"), "Conflicting attributes", errors.New("dial generates another text; remove dialplan_entry or dial"))...)
	}
	for _, address := range append([]string{""}, listed...) {
		for _, problem := range m.dial(address).Violations() {
			diags.Append(tfhelper.DiagnoseAt(problemAt(problem.Attribute), "Invalid dial block", errors.New(problem.Text))...)
		}
		if diags.HasError() {
			break // the same on every node
		}
	}
	return diags
}

func problemAt(attribute string) path.Path {
	if attribute == "name" || attribute == "protocol" {
		return path.Root(attribute)
	}
	return path.Root("dial").AtName(attribute)
}

// roots are the columns that are top-level attributes of the same name.
var roots = []string{
	"protocol", "carrier_name", "carrier_description", "user_group", "active", "template_id",
	string(cluster.RegistrationString), string(cluster.AccountEntry), string(cluster.GlobalsString), string(cluster.DialplanEntry),
}

// at returns the attribute that declares a column of the row on a node.
func (m model) at(column, address string) path.Path {
	override, differs := m.PerServer[address]
	if column == "carrier_id" && !override.CarrierID.IsNull() {
		return path.Root("per_server").AtMapKey(address).AtName(column)
	}
	if differs && slices.Contains(ownColumns, cluster.AsteriskText(column)) && !override.text(cluster.AsteriskText(column)).IsNull() {
		return path.Root("per_server").AtMapKey(address).AtName(column)
	}
	if column == string(cluster.DialplanEntry) && m.Dial != nil {
		return path.Root("dial")
	}
	if slices.Contains(roots, column) {
		return path.Root(column)
	}
	return path.Root("name")
}
