package dialforecast

import (
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

//go:embed description.md
var description string

// newSchema returns the arguments and the results.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"goals": schema.MapAttribute{
				Optional: true, ElementType: types.MapType{ElemType: types.Int64Type},
				MarkdownDescription: "Lines that each campaign needs on each server, by `campaign_id`, then by `server_ip`: its agents there times the dial level. A campaign without a goal on a server has no agents there, and the server's own dialer does not dial it. If you leave it out, the goals are those of the agents who are logged in now.",
				Validators:          []validator.Map{mapvalidator.ValueMapsAre(mapvalidator.ValueInt64sAre(int64validator.Between(0, 100_000)))},
			},
			"serve_order":  argument.Texts("The order in which the forecast serves the campaigns, by `campaign_id`. A real dialer serves the campaign first whose agent has waited longest. Without `MAXIMUM_LIMIT` rows, the order decides which campaign gets lines. Campaigns that you do not name follow in the order of their ids. The default is the order of the ids."),
			"live":         argument.Bool("Whether the lines that are in use now, and the agents who are paused now, count. The default is `true` without `goals`. With `goals` it is `false`: the forecast then begins with no call in progress."),
			"balance_fill": argument.Bool("Whether the balance fill runs in this cluster (keepalive 7 on one node). The database does not contain this. The default is `true`."),
			"shortfalls":   computed.Texts("One sentence for each campaign that gets fewer lines than it needs, with the numbers and the cause. Empty if every campaign gets what it needs."),
			"campaigns": computed.Objects("What each campaign with a goal gets, by `campaign_id`.", map[string]schema.Attribute{
				"goal":            computed.Int("Lines that the campaign needs in the whole cluster."),
				"lines":           computed.Int("Lines that the campaign has after one loop: lines in use before, lines that the servers' own dialers add, and lines that the balance fill adds."),
				"missing":         computed.Int("`goal` minus `lines`."),
				"shortage":        computed.Int("Lines that the servers' own dialers report as missing. The balance fill tries to place these."),
				"filled":          computed.Int("Lines of the campaign that the balance fill places."),
				"lines_placed":    computed.IntMap("Lines that each server's own dialer places, by `server_ip`."),
				"fill_placed":     computed.IntMap("Lines that the balance fill places on each server, by `server_ip`."),
				"local_shortages": computed.IntMap("Lines that the dialer of each server reports as missing, by `server_ip`."),
			}),
			"servers": computed.Objects("What each server does, by `server_ip`.", map[string]schema.Attribute{
				"lines":            computed.Int("Lines in use after the loop, of all campaigns."),
				"over_maximum":     computed.Int("By how many lines that is above `max_vicidial_trunks`. It can be above, if the `MAXIMUM_LIMIT` rows of the server add up to more."),
				"calls_per_second": computed.Float("Calls that the dialer of the server places in a second. This is `outbound_calls_per_second` if it is 1 to 200; with any other value, also 0, VICIdial places 40."),
				"seconds":          computed.Float("How many seconds the dialer of the server needs to place its lines at that rate."),
			}),
			"svg":          computed.Text("The forecast as an SVG picture: nodes by campaigns, with the lines that are wanted, given and missing. It needs no other file, and supports light and dark color schemes."),
			"fill_seconds": computed.Float("How many seconds the balance fill needs to place its lines at the rate of the system settings."),
		},
	}
}
