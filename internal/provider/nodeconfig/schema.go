package nodeconfig

import (
	"context"
	_ "embed"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

//go:embed description.md
var description string

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultName),
				MarkdownDescription: "Display name of the set of files. Defaults to `" + defaultName + "`.",
				Validators:          []validator.String{stringvalidator.LengthBetween(1, 64), oneLine},
			},
			"nodes": schema.MapNestedAttribute{
				Required:            true,
				MarkdownDescription: "All nodes of the cluster, by `server_ip`. Nodes that are left out get no duties.",
				Validators: []validator.Map{
					mapvalidator.SizeAtLeast(1),
					mapvalidator.KeysAre(tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)),
				},
				NestedObject: schema.NestedAttributeObject{Attributes: nodeAttributes()},
			},
			"coordinator":      optional.Text("`server_ip` of the node that has every duty that no node takes. The default is the database node, if there is exactly one.", tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)),
			"layout":           optional.Text("The installer whose paths and jobs are the defaults: `vicibox` (openSUSE) or `almalinux`. Without it, the defaults are those of VICIdial's own documents.", stringvalidator.OneOf(astguiclient.Layouts()...)),
			"log_archive":      optional.Text("How often old log rows move to the archive tables: `monthly` or `daily` (which includes the monthly run). Without it, they stay, unless `layout` moves them.", stringvalidator.OneOf(string(nodes.ArchiveMonthly), string(nodes.ArchiveDaily))),
			"log_archive_days": limit("Age in days from which the monthly run moves log rows (`--days`). The default is 732, unless `layout` has another one."),
			"url_log_days":     limit("Age in days from which rows of `vicidial_url_log` are deleted every night. Without it, they stay, unless `layout` deletes them."),
			"lead_archive": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Moves old leads to `vicidial_list_archive` every Sunday night (`ADMIN_archive_leads.pl`). Without it no leads are moved.",
				Attributes: map[string]schema.Attribute{
					"days": schema.Int64Attribute{
						Required:            true,
						MarkdownDescription: "Age in days. Leads that were neither loaded nor called during this time are moved. VICIdial stores a last call in 2008 for a lead that was never called, so both dates count.",
						Validators:          []validator.Int64{int64validator.Between(1, 36500)},
					},
					"campaigns": archiveIDs("Campaigns whose lists' leads are moved. If you leave it out, those of all campaigns."),
					"statuses":  archiveIDs("Statuses of leads that are moved. If you leave it out, all statuses."),
				},
			},
			"inbound_email_parser": optional.Bool("Whether the node that does `inbound_email` fetches email from the mailboxes every minute (`AST_inbound_email_parser.pl`): keepalive E only distributes fetched email. The default is false, unless `layout` has another one."),
			"settings":             settings("Keys of `astguiclient.conf` on all nodes, as VICIdial calls them, such as `VARDB_server`, `PATHweb` or `VARFTP_host`. What is left out has the value that `install.pl` gives it; `VARDB_server` is the one database node."),
			"extra":                extra("Keys of `astguiclient.conf` that `install.pl` does not know, on all nodes. `install.pl` removes them whenever it runs, and `install_command` adds them again. Without it there are none."),
			"secrets": schema.MapAttribute{
				Optional: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "Passwords by key: " + quoted(astguiclient.Secrets()) + ". The state contains them as sensitive values, so do not set this if you can avoid it. Without it the file has placeholders, and `fill_command` replaces them on the node.",
				Validators:          []validator.Map{pairs{"passwords that VICIdial's programs read unchanged", checkSecret}},
			},
			"recordings":        recordingsAttribute("What telephony nodes do with recordings. The defaults of its attributes are those of `layout`, and without a layout those of VICIdial's own crontab."),
			"log_days":          days("Days after which log files of VICIdial and Asterisk are removed; 0 keeps them, screen logs too. The default is 2, unless `layout` has another one."),
			"asterisk_log_days": days("Days after which Asterisk's log files are removed; 0 keeps them. The default is `log_days` if you set it, otherwise that of `layout`."),
			"screen_log_days":   days("Days after which screen logs are removed; 0 keeps them. The default is 4, unless `layout` has another one."),
			"speech_days":       days("Days after which sound files that were generated from text are removed. The default, 0, keeps them."),
			"time_server":       optional.Text("Host that `ntpdate` asks for the time every hour. Without it the crontab does not set the clock: leave it out if chrony or a similar program does. VICIdial stops agents whose nodes' clocks differ by 8 seconds.", stringvalidator.LengthAtMost(253), tfhelper.StringValidator("a host name or IPv4 address", astguiclient.CheckTimeServer)),
			"install": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "What `install_command` does. Without it, the defaults of its attributes apply.",
				Attributes: map[string]schema.Attribute{
					"sources": schema.StringAttribute{
						Optional: true, Computed: true, Default: stringdefault.StaticString(defaultSources),
						MarkdownDescription: "Folder with VICIdial's sources on the nodes. Defaults to `" + defaultSources + "`.",
						Validators:          []validator.String{tfhelper.StringValidator("an absolute folder", astguiclient.CheckSources)},
					},
					"copy_sample_conf_files": schema.BoolAttribute{
						Optional: true, Computed: true, Default: booldefault.StaticBool(false),
						MarkdownDescription: "Whether the sample configuration of Asterisk replaces the files on telephony nodes. Use it for a first installation, not for an upgrade. Defaults to false.",
					},
				},
			},
			"keepalives":        computed("`VARactive_keepalives` of each node, by `server_ip`."),
			"assignments":       computed("The node that does each duty, by duty."),
			"astguiclient_conf": computed("`/etc/astguiclient.conf` of each node, by `server_ip`, with a placeholder such as `@@VARDB_pass@@` for each password."),
			"astguiclient_conf_filled": schema.MapAttribute{
				Computed: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "The same with the passwords of `secrets`. Null where `secrets` is left out.",
			},
			"crontab":      computed("root's crontab of each node, by `server_ip`, for `crontab FILE`."),
			"fill_command": computed("Shell command that puts passwords into the file on the node, from environment variables of the keys' names, such as `VARDB_pass`. It changes nothing when one is missing or has a character that VICIdial would lose."),
			"user_data":    computed("cloud-init user data of each node: both files, then `fill_command` with passwords from `" + astguiclient.Environment + "`, `install_command`, and the crontab last."),
			"user_data_filled": schema.MapAttribute{
				Computed: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "The same with the passwords of `secrets`. Null where `secrets` is left out.",
			},
			"install_command": computed("Shell command that installs VICIdial on the node. `/etc/astguiclient.conf` must be in its place before: `install.pl` takes its answers from there."),
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.NodeConfig)
}

