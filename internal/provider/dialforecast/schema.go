package dialforecast

import (
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

//go:embed description.md
var description string

// newSchema returns the arguments and the results.
func newSchema() schema.Schema {
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
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"goals": schema.MapAttribute{
				Optional: true, ElementType: types.MapType{ElemType: types.Int64Type},
				MarkdownDescription: "Lines that each campaign wants on each server, by `campaign_id`, then by `server_ip`: its agents there times the dial level. A campaign without a goal on a server has no agents there, and the server's own dialer does not dial it. If you leave it out, the goals are those of the agents who are logged in now.",
				Validators:          []validator.Map{mapvalidator.ValueMapsAre(mapvalidator.ValueInt64sAre(int64validator.Between(0, 100_000)))},
			},
			"serve_order": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The order in which the forecast serves the campaigns, by `campaign_id`. A real dialer serves the campaign first whose agent has waited longest. Without `MAXIMUM_LIMIT` rows, the order decides which campaign gets lines. Campaigns that you do not name follow in the order of their ids. The default is the order of the ids.",
			},
			"live": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the lines that are in use now, and the agents who are paused now, count. The default is `true` without `goals`. With `goals` it is `false`: the forecast then begins with no call in progress.",
			},
			"balance_fill": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the balance fill runs in this cluster (keepalive 7 on one node). The database does not contain this. The default is `true`.",
			},
			"starved": sentences("One sentence for each campaign that gets fewer lines than it needs, with the numbers and the cause. Empty if every campaign gets what it needs."),
			"campaigns": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What each campaign with a goal gets, by `campaign_id`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"goal":            number("Lines that the campaign needs in the whole cluster."),
					"lines":           number("Lines that the campaign has after one loop: lines in use before, lines that the servers' own dialers add, and lines that the balance fill adds."),
					"missing":         number("`goal` minus `lines`."),
					"shortage":        number("Lines that the servers' own dialers report as missing. The balance fill tries to place these."),
					"filled":          number("Lines of the campaign that the balance fill places."),
					"lines_placed":    counts("Lines that each server's own dialer places, by `server_ip`."),
					"fill_placed":     counts("Lines that the balance fill places on each server, by `server_ip`."),
					"local_shortages": counts("Lines that the dialer of each server reports as missing, by `server_ip`."),
				}},
			},
			"servers": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What each server does, by `server_ip`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"lines":            number("Lines in use after the loop, of all campaigns."),
					"over_maximum":     number("By how many lines that is above `max_vicidial_trunks`. It can be above, if the `MAXIMUM_LIMIT` rows of the server add up to more."),
					"calls_per_second": fraction("Calls that the dialer of the server places in a second. This is `outbound_calls_per_second` if it is 1 to 200; with any other value, also 0, VICIdial places 40."),
					"seconds":          fraction("How many seconds the dialer of the server needs to place its lines at that rate."),
				}},
			},
			"svg": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The forecast as an SVG picture: nodes by campaigns, with the lines that are wanted, given and missing. It needs no other file, and supports light and dark color schemes.",
			},
			"fill_seconds": fraction("How many seconds the balance fill needs to place its lines at the rate of the system settings."),
		},
	}
}
