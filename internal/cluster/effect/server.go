package effect

const (
	dialer    = "the dialer"
	keepalive = "the keepalive"
)

var (
	alone    = Fact{When: Terraform}
	everyTen = Fact{When: TenthLoop, Reader: dialer, Source: "AST_VDauto_dial.pl:5162, 5227"}
	atStart  = Fact{
		When: Restart, Reader: "the daemons that speak to Asterisk", Source: "AST_VDauto_dial.pl:301, AST_manager_send.pl:369, AST_update_AMI2.pl:158",
		More: "Write the same value into Asterisk's `manager.conf` on the node.",
	}
)

// Server are the facts of vicidial_server.
var Server = join(
	each(Fact{When: Page, Reader: "the admin pages and reports", Source: "admin.php"}, "server_description", "user_group"),
	each(Fact{When: Page, Reader: "pages that link to recordings", Source: "recording_log_redirect.php, user_stats.php"}, "recording.recording_web_link", "recording.alt_server_ip"),
	each(Fact{When: Login, Reader: "the agent login", Source: "agc/vicidial.php:4294, 4428, 4444", More: "Agents who are logged in stay logged in."}, "active", "active_agent_login_server", "active_twin_server_ip"),
	each(Fact{When: Login, Reader: "the agent screen, for web phones", Source: "agc/vicidial.php, agc/phone_only.php"}, "external_server_ip", "web_socket_url", "external_web_socket_url"),
	each(Fact{When: Call, Reader: "AGI scripts", Source: "agi-DID_route.agi, agi-VDAD_ALL_outbound.agi, agi-VDAD_ALL_inbound.agi"}, "dialplan.voicemail_dump_exten", "dialplan.voicemail_dump_exten_no_inst", "logs.agi_output"),
	each(Fact{When: Call, Reader: "FastAGI_log.pl", Source: "FastAGI_log.pl:938"}, "logs.carrier_logging_active"),
	each(everyTen, "local_gmt", "dialplan.answer_transfer_agent", "dialplan.ext_context"),
	each(Fact{
		When: TenthLoop, Reader: "the dialer and the balance fill", Source: "AST_VDauto_dial.pl:5227, AST_VDauto_dial_FILL.pl:497",
		More: "Calls in progress continue.",
	}, "max_vicidial_trunks"),
	each(Fact{When: Loop, Reader: dialer, Source: "AST_VDauto_dial.pl:524"}, "outbound_calls_per_second"),
	each(Fact{
		When: Loop, Reader: "the dialer, the conference updater and the generator", Source: "AST_VDauto_dial.pl:524, AST_conf_update_screen.pl:704, ADMIN_keepalive_ALL.pl:3166",
		More: "Extensions that record use it when the node has generated its files, about a minute after the apply.",
	}, "recording.vicidial_recording_limit"),
	each(Fact{When: Loop, Reader: "the balance fill", Source: "AST_VDauto_dial_FILL.pl:303, 497, 597", More: "Calls in progress continue."}, "balance"),
	each(Fact{When: Loop, Reader: "the update daemon", Source: "AST_update_AMI2.pl:1256"}, "logs.sys_perf_log"),
	each(Fact{When: Loop, Reader: "the daemons", Source: "AST_VDauto_dial.pl:5165, AST_VDremote_agents.pl:267, AST_update_AMI2.pl:1256", More: "Some daemons read it only when they start."}, "logs.vd_server_logs"),
	each(Fact{When: Loop, Reader: "the conference updater", Source: "AST_conf_update_screen.pl:704"}, "conference.update_interval"),
	each(Fact{
		When: Login, Reader: "the agent login, AGI scripts and the conference updater", Source: "agc/vicidial.php, AST_conf_update_screen.pl:704, AST_VDremote_agents.pl:210",
		More: "Agents who are logged in keep the room that they are in. The node generates its files about a minute after the apply. Remote agents follow when their daemon is restarted.",
	}, "conference.engine"),
	each(Fact{When: Login, Reader: "the agent login", Source: "agc/vicidial.php", More: "Rooms of MeetMe also need the configuration files of the node, about a minute after the apply."}, "conference.rooms", "conference.first_room"),
	each(Fact{
		When: Minute, Reader: "the keepalive; peers in their next build", Source: "ADMIN_keepalive_ALL.pl:533, 3182",
		More: "The other nodes follow when they have generated their files. Calls in progress continue.",
	}, "active_asterisk_server"),
	each(Fact{When: Minute, Reader: keepalive, Source: "ADMIN_keepalive_ALL.pl:533"}, "generate_vicidial_conf", "logs.gather_asterisk_output"),
	each(Fact{When: Minute, Reader: keepalive, Source: "ADMIN_keepalive_ALL.pl:533, 5318-5375"}, "restart.auto_restart_asterisk", "restart.ara_url"),
	each(Fact{When: Build, Reader: "the generator", Source: "ADMIN_keepalive_ALL.pl:533"}, "conf_qualify", "custom_dialplan_entry"),
	each(Fact{
		When: Build, Reader: "the generator of this and of all other nodes", Source: "ADMIN_keepalive_ALL.pl:3182-3221",
		More: "Until all nodes have generated their files, calls between nodes can fail.",
	}, "server_id", "conf_secret_wo", "conf_secret_wo_version"),
	each(Fact{
		When: Restart, Reader: "every program of the node", Source: "`VARserver_ip` of astguiclient.conf",
		More: "The node's `astguiclient.conf` must contain the same address. The other nodes follow about a minute after the apply.",
	}, "server_ip"),
	each(Fact{
		When: Restart, Reader: "the daemons, and the generator at the next build", Source: "AST_VDauto_dial.pl:301-322, ADMIN_keepalive_ALL.pl:533",
		More: "The node generates its files about a minute after the apply.",
	}, "asterisk_version"),
	each(Fact{
		When: Restart, Reader: "the dialer; the balance fill and AGI scripts at once", Source: "AST_VDauto_dial.pl:319-322, AST_VDauto_dial_FILL.pl:497",
		More: "The balance fill and the scripts of calls use it at once.",
	}, "dialplan.routing_prefix"),
	each(atStart, "manager", "manager_secret_wo", "manager_secret_wo_version"),
	each(alone, "force_destroy"),
)

