package inbounddid

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/managed"
)

//go:embed description.md
var description string

// An attribute that is left out is not managed: it gets the column's default when the
// DID is created, and the value of the row later.

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"did_pattern": tfhelper.KeyAttribute("`did_pattern`: the number as the carrier sends it, matched exactly. A different value replaces the object: the old row is deleted and a new one is created. `default` and `did_system_filter` are VICIdial's own rows, see `reserved`."),
			"reserved": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Set to true to manage one of VICIdial's own rows: `default`, which takes calls to unknown numbers, or `did_system_filter`, which filters all calls. Import them if they exist; a destroy of them is refused. Defaults to false.",
			},
			"did_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "`did_id`: number of the row, which the database assigns.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"did_description":                    managed.Text("`did_description`: a name for the number. The admin pages and the agent screen show it."),
			"did_active":                         managed.Bool("`did_active`: whether calls to this number use this row. Calls to an inactive DID go to the DID `default`."),
			"did_route":                          managed.Text("`did_route`: where calls go: `EXTEN` (`extension` in `exten_context`), `VOICEMAIL` and `VMAIL_NO_INST` (`voicemail_ext`), `AGENT` (`user`), `PHONE` (`phone` on `server_ip`), `IN_GROUP` (`group_id`) or `CALLMENU` (`menu_id`)."),
			"extension":                          managed.Text("`extension`: the dialplan extension to which `did_route = \"EXTEN\"` sends calls."),
			"exten_context":                      managed.Text("`exten_context`: the dialplan context of `extension`."),
			"voicemail_ext":                      managed.Text("`voicemail_ext`: the mailbox for `did_route` `VOICEMAIL` and `VMAIL_NO_INST` (the same without instructions for the caller)."),
			"phone":                              managed.Text("`phone`: for `did_route = \"PHONE\"`, the `extension` of the phone."),
			"server_ip":                          managed.Text("`server_ip`: the server of the phone or mailbox. The calls themselves can come in on any node."),
			"user":                               managed.Text("`user`: for `did_route = \"AGENT\"`, the user who gets the calls."),
			"user_unavailable_action":            managed.Text("`user_unavailable_action`: for `did_route = \"AGENT\"`, where a call goes if the agent is not logged in or not available. The columns are those of the same `did_route`."),
			"user_route_settings_ingroup":        managed.Text("`user_route_settings_ingroup`: for `did_route = \"AGENT\"`, the in-group whose queue settings are used while the caller waits for the agent."),
			"group_id":                           managed.Text("`group_id`: for `did_route = \"IN_GROUP\"`, the in-group that gets the calls."),
			"call_handle_method":                 managed.Text("`call_handle_method`: for `did_route = \"IN_GROUP\"`, how VICIdial finds or creates the lead of the caller. `CID` always adds a new lead. `CIDLOOKUP` searches the whole system for the caller's number, `CIDLOOKUPRL` only the list `list_id`, `CIDLOOKUPRC` only the lists of the campaign `campaign_id`; each adds a new lead if it finds none. The admin page's help has the other methods (`ANI…`, `VIDPROMPT…`, `CLOSER`, `XDIGITID`)."),
			"agent_search_method":                managed.Text("`agent_search_method`: where VICIdial searches for a free agent: `LB` in the whole cluster, `LO` on the node of the call first, `SO` on the node of the call only."),
			"list_id":                            managed.Int("`list_id`: the list to which new leads belong, and which `CIDLOOKUPRL` searches."),
			"entry_list_id":                      managed.Int("`entry_list_id`: the value of the column `entry_list_id` of new leads, which selects their custom fields. The lead still belongs to `list_id`. VICIdial uses it only if entry lists of DIDs are enabled in the system settings. 0 is none. Needs schema 1407."),
			"campaign_id":                        managed.Text("`campaign_id`: the campaign whose lists `CIDLOOKUPRC` searches for the caller."),
			"phone_code":                         managed.Text("`phone_code`: the country code of new leads."),
			"menu_id":                            managed.Text("`menu_id`: for `did_route = \"CALLMENU\"`, the call menu."),
			"record_call":                        managed.Text("`record_call`: whether calls are recorded: `Y` the whole call, `Y_QUEUESTOP` until the call ends or enters the queue of an in-group, `N` not at all."),
			"no_agent_ingroup_redirect":          managed.Text("`no_agent_ingroup_redirect`: when calls go to `no_agent_ingroup_extension` instead of their route. `DISABLED` never; `Y` if no agent of `no_agent_ingroup_id` is logged in; `NO_PAUSED` if all of them are paused, or none is logged in; `READY_ONLY` if none of them is waiting for a call. Needs schema 1382."),
			"no_agent_ingroup_id":                managed.Text("`no_agent_ingroup_id`: the in-group whose agents `no_agent_ingroup_redirect` counts. Needs schema 1382."),
			"no_agent_ingroup_extension":         managed.Text("`no_agent_ingroup_extension`: the extension, in the context `default`, to which `no_agent_ingroup_redirect` sends calls. Needs schema 1382."),
			"max_queue_ingroup_calls":            managed.Int("`max_queue_ingroup_calls`: the number of calls that can wait in the in-group `max_queue_ingroup_id`. Further calls go to `max_queue_ingroup_extension`. 0 is no limit. Needs schema 1418."),
			"max_queue_ingroup_id":               managed.Text("`max_queue_ingroup_id`: the in-group whose waiting calls `max_queue_ingroup_calls` counts. Needs schema 1418."),
			"max_queue_ingroup_extension":        managed.Text("`max_queue_ingroup_extension`: the extension to which calls go when more than `max_queue_ingroup_calls` wait. Needs schema 1418."),
			"pre_filter_phone_group_id":          managed.Text("`pre_filter_phone_group_id`: a filter phone group, which is a list of numbers. Calls from its numbers go to `pre_filter_extension`, before all other filters. Needs schema 1382."),
			"pre_filter_extension":               managed.Text("`pre_filter_extension`: the number of the DID that takes the calls from numbers in `pre_filter_phone_group_id`. Needs schema 1382."),
			"pre_filter_recent_call":             managed.Text("`pre_filter_recent_call`: the settings container that defines which numbers had a call recently: days, campaigns, in-groups and statuses. Calls from these numbers go to `pre_filter_recent_extension`. Empty for none. Needs schema 1659."),
			"pre_filter_recent_extension":        managed.Text("`pre_filter_recent_extension`: the number of the DID that takes the calls that `pre_filter_recent_call` selects. Needs schema 1659."),
			"inbound_route_answer":               managed.Bool("`inbound_route_answer`: whether the call is answered before it is routed. Needs schema 1598."),
			"did_carrier_description":            managed.Text("`did_carrier_description`: free text about the carrier. Needs schema 1431."),
			"custom_one":                         managed.Text("`custom_one`: free text that scripts can show."),
			"custom_two":                         managed.Text("`custom_two`: more free text, as `custom_one`."),
			"custom_three":                       managed.Text("`custom_three`: more free text, as `custom_one`."),
			"custom_four":                        managed.Text("`custom_four`: more free text, as `custom_one`."),
			"custom_five":                        managed.Text("`custom_five`: more free text, as `custom_one`."),
			"user_group":                         managed.Text("`user_group`: who sees the DID in the admin pages; `---ALL---` is everybody. Needs schema 1308."),
			"filter_inbound_number":              managed.Text("`filter_inbound_number`: which calls use `filter_action` instead of `did_route`. `DISABLED`: none. `GROUP`: calls from numbers in `filter_phone_group_id`. `GROUP_AREACODE`: calls from area codes in `filter_phone_group_id`. `URL`: calls that `filter_url` selects. `DNC_INTERNAL`: calls from numbers on the do-not-call list of the system. `DNC_CAMPAIGN`: calls from numbers on the do-not-call list of `filter_dnc_campaign`."),
			"filter_phone_group_id":              managed.Text("`filter_phone_group_id`: the filter phone group for `GROUP` and `GROUP_AREACODE`."),
			"filter_url":                         tfhelper.SensitiveURL(managed.Text("`filter_url`: for `URL`, the web address that VICIdial calls for each call and whose answer decides.")),
			"filter_url_did_redirect":            managed.Bool("`filter_url_did_redirect`: whether the answer of `filter_url` may name another DID. Needs schema 1371."),
			"filter_dnc_campaign":                managed.Text("`filter_dnc_campaign`: the campaign whose do-not-call list is used for `DNC_CAMPAIGN`. Needs schema 1371."),
			"filter_action":                      managed.Text("`filter_action`: where filtered calls go. The values are those of `did_route`, with the columns that begin with `filter_`."),
			"filter_extension":                   managed.Text("`filter_extension`: as `extension`, for filtered calls."),
			"filter_exten_context":               managed.Text("`filter_exten_context`: as `exten_context`, for filtered calls."),
			"filter_voicemail_ext":               managed.Text("`filter_voicemail_ext`: as `voicemail_ext`, for filtered calls."),
			"filter_phone":                       managed.Text("`filter_phone`: as `phone`, for filtered calls."),
			"filter_server_ip":                   managed.Text("`filter_server_ip`: as `server_ip`, for filtered calls."),
			"filter_user":                        managed.Text("`filter_user`: as `user`, for filtered calls."),
			"filter_user_unavailable_action":     managed.Text("`filter_user_unavailable_action`: as `user_unavailable_action`, for filtered calls."),
			"filter_user_route_settings_ingroup": managed.Text("`filter_user_route_settings_ingroup`: as `user_route_settings_ingroup`, for filtered calls."),
			"filter_group_id":                    managed.Text("`filter_group_id`: as `group_id`, for filtered calls."),
			"filter_call_handle_method":          managed.Text("`filter_call_handle_method`: as `call_handle_method`, for filtered calls."),
			"filter_agent_search_method":         managed.Text("`filter_agent_search_method`: as `agent_search_method`, for filtered calls."),
			"filter_list_id":                     managed.Int("`filter_list_id`: as `list_id`, for filtered calls."),
			"filter_entry_list_id":               managed.Int("`filter_entry_list_id`: as `entry_list_id`, for filtered calls. Needs schema 1407."),
			"filter_campaign_id":                 managed.Text("`filter_campaign_id`: as `campaign_id`, for filtered calls."),
			"filter_phone_code":                  managed.Text("`filter_phone_code`: as `phone_code`, for filtered calls."),
			"filter_menu_id":                     managed.Text("`filter_menu_id`: as `menu_id`, for filtered calls."),
			"filter_clean_cid_number":            managed.Text("`filter_clean_cid_number`: how the caller's number is shortened before it is compared: `R10` keeps the last 10 digits, `L1` removes a leading `1`, `T10` keeps the first 10 digits. Write several rules with a blank between them; they run in the order R, L, T. Empty changes nothing."),
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.InboundDID)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("did_pattern", "The DID's `did_pattern`.")
}
