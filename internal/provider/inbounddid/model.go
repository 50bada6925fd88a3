package inbounddid

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/bridge"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

type model struct {
	Pattern  types.String `tfsdk:"did_pattern"`
	Reserved types.Bool   `tfsdk:"reserved"`
	DIDID    types.Int64  `tfsdk:"did_id"`

	Description              types.String `tfsdk:"did_description"`
	Active                   types.Bool   `tfsdk:"did_active"`
	Route                    types.String `tfsdk:"did_route"`
	Extension                types.String `tfsdk:"extension"`
	Context                  types.String `tfsdk:"exten_context"`
	Voicemail                types.String `tfsdk:"voicemail_ext"`
	Phone                    types.String `tfsdk:"phone"`
	ServerIP                 types.String `tfsdk:"server_ip"`
	User                     types.String `tfsdk:"user"`
	Unavailable              types.String `tfsdk:"user_unavailable_action"`
	SettingsInGroup          types.String `tfsdk:"user_route_settings_ingroup"`
	GroupID                  types.String `tfsdk:"group_id"`
	HandleMethod             types.String `tfsdk:"call_handle_method"`
	SearchMethod             types.String `tfsdk:"agent_search_method"`
	ListID                   types.Int64  `tfsdk:"list_id"`
	EntryListID              types.Int64  `tfsdk:"entry_list_id"`
	CampaignID               types.String `tfsdk:"campaign_id"`
	PhoneCode                types.String `tfsdk:"phone_code"`
	MenuID                   types.String `tfsdk:"menu_id"`
	Record                   types.String `tfsdk:"record_call"`
	NoAgentRedirect          types.String `tfsdk:"no_agent_ingroup_redirect"`
	NoAgentGroup             types.String `tfsdk:"no_agent_ingroup_id"`
	NoAgentExtension         types.String `tfsdk:"no_agent_ingroup_extension"`
	MaxQueueCalls            types.Int64  `tfsdk:"max_queue_ingroup_calls"`
	MaxQueueGroup            types.String `tfsdk:"max_queue_ingroup_id"`
	MaxQueueExtension        types.String `tfsdk:"max_queue_ingroup_extension"`
	PreFilterGroup           types.String `tfsdk:"pre_filter_phone_group_id"`
	PreFilterExtension       types.String `tfsdk:"pre_filter_extension"`
	PreFilterRecent          types.String `tfsdk:"pre_filter_recent_call"`
	PreFilterRecentExtension types.String `tfsdk:"pre_filter_recent_extension"`
	RouteAnswer              types.Bool   `tfsdk:"inbound_route_answer"`
	CarrierDescription       types.String `tfsdk:"did_carrier_description"`
	CustomOne                types.String `tfsdk:"custom_one"`
	CustomTwo                types.String `tfsdk:"custom_two"`
	CustomThree              types.String `tfsdk:"custom_three"`
	CustomFour               types.String `tfsdk:"custom_four"`
	CustomFive               types.String `tfsdk:"custom_five"`
	UserGroup                types.String `tfsdk:"user_group"`
	Filter                   types.String `tfsdk:"filter_inbound_number"`
	FilterGroup              types.String `tfsdk:"filter_phone_group_id"`
	FilterURL                types.String `tfsdk:"filter_url"`
	FilterURLRedirect        types.Bool   `tfsdk:"filter_url_did_redirect"`
	FilterDNCCampaign        types.String `tfsdk:"filter_dnc_campaign"`
	FilterAction             types.String `tfsdk:"filter_action"`
	FilterExtension          types.String `tfsdk:"filter_extension"`
	FilterContext            types.String `tfsdk:"filter_exten_context"`
	FilterVoicemail          types.String `tfsdk:"filter_voicemail_ext"`
	FilterPhone              types.String `tfsdk:"filter_phone"`
	FilterServerIP           types.String `tfsdk:"filter_server_ip"`
	FilterUser               types.String `tfsdk:"filter_user"`
	FilterUnavailable        types.String `tfsdk:"filter_user_unavailable_action"`
	FilterSettingsInGroup    types.String `tfsdk:"filter_user_route_settings_ingroup"`
	FilterGroupID            types.String `tfsdk:"filter_group_id"`
	FilterHandleMethod       types.String `tfsdk:"filter_call_handle_method"`
	FilterSearchMethod       types.String `tfsdk:"filter_agent_search_method"`
	FilterListID             types.Int64  `tfsdk:"filter_list_id"`
	FilterEntryListID        types.Int64  `tfsdk:"filter_entry_list_id"`
	FilterCampaignID         types.String `tfsdk:"filter_campaign_id"`
	FilterPhoneCode          types.String `tfsdk:"filter_phone_code"`
	FilterMenuID             types.String `tfsdk:"filter_menu_id"`
	FilterCleanNumber        types.String `tfsdk:"filter_clean_cid_number"`
}

