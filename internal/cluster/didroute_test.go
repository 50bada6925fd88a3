package cluster

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A new DID holds the defaults of the database, of which these decide where calls go.
func didDefaults() Row {
	row := Row{}
	for column, text := range map[string]string{
		"did_active": "Y", "did_route": "EXTEN", "extension": "9998811112", "exten_context": "default", "voicemail_ext": "", "phone": "", "server_ip": "",
		"user": "", "user_unavailable_action": "VOICEMAIL", "user_route_settings_ingroup": "AGENTDIRECT", "group_id": "", "menu_id": "",
		"filter_inbound_number": "DISABLED", "filter_phone_group_id": "", "filter_url": "", "filter_url_did_redirect": "N", "filter_dnc_campaign": "",
		"filter_action": "EXTEN", "filter_extension": "9998811112", "filter_exten_context": "default", "filter_voicemail_ext": "", "filter_phone": "", "filter_server_ip": "",
		"filter_user": "", "filter_user_unavailable_action": "VOICEMAIL", "filter_user_route_settings_ingroup": "AGENTDIRECT", "filter_group_id": "", "filter_menu_id": "",
		"no_agent_ingroup_redirect": "DISABLED", "no_agent_ingroup_id": "", "no_agent_ingroup_extension": "9998811112",
		"max_queue_ingroup_calls": "0", "max_queue_ingroup_id": "", "max_queue_ingroup_extension": "9998811112",
		"pre_filter_phone_group_id": "", "pre_filter_extension": "", "pre_filter_recent_call": "", "pre_filter_recent_extension": "",
	} {
		row[column] = Text(text)
	}
	return row
}

