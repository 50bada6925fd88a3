package server

import (
	"context"
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

// review returns an error for whatever apply would refuse, and a warning for what
// VICIdial would do that an operator does not expect.
func (r *Resource) review(ctx context.Context, want, declared, prior *expanded) diag.Diagnostics {
	schema, err := r.store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	servers, err := r.store.Servers(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	held, _ := servers.ByID(want.id())
	diags := breaches(schema, want, held.Row, declared.row())
	diags.Append(reviewColumns(schema, declared)...)
	diags.Append(reviewDialplan(schema, declared.CustomDialplan.ValueString(), held)...)
	if prior == nil && !diags.HasError() {
		want.setDefaults(schema, declared)
	}
	diags.Append(want.reviewRooms(declared, prior)...)
	if !want.ServerID.IsUnknown() && !want.ServerIP.IsUnknown() {
		// Recorded before it is checked, so that of two servers with one address
		// that are planned at the same time, one is refused.
		if planned, changed := serverAfter(servers, want); changed {
			before := r.store.AddServer(planned)
			if other := before.ID(); prior == nil && held.Row == nil && other != "" && other != want.id() {
				diags.Append(tfhelper.DiagnoseAt(path.Root("server_id"), "Id already taken",
					fmt.Errorf("server %s is planned as well, and the database takes the two ids for one", other))...)
			}
		}
		expected, err := r.store.Expected(ctx)
		diags.Append(tfhelper.Diagnose("Unable to plan server", want.id(), err)...)
		diags.Append(reviewKeys(servers, expected, want, declared, prior)...)
	}
	if diags.HasError() {
		return diags
	}
	diags.Append(r.reviewTrunks(ctx, servers, want, declared)...)
	diags.Append(r.reviewAddress(ctx, servers, want, prior)...)
	if prior != nil {
		for column, at := range map[string]string{cluster.ServerSecret: "conf_secret_wo_version", cluster.ManagerSecret: "manager_secret_wo_version"} {
			if _, written := want.secrets(declared, prior)[column]; written {
				diags.Append(tfhelper.WarnSecret(path.Root(at), column, "server "+held.String())...)
			}
		}
	}
	if prior == nil {
		diags.Append(r.warnSecrets(ctx, servers, want, declared)...)
		diags.Append(warnDefaults(declared)...)
	}
	if rooms, managed := want.rooms(declared); managed && !want.ServerIP.IsUnknown() {
		r.store.AddRooms(want.engine(), want.ServerIP.ValueString(), rooms.Count)
	}
	return diags
}

// setDefaults sets the defaults that a new server takes. An attribute whose value
// depends on another resource stays unknown.
func (o *expanded) setDefaults(schema cluster.Schema, declared *expanded) {
	row := declared.row()
	for _, column := range tfhelper.UnknownColumns(declared.columns()) {
		row[column] = cluster.Null // set, with a value that is not known yet
	}
	columns := schema.Only(cluster.TableServers, cluster.ServerColumns)
	tfhelper.SetDefaults(o.columns(), row, schema.Defaults(cluster.TableServers, columns), schema, cluster.TableServers)
}

// reviewDialplan looks the server's own dialplan over as Asterisk reads it. What
// Asterisk drops is an error in a text that is new, and a warning in the one that
// the row holds.
func reviewDialplan(schema cluster.Schema, text string, held cluster.Server) diag.Diagnostics {
	at := path.Root("custom_dialplan_entry")
	if text == "" {
		return nil
	}
	flaws := asterisk.CheckCustomDialplan(text, schema.Version)
	commands := asterisk.CheckCommands(asterisk.CustomDialplan, text)
	errs, refused, warnings := flaws.Errors(), commands.Errors(), slices.Concat(flaws.Warnings(), commands.Warnings())
	for _, bare := range asterisk.BareSecrets(text) {
		bare.Do = "leave it to the account of a vicidial_carrier_route, and dial the section of that account"
		warnings = append(warnings, bare)
	}
	if cluster.EquivalentText(held.Row[string(asterisk.CustomDialplan)].Text, text) {
		errs, refused, warnings = nil, nil, slices.Concat(errs, refused, warnings)
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk would not read this", errs.Err())
	diags.Append(tfhelper.DiagnoseAt(at, "A caller could run commands on the node", refused.Err())...)
	if len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Text to look at", warnings.String())...)
	}
	return diags
}

// reviewColumns refuses secrets and rooms that the connected database cannot hold.
func reviewColumns(schema cluster.Schema, declared *expanded) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, secret := range map[string]interface {
		IsNull() bool
		IsUnknown() bool
		ValueString() string
	}{cluster.ServerSecret: declared.ConfSecret, cluster.ManagerSecret: declared.ManagerSecret} {
		if !secret.IsNull() && !secret.IsUnknown() {
			at := path.Root(map[string]string{cluster.ServerSecret: "conf_secret_wo", cluster.ManagerSecret: "manager_secret_wo"}[name])
			diags.Append(tfhelper.DiagnoseAt(at, "The database cannot hold this", schema.Check(cluster.TableServers, name, cluster.Text(secret.ValueString())))...)
		}
	}
	if rooms, managed := declared.rooms(declared); managed && rooms.Count > 0 {
		diags.Append(tfhelper.DiagnoseAt(path.Root("conference").AtName("rooms"), "The database cannot hold this",
			schema.Check(declared.engine().Table(), "conf_exten", cluster.Number(int64(rooms.First))))...)
	}
	return diags
}

// reviewKeys refuses keys that are taken. The schema does not: two rows with one
// address are possible (docs/vicidial/schema.md#duplicate-addresses). An address
// that another server leaves in the same run is still taken, since the order of
// the two writes is not known. Two servers that share an address already may keep
// it.
func reviewKeys(servers, expected cluster.Servers, want, declared, prior *expanded) diag.Diagnostics {
	var diags diag.Diagnostics
	if there, found := servers.ByID(want.id()); found && prior != nil && there.IP() == want.ServerIP.ValueString() {
		if other, shares := servers.Sharing(there); shares {
			return tfhelper.WarnAt(path.Root("server_ip"), "Two servers with one address",
				fmt.Sprintf("Server %s has the address %q as well. VICIdial takes the two for one and uses whichever row it meets first. Remove one of them, or give it its own address: what names the address stays with the other.", other.ID(), other.IP()))
		}
	}
	taken := func(by cluster.Servers, how string) bool {
		for _, other := range by {
			if other.IP() == want.ServerIP.ValueString() && !strings.EqualFold(other.ID(), want.id()) {
				diags.Append(tfhelper.DiagnoseAt(path.Root("server_ip"), "Address already taken",
					fmt.Errorf("server %s %s the address %s; VICIdial would take the two for one", other.ID(), how, other.IP()))...)
				return true
			}
		}
		return false
	}
	if !taken(servers.Intersect(expected), "already has") {
		taken(expected, "is planned with")
	}
	if prior != nil {
		return diags
	}
	at := path.Root("server_id")
	if there, found := servers.ByID(want.id()); found {
		_, err := cluster.ResumeServer(there, declared.row(), nil)
		diags.Append(tfhelper.DiagnoseAt(at, tfhelper.TitleOf(err, "Server exists already", "Unable to plan server "+want.id()), err)...)
	} else if strings.Contains(want.id(), "-") {
		diags.Append(tfhelper.DiagnoseAt(at, "Invalid value",
			fmt.Errorf("%q must be 1 to 10 letters, digits or underscores, since it becomes part of a dialplan variable; a hyphen is taken where a server has it already", want.id()))...)
	}
	return diags
}

// reviewTrunks refuses to lower the maximum below the allocations of campaigns.
func (r *Resource) reviewTrunks(ctx context.Context, servers cluster.Servers, want, declared *expanded) diag.Diagnostics {
	if declared.MaxTrunks.IsNull() || want.MaxTrunks.IsNull() || want.MaxTrunks.IsUnknown() || want.ServerIP.IsUnknown() {
		return nil
	}
	trunks, err := r.store.Trunks(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	there, _ := servers.ByID(want.id())
	return tfhelper.DiagnoseAt(path.Root("max_vicidial_trunks"), "Fewer trunks than are promised",
		trunks.CheckMaximum(there, want.ServerIP.ValueString(), int(want.MaxTrunks.ValueInt64())))
}

// reviewAddress warns of what a change of the address changes besides.
func (r *Resource) reviewAddress(ctx context.Context, servers cluster.Servers, want, prior *expanded) diag.Diagnostics {
	if prior == nil || want.ServerIP.IsUnknown() || want.ServerIP.Equal(prior.ServerIP) {
		return nil
	}
	from, to := prior.ServerIP.ValueString(), want.ServerIP.ValueString()
	at := path.Root("server_ip")
	if there, found := servers.ByID(want.id()); found {
		if other, shares := servers.Sharing(there); shares {
			return tfhelper.WarnAt(at, "Server "+want.id()+" changes its address",
				fmt.Sprintf("%q becomes %q in the servers row alone: server %s has the old address as well, and what names it stays there.", from, to, other.ID()))
		}
	}
	old, err := r.store.Referencing(ctx, from)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	clashes, err := r.store.Clashes(ctx, from, to)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	live, err := r.store.Live(ctx, from)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	if _, err := cluster.PlanAddress(cluster.Server{Row: prior.row()}, to, old, clashes); err != nil {
		return tfhelper.DiagnoseAt(at, "Address already in use", err)
	}
	about := fmt.Sprintf("%q becomes %q in place, in %s, and the servers row last. Not reached from here: VARserver_ip in astguiclient.conf on the node, the table cid_channels_recent_… and addresses inside dialplan texts.", from, to, old.Summary())
	if !hasTriggers(old) {
		about += " The database user may not see vicidial_process_triggers: if it names the old address, an administrator changes it."
	}
	if live.Agents+live.Calls > 0 {
		about += " " + live.String() + " on it now; they stay with the old address until they end."
	}
	return tfhelper.WarnAt(at, "Server "+want.id()+" changes its address", about)
}

// hasTriggers reports whether a process trigger names the server.
func hasTriggers(found cluster.Referencing) bool {
	return slices.ContainsFunc(found, func(rows cluster.ReferencingRows) bool { return rows.Table == cluster.TableProcessTriggers })
}

// warnSecrets warns of default secrets, and of the first-login wizard, which would
// overwrite those that are set.
func (r *Resource) warnSecrets(ctx context.Context, servers cluster.Servers, want, declared *expanded) diag.Diagnostics {
	var diags diag.Diagnostics
	there, found := servers.ByID(want.id())
	for _, secret := range []struct {
		column, attribute string
		given             bool
	}{
		{cluster.ServerSecret, "conf_secret_wo", !declared.ConfSecret.IsNull()},
		{cluster.ManagerSecret, "manager_secret_wo", !declared.ManagerSecret.IsNull()},
	} {
		shipped := !found
		for _, column := range there.Shipped {
			shipped = shipped || column == secret.column
		}
		if shipped && !secret.given {
			diags.Append(tfhelper.WarnAt(path.Root(secret.attribute), "Secret left as it was shipped",
				fmt.Sprintf("%s of server %s is the password that every VICIdial is shipped with. Set %s and %s_version.", secret.column, want.id(), secret.attribute, secret.attribute))...)
		}
	}
	armed, err := r.store.FirstLoginArmed(ctx)
	if err == nil && armed && !declared.ConfSecret.IsNull() {
		diags.Append(tfhelper.WarnAt(path.Root("conf_secret_wo"), "The first-login wizard has not run yet",
			"When somebody logs in to the admin pages for the first time, VICIdial's wizard overwrites conf_secret of all servers and the passwords of all phones. Let it run before you set secrets.")...)
	}
	return diags
}

// warnDefaults warns of defaults that throttle a new telephony node.
func warnDefaults(declared *expanded) diag.Diagnostics {
	if !declared.ActiveAsterisk.IsNull() && !declared.ActiveAsterisk.ValueBool() {
		return nil
	}
	var left []string
	if declared.MaxTrunks.IsNull() {
		left = append(left, "max_vicidial_trunks (23 lines)")
	}
	if declared.CallsPerSecond.IsNull() {
		left = append(left, "outbound_calls_per_second (5, or 20 on upgraded systems)")
	}
	if declared.AsteriskVersion.IsNull() {
		left = append(left, "asterisk_version (1.4.21.2, which makes an outdated dialplan)")
	}
	if len(left) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Server "+declared.id()+" keeps defaults that hold it back",
		"These are left to VICIdial's defaults: "+strings.Join(left, ", ")+". Set them, or set active_asterisk_server = false if this is no telephony node.")}
}

