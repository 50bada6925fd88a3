package conftemplate

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	TemplateID types.String `tfsdk:"template_id"`
	Name       types.String `tfsdk:"template_name"`
	Contents   types.String `tfsdk:"template_contents"`
	UserGroup  types.String `tfsdk:"user_group"`
	Stale      types.List   `tfsdk:"stale_servers"`

	Secrets        types.Map   `tfsdk:"secrets_wo"`
	SecretsVersion types.Int64 `tfsdk:"secrets_wo_version"`
}

const contents = string(cluster.TemplateContents)

// Key returns the template_id.
func (m model) Key() string { return m.TemplateID.ValueString() }

// columns maps the attributes to the columns of vicidial_conf_templates.
func (m *model) columns() []tfhelper.Column {
	return []tfhelper.Column{
		tfhelper.Text(key, &m.TemplateID),
		tfhelper.Text("template_name", &m.Name),
		tfhelper.Text(contents, &m.Contents),
		tfhelper.Text("user_group", &m.UserGroup),
	}
}

// Expand returns the columns whose attributes are set. Lines end in LF.
func (m model) Expand() cluster.Row {
	row := tfhelper.Expand(m.columns())
	if text, set := row[contents]; set {
		row[contents] = cluster.Text(cluster.NormalText(text.Text))
	}
	return row
}

// Flatten returns the model with the values of a row. Equivalent text stays as it is
// declared. No server is stale; see [Resource.setStale].
func (m model) Flatten(row cluster.Row) model {
	before := m
	tfhelper.Flatten(cluster.TableTemplates, m.columns(), row)
	if cluster.EquivalentText(before.Contents.ValueString(), m.Contents.ValueString()) && !before.Contents.IsNull() {
		m.Contents = before.Contents
	}
	m.TemplateID = types.StringValue(row[key].Text)
	if !before.TemplateID.IsNull() {
		m.TemplateID = before.TemplateID
	}
	m.Stale, m.Secrets = tfhelper.StringList(nil), types.MapNull(types.StringType)
	return m
}
