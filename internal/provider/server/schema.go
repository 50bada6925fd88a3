package server

import (
	"context"
	_ "embed"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/managed"
)

//go:embed description.md
var description string

// passwordText validates passwords: the admin page removes other characters.
var passwordText = tfhelper.RegexMatches(`^[-_0-9a-zA-Z]*$`, "letters, digits, - and _ only; VICIdial's admin page strips other characters")

// An attribute that is omitted is not managed: it has the column's default when the
// server is created, and the row's value later. A group that is omitted is null in the
// state, which Terraform encodes after each object that it writes
// (docs/design/0013-plan-performance.md).

func group(doc string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, Attributes: attributes,
		MarkdownDescription: doc + " Without it, its columns are not managed; the state has them once it was declared, or after an import.",
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
	}
}

// unknownGroups returns the groups of the schema, by name, with unknown parts.
var unknownGroups = sync.OnceValue(func() map[string]types.Object {
	ctx, groups, all := context.Background(), map[string]types.Object{}, resource.SchemaResponse{}
	new(Resource).Schema(ctx, resource.SchemaRequest{}, &all)
	for _, group := range new(expanded).groups() {
		kind, _ := all.Schema.Attributes[group.name].GetType().(types.ObjectType)
		parts := map[string]attr.Value{}
		for part, kind := range kind.AttrTypes {
			unknown, err := kind.ValueFromTerraform(ctx, tftypes.NewValue(kind.TerraformType(ctx), tftypes.UnknownValue))
			if err != nil {
				panic(err) // each type accepts an unknown value of its own
			}
			parts[part] = unknown
		}
		groups[group.name] = types.ObjectValueMust(kind.AttrTypes, parts)
	}
	return groups
})

