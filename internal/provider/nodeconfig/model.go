package nodeconfig

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	Name        types.String         `tfsdk:"name"`
	Nodes       map[string]nodeModel `tfsdk:"nodes"`
	Coordinator types.String         `tfsdk:"coordinator"`
	Layout      types.String         `tfsdk:"layout"`
	LogArchive  types.String         `tfsdk:"log_archive"`
	ArchiveDays types.Int64          `tfsdk:"log_archive_days"`
	URLLogDays  types.Int64          `tfsdk:"url_log_days"`
	LeadArchive *leadArchive         `tfsdk:"lead_archive"`
	FetchEmail  types.Bool           `tfsdk:"inbound_email_parser"`
	Settings    map[string]string    `tfsdk:"settings"`
	Extra       map[string]string    `tfsdk:"extra"`
	Secrets     map[string]string    `tfsdk:"secrets"`
	Recordings  *recordings          `tfsdk:"recordings"`
	LogDays     types.Int64          `tfsdk:"log_days"`
	AsteriskLog types.Int64          `tfsdk:"asterisk_log_days"`
	ScreenLog   types.Int64          `tfsdk:"screen_log_days"`
	SpeechDays  types.Int64          `tfsdk:"speech_days"`
	TimeServer  types.String         `tfsdk:"time_server"`
	Install     *install             `tfsdk:"install"`

	Keepalives  types.Map `tfsdk:"keepalives"`
	Assignments types.Map `tfsdk:"assignments"`
	Conf        types.Map `tfsdk:"astguiclient_conf"`
	Filled      types.Map `tfsdk:"astguiclient_conf_filled"`
	Crontab     types.Map `tfsdk:"crontab"`
	FillCommand types.Map `tfsdk:"fill_command"`
	Command     types.Map `tfsdk:"install_command"`
	UserData    types.Map `tfsdk:"user_data"`
	UserFilled  types.Map `tfsdk:"user_data_filled"`
}

type nodeModel struct {
	Roles          []string          `tfsdk:"roles"`
	Engine         types.String      `tfsdk:"conf_engine"`
	SIPLogging     types.Bool        `tfsdk:"sip_event_logging"`
	Duties         []string          `tfsdk:"duties"`
	WebOnly        types.Bool        `tfsdk:"web_only"`
	Keepalives     types.String      `tfsdk:"keepalives"`
	KeepaliveFlags []string          `tfsdk:"keepalive_flags"`
	ThreeWay       types.Bool        `tfsdk:"three_way_check"`
	Recordings     *recordings       `tfsdk:"recordings"`
	ServerStats    types.Bool        `tfsdk:"server_stats"`
	Settings       map[string]string `tfsdk:"settings"`
	Extra          map[string]string `tfsdk:"extra"`
	Cron           []string          `tfsdk:"cron"`
}

type leadArchive struct {
	Days      types.Int64 `tfsdk:"days"`
	Campaigns []string    `tfsdk:"campaigns"`
	Statuses  []string    `tfsdk:"statuses"`
}

type install struct {
	Sources types.String `tfsdk:"sources"`
	Samples types.Bool   `tfsdk:"copy_sample_conf_files"`
}

type identity struct {
	Name types.String `tfsdk:"name"`
}

func (m model) identity() identity { return identity{m.Name} }

// Defaults of attributes.
const (
	defaultName    = "cluster"
	defaultSources = "/usr/src/astguiclient/trunk"
)

// site returns the input of the files: the declared values, and the defaults of the
// layout.
func (m model) site() astguiclient.Site {
	layout, _ := astguiclient.LayoutOf(m.Layout.ValueString()) // the schema has checked the name
	maps.Copy(layout.Settings, m.Settings)
	site := astguiclient.Site{
		Cluster: nodes.Site{
			Coordinator: m.Coordinator.ValueString(), Archives: m.archives(layout.Archives), PagesEverywhere: layout.PagesEverywhere,
		},
		Settings: layout.Settings, Extra: m.Extra, Secrets: m.Secrets,
		Own: map[string]astguiclient.NodeSettings{},
		Crontab: nodes.CrontabOptions{
			Recordings: m.Recordings.over(layout.Recordings), LogDays: m.logDays(layout.LogDays), TimeServer: m.TimeServer.ValueString(),
		},
		Sources: defaultSources, LocalPrimary: layout.LocalPrimary,
	}
	if m.Install != nil {
		site.Sources, site.Samples = m.Install.Sources.ValueString(), m.Install.Samples.ValueBool()
	}
	for _, serverIP := range slices.Sorted(maps.Keys(m.Nodes)) {
		node := m.Nodes[serverIP]
		site.Cluster.Nodes = append(site.Cluster.Nodes, node.node(serverIP, layout.ThreeWay))
		own := astguiclient.NodeSettings{
			Settings: node.Settings, Extra: node.Extra, Cron: node.Cron, ServerStats: node.ServerStats.ValueBool(),
		}
		if node.Recordings != nil {
			recordings := node.Recordings.over(site.Crontab.Recordings)
			own.Recordings = &recordings
		}
		site.Own[serverIP] = own
	}
	return site
}

