package nodeconfig

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

type model struct {
	Name        types.String         `tfsdk:"name"`
	Nodes       map[string]nodeModel `tfsdk:"nodes"`
	Coordinator types.String         `tfsdk:"coordinator"`
	LogArchive  types.String         `tfsdk:"log_archive"`
	Settings    map[string]string    `tfsdk:"settings"`
	Extra       map[string]string    `tfsdk:"extra"`
	Secrets     map[string]string    `tfsdk:"secrets"`
	Recordings  *recordings          `tfsdk:"recordings"`
	LogDays     types.Int64          `tfsdk:"log_days"`
	TimeServer  types.String         `tfsdk:"time_server"`
	Install     *install             `tfsdk:"install"`

	Keepalives  types.Map `tfsdk:"keepalives"`
	Assignments types.Map `tfsdk:"assignments"`
	Conf        types.Map `tfsdk:"astguiclient_conf"`
	Filled      types.Map `tfsdk:"astguiclient_conf_filled"`
	Crontab     types.Map `tfsdk:"crontab"`
	FillCommand types.Map `tfsdk:"fill_command"`
	Command     types.Map `tfsdk:"install_command"`
}

type nodeModel struct {
	Roles          []string          `tfsdk:"roles"`
	Engine         types.String      `tfsdk:"conf_engine"`
	SIPLogging     types.Bool        `tfsdk:"sip_event_logging"`
	Duties         []string          `tfsdk:"duties"`
	WebOnly        types.Bool        `tfsdk:"web_only"`
	KeepaliveFlags []string          `tfsdk:"keepalive_flags"`
	ServerStats    types.Bool        `tfsdk:"server_stats"`
	Settings       map[string]string `tfsdk:"settings"`
	Extra          map[string]string `tfsdk:"extra"`
	Cron           []string          `tfsdk:"cron"`
}

type recordings struct {
	Format types.String `tfsdk:"format"`
	Ship   types.Bool   `tfsdk:"ship"`
	Days   types.Int64  `tfsdk:"keep_days"`
}

type install struct {
	Sources types.String `tfsdk:"sources"`
	Samples types.Bool   `tfsdk:"copy_sample_conf_files"`
}

type identity struct {
	Name types.String `tfsdk:"name"`
}

func (m model) identity() identity { return identity{m.Name} }

// The defaults of what a group says when the group is left out.
const (
	defaultName    = "cluster"
	defaultFormat  = "GSM"
	defaultLogDays = 2
	defaultSources = "/usr/src/astguiclient/trunk"
)

// site is what the files are made from.
func (m model) site() astguiclient.Site {
	site := astguiclient.Site{
		Cluster: nodes.Site{
			Coordinator: m.Coordinator.ValueString(),
			Archives:    nodes.Archives{LogSchedule: nodes.ArchiveSchedule(m.LogArchive.ValueString())},
		},
		Settings: m.Settings, Extra: m.Extra, Secrets: m.Secrets,
		Own: map[string]astguiclient.NodeSettings{},
		Crontab: nodes.CrontabOptions{
			Recordings: nodes.Recordings{Format: defaultFormat},
			LogDays:    nodes.LogDays{VICIdial: int(m.LogDays.ValueInt64()), Asterisk: int(m.LogDays.ValueInt64()), Screen: int(m.LogDays.ValueInt64())},
			TimeServer: m.TimeServer.ValueString(),
		},
		Sources: defaultSources,
	}
	if m.Recordings != nil {
		site.Crontab.Recordings = nodes.Recordings{
			Format: m.Recordings.Format.ValueString(), Ship: m.Recordings.Ship.ValueBool(), KeepDays: int(m.Recordings.Days.ValueInt64()),
		}
	}
	if m.Install != nil {
		site.Sources, site.Samples = m.Install.Sources.ValueString(), m.Install.Samples.ValueBool()
	}
	for _, serverIP := range slices.Sorted(maps.Keys(m.Nodes)) {
		node := m.Nodes[serverIP]
		site.Cluster.Nodes = append(site.Cluster.Nodes, node.node(serverIP))
		site.Own[serverIP] = astguiclient.NodeSettings{
			Settings: node.Settings, Extra: node.Extra, Cron: node.Cron, ServerStats: node.ServerStats.ValueBool(),
		}
	}
	return site
}

func (n nodeModel) node(serverIP string) nodes.Node {
	node := nodes.Node{
		ServerIP: serverIP, Engine: cluster.Engine(n.Engine.ValueString()), SIPLogging: n.SIPLogging.ValueBool(),
		WebOnly: n.WebOnly.ValueBool(), KeepaliveFlags: n.KeepaliveFlags,
	}
	for _, role := range n.Roles {
		node.Roles = append(node.Roles, nodes.Role(role))
	}
	for _, duty := range n.Duties {
		node.Duties = append(node.Duties, nodes.Duty(duty))
	}
	return node
}

// with fills in the files of a site.
func (m model) with(site astguiclient.Site, files map[string]astguiclient.NodeFiles) model {
	letters, confs, filled := map[string]string{}, map[string]string{}, map[string]string{}
	crontabs, fills, installs := map[string]string{}, map[string]string{}, map[string]string{}
	for serverIP, made := range files {
		letters[serverIP], confs[serverIP], filled[serverIP] = made.Letters, made.Conf, made.Filled
		crontabs[serverIP], installs[serverIP] = made.Crontab, made.Install
		if made.Fill != "" {
			fills[serverIP] = made.Fill
		}
	}
	m.Keepalives, m.Conf, m.Crontab, m.FillCommand, m.Command = texts(letters), texts(confs), texts(crontabs), texts(fills), texts(installs)
	m.Filled = types.MapNull(types.StringType)
	if len(m.Secrets) > 0 {
		m.Filled = texts(filled)
	}
	m.Assignments = texts(nil)
	if assignment, err := site.Cluster.Assign(); err == nil {
		nodes := map[string]string{}
		for duty, servers := range assignment {
			nodes[string(duty)] = strings.Join(servers, ", ")
		}
		m.Assignments = texts(nodes)
	}
	return m
}

func texts(values map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(values))
	for key, text := range values {
		elements[key] = types.StringValue(text)
	}
	return types.MapValueMust(types.StringType, elements)
}