type identity struct {
	Pattern types.String `tfsdk:"did_pattern"`
}

func (m model) identity() identity { return identity{m.Pattern} }

func (m model) pattern() string { return m.Pattern.ValueString() }

// columns are those that the resource owns where the configuration names them.
func (m *model) columns() []bridge.Column {
	at := path.Root
	return []bridge.Column{
		bridge.Text("did_description", at("did_description"), &m.Description),
		bridge.YesNo("did_active", at("did_active"), &m.Active),
		bridge.Text("did_route", at("did_route"), &m.Route),
		bridge.Text("extension", at("extension"), &m.Extension),
		bridge.Text("exten_context", at("exten_context"), &m.Context),
		bridge.Text("voicemail_ext", at("voicemail_ext"), &m.Voicemail),
		bridge.Text("phone", at("phone"), &m.Phone),
		bridge.Text("server_ip", at("server_ip"), &m.ServerIP),
		bridge.Text("user", at("user"), &m.User),
		bridge.Text("user_unavailable_action", at("user_unavailable_action"), &m.Unavailable),
		bridge.Text("user_route_settings_ingroup", at("user_route_settings_ingroup"), &m.SettingsInGroup),
		bridge.Text("group_id", at("group_id"), &m.GroupID),
		bridge.Text("call_handle_method", at("call_handle_method"), &m.HandleMethod),
		bridge.Text("agent_search_method", at("agent_search_method"), &m.SearchMethod),
		bridge.Int("list_id", at("list_id"), &m.ListID),
		bridge.Int("entry_list_id", at("entry_list_id"), &m.EntryListID),
		bridge.Text("campaign_id", at("campaign_id"), &m.CampaignID),
		bridge.Text("phone_code", at("phone_code"), &m.PhoneCode),
		bridge.Text("menu_id", at("menu_id"), &m.MenuID),
		bridge.Text("record_call", at("record_call"), &m.Record),
		bridge.Text("no_agent_ingroup_redirect", at("no_agent_ingroup_redirect"), &m.NoAgentRedirect),
		bridge.Text("no_agent_ingroup_id", at("no_agent_ingroup_id"), &m.NoAgentGroup),
		bridge.Text("no_agent_ingroup_extension", at("no_agent_ingroup_extension"), &m.NoAgentExtension),
		bridge.Int("max_queue_ingroup_calls", at("max_queue_ingroup_calls"), &m.MaxQueueCalls),
		bridge.Text("max_queue_ingroup_id", at("max_queue_ingroup_id"), &m.MaxQueueGroup),
		bridge.Text("max_queue_ingroup_extension", at("max_queue_ingroup_extension"), &m.MaxQueueExtension),
		bridge.Text("pre_filter_phone_group_id", at("pre_filter_phone_group_id"), &m.PreFilterGroup),
		bridge.Text("pre_filter_extension", at("pre_filter_extension"), &m.PreFilterExtension),
		bridge.Text("pre_filter_recent_call", at("pre_filter_recent_call"), &m.PreFilterRecent),
		bridge.Text("pre_filter_recent_extension", at("pre_filter_recent_extension"), &m.PreFilterRecentExtension),
		bridge.YesNo("inbound_route_answer", at("inbound_route_answer"), &m.RouteAnswer),
		bridge.Text("did_carrier_description", at("did_carrier_description"), &m.CarrierDescription),
		bridge.Text("custom_one", at("custom_one"), &m.CustomOne),
		bridge.Text("custom_two", at("custom_two"), &m.CustomTwo),
		bridge.Text("custom_three", at("custom_three"), &m.CustomThree),
		bridge.Text("custom_four", at("custom_four"), &m.CustomFour),
		bridge.Text("custom_five", at("custom_five"), &m.CustomFive),
		bridge.Text("user_group", at("user_group"), &m.UserGroup),
		bridge.Text("filter_inbound_number", at("filter_inbound_number"), &m.Filter),
		bridge.Text("filter_phone_group_id", at("filter_phone_group_id"), &m.FilterGroup),
		bridge.Text("filter_url", at("filter_url"), &m.FilterURL),
		bridge.YesNo("filter_url_did_redirect", at("filter_url_did_redirect"), &m.FilterURLRedirect),
		bridge.Text("filter_dnc_campaign", at("filter_dnc_campaign"), &m.FilterDNCCampaign),
		bridge.Text("filter_action", at("filter_action"), &m.FilterAction),
		bridge.Text("filter_extension", at("filter_extension"), &m.FilterExtension),
		bridge.Text("filter_exten_context", at("filter_exten_context"), &m.FilterContext),
		bridge.Text("filter_voicemail_ext", at("filter_voicemail_ext"), &m.FilterVoicemail),
		bridge.Text("filter_phone", at("filter_phone"), &m.FilterPhone),
		bridge.Text("filter_server_ip", at("filter_server_ip"), &m.FilterServerIP),
		bridge.Text("filter_user", at("filter_user"), &m.FilterUser),
		bridge.Text("filter_user_unavailable_action", at("filter_user_unavailable_action"), &m.FilterUnavailable),
		bridge.Text("filter_user_route_settings_ingroup", at("filter_user_route_settings_ingroup"), &m.FilterSettingsInGroup),
		bridge.Text("filter_group_id", at("filter_group_id"), &m.FilterGroupID),
		bridge.Text("filter_call_handle_method", at("filter_call_handle_method"), &m.FilterHandleMethod),
		bridge.Text("filter_agent_search_method", at("filter_agent_search_method"), &m.FilterSearchMethod),
		bridge.Int("filter_list_id", at("filter_list_id"), &m.FilterListID),
		bridge.Int("filter_entry_list_id", at("filter_entry_list_id"), &m.FilterEntryListID),
		bridge.Text("filter_campaign_id", at("filter_campaign_id"), &m.FilterCampaignID),
		bridge.Text("filter_phone_code", at("filter_phone_code"), &m.FilterPhoneCode),
		bridge.Text("filter_menu_id", at("filter_menu_id"), &m.FilterMenuID),
		bridge.Text("filter_clean_cid_number", at("filter_clean_cid_number"), &m.FilterCleanNumber),
	}
}

