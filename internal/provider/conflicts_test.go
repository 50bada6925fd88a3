package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

type editedObject struct {
	resource      string
	first, second acctest.Values
	edits         []string // which are conflicts of a change and of a removal
	changes       []string // which are conflicts of a change only; a removal of settings leaves what is not theirs
	removals      []string // of what is not declared, which are conflicts of a removal only
}

// editedObjects has one object of each resource with rows, of which nearly everything
// changes, and what somebody else does to its rows meanwhile.
func editedObjects() []editedObject {
	did := func(n string, x acctest.Values) acctest.Values {
		v := acctest.Values{
			"did_description": "d" + n, "did_active": n == "1", "did_route": "EXTEN", "extension": "830" + n, "exten_context": "c" + n, "record_call": map[string]string{"1": "Y", "2": "N"}[n],
			"custom_one": "one" + n, "custom_two": "two" + n, "filter_url": "http://h/" + n, "list_id": map[string]any{"1": 998, "2": 999}[n], "phone_code": n, "user_group": "---ALL---",
			"filter_clean_cid_number": "R" + n, "voicemail_ext": "10" + n, "did_carrier_description": "c" + n, "inbound_route_answer": n == "1", "agent_search_method": map[string]string{"1": "LB", "2": "LO"}[n],
			"filter_inbound_number": map[string]string{"1": "DISABLED", "2": "URL"}[n], "filter_action": "EXTEN", "filter_extension": "820" + n,
		}
		maps.Copy(v, x)
		return v
	}
	server := func(n string) acctest.Values {
		return acctest.Values{
			"server_id": "dial1", "server_ip": "10.0.0.1", "server_description": "d" + n, "active": n == "1", "asterisk_version": "1" + n + ".1", "max_vicidial_trunks": map[string]any{"1": 10, "2": 20}[n],
			"outbound_calls_per_second": map[string]any{"1": 10, "2": 20}[n], "local_gmt": "-" + n + ".00", "external_server_ip": "h" + n,
			"custom_dialplan_entry": "exten => 9" + n + ",1,Answer()",
			"web_socket_url":        "wss://h/" + n, "conf_qualify": n == "1",
			"active_agent_login_server": n == "1", "active_asterisk_server": n == "1", "generate_vicidial_conf": n == "1",
			"conf_secret_wo": "sec" + n, "conf_secret_wo_version": map[string]any{"1": 1, "2": 2}[n], "manager_secret_wo": "man" + n, "manager_secret_wo_version": map[string]any{"1": 1, "2": 2}[n],
			"dialplan":   acctest.Values{"answer_transfer_agent": "830" + n, "ext_context": "c" + n, "routing_prefix": "1" + n, "voicemail_dump_exten": "85" + n},
			"logs":       acctest.Values{"agi_output": map[string]string{"1": "NONE", "2": "FILE"}[n], "carrier_logging_active": n == "1", "gather_asterisk_output": n == "1", "sys_perf_log": n == "1", "vd_server_logs": n == "1"},
			"recording":  acctest.Values{"vicidial_recording_limit": map[string]any{"1": 10, "2": 20}[n], "recording_web_link": map[string]string{"1": "ALT_IP", "2": "SERVER_IP"}[n], "alt_server_ip": "h" + n},
			"restart":    acctest.Values{"auto_restart_asterisk": n == "1", "ara_url": "http://h/" + n},
			"balance":    acctest.Values{"active": n == "1", "rank": map[string]any{"1": 1, "2": 2}[n], "trunks_offlimits": map[string]any{"1": 1, "2": 2}[n]},
			"manager":    acctest.Values{"host": "h" + n, "port": map[string]any{"1": 5038, "2": 5039}[n], "username": "u" + n, "update_username": "uu" + n, "listen_username": "ul" + n, "send_username": "us" + n},
			"conference": acctest.Values{"engine": "MEETME", "rooms": map[string]any{"1": 3, "2": 5}[n], "first_room": 8600051, "update_interval": map[string]any{"1": 60, "2": 70}[n]},
		}
	}
	floor := func(n string) acctest.Values {
		return acctest.Values{
			"name": "a", "seats": map[string][]string{"1": {"2000-2002"}, "2": {"2000-2003"}}[n], "servers": acctest.Values{"10.0.0.9": acctest.Values{"suffix": "a"}, "10.0.0.8": acctest.Values{"suffix": "b"}}, "nodes_per_seat": map[string]any{"1": 2, "2": 1}[n], "assign_users": true,
			"alias_user_group": map[string]any{"1": nil, "2": "ADMIN"}[n],
			"naming":           acctest.Values{"fullname": "n" + n + " {seat}", "alias_name": "al" + n + " {seat}", "dialplan_number": map[string]string{"1": "{seat}", "2": "9{seat}"}[n], "voicemail_id": map[string]string{"1": "{seat}", "2": "9{seat}"}[n]},
			"phone": acctest.Values{
				"protocol": "SIP", "pass_wo": "open" + n, "pass_wo_version": map[string]any{"1": 1, "2": 2}[n], "conf_secret_wo": "sec" + n, "conf_secret_wo_version": map[string]any{"1": 1, "2": 2}[n], "outbound_cid": "312555010" + n, "company": "c" + n, "active": n == "1", "status": "ACTIVE", "phone_context": "default",
				"codecs_list": map[string]string{"1": "ulaw", "2": "alaw"}[n], "email": "a" + n + "@b.example", "phone_ring_timeout": map[string]any{"1": 50, "2": 60}[n], "conf_qualify": n == "1", "local_gmt": "-" + n + ".00", "nva_call_url": "http://h/" + n, "conf_override": "type=friend\nhost=dynamic\ncontext=c" + n + "\n", "on_hook_agent": n == "1",
			},
		}
	}
	carrier := func(n string) acctest.Values {
		return acctest.Values{
			"name": "TELCO", "servers": map[string][]string{"1": {"10.0.0.9", "10.0.0.8"}, "2": {"10.0.0.9", "10.0.0.8"}}[n], "protocol": "SIP", "carrier_name": "n" + n, "carrier_description": "d" + n, "active": n == "1",
			"registration_string": "register => me:{secret:a}@host" + n, "account_entry": "[telco]\ntype=peer\nhost=h" + n + "\nsecret={secret:a}\n", "globals_string": "TELCO = SIP/a" + n + "\n", "dialplan_entry": "exten => _9" + n + "X.,1,Hangup()\n", "secrets_wo": acctest.Values{"a": "hidden" + n}, "secrets_wo_version": map[string]any{"1": 1, "2": 2}[n],
		}
	}
	remote := func(n string) acctest.Values {
		return acctest.Values{
			"user_start": "9001", "server_ip": map[string]string{"1": "10.0.0.9", "2": "10.0.0.8"}[n], "campaign_id": map[string]string{"1": "SALES", "2": "OTHER"}[n], "conf_exten": "830" + n, "number_of_lines": map[string]any{"1": 1, "2": 2}[n], "status": map[string]string{"1": "INACTIVE", "2": "ACTIVE"}[n],
			"closer_campaigns": map[string][]string{"1": {}, "2": {"AGENTDIRECT"}}[n], "extension_group": map[string]string{"1": "NONE", "2": "NONE"}[n], "on_hook_agent": n == "1", "on_hook_ring_time": map[string]any{"1": 10, "2": 20}[n],
		}
	}
	settings := func(n string) acctest.Values {
		return acctest.Values{
			"active_voicemail_server": map[string]string{"1": "10.0.0.9", "2": "10.0.0.8"}[n], "sounds_web_server": "h" + n, "webphone_url": "https://h/" + n, "default_webphone": n == "1", "slave_db_server": "dbhost" + n, "outbound_calls_per_second": map[string]any{"1": 11, "2": 22}[n],
			"generate_cross_server_exten": n == "1", "default_codecs": map[string]string{"1": "ulaw", "2": "alaw"}[n], "agent_login_weights": acctest.Values{"10.0.0.9": map[string]any{"1": 1, "2": 2}[n]}, "default_server_password_wo": "pp" + n, "default_server_password_wo_version": map[string]any{"1": 1, "2": 2}[n],
		}
	}
	return []editedObject{
		{"vicidial_server", server("1"), server("2"), []string{"UPDATE servers SET max_vicidial_trunks = 7 WHERE server_id = 'dial1'", "UPDATE servers SET ara_url = 'http://other/' WHERE server_id = 'dial1'", "UPDATE servers SET vicidial_balance_rank = 7 WHERE server_id = 'dial1'"}, []string{"DELETE FROM vicidial_conferences WHERE server_ip = '10.0.0.1'"}, []string{"UPDATE servers SET active_twin_server_ip = '10.0.0.8' WHERE server_id = 'dial1'"}},
		{"vicidial_inbound_did", did("1", acctest.Values{"did_pattern": "8005550101"}), did("2", acctest.Values{"did_pattern": "8005550101"}), []string{"UPDATE vicidial_inbound_dids SET did_description = 'mine'", "UPDATE vicidial_inbound_dids SET filter_url = 'http://other/'"}, []string{"DELETE FROM vicidial_inbound_dids"}, []string{"UPDATE vicidial_inbound_dids SET custom_five = 'mine'"}},
		{"vicidial_inbound_numbers", did("1", acctest.Values{"name": "s", "dids": []string{"8005550200-8005550202"}}), did("2", acctest.Values{"name": "s", "dids": []string{"8005550200-8005550203"}}), []string{"UPDATE vicidial_inbound_dids SET did_description = 'mine' WHERE did_pattern = '8005550201'", "UPDATE vicidial_inbound_dids SET filter_url = 'http://other/' WHERE did_pattern = '8005550201'"}, []string{"DELETE FROM vicidial_inbound_dids WHERE did_pattern = '8005550201'"}, []string{"UPDATE vicidial_inbound_dids SET custom_five = 'mine' WHERE did_pattern = '8005550201'", "UPDATE vicidial_inbound_dids SET menu_id = 'mine' WHERE did_pattern = '8005550201'"}},
		{"vicidial_carrier_route", carrier("1"), carrier("2"), []string{"UPDATE vicidial_server_carriers SET carrier_name = 'mine' WHERE server_ip = '10.0.0.9'", "UPDATE vicidial_server_carriers SET dialplan_entry = 'exten => 1,1,Hangup()' WHERE server_ip = '10.0.0.9'"}, []string{"DELETE FROM vicidial_server_carriers WHERE server_ip = '10.0.0.9'"}, []string{"UPDATE vicidial_server_carriers SET user_group = 'ADMIN' WHERE server_ip = '10.0.0.9'"}},
		{"vicidial_conf_template", acctest.Values{"template_id": "T1", "template_name": "one", "template_contents": "qualify=yes\nsecret={secret:a}\n", "secrets_wo": acctest.Values{"a": "x1"}, "secrets_wo_version": 1}, acctest.Values{"template_id": "T1", "template_name": "two", "template_contents": "qualify=no\nsecret={secret:a}\n", "user_group": "ADMIN", "secrets_wo": acctest.Values{"a": "x2"}, "secrets_wo_version": 2}, []string{"UPDATE vicidial_conf_templates SET template_name = 'mine'", "UPDATE vicidial_conf_templates SET template_contents = 'qualify=200'"}, []string{"DELETE FROM vicidial_conf_templates"}, []string{"UPDATE vicidial_conf_templates SET user_group = 'ADMIN'"}},
		{"vicidial_remote_agents", remote("1"), remote("2"), []string{"UPDATE vicidial_remote_agents SET number_of_lines = 3", "UPDATE vicidial_remote_agents SET conf_exten = '8309'"}, []string{"DELETE FROM vicidial_remote_agents"}, []string{"UPDATE vicidial_remote_agents SET extension_group_order = 'CALL_COUNT'"}},
		{"vicidial_trunk_split", acctest.Values{"campaign_id": "SALES", "total": 20, "servers": acctest.Values{"10.0.0.9": acctest.Values{}, "10.0.0.8": acctest.Values{}}}, acctest.Values{"campaign_id": "SALES", "total": 31, "servers": acctest.Values{"10.0.0.9": acctest.Values{}, "10.0.0.8": acctest.Values{"weight": 2}}, "trunk_restriction": "OVERFLOW_ALLOWED"}, []string{"UPDATE vicidial_server_trunks SET dedicated_trunks = 7 WHERE server_ip = '10.0.0.9'"}, []string{"DELETE FROM vicidial_server_trunks WHERE server_ip = '10.0.0.9'"}, []string{"UPDATE vicidial_server_trunks SET trunk_restriction = 'OVERFLOW_ALLOWED' WHERE server_ip = '10.0.0.9'"}},
		{"vicidial_agent_placement", floor("1"), floor("2"), []string{"UPDATE phones SET outbound_cid = '9' WHERE login = '2001a'", "UPDATE phones SET fullname = 'mine' WHERE login = '2001b'", "UPDATE phones SET dialplan_number = '77' WHERE login = '2001a'", "UPDATE phones_alias SET alias_name = 'mine' WHERE alias_id = '2001'"}, []string{"DELETE FROM phones WHERE login = '2001a'", "DELETE FROM phones_alias WHERE alias_id = '2001'", "UPDATE vicidial_users SET phone_login = 'mine' WHERE user = '2001'"}, []string{"UPDATE phones SET voicemail_greeting = 'mine' WHERE login = '2001a'", "UPDATE phones SET template_id = 'SIP_generic' WHERE login = '2001b'", "UPDATE phones_alias SET user_group = 'OTHERS' WHERE alias_id = '2001'"}},
		{"vicidial_cluster_settings", settings("1"), settings("2"), nil, []string{"UPDATE system_settings SET outbound_calls_per_second = 7", "UPDATE system_settings SET webphone_url = 'https://other/'", "DELETE FROM vicidial_settings_containers"}, nil},
	}
}

