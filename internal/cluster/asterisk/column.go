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
	Table   cluster.Table
	Name    string
	File    string // of /etc/asterisk, with PROTOCOL for sip, iax, pjsip or pjsip_wizard
	Section string // where it stands
	Lines   bool   // as many as it has; otherwise it is part of one line, and must be one
}

// copiedColumns are all such columns (ADMIN_keepalive_ALL.pl). Those with lines are read
// by [Check], the others must be one line ([cluster.CheckOneLine]).
var copiedColumns = []copiedColumn{
	{Table: cluster.TableCarriers, Name: "globals_string", File: "extensions-vicidial.conf", Section: "globals", Lines: true},
	{Table: cluster.TableCarriers, Name: "dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-external", Lines: true},
	{Table: cluster.TableCarriers, Name: "registration_string", File: "PROTOCOL-vicidial.conf", Section: "general", Lines: true},
	{Table: cluster.TableCarriers, Name: "account_entry", File: "PROTOCOL-vicidial.conf", Section: "the text's own", Lines: true},
	{Table: cluster.TableCarriers, Name: "carrier_id", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: cluster.TableCarriers, Name: "carrier_name", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: cluster.TableCarriers, Name: "carrier_description", File: "extensions-vicidial.conf", Section: "a comment"},
	{Table: cluster.TableTemplates, Name: "template_contents", File: "PROTOCOL-vicidial.conf", Section: "that of the phone or carrier", Lines: true},
	{Table: cluster.TablePhones, Name: "conf_override", File: "PROTOCOL-vicidial.conf", Section: "that of the phone", Lines: true},
	{Table: cluster.TablePhones, Name: "extension", File: "PROTOCOL-vicidial.conf", Section: "its name"},
	{Table: cluster.TablePhones, Name: "conf_secret", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "fullname", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "outbound_cid", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "phone_context", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "mohsuggest", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "voicemail_id", File: "PROTOCOL-vicidial.conf", Section: "that of the phone"},
	{Table: cluster.TablePhones, Name: "dialplan_number", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: cluster.TablePhones, Name: "phone_ring_timeout", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: cluster.TablePhones, Name: "unavail_dialplan_fwd_exten", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: cluster.TablePhones, Name: "unavail_dialplan_fwd_context", File: "extensions-vicidial.conf", Section: "vicidial-auto-phones"},
	{Table: cluster.TablePhones, Name: "pass", File: "voicemail.conf", Section: "default"},
	{Table: cluster.TablePhones, Name: "email", File: "voicemail.conf", Section: "default"},
	{Table: cluster.TablePhones, Name: "voicemail_timezone", File: "voicemail.conf", Section: "default"},
	{Table: cluster.TablePhones, Name: "voicemail_options", File: "voicemail.conf", Section: "default"},
	{Table: cluster.TableServers, Name: "server_id", File: "iax-vicidial.conf", Section: "its name"},
	{Table: cluster.TableServers, Name: "conf_secret", File: "iax-vicidial.conf", Section: "general"},
	{Table: cluster.TableServers, Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-server-custom", Lines: true},
	{Table: cluster.TableSettings, Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "vicidial-auto-system-setting-custom", Lines: true},
	{Table: cluster.TableCallMenus, Name: "custom_dialplan_entry", File: "extensions-vicidial.conf", Section: "that of the menu", Lines: true},
	{Table: "vicidial_music_on_hold", Name: "moh_id", File: "musiconhold-vicidial.conf", Section: "its name"},
	{Table: "vicidial_music_on_hold", Name: "moh_name", File: "musiconhold-vicidial.conf", Section: "a comment"},
	{Table: cluster.TableMeetmeRooms, Name: "conf_exten", File: "meetme-vicidial.conf", Section: "rooms"},
	{Table: cluster.TableClientConferences, Name: "conf_exten", File: "meetme-vicidial.conf", Section: "rooms"},
}

// IsText says whether a column holds lines that Asterisk reads.
func IsText(table cluster.Table, column string) bool {
	return slices.ContainsFunc(copiedColumns, func(one copiedColumn) bool { return one.Lines && one.Table == table && one.Name == column })
}
