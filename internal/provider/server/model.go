package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	ServerID             types.String `tfsdk:"server_id"`
	ServerIP             types.String `tfsdk:"server_ip"`
	Description          types.String `tfsdk:"server_description"`
	Active               types.Bool   `tfsdk:"active"`
	AsteriskVersion      types.String `tfsdk:"asterisk_version"`
	MaxTrunks            types.Int64  `tfsdk:"max_vicidial_trunks"`
	CallsPerSecond       types.Int64  `tfsdk:"outbound_calls_per_second"`
	LocalGMT             types.String `tfsdk:"local_gmt"`
	ActiveAsterisk       types.Bool   `tfsdk:"active_asterisk_server"`
	ActiveLogin          types.Bool   `tfsdk:"active_agent_login_server"`
	GenerateConf         types.Bool   `tfsdk:"generate_vicidial_conf"`
	TwinIP               types.String `tfsdk:"active_twin_server_ip"`
	ExternalIP           types.String `tfsdk:"external_server_ip"`
	WebSocketURL         types.String `tfsdk:"web_socket_url"`
	ExternalWebSocketURL types.String `tfsdk:"external_web_socket_url"`
	ConfQualify          types.Bool   `tfsdk:"conf_qualify"`
	CustomDialplan       types.String `tfsdk:"custom_dialplan_entry"`
	UserGroup            types.String `tfsdk:"user_group"`
	ConfSecret           types.String `tfsdk:"conf_secret_wo"`
	ConfSecretVersion    types.Int64  `tfsdk:"conf_secret_wo_version"`
	ManagerSecret        types.String `tfsdk:"manager_secret_wo"`
	ManagerSecretVersion types.Int64  `tfsdk:"manager_secret_wo_version"`
	Balance              types.Object `tfsdk:"balance"`
	Conference           types.Object `tfsdk:"conference"`
	Dialplan             types.Object `tfsdk:"dialplan"`
	Logs                 types.Object `tfsdk:"logs"`
	Manager              types.Object `tfsdk:"manager"`
	Recording            types.Object `tfsdk:"recording"`
	Restart              types.Object `tfsdk:"restart"`
	ForceDestroy         types.Bool   `tfsdk:"force_destroy"`
}

type balance struct {
	Active    types.Bool  `tfsdk:"active"`
	Rank      types.Int64 `tfsdk:"rank"`
	OffLimits types.Int64 `tfsdk:"trunks_offlimits"`
}

type conference struct {
	Engine         types.String `tfsdk:"engine"`
	Rooms          types.Int64  `tfsdk:"rooms"`
	FirstRoom      types.Int64  `tfsdk:"first_room"`
	UpdateInterval types.Int64  `tfsdk:"update_interval"`
}

type dialplan struct {
	TransferAgent   types.String `tfsdk:"answer_transfer_agent"`
	Context         types.String `tfsdk:"ext_context"`
	RoutingPrefix   types.String `tfsdk:"routing_prefix"`
	Voicemail       types.String `tfsdk:"voicemail_dump_exten"`
	VoicemailSilent types.String `tfsdk:"voicemail_dump_exten_no_inst"`
}

type logs struct {
	AGI         types.String `tfsdk:"agi_output"`
	Carriers    types.Bool   `tfsdk:"carrier_logging_active"`
	Asterisk    types.Bool   `tfsdk:"gather_asterisk_output"`
	Performance types.Bool   `tfsdk:"sys_perf_log"`
	Daemons     types.Bool   `tfsdk:"vd_server_logs"`
}

type manager struct {
	Host   types.String `tfsdk:"host"`
	Port   types.Int64  `tfsdk:"port"`
	User   types.String `tfsdk:"username"`
	Update types.String `tfsdk:"update_username"`
	Listen types.String `tfsdk:"listen_username"`
	Send   types.String `tfsdk:"send_username"`
}

type recording struct {
	Limit       types.Int64  `tfsdk:"vicidial_recording_limit"`
	Link        types.String `tfsdk:"recording_web_link"`
	AlternateIP types.String `tfsdk:"alt_server_ip"`
}

type restart struct {
	Active types.Bool   `tfsdk:"auto_restart_asterisk"`
	URL    types.String `tfsdk:"ara_url"`
}

type identity struct {
	ServerID types.String `tfsdk:"server_id"`
}

// expanded is a model with its groups as structs. In the model they are objects, since a
// group may be unknown.
type expanded struct {
	model
	balance    balance
	conference conference
	dialplan   dialplan
	logs       logs
	manager    manager
	recording  recording
	restart    restart
}

// namedGroup is a group as an object and as a pointer to its struct.
type namedGroup struct {
	name   string
	object *types.Object
	parts  any
}

