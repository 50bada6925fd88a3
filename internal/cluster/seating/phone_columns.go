package seating

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// Kind is the kind of values of a column.
type Kind int

// The kinds of columns.
const (
	KindText   Kind = iota
	KindNumber      // a whole number
	KindYesNo       // ENUM('Y','N')
	KindSwitch      // ENUM('0','1')
)

// PhoneColumn is a column of phones that can be declared.
type PhoneColumn struct {
	Name        string
	Kind        Kind
	Description string // for the operator
}

// PhoneColumns are the configuration columns of phones
// (docs/vicidial/schema.md#phones), ordered by subject. They do not include names,
// nodes, secrets, the columns that daemons write
// (docs/vicidial/daemons.md#volatile-columns), and the passwords of the old desktop
// client.
var PhoneColumns = []PhoneColumn{
	{"active", KindYesNo, "Whether agents can log in with the phone and its Asterisk peer is generated."},
	{"status", KindText, "Free text such as `ACTIVE`."},
	{"protocol", KindText, "`SIP`, `PJSIP`, `IAX2`, `Zap` or `EXTERNAL`."},
	{"phone_type", KindText, "Label, such as `CCagent`."},
	{"fullname", KindText, "Name shown in lists. In `phone` it is the same for all phones; the template `naming.fullname` makes it differ."},
	{"company", KindText, "Label."},
	{"picture", KindText, "Label."},
	{"local_gmt", KindText, "Offset of the phone's time zone in hours, with two decimals, without daylight saving: `-5.00`."},
	{"user_group", KindText, "User group whose administrators see the phone; `---ALL---` is everyone."},
	{"template_id", KindText, "Configuration template that the generated peer uses; `--BLANK--` is none."},
	{"conf_override", KindText, "Text for Asterisk in place of the generated peer. VICIdial uses it if it has 11 characters or more. A password in it is stored in the state, so the attribute is marked as sensitive; use `conf_secret_wo` to keep a password out of the state."},
	{"conf_qualify", KindYesNo, "Whether Asterisk checks that the phone answers."},
	{"codecs_list", KindText, "Codecs, separated by commas."},
	{"codecs_with_template", KindSwitch, "Whether `codecs_list` is used also if the phone has a template."},
	{"phone_context", KindText, "Dialplan context of calls from the phone."},
	{"phone_ring_timeout", KindNumber, "Seconds that the phone rings."},
	{"on_hook_agent", KindYesNo, "Whether the phone rings for each call instead of staying connected."},
	{"outbound_cid", KindText, "Caller id of calls from the phone."},
	{"outbound_alt_cid", KindText, "The second caller id, which agents can choose."},
	{"mohsuggest", KindText, "Music on hold class."},
	{"use_external_server_ip", KindYesNo, "Whether a web phone uses the server's external address."},
	{"is_webphone", KindText, "`Y`, `N` or `Y_API_LAUNCH`."},
	{"webphone_auto_answer", KindYesNo, "Whether the web phone answers by itself."},
	{"webphone_dialpad", KindText, "`Y`, `N`, `TOGGLE` or `TOGGLE_OFF`."},
	{"webphone_dialbox", KindYesNo, "Whether the web phone shows a box to dial from."},
	{"webphone_mute", KindYesNo, "Whether the web phone shows a mute button."},
	{"webphone_volume", KindYesNo, "Whether the web phone shows a volume control."},
	{"webphone_debug", KindYesNo, "Whether the web phone logs to the browser's console."},
	{"webphone_layout", KindText, "Layout of the web phone."},
	{"webphone_settings", KindText, "Settings container of the web phone."},
	{"email", KindText, "The email address to which voicemail is sent."},
	{"delete_vm_after_email", KindYesNo, "Whether voicemail is deleted when it has been sent."},
	{"voicemail_timezone", KindText, "Time zone of the mailbox, as in `voicemail.conf`."},
	{"voicemail_options", KindText, "Further options of the mailbox."},
	{"voicemail_greeting", KindText, "Audio file of the greeting."},
	{"voicemail_instructions", KindYesNo, "Whether callers hear instructions."},
	{"voicemail_exten", KindText, "Extension that reads voicemail."},
	{"voicemail_dump_exten", KindText, "Extension that leaves voicemail."},
	{"voicemail_dump_exten_no_inst", KindText, "The same as `voicemail_dump_exten`, without instructions for the caller."},
	{"unavail_dialplan_fwd_exten", KindText, "The extension to which calls go when the phone is unavailable."},
	{"unavail_dialplan_fwd_context", KindText, "The dialplan context of `unavail_dialplan_fwd_exten`."},
	{"nva_call_url", KindText, "The web address that is called for calls which no agent takes (agi-NVA_recording.agi)."},
	{"nva_search_method", KindText, "How non-agent calls find a lead."},
	{"nva_error_filename", KindText, "The audio file that is played when a non-agent call fails."},
	{"nva_new_list_id", KindNumber, "List of new leads of non-agent calls."},
	{"nva_new_phone_code", KindText, "The phone code of the new leads of non-agent calls."},
	{"nva_new_status", KindText, "The status of the new leads of non-agent calls."},
	{"login_user", KindText, "User that the login page fills in."},
	{"login_campaign", KindText, "Campaign that the login page fills in."},
	{"on_login_report", KindYesNo, "Whether logins of the phone show in the report of that name."},
	{"park_on_extension", KindText, "Only for the old desktop client astGUIclient: the extension for parked calls."},
	{"conf_on_extension", KindText, "Only for the old desktop client astGUIclient: the extension for conferences."},
	{"VICIDIAL_park_on_extension", KindText, "Extension for calls that agents park."},
	{"VICIDIAL_park_on_filename", KindText, "Audio file for calls that agents park."},
	{"monitor_prefix", KindText, "Dial prefix to monitor agents."},
	{"recording_exten", KindText, "Extension that records."},
	{"ext_context", KindText, "Context of agents' calls."},
	{"dtmf_send_extension", KindText, "Extension that sends tones."},
	{"call_out_number_group", KindText, "Only for the old desktop client astGUIclient: the channel group for outgoing calls, such as `Zap/g2`."},
	{"client_browser", KindText, "Only for the old desktop client astGUIclient: the browser that it opens."},
	{"install_directory", KindText, "Only for the old desktop client astGUIclient: its folder. Not used any more."},
	{"local_web_callerID_URL", KindText, "Only for the old desktop client astGUIclient: the web page with which it looks a caller up."},
	{"VICIDIAL_web_URL", KindText, "Only for the old desktop client astGUIclient: the web form that it opens."},
	{"AGI_call_logging_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the dialplan logs calls; VICIdial recommends true."},
	{"user_switching_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can switch to another user's account."},
	{"conferencing_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can make conference calls with up to six external lines."},
	{"admin_hangup_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can hang up the calls of others."},
	{"admin_hijack_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can take over the calls of others."},
	{"admin_monitor_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can listen to the calls of others."},
	{"call_parking_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether the user can park calls."},
	{"updater_check_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether it warns when the update daemon has stopped for 20 seconds."},
	{"AFLogging_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether it writes a log on the user's computer."},
	{"QUEUE_ACTION_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether it uses VICIdial's central queue of actions; VICIdial recommends true."},
	{"CallerID_popup_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether it opens a window with the caller id."},
	{"voicemail_button_enabled", KindSwitch, "Only for the old desktop client astGUIclient: whether it shows a button for voicemail."},
	{"enable_fast_refresh", KindSwitch, "Only for the old desktop client astGUIclient: whether it refreshes faster, as `fast_refresh_rate` says."},
	{"fast_refresh_rate", KindNumber, "Only for the old desktop client astGUIclient: milliseconds between two refreshes."},
	{"enable_persistant_mysql", KindSwitch, "Only for the old desktop client astGUIclient: whether it keeps its database connection open."},
	{"auto_dial_next_number", KindSwitch, "Only for the old desktop client astGUIclient: whether it dials the next number by itself."},
	{"VDstop_rec_after_each_call", KindSwitch, "Whether recording stops after each call."},
	{"enable_sipsak_messages", KindSwitch, "Whether messages are sent to the phone's display."},
}

// NewPhoneDefaults returns the undeclared columns of a new phone, as the bulk page of
// VICIdial sets them (docs/vicidial/admin-page.md#bulk-page). Other columns get the
// defaults of the table.
func NewPhoneDefaults() cluster.Row {
	return cluster.Row{
		"status": cluster.Text("ACTIVE"), "active": cluster.YesNo(true), "phone_type": cluster.Text("CCagent"), "local_gmt": cluster.Text("-5.00"),
		"outbound_cid": cluster.Text("0000000000"), "template_id": cluster.Text(""), // NOT NULL and without a default
	}
}

// DefaultPhoneSecret is the default of phones.conf_secret.
const DefaultPhoneSecret = "test"