func secret(doc, version string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, WriteOnly: true, MarkdownDescription: doc,
		Validators: []validator.String{
			stringvalidator.LengthBetween(1, 100), passwordText,
			stringvalidator.AlsoRequires(path.MatchRoot(version)),
		},
	}
}

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"server_id": tfhelper.KeyAttribute("`server_id`: the name of the server in the cluster, 1 to 10 letters, digits or underscores. It becomes the name of an IAX2 peer and part of a dialplan variable on every other node. So a hyphen is accepted only if the server has it already. A different value replaces the server: the old one is removed, which is refused while it is in use, and a new one is created. To rename a server, change the id at the admin page, take the old one out of the state, and import the new one."),
			"server_ip": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`server_ip`: the IPv4 address of the server. VICIdial identifies the server by this address in all tables. It must be equal to `VARserver_ip` in the node's `astguiclient.conf`. A change is made in place, in every table that contains the address; change the file on the node as well.",
				Validators:          []validator.String{tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)},
			},
			"server_description":        managed.Text("`server_description`: free text."),
			"active":                    managed.Bool("`active`: whether agents who log in with a phone alias can be sent to this server. A new server without it has `NULL`, which VICIdial treats as `N`: set it to true for telephony nodes. It stops neither dialing nor the balance fill."),
			"asterisk_version":          managed.Text("`asterisk_version`, such as `18.21.1-vici`. VICIdial writes the dialplan for this version. Write the version that is installed on the node; the attribute does not install Asterisk."),
			"max_vicidial_trunks":       managed.Int("`max_vicidial_trunks`: the largest number of lines in use at the same time, inbound and outbound, for all campaigns together, 0 to 9999. With 0 the dialer places no calls. If you lower it below the lines in use, the dialer places no new calls until enough calls have ended."),
			"outbound_calls_per_second": managed.Int("`outbound_calls_per_second`: how many calls the dialer of this server starts in one second, at most, 1 to 200. With any other value the dialer would use 40, so other values are refused."),
			"local_gmt":                 managed.Text("`local_gmt`: hours from GMT without daylight saving, with two decimals, such as `-5.00`."),
			"active_asterisk_server":    managed.Bool("`active_asterisk_server`: whether this is a telephony node. If it is, the other nodes get routes to it, and its configuration files are generated."),
			"active_agent_login_server": managed.Bool("`active_agent_login_server`: whether agents can log in on this server."),
			"generate_vicidial_conf":    managed.Bool("`generate_vicidial_conf`: whether Asterisk's configuration files are generated from the database."),
			"active_twin_server_ip":     managed.Text("`active_twin_server_ip`: the address of another server. Agents can log in on this server only while the other one has a recent heartbeat. It is not a failover: no call, agent or line moves to the other server."),
			"external_server_ip":        managed.Text("`external_server_ip`: host that web phones use."),
			"web_socket_url":            managed.Text("`web_socket_url`: WebRTC address of this server."),
			"external_web_socket_url":   managed.Text("`external_web_socket_url`: WebRTC address for agents outside."),
			"conf_qualify":              managed.Bool("`conf_qualify`: whether Asterisk checks regularly that the other nodes answer."),
			"custom_dialplan_entry":     managed.Text("`custom_dialplan_entry`: lines of the dialplan that VICIdial adds to the generated dialplan of the server, in a context of their own that the context `default` includes. VICIdial writes its own `h` extension above them. The plan checks the lines as Asterisk reads them. If somebody saves the server at the admin page, the page removes backslashes and single quotes."),
			"user_group":                managed.Text("`user_group`: who sees the server in the admin pages; `---ALL---` is everybody."),
			"conf_secret_wo":            secret("`conf_secret`: password by which the other servers register here. Write-only: neither the state nor the plan contains it. VICIdial's default is `test`.", "conf_secret_wo_version"),
			"conf_secret_wo_version":    tfhelper.VersionAttribute("conf_secret_wo", path.MatchRoot("conf_secret_wo")),
			"manager_secret_wo":         secret("`ASTmgrSECRET`: password of the Asterisk manager interface. Write-only. VICIdial's default is `1234`.", "manager_secret_wo_version"),
			"manager_secret_wo_version": tfhelper.VersionAttribute("manager_secret_wo", path.MatchRoot("manager_secret_wo")),
			"balance": group("The balance fill, a program of VICIdial that places calls on servers with free lines, for campaigns whose own servers have no line left.", map[string]schema.Attribute{
				"active":           managed.Bool("`vicidial_balance_active`: whether the balance fill places calls on this server."),
				"rank":             managed.Int("`vicidial_balance_rank`: the order in which the balance fill uses servers, 0 to 255. Servers with a higher number come first."),
				"trunks_offlimits": managed.Int("`balance_trunks_offlimits`: lines that the balance fill does not use on this server, 0 to 9999. The server's own dialer can use them. VICIdial ignores this for a campaign that has a `MAXIMUM_LIMIT` row on the server."),
			}),
			"conference": group("Conference rooms, one for each agent who is logged in.", map[string]schema.Attribute{
				"engine":          managed.Text("`conf_engine`: `MEETME` or `CONFBRIDGE`. All servers of one phone alias must have the same. If you leave it out, the rooms are those of the engine that the row has.", stringvalidator.OneOf(string(cluster.Meetme), string(cluster.Confbridge))),
				"rooms":           managed.Int("The number of rooms, 0 to 1000: exactly this many rows in the engine's table, from `first_room` on. With 0 the server has no rooms, and no agent can log in there. A room that is in use is never removed. If you leave it out, rooms are not managed, and those that exist stay."),
				"first_room":      managed.Int("Number of the first room. Defaults to 8600051 for `MEETME` and 9600000 for `CONFBRIDGE`, where VICIdial's samples begin."),
				"update_interval": managed.Int("`conf_update_interval`: the seconds between two checks for rooms that nobody uses any more, 1 to 32767."),
			}),
			"dialplan": group("What the dialer and AGI scripts dial on the server.", map[string]schema.Attribute{
				"answer_transfer_agent":        managed.Text("`answer_transfer_agent`: the dialplan extension to which the dialer sends answered calls."),
				"ext_context":                  managed.Text("`ext_context`: dialplan context of calls."),
				"routing_prefix":               managed.Text("`routing_prefix`: the digits that VICIdial puts before `answer_transfer_agent` on Asterisk 12 and newer."),
				"voicemail_dump_exten":         managed.Text("`voicemail_dump_exten`: the dialplan prefix that sends a call to a mailbox."),
				"voicemail_dump_exten_no_inst": managed.Text("`voicemail_dump_exten_no_inst`: the same as `voicemail_dump_exten`, without instructions for the caller."),
			}),
			"logs": group("What the programs of the server record.", map[string]schema.Attribute{
				"agi_output":             managed.Text("`agi_output`: where AGI scripts write their log."),
				"carrier_logging_active": managed.Bool("`carrier_logging_active`: whether hangup causes of carriers are logged."),
				"gather_asterisk_output": managed.Bool("`gather_asterisk_output`: whether Asterisk's console output is collected."),
				"sys_perf_log":           managed.Bool("`sys_perf_log`: whether load is written to `server_performance`."),
				"vd_server_logs":         managed.Bool("`vd_server_logs`: whether daemons write log files."),
			}),
			"manager": group("How the node's own daemons connect to its Asterisk manager interface.", map[string]schema.Attribute{
				"host":            managed.Text("`telnet_host`: the host of the manager interface; it is usually the node itself."),
				"port":            managed.Int("`telnet_port`: the TCP port of the manager interface, 1 to 65535."),
				"username":        managed.Text("`ASTmgrUSERNAME`: the account that daemons use if they have no account of their own here."),
				"update_username": managed.Text("`ASTmgrUSERNAMEupdate`: the account of the daemon that updates the list of channels (AST_update)."),
				"listen_username": managed.Text("`ASTmgrUSERNAMElisten`: the account of the daemon that receives the events of calls (AST_manager_listen)."),
				"send_username":   managed.Text("`ASTmgrUSERNAMEsend`: the account of the daemon that starts and transfers calls (AST_manager_send)."),
			}),
			"recording": group("Recordings of calls.", map[string]schema.Attribute{
				"vicidial_recording_limit": managed.Int("`vicidial_recording_limit`: the longest recording in minutes, 0 to 9999."),
				"recording_web_link":       managed.Text("`recording_web_link`: which address links to recordings contain."),
				"alt_server_ip":            managed.Text("`alt_server_ip`: host for `recording_web_link = \"ALT_IP\"`."),
			}),
			"restart": group("What the keepalive does when Asterisk does not run.", map[string]schema.Attribute{
				"auto_restart_asterisk": managed.Bool("`auto_restart_asterisk`: whether a dead Asterisk is started again by the keepalive."),
				"ara_url":               tfhelper.SensitiveURL(managed.Text("`ara_url`: the web address that the keepalive calls after it has restarted Asterisk.")),
			}),
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether a destroy also removes the rows that still name the server (phones, trunk rows, carriers, remote agents and more), and takes its phones out of aliases. A destroy is still refused while agents are logged in or calls are in progress. The default is false. Set it to true and apply before you destroy.",
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.Server)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("server_id", "The server's `server_id`.")
}
