package clustersettings

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

type model struct {
	VoicemailServer  types.String `tfsdk:"active_voicemail_server"`
	SoundsServer     types.String `tfsdk:"sounds_web_server"`
	ReplicaServer    types.String `tfsdk:"slave_db_server"`
	Reports          types.Set    `tfsdk:"reports_use_slave_db"`
	CallsPerSecond   types.Int64  `tfsdk:"outbound_calls_per_second"`
	CrossServerExten types.Bool   `tfsdk:"generate_cross_server_exten"`
	DefaultCodecs    types.String `tfsdk:"default_codecs"`
	SIPStacks        types.String `tfsdk:"allowed_sip_stacks"`
	WebphoneURL      types.String `tfsdk:"webphone_url"`
	DefaultWebphone  types.Bool   `tfsdk:"default_webphone"`
	Weights          types.Map    `tfsdk:"agent_login_weights"`
	OtherLines       types.List   `tfsdk:"agent_login_other_lines"`
	Found            types.Map    `tfsdk:"found"`

	ServerPassword              types.String `tfsdk:"default_server_password_wo"`
	ServerPasswordVersion       types.Int64  `tfsdk:"default_server_password_wo_version"`
	RegistrationPassword        types.String `tfsdk:"default_phone_registration_password_wo"`
	RegistrationPasswordVersion types.Int64  `tfsdk:"default_phone_registration_password_wo_version"`
	LoginPassword               types.String `tfsdk:"default_phone_login_password_wo"`
	LoginPasswordVersion        types.Int64  `tfsdk:"default_phone_login_password_wo_version"`
}

// Key returns the key of the one row; see replacement.Guard.
func Key(context.Context, replacement.State) string { return cluster.SettingsRecord }

func theIdentity() types.Object { return tfhelper.Identity("record_id", cluster.SettingsRecord) }

// privateState is the private state: the row when it was last read, the previous values
// of managed columns, and what has changed since. It contains no secrets.
type privateState struct {
	Row     cluster.Row
	Saved   cluster.SavedSettings   `json:"Given"`
	Changes []tfhelper.ColumnChange `json:"Moved,omitempty"`
}

// found returns the previous values after the next write. It is unknown when a column
// becomes managed, since its value is read when it is written.
func (m privateState) found(want cluster.Row) types.Map {
	found := cluster.Row{}
	for column := range want {
		value, managed := m.Saved.Found[column]
		if !managed {
			return types.MapUnknown(types.StringType)
		}
		found[column] = value
	}
	return foundMap(found)
}

// columns maps the attributes that are one column each.
func (m *model) columns() []tfhelper.Column {
	return []tfhelper.Column{
		tfhelper.Text("active_voicemail_server", &m.VoicemailServer),
		tfhelper.Text("sounds_web_server", &m.SoundsServer),
		tfhelper.Text("slave_db_server", &m.ReplicaServer),
		tfhelper.Int("outbound_calls_per_second", &m.CallsPerSecond),
		tfhelper.Text("default_codecs", &m.DefaultCodecs),
		tfhelper.Text("allowed_sip_stacks", &m.SIPStacks),
		tfhelper.Text("webphone_url", &m.WebphoneURL),
		tfhelper.Switch("generate_cross_server_exten", &m.CrossServerExten),
		tfhelper.Switch("default_webphone", &m.DefaultWebphone),
	}
}

// row returns the declared values by column, without null and unknown ones.
func (m *model) row() cluster.Row {
	row := tfhelper.Expand(m.columns())
	if !m.Reports.IsNull() && !m.Reports.IsUnknown() {
		row["reports_use_slave_db"] = cluster.Text(cluster.FormatReports(m.reports()))
	}
	if !m.Weights.IsNull() && !m.Weights.IsUnknown() {
		row[cluster.WeightsColumn] = cluster.Text(cluster.FormatWeights(m.weights()))
	}
	return row
}