// Each case is a branch of agi-DID_route.agi. "later" marks what is a warning even of
// a new DID.
func TestDIDTargets_Violations(t *testing.T) {
	t.Parallel()
	server := func(ip, telephony string) Server {
		return Server{Row: Row{"server_id": Text("dial" + ip[len(ip)-1:]), "server_ip": Text(ip), "active_asterisk_server": Text(telephony)}}
	}
	targets := DIDTargets{
		Directory: Directory{Users: []string{"6666"}, InGroups: []string{"SALES", "AGENTDIRECT"}, Menus: []string{"welcome"}},
		Servers:   Servers{server("10.0.0.1", "Y"), server("10.0.0.9", "N")},
		Phones:    map[[2]string]bool{{"10.0.0.1", "cc101"}: true},
		Mailboxes: map[string]bool{"101": true},
	}
	for claim, c := range map[string]struct {
		pattern string // of a DID, 800 where it is left out
		row     string // column=value, with blanks between
		want    string // the columns of the violations, with blanks between
		text    string // part of what is said
	}{
		"EXTEN":                                    {row: "did_route=EXTEN extension=8300"},
		"EXTEN without an extension":               {row: "extension=", want: "extension", text: "EXTEN reads extension, which is blank"},
		"EXTEN without a context":                  {row: "exten_context=", want: "exten_context"},
		"no route at all":                          {row: "did_route=", want: "did_route", text: "no route"},
		"an inactive DID":                          {row: "did_active=N did_route=IN_GROUP"},
		"the default one is active":                {pattern: "default", row: "did_active=N", want: "did_active", text: "are dropped"},
		"IN_GROUP":                                 {row: "did_route=IN_GROUP group_id=SALES"},
		"IN_GROUP, whatever the letters":           {row: "did_route=IN_GROUP group_id=sales"},
		"IN_GROUP without a group":                 {row: "did_route=IN_GROUP", want: "group_id"},
		"IN_GROUP with the admin page's none":      {row: "did_route=IN_GROUP group_id=---NONE---", want: "group_id", text: "blank"},
		"IN_GROUP that is not there":               {row: "did_route=IN_GROUP group_id=OTHER", want: "group_id later", text: "in-group OTHER"},
		"IN_GROUP needs no context":                {row: "did_route=IN_GROUP group_id=SALES exten_context="},
		"CALLMENU":                                 {row: "did_route=CALLMENU menu_id=welcome"},
		"CALLMENU without a menu":                  {row: "did_route=CALLMENU", want: "menu_id"},
		"CALLMENU that is not there":               {row: "did_route=CALLMENU menu_id=other", want: "menu_id later", text: "call menu other"},
		"VOICEMAIL":                                {row: "did_route=VOICEMAIL voicemail_ext=101"},
		"VOICEMAIL without a box":                  {row: "did_route=VOICEMAIL", want: "voicemail_ext"},
		"VOICEMAIL to a box that is not there":     {row: "did_route=VOICEMAIL voicemail_ext=102", want: "voicemail_ext later", text: "mailbox 102"},
		"VOICEMAIL on a node":                      {row: "did_route=VOICEMAIL voicemail_ext=101 server_ip=10.0.0.1"},
		"VOICEMAIL on the database":                {row: "did_route=VOICEMAIL voicemail_ext=101 server_ip=10.0.0.9", want: "server_ip", text: "not a telephony node"},
		"VOICEMAIL without a context":              {row: "did_route=VOICEMAIL voicemail_ext=101 exten_context=", want: "exten_context"},
		"VMAIL_NO_INST without a box":              {row: "did_route=VMAIL_NO_INST", want: "voicemail_ext"},
		"VMAIL_NO_INST to a box that is not there": {row: "did_route=VMAIL_NO_INST voicemail_ext=7", want: "voicemail_ext later"},
		"PHONE":                                     {row: "did_route=PHONE phone=cc101 server_ip=10.0.0.1"},
		"PHONE without anything":                    {row: "did_route=PHONE", want: "phone server_ip"},
		"PHONE without a server":                    {row: "did_route=PHONE phone=cc101", want: "server_ip"},
		"PHONE on no server":                        {row: "did_route=PHONE phone=cc101 server_ip=10.0.0.7", want: "server_ip", text: "neither in the table servers"},
		"PHONE on the database":                     {row: "did_route=PHONE phone=cc101 server_ip=10.0.0.9", want: "server_ip", text: "not a telephony node"},
		"PHONE that is not there":                   {row: "did_route=PHONE phone=cc102 server_ip=10.0.0.1", want: "phone later", text: "phone cc102 on 10.0.0.1"},
		"PHONE without a context":                   {row: "did_route=PHONE phone=cc101 server_ip=10.0.0.1 exten_context=", want: "exten_context"},
		"a server that no route uses":               {row: "server_ip=10.0.0.7", want: "server_ip", text: "neither in the table servers"},
		"AGENT with a box":                          {row: "did_route=AGENT user=6666 voicemail_ext=101"},
		"AGENT without a user":                      {row: "did_route=AGENT voicemail_ext=101", want: "user"},
		"AGENT that is not there":                   {row: "did_route=AGENT user=7777 voicemail_ext=101", want: "user later"},
		"AGENT without a box to fall back on":       {row: "did_route=AGENT user=6666", want: "voicemail_ext", text: "AGENT, while the agent is not logged in, reads voicemail_ext"},
		"AGENT with a box that is not there":        {row: "did_route=AGENT user=6666 voicemail_ext=5", want: "voicemail_ext later"},
		"AGENT without settings":                    {row: "did_route=AGENT user=6666 voicemail_ext=101 user_route_settings_ingroup=", want: "user_route_settings_ingroup"},
		"AGENT with other settings":                 {row: "did_route=AGENT user=6666 voicemail_ext=101 user_route_settings_ingroup=OTHER", want: "user_route_settings_ingroup later"},
		"AGENT falls back on an in-group":           {row: "did_route=AGENT user=6666 user_unavailable_action=IN_GROUP"},
		"AGENT falls back on an extension":          {row: "did_route=AGENT user=6666 user_unavailable_action=EXTEN extension=8300 exten_context="},
		"AGENT falls back on no extension":          {row: "did_route=AGENT user=6666 user_unavailable_action=EXTEN extension=", want: "extension"},
		"AGENT falls back on a phone":               {row: "did_route=AGENT user=6666 user_unavailable_action=PHONE phone=cc101 server_ip=10.0.0.1"},
		"AGENT falls back on no phone":              {row: "did_route=AGENT user=6666 user_unavailable_action=PHONE server_ip=10.0.0.1", want: "phone"},
		"AGENT falls back on nothing":               {row: "did_route=AGENT user=6666 user_unavailable_action=", want: "user_unavailable_action"},
		"a filter":                                  {row: "filter_inbound_number=GROUP filter_phone_group_id=bad"},
		"a filter without its group":                {row: "filter_inbound_number=GROUP_AREACODE", want: "filter_phone_group_id"},
		"a filter without its campaign":             {row: "filter_inbound_number=DNC_CAMPAIGN", want: "filter_dnc_campaign"},
		"a filter of the internal list":             {row: "filter_inbound_number=DNC_INTERNAL"},
		"a filter without its address":              {row: "filter_inbound_number=URL", want: "filter_url"},
		"a filter that asks no address":             {row: "filter_inbound_number=URL filter_url=ftp://example.com", want: "filter_url", text: "http"},
		"a filter that asks an address":             {row: "filter_inbound_number=URL filter_url=VARhttps://example.com"},
		"a filter to nowhere":                       {row: "filter_inbound_number=DNC_INTERNAL filter_action=IN_GROUP group_id=SALES", want: "filter_group_id"},
		"a filter to no agent and no box":           {row: "filter_inbound_number=DNC_INTERNAL filter_action=AGENT", want: "filter_user filter_voicemail_ext"},
		"a filter to a phone that is not there":     {row: "filter_inbound_number=DNC_INTERNAL filter_action=PHONE filter_phone=cc9 filter_server_ip=10.0.0.1", want: "filter_phone later"},
		"a filter whose answer names the DID":       {row: "filter_inbound_number=URL filter_url=http://example.com filter_url_did_redirect=Y filter_action=IN_GROUP"},
		"a filter that is off":                      {row: "filter_action=IN_GROUP"},
		"no agents of an in-group":                  {row: "no_agent_ingroup_redirect=Y no_agent_ingroup_id=SALES"},
		"no agents of no in-group":                  {row: "no_agent_ingroup_redirect=READY_ONLY", want: "no_agent_ingroup_id", text: "every call goes to no_agent_ingroup_extension"},
		"no agents of one that is not there":        {row: "no_agent_ingroup_redirect=NO_PAUSED no_agent_ingroup_id=OTHER", want: "no_agent_ingroup_id later"},
		"no agents, and no extension":               {row: "no_agent_ingroup_redirect=Y no_agent_ingroup_id=SALES no_agent_ingroup_extension=", want: "no_agent_ingroup_extension"},
		"a queue":                                   {row: "max_queue_ingroup_calls=5 max_queue_ingroup_id=SALES"},
		"a queue without its in-group":              {row: "max_queue_ingroup_calls=5", want: "max_queue_ingroup_id", text: "the limit has no effect"},
		"a queue of an in-group that is not there":  {row: "max_queue_ingroup_calls=5 max_queue_ingroup_id=OTHER", want: "max_queue_ingroup_id later"},
		"a queue without an extension":              {row: "max_queue_ingroup_calls=5 max_queue_ingroup_id=SALES max_queue_ingroup_extension=", want: "max_queue_ingroup_extension"},
		"a queue that is always full":               {row: "max_queue_ingroup_calls=-1", want: "max_queue_ingroup_calls later", text: "every call"},
		"a pre-filter":                              {row: "pre_filter_phone_group_id=bad pre_filter_extension=8005550199"},
		"a pre-filter to nowhere":                   {row: "pre_filter_phone_group_id=bad", want: "pre_filter_extension", text: "has no effect"},
		"a pre-filter of nobody":                    {row: "pre_filter_extension=8005550199", want: "pre_filter_phone_group_id"},
		"recent callers to nowhere":                 {row: "pre_filter_recent_call=RECENT", want: "pre_filter_recent_extension"},
		"the system's filter, which is off":         {pattern: "did_system_filter", row: "filter_inbound_number=DNC_INTERNAL", want: "did_active later", text: "system_settings.did_system_filter is 0"},
		"the system's filter looks at filters only": {pattern: "DID_SYSTEM_FILTER", row: "did_active=N did_route=IN_GROUP max_queue_ingroup_calls=5"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			row := didDefaults()
			for pair := range strings.FieldsSeq(c.row) {
				column, value, _ := strings.Cut(pair, "=")
				row[column] = Text(value)
			}
			pattern := c.pattern
			if pattern == "" {
				pattern = "800"
			}
			var found, texts []string
			for _, violation := range targets.Violations(pattern, row) {
				found, texts = append(found, violation.Column), append(texts, violation.Text)
				if violation.Later {
					found = append(found, "later")
				}
				if violation.Causes[0] != violation.Column {
					t.Errorf("the causes of %s are %v", violation.Column, violation.Causes)
				}
			}
			if diff := cmp.Diff(strings.Fields(c.want), found); diff != "" && len(c.want)+len(found) > 0 {
				t.Errorf("%s\n%s", diff, strings.Join(texts, "\n"))
			}
			if said := strings.Join(texts, "\n"); !strings.Contains(said, c.text) {
				t.Errorf("said %q, want %q", said, c.text)
			}
		})
	}
}

// Columns that are unknown, or that the schema does not have, are not reported.
func TestDIDTargets_Violations_asksForNothingThatIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, row := range []Row{
		{},
		{"did_route": Text("IN_GROUP")},
		{"did_route": Text("AGENT")},
		{"did_route": Text("PHONE"), "phone": Text("cc101")},
		{"did_route": Text("VOICEMAIL")},
		{"filter_inbound_number": Text("GROUP")},
		{"filter_inbound_number": Text("URL")},
		{"no_agent_ingroup_redirect": Text("Y")},
		{"max_queue_ingroup_calls": Text("5")},
	} {
		if violations := (DIDTargets{}).Violations("800", row); len(violations) > 0 {
			t.Errorf("%v: %+v", row, violations)
		}
	}
}
