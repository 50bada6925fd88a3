package remoteagents

import (
	"maps"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	UserStart           types.String `tfsdk:"user_start"`
	Lines               types.Int64  `tfsdk:"number_of_lines"`
	ServerIP            types.String `tfsdk:"server_ip"`
	CampaignID          types.String `tfsdk:"campaign_id"`
	ConfExten           types.String `tfsdk:"conf_exten"`
	Status              types.String `tfsdk:"status"`
	Closers             types.List   `tfsdk:"closer_campaigns"`
	ExtensionGroup      types.String `tfsdk:"extension_group"`
	ExtensionGroupOrder types.String `tfsdk:"extension_group_order"`
	OnHook              types.Bool   `tfsdk:"on_hook_agent"`
	OnHookRingTime      types.Int64  `tfsdk:"on_hook_ring_time"`
	ID                  types.Int64  `tfsdk:"remote_agent_id"`
}

type identity struct {
	UserStart types.String `tfsdk:"user_start"`
}

const closers = "closer_campaigns"

func (m model) identity() identity { return identity{m.UserStart} }

// number is the remote_agent_id.
func (m model) number() string { return strconv.FormatInt(m.ID.ValueInt64(), 10) }

func (m model) userStart() string { return m.UserStart.ValueString() }

// columns are those that are one to one; closer_campaigns is a list in a text.
func (m *model) columns() []tfhelper.Column {
	at := path.Root
	return []tfhelper.Column{
		tfhelper.Int("number_of_lines", at("number_of_lines"), &m.Lines),
		tfhelper.Text("server_ip", at("server_ip"), &m.ServerIP),
		tfhelper.Text("campaign_id", at("campaign_id"), &m.CampaignID),
		tfhelper.Text("conf_exten", at("conf_exten"), &m.ConfExten),
		tfhelper.Text("status", at("status"), &m.Status),
		tfhelper.Text("extension_group", at("extension_group"), &m.ExtensionGroup),
		tfhelper.Text("extension_group_order", at("extension_group_order"), &m.ExtensionGroupOrder),
		tfhelper.YesNo("on_hook_agent", at("on_hook_agent"), &m.OnHook),
		tfhelper.Int("on_hook_ring_time", at("on_hook_ring_time"), &m.OnHookRingTime),
	}
}

// lined is what the configuration says, with the number of lines that the plan
// gives it where it says none.
func (m model) lined(plan model) model {
	m.Lines = plan.Lines
	return m
}

// row is what is wanted of the row.
func (m model) row() cluster.Row {
	row := tfhelper.Row(m.columns())
	if !m.Closers.IsNull() && !m.Closers.IsUnknown() {
		row[closers] = cluster.Text(cluster.CloserCampaigns(m.groups()))
	}
	return row
}

// run is the plan as a run, to be held against others.
func (m model) run() cluster.RemoteAgents {
	run := m.row()
	run["user_start"] = cluster.Text(m.userStart())
	return cluster.RemoteAgents(run)
}

func (m model) groups() []string {
	var groups []string
	for _, element := range m.Closers.Elements() {
		if group, ok := element.(types.String); ok {
			groups = append(groups, group.ValueString())
		}
	}
	return groups
}

// with fills in what the row says. In-groups that VICIdial's daemon blanked stay
// as they were.
func (m model) with(found cluster.RemoteAgents) model {
	before := m
	tfhelper.Show(m.columns(), cluster.Row(found))
	if number, known := found["remote_agent_id"].Int(); known {
		m.ID = types.Int64Value(number)
	}
	m.UserStart = types.StringValue(found.UserStart())
	// In these letters, not in those that ids are compared in.
	m.CampaignID = types.StringValue(found["campaign_id"].Text)
	m.Closers = texts(cluster.InGroups(found[closers].Text))
	if cluster.ClosersBlanked(found[closers]) && !before.Closers.IsNull() && !before.Closers.IsUnknown() {
		m.Closers = before.Closers
	}
	return m
}

// seen is what a later write compares with: the row, with the in-groups that
// were chosen where the daemon blanked them.
func (m model) seen(found cluster.RemoteAgents) cluster.Row {
	seen := maps.Clone(cluster.Row(found))
	seen[closers] = cluster.Text(cluster.CloserCampaigns(m.groups()))
	return seen
}

func texts(values []string) types.List {
	elements := make([]attr.Value, 0, len(values))
	for _, text := range values {
		elements = append(elements, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, elements)
}
