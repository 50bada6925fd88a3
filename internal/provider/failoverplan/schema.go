package failoverplan

import (
	"context"
	_ "embed"
	"maps"

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
	lossAttributes := map[string]schema.Attribute{
		"lost": schema.ListAttribute{
			Computed: true, ElementType: types.StringType, MarkdownDescription: "The `server_ip` of the servers that are lost, sorted.",
		},
	}
	maps.Copy(lossAttributes, survivalAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"campaigns": schema.MapAttribute{
				Optional: true, ElementType: types.Int64Type,
				MarkdownDescription: "Lines that each campaign must keep over the whole cluster, by `campaign_id`; usually the `total` of its `vicidial_trunk_split`. Campaigns that are not named are not included. By default none is.",
				Validators:          []validator.Map{mapvalidator.ValueInt64sAre(int64validator.Between(0, 1_000_000))},
			},
			"calls_per_second": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Calls that the servers together must be able to place in a second. If you leave it out, the plan does not check this.",
				Validators:          []validator.Int64{int64validator.AtLeast(0)},
			},
			"lost_at_once": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "How many servers may die together. Every set of up to that many is worked out, at most 2,000 sets. Defaults to 1.",
				Validators:          []validator.Int64{int64validator.Between(1, 5)},
			},
			"live": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to plan for the load of this moment: agents who are logged in, calls that are up, rooms that are free, servers that are dead already. Defaults to `false`: a full floor, every seat at work and every server up.",
			},
			"pinned_phones": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether an active phone that no alias lists counts as a seat. Such a seat is lost with its server. Defaults to `true`; set it to `false` where phones without an alias are not used by agents.",
			},
			"balance_fill": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the balance fill runs in this cluster (keepalive 7 on one node). The database does not tell. Defaults to `true`.",
			},
			"duties": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The `server_ip` of the node that does each duty of the cluster, by the name of the duty; usually `assignments` of `vicidial_node_config`. The database does not contain it. By default no duties are known. With it, `to_do` names the duties of a lost server, and the loss of the server that does `balance_fill` is computed without the fill.",
			},
			"web_nodes": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The web nodes, by address or name; usually the nodes of `vicidial_haproxy_config` or `vicidial_nginx_config`. If a telephony server also serves web pages, write its `server_ip`. By default there are none.",
			},
			"survivable": schema.BoolAttribute{
				Computed: true, MarkdownDescription: "Whether every one of the losses is survivable, and not every server dead already.",
			},
			"table": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The losses as a table of text for an output, 76 characters wide where names allow it, with the reasons below each loss that is not survivable.",
			},
			"svg": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The plan as an SVG picture: for each loss who logs in where, who is stranded, which campaigns lose lines, and what drops. Of more than 60 losses those that are not survivable come first. It needs no other file and follows the reader's choice of a light or a dark scheme.",
			},
			"today": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The same with nothing lost. What does not work even so is told here and blamed on no loss.",
				Attributes:          survivalAttributes(),
			},
			"losses": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What each loss means: single servers first, then pairs and so on, in the order of their addresses.",
				NestedObject:        schema.NestedAttributeObject{Attributes: lossAttributes},
			},
			"machines": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What the loss of each machine means that is no telephony server: the `web_nodes`, the reporting replica where the cluster has one, and the database. They do not count in `survivable`, since a cluster has one database.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"role":       schema.StringAttribute{Computed: true, MarkdownDescription: "`web`, `replica` or `database`."},
					"name":       schema.StringAttribute{Computed: true, MarkdownDescription: "Name or address."},
					"survivable": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether agents and calls go on."},
					"reasons":    schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Why not, a sentence each."},
					"to_do":      schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What must be done by hand, a sentence each."},
				}},
			},
		},
	}
}

func survivalAttributes() map[string]schema.Attribute {
	sentences := func(doc string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
	}
	counts := func(doc string) schema.MapAttribute {
		return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: doc}
	}
	return map[string]schema.Attribute{
		"survivable":        schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether nothing that works with all servers up stops working."},
		"reasons":           sentences("Why the loss is not survivable, a sentence each. Empty when it is."),
		"to_do":             sentences("What must be done by hand meanwhile, a sentence each, in the order in which to do it: what VICIdial does not move by itself."),
		"agents_per_server": counts("Agents on each server that is left, by `server_ip`."),
		"arrivals":          counts("Agents on each server that is left who come from lost servers, by `server_ip`."),
		"stranded_seats":    sentences("Seats that can log in nowhere, as runs such as `2000-2049`; with `live` also agents on phones of no seat, as `user 1001`."),
		"stranded":          schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of seats that can log in nowhere."},
		"lines":             counts("Lines that each campaign gets, by `campaign_id`."),
		"calls_per_second":  schema.Float64Attribute{Computed: true, MarkdownDescription: "Calls that the servers that are left can place in a second."},
		"inbound_closed":    sentences("Carriers whose inbound calls reach no server that is up."),
		"agents_cut":        schema.Int64Attribute{Computed: true, MarkdownDescription: "Agents who lose their session and must log in again."},
		"calls_cut":         schema.Int64Attribute{Computed: true, MarkdownDescription: "Calls that drop at that moment. 0 unless `live`."},
	}
}
