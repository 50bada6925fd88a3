package provider_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Passwords that rows hold, by themselves or inside of texts, are in no list, no data
// source and no configuration that is made of the rows.
func TestAccSecrets_ofRows(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		`INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks, conf_secret, ASTmgrSECRET, ara_url, custom_dialplan_entry) VALUES
			('other', '10.0.0.9', 'Y', 90, 'Zq01', 'Zq02', 'http://me:Zq28@host/', 'exten => 91,1,Dial(SIP/me:Zq03@host)\n; secret=Zq04')`,
		`INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, pass, conf_secret, login_pass, conf_override, nva_call_url, VICIDIAL_web_URL, protocol, template_id) VALUES
			('2000a', '2000a', '10.0.0.9', '2000', '2000', 'Zq05', 'Zq06', 'Zq07', 'type=friend\nhost=dynamic\nsecret=Zq08', 'http://h/?pass=Zq29', '', 'SIP', ''),
			('2001a', '2001a', '10.0.0.9', '2001', '2001', 'Zq05', 'Zq06', 'Zq07', 'type=friend\nhost=dynamic\n;secret=Zq09', '', 'http://me:Zq30@h/', 'SIP', '')`,
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('2000', 'x', '2000a'), ('2001', 'x', '2001a')",
		`INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, server_ip, protocol, template_id, active, registration_string, account_entry, globals_string, dialplan_entry, carrier_description) VALUES
			('TELCO', 'T', '10.0.0.9', 'SIP', '--NONE--', 'Y', 'register => me:Zq10@host', '[telco]\ntype=peer\nhost=192.0.2.1\nremotesecret=Zq11\nmd5secret=Zq12', 'TRUNK = me:Zq13@host\nTPASS=Zq14',
			'exten => _91.,1,Set(GLOBAL(X)=me:Zq15@host)\nexten => _91.,n,Dial(IAX2/me:Zq16@host/x)\nexten => _91.,n,Dial(SIP/me:Zq32,Zq33&Zq34/Zq35@host)\nexten => _91.,n,Set(Y=${CURL(http://h/?pass=Zq17)})', 'the account of the portal')`,
		`INSERT INTO vicidial_conf_templates (template_id, template_name, template_contents) VALUES ('T', 'T', 'outbound_auth/password=Zq19\nmd5_cred=Zq20\n;auth=me:Zq21@realm')`,
		`INSERT INTO vicidial_inbound_dids (did_pattern, did_route, extension, filter_inbound_number, filter_url) VALUES
			('8005550101', 'EXTEN', '8304', 'URL', 'http://me:Zq22@host/x?user=6666&pass=Zq23'),
			('8005550102', 'EXTEN', '8304', 'URL', 'http://crm/?pass=Zq31'), ('8005550103', 'EXTEN', '8304', 'URL', 'http://crm/?a=1'), ('8005550104', 'EXTEN', '8304', 'URL', 'http://me:Zq36/Zq37@crm/')`,
		`UPDATE system_settings SET webphone_url = 'https://me:Zq24@phone.example.com/', default_server_password = 'Zq25', default_phone_registration_password = 'Zq26', default_phone_login_password = 'Zq27'`,
	)()
	secret := regexp.MustCompile(`Zq\d\d`)
	shows := func(what string, text []byte) {
		t.Helper()
		if len(text) == 0 {
			t.Errorf("%s is empty", what)
		}
		for _, at := range secret.FindAllIndex(text, -1) {
			t.Errorf("%s shows %q", what, bytes.ToValidUTF8(text[max(0, at[0]-60):at[1]], nil))
		}
	}
	all, _, _ := schemas(t)
	for _, name := range slices.Sorted(keys(all.ListResourceSchemas)) {
		for _, found := range acctest.List(t, d, name) {
			state := found.State
			for _, path := range sensitive(all.ResourceSchemas[name].Block.Attributes, nil) {
				if text := found.Texts[strings.Join(path, ".")]; text != "" {
					state = bytes.ReplaceAll(state, []byte(text), []byte("what Terraform does not show"))
				}
			}
			shows("the list "+name, state)
		}
	}
	session := acctest.NewSession(t, d)
	for _, name := range slices.Sorted(keys(all.DataSourceSchemas)) {
		shows("the data source "+name, session.Read(t, name, nil).State)
	}
}

