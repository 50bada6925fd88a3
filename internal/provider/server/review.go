package server

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review returns the errors of an apply, and warnings for effects that an operator does
// not expect.
func (r *Resource) review(ctx context.Context, want, declared, prior *expanded) diag.Diagnostics {
	schema, err := r.store.Schema(ctx)
	servers, unread := r.store.Servers(ctx)
	if err := cmp.Or(err, unread); err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	existing, _ := servers.ByID(want.id())
	diags := checkRules(schema, want, existing.Row, declared.row())
	diags.Append(checkColumns(schema, declared)...)
	diags.Append(reviewDialplan(schema, declared.CustomDialplan.ValueString(), existing)...)
	if prior == nil && !diags.HasError() {
		want.omitGroups(declared)
		want.setDefaults(schema, declared)
		if existing.Row != nil && declared.conference.Engine.IsNull() && want.engine() != existing.Engine() {
			want.conference.Engine = types.StringUnknown() // a replacement keeps the row or removes it first
			if declared.conference.FirstRoom.IsNull() {
				want.conference.FirstRoom = types.Int64Unknown()
			}
		}
	}
	diags.Append(want.reviewRooms(declared, prior)...)
	if !want.ServerID.IsUnknown() && !want.ServerIP.IsUnknown() {
		// Recorded before it is checked, so that of two servers with one address
		// that are planned at the same time, one is refused.
		if planned, changed := serverAfter(servers, want); changed {
			before := r.store.AddServer(planned)
			if other := before.ID(); prior == nil && existing.Row == nil && other != "" && other != want.id() {
				diags.Append(tfhelper.DiagnoseAt(path.Root("server_id"), "Id already in use",
					fmt.Errorf("server %s is planned, too, and to the database the two ids are equal", other))...)
			}
		}
		expected, err := r.store.ExpectedServers(ctx)
		diags.Append(tfhelper.Diagnose("Unable to plan server", want.id(), err)...)
		diags.Append(reviewKeys(servers, expected, want, declared, prior)...)
	}
	if diags.HasError() {
		return diags
	}
	diags.Append(r.checkTrunks(ctx, servers, want, declared)...)
	diags.Append(r.reviewAddress(ctx, servers, want, prior)...)
	if prior != nil {
		diags.Append(tfhelper.WarnSecrets(tfhelper.NewSecrets(declared.secrets(), want.secrets(), prior.secrets()), "server "+existing.String())...)
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

// setDefaults sets the column defaults of a new server. An attribute whose value depends
// on another resource stays unknown.
func (o *expanded) setDefaults(schema cluster.Schema, declared *expanded) {
	row := declared.row()
	for _, column := range tfhelper.UnknownColumns(declared.columns()) {
		row[column] = cluster.Null // declared, with an unknown value
	}
	columns := schema.Only(cluster.TableServers, cluster.ServerColumns)
	tfhelper.SetDefaults(o.columns(), row, schema.Defaults(cluster.TableServers, columns), schema, cluster.TableServers)
}

// reviewDialplan checks the server's own dialplan as Asterisk reads it. Lines that
// Asterisk ignores are an error in a new text, and a warning in the text of the row.
func reviewDialplan(schema cluster.Schema, text string, existing cluster.Server) diag.Diagnostics {
	at := path.Root("custom_dialplan_entry")
	if text == "" {
		return nil
	}
	violations := asterisk.CheckCustomDialplan(text, schema.Version)
	commands := asterisk.CheckCommands(asterisk.CustomDialplan, text)
	errs, refused, warnings := violations.Errors(), commands.Errors(), slices.Concat(violations.Warnings(), commands.Warnings())
	for _, bare := range asterisk.CheckSecrets(text) {
		bare.Advice = "put it into the account of a vicidial_carrier_route, and dial the section of that account"
		warnings = append(warnings, bare)
	}
	if cluster.EquivalentText(existing.Row[string(asterisk.CustomDialplan)].Text, text) {
		errs, refused, warnings = nil, nil, slices.Concat(errs, refused, warnings)
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk cannot read this", errs.Err())
	diags.Append(tfhelper.DiagnoseAt(at, "A caller could run commands on the node", refused.Err())...)
	if len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Possible mistake in the text", warnings.String())...)
	}
	return diags
}

// checkColumns refuses secrets and rooms that the connected database cannot hold.
func checkColumns(schema cluster.Schema, declared *expanded) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, secret := range declared.secrets() {
		if !secret.Value.IsNull() && !secret.Value.IsUnknown() {
			diags.Append(tfhelper.DiagnoseAt(path.Root(secret.Attribute), "Value not supported by the database",
				schema.Check(cluster.TableServers, secret.Column, cluster.Text(secret.Value.ValueString())))...)
		}
	}
	if rooms, managed := declared.rooms(declared); managed && rooms.Count > 0 {
		diags.Append(tfhelper.DiagnoseAt(path.Root("conference").AtName("rooms"), "Value not supported by the database",
			schema.Check(declared.engine().Table(), "conf_exten", cluster.Number(int64(rooms.First))))...)
	}
	return diags
}

// reviewKeys refuses keys that are in use. The database does not: two rows can have the
// same address (docs/vicidial/schema.md#duplicate-addresses). An address that another
// server changes in the same run is still in use, since the order of the two writes is
// unknown. Two servers that already share an address may keep it.
func reviewKeys(servers, expected cluster.Servers, want, declared, prior *expanded) diag.Diagnostics {
	existing, found := servers.ByID(want.id())
	if prior != nil && existing.IP() == want.ServerIP.ValueString() {
		if other, shares := servers.WithSameAddress(existing); shares {
			return tfhelper.WarnAt(path.Root("server_ip"), "Duplicate address",
				fmt.Sprintf("Server %s has the address %q, too. VICIdial treats the two as one server and uses the row that it reads first. Remove one of them, or give it another address: rows with the address stay with the other one.", other.ID(), other.IP()))
		}
	}
	var diags diag.Diagnostics
	wanted, use := cluster.Server{Row: want.row()}, "already has"
	other, inUse := servers.Intersect(expected).WithSameAddress(wanted)
	if !inUse {
		use = "is planned with"
		other, inUse = expected.WithSameAddress(wanted)
	}
	if inUse {
		diags.Append(tfhelper.DiagnoseAt(path.Root("server_ip"), "Address already in use",
			fmt.Errorf("server %s %s the address %s; VICIdial would treat the two as one server", other.ID(), use, other.IP()))...)
	}
	if prior != nil {
		return diags
	}
	at := path.Root("server_id")
	if found {
		_, err := cluster.ResumeServer(existing, declared.row(), nil)
		diags.Append(tfhelper.DiagnoseAt(at, tfhelper.TitleOf(err, "Server already exists", "Unable to plan server "+want.id()), err)...)
	} else if strings.Contains(want.id(), "-") {
		diags.Append(tfhelper.DiagnoseAt(at, "Invalid value",
			fmt.Errorf("%q must be 1 to 10 letters, digits or underscores, since it becomes part of a dialplan variable; a hyphen is accepted only in the id of an existing server", want.id()))...)
	}
	return diags
}

// checkTrunks refuses a maximum below the trunks that campaigns have.
func (r *Resource) checkTrunks(ctx context.Context, servers cluster.Servers, want, declared *expanded) diag.Diagnostics {
	if declared.MaxTrunks.IsNull() || want.MaxTrunks.IsNull() || want.MaxTrunks.IsUnknown() || want.ServerIP.IsUnknown() {
		return nil
	}
	trunks, err := r.store.Trunks(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	existing, _ := servers.ByID(want.id())
	return tfhelper.DiagnoseAt(path.Root("max_vicidial_trunks"), "Fewer trunks than campaigns have",
		trunks.CheckMaximum(existing, want.ServerIP.ValueString(), int(want.MaxTrunks.ValueInt64())))
}

// reviewAddress warns of the other rows that a change of the address changes.
func (r *Resource) reviewAddress(ctx context.Context, servers cluster.Servers, want, prior *expanded) diag.Diagnostics {
	if prior == nil || want.ServerIP.IsUnknown() || want.ServerIP.Equal(prior.ServerIP) {
		return nil
	}
	from, to := prior.ServerIP.ValueString(), want.ServerIP.ValueString()
	at := path.Root("server_ip")
	if existing, found := servers.ByID(want.id()); found {
		if other, shares := servers.WithSameAddress(existing); shares {
			return tfhelper.WarnAt(at, "Server "+want.id()+" changes its address",
				fmt.Sprintf("%q becomes %q in the row of servers only: server %s has the old address, too, and the other rows stay with that server.", from, to, other.ID()))
		}
	}
	old, errOld := r.store.Referencing(ctx, from)
	clashes, errClashes := r.store.Clashes(ctx, from, to)
	live, errLive := r.store.Live(ctx, from)
	if err := cmp.Or(errOld, errClashes, errLive); err != nil {
		return tfhelper.Diagnose("Unable to plan server", want.id(), err)
	}
	if _, err := cluster.PlanAddress(cluster.Server{Row: prior.row()}, to, old, clashes); err != nil {
		return tfhelper.DiagnoseAt(at, "Address already in use", err)
	}
	about := fmt.Sprintf("%q becomes %q in place, in %s, and the row of servers last. The provider does not change VARserver_ip in astguiclient.conf on the node, the table cid_channels_recent_… and addresses in dialplan texts.", from, to, old.Summary())
	if !readsTriggers(old) {
		about += " The database user cannot read vicidial_process_triggers: if it contains the old address, an administrator must change it."
	}
	if live.Agents+live.Calls > 0 {
		about += " " + live.String() + " on it now; they keep the old address until they end."
	}
	return tfhelper.WarnAt(at, "Server "+want.id()+" changes its address", about)
}

// readsTriggers reports whether the database user can read the process triggers.
func readsTriggers(found cluster.Referencing) bool {
	return slices.ContainsFunc(found, func(rows cluster.ReferencingRows) bool { return rows.Table == cluster.TableProcessTriggers })
}

// warnSecrets warns of VICIdial's default secrets, and of the first-login wizard, which
// overwrites secrets.
func (r *Resource) warnSecrets(ctx context.Context, servers cluster.Servers, want, declared *expanded) diag.Diagnostics {
	var diags diag.Diagnostics
	existing, found := servers.ByID(want.id())
	for _, secret := range declared.secrets() {
		isDefault := !found || slices.Contains(existing.DefaultSecrets, secret.Column)
		if isDefault && secret.Value.IsNull() {
			diags.Append(tfhelper.WarnAt(path.Root(secret.Attribute), "Default password",
				fmt.Sprintf("%s of server %s is VICIdial's default password. Set %s and %s_version.", secret.Column, want.id(), secret.Attribute, secret.Attribute))...)
		}
	}
	pending, err := r.store.FirstLoginPending(ctx)
	if err == nil && pending && !declared.ConfSecret.IsNull() {
		diags.Append(tfhelper.WarnAt(path.Root("conf_secret_wo"), tfhelper.FirstLoginTitle, tfhelper.FirstLoginText)...)
	}
	return diags
}

// warnDefaults warns of defaults that throttle a new telephony node.
func warnDefaults(declared *expanded) diag.Diagnostics {
	if !declared.ActiveAsterisk.IsNull() && !declared.ActiveAsterisk.ValueBool() {
		return nil
	}
	var unset []string
	if declared.MaxTrunks.IsNull() {
		unset = append(unset, "max_vicidial_trunks (23 lines)")
	}
	if declared.CallsPerSecond.IsNull() {
		unset = append(unset, "outbound_calls_per_second (5, or 20 on upgraded systems)")
	}
	if declared.AsteriskVersion.IsNull() {
		unset = append(unset, "asterisk_version (1.4.21.2, which makes an outdated dialplan)")
	}
	if len(unset) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Server "+declared.id()+" keeps low defaults",
		"These have VICIdial's defaults: "+strings.Join(unset, ", ")+". Set them, or set active_asterisk_server = false if this is not a telephony node.")}
}

