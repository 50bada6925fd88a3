package inbounddid

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
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

// Key returns the did_pattern.
func (m model) Key() string { return m.Pattern.ValueString() }

// columns maps the attributes to the columns of vicidial_inbound_dids.
func (m *model) columns() []tfhelper.Column {
	return []tfhelper.Column{
		tfhelper.Text("did_description", &m.Description),
		tfhelper.YesNo("did_active", &m.Active),
		tfhelper.Text("did_route", &m.Route),
		tfhelper.Text("extension", &m.Extension),
		tfhelper.Text("exten_context", &m.Context),
		tfhelper.Text("voicemail_ext", &m.Voicemail),
		tfhelper.Text("phone", &m.Phone),
		tfhelper.Text("server_ip", &m.ServerIP),
		tfhelper.Text("user", &m.User),
		tfhelper.Text("user_unavailable_action", &m.Unavailable),
		tfhelper.Text("user_route_settings_ingroup", &m.SettingsInGroup),
		tfhelper.Text("group_id", &m.GroupID),
		tfhelper.Text("call_handle_method", &m.HandleMethod),
		tfhelper.Text("agent_search_method", &m.SearchMethod),
		tfhelper.Int("list_id", &m.ListID),
		tfhelper.Int("entry_list_id", &m.EntryListID),
		tfhelper.Text("campaign_id", &m.CampaignID),
		tfhelper.Text("phone_code", &m.PhoneCode),
		tfhelper.Text("menu_id", &m.MenuID),
		tfhelper.Text("record_call", &m.Record),
		tfhelper.Text("no_agent_ingroup_redirect", &m.NoAgentRedirect),
		tfhelper.Text("no_agent_ingroup_id", &m.NoAgentGroup),
		tfhelper.Text("no_agent_ingroup_extension", &m.NoAgentExtension),
		tfhelper.Int("max_queue_ingroup_calls", &m.MaxQueueCalls),
		tfhelper.Text("max_queue_ingroup_id", &m.MaxQueueGroup),
		tfhelper.Text("max_queue_ingroup_extension", &m.MaxQueueExtension),
		tfhelper.Text("pre_filter_phone_group_id", &m.PreFilterGroup),
		tfhelper.Text("pre_filter_extension", &m.PreFilterExtension),
		tfhelper.Text("pre_filter_recent_call", &m.PreFilterRecent),
		tfhelper.Text("pre_filter_recent_extension", &m.PreFilterRecentExtension),
		tfhelper.YesNo("inbound_route_answer", &m.RouteAnswer),
		tfhelper.Text("did_carrier_description", &m.CarrierDescription),
		tfhelper.Text("custom_one", &m.CustomOne),
		tfhelper.Text("custom_two", &m.CustomTwo),
		tfhelper.Text("custom_three", &m.CustomThree),
		tfhelper.Text("custom_four", &m.CustomFour),
		tfhelper.Text("custom_five", &m.CustomFive),
		tfhelper.Text("user_group", &m.UserGroup),
		tfhelper.Text("filter_inbound_number", &m.Filter),
		tfhelper.Text("filter_phone_group_id", &m.FilterGroup),
		tfhelper.Text("filter_url", &m.FilterURL),
		tfhelper.YesNo("filter_url_did_redirect", &m.FilterURLRedirect),
		tfhelper.Text("filter_dnc_campaign", &m.FilterDNCCampaign),
		tfhelper.Text("filter_action", &m.FilterAction),
		tfhelper.Text("filter_extension", &m.FilterExtension),
		tfhelper.Text("filter_exten_context", &m.FilterContext),
		tfhelper.Text("filter_voicemail_ext", &m.FilterVoicemail),
		tfhelper.Text("filter_phone", &m.FilterPhone),
		tfhelper.Text("filter_server_ip", &m.FilterServerIP),
		tfhelper.Text("filter_user", &m.FilterUser),
		tfhelper.Text("filter_user_unavailable_action", &m.FilterUnavailable),
		tfhelper.Text("filter_user_route_settings_ingroup", &m.FilterSettingsInGroup),
		tfhelper.Text("filter_group_id", &m.FilterGroupID),
		tfhelper.Text("filter_call_handle_method", &m.FilterHandleMethod),
		tfhelper.Text("filter_agent_search_method", &m.FilterSearchMethod),
		tfhelper.Int("filter_list_id", &m.FilterListID),
		tfhelper.Int("filter_entry_list_id", &m.FilterEntryListID),
		tfhelper.Text("filter_campaign_id", &m.FilterCampaignID),
		tfhelper.Text("filter_phone_code", &m.FilterPhoneCode),
		tfhelper.Text("filter_menu_id", &m.FilterMenuID),
		tfhelper.Text("filter_clean_cid_number", &m.FilterCleanNumber),
	}
}

// Expand returns the columns whose attributes are set.
func (m model) Expand() cluster.Row { return tfhelper.Expand(m.columns()) }

// Flatten returns the model with the values of a row.
func (m model) Flatten(row cluster.Row) model {
	before := m
	tfhelper.Flatten(cluster.TableDIDs, m.columns(), row)
	if number, known := row["did_id"].Int(); known {
		m.DIDID = types.Int64Value(number)
	}
	if before.Pattern.IsNull() {
		m.Pattern = types.StringValue(row["did_pattern"].Text)
	}
	if before.Reserved.IsNull() {
		m.Reserved = types.BoolValue(cluster.ReservedDID(m.Key()))
	}
	// This column is compared with regard to case.
	m.CampaignID = types.StringValue(row["campaign_id"].Text)
	m.GroupID = sameGroup(before.GroupID, m.GroupID)
	m.FilterGroupID = sameGroup(before.FilterGroupID, m.FilterGroupID)
	return m
}

// sameGroup returns the previous value if both mean no in-group
// (docs/vicidial/measured.md#null-and-empty).
func sameGroup(before, now types.String) types.String {
	switch {
	case !cluster.SameInGroup(before.ValueString(), now.ValueString()):
		return now
	case !before.IsNull() && !before.IsUnknown():
		return before
	case !now.IsNull() && cluster.SameInGroup(now.ValueString(), ""):
		return types.StringValue("")
	}
	return now
}