// row is what is wanted of the row.
func (m model) row() cluster.Row { return bridge.Row(m.columns()) }

// with fills in what the row says.
func (m model) with(found cluster.Row) model {
	before := m
	bridge.Show(m.columns(), found)
	if number, known := found["did_id"].Int(); known {
		m.DIDID = types.Int64Value(number)
	}
	if before.Pattern.IsNull() {
		m.Pattern = types.StringValue(found["did_pattern"].Text)
	}
	if before.Reserved.IsNull() {
		m.Reserved = types.BoolValue(cluster.ReservedDID(m.pattern()))
	}
	// In these letters, not in those that ids are compared in.
	m.CampaignID = types.StringValue(found["campaign_id"].Text)
	m.GroupID = sameGroup(before.GroupID, m.GroupID)
	m.FilterGroupID = sameGroup(before.FilterGroupID, m.FilterGroupID)
	return m
}

// sameGroup keeps an in-group as it was written where the row has the other word
// for none (F§10 item 13).
func sameGroup(before, now types.String) types.String {
	switch {
	case !cluster.SameInGroup(before.ValueString(), now.ValueString()):
		return now
	case before.IsNull(), before.IsUnknown():
		return unlessNone(now)
	}
	return before
}

// unlessNone is an in-group that nobody has written yet, none shown as nothing.
func unlessNone(group types.String) types.String {
	if !group.IsNull() && cluster.SameInGroup(group.ValueString(), "") {
		return types.StringValue("")
	}
	return group
}