func (m model) archives(base nodes.Archives) nodes.Archives {
	if !m.LogArchive.IsNull() {
		base.LogSchedule = nodes.ArchiveSchedule(m.LogArchive.ValueString())
	}
	number(&base.LogDays, m.ArchiveDays)
	number(&base.URLLogDays, m.URLLogDays)
	yes(&base.FetchEmail, m.FetchEmail)
	if l := m.LeadArchive; l != nil {
		base.Leads = nodes.LeadAge{Days: int(l.Days.ValueInt64()), Campaigns: l.Campaigns, Statuses: l.Statuses}
	}
	return base
}

// logDays returns the days of logs. log_days is also the default for Asterisk's logs,
// and 0 applies to screen logs, too.
func (m model) logDays(base nodes.LogDays) nodes.LogDays {
	if !m.LogDays.IsNull() {
		base.VICIdial = int(m.LogDays.ValueInt64())
		base.Asterisk = base.VICIdial
		if base.VICIdial == 0 {
			base.Screen = 0
		}
	}
	number(&base.Asterisk, m.AsteriskLog)
	number(&base.Screen, m.ScreenLog)
	number(&base.Speech, m.SpeechDays)
	return base
}

func (n nodeModel) node(serverIP string, threeWay bool) nodes.Node {
	node := nodes.Node{
		ServerIP: serverIP, Engine: cluster.Engine(n.Engine.ValueString()), SIPLogging: n.SIPLogging.ValueBool(),
		WebOnly: n.WebOnly.ValueBool(), KeepaliveFlags: n.KeepaliveFlags, OwnKeepalives: n.Keepalives.ValueString(),
	}
	for _, role := range n.Roles {
		node.Roles = append(node.Roles, nodes.Role(role))
	}
	for _, duty := range n.Duties {
		node.Duties = append(node.Duties, nodes.Duty(duty))
	}
	threeWay = threeWay && node.Is(nodes.RoleTelephony) && node.Engine != cluster.Confbridge
	yes(&threeWay, n.ThreeWay)
	if threeWay && !slices.Contains(node.KeepaliveFlags, "--cu3way") {
		node.KeepaliveFlags = append([]string{"--cu3way"}, node.KeepaliveFlags...)
	}
	return node
}

// withFiles sets the computed attributes to the files of a site.
func (m model) withFiles(site astguiclient.Site, files map[string]astguiclient.NodeFiles) model {
	letters, confs, filled := map[string]string{}, map[string]string{}, map[string]string{}
	userData, userFilled := map[string]string{}, map[string]string{}
	crontabs, fills, installs := map[string]string{}, map[string]string{}, map[string]string{}
	for serverIP, made := range files {
		userData[serverIP], userFilled[serverIP] = made.UserData, made.UserDataFilled
		letters[serverIP], confs[serverIP], filled[serverIP] = made.Letters, made.Conf, made.Filled
		crontabs[serverIP], installs[serverIP] = made.Crontab, made.Install
		if made.Fill != "" {
			fills[serverIP] = made.Fill
		}
	}
	m.Keepalives, m.Conf, m.Crontab, m.FillCommand, m.Command = tfhelper.StringMap(letters), tfhelper.StringMap(confs), tfhelper.StringMap(crontabs), tfhelper.StringMap(fills), tfhelper.StringMap(installs)
	m.UserData = tfhelper.StringMap(userData)
	m.Filled, m.UserFilled = types.MapNull(types.StringType), types.MapNull(types.StringType)
	if len(m.Secrets) > 0 {
		m.Filled, m.UserFilled = tfhelper.StringMap(filled), tfhelper.StringMap(userFilled)
	}
	m.Assignments = tfhelper.StringMap(nil)
	if assignment, err := site.Cluster.Assign(); err == nil {
		nodes := map[string]string{}
		for duty, servers := range assignment {
			nodes[string(duty)] = strings.Join(servers, ", ")
		}
		m.Assignments = tfhelper.StringMap(nodes)
	}
	return m
}
