package clustersettings

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Characters that the admin page would remove from a new value are refused
// (docs/vicidial/admin-page.md#character-filter). The schema of the database has the
// members of enums.
var rules = cluster.Rules{
	"active_voicemail_server":   cluster.RuleOf(cluster.CheckServerIP),
	"sounds_web_server":         cluster.Matches(`^(https?://)?[-.:_0-9a-zA-Z]+$`, "a host name or address, with a port where it is not the usual one, and with https:// before it for TLS").StrippedByPage("/_", 1598).StrippedByPage("-:", 1303),
	"webphone_url":              cluster.Matches(`^(https?://[-.:_0-9a-zA-Z]+(/[-._~/%?&=0-9a-zA-Z]*)?|[-._/0-9a-zA-Z]+|)$`, "a URL, a path under the agent screen's directory, or nothing"),
	"slave_db_server":           cluster.Matches(`^([-._0-9a-zA-Z]{6,}|[-._0-9a-zA-Z]+:[0-9]{1,5}|)$`, "a host name or address of six characters or more, host:port, or nothing: VICIdial passes over shorter ones"),
	"outbound_calls_per_second": cluster.FillRate,
	"default_codecs":            cluster.Matches(`^[-,_0-9a-zA-Z]*$`, "codecs as Asterisk calls them, separated by commas"),
	"allowed_sip_stacks":        cluster.OneOf("SIP", "PJSIP", "SIP_and_PJSIP"),
}

const maxWeight = 1_000_000

// reviewColumns returns errors for new values that break a rule or that the connected
// database does not support, and warnings for existing ones.
func reviewColumns(schema cluster.Schema, config model, settings cluster.Settings) diag.Diagnostics {
	row, current := config.row(), settings.All()
	weights, declared := row[cluster.WeightsColumn]
	delete(row, cluster.WeightsColumn)
	root := path.Root
	diags := tfhelper.DiagnoseViolations("the system settings", rules.Violations(schema, cluster.TableSettings, current, row), root)
	for _, column := range []string{"sounds_web_server", "slave_db_server"} {
		host, existing := row[column].Text, current[column].Text
		if host != existing && strings.EqualFold(host, existing) {
			diags.Append(tfhelper.DiagnoseAt(root(column), tfhelper.TitleMisspelled, cluster.CheckSpelling("host", host, existing))...)
		}
	}
	titles := cluster.ParseReports(current["reports_use_slave_db"].Text)
	for _, title := range config.reports() {
		diags.Append(tfhelper.DiagnoseNew(root("reports_use_slave_db"), "Invalid value", cluster.CheckReport(title), slices.Contains(titles, title))...)
	}
	if !declared {
		return diags
	}
	if !cluster.EquivalentSetting(cluster.WeightsColumn, current[cluster.WeightsColumn], weights) {
		diags.Append(tfhelper.DiagnoseAt(root(cluster.WeightsColumn), "Value not supported by the database", schema.Check(cluster.TableContainers, "container_entry", weights))...)
	}
	wanted := config.weights()
	existingWeights, _ := cluster.ParseWeights(settings.Weights.Text)
	for _, ip := range slices.Sorted(maps.Keys(wanted)) {
		err := cluster.CheckServerIP(ip)
		if err == nil && (wanted[ip] < 0 || wanted[ip] > maxWeight) {
			err = fmt.Errorf("%d must be between 0 and %d", wanted[ip], maxWeight)
		}
		existing, found := existingWeights[ip]
		diags.Append(tfhelper.DiagnoseNew(root(cluster.WeightsColumn).AtMapKey(ip), "Invalid value", err, found && existing == wanted[ip])...)
	}
	return diags
}
