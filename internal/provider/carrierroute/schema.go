package carrierroute

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/managed"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

//go:embed description.md
var description string

var aRoute = tfhelper.StringValidator("2 to 15 letters, digits and underscores", cluster.CheckRouteName)

func entry(about string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(""),
		MarkdownDescription: about,
		PlanModifiers:       []planmodifier.String{tfhelper.KeepEquivalentText()},
	}
}

func override(column cluster.AsteriskText) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: "`" + string(column) + "` on this node; `" + tfhelper.Blank + "` for none. The default is that of the route.",
		PlanModifiers: []planmodifier.String{tfhelper.KeepEquivalentText()},
	}
}

func named(column string) schema.StringAttribute {
	return optional.Text("`" + column + "` on this node. The default is that of the route.")
}

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"name": tfhelper.KeyAttribute("Name of the route, 2 to 15 letters, digits and underscores. Carrier ids, dialplan extensions and call counters contain it. A new name replaces the route: the old rows are deleted first, and the nodes cannot use the carrier until they have generated their files again, about a minute later.", aRoute),
			"servers": schema.SetAttribute{ // of strings, and small
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Nodes that have the carrier, by `server_ip`: one row each. It is required without `all_servers`. Refer to `vicidial_server.NAME.server_ip`, so that Terraform creates a node before its carrier.",
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1)},
			},
			"all_servers": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether a single row on `0.0.0.0` puts the carrier on every node, also on future ones. It is used in place of `servers`. VICIdial 2.4 (schemas before 1316) does not have it. Defaults to false.",
			},
			"protocol": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`protocol`: write `SIP`, `PJSIP`, `PJSIP_WIZ` or `IAX2`. The database also accepts `Zap` and `EXTERNAL`, but VICIdial writes no configuration for them, so the provider refuses them. `PJSIP` and `PJSIP_WIZ` exist from schema 1642 on.",
			},
			"carrier_name": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "`carrier_name`: the name in the admin pages. Defaults to `name`.",
			},
			"carrier_description": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(""),
				MarkdownDescription: "`carrier_description`: a comment in the generated files.",
			},
			"user_group": managed.Text("`user_group`: who sees the carrier in the admin pages; `---ALL---` is everybody. Needs schema 1308."),
			"active": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true),
				MarkdownDescription: "`active`: whether nodes include the carrier. Defaults to true.",
			},
			"template_id": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(""),
				MarkdownDescription: "`template_id`: template whose lines follow the account. Refer to `vicidial_conf_template.NAME.template_id`.",
			},
			"registration_string": entry("`registration_string`: `register => USER:{secret:NAME}@HOST`. VICIdial uses it for `SIP` and `IAX2` only."),
			"account_entry":       entry("`account_entry`: the sections of the carrier in the configuration of Asterisk, with `{secret:NAME}` in place of a password. If you change the text, the provider writes it with the values that `secrets_wo` has then."),
			"globals_string":      entry("`globals_string`: one dialplan variable, `NAME = VALUE`. All carriers of a node and VICIdial itself share the names."),
			"dialplan_entry": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "`dialplan_entry`: `exten` and `same` lines, below VICIdial's own `h,1`. The plan reads them as Asterisk will: a line that Asterisk ignores is an error if it is new, and a warning if the row already has it. With `dial`, the provider generates the text and shows it here; a text of your own beside `dial` is refused.",
				PlanModifiers:       []planmodifier.String{tfhelper.KeepEquivalentText()},
			},
			"dial": dialSchema(),
			"inbound": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether the carrier also sends calls to the nodes. Its account must then set `context=trunkinbound`, in `account_entry` or in the template. Defaults to false.",
			},
			"per_server": schema.MapNestedAttribute{ // by server_ip, and small
				Optional:            true,
				MarkdownDescription: "Values that differ on single nodes, by `server_ip`. By default all nodes have the same values.",
				NestedObject:        schema.NestedAttributeObject{Attributes: overrideSchema()},
				Validators:          []validator.Map{mapvalidator.NoNullValues()},
			},
			"secrets_wo":         tfhelper.SecretsAttribute(),
			"secrets_wo_version": tfhelper.VersionAttribute("secrets_wo", path.MatchRoot("secrets_wo")),
			"carriers": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The rows: `server_ip` by `carrier_id`. Known when the plan is made.",
			},
			"stale_servers": schema.ListAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.List{tfhelper.ReportValidator{}},
				MarkdownDescription: "Nodes whose configuration files may be older than their rows: somebody changed the rows since the last apply, or an apply was interrupted. The next apply makes these nodes generate their files. Always empty after an apply." + tfhelper.ReportNote,
			},
			"inbound_targets": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Addresses to give to the carrier, by `server_ip`: the node's `external_server_ip` if it has one, otherwise its `server_ip`. Empty unless `inbound` is true.",
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.CarrierRoute)
}

func overrideSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"carrier_id":          optional.Text("`carrier_id` of the row. The default is derived from `name`. Use it to adopt a row that was created by hand."),
		"carrier_name":        named("carrier_name"),
		"carrier_description": named("carrier_description"),
		"registration_string": override(cluster.RegistrationString),
		"account_entry":       override(cluster.AccountEntry),
		"globals_string":      override(cluster.GlobalsString),
		"dialplan_entry":      override(cluster.DialplanEntry),
		"max_channels":        optional.Int("`max_channels` on this node. The default is that of `dial`."),
		"active":              optional.Bool("`active` on this node. The default is that of the route."),
	}
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("name", "The name of the route.")
}
