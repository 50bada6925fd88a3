package trunksplit

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

//go:embed description.md
var description string

const maxDedicated = 9999 // the documented range of dedicated_trunks (docs/vicidial/admin-page.md#dedicated-trunks-range)

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"campaign_id": tfhelper.KeyAttribute("The campaign whose trunks are split, `campaign_id` as VICIdial writes it. The campaign must exist. A different campaign replaces the object: the rows of the old campaign are deleted, and those of the new one are created."),
			"total": schema.Int64Attribute{
				Required:            true,
				MarkdownDescription: "The number of trunks to divide over all servers, 0 to 1000000, including fixed `trunks`. You do not need to include those of an address that is no longer a server. With `survive_node_loss` the sum of the shares is larger, so that this number remains when servers are lost. While all servers are up, the campaign can use the whole sum.",
				Validators:          []validator.Int64{int64validator.Between(0, cluster.MaxTotal)},
			},
			"servers": schema.MapNestedAttribute{
				Required:            true,
				MarkdownDescription: "The servers that dial for the campaign, by `server_ip`. Refer to `vicidial_server.NAME.server_ip`, so that Terraform creates a server before its share.",
				Validators:          []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues()},
				NestedObject:        schema.NestedAttributeObject{Attributes: weightingAttributes()},
			},
			"trunk_restriction": schema.StringAttribute{
				Optional: true, Computed: true,
				Default:             stringdefault.StaticString(cluster.MaximumLimit),
				MarkdownDescription: "`MAXIMUM_LIMIT` (default) caps the campaign at its share on each server. `OVERFLOW_ALLOWED` does not cap it: it only withholds the lines from other campaigns.",
				Validators:          []validator.String{stringvalidator.OneOf(cluster.MaximumLimit, cluster.OverflowAllowed)},
			},
			"elsewhere": schema.StringAttribute{
				Optional: true, Computed: true,
				Default:             stringdefault.StaticString(elsewhereIgnore),
				MarkdownDescription: "What happens on servers that are not listed. `ignore` (default): the provider does not touch their rows. `block`: each gets a `MAXIMUM_LIMIT` row of 0, so that the campaign dials on the listed servers only.",
				Validators:          []validator.String{stringvalidator.OneOf(elsewhereIgnore, elsewhereBlock)},
			},
			"survive_node_loss": schema.Int64Attribute{
				Optional: true, Computed: true,
				Default:             int64default.StaticInt64(0),
				MarkdownDescription: "How many servers can be lost while the others still have `total` trunks, 0 to 10. VICIdial does not move the share of a dead server, so the provider makes every share large enough. Defaults to 0.",
				Validators:          []validator.Int64{int64validator.Between(0, 10)},
			},
			"allocations": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "`dedicated_trunks` of each server, by `server_ip`. Known when the plan is made.",
			},
			"blocked_servers": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Servers that are not listed and have a `MAXIMUM_LIMIT` row of 0. Empty unless `elsewhere = \"block\"`. Not known in a plan that changes the split, since the same run may make servers and remove some.",
			},
			"duplicate_rows": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "Servers with more than one row for the campaign, and how many. Always empty after an apply.",
			},
			"drift": schema.ListAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.List{tfhelper.ReportValidator{}},
				MarkdownDescription: "Rows that are not as declared, a line for each server. Null after an apply." + tfhelper.ReportNote,
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.TrunkSplit)
}

func weightingAttributes() map[string]schema.Attribute {
	without := func(names ...string) []path.Expression {
		expressions := make([]path.Expression, 0, len(names))
		for _, name := range names {
			expressions = append(expressions, path.MatchRelative().AtParent().AtName(name))
		}
		return expressions
	}
	return map[string]schema.Attribute{
		"weight": optional.Int("The share of this server in relation to the other servers, 1 to 1000. A server with weight 2 gets twice as many trunks as one with weight 1. The default is 1.", int64validator.Between(1, 1000)),
		"min":    optional.Int("The smallest number of trunks of this campaign on this server. The default is 0.", int64validator.Between(0, maxDedicated)),
		"max":    optional.Int("The largest number of trunks of this campaign on this server. What is above it goes to the other servers. By default there is no limit.", int64validator.Between(0, maxDedicated)),
		"trunks": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "The exact number of trunks of this campaign on this server, in place of `weight`, `min` and `max`. By default these decide. With 0 the campaign does not dial on the server. The value is at most 9999, as in VICIdial's form, except for a row that has more already.",
			Validators: []validator.Int64{
				int64validator.Between(0, cluster.MaxTotal),
				int64validator.ConflictsWith(without("weight", "min", "max")...),
			},
		},
	}
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("campaign_id", "The campaign whose trunks are split.")
}