// serverAfter returns the server after this run, for resources that are planned later;
// false if nothing changes.
func serverAfter(servers cluster.Servers, want *expanded) (cluster.Server, bool) {
	existing, found := servers.ByID(want.id())
	server, changed := cluster.Server{Row: cluster.Row{}}, !found
	maps.Copy(server.Row, existing.Row)
	for column, value := range want.row() {
		changed = changed || !cluster.TableServers.Equivalent(column, existing.Row[column], value)
		server.Row[column] = value
	}
	return server, changed
}

// reviewRemoval warns of rows that prevent a removal now. They are not an error, since
// the same run may remove them first.
func (r *Resource) reviewRemoval(ctx context.Context, prior *expanded) (cluster.Row, diag.Diagnostics) {
	r.store.AddRemovedServer(prior.id())
	removal, found, err := r.store.Removal(ctx, prior.id())
	if err != nil || !found {
		return nil, tfhelper.Diagnose("Unable to plan the removal of server", prior.id(), err)
	}
	server := removal.Server
	removal.Force = prior.ForceDestroy.ValueBool()
	lines := removalLines(removal)
	if len(lines) == 0 {
		return server.Row, nil
	}
	return server.Row, diag.Diagnostics{diag.NewWarningDiagnostic("Server "+prior.id()+" is going to be removed", strings.Join(lines, "\n"))}
}

// removalLines returns the lines of that warning.
func removalLines(removal cluster.Removal) []string {
	var lines []string
	if removal.SameAddress != "" {
		lines = append(lines, "Server "+removal.SameAddress+" has the same address: only the row is removed, and other rows with the address stay with that server.")
	}
	if reasons := removal.Activity(); len(reasons) > 0 {
		lines = append(lines, "The apply refuses the removal while this is so: "+strings.Join(reasons, "; ")+".")
	}
	if naming := removal.BlockingRows(); len(naming) > 0 {
		lines = append(lines, "These rows refer to it now: "+naming.Summary()+". This run may move or remove them first (see create_before_destroy); if any remains, the apply refuses the removal and does not change the server.")
	}
	if own := removal.OwnRows(); len(own) > 0 {
		lines = append(lines, "These rows of its own are removed with it: "+own.Summary()+".")
	}
	if removal.Force && removal.SameAddress == "" {
		lines = append(lines, "force_destroy is set: "+removal.Referencing.Summary()+" are removed with it, and its phones are removed from aliases.")
		if !readsTriggers(removal.Referencing) {
			lines = append(lines, "The database user cannot read vicidial_process_triggers: if a trigger refers to the server, an administrator must remove it.")
		}
	}
	return lines
}
