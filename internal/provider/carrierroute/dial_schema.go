package carrierroute

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

func dialSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Generates `dialplan_entry`. Without it, write `dialplan_entry` yourself.",
		Attributes: map[string]schema.Attribute{
			"prefix": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The campaign's `dial_prefix`, which is in front of the number and selects this route: digits, `*`, `#` and `+`. It can be empty if `pattern` selects the route.",
			},
			"pattern":      optional.Text("The numbers that may follow the prefix, as an Asterisk pattern without the underscore, such as `1NXXNXXXXXX`. Defaults to `X.`, any number; `--BLANK--` for the prefix alone."),
			"strip":        optional.Int("How many characters are removed from the beginning of the dialed number, including the prefix. Defaults to the length of `prefix`."),
			"prepend":      optional.Text("Characters that are put in front of the remaining number, such as `+` or `011`. By default there are none."),
			"timeout":      optional.Int("Seconds that the call may ring. Without it, the dialer decides."),
			"options":      optional.Text("Options of Asterisk's application `Dial`. Defaults to `tTor`, as in VICIdial's sample carriers; `--BLANK--` for none."),
			"caller_id":    optional.Text("Caller id of calls over this carrier. The default is the campaign's."),
			"max_channels": optional.Int("How many calls can use this carrier on one node at the same time. A further call is treated as congestion and goes to `failover`. Without it, there is no limit."),
			"failover":     optional.Texts("Routes to try in this order when the carrier is congested or unavailable, by `name`. Each must have a `dial` block and be on every node that this route is on. Instances of one resource can name each other. Without any, the call ends."),
			"numbers": schema.ListNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Additional numbers of the route, such as those of other countries, each with its own prefix. They also use `failover`. By default there are none.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"prefix":  schema.StringAttribute{Required: true, MarkdownDescription: "As `prefix` of `dial`."},
					"pattern": optional.Text("As `pattern` of `dial`. Defaults to `X.`."),
					"strip":   optional.Int("As `strip` of `dial`. Defaults to the length of this `prefix`."),
					"prepend": optional.Text("As `prepend` of `dial`. By default there are none."),
				}},
			},
			"caller_ids":          optional.Texts("Caller ids, of which each call gets one at random, in place of `caller_id`. At most 100. By default there are none."),
			"caller_id_by_prefix": optional.TextMap("Caller ids by the first digits of the called number, after the route's `prefix`. The longest match is used, in place of `caller_id` and `caller_ids`. By default there are none."),
			"peers":               optional.IntMap("Sections of the account, with weights, of which each call uses one at random: `{ east = 2, west = 1 }`. By default all calls use `endpoint`."),
			"headers":             optional.TextMap("SIP headers that are sent to the carrier, by name. Values can contain `${VARIABLE}`. Not for `IAX2`. By default there are none."),
			"variables":           optional.TextMap("Channel variables that are set before the call is dialed, by name: `{ __AMDMINLEN = \"7\" }`. Two underscores at the beginning pass the variable to the carrier's channel. Values can contain `${VARIABLE}`. By default there are none."),
			"agi_scripts":         optional.Texts("AGI scripts of the node, each with its arguments after a comma. They run in this order after the caller id is set and before the call is dialed. Use them to sign calls or to choose the caller id. `${ROUTE_NUMBER}` is the called number without the route's `prefix`. By default there are none."),
			"max_seconds":         optional.Int("Seconds after which a call ends. Without it, there is no limit."),
			"endpoint":            optional.Text("Section of the account that calls are sent to. Defaults to the section with `type=endpoint` for `PJSIP`, and to the first section for other protocols."),
		},
	}
}
