package clustersettings

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review returns the errors of an apply, and warnings of effects that an operator may not
// expect.
func (r *Resource) review(ctx context.Context, config model) diag.Diagnostics {
	fail := func(err error) diag.Diagnostics { return tfhelper.Diagnose("Unable to plan cluster settings", "", err) }
	schema, err := r.store.Schema(ctx)
	if err != nil {
		return fail(err)
	}
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		return fail(err)
	}
	servers, err := r.store.ExpectedServers(ctx)
	if err != nil {
		return fail(err)
	}
	diags := r.checkConflicts(config)
	diags.Append(reviewColumns(schema, config, settings)...)
	diags.Append(reviewVoicemail(schema, config, settings, servers)...)
	diags.Append(r.reviewSecrets(ctx, schema, config, settings)...)
	if diags.HasError() {
		return diags
	}
	diags.Append(reviewLists(config, settings, servers)...)
	return diags
}

// checkConflicts refuses values that differ from those of another resource of the same
// run.
func (r *Resource) checkConflicts(config model) diag.Diagnostics {
	var diags diag.Diagnostics
	conflicting := r.store.AddSettings(config.row())
	for _, column := range slices.Sorted(maps.Keys(conflicting)) {
		diags.Append(tfhelper.DiagnoseAt(path.Root(column), "Setting managed by another resource",
			fmt.Errorf("another vicidial_cluster_settings of this configuration has %s = %q, and a cluster has one row of settings; set it in one of them", column, conflicting[column].Text))...)
	}
	return diags
}

// reviewVoicemail checks the voicemail server against the servers.
func reviewVoicemail(schema cluster.Schema, config model, settings cluster.Settings, servers cluster.Servers) diag.Diagnostics {
	at := path.Root("active_voicemail_server")
	chosen, current := config.VoicemailServer.ValueString(), settings.Row["active_voicemail_server"].Text
	if config.VoicemailServer.IsNull() {
		if cluster.CheckVoicemailServer(current, servers) != nil {
			return tfhelper.WarnAt(at, "Missing active voicemail server",
				fmt.Sprintf("active_voicemail_server is %q, which is no server's address. No node runs the end of day, purges, timed jobs and notifications. Set it here.", current))
		}
		return nil
	}
	if err := cluster.CheckVoicemailServer(chosen, servers); err != nil {
		return tfhelper.DiagnoseNew(at, "Unknown server", fmt.Errorf("%w; if this configuration creates it, refer to vicidial_server.NAME.server_ip", err), chosen == current)
	}
	var diags diag.Diagnostics
	if server, _ := servers.ByIP(chosen); server.Row[cluster.ColumnTelephony].Text == "N" {
		diags.Append(tfhelper.WarnAt(at, "The active voicemail server runs no Asterisk",
			fmt.Sprintf("Server %s has active_asterisk_server = N: it runs the cluster's end of day if its keepalive script runs, but it takes no voicemail.", server.ID()))...)
	}
	if _, changes := servers.ByIP(current); changes && current != chosen {
		diags.Append(tfhelper.WarnAt(at, "Active voicemail server changes",
			fmt.Sprintf("Voicemail boxes move from %s to %s: messages that are stored on %s stay there unless you copy them. All nodes generate their configuration files again, and %s runs the end of day from now on.", current, chosen, current, chosen))...)
	}
	if text := cluster.CoordinatorRestarts(schema, current, chosen, servers); text != "" && current != chosen {
		diags.Append(tfhelper.WarnAt(at, "Dialers must be restarted", text)...)
	}
	return diags
}

// reviewSecrets refuses passwords that VICIdial does not accept, and warns of the
// default ones.
func (r *Resource) reviewSecrets(ctx context.Context, schema cluster.Schema, config model, settings cluster.Settings) diag.Diagnostics {
	var diags diag.Diagnostics
	declared := false
	for _, secret := range config.secrets() {
		if secret.Value.IsNull() {
			continue
		}
		declared = true
		at, text := path.Root(secret.Attribute), secret.Value.ValueString()
		diags.Append(tfhelper.DiagnoseAt(at, "Value not supported by the database", checkSecret(schema, secret.Column, text))...)
		if len(text) < settings.PasswordLength {
			diags.Append(tfhelper.DiagnoseAt(at, "Password too short",
				fmt.Errorf("the password has %d characters, and the system settings require %d (require_password_length)", len(text), settings.PasswordLength))...)
		}
		if text == "test" {
			diags.Append(tfhelper.WarnAt(at, "Default password", "This is VICIdial's default password, which is publicly known. Set another one.")...)
		}
	}
	pending, err := r.store.FirstLoginPending(ctx)
	if err == nil && pending && declared {
		diags.Append(diag.NewWarningDiagnostic(tfhelper.FirstLoginTitle, tfhelper.FirstLoginText))
	}
	return diags
}

