package asterisk

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The columns that hold Asterisk text besides those of carriers and templates.
const (
	ConfOverride   cluster.AsteriskText = "conf_override"
	CustomDialplan cluster.AsteriskText = "custom_dialplan_entry"
)

// copiedColumn is a column whose text VICIdial copies into a file of a node.
type copiedColumn struct {
	Table, Name string
	File        string // of /etc/asterisk, with PROTOCOL for sip, iax, pjsip or pjsip_wizard
	Section     string // where it stands
	Lines       bool   // as many as it has; otherwise it is part of one line, and must be one
}

// copiedColumns are all such columns (ADMIN_keepalive_ALL.pl). Those with lines are read
// by [Check], the others must be one line ([cluster.CheckOneLine]).
var copiedColumns = []copiedColumn{
	{Table: "vicidial_server_carriers", Name: "globals_string", File: "extensions-vicidial.conf", Section: "globals", Lines: true},
	{Table: "vicidial_server_carriers", Name: "dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-external", Lines: true},
	{Table: "vicidial_server_carriers", Name: "registration_string", File: "PROTOCOL-vicidial.conf", Section: "general", Lines: true},
	{Table: "vicidial_server_carriers", Name: "account_entry", File: "PROTOCOL-vicidial.conf", Section: "the text's own", Lines: true},
	{Table: "vicidial_server_carriers", Name: "carrier_id", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: "vicidial_server_carriers", Name: "carrier_name", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: "vicidial_server_carriers", Name: "carrier_description", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: "vicidial_conf_templates", Name: "template_contents", File: "PROTOCOL-vicidial.conf", Section: "that of the phone or carrier", Lines: true},
	{Table: "phones", Name: "conf_override", File: "PROTOCOL-vicidial.conf", Section: "that of the phone", Lines: true},
	{Table: "phones", Name: "extension", File: "PROTOCOL-vicidial.conf", Section: "its name"},
	{Table: "phones", Name: "conf_secret", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "fullname", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "outbound_cid", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "phone_context", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "mohsuggest", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "voicemail_id", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: "phones", Name: "dialplan_number", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: "phones", Name: "phone_ring_timeout", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: "phones", Name: "unavail_dialplan_fwd_exten", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: "phones", Name: "unavail_dialplan_fwd_context", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: "phones", Name: "pass", File: "voicemail.conf", Section: "default"},
	{Table: "phones", Name: "email", File: "voicemail.conf", Section: "default"},
	{Table: "phones", Name: "voicemail_timezone", File: "voicemail.conf", Section: "default"},
	{Table: "phones", Name: "voicemail_options", File: "voicemail.conf", Section: "default"},
	{Table: "servers", Name: "server_id", File: "iax-vicidial.conf", Section: "its name"},
	{Table: "servers", Name: "conf_secret", File: "iax-vicidial.conf", Section: "general"},
	{Table: "servers", Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-server-custom", Lines: true},
	{Table: "system_settings", Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-system-setting-custom", Lines: true},
	{Table: "vicidial_call_menu", Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "that of the menu", Lines: true},
	{Table: "vicidial_music_on_hold", Name: "moh_id", File: "musiconhold-vicidial.conf", Section: "its name"},
	{Table: "vicidial_music_on_hold", Name: "moh_name", File: "musiconhold-vicidial.conf", Section: "a comment"},
	{Table: "vicidial_conferences", Name: "conf_exten", File: "meetme-vicidial.conf", Section: "rooms"},
	{Table: "conferences", Name: "conf_exten", File: "meetme-vicidial.conf", Section: "rooms"},
}

// IsText says whether a column holds lines that Asterisk reads.
func IsText(table, column string) bool {
	return slices.ContainsFunc(copiedColumns, func(one copiedColumn) bool { return one.Lines && one.Table == table && one.Name == column })
}
