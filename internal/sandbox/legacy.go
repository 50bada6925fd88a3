package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// AddLegacyCluster fills a database with a cluster that was managed by hand for ten years: twelve
// telephony nodes, a database and two web rows, more than 600 phones in five naming
// conventions, more than 30 carriers that were copied from node to node, 200 inbound
// numbers, and leftovers: rows of removed servers, aliases of removed phones, duplicates,
// NULL, blanks, and texts with every kind of line end.
func (d *Database) AddLegacyCluster(ctx context.Context) error {
	l := &legacyCluster{schema: d.Schema}
	for _, part := range []func(){l.settings, l.servers, l.campaigns, l.carriers, l.letters, l.plain, l.web, l.odd, l.numbers} {
		part()
	}
	if _, err := d.db.ExecContext(ctx, strings.Join(l.statements, ";\n")); err != nil {
		return fmt.Errorf("sandbox: legacy cluster: %w", err)
	}
	return nil
}

type legacyCluster struct {
	schema     int
	statements []string
}

// nodeIDs are named as three administrators named them.
var nodeIDs = []string{"dial1", "dial2", "dial3", "dial4", "VICI-05", "VICI-06", "Tel07", "Tel08", "node9", "node10", "ast_east", "ast_west"}

func nodeIP(n int) string { return fmt.Sprintf("10.20.0.%d", 10+n) } // from 1 on