// checkSecret checks the width of the column; its error does not contain the value.
func checkSecret(schema cluster.Schema, column, text string) error {
	return schema.Check(cluster.TableSettings, column, cluster.Text(strings.Repeat("*", len([]rune(text)))))
}

// reviewLists warns of how VICIdial interprets titles, weights and the sounds
// server.
func reviewLists(config model, settings cluster.Settings, servers cluster.Servers) diag.Diagnostics {
	var diags diag.Diagnostics
	if !config.Reports.IsNull() {
		replica := settings.Row["slave_db_server"].Text
		if !config.ReplicaServer.IsNull() {
			replica = config.ReplicaServer.ValueString()
		}
		diags.Append(warnings(path.Root("reports_use_slave_db"), "Reports on the replica", cluster.ReviewReports(config.reports(), replica))...)
	}
	if !config.Weights.IsNull() {
		diags.Append(warnings(path.Root(cluster.WeightsColumn), "Agent login weights", cluster.ReviewWeights(config.weights(), servers))...)
		_, rest := cluster.ParseWeights(settings.Weights.Text)
		if len(rest) > 0 {
			diags.Append(tfhelper.WarnAt(path.Root(cluster.WeightsColumn), "Other lines of the container are deleted",
				"The provider writes the whole text. VICIdial ignores these lines: "+strings.Join(rest, " | "))...)
		}
	}
	if !config.SoundsServer.IsNull() && !settings.CentralSounds {
		diags.Append(tfhelper.WarnAt(path.Root("sounds_web_server"), "Central sounds are off",
			"sounds_central_control_active is 0: no node fetches sounds from this server until it is turned on in the system settings.")...)
	} else if to := config.SoundsServer.ValueString(); to != "" && to != settings.Row["sounds_web_server"].Text {
		diags.Append(warnings(path.Root("sounds_web_server"), "Nodes do not fetch sounds yet", []string{cluster.DescribeSoundsChange(to, servers)})...)
	}
	return diags
}

func warnings(at path.Path, summary string, lines []string) diag.Diagnostics {
	if strings.Join(lines, "") == "" {
		return nil
	}
	return tfhelper.WarnAt(at, summary, strings.Join(lines, "\n"))
}

// reviewRemoval warns of what a destroy does not restore.
func (r *Resource) reviewRemoval(ctx context.Context, seen privateState) diag.Diagnostics {
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the removal of cluster settings", "", err)
	}
	servers, err := r.store.Servers(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the removal of cluster settings", "", err)
	}
	restored, kept := seen.Saved.Restore(settings, nil, servers)
	var lines []string
	if len(restored) > 0 {
		lines = append(lines, "The previous values of these columns are restored: "+strings.Join(slices.Sorted(maps.Keys(restored)), ", ")+".")
	}
	if len(kept) > 0 {
		lines = append(lines, "These columns are not changed, because somebody else changed them, or because their previous value names a server that does not exist any more: "+strings.Join(kept, ", ")+".")
	}
	lines = append(lines, "Passwords are not changed: their previous values are not stored.")
	return diag.Diagnostics{diag.NewWarningDiagnostic("Cluster settings are restored", strings.Join(lines, "\n"))}
}

// changesSince compares the row with its previous values, and looks up in the admin
// change log who changed it.
func (r *Resource) changesSince(ctx context.Context, seen, now cluster.Row, since int64) []tfhelper.ColumnChange {
	return tfhelper.ChangedColumns(seen, now, cluster.EquivalentSetting, func(column string) string {
		record, section := cluster.SettingsRecord, "SYSTEMSETTINGS"
		if column == cluster.WeightsColumn {
			record, section = cluster.LoginWeightsContainer, "CONTAINERS"
		}
		return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{section}, Records: []string{record}})
	})
}

// warn warns of the changes of managed columns, which an apply reverts.
func (m privateState) warn(managed cluster.Row) diag.Diagnostics {
	return tfhelper.WarnColumns("cluster settings", m.Changes, func(column string) bool {
		_, isManaged := managed[column]
		return isManaged
	})
}