// serverAfter is the server as this run will leave it, for resources that are planned
// after it; false if nothing changes.
func serverAfter(servers cluster.Servers, want *expanded) (cluster.Server, bool) {
	there, found := servers.ByID(want.id())
	server, changed := cluster.Server{Row: cluster.Row{}}, !found
	maps.Copy(server.Row, there.Row)
	for column, value := range want.row() {
		changed = changed || !cluster.Equivalent(column, there.Row[column], value)
		server.Row[column] = value
	}
	return server, changed
}

// reviewRemoval warns of what prevents a removal now. It is no error, since the
// same run may remove it first.
func (r *Resource) reviewRemoval(ctx context.Context, prior *expanded) (cluster.Row, diag.Diagnostics) {
	r.store.AddRemovedServer(prior.id())
	server, _, err := r.findServer(ctx, prior.id())
	if err != nil || server.Row == nil {
		return nil, tfhelper.Diagnose("Unable to plan the removal of server", prior.id(), err)
	}
	removal, err := r.store.Removal(ctx, server)
	if err != nil {
		return nil, tfhelper.Diagnose("Unable to plan the removal of server", prior.id(), err)
	}
	removal.Force = prior.ForceDestroy.ValueBool()
	lines := removalLines(removal)
	if len(lines) == 0 {
		return server.Row, nil
	}
	return server.Row, diag.Diagnostics{diag.NewWarningDiagnostic("Server "+prior.id()+" is going to be removed", strings.Join(lines, "\n"))}
}

// removalLines are the sentences of that warning.
func removalLines(removal cluster.Removal) []string {
	var lines []string
	if removal.SameAddress != "" {
		lines = append(lines, "Server "+removal.SameAddress+" has the same address: the row alone goes, and what names the address stays with that server.")
	}
	if reasons := removal.Activity(); len(reasons) > 0 {
		lines = append(lines, "The apply refuses as long as this is so: "+strings.Join(reasons, "; ")+".")
	}
	if naming := removal.BlockingRows(); len(naming) > 0 {
		lines = append(lines, "These rows name it now: "+naming.Summary()+". Those that this run moves or removes before are no obstacle (see create_before_destroy); if any is left then, the apply refuses and leaves the server as it is.")
	}
	if own := removal.OwnRows(); len(own) > 0 {
		lines = append(lines, "These rows of its own go with it: "+own.Summary()+".")
	}
	if removal.Force && removal.SameAddress == "" {
		lines = append(lines, "force_destroy is set: "+removal.Referencing.Summary()+" go with it, and its phones leave their aliases.")
		if !hasTriggers(removal.Referencing) {
			lines = append(lines, "The database user may not see vicidial_process_triggers: if a trigger names the server, an administrator removes it.")
		}
	}
	return lines
}