func (o *expanded) groups() [7]namedGroup {
	return [...]namedGroup{
		{"balance", &o.Balance, &o.balance},
		{"conference", &o.Conference, &o.conference},
		{"dialplan", &o.Dialplan, &o.dialplan},
		{"logs", &o.Logs, &o.logs},
		{"manager", &o.Manager, &o.manager},
		{"recording", &o.Recording, &o.recording},
		{"restart", &o.Restart, &o.restart},
	}
}

// expand sets the structs from the groups. A group that is unknown was omitted from the
// configuration or depends on another resource: its parts are unknown.
func expand(ctx context.Context, m model, diags *diag.Diagnostics) *expanded {
	o := &expanded{model: m}
	for _, group := range o.groups() {
		switch {
		case group.object.IsUnknown():
			diags.Append(tfhelper.ValueAs(ctx, unknownGroups()[group.name], group.parts)...)
		case !group.object.IsNull():
			diags.Append(tfhelper.ValueAs(ctx, *group.object, group.parts)...)
		}
	}
	return o
}

// flatten is the inverse of expand. A group that is null stays null, and one that is
// unknown, which may become null, stays unknown.
func (o *expanded) flatten(ctx context.Context, diags *diag.Diagnostics) model {
	flat := *o
	for _, group := range flat.groups() {
		if !group.object.IsNull() && !group.object.IsUnknown() {
			*group.object = tfhelper.ObjectFrom(ctx, group.parts, group.object.AttributeTypes(ctx), diags)
		}
	}
	return flat.model
}

// showGroups makes flatten set all groups.
func (o *expanded) showGroups() {
	for _, group := range o.groups() {
		*group.object = unknownGroups()[group.name]
	}
}

// omitGroups makes the groups null that the configuration omits.
func (o *expanded) omitGroups(declared *expanded) {
	omitted := declared.groups()
	for i, group := range o.groups() {
		if omitted[i].object.IsNull() {
			*group.object = *omitted[i].object
		}
	}
}

func (o *expanded) identity() identity { return identity{o.ServerID} }

func (o *expanded) id() string { return o.ServerID.ValueString() }

// columns maps attributes to columns, in both directions.
func (o *expanded) columns() []tfhelper.Column {
	in := func(group, name string) path.Path { return path.Root(group).AtName(name) }
	return []tfhelper.Column{
		tfhelper.Text("server_id", &o.ServerID),
		tfhelper.Text("server_ip", &o.ServerIP),
		tfhelper.Text("server_description", &o.Description),
		tfhelper.YesNo("active", &o.Active),
		tfhelper.Text("asterisk_version", &o.AsteriskVersion),
		tfhelper.Int("max_vicidial_trunks", &o.MaxTrunks),
		tfhelper.Int("outbound_calls_per_second", &o.CallsPerSecond),
		tfhelper.Text("local_gmt", &o.LocalGMT),
		tfhelper.YesNo("active_asterisk_server", &o.ActiveAsterisk),
		tfhelper.YesNo("active_agent_login_server", &o.ActiveLogin),
		tfhelper.YesNo("generate_vicidial_conf", &o.GenerateConf),
		tfhelper.Text("active_twin_server_ip", &o.TwinIP),
		tfhelper.Text("answer_transfer_agent", &o.dialplan.TransferAgent).At(in("dialplan", "answer_transfer_agent")),
		tfhelper.Text("ext_context", &o.dialplan.Context).At(in("dialplan", "ext_context")),
		tfhelper.Text("routing_prefix", &o.dialplan.RoutingPrefix).At(in("dialplan", "routing_prefix")),
		tfhelper.Text("voicemail_dump_exten", &o.dialplan.Voicemail).At(in("dialplan", "voicemail_dump_exten")),
		tfhelper.Text("voicemail_dump_exten_no_inst", &o.dialplan.VoicemailSilent).At(in("dialplan", "voicemail_dump_exten_no_inst")),
		tfhelper.Int("vicidial_recording_limit", &o.recording.Limit).At(in("recording", "vicidial_recording_limit")),
		tfhelper.Text("recording_web_link", &o.recording.Link).At(in("recording", "recording_web_link")),
		tfhelper.Text("alt_server_ip", &o.recording.AlternateIP).At(in("recording", "alt_server_ip")),
		tfhelper.Text("external_server_ip", &o.ExternalIP),
		tfhelper.Text("web_socket_url", &o.WebSocketURL),
		tfhelper.Text("external_web_socket_url", &o.ExternalWebSocketURL),
		tfhelper.YesNo("sys_perf_log", &o.logs.Performance).At(in("logs", "sys_perf_log")),
		tfhelper.YesNo("vd_server_logs", &o.logs.Daemons).At(in("logs", "vd_server_logs")),
		tfhelper.Text("agi_output", &o.logs.AGI).At(in("logs", "agi_output")),
		tfhelper.YesNo("carrier_logging_active", &o.logs.Carriers).At(in("logs", "carrier_logging_active")),
		tfhelper.YesNo("gather_asterisk_output", &o.logs.Asterisk).At(in("logs", "gather_asterisk_output")),
		tfhelper.YesNo("auto_restart_asterisk", &o.restart.Active).At(in("restart", "auto_restart_asterisk")),
		tfhelper.Text("ara_url", &o.restart.URL).At(in("restart", "ara_url")),
		tfhelper.YesNo("conf_qualify", &o.ConfQualify),
		tfhelper.Text("custom_dialplan_entry", &o.CustomDialplan),
		tfhelper.Text("user_group", &o.UserGroup),
		tfhelper.YesNo("vicidial_balance_active", &o.balance.Active).At(in("balance", "active")),
		tfhelper.Int("vicidial_balance_rank", &o.balance.Rank).At(in("balance", "rank")),
		tfhelper.Int("balance_trunks_offlimits", &o.balance.OffLimits).At(in("balance", "trunks_offlimits")),
		tfhelper.Text("conf_engine", &o.conference.Engine).At(in("conference", "engine")),
		tfhelper.Int("conf_update_interval", &o.conference.UpdateInterval).At(in("conference", "update_interval")),
		tfhelper.Text("telnet_host", &o.manager.Host).At(in("manager", "host")),
		tfhelper.Int("telnet_port", &o.manager.Port).At(in("manager", "port")),
		tfhelper.Text("ASTmgrUSERNAME", &o.manager.User).At(in("manager", "username")),
		tfhelper.Text("ASTmgrUSERNAMEupdate", &o.manager.Update).At(in("manager", "update_username")),
		tfhelper.Text("ASTmgrUSERNAMElisten", &o.manager.Listen).At(in("manager", "listen_username")),
		tfhelper.Text("ASTmgrUSERNAMEsend", &o.manager.Send).At(in("manager", "send_username")),
	}
}

