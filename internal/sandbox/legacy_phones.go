package sandbox

import (
	"fmt"
	"strings"
)

// phoneColumnNames are the columns of phones that the conventions differ in.
const phoneColumnNames = "server_ip, login, extension, dialplan_number, voicemail_id, pass, conf_secret, fullname, protocol, template_id, is_webphone, status, active, outbound_cid"

// phone is one row: a soft phone, unless it is changed.
func phone(server, login, extension, dialplan, pass string) []any {
	return []any{server, login, extension, dialplan, extension, pass, "s" + pass, "", "SIP", "softphone", "N", "ACTIVE", "Y", ""}
}

// Positions in a row of phone.
const (
	atVoicemail = 4
	atPass      = 5
	atFullName  = 7
	atProtocol  = 8
	atTemplate  = 9
	atWebphone  = 10
	atCallerID  = 13
)

// letters are 80 seats on three nodes, as the sample of VICIdial has them: 2000a,
// 2000b, 2000c behind the alias 2000.
func (l *legacyCluster) letters() {
	var phones, aliases, users [][]any
	for seat := 2000; seat < 2080; seat++ {
		var logins []string
		for n := 1; n <= 3; n++ {
			login := fmt.Sprintf("%d%c", seat, 'a'+n-1)
			row := phone(nodeIP(n), login, fmt.Sprint(seat), fmt.Sprintf("%d%d", seat, n-1), fmt.Sprintf("pw%d", seat))
			row[atFullName] = fmt.Sprintf("station %d", seat)
			if seat < 2010 {
				row[atCallerID] = "3125550100"
			}
			if seat == 2017 && n == 2 || seat == 2018 && n == 3 {
				row[atPass] = "changed1" // by telephone
			}
			phones, logins = append(phones, row), append(logins, login)
		}
		switch seat {
		case 2075:
			logins = append(logins, "2075d") // which does not exist
		case 2076:
			logins = []string{"2076c", "2076a", "2076b"}
		case 2077:
			logins = []string{"2077A", "2077B", "2077C"} // another case
		}
		aliases = append(aliases, []any{fmt.Sprint(seat), fmt.Sprintf("%d phone", seat), strings.Join(logins, ",")})
		if seat < 2040 {
			users = append(users, []any{fmt.Sprint(seat), "x", fmt.Sprintf("Agent %d", seat), fmt.Sprint(seat)})
		}
	}
	aliases = append(aliases,
		[]any{"2990", "gone", "2990a,2990b"}, []any{"2991", "gone too", ""}, []any{"2992", nil, nil},
		[]any{"frontdesk", "Front desk", "reception,boss"})
	l.add("phones", phoneColumnNames, phones...)
	l.add("phones_alias", "alias_id, alias_name, logins_list", aliases...)
	l.add("vicidial_users", "user, pass, full_name, phone_login", users...)
}

// plain are three floors without aliases: cc101 to cc190, 3001 to 3120 on two nodes,
// and gs5001 to gs5060, whose devices register with the number alone.
func (l *legacyCluster) plain() {
	var phones, users [][]any
	for seat := 101; seat <= 190; seat++ {
		login := fmt.Sprintf("cc%d", seat)
		row := phone(nodeIP(4), login, login, fmt.Sprint(seat), "callcenter")
		row[atVoicemail] = fmt.Sprint(seat)
		row[atFullName] = fmt.Sprintf("CC %d", seat)
		phones = append(phones, row)
	}
	for seat := 3001; seat <= 3120; seat++ {
		node := 5 + seat%2
		row := phone(nodeIP(node), fmt.Sprint(seat), fmt.Sprint(seat), fmt.Sprint(seat), "test")
		row[atFullName] = fmt.Sprintf("Ext %d", seat)
		if seat > 3100 {
			row[atTemplate] = ""
		}
		phones = append(phones, row)
		users = append(users, []any{fmt.Sprint(seat), "x", "Agent", fmt.Sprint(seat)})
	}
	for seat := 5001; seat <= 5060; seat++ {
		row := phone(nodeIP(7), fmt.Sprintf("gs%d", seat), fmt.Sprint(seat), fmt.Sprint(seat), fmt.Sprintf("gs%d", seat))
		if seat == 5030 {
			row[1] = "GS5030"
		}
		phones = append(phones, row)
	}
	l.add("phones", phoneColumnNames, phones...)
	l.add("vicidial_users", "user, pass, full_name, phone_login", users...)
}

