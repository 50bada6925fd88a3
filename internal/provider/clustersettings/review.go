package clustersettings

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review returns an error for whatever apply would refuse, and a warning for what
// VICIdial would do that an operator does not expect.
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
	servers, err := r.store.Expected(ctx)
	if err != nil {
		return fail(err)
	}
	diags := r.reviewTwice(config)
	diags.Append(reviewColumns(schema, config, settings)...)
	diags.Append(reviewVoicemail(schema, config, settings, servers)...)
	diags.Append(r.reviewSecrets(ctx, schema, config, settings)...)
	if diags.HasError() {
		return diags
	}
	diags.Append(reviewLists(config, settings, servers)...)
	return diags
}

// reviewTwice refuses values that differ from those of another resource of the same
// run.
func (r *Resource) reviewTwice(config model) diag.Diagnostics {
	var diags diag.Diagnostics
	otherwise := r.store.AddSettings(config.row())
	for _, column := range slices.Sorted(maps.Keys(otherwise)) {
		diags.Append(tfhelper.DiagnoseAt(path.Root(column), "Setting managed by another resource",
			fmt.Errorf("another vicidial_cluster_settings of this configuration has %s = %q, and a cluster has one row of settings; set it in one of them", column, otherwise[column].Text))...)
	}
	return diags
}

// reviewVoicemail checks the voicemail server against the servers.
func reviewVoicemail(schema cluster.Schema, config model, settings cluster.Settings, servers cluster.Servers) diag.Diagnostics {
	at := path.Root("active_voicemail_server")
	chosen, is := config.VoicemailServer.ValueString(), settings.Row["active_voicemail_server"].Text
	if config.VoicemailServer.IsNull() {
		if cluster.CheckVoicemailServer(is, servers) != nil {
			return tfhelper.WarnAt(at, "The cluster has no active voicemail server",
				fmt.Sprintf("active_voicemail_server is %q, which is no server's address. No node runs the end of day, purges, timed jobs and notifications. Set it here.", is))
		}
		return nil
	}
	if err := cluster.CheckVoicemailServer(chosen, servers); err != nil {
		return tfhelper.DiagnoseNew(at, "Unknown server", fmt.Errorf("%w; where this configuration makes it, refer to vicidial_server.NAME.server_ip instead of writing the address", err), chosen == is)
	}
	var diags diag.Diagnostics
	if server, _ := servers.ByIP(chosen); server.Row[cluster.ColumnTelephony].Text == "N" {
		diags.Append(tfhelper.WarnAt(at, "The active voicemail server runs no Asterisk",
			fmt.Sprintf("Server %s has active_asterisk_server = N: it runs the cluster's end of day if its keepalive script runs, but it takes no voicemail.", server.ID()))...)
	}
	if _, changes := servers.ByIP(is); changes && is != chosen {
		diags.Append(tfhelper.WarnAt(at, "Active voicemail server changes",
			fmt.Sprintf("Voicemail boxes move from %s to %s: messages that are stored on %s stay there unless they are copied. All nodes build their configuration files anew, and %s runs the end of day from now on.", is, chosen, is, chosen))...)
	}
	if said := cluster.CoordinatorRestarts(schema, is, chosen, servers); said != "" && is != chosen {
		diags.Append(tfhelper.WarnAt(at, "Dialers must be restarted", said)...)
	}
	return diags
}

