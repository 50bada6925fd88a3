package carrierroute

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func dialSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Generates `dialplan_entry`.",
		Attributes: map[string]schema.Attribute{
			"prefix": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "What the campaign's `dial_prefix` puts in front of the number; it chooses this route. Digits, `*`, `#` and `+`; nothing where `pattern` says enough.",
			},
			"pattern": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "What may follow the prefix, as an Asterisk pattern without the underscore, such as `1NXXNXXXXXX`. Defaults to `X.`, any number; `--BLANK--` for nothing more than the prefix.",
			},
			"strip": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Characters taken off the front of what was dialed, the prefix included. Defaults to the length of `prefix`.",
			},
			"prepend": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Put in front of what is left, such as `+` or `011`.",
			},
			"timeout": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Seconds that the call may ring. Left out, the dialer decides.",
			},
			"options": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Options of Asterisk's application `Dial`. Defaults to `tTor`, as in VICIdial's sample carriers; `--BLANK--` for none.",
			},
			"caller_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Number to show on calls over this carrier, in place of the campaign's.",
			},
			"max_channels": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Calls at once over this carrier on one node. One more counts as congestion and fails over. Left out, there is no limit.",
			},
			"failover": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Routes to try in this order when the carrier is congested or unavailable, by `name`. Each must have a `dial` block and be on every node that this route is on. Instances of one resource may name each other.",
			},
			"numbers": schema.ListNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Further numbers that the route takes, such as those of other countries, each with its own prefix. They go on to `failover` as all others do.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"prefix":  schema.StringAttribute{Required: true, MarkdownDescription: "As `prefix` of `dial`."},
					"pattern": schema.StringAttribute{Optional: true, MarkdownDescription: "As `pattern` of `dial`. Defaults to `X.`."},
					"strip":   schema.Int64Attribute{Optional: true, MarkdownDescription: "As `strip` of `dial`. Defaults to the length of this `prefix`."},
					"prepend": schema.StringAttribute{Optional: true, MarkdownDescription: "As `prepend` of `dial`."},
				}},
			},
			"caller_ids": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Numbers of which one at random is shown on each call, in place of `caller_id`. At most 100.",
			},
			"caller_id_by_prefix": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Number to show by how the called number begins, behind the route's `prefix`; the longest beginning wins. Takes the place of `caller_id` and `caller_ids` where one fits.",
			},
			"peers": schema.MapAttribute{
				Optional: true, ElementType: types.Int64Type,
				MarkdownDescription: "Sections of the account of which one at random takes each call, with their weights, in place of `endpoint`: `{ east = 2, west = 1 }`.",
			},
			"headers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "SIP headers that the carrier is sent, by name. Values may hold `${VARIABLE}`. Not for `IAX2`.",
			},
			"variables": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Channel variables that are set before the call is dialed, by name: `{ __AMDMINLEN = \"7\" }`. Two underscores in front hand one on to the carrier's channel. Values may hold `${VARIABLE}`.",
			},
			"agi_scripts": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "AGI scripts of the node, each with its arguments behind a comma, run in this order before the call is dialed and after the caller id is set: one that signs calls, or one that chooses the caller id. `${ROUTE_NUMBER}` is the called number without the route's `prefix`.",
			},
			"max_seconds": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Seconds after which a call ends, whatever it is doing. Left out, there is no limit.",
			},
			"endpoint": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Section of the account that calls are sent to. Defaults to the section with `type=endpoint` for `PJSIP`, and to the first one of the others.",
			},
		},
	}
}
