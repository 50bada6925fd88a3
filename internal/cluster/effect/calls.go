package effect

var didRead = Fact{When: Call, Reader: "agi-DID_route.agi", Source: "agi-DID_route.agi:699", More: "Calls in progress continue."}

// did are the facts of the columns of vicidial_inbound_dids.
var did = join(
	each(didRead,
		"did_pattern", "did_description", "did_active", "did_route", "extension", "exten_context", "voicemail_ext", "phone", "server_ip", "user",
		"user_unavailable_action", "user_route_settings_ingroup", "group_id", "menu_id", "record_call",
		"no_agent_ingroup_redirect", "no_agent_ingroup_id", "no_agent_ingroup_extension",
		"max_queue_ingroup_calls", "max_queue_ingroup_id", "max_queue_ingroup_extension",
		"pre_filter_phone_group_id", "pre_filter_extension", "pre_filter_recent_call", "pre_filter_recent_extension", "inbound_route_answer",
		"filter_inbound_number", "filter_phone_group_id", "filter_url", "filter_url_did_redirect", "filter_dnc_campaign", "filter_action",
		"filter_extension", "filter_exten_context", "filter_voicemail_ext", "filter_phone", "filter_server_ip", "filter_user",
		"filter_user_unavailable_action", "filter_user_route_settings_ingroup", "filter_group_id", "filter_call_handle_method",
		"filter_agent_search_method", "filter_list_id", "filter_campaign_id", "filter_phone_code", "filter_menu_id", "filter_clean_cid_number",
	),
	each(Fact{When: Call, Reader: "agi-VDAD_ALL_inbound.agi", Source: "agi-VDAD_ALL_inbound.agi", More: "Calls in progress continue."},
		"call_handle_method", "agent_search_method", "list_id", "entry_list_id", "filter_entry_list_id", "campaign_id", "phone_code"),
	each(Fact{When: Call, Reader: "AGI scripts and the agent screen", Source: "agi-VDAD_ALL_inbound.agi, agc/vdc_db_query.php"},
		"did_carrier_description", "custom_one", "custom_two", "custom_three", "custom_four", "custom_five"),
	each(Fact{When: Page, Reader: "the admin pages", Source: "admin.php"}, "user_group"),
)

// InboundDID are the facts of vicidial_inbound_did.
var InboundDID = join(did, each(alone, "reserved"))

// InboundNumbers are the facts of vicidial_inbound_numbers.
var InboundNumbers = join(without(did, "did_pattern"), each(didRead, "dids", "overrides"), each(alone, "name", "released", "take_over"))

func without(facts Facts, path string) Facts {
	rest := join(facts)
	delete(rest, path)
	return rest
}

var built = Fact{
	When: Build, Reader: "the generator of the carrier's nodes", Source: "ADMIN_keepalive_ALL.pl",
	More: "Calls in progress continue. If the registration changed, Asterisk registers again.",
}

// CarrierRoute are the facts of vicidial_carrier_route.
var CarrierRoute = join(
	each(built,
		"name", "servers", "all_servers", "protocol", "carrier_name", "carrier_description", "active", "template_id", "registration_string",
		"account_entry", "globals_string", "dialplan_entry", "dial", "inbound", "per_server", "secrets_wo", "secrets_wo_version"),
	each(Fact{When: Page, Reader: "the admin pages", Source: "admin.php"}, "user_group"),
)

// ConfTemplate are the facts of vicidial_conf_template.
var ConfTemplate = join(
	each(Fact{
		When: Build, Reader: "the generator of nodes with a phone or carrier of the template", Source: "ADMIN_keepalive_ALL.pl",
		More: "Calls in progress continue.",
	}, "template_id", "template_contents", "secrets_wo", "secrets_wo_version"),
	each(Fact{When: Page, Reader: "the admin pages", Source: "admin.php"}, "template_name", "user_group"),
)