// ClusterSettings are the facts of vicidial_cluster_settings.
var ClusterSettings = join(
	each(Fact{
		When: Minute, Reader: "the keepalive, AST_vm_update.pl, and the dialer when it starts", Source: "ADMIN_keepalive_ALL.pl:496, AST_vm_update.pl:136, AST_VDauto_dial.pl:345-368",
		More: "From schema 1718 on, you must also restart the dialers of the old and the new node. Mailboxes follow when the nodes have generated their files.",
	}, "active_voicemail_server"),
	each(Fact{
		When: Minute, Reader: "ADMIN_audio_store_sync.pl, which the keepalive starts", Source: "ADMIN_keepalive_ALL.pl:5952, ADMIN_audio_store_sync.pl:193",
		More: "The minute begins when somebody sets *Sounds Update* of a server to `Y` at the admin page; a change of this attribute does not do that.",
	}, "sounds_web_server"),
	each(Fact{When: Page, Reader: "the reports", Source: "www/vicidial"}, "slave_db_server", "reports_use_slave_db"),
	each(Fact{When: Login, Reader: "the agent login", Source: "agc/vicidial.php", More: "Agents who are logged in stay logged in."}, "agent_login_weights", "webphone_url"),
	each(Fact{When: Loop, Reader: "the balance fill", Source: "AST_VDauto_dial_FILL.pl:334"}, "outbound_calls_per_second"),
	each(Fact{When: Build, Reader: "the generator of all nodes", Source: "ADMIN_keepalive_ALL.pl:496"}, "generate_cross_server_exten", "default_codecs"),
	each(Fact{When: AdminForm, Reader: "the admin pages", Source: "admin.php, admin_phones_bulk_insert.php"},
		"default_webphone", "allowed_sip_stacks", "default_server_password_wo", "default_server_password_wo_version",
		"default_phone_registration_password_wo", "default_phone_registration_password_wo_version",
		"default_phone_login_password_wo", "default_phone_login_password_wo_version"),
)

// TrunkSplit are the facts of vicidial_trunk_split.
var TrunkSplit = join(
	each(Fact{When: Loop, Reader: dialer, Source: "AST_VDauto_dial.pl:933, 946", More: "Calls in progress continue."},
		"campaign_id", "total", "servers", "trunk_restriction", "elsewhere", "survive_node_loss"),
)

// RemoteAgents are the facts of vicidial_remote_agents.
var RemoteAgents = join(
	each(Fact{
		When: Loop, Reader: "the remote agents daemon of the node", Source: "AST_VDremote_agents.pl:672, 723",
		More: "A remote agent who has a call keeps it.",
	}, "user_start", "number_of_lines", "server_ip", "campaign_id", "conf_exten", "status", "closer_campaigns", "on_hook_agent", "on_hook_ring_time"),
	each(Fact{When: Call, Reader: "AGI scripts", Source: "agi-VDAD_ALL_outbound.agi:3063, agi-VDAD_ALL_inbound.agi:3538"}, "extension_group", "extension_group_order"),
)
