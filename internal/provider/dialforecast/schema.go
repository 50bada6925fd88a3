package dialforecast

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

//go:embed description.md
var description string

// Schema defines the arguments and the results.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	number := func(doc string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: doc}
	}
	fraction := func(doc string) schema.Float64Attribute {
		return schema.Float64Attribute{Computed: true, MarkdownDescription: doc}
	}
	counts := func(doc string) schema.MapAttribute {
		return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: doc}
	}
	sentences := func(doc string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"goals": schema.MapAttribute{
				Optional: true, ElementType: types.MapType{ElemType: types.Int64Type},
				MarkdownDescription: "Lines that each campaign wants on each server, by `campaign_id`, then by `server_ip`: its agents there times the dial level. A campaign without a goal on a server has no agents there, and the server's own dialer does not dial it. If you leave it out, the goals are those of the agents who are logged in now.",
				Validators:          []validator.Map{mapvalidator.ValueMapsAre(mapvalidator.ValueInt64sAre(int64validator.Between(0, 100_000)))},
			},
			"serve_order": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Campaigns in the order in which dialers serve them. In reality that is the campaign whose agent has waited longest, so without `MAXIMUM_LIMIT` rows the order decides who gets lines. Campaigns that are not named follow by id. By default all are in the order of their ids.",
			},
			"live": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the lines that are in use now count, and whether agents are paused. Defaults to `true` without `goals`, and to `false` with them: the forecast then begins with an idle floor.",
			},
			"balance_fill": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the balance fill runs in this cluster (keepalive 7 on one node). The database does not tell. Defaults to `true`.",
			},
			"starved": sentences("One sentence for each campaign that misses lines, with the numbers and the cause. Empty when every campaign gets what it wants."),
			"campaigns": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What each campaign with a goal gets, by `campaign_id`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"goal":            number("Lines that it wants over the cluster."),
					"lines":           number("Lines that it has after one loop: in use before, placed by the servers, placed by the balance fill."),
					"missing":         number("Goal less lines."),
					"shortage":        number("Lines that the servers' dialers report as missing; what the balance fill works from."),
					"filled":          number("Lines that the balance fill places of it."),
					"lines_placed":    counts("Lines that each server's own dialer places, by `server_ip`."),
					"fill_placed":     counts("Lines that the balance fill places on each server that it asks, by `server_ip`."),
					"local_shortages": counts("Shortage on each server, by `server_ip`."),
				}},
			},
			"servers": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What each server does, by `server_ip`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"lines":            number("Lines that are up after the loop, of all campaigns."),
					"over_maximum":     number("How far that is above `max_vicidial_trunks`. `MAXIMUM_LIMIT` rows that add up to more push a server past it."),
					"calls_per_second": fraction("Calls that its dialer places in a second. 1 to 200 of `outbound_calls_per_second` count; anything else, 0 among them, means 40."),
					"seconds":          fraction("How long its dialer takes to place its lines at that rate."),
				}},
			},
			"svg": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The forecast as an SVG picture: nodes by campaigns, with the lines that are wanted, given and missing. It needs no other file and follows the reader's choice of a light or a dark scheme.",
			},
			"fill_seconds": fraction("How long the balance fill takes to place its lines at the rate of the system settings."),
		},
	}
}
