package provider_test

// ruledObjects are objects of every resource whose rows a database holds. Their rules
// are those of docs/design/0019-what-stands-is-warned-of.md.
func ruledObjects() []ruledObject {
	const strips, tab = "strips other characters", "x\ty"
	text := func(column string) ruleCase { return broken(column, "a b(c)", strips) }
	line := func(column string) ruleCase { return broken(column, tab, "one line without control characters") }
	var did []ruleCase
	for _, column := range []string{"did_description", "did_carrier_description", "filter_clean_cid_number"} {
		did = append(did, broken(column, "Sales (main)", strips).advised())
	}
	for _, column := range []string{"custom_one", "custom_two", "custom_three", "custom_four", "custom_five"} {
		did = append(did, broken(column, "a (b)", strips).advised())
	}
	for _, column := range []string{
		"extension", "exten_context", "user", "user_route_settings_ingroup", "group_id", "call_handle_method", "campaign_id", "menu_id",
		"no_agent_ingroup_id", "no_agent_ingroup_extension", "max_queue_ingroup_id", "max_queue_ingroup_extension", "pre_filter_phone_group_id",
		"pre_filter_extension", "pre_filter_recent_extension", "user_group", "filter_phone_group_id", "filter_dnc_campaign", "filter_extension", "filter_exten_context",
		"filter_user", "filter_user_route_settings_ingroup", "filter_group_id", "filter_call_handle_method", "filter_campaign_id", "filter_menu_id",
	} {
		did = append(did, broken(column, "a!b", strips))
	}
	for _, column := range []string{"voicemail_ext", "phone_code", "filter_voicemail_ext", "filter_phone_code"} {
		did = append(did, broken(column, "1a", "digits only"))
	}
	did = append(did, line("pre_filter_recent_call"), line("filter_url"),
		broken("server_ip", "10.0.0.99", "neither in the table servers"), broken("filter_server_ip", "10.0.0.09", "without leading zeros"))
	return []ruledObject{
		{
			kind: "vicidial_server", label: "rules", id: "ruled", table: "servers",
			row: map[string]string{"server_id": "ruled", "server_ip": "10.0.0.2", "active_asterisk_server": "N"},
			hcl: "  server_id = \"ruled\"\n  server_ip = \"10.0.0.2\"",
			rules: []ruleCase{
				broken("server_description", "Bób's (old) & new", strips), broken("asterisk_version", "13 (x)", strips),
				number("max_vicidial_trunks", "10000", "between 0 and 9999"), number("outbound_calls_per_second", "255", "leave it out"),
				broken("local_gmt", "-5.25", "must be one of"), broken("active_twin_server_ip", "10.0.0.010", "without leading zeros"),
				broken("answer_transfer_agent", "8x", "digits only").in("dialplan.answer_transfer_agent"), broken("ext_context", "a b", strips).in("dialplan.ext_context"), broken("routing_prefix", "1 3", strips).in("dialplan.routing_prefix"),
				broken("voicemail_dump_exten", "8x", "digits only").in("dialplan.voicemail_dump_exten"), broken("voicemail_dump_exten_no_inst", "8x", "digits only").in("dialplan.voicemail_dump_exten_no_inst"),
				number("vicidial_recording_limit", "10000", "between 0 and 9999").in("recording.vicidial_recording_limit"), broken("alt_server_ip", "a b", strips).in("recording.alt_server_ip"), broken("external_server_ip", "a b", strips),
				line("web_socket_url"), line("external_web_socket_url"), line("ara_url").in("restart.ara_url"),
				broken("custom_dialplan_entry", "; a\x01b", "without control characters"), broken("user_group", "a b", strips),
				number("balance_trunks_offlimits", "10000", "between 0 and 9999").in("balance.trunks_offlimits"),
				number("conf_update_interval", "0", "between 1 and 32767").in("conference.update_interval"),
				broken("telnet_host", "a b", strips).in("manager.host"), number("telnet_port", "0", "between 1 and 65535").in("manager.port"),
				broken("ASTmgrUSERNAME", "a b", strips).in("manager.username"), broken("ASTmgrUSERNAMEupdate", "a b", strips).in("manager.update_username"),
				broken("ASTmgrUSERNAMElisten", "a b", strips).in("manager.listen_username"), broken("ASTmgrUSERNAMEsend", "a b", strips).in("manager.send_username"),
			},
		},
		{
			kind: "vicidial_conf_template", label: "rules", id: "ruled", table: "vicidial_conf_templates",
			row:   map[string]string{"template_id": "ruled", "template_name": "Ruled", "template_contents": "type=friend"},
			hcl:   "  template_id = \"ruled\"\n  template_contents = \"type=friend\"",
			rules: []ruleCase{broken("template_name", "Zürich's (soft) & phones", strips), text("user_group")},
		},
		{
			kind: "vicidial_inbound_did", label: "rules", id: "800", table: "vicidial_inbound_dids",
			row: map[string]string{"did_id": "800", "did_pattern": "800", "did_description": "Sales"}, hcl: "  did_pattern = \"800\"", rules: did,
		},
		{
			kind: "vicidial_remote_agents", label: "rules", id: "6000", table: "vicidial_remote_agents",
			row: map[string]string{"remote_agent_id": "60", "user_start": "6000", "server_ip": "10.0.0.1", "campaign_id": "SALES", "conf_exten": "8600", "number_of_lines": "1"},
			hcl: "  user_start = \"6000\"",
			rules: []ruleCase{
				broken("server_ip", "10.0.0.99", "neither in the table servers"), broken("campaign_id", "GONE", "not in vicidial_campaigns"),
				broken("conf_exten", "8x", "2 to 20 digits"), broken("extension_group", "a b", strips), broken("extension_group_order", "a b", strips),
				number("number_of_lines", "0", "between 1 and 255"), number("on_hook_ring_time", "0", "between 1 and 999"),
			},
		},
		{
			kind: "vicidial_carrier_route", label: "rules", id: "ruled=RULED1", table: "vicidial_server_carriers",
			row: map[string]string{
				"carrier_id": "RULED1", "carrier_name": "Ruled", "server_ip": "10.0.0.1", "protocol": "SIP", "account_entry": "[ruled]\ntype=peer\nhost=192.0.2.1",
				"registration_string": "", "globals_string": "", "dialplan_entry": "", "template_id": "", "active": "N",
			},
			hcl: "  name = \"ruled\"\n  protocol = \"SIP\"\n  servers = [\"10.0.0.1\"]\n  active = false\n  account_entry = \"[ruled]\\ntype=peer\\nhost=192.0.2.1\"",
			rules: []ruleCase{
				broken("carrier_name", "Büro's (alt) & neu", strips), line("carrier_description"), text("user_group"),
				broken("template_id", "gone", "neither in vicidial_conf_templates"), broken("dialplan_entry", "exten => _9X.,1,Dial(SIP/ruled", "."),
			},
		},
		{
			kind: "vicidial_cluster_settings", label: "rules", id: "system_settings", table: "system_settings",
			row: map[string]string{
				"active_voicemail_server": "10.0.0.1", "sounds_web_server": "10.0.0.1", "webphone_url": "", "slave_db_server": "", "outbound_calls_per_second": "200", "default_codecs": "",
			},
			rules: []ruleCase{
				broken("active_voicemail_server", "10.0.0.09", "without leading zeros"), broken("sounds_web_server", "a b", "host name or address"),
				broken("webphone_url", "a b", "a URL"), broken("slave_db_server", "db", "six characters or more"),
				number("outbound_calls_per_second", "2000", "between 1 and 1000"), broken("default_codecs", "ulaw alaw", "separated by commas"),
			},
		},
	}
}
