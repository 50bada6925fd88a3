package conftemplate

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
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

// Characters that the admin page would remove from a new value are refused.
var rules = cluster.Rules{
	"template_id":   cluster.Matches(`^[-_0-9a-zA-Z]{2,15}$`, "2 to 15 letters, digits, - and _; VICIdial's admin page strips other characters"),
	"template_name": cluster.PageKeeps(`- .,_`, 1, "1 to 50 letters, digits, spaces and - . , _"),
	"user_group":    cluster.UserGroup,
}

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"template_id": tfhelper.KeyAttribute("`template_id`: the name under which phones and carriers use the template, 2 to 15 characters. A different value replaces the object: the old row is deleted and a new one is created."),
			"template_name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`template_name`: the name in the admin pages.",
			},
			"template_contents": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`template_contents`: lines of the form `name=value`, as they go into the section of a phone or a carrier. No line may open a section. Write `{secret:NAME}` in place of a password, and its value into `secrets_wo`. A password that is written out is in the state and in every plan, with a warning.",
				PlanModifiers:       []planmodifier.String{tfhelper.KeepEquivalentText()},
			},
			"user_group":         managed.Text("`user_group`: who sees the template in the admin pages; `---ALL---` is everybody. Needs schema 1308."),
			"secrets_wo":         tfhelper.SecretsAttribute(),
			"secrets_wo_version": tfhelper.VersionAttribute("secrets_wo", path.MatchRoot("secrets_wo")),
			"stale_servers": schema.ListAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.List{tfhelper.ReportValidator{}},
				MarkdownDescription: "Nodes whose files may be older than the template: its lines changed since the last apply, or an apply was interrupted before it flagged them. The next apply flags them. Always empty after an apply." + tfhelper.ReportNote,
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.ConfTemplate)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("template_id", "The template's `template_id`.")
}