// web are 50 seats of web phones on two nodes, behind aliases that end in w.
func (l *legacyCluster) web() {
	var phones, aliases [][]any
	for seat := 8001; seat <= 8050; seat++ {
		var logins []string
		for n := 8; n <= 9; n++ {
			login := fmt.Sprintf("%d%s", seat, []string{"wa", "wb"}[n-8])
			row := phone(nodeIP(n), login, login, fmt.Sprintf("%d%d", n-7, seat), "webphone")
			row[atVoicemail], row[atTemplate], row[atWebphone] = fmt.Sprint(seat), "webrtc", "Y"
			phones, logins = append(phones, row), append(logins, login)
		}
		aliases = append(aliases, []any{fmt.Sprintf("%dw", seat), fmt.Sprintf("%dw", seat), strings.Join(logins, ",")})
	}
	l.add("phones", phoneColumnNames, phones...)
	l.add("phones_alias", "alias_id, alias_name, logins_list", aliases...)
}

// odd are phones that belong to no convention.
func (l *legacyCluster) odd() {
	row := func(server, login, extension, dialplan any, protocol string) []any {
		odd := phone("", "", "", "", "odd")
		odd[0], odd[1], odd[2], odd[3], odd[atVoicemail], odd[atProtocol] = server, login, extension, dialplan, nil, protocol
		return odd
	}
	l.add("phones", phoneColumnNames,
		row(nodeIP(1), "reception", "reception", "9001", "SIP"),
		row(nodeIP(2), "boss", "boss", "9002", "SIP"),
		row(nodeIP(2), "", "hallway", "9003", "SIP"),
		row(nodeIP(2), nil, "fax", nil, "SIP"),
		row(nodeIP(3), "old phone", "old-phone", "9004", "SIP"),
		row(nodeIP(10), "zap1", "1-1", "9005", "Zap"),
		row(nodeIP(10), "ext9006", "3125559006", "9006", "EXTERNAL"),
		row("10.20.0.99", "7001a", "7001", "70010", "SIP"), // of a removed server
		row("10.20.0.99", "7002a", "7002", "70020", "SIP"),
		row(nodeIP(11)+" ", "6001", "6001", "6001", "IAX2"),
		row(nodeIP(11), "6002", "6002", "6002", "IAX2"),
		row(nodeIP(12), "6002", "6002x", "6003", "IAX2"), // a login that another phone has
		row(nil, "nowhere", "nowhere", "9010", "SIP"))
}

// numbers are 200 inbound numbers.
func (l *legacyCluster) numbers() {
	const columns = "did_pattern, did_description, did_active, did_route, group_id, menu_id, extension, phone, server_ip, user, voicemail_ext"
	var rows [][]any
	add := func(pattern, description any, active, route string, more map[string]any) {
		row := []any{pattern, description, active, route, "", "", "9998811112", "", "", "", ""}
		for column, value := range more { // each at its own place
			for i, name := range strings.Split(columns, ", ") {
				if name == column {
					row[i] = value
				}
			}
		}
		rows = append(rows, row)
	}
	for n := range 120 {
		add(fmt.Sprintf("312555%04d", 1000+n), fmt.Sprintf("Sales %d", n), "Y", "IN_GROUP", map[string]any{"group_id": "SALESIN"})
	}
	for n := range 40 {
		add(fmt.Sprintf("800555%04d", n), "Support line", "Y", "IN_GROUP", map[string]any{"group_id": "SUPPORTIN"})
	}
	for n := range 20 {
		add(fmt.Sprintf("773555%04d", n), nil, "Y", "CALLMENU", map[string]any{"menu_id": "mainmenu"})
	}
	for n := range 12 {
		add(fmt.Sprintf("22455%d", 100+n), "Direct", "Y", "PHONE", map[string]any{"phone": fmt.Sprint(3001 + 2*n), "server_ip": nodeIP(6)})
	}
	add("+493012345", "Berlin, Büro", "Y", "EXTEN", map[string]any{"extension": "8300"})
	add("did_system_filter", "System filter", "N", "EXTEN", nil)
	add("49 30 12346", "with blanks", "Y", "EXTEN", nil)
	add("_X.", "a pattern that is none", "N", "EXTEN", nil)
	add("gone", "In-group that is gone", "Y", "IN_GROUP", map[string]any{"group_id": "GONE"})
	add("4420", "Old server", "Y", "PHONE", map[string]any{"phone": "7001", "server_ip": "10.20.0.99"})
	add("4421", "Agent", "Y", "AGENT", map[string]any{"user": "2001"})
	add("4422", "tab\there", "Y", "VOICEMAIL", map[string]any{"voicemail_ext": "2001"})
	l.add("vicidial_inbound_dids", columns, rows...)
}
