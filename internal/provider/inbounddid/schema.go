package inbounddid

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

//go:embed description.md
var description string

// An attribute that is left out is not managed: it takes the column's default
// when the DID is created, and whatever the row says later.

func text(about string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: about,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func number(about string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true, MarkdownDescription: about,
		PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

func flag(about string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: about,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

// Schema returns the schema.
func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"did_pattern": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`did_pattern`: the number as the carrier sends it, matched exactly. A different value replaces the object: the old row is deleted and a new one is created. `default` and `did_system_filter` are VICIdial's own rows, see `reserved`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"reserved": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Set to true to manage one of VICIdial's own rows: `default`, which takes calls to unknown numbers, or `did_system_filter`, which filters all calls. They are imported, not created, where they are there, and a destroy of them is refused. Defaults to false.",
			},
			"did_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "`did_id`: number that the database gave the row.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"did_description":                    text("`did_description`: what the admin pages show, and agents see."),
			"did_active":                         flag("`did_active`: whether calls to this number are routed here. Calls to an inactive DID go to the DID `default`."),
			"did_route":                          text("`did_route`: where calls go: `EXTEN` (`extension` in `exten_context`), `VOICEMAIL` and `VMAIL_NO_INST` (`voicemail_ext`), `AGENT` (`user`), `PHONE` (`phone` on `server_ip`), `IN_GROUP` (`group_id`) or `CALLMENU` (`menu_id`)."),
			"extension":                          text("`extension`: where `did_route = \"EXTEN\"` leads."),
			"exten_context":                      text("`exten_context`: dialplan context of `extension`."),
			"voicemail_ext":                      text("`voicemail_ext`: mailbox for `VOICEMAIL` and `VMAIL_NO_INST`."),
			"phone":                              text("`phone`: `extension` of the phone for `PHONE`."),
			"server_ip":                          text("`server_ip`: server of the phone or mailbox. The calls themselves may come in on any node."),
			"user":                               text("`user`: agent for `AGENT`."),
			"user_unavailable_action":            text("`user_unavailable_action`: what becomes of a call when the agent of `AGENT` cannot take it."),
			"user_route_settings_ingroup":        text("`user_route_settings_ingroup`: in-group whose settings hold for `AGENT`."),
			"group_id":                           text("`group_id`: in-group for `IN_GROUP`."),
			"call_handle_method":                 text("`call_handle_method`: how the caller is looked up, such as `CID` or `CIDLOOKUP`."),
			"agent_search_method":                text("`agent_search_method`: which agents are looked for: `LB` in the whole cluster, `LO` on the node of the call first, `SO` on the node of the call only."),
			"list_id":                            number("`list_id`: list that new leads go to."),
			"entry_list_id":                      number("`entry_list_id`: list that a lead is entered into, 0 for none. Needs schema 1407."),
			"campaign_id":                        text("`campaign_id`: campaign that callers are looked up in."),
			"phone_code":                         text("`phone_code`: country code of new leads."),
			"menu_id":                            text("`menu_id`: call menu for `CALLMENU`."),
			"record_call":                        text("`record_call`: whether the whole call is recorded."),
			"no_agent_ingroup_redirect":          text("`no_agent_ingroup_redirect`: whether calls go elsewhere while nobody is logged in to the in-group. Needs schema 1382."),
			"no_agent_ingroup_id":                text("`no_agent_ingroup_id`: in-group that is asked whether anybody is logged in. Needs schema 1382."),
			"no_agent_ingroup_extension":         text("`no_agent_ingroup_extension`: where calls go that `no_agent_ingroup_redirect` sends elsewhere. Needs schema 1382."),
			"max_queue_ingroup_calls":            number("`max_queue_ingroup_calls`: calls that may wait in the in-group before more go elsewhere, 0 for any number. Needs schema 1418."),
			"max_queue_ingroup_id":               text("`max_queue_ingroup_id`: in-group whose waiting calls are counted. Needs schema 1418."),
			"max_queue_ingroup_extension":        text("`max_queue_ingroup_extension`: where calls go beyond that. Needs schema 1418."),
			"pre_filter_phone_group_id":          text("`pre_filter_phone_group_id`: filter phone group whose numbers go to `pre_filter_extension` before anything else. Needs schema 1382."),
			"pre_filter_extension":               text("`pre_filter_extension`: where callers on the list of `pre_filter_phone_group_id` go. Needs schema 1382."),
			"pre_filter_recent_call":             text("`pre_filter_recent_call`: which recent callers go to `pre_filter_recent_extension`. Needs schema 1659."),
			"pre_filter_recent_extension":        text("`pre_filter_recent_extension`: where the recent callers of `pre_filter_recent_call` go. Needs schema 1659."),
			"inbound_route_answer":               flag("`inbound_route_answer`: whether the call is answered before it is routed. Needs schema 1598."),
			"did_carrier_description":            text("`did_carrier_description`: free text about the carrier. Needs schema 1431."),
			"custom_one":                         text("`custom_one`: free text that scripts can show."),
			"custom_two":                         text("`custom_two`."),
			"custom_three":                       text("`custom_three`."),
			"custom_four":                        text("`custom_four`."),
			"custom_five":                        text("`custom_five`."),
			"user_group":                         text("`user_group`: who sees the DID in the admin pages; `---ALL---` is everybody. Needs schema 1308."),
			"filter_inbound_number":              text("`filter_inbound_number`: which callers take the filter's route instead: `DISABLED`, `GROUP` and `GROUP_AREACODE` (`filter_phone_group_id`), `URL` (`filter_url`), `DNC_INTERNAL` and `DNC_CAMPAIGN` (`filter_dnc_campaign`)."),
			"filter_phone_group_id":              text("`filter_phone_group_id`: filter phone group for `GROUP` and `GROUP_AREACODE`."),
			"filter_url":                         text("`filter_url`: address that decides for `URL`."),
			"filter_url_did_redirect":            flag("`filter_url_did_redirect`: whether the answer of `filter_url` may name another DID. Needs schema 1371."),
			"filter_dnc_campaign":                text("`filter_dnc_campaign`: campaign whose do-not-call list counts for `DNC_CAMPAIGN`. Needs schema 1371."),
			"filter_action":                      text("`filter_action`: where filtered calls go, as `did_route`."),
			"filter_extension":                   text("`filter_extension`: as `extension`, for filtered calls."),
			"filter_exten_context":               text("`filter_exten_context`: as `exten_context`, for filtered calls."),
			"filter_voicemail_ext":               text("`filter_voicemail_ext`: as `voicemail_ext`, for filtered calls."),
			"filter_phone":                       text("`filter_phone`: as `phone`, for filtered calls."),
			"filter_server_ip":                   text("`filter_server_ip`: as `server_ip`, for filtered calls."),
			"filter_user":                        text("`filter_user`: as `user`, for filtered calls."),
			"filter_user_unavailable_action":     text("`filter_user_unavailable_action`: as `user_unavailable_action`, for filtered calls."),
			"filter_user_route_settings_ingroup": text("`filter_user_route_settings_ingroup`: as `user_route_settings_ingroup`, for filtered calls."),
			"filter_group_id":                    text("`filter_group_id`: as `group_id`, for filtered calls."),
			"filter_call_handle_method":          text("`filter_call_handle_method`: as `call_handle_method`, for filtered calls."),
			"filter_agent_search_method":         text("`filter_agent_search_method`: as `agent_search_method`, for filtered calls."),
			"filter_list_id":                     number("`filter_list_id`: as `list_id`, for filtered calls."),
			"filter_entry_list_id":               number("`filter_entry_list_id`: as `entry_list_id`, for filtered calls. Needs schema 1407."),
			"filter_campaign_id":                 text("`filter_campaign_id`: as `campaign_id`, for filtered calls."),
			"filter_phone_code":                  text("`filter_phone_code`: as `phone_code`, for filtered calls."),
			"filter_menu_id":                     text("`filter_menu_id`: as `menu_id`, for filtered calls."),
			"filter_clean_cid_number":            text("`filter_clean_cid_number`: how the caller's number is cleaned before the filter looks at it."),
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.InboundDID)
}

// IdentitySchema returns the schema of the identity.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"did_pattern": identityschema.StringAttribute{RequiredForImport: true, Description: "The DID's `did_pattern`."},
	}}
}
