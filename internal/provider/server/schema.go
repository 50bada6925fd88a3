package server

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

//go:embed description.md
var description string

// groupTypes are the attribute types of the groups.
var groupTypes = map[string]map[string]attr.Type{
	"balance":    {"active": types.BoolType, "rank": types.Int64Type, "trunks_offlimits": types.Int64Type},
	"conference": {"engine": types.StringType, "rooms": types.Int64Type, "first_room": types.Int64Type, "update_interval": types.Int64Type},
	"manager": {
		"host": types.StringType, "port": types.Int64Type, "username": types.StringType, "update_username": types.StringType,
		"listen_username": types.StringType, "send_username": types.StringType,
	},
}

// passwordText is what a password may have: the admin page strips the rest.
var passwordText = tfhelper.RegexMatches(`^[-_0-9a-zA-Z]*$`, "letters, digits, - and _ only; VICIdial's admin page strips other characters")

// An attribute that is omitted is not managed: it has the column's default when the
// server is created, and the row's value later.

func text(doc string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: doc, Validators: validators,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func number(doc string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true, MarkdownDescription: doc,
		PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

func flag(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: doc,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func group(doc string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, MarkdownDescription: doc, Attributes: attributes,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
	}
}

func secret(doc, version string, least int) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, WriteOnly: true, MarkdownDescription: doc,
		Validators: []validator.String{
			stringvalidator.LengthBetween(least, 100), passwordText,
			stringvalidator.AlsoRequires(path.MatchRoot(version)),
		},
	}
}

func secretVersion(of string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: tfhelper.VersionNote(of),
		Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot(of))},
	}
}

