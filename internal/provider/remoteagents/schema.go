package remoteagents

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/managed"
)

//go:embed description.md
var description string

// Characters that the admin page would remove from a new value are refused
// (docs/vicidial/admin-page.md#character-filter).
var (
	identifier = cluster.Matches(`^[-_0-9a-zA-Z]{1,20}$`, "1 to 20 letters, digits, - and _; VICIdial's admin page strips other characters")
	inGroup    = cluster.LazyRegexp(`^[_0-9a-zA-Z][-_0-9a-zA-Z]{1,19}$`)

	rules = cluster.Rules{
		"user_start":            cluster.Matches(`^[1-9][0-9]{1,17}$`, "a number of 2 to 18 digits that does not begin with 0: the daemon counts on from it"),
		"number_of_lines":       cluster.Between(1, cluster.MaxRemoteLines),
		"server_ip":             cluster.RuleOf(cluster.CheckServerIP),
		"conf_exten":            cluster.Matches(`^[0-9]{2,20}$`, "2 to 20 digits"),
		"extension_group":       identifier,
		"extension_group_order": identifier,
		"on_hook_ring_time":     cluster.Between(1, 999),
	}
)

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"user_start": tfhelper.KeyAttribute("`user_start`: first user of the range, a number. The user must exist. A different value replaces the object: the old row is deleted and a new one is created."),
			"number_of_lines": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(1),
				MarkdownDescription: "`number_of_lines`: the number of users, 1 to 255. Defaults to 1.",
			},
			"server_ip": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`server_ip`: the node that logs them in. Refer to `vicidial_server.NAME.server_ip`. A change moves the range.",
			},
			"campaign_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`campaign_id`: the campaign whose calls they take. It must exist.",
			},
			"conf_exten": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`conf_exten`: the number that calls are sent to, as the node's dialplan dials it. `" + cluster.RemoteTestExtension + "` makes them test agents, which answer by themselves.",
			},
			"status": managed.Text("`status`: `ACTIVE` logs them in. VICIdial's default is `INACTIVE`."),
			"closer_campaigns": schema.ListAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "`closer_campaigns`: in-groups whose calls they take. VICIdial may empty the column; the plan does not show that as a change.",
				Validators:          []validator.List{listvalidator.UniqueValues()},
				PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			},
			"extension_group":       managed.Text("`extension_group`: group of extensions to which calls go in turn; `NONE` for none."),
			"extension_group_order": managed.Text("`extension_group_order`: the order of the extensions."),
			"on_hook_agent":         managed.Bool("`on_hook_agent`: whether their phone rings for each call."),
			"on_hook_ring_time":     managed.Int("`on_hook_ring_time`: seconds that it rings."),
			"remote_agent_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "`remote_agent_id`: number of the row, which the database assigns.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.RemoteAgents)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("user_start", "The first user of the range.")
}
