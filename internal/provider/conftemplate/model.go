package conftemplate

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
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
}

type identity struct {
	TemplateID types.String `tfsdk:"template_id"`
}

func (m model) identity() identity { return identity{m.TemplateID} }

func (m model) id() string { return m.TemplateID.ValueString() }

func (m *model) columns() []tfhelper.Column {
	return []tfhelper.Column{
		tfhelper.Text("template_id", path.Root("template_id"), &m.TemplateID),
		tfhelper.Text("template_name", path.Root("template_name"), &m.Name),
		tfhelper.Text(string(cluster.TemplateContents), path.Root("template_contents"), &m.Contents),
		tfhelper.Text("user_group", path.Root("user_group"), &m.UserGroup),
	}
}

// row is what is wanted of the row. Text is stored with LF, however the file
// that it came from ends its lines.
func (m model) row() cluster.Row {
	row := tfhelper.Row(m.columns())
	if contents, wanted := row[string(cluster.TemplateContents)]; wanted {
		row[string(cluster.TemplateContents)] = cluster.Text(cluster.NormalText(contents.Text))
	}
	return row
}

// with fills in what the row says. Text that means the same as before stays as
// it was written.
func (m model) with(found cluster.Template) model {
	before := m
	tfhelper.Show(m.columns(), cluster.Row(found))
	if cluster.EquivalentText(before.Contents.ValueString(), m.Contents.ValueString()) && !before.Contents.IsNull() {
		m.Contents = before.Contents
	}
	m.Stale = texts(nil)
	m.TemplateID = types.StringValue(found.ID())
	if !before.TemplateID.IsNull() {
		m.TemplateID = before.TemplateID
	}
	return m
}

// owed are the nodes that are to be flagged whatever else happens.
func (m model) owed() cluster.Rebuild {
	var addresses []string
	for _, element := range m.Stale.Elements() {
		if address, ok := element.(types.String); ok {
			addresses = append(addresses, address.ValueString())
		}
	}
	return cluster.RebuildOf(addresses)
}

func texts(values []string) types.List {
	elements := make([]attr.Value, 0, len(values))
	for _, text := range values {
		elements = append(elements, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, elements)
}
