package failoverplan

import (
	_ "embed"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

//go:embed description.md
var description string

// newSchema returns the arguments and the results.
func newSchema() schema.Schema {
	lossAttributes := map[string]schema.Attribute{
		"lost": computed.Texts("The `server_ip` of the servers that are lost, sorted."),
	}
	maps.Copy(lossAttributes, survivalAttributes())
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"campaigns":        argument.IntMap("Lines that each campaign must keep over the whole cluster, by `campaign_id`; usually the `total` of its `vicidial_trunk_split`. Campaigns that are not named are not included. By default none is.", mapvalidator.ValueInt64sAre(int64validator.Between(0, 1_000_000))),
			"calls_per_second": argument.Int("Calls that the servers together must be able to place in a second. If you leave it out, the plan does not check this.", int64validator.AtLeast(0)),
			"lost_at_once":     argument.Int("How many servers can be lost at the same time, 1 to 5. The data source computes each combination of up to that many servers, at most 2,000 combinations. The default is 1.", int64validator.Between(1, 5)),
			"live":             argument.Bool("Whether to compute with the state of this moment: the agents who are logged in, the calls in progress, the free rooms, the servers that are already dead. The default is `false`: every seat has an agent, and every server is up."),
			"pinned_phones":    argument.Bool("Whether an active phone that no alias lists counts as a seat. Such a seat is lost with its server. Defaults to `true`; set it to `false` if agents do not use phones without an alias."),
			"balance_fill":     argument.Bool("Whether the balance fill runs in this cluster (keepalive 7 on one node). The database does not contain this. The default is `true`."),
			"duties":           argument.TextMap("The `server_ip` of the node that does each duty of the cluster, by the name of the duty; usually `assignments` of `vicidial_node_config`. The database does not contain it. By default no duties are known. With it, `to_do` names the duties of a lost server, and the loss of the server that does `balance_fill` is computed without the fill."),
			"web_nodes":        argument.TextSet("The web nodes, by address or name; usually the nodes of `vicidial_haproxy_config` or `vicidial_nginx_config`. If a telephony server also serves web pages, write its `server_ip`. By default there are none."),
			"survivable":       computed.Bool("Whether every loss in `losses` is survivable. False if every server is already dead."),
			"table":            computed.Text("The losses as a table of text for an output. Below each loss that is not survivable are the reasons."),
			"svg":              computed.Text("The plan as an SVG picture: for each loss, which agents log in on which server, who cannot log in, which campaigns lose lines, and which calls drop. If there are more than 60 losses, those that are not survivable come first. It needs no other file, and supports light and dark color schemes."),
			"today": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The state without any loss. What already does not work is listed here, and is not a reason in `losses`.",
				Attributes:          survivalAttributes(),
			},
			"losses": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The result of each loss. Single servers come first, then combinations of two, and so on, in the order of their addresses.",
				NestedObject:        schema.NestedAttributeObject{Attributes: lossAttributes},
			},
			"machines": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The result of the loss of each machine that is not a telephony server: each of the `web_nodes`, the reporting replica if the cluster has one, and the database. They do not count for `survivable`, because a cluster has only one database.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"role":       computed.Text("`web`, `replica` or `database`."),
					"name":       computed.Text("The name or the address of the machine."),
					"survivable": computed.Bool("Whether agents can go on working, and calls continue."),
					"reasons":    computed.Texts("Why the loss is not survivable, one sentence each."),
					"to_do":      computed.Texts("What you must do by hand, one sentence each."),
				}},
			},
		},
	}
}

func survivalAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"survivable":        computed.Bool("Whether everything that works with all servers still works after the loss."),
		"reasons":           computed.Texts("Why the loss is not survivable, one sentence each. Empty if it is survivable."),
		"to_do":             computed.Texts("What you must do by hand, because VICIdial does not move it by itself: one sentence each, in the order in which to do it."),
		"agents_per_server": computed.IntMap("The number of agents on each remaining server, by `server_ip`."),
		"arrivals":          computed.IntMap("The number of agents who come from lost servers, on each remaining server, by `server_ip`."),
		"stranded_seats":    computed.Texts("The seats whose agents can log in on no remaining server, as ranges such as `2000-2049`. With `live`, also agents whose phone belongs to no seat, such as `user 1001`."),
		"stranded":          computed.Int("The number of entries in `stranded_seats`, with each seat of a range counted."),
		"lines":             computed.IntMap("The number of lines that each campaign gets, by `campaign_id`."),
		"calls_per_second":  computed.Float("The number of calls that the remaining servers can place in a second."),
		"inbound_closed":    computed.Texts("The carriers whose inbound calls reach no server that is up."),
		"agents_cut":        computed.Int("The number of agents who lose their session and must log in again."),
		"calls_cut":         computed.Int("The number of calls that drop at the moment of the loss. 0 unless `live` is `true`."),
	}
}