// A password that somebody writes into a row by hand is in no diagnostic about the edit.
func TestAccSecrets_ofEditedRows(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks) VALUES ('other', '10.0.0.9', 'Y', 90)",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.9'), (8600052, '10.0.0.9')")()
	session := acctest.NewSession(t, d)
	const dialed = "exten => 91,1,Dial(SIP/me:Zq01@host)"
	for _, c := range []struct {
		resource      string
		first, second acctest.Values
		edit          string
	}{
		{
			"vicidial_server",
			acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1", "custom_dialplan_entry": "exten => 91,1,Answer"},
			acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1", "custom_dialplan_entry": "exten => 92,1,Answer"},
			"UPDATE servers SET custom_dialplan_entry = '" + dialed + "', conf_secret = 'Zq02', ASTmgrSECRET = 'Zq03' WHERE server_id = 'dial1'",
		},
		{
			"vicidial_inbound_did",
			acctest.Values{"did_pattern": "8005550101", "filter_url": "http://crm/?a=1"},
			acctest.Values{"did_pattern": "8005550101", "filter_url": "http://crm/?a=2"},
			"UPDATE vicidial_inbound_dids SET filter_url = 'http://me:Zq04@crm/?pass=Zq05'",
		},
		{
			"vicidial_inbound_numbers",
			acctest.Values{"name": "sales", "dids": []string{"8005550200-8005550202"}, "filter_url": "http://crm/?a=1"},
			acctest.Values{"name": "sales", "dids": []string{"8005550200-8005550202"}, "filter_url": "http://crm/?a=2"},
			"UPDATE vicidial_inbound_dids SET filter_url = 'http://me:Zq17@crm/?pass=Zq18' WHERE did_pattern LIKE '80055502%'",
		},
		{
			"vicidial_server",
			acctest.Values{"server_id": "dial2", "server_ip": "10.0.0.2", "restart": acctest.Values{"ara_url": "http://crm/?a=1"}},
			acctest.Values{"server_id": "dial2", "server_ip": "10.0.0.2", "restart": acctest.Values{"ara_url": "http://crm/?a=2"}},
			"UPDATE servers SET ara_url = 'http://me:Zq19@crm/?pass=Zq20' WHERE server_id = 'dial2'",
		},
		{
			"vicidial_cluster_settings",
			acctest.Values{"webphone_url": "https://phone.example.com/a"},
			acctest.Values{"webphone_url": "https://phone.example.com/b"},
			"UPDATE system_settings SET webphone_url = 'https://me:Zq06@phone.example.com/', default_server_password = 'Zq07'",
		},
		{
			"vicidial_conf_template",
			acctest.Values{"template_id": "trunks", "template_name": "T", "template_contents": "qualify=yes\n"},
			acctest.Values{"template_id": "trunks", "template_name": "T", "template_contents": "qualify=no\n"},
			"UPDATE vicidial_conf_templates SET template_contents = 'outbound_auth/password=Zq08\nmd5_cred=Zq09' WHERE template_id = 'trunks'",
		},
		{
			"vicidial_carrier_route",
			acctest.Values{"name": "TELCO", "servers": []string{"10.0.0.9"}, "protocol": "SIP", "globals_string": "T = SIP/a@host", "dialplan_entry": "exten => _91.,1,Hangup()"},
			acctest.Values{"name": "TELCO", "servers": []string{"10.0.0.9"}, "protocol": "SIP", "globals_string": "T = SIP/b@host", "dialplan_entry": "exten => _92.,1,Hangup()"},
			"UPDATE vicidial_server_carriers SET globals_string = 'T = SIP/me:Zq10@host', dialplan_entry = 'exten => _91.,1,Dial(SIP/me:Zq11@host)', account_entry = '[a]\nsecret=Zq12' WHERE carrier_id LIKE 'TELCO%'",
		},
		{
			"vicidial_agent_placement",
			acctest.Values{
				"name": "a", "servers": acctest.Values{"10.0.0.9": acctest.Values{"suffix": "a"}}, "seats": []string{"2000-2001"},
				"phone": acctest.Values{"protocol": "SIP", "pass_wo": "open1234", "pass_wo_version": 1, "conf_override": "type=friend\nhost=dynamic", "nva_call_url": "http://crm/?a=1"},
			},
			acctest.Values{
				"name": "a", "servers": acctest.Values{"10.0.0.9": acctest.Values{"suffix": "a"}}, "seats": []string{"2000-2001"},
				"phone": acctest.Values{"protocol": "SIP", "pass_wo": "open1234", "pass_wo_version": 1, "conf_override": "type=peer\nhost=dynamic", "nva_call_url": "http://crm/?a=2"},
			},
			"UPDATE phones SET conf_override = 'type=friend\nhost=dynamic\nsecret=Zq13', nva_call_url = 'http://crm/?pass=Zq21', pass = 'Zq14', conf_secret = 'Zq15', login_pass = 'Zq16'",
		},
	} {
		t.Run(c.resource, func(t *testing.T) {
			said := ""
			note := func(answer acctest.Answer) {
				for _, one := range answer.Diagnostics {
					said += one.Summary + "\n" + one.Detail + "\n"
				}
			}
			object := session.Object(t, c.resource)
			object.Change(t, c.first)
			planned := object.Plan(t, c.second)
			note(planned.Answer)
			acctest.Run(t, d, c.edit)()
			note(object.Apply(t, planned))
			note(object.Refresh(t))
			note(object.Plan(t, c.first).Answer)
			planned = object.Plan(t, c.second)
			note(planned.Answer)
			note(object.Apply(t, planned))
			note(object.Plan(t, nil).Answer)
			if said == "" {
				t.Error("nothing is said of the edit")
			}
			for _, found := range regexp.MustCompile(`.{0,80}Zq\d\d`).FindAllString(said, -1) {
				t.Errorf("a diagnostic shows %q", found)
			}
			log := d.Table(t.Context(), "SELECT event_sql, event_notes FROM vicidial_admin_log")
			for _, found := range regexp.MustCompile(`.{0,80}Zq\d\d`).FindAllString(log, -1) {
				t.Errorf("the change log shows %q", found)
			}
		})
	}
}