var oneLine = tfhelper.StringValidator("one line without control characters", cluster.CheckOneLine)

func nodeAttributes() map[string]schema.Attribute {
	roles, duties := make([]string, 0, 5), make([]string, 0, 13)
	for _, role := range nodes.Roles() {
		roles = append(roles, string(role))
	}
	for _, duty := range nodes.Duties() {
		duties = append(duties, string(duty))
	}
	return map[string]schema.Attribute{
		"roles": schema.SetAttribute{
			Required: true, ElementType: types.StringType,
			MarkdownDescription: "What the node is for, one or more of " + quoted(roles) + ". A node that is neither telephony nor database runs none of VICIdial's programs.",
			Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(roles...))},
		},
		"conf_engine":       optional.Text("Conference engine of a telephony node, as in its `servers` row: `MEETME` (default) or `CONFBRIDGE`, which needs the keepalive letter C in place of a cron job.", stringvalidator.OneOf(string(cluster.Meetme), string(cluster.Confbridge))),
		"sip_event_logging": optional.Bool("Whether a telephony node logs SIP events (keepalive letter S). The default is false. It needs a patched Asterisk 13 or newer, and `sip_event_logging` above 0 in the system settings."),
		"duties":            optional.TextSet("Duties, each of which exactly one node of the cluster has, that this node takes: "+quoted(duties)+". By default it takes none. The coordinator has the duties that no node takes.", setvalidator.ValueStringsAre(stringvalidator.OneOf(duties...))),
		"web_only":          optional.Bool("Whether only the PHP pages are installed on a web node (`install.pl --web-only`). Its crontab then calls none of VICIdial's scripts. The default is false."),
		"keepalives":        optional.Text("The exact value of `VARactive_keepalives` of this node. By default it follows from roles and duties. Use it for existing nodes that differ; the plan warns of the difference.", tfhelper.StringValidator("letters of VARactive_keepalives", nodes.CheckKeepalives)),
		"three_way_check":   optional.Bool("Whether a separate program checks 3-way conferences of a MeetMe node (`--cu3way`), in place of the cron job for conferences. The default is false, unless `layout` has another one. With keepalive C it is not needed."),
		"recordings":        recordingsAttribute("What this telephony node does with recordings. The default is `recordings` of all nodes."),
		"keepalive_flags":   optional.Texts("Flags of `ADMIN_keepalive_ALL.pl`, such as `--autodial-delay=100` on a node that has agents but dials nothing, or `--adfill-delay=500` on the node with `balance_fill`. By default there are none.", listvalidator.ValueStringsAre(tfhelper.StringValidator("a flag of ADMIN_keepalive_ALL.pl", nodes.CheckKeepaliveFlag))),
		"server_stats":      optional.Bool("Whether `SERVER_stats.pl` writes the state of the machine to the database every minute (`server_live_stats`, drives and partitions). The default is false."),
		"settings":          settings("Keys of `astguiclient.conf` on this node, in place of those of all nodes. By default there are none."),
		"extra":             extra("Keys that `install.pl` does not know, on this node. By default there are none."),
		"cron": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Additional lines of the node's crontab. By default there are none. A line is five fields or a nickname such as `@daily`, and a command, or a setting such as `MAILTO=ops@example.com`. Settings before the first job are for all lines of the crontab, later ones for the lines below them. A percent sign in a command is written `\\%`, since cron ends the command there.",
			Validators: []validator.List{listvalidator.ValueStringsAre(tfhelper.StringValidator("a line of a crontab", func(line string) error {
				_, err := astguiclient.ParseLine(line)
				return err
			}))},
		},
	}
}

func settings(about string) schema.MapAttribute {
	return optional.TextMap(about, pairs{"keys that install.pl knows, with values that VICIdial's programs read unchanged", checkSetting})
}

func extra(about string) schema.MapAttribute {
	return optional.TextMap(about, pairs{"keys that VICIdial does not read as other keys, with values that its programs read unchanged", checkExtra})
}

func archiveIDs(about string) schema.ListAttribute {
	return schema.ListAttribute{
		Optional: true, ElementType: types.StringType, MarkdownDescription: about,
		Validators: []validator.List{
			listvalidator.SizeAtLeast(1),
			listvalidator.ValueStringsAre(tfhelper.StringValidator("an id of letters, digits and underscores", nodes.CheckArchiveID)),
		},
	}
}

func computed(about string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: about}
}

func quoted(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("name", "Name of the set of files. An import needs the files: import by id.")
}