// reviewSecrets refuses passwords that VICIdial does not accept, and warns of the
// default ones.
func (r *Resource) reviewSecrets(ctx context.Context, schema cluster.Schema, config model, settings cluster.Settings) diag.Diagnostics {
	var diags diag.Diagnostics
	given := false
	for _, secret := range config.allSecrets() {
		if secret.value.IsNull() {
			continue
		}
		given = true
		at, text := path.Root(secret.attribute), secret.value.ValueString()
		diags.Append(tfhelper.DiagnoseAt(at, "Value not supported by the database", checkSecret(schema, secret.column, text))...)
		if len(text) < settings.PasswordLength {
			diags.Append(tfhelper.DiagnoseAt(at, "Password too short",
				fmt.Errorf("the system settings ask for %d characters (require_password_length)", settings.PasswordLength))...)
		}
		if text == "test" {
			diags.Append(tfhelper.WarnAt(at, "Default password", "This is the password that every VICIdial is shipped with.")...)
		}
	}
	armed, err := r.store.FirstLoginArmed(ctx)
	if err == nil && armed && given {
		diags.Append(diag.NewWarningDiagnostic("The first-login wizard has not run yet",
			"When somebody logs in to the admin pages for the first time, VICIdial's wizard overwrites these passwords and those of all servers and phones. Let it run before you set secrets."))
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
				"The whole text is written. VICIdial makes nothing of these lines: "+strings.Join(rest, " | "))...)
		}
	}
	if !config.SoundsServer.IsNull() && !settings.CentralSounds {
		diags.Append(tfhelper.WarnAt(path.Root("sounds_web_server"), "Central sounds are off",
			"sounds_central_control_active is 0: no node fetches sounds from this server until it is turned on in the system settings.")...)
	} else if to := config.SoundsServer.ValueString(); to != "" && to != settings.Row["sounds_web_server"].Text {
		diags.Append(warnings(path.Root("sounds_web_server"), "Nodes do not fetch sounds yet", []string{cluster.SoundsMove(to, servers)})...)
	}
	return diags
}

func warnings(at path.Path, summary string, said []string) diag.Diagnostics {
	if strings.Join(said, "") == "" {
		return nil
	}
	return tfhelper.WarnAt(at, summary, strings.Join(said, "\n"))
}

// reviewRemoval warns of what a destroy does not restore.
func (r *Resource) reviewRemoval(ctx context.Context, seen memory) diag.Diagnostics {
	settings, err := r.store.SystemSettings(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the removal of cluster settings", "", err)
	}
	servers, err := r.store.Servers(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the removal of cluster settings", "", err)
	}
	back, left := seen.Given.Restore(settings, nil, servers)
	var said []string
	if len(back) > 0 {
		said = append(said, "These get back what was found before: "+strings.Join(slices.Sorted(maps.Keys(back)), ", ")+".")
	}
	if len(left) > 0 {
		said = append(said, "These were changed by somebody else since, or what was found names a server that is no more, and stay as they are: "+strings.Join(left, ", ")+".")
	}
	said = append(said, "Passwords that were written stay, since what they were before is not kept.")
	return diag.Diagnostics{diag.NewWarningDiagnostic("Cluster settings are restored", strings.Join(said, "\n"))}
}

// changesSince compares the row with its previous values, and looks up in the admin
// change log who changed it.
func (r *Resource) changesSince(ctx context.Context, seen, now cluster.Row, since int64) []columnChange {
	var changes []columnChange
	for _, column := range slices.Sorted(maps.Keys(now)) {
		was, known := seen[column]
		if !known || cluster.EquivalentSetting(column, was, now[column]) {
			continue
		}
		record, section := cluster.SettingsRecord, "SYSTEMSETTINGS"
		if column == cluster.WeightsColumn {
			record, section = cluster.LoginWeightsContainer, "CONTAINERS"
		}
		author := tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{section}, Records: []string{record}})
		changes = append(changes, columnChange{column, cluster.DescribeChange(column, strconv.Quote(was.String()), strconv.Quote(now[column].String())) + author})
	}
	return changes
}

// warnSecrets says which passwords are written.
func warnSecrets(plan, config, prior model) diag.Diagnostics {
	var diags diag.Diagnostics
	for i, secret := range config.allSecrets() {
		if !secret.value.IsNull() && !plan.allSecrets()[i].version.Equal(prior.allSecrets()[i].version) {
			diags.Append(tfhelper.WarnSecret(path.Root(secret.attribute+"_version"), secret.column, "system_settings")...)
		}
	}
	return diags
}

// warn warns of the changes that the configuration is going to undo. Columns that
// it does not manage may change.
func (m memory) warn(owned cluster.Row) diag.Diagnostics {
	var said []string
	for _, change := range m.Moved {
		if _, ours := owned[change.Column]; ours {
			said = append(said, change.Text)
		}
	}
	if len(said) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Cluster settings were changed outside of this configuration", strings.Join(said, "\n"))}
}