// tables returns the tables that the attributes are written to.
func (m *model) tables() []cluster.Table {
	row := m.row()
	var tables []cluster.Table
	if _, weighed := row[cluster.WeightsColumn]; weighed {
		tables = append(tables, cluster.TableContainers)
		delete(row, cluster.WeightsColumn)
	}
	if len(row)+len(tfhelper.NewSecrets(m.secrets(), nil, nil)) > 0 {
		tables = append(tables, cluster.TableSettings)
	}
	return tables
}

func (m *model) reports() []string {
	return slices.Sorted(slices.Values(tfhelper.Strings(m.Reports.Elements())))
}

func (m *model) weights() map[string]int {
	weights := map[string]int{}
	for ip, element := range m.Weights.Elements() {
		if weight, ok := element.(types.Int64); ok {
			weights[ip] = int(weight.ValueInt64())
		}
	}
	return weights
}

// show sets all attributes from the row. A column that the schema lacks is null.
func (m *model) show(row cluster.Row) {
	tfhelper.Flatten(cluster.TableSettings, m.columns(), cluster.Row{})
	m.Reports = types.SetNull(types.StringType)
	m.Weights, m.OtherLines = types.MapNull(types.Int64Type), tfhelper.StringList(nil)
	if m.Found.IsNull() || m.Found.IsUnknown() {
		m.Found = foundMap(nil)
	}
	m.update(row)
}

// update sets the attributes of the columns that the row has, and no others.
func (m *model) update(row cluster.Row) {
	for _, column := range m.columns() {
		if _, named := row[column.Name]; named {
			tfhelper.Flatten(cluster.TableSettings, []tfhelper.Column{column}, row)
		}
	}
	if value, named := row["reports_use_slave_db"]; named {
		m.Reports = titles(cluster.ParseReports(value.Text))
	}
	if value, named := row[cluster.WeightsColumn]; named {
		m.Weights, m.OtherLines = types.MapNull(types.Int64Type), tfhelper.StringList(nil)
		if !value.Null {
			weights, rest := cluster.ParseWeights(value.Text)
			m.Weights, m.OtherLines = tfhelper.Int64Map(weights), tfhelper.StringList(rest)
		}
	}
}

// saved returns the previous values that the state has. They are used when there is no
// private state, as when Terraform replaces a tainted object
// (docs/design/0011-previous-values-in-state.md).
func (m *model) saved() cluster.SavedSettings {
	saved := cluster.SavedSettings{Found: cluster.Row{}, Wrote: cluster.Row{}}
	row := m.row()
	for column, element := range m.Found.Elements() {
		if text, ok := element.(types.String); ok {
			saved.Found[column], saved.Wrote[column] = cluster.Text(text.ValueString()), row[column]
			if text.IsNull() {
				saved.Found[column] = cluster.Null
			}
		}
	}
	return saved
}

// foundMap converts previous values, NULL to null.
func foundMap(row cluster.Row) types.Map {
	elements := make(map[string]attr.Value, len(row))
	for column, value := range row {
		elements[column] = types.StringValue(value.Text)
		if value.Null {
			elements[column] = types.StringNull()
		}
	}
	return types.MapValueMust(types.StringType, elements)
}

func (m *model) secrets() []tfhelper.WriteOnlySecret {
	return []tfhelper.WriteOnlySecret{
		{Column: cluster.DefaultServerPassword, Attribute: "default_server_password_wo", Value: m.ServerPassword, Version: m.ServerPasswordVersion},
		{Column: cluster.DefaultRegistrationPassword, Attribute: "default_phone_registration_password_wo", Value: m.RegistrationPassword, Version: m.RegistrationPasswordVersion},
		{Column: cluster.DefaultLoginPassword, Attribute: "default_phone_login_password_wo", Value: m.LoginPassword, Version: m.LoginPasswordVersion},
	}
}

func (m *model) keepVersions(prior model) {
	m.ServerPasswordVersion, m.RegistrationPasswordVersion, m.LoginPasswordVersion = prior.ServerPasswordVersion, prior.RegistrationPasswordVersion, prior.LoginPasswordVersion
}

func titles(texts []string) types.Set {
	return types.SetValueMust(types.StringType, tfhelper.StringList(texts).Elements())
}