// row returns the declared values by column.
func (o *expanded) row() cluster.Row { return tfhelper.Expand(o.columns()) }

// engine returns the declared conference engine. MeetMe is VICIdial's default, and the
// only one before schema 1664.
func (o *expanded) engine() cluster.Engine {
	if o.conference.Engine.ValueString() == string(cluster.Confbridge) {
		return cluster.Confbridge
	}
	return cluster.Meetme
}

// rooms returns the declared range of rooms; false if the configuration does not manage
// rooms.
func (o *expanded) rooms(declared *expanded) (cluster.RoomRange, bool) {
	if declared.conference.Rooms.IsNull() || o.conference.Rooms.IsNull() || o.conference.Rooms.IsUnknown() {
		return cluster.RoomRange{}, false
	}
	rooms := cluster.RoomRange{First: int(o.conference.FirstRoom.ValueInt64()), Count: int(o.conference.Rooms.ValueInt64())}
	if rooms.First == 0 {
		rooms.First = o.engine().FirstRoom()
	}
	return rooms, true
}

// show sets the attributes from the rows. Rooms that are not managed and have gaps
// (complete is false) are null, since first room and count cannot describe them.
func (o *expanded) show(server cluster.Server, found cluster.RoomRange, complete bool) {
	tfhelper.Flatten(cluster.TableServers, o.columns(), server.Row)
	o.ServerID = types.StringValue(server.ID())
	o.conference.Rooms, o.conference.FirstRoom = types.Int64Null(), types.Int64Null()
	if complete || found.Count > 0 {
		o.conference.Rooms = tfhelper.Int64(found.Count)
	}
	if complete && found.First == 0 { // no rooms: a configuration with 0 rooms must plan no change
		found.First = server.Engine().FirstRoom()
	}
	if found.First > 0 {
		o.conference.FirstRoom = tfhelper.Int64(found.First)
	}
	if o.ForceDestroy.IsNull() {
		o.ForceDestroy = types.BoolValue(false)
	}
	o.ConfSecret, o.ManagerSecret = types.StringNull(), types.StringNull()
}

func (o *expanded) secrets() []tfhelper.WriteOnlySecret {
	return []tfhelper.WriteOnlySecret{
		{Column: cluster.ServerSecret, Attribute: "conf_secret_wo", Value: o.ConfSecret, Version: o.ConfSecretVersion},
		{Column: cluster.ManagerSecret, Attribute: "manager_secret_wo", Value: o.ManagerSecret, Version: o.ManagerSecretVersion},
	}
}