// What somebody else does to rows between a plan and its apply stays as it is, and the
// apply says so, for a change and for a removal of an object of each resource.
func TestAccConflicts_editedMeanwhile(t *testing.T) {
	t.Parallel()
	tables := []string{
		"servers", "vicidial_conferences", "vicidial_inbound_dids", "vicidial_server_carriers", "vicidial_conf_templates", "vicidial_remote_agents",
		"vicidial_server_trunks", "phones", "phones_alias", "vicidial_users", "system_settings", "vicidial_settings_containers",
	}
	tried := []string{}
	for _, o := range editedObjects() {
		tried = append(tried, o.resource)
		t.Run(o.resource, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			acctest.Campaigns(t, d, "SALES", "OTHER")
			acctest.Run(t, d,
				"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks, active_asterisk_server) VALUES ('nine', '10.0.0.9', 'Y', 90, 'Y'), ('eight', '10.0.0.8', 'Y', 90, 'Y')",
				"INSERT INTO vicidial_user_groups (user_group, group_name) VALUES ('ADMIN', 'A')",
				"INSERT INTO vicidial_inbound_groups (group_id, group_name) VALUES ('AGENTDIRECT', 'A')",
				"INSERT INTO vicidial_users (user, pass, full_name, user_level, phone_login) VALUES ('9001', 'x', 'Night', 4, ''), ('9002', 'x', 'Night', 4, ''), ('2001', 'x', 'S', 4, '')",
				"INSERT INTO vicidial_conferences (conf_exten, server_ip) SELECT n, ip FROM (SELECT 8600051 AS n UNION SELECT 8600052 UNION SELECT 8600053 UNION SELECT 8600054) AS rooms, (SELECT '10.0.0.9' AS ip UNION SELECT '10.0.0.8') AS nodes")()
			for _, table := range tables {
				acctest.Run(t, d, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)()
			}
			try := func(edit string, second acctest.Values) {
				for _, table := range tables {
					acctest.Run(t, d, "DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table)()
				}
				object := acctest.NewSession(t, d).Object(t, o.resource)
				object.Change(t, o.first)
				object = object.In(acctest.NewSession(t, d))
				object.Refresh(t)
				planned := object.Plan(t, second)
				if said := planned.Errors(); said != "" {
					t.Fatal(said)
				}
				acctest.Run(t, d, edit)()
				table, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(edit, "UPDATE "), "DELETE FROM "), " ")
				columns := "*"
				if _, assignment, ok := strings.Cut(edit, " SET "); ok {
					columns, _, _ = strings.Cut(assignment, " = ")
				}
				_, where, ok := strings.Cut(edit, "WHERE ")
				if !ok {
					where = "1 = 1"
				}
				look := "SELECT " + columns + " FROM " + table + " WHERE " + where
				before := d.Table(t.Context(), look)
				object = object.In(acctest.NewSession(t, d))
				said := ""
				if second != nil { // Terraform plans a change again, and a removal not
					planned = object.Plan(t, second)
					said = planned.Errors()
				}
				if said == "" {
					said = object.Apply(t, planned).Errors()
				}
				if after := d.Table(t.Context(), look); said == "" || after != before {
					t.Errorf("%s, and the apply says %q:\n%s\n%s", edit, said, before, after)
				}
			}
			for _, edit := range o.removals {
				try(edit, nil)
			}
			for _, edit := range o.edits {
				try(edit, o.second)
				try(edit, nil)
			}
			for _, edit := range o.changes {
				try(edit, o.second)
			}
		})
	}
	acctest.EveryResource(t, "the editedObject cases", tried, "vicidial_node_config", "vicidial_haproxy_config", "vicidial_nginx_config")
}