// add inserts rows. Numbers, NULL and texts are all written as texts, except NULL.
func (l *legacyCluster) add(table, columns string, rows ...[]any) {
	for chunk := range slices.Chunk(rows, 200) {
		values := make([]string, 0, len(chunk))
		for _, row := range chunk {
			texts := make([]string, 0, len(row))
			for _, value := range row {
				if value == nil {
					texts = append(texts, "NULL")
					continue
				}
				texts = append(texts, quoteText(fmt.Sprint(value)))
			}
			values = append(values, "("+strings.Join(texts, ", ")+")")
		}
		l.statements = append(l.statements, fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", table, columns, strings.Join(values, ", ")))
	}
}

func (l *legacyCluster) settings() {
	l.statements = append(l.statements, "UPDATE system_settings SET active_voicemail_server = '"+nodeIP(1)+"', sounds_web_server = 'web1.example.com', outbound_calls_per_second = 12")
	if l.schema >= 1363 {
		l.add("vicidial_webservers", "webserver, hostname", []any{"web1", "web1.example.com"}, []any{"web2", "web2.example.com"})
	}
	l.add("vicidial_conf_templates", "template_id, template_name, template_contents",
		[]any{"softphone", "Soft phones", "type=friend\r\nhost=dynamic\r\ncontext=default\r\nqualify=yes\r\n"},
		[]any{"webrtc", "Web phones, new", "type=friend\nhost=dynamic\ncontext=default\navpf=yes\nencryption=yes\n\n; from the forum\ndtlsenable=yes\t\n"},
		[]any{"büro", "Büro Telefone", "type=friend\nhost=dynamic\ncontext=default\n"},
		[]any{"empty", "Nothing", nil})
}

func (l *legacyCluster) servers() {
	row := func(n int) []any {
		return []any{nodeIDs[n-1], fmt.Sprintf("Dialer %d", n), nodeIP(n), "Y", "13.38.2", 150, "Y", "N"}
	}
	var rows, rooms [][]any
	for n := 1; n <= len(nodeIDs); n++ {
		r := row(n)
		switch n {
		case 4:
			r[1] = "Dialer vier, im Büro (alt)" // letters that the admin page strips
		case 7:
			r[1] = nil
		case 8:
			r[5] = nil // stops dialing
		}
		rows = append(rows, r)
		count := 40
		for room := range count {
			if n == 6 && room%7 == 3 {
				continue // gaps
			}
			rooms = append(rooms, []any{8600051 + room, nodeIP(n), ""})
		}
	}
	rows = append(rows,
		[]any{"DB1", "Database", "10.20.0.5", "Y", "13.38.2", 0, "N", "N"},
		[]any{"web1", "Web and sounds", "10.20.0.6", "Y", "", 0, "N", "N"},
		[]any{"web2", "Web", "10.20.0.7 ", "N", "", 0, "N", "N"})
	rooms = append(rooms, []any{8600051, "10.20.0.99", ""}, []any{8600052, "10.20.0.99", ""})
	l.add("servers", "server_id, server_description, server_ip, active, asterisk_version, max_vicidial_trunks, active_asterisk_server, rebuild_conf_files", rows...)
	l.add("vicidial_conferences", "conf_exten, server_ip, extension", rooms...)
	l.statements = append(l.statements,
		"UPDATE servers SET custom_dialplan_entry = 'exten => 1900,1,Answer\\r\\nexten => 1900,n,Echo' WHERE server_id = 'dial2'",
		"UPDATE servers SET outbound_calls_per_second = 0, local_gmt = '-5' WHERE server_id = 'dial3'",
		"UPDATE servers SET alt_server_ip = 'recordings.example.com', recording_web_link = 'ALT_IP', external_server_ip = '203.0.113.11' WHERE server_id = 'dial1'")
	if l.schema >= 1720 {
		var bridges [][]any
		for room := range 30 {
			bridges = append(bridges, []any{9600000 + room, nodeIP(12), ""})
		}
		l.add("vicidial_confbridges", "conf_exten, server_ip, extension", bridges...)
		l.statements = append(l.statements, "UPDATE servers SET conf_engine = 'CONFBRIDGE' WHERE server_id = 'ast_west'")
	}
}

func (l *legacyCluster) campaigns() {
	var campaigns, trunks [][]any
	for _, id := range []string{"SALES", "SUPPORT", "WINBACK", "RENEW", "10001", "TEST"} {
		campaigns = append(campaigns, []any{id, strings.ToLower(id), "Y", "RATIO", "1"})
	}
	l.add("vicidial_campaigns", "campaign_id, campaign_name, active, dial_method, auto_dial_level", campaigns...)
	l.add("vicidial_inbound_groups", "group_id, group_name", []any{"SALESIN", "Sales"}, []any{"SUPPORTIN", "Support"})
	l.add("vicidial_call_menu", "menu_id, menu_name", []any{"mainmenu", "Main menu"})
	for n := 1; n <= len(nodeIDs); n++ {
		trunks = append(trunks, []any{nodeIP(n), "SALES", 20 + n%3*5, "MAXIMUM_LIMIT"})
		if n <= 6 {
			trunks = append(trunks, []any{nodeIP(n), "SUPPORT", 10, "OVERFLOW_ALLOWED"}, []any{nodeIP(n), "winback", 15, "MAXIMUM_LIMIT"})
		}
		if n > 6 {
			trunks = append(trunks, []any{nodeIP(n), "RENEW", 12, "MAXIMUM_LIMIT"}, []any{nodeIP(n), "10001", n % 2 * 30, "MAXIMUM_LIMIT"})
		}
	}
	trunks = append(trunks,
		[]any{nodeIP(1), "SUPPORT", 3, "OVERFLOW_ALLOWED"}, // twice
		[]any{nodeIP(1), "TEST", nil, "MAXIMUM_LIMIT"},     // NULL
		[]any{nodeIP(2), "GONE", 5, "MAXIMUM_LIMIT"},       // no such campaign
		[]any{"10.20.0.99", "RENEW", 5, "MAXIMUM_LIMIT"},   // no such server
		[]any{nodeIP(3) + " ", "TEST", 4, "MAXIMUM_LIMIT"}, // a blank
		[]any{nodeIP(4), "", 4, "MAXIMUM_LIMIT"},           // of nobody
		[]any{nodeIP(7), "WINBACK", 9, "OVERFLOW_ALLOWED"}) // another restriction
	l.add("vicidial_server_trunks", "server_ip, campaign_id, dedicated_trunks, trunk_restriction", trunks...)
	l.add("vicidial_users", "user, pass, full_name, phone_login", []any{"9000", "x", "Remote", ""}, []any{"9100", "x", "Remote", ""})
	l.add("vicidial_remote_agents", "user_start, number_of_lines, server_ip, conf_exten, status, campaign_id, closer_campaigns",
		[]any{"9000", 5, nodeIP(1), "8300", "ACTIVE", "SALES", " SALESIN -"},
		[]any{"9100", 1, nodeIP(2), "918005550199", "INACTIVE", "SUPPORT", ""},
		[]any{"9100", 2, nodeIP(3), "8300", "INACTIVE", "SUPPORT", nil},
		[]any{"9900", 1, "10.20.0.99", "8300", "INACTIVE", "GONE", nil})
}

func (l *legacyCluster) carriers() {
	account := func(peer, host string, more ...string) string {
		return strings.Join(append([]string{"[" + peer + "]", "disallow=all", "allow=ulaw", "type=peer", "host=" + host, "dtmfmode=rfc2833", "context=trunkinbound"}, more...), "\n")
	}
	dial := func(prefix, global string) string {
		return strings.Join([]string{
			"exten => _" + prefix + "1NXXNXXXXXX,1,AGI(agi://127.0.0.1:4577/call_log)", "exten => _" + prefix + "1NXXNXXXXXX,2,Dial(${" + global + "}/${EXTEN:1},,tTor)", "exten => _" + prefix + "1NXXNXXXXXX,3,Hangup",
		}, "\n")
	}
	var rows [][]any
	add := func(id, name, registration, account, protocol, global, dialplan, ip, active string) {
		rows = append(rows, []any{id, name, registration, "", account, protocol, global, dialplan, ip, active})
	}
	for n := 1; n <= len(nodeIDs); n++ { // one provider on every node, with small differences
		text, plan, active := account("telco", "198.51.100.7"), dial("9", "TELCO"), "Y"
		switch n {
		case 3:
			text += "\nqualify=yes"
		case 5:
			text, plan = strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(plan, "\n", "\r\n")
		case 8:
			active = "N"
		case 9:
			plan = strings.ReplaceAll(plan, ",1,", ",1,\t") + "\n; changed for the audit\t\n"
		}
		add(fmt.Sprintf("TELCO%d", n), "Telco", "register => acct:s3cr3t@198.51.100.7:5060", text, "SIP", "TELCO = SIP/telco", plan, nodeIP(n), active)
	}
	for n := 1; n <= 6; n++ { // ids by node, an account for each
		id := nodeIDs[n-1]
		add("GW_"+id, "Gateway "+id, fmt.Sprintf("register => user%d:pw%d@gw.example.com", n, n), account("gw", "gw.example.com", fmt.Sprintf("username=user%d", n), fmt.Sprintf("secret=pw%d", n)), "SIP", "GW = SIP/gw", dial("8", "GW"), nodeIP(n), "Y")
	}
	for n := 7; n <= 9; n++ {
		add(fmt.Sprintf("IAXPEER-%d", n-6), "IAX peer", "", strings.ReplaceAll(account("iaxpeer", "192.0.2.9"), "type=peer", "type=friend"), "IAX2", "IAXPEER = IAX2/iaxpeer", dial("7", "IAXPEER"), nodeIP(n), "Y")
	}
	add("BÜRO", "Büro München", "", account("buero", "192.0.2.20", "; für die Zentrale"), "SIP", "BUERO = SIP/buero", dial("6", "BUERO"), nodeIP(4), "Y")
	add("MUENCHEN", "Zentrale Muenchen", "", account("muc", "192.0.2.21", "; für München"), "SIP", "MUC = SIP/muc", dial("66", "MUC"), nodeIP(4), "Y")
	add("oldcarrier", "Do not use", "", "", "SIP", "", "", nodeIP(2), "N")
	add("BROKEN", "Broken", "", "no section\ntype=peer\n[broken\nhost=", "SIP", "BROKEN SIP/x", "exten => _5X.,1\nsame =>\nDial(SIP/x)", nodeIP(6), "Y")
	add("ZAPTRUNK", "Analog", "", "", "Zap", "ZAP = Zap/g1", dial("5", "ZAP"), nodeIP(11), "Y")
	add("OUTSIDE", "External", "", "", "EXTERNAL", "", "", nodeIP(12), "N")
	add("LOST", "Lost", "", account("lost", "192.0.2.99"), "SIP", "LOST = SIP/lost", dial("4", "LOST"), "10.20.0.99", "N")
	if l.schema >= 1316 {
		add("EVERY", "Everywhere", "", account("every", "192.0.2.30"), "SIP", "EVERY = SIP/every", dial("3", "EVERY"), "0.0.0.0", "Y")
		add("EVERY-IN", "Everywhere, in", "", account("everyin", "192.0.2.31"), "SIP", "", "", "0.0.0.0", "Y")
	}
	if l.schema >= 1642 {
		for n := 10; n <= 12; n++ {
			add(fmt.Sprintf("PJ_%d", n), "PJSIP trunk", "", "[pj]\ntype=endpoint\ncontext=trunkinbound\ndisallow=all\nallow=ulaw\naors=pj\n\n[pj]\ntype=aor\ncontact=sip:192.0.2.40\n", "PJSIP", "PJ = PJSIP/pj", dial("2", "PJ"), nodeIP(n), "Y")
		}
		add("PJWIZ", "PJSIP wizard", "", "[pjw]\ntype=wizard\nsends_auth=no\naccepts_registrations=no\nremote_hosts=192.0.2.41\nendpoint/context=trunkinbound\n", "PJSIP_WIZ", "PJW = PJSIP/pjw", dial("11", "PJW"), nodeIP(10), "Y")
	}
	l.add("vicidial_server_carriers", strings.Join(carrierColumns, ", "), rows...)
}