// Schema defines the attributes of a server.
func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"server_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`server_id`: the name under which the other servers know this one, 1 to 10 letters, digits or underscores. It becomes an IAX2 peer name and part of a dialplan variable on every peer, which is why a hyphen is taken only where a server has it already. Another one makes another server; to rename one, change it in the admin page, take the old one out of the state and import the new one.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"server_ip": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`server_ip`: the IPv4 address by which VICIdial joins everything, `VARserver_ip` in the node's `astguiclient.conf`. A change is made in place, in every table that names the address; change the file on the node as well.",
				Validators:          []validator.String{tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)},
			},
			"server_description":           text("`server_description`: free text."),
			"active":                       flag("`active`: whether agents who log in with a phone alias can be sent to this server. A new server without it has `NULL`, which VICIdial treats as `N`: set it to true for telephony nodes. It stops neither dialing nor the balance fill."),
			"asterisk_version":             text("`asterisk_version`, such as `18.21.1-vici`. It decides the dialect of the generated dialplan; VICIdial's default is 1.4.21.2. Daemons read it when they start."),
			"max_vicidial_trunks":          number("`max_vicidial_trunks`: lines at once, all campaigns and directions together. VICIdial's default is 23; 0 stops dialing."),
			"outbound_calls_per_second":    number("`outbound_calls_per_second`, 1 to 200. Other values would mean 40 to the dialer, so they are refused."),
			"local_gmt":                    text("`local_gmt`: hours from GMT without daylight saving, with two decimals, such as `-5.00`."),
			"active_asterisk_server":       flag("`active_asterisk_server`: whether this is a telephony node. Peers get routes to it, and its configuration files are generated."),
			"active_agent_login_server":    flag("`active_agent_login_server`: whether agents may log in here. Those who are logged in stay when it is turned off."),
			"generate_vicidial_conf":       flag("`generate_vicidial_conf`: whether Asterisk's configuration files are generated from the database."),
			"active_twin_server_ip":        text("`active_twin_server_ip`: a server without whose heartbeat nobody can log in here. It is a login gate, not a failover."),
			"answer_transfer_agent":        text("`answer_transfer_agent`: extension that takes answered calls."),
			"ext_context":                  text("`ext_context`: dialplan context of calls."),
			"routing_prefix":               text("`routing_prefix`: put before `answer_transfer_agent` on Asterisk 12 and newer. Daemons read it when they start."),
			"voicemail_dump_exten":         text("`voicemail_dump_exten`: prefix that leaves a call in a mailbox."),
			"voicemail_dump_exten_no_inst": text("`voicemail_dump_exten_no_inst`: the same without instructions."),
			"vicidial_recording_limit":     number("`vicidial_recording_limit`: longest recording, in minutes."),
			"recording_web_link":           text("`recording_web_link`: which address links to recordings carry."),
			"alt_server_ip":                text("`alt_server_ip`: host for `recording_web_link = \"ALT_IP\"`."),
			"external_server_ip":           text("`external_server_ip`: host that web phones use."),
			"web_socket_url":               text("`web_socket_url`: WebRTC address of this server."),
			"external_web_socket_url":      text("`external_web_socket_url`: WebRTC address for agents outside."),
			"sys_perf_log":                 flag("`sys_perf_log`: whether load is written to `server_performance`."),
			"vd_server_logs":               flag("`vd_server_logs`: whether daemons write log files."),
			"agi_output":                   text("`agi_output`: where AGI scripts log."),
			"carrier_logging_active":       flag("`carrier_logging_active`: whether hangup causes of carriers are logged."),
			"gather_asterisk_output":       flag("`gather_asterisk_output`: whether Asterisk's console output is collected."),
			"auto_restart_asterisk":        flag("`auto_restart_asterisk`: whether a dead Asterisk is started again by the keepalive."),
			"ara_url":                      text("`ara_url`: address that is called when Asterisk was started again."),
			"conf_qualify":                 flag("`conf_qualify`: whether peers are asked regularly if they are there."),
			"custom_dialplan_entry":        text("`custom_dialplan_entry`: dialplan text in a context of its own, below VICIdial's `h` line, which the generated one includes. Read as Asterisk will read it. The admin page strips backslashes and single quotes when the server is saved there."),
			"user_group":                   text("`user_group`: who sees the server in the admin pages; `---ALL---` is everybody."),
			"conf_secret_wo":               secret("`conf_secret`: password by which the other servers register here. Write-only: it is in no state and no plan. VICIdial ships `test`.", "conf_secret_wo_version", 1),
			"conf_secret_wo_version":       secretVersion("conf_secret_wo"),
			"manager_secret_wo":            secret("`ASTmgrSECRET`: password of the Asterisk manager interface. Write-only. VICIdial ships `1234`. Daemons read it when they start.", "manager_secret_wo_version", 1),
			"manager_secret_wo_version":    secretVersion("manager_secret_wo"),
			"balance": group("Balance fill: calls for which other servers have no lines are placed on this server. Without it, its columns are not managed.", map[string]schema.Attribute{
				"active":           flag("`vicidial_balance_active`: whether this server fills in."),
				"rank":             number("`vicidial_balance_rank`: higher ones fill in first."),
				"trunks_offlimits": number("`balance_trunks_offlimits`: lines kept back from filling in. VICIdial ignores it for a campaign that has a `MAXIMUM_LIMIT` row here."),
			}),
			"conference": group("Conference rooms, one for each agent who is logged in. Without it, rooms are not managed.", map[string]schema.Attribute{
				"engine":          text("`conf_engine`: `MEETME` or `CONFBRIDGE`. All servers of one phone alias must have the same.", stringvalidator.OneOf(string(cluster.Meetme), string(cluster.Confbridge))),
				"rooms":           number("How many rooms there are: exactly this many rows in the engine's table, from `first_room` on. A room that is in use is never removed. Left out, rooms are not managed. At most 1000."),
				"first_room":      number("Number of the first room. Defaults to 8600051 for `MEETME` and 9600000 for `CONFBRIDGE`, where VICIdial's samples begin."),
				"update_interval": number("`conf_update_interval`: seconds between looks for rooms that nobody uses any more."),
			}),
			"manager": group("How the node's own daemons connect to its Asterisk manager interface. They read it when they start. Without it, its columns are not managed.", map[string]schema.Attribute{
				"host":            text("`telnet_host`."),
				"port":            number("`telnet_port`."),
				"username":        text("`ASTmgrUSERNAME`."),
				"update_username": text("`ASTmgrUSERNAMEupdate`."),
				"listen_username": text("`ASTmgrUSERNAMElisten`."),
				"send_username":   text("`ASTmgrUSERNAMEsend`."),
			}),
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether a destroy also removes the rows that still name the server (phones, trunk rows, carriers, remote agents and more), and takes its phones out of aliases. It never helps against agents who are logged in or calls that are up. Defaults to false; apply it before you destroy.",
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.Server)
}

// IdentitySchema identifies a server by its server_id.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"server_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The server's `server_id`."},
	}}
}
