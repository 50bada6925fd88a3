package effect

var (
	peer = Fact{
		When: Build, Reader: "the generator of the phone's node", Source: "ADMIN_keepalive_ALL.pl:3575, 3747, 3911",
		More: "Calls in progress continue.",
	}
	mailbox = Fact{
		When: Build, Reader: "the generator of the active voicemail server", Source: "ADMIN_keepalive_ALL.pl:4744-4762",
		More: "It is in the files of the active voicemail server.",
	}
	screen  = Fact{When: Login, Reader: "the agent screen", Source: "agc/vicidial.php:4543", More: "Agents who are logged in keep the old value until they log in again."}
	desktop = Fact{When: Login, Reader: "the old desktop client", Source: "agc/astguiclient.php"}
	signIn  = Fact{
		When: Login, Reader: "the agent login", Source: "agc/vicidial.php:4247-4294",
		More: "Agents who are logged in stay logged in. A new phone can register when its node has generated its files, about a minute after the apply.",
	}
	nonAgent = Fact{When: Call, Reader: "agi-NVA_recording.agi", Source: "agi-NVA_recording.agi:282"}
)

// AgentPlacement are the facts of vicidial_agent_placement.
var AgentPlacement = join(
	each(alone, "name", "move_live_agents", "ignore_password_drift"),
	each(signIn, "seats", "servers", "nodes_per_seat", "alias_order", "naming", "seat_overrides", "assign_users", "phone.pass_wo", "phone.pass_wo_version", "seat_passwords_wo", "seat_passwords_wo_version"),
	each(Fact{When: Page, Reader: "the admin pages", Source: "admin.php"}, "alias_user_group"),
	within("phone", join(
		each(peer,
			"conf_secret_wo", "conf_secret_wo_version", "template_id", "conf_override", "conf_qualify", "codecs_list", "codecs_with_template",
			"phone_context", "phone_ring_timeout", "outbound_cid", "mohsuggest", "unavail_dialplan_fwd_exten", "unavail_dialplan_fwd_context",
			"fullname", "voicemail_instructions"),
		each(mailbox, "email", "delete_vm_after_email", "voicemail_timezone", "voicemail_options"),
		each(Fact{
			When: Build, Reader: "the keepalive of the active voicemail server", Source: "ADMIN_keepalive_ALL.pl:2809",
			More: "The active voicemail server fetches the audio file only after somebody sets *Sounds Update* of its server to `Y` at the admin page; the provider does not do that.",
		}, "voicemail_greeting"),
		each(Fact{
			When: Build, Reader: "the generator and the agent login", Source: "ADMIN_keepalive_ALL.pl:3575, agc/vicidial.php:4289-4294",
			More: "The login page reads it at once. Agents who are logged in stay logged in.",
		}, "active", "protocol"),
		each(Fact{When: Page, Reader: "the admin pages and reports", Source: "admin.php"}, "status", "phone_type", "company", "picture", "user_group", "local_gmt", "on_login_report"),
		each(Fact{When: Call, Reader: "phone_alt_CID.agi", Source: "phone_alt_CID.agi:188"}, "outbound_alt_cid"),
		each(nonAgent, "nva_call_url", "nva_search_method", "nva_error_filename", "nva_new_list_id", "nva_new_phone_code", "nva_new_status"),
		each(screen,
			"on_hook_agent", "use_external_server_ip", "is_webphone", "webphone_auto_answer", "webphone_dialpad", "webphone_dialbox",
			"webphone_mute", "webphone_volume", "webphone_debug", "webphone_layout", "webphone_settings",
			"voicemail_exten", "voicemail_dump_exten", "voicemail_dump_exten_no_inst", "login_user", "login_campaign",
			"vicidial_park_on_extension", "vicidial_park_on_filename", "monitor_prefix", "recording_exten", "ext_context", "dtmf_send_extension",
			"vdstop_rec_after_each_call", "enable_sipsak_messages"),
		each(desktop,
			"park_on_extension", "conf_on_extension", "call_out_number_group", "client_browser", "install_directory",
			"local_web_callerid_url", "vicidial_web_url", "agi_call_logging_enabled", "user_switching_enabled", "conferencing_enabled",
			"admin_hangup_enabled", "admin_hijack_enabled", "admin_monitor_enabled", "call_parking_enabled", "updater_check_enabled",
			"aflogging_enabled", "queue_action_enabled", "callerid_popup_enabled", "voicemail_button_enabled", "enable_fast_refresh",
			"fast_refresh_rate", "enable_persistant_mysql", "auto_dial_next_number"),
	)),
)

// within returns the facts of the attributes of a group.
func within(group string, facts Facts) Facts {
	all := make(Facts, len(facts))
	for path, fact := range facts {
		all[group+"."+path] = fact
	}
	return all
}
