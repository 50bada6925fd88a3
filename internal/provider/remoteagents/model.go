package remoteagents

import (
	"strconv"

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

const closers = "closer_campaigns"

// number returns the remote_agent_id.
func (m model) number() string { return strconv.FormatInt(m.ID.ValueInt64(), 10) }

// Key returns the first user of the range.
func (m model) Key() string { return m.UserStart.ValueString() }

// columns maps the attributes to the columns of vicidial_remote_agents, but for
// closer_campaigns, which is a list.
func (m *model) columns() []tfhelper.Column {
	return []tfhelper.Column{
		tfhelper.Int("number_of_lines", &m.Lines),
		tfhelper.Text("server_ip", &m.ServerIP),
		tfhelper.Text("campaign_id", &m.CampaignID),
		tfhelper.Text("conf_exten", &m.ConfExten),
		tfhelper.Text("status", &m.Status),
		tfhelper.Text("extension_group", &m.ExtensionGroup),
		tfhelper.Text("extension_group_order", &m.ExtensionGroupOrder),
		tfhelper.YesNo("on_hook_agent", &m.OnHook),
		tfhelper.Int("on_hook_ring_time", &m.OnHookRingTime),
	}
}

// Expand returns the columns whose attributes are set.
func (m model) Expand() cluster.Row {
	row := tfhelper.Expand(m.columns())
	if !m.Closers.IsNull() && !m.Closers.IsUnknown() {
		row[closers] = cluster.Text(cluster.FormatCloserCampaigns(m.groups()))
	}
	return row
}

// row returns the planned row with its key.
func (m model) row() cluster.RemoteAgents {
	agents := m.Expand()
	agents[key] = cluster.Text(m.Key())
	return cluster.RemoteAgents(agents)
}

func (m model) groups() []string { return tfhelper.Strings(m.Closers.Elements()) }

// Flatten returns the model with the values of a row.
func (m model) Flatten(row cluster.Row) model {
	tfhelper.Flatten(cluster.TableRemoteAgents, m.columns(), row)
	if number, known := row["remote_agent_id"].Int(); known {
		m.ID = types.Int64Value(number)
	}
	m.UserStart = types.StringValue(row[key].Text)
	// This column is compared with regard to case.
	m.CampaignID = types.StringValue(row["campaign_id"].Text)
	m.Closers = tfhelper.StringList(cluster.ParseCloserCampaigns(row[closers].Text))
	return m
}
