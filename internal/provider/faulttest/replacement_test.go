package faulttest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// replaced has one object of each resource, and terraform_data, whose change
// replaces all of them. KEY is in the keys, ADDRESS is the server's address and
// LIFECYCLE the create_before_destroy of all; OWN and OWNLIFE are those of the server
// and the template, on which others depend.
const replaced = `
resource "terraform_data" "trigger" {
  input = "TRIGGER"
}

resource "vicidial_server" "one" {
  server_id           = "dialOWN"
  server_ip           = "ADDRESS"
  max_vicidial_trunks = 100
  conference          = { engine = "CONFBRIDGE", rooms = 3 }
  OWNLIFE
}

resource "vicidial_trunk_split" "one" {
  campaign_id = "SALESKEY"
  total       = 40
  servers     = { (vicidial_server.one.server_ip) = {} }
  LIFECYCLE
}

resource "vicidial_conf_template" "one" {
  template_id       = "trunksOWN"
  template_name     = "Trunks"
  template_contents = "qualify=yes\n"
  OWNLIFE
}

resource "vicidial_carrier_route" "one" {
  name          = "TELCOKEY"
  servers       = [vicidial_server.one.server_ip]
  protocol      = "SIP"
  account_entry = "[telco]\ntype=peer\nhost=sip.example.com\n"
  dial          = { prefix = "KEY" }
  template_id   = vicidial_conf_template.one.template_id
  LIFECYCLE
}

resource "vicidial_inbound_did" "one" {
  did_pattern     = "800555010KEY"
  did_description = "Sales line"
  did_route       = "EXTEN"
  extension       = "8304"
  LIFECYCLE
}

resource "vicidial_inbound_numbers" "one" {
  name      = "block"
  dids      = ["KEY8005550200-KEY8005550203"]
  did_route = "EXTEN"
  extension = "8304"
  LIFECYCLE
}

resource "vicidial_remote_agents" "one" {
  user_start      = "900KEY"
  number_of_lines = 1
  server_ip       = vicidial_server.one.server_ip
  campaign_id     = "SALES1"
  conf_exten      = "8300"
  LIFECYCLE
}

resource "vicidial_agent_placement" "one" {
  name    = "floor"
  seats   = ["2000-2001"]
  naming  = { login = "KEY{seat}{suffix}", extension = "KEY{seat}", voicemail_id = "KEY{seat}", alias_id = "KEY{seat}" }
  servers = { (vicidial_server.one.server_ip) = { suffix = "a" } }
  phone   = {
    protocol        = "SIP"
    pass_wo         = "open1234"
    pass_wo_version = 1
  }
  LIFECYCLE
}

resource "vicidial_cluster_settings" "one" {
  outbound_calls_per_second = 77
  LIFECYCLE
}

resource "vicidial_haproxy_config" "one" {
  name     = "floor"
  hostname = "vici.example.com"
  nodes    = { web1 = { address = "10.10.20.11" } }
  tls      = { certificate_file = "/etc/haproxy/certs/vici.pem" }
  file     = { path = "FOLDER/haproxyKEY.cfg", check = false, backup = false }
  LIFECYCLE
}

resource "vicidial_nginx_config" "one" {
  name     = "floor"
  hostname = "vici.example.com"
  nodes    = { web1 = { address = "10.10.20.11" } }
  tls      = { certificate_file = "/etc/nginx/vici.pem", key_file = "/etc/nginx/vici.key" }
  file     = { path = "FOLDER/nginxKEY.conf", check = false, backup = false }
  LIFECYCLE
}
`

// replacedTypes are the resources of replaced.
var replacedTypes = acctest.ResourceTypes(replaced)

// drawReplaced draws every row of the objects.
const drawReplaced = `
SELECT 'server' AS what, CONCAT(server_id, ' ', server_ip) AS row_ FROM servers
UNION ALL SELECT 'rooms', CONCAT(server_ip, ' ', COUNT(*)) FROM vicidial_confbridges GROUP BY server_ip
UNION ALL SELECT 'split', CONCAT(campaign_id, ' ', server_ip, ' ', dedicated_trunks) FROM vicidial_server_trunks
UNION ALL SELECT 'template', template_id FROM vicidial_conf_templates WHERE template_id LIKE 'trunks%'
UNION ALL SELECT 'carrier', CONCAT(carrier_id, ' ', server_ip, ' ', active, ' ', template_id) FROM vicidial_server_carriers WHERE carrier_id LIKE 'TELCO%'
UNION ALL SELECT 'DID', did_pattern FROM vicidial_inbound_dids WHERE did_pattern LIKE '800555010%'
UNION ALL SELECT 'numbers', CONCAT(LEFT(did_pattern, 8), ' ', COUNT(*)) FROM vicidial_inbound_dids WHERE did_pattern LIKE '_8005550%' GROUP BY LEFT(did_pattern, 8)
UNION ALL SELECT 'remote agents', user_start FROM vicidial_remote_agents
UNION ALL SELECT 'phone', CONCAT(login, ' ', server_ip) FROM phones
UNION ALL SELECT 'alias', CONCAT(alias_id, ' ', logins_list) FROM phones_alias
UNION ALL SELECT 'settings', outbound_calls_per_second FROM system_settings
ORDER BY 1, 2`

func replacedRows(key, own, address string) string {
	return strings.NewReplacer("KEY", key, "OWN", own, "ADDRESS", address, "LAST", address[len(address)-1:]).Replace(`
		| what          | row_                            |
		| alias         | KEY2000 KEY2000a                   |
		| alias         | KEY2001 KEY2001a                   |
		| carrier       | TELCOKEY_0000LAST ADDRESS Y trunksOWN |
		| DID           | 800555010KEY                    |
		| numbers       | KEY8005550 4                    |
		| phone         | KEY2000a ADDRESS                |
		| phone         | KEY2001a ADDRESS                |
		| remote agents | 900KEY                          |
		| rooms         | ADDRESS 3                       |
		| server        | dialOWN ADDRESS                 |
		| settings      | 77                              |
		| split         | SALESKEY ADDRESS 40             |
		| template      | trunksOWN                       |`)
}

// exchange is a workspace whose objects are replaced.
type exchange struct {
	*workspace
	d      *sandbox.Database
	folder string // of the proxies' files

	key, address, trigger, lifecycle string
	own, ownLife                     string // where the server and the template have others
}

func anExchange(t *testing.T) *exchange {
	t.Helper()
	needTerraform(t)
	d := sandbox.Shared(t).Database(t, 1720)
	acctest.Campaigns(t, d, "SALES1", "SALES2")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4), ('9002', 'x', 'Night', 4)")()
	x := &exchange{workspace: open(t, d, d.Port), d: d, folder: t.TempDir(), key: "1", address: "10.0.0.1", trigger: "once"}
	x.stay(t, attached(t), d)
	return x
}

// set declares the objects as the exchange has them now.
func (x *exchange) set(t *testing.T) {
	t.Helper()
	x.declare(t, strings.NewReplacer("KEY", x.key, "ADDRESS", x.address, "TRIGGER", x.trigger, "LIFECYCLE", x.lifecycle,
		"OWNLIFE", cmp.Or(x.ownLife, x.lifecycle), "OWN", cmp.Or(x.own, x.key), "FOLDER", x.folder).Replace(replaced))
}

// taint marks objects as tainted in state.
func (x *exchange) taint(t *testing.T, names ...string) {
	t.Helper()
	var state map[string]any
	decoder := json.NewDecoder(bytes.NewReader(x.read(t, "terraform.tfstate")))
	decoder.UseNumber()
	if err := decoder.Decode(&state); err != nil {
		t.Fatal(err)
	}
	for _, found := range list(state["resources"]) {
		for _, name := range names {
			if found["type"] == name {
				list(found["instances"])[0]["status"] = "tainted"
			}
		}
	}
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	x.write(t, "terraform.tfstate", text)
}

func list(of any) []map[string]any {
	elements, _ := of.([]any)
	objects := make([]map[string]any, 0, len(elements))
	for _, element := range elements {
		if object, ok := element.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// expect expects the rows and files of a key and an address, no deposed object, and
// a plan that changes nothing.
func (x *exchange) expect(t *testing.T, claim string) {
	t.Helper()
	got, want := x.d.Table(t.Context(), drawReplaced), replacedRows(x.key, cmp.Or(x.own, x.key), x.address)
	if squeeze(got) != squeeze(want) {
		t.Errorf("%s: the rows are\n%s\nwant\n%s", claim, got, want)
	}
	files, err := filepath.Glob(filepath.Join(x.folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if names := fmt.Sprint(files); names != fmt.Sprintf("[%s/haproxy%s.cfg %s/nginx%s.conf]", x.folder, x.key, x.folder, x.key) {
		t.Errorf("%s: the files are %s", claim, names)
	}
	if strings.Contains(string(x.read(t, "terraform.tfstate")), `"deposed"`) {
		t.Errorf("%s: the state has a deposed object", claim)
	}
	if code, said := x.terraform("plan", "-detailed-exitcode"); code != 0 {
		t.Errorf("%s: the plan afterwards ends with %d\n%s", claim, code, said)
	}
}

// squeeze removes the lines and blanks that only align a table.
func squeeze(table string) string {
	var lines []string
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) > 1 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// ways are the ways in which objects are replaced. Each prepares the replacement of
// objects and returns the arguments of the apply.
var ways = []struct {
	name    string
	prepare func(t *testing.T, x *exchange, names []string) []string
}{
	{"-replace", func(_ *testing.T, _ *exchange, names []string) []string {
		var args []string
		for _, name := range names {
			args = append(args, "-replace="+name+".one")
		}
		return args
	}},
	{"taint", func(t *testing.T, x *exchange, names []string) []string {
		t.Helper()
		x.taint(t, names...)
		return nil
	}},
	{"replace_triggered_by", func(_ *testing.T, x *exchange, _ []string) []string {
		x.trigger += " more"
		return nil
	}},
	{"another key", func(_ *testing.T, x *exchange, _ []string) []string {
		x.key, x.address = map[string]string{"1": "2", "2": "1"}[x.key], map[string]string{"10.0.0.1": "10.0.0.2", "10.0.0.2": "10.0.0.1"}[x.address]
		return nil
	}},
}

// Every object is replaced in one run, in each way, with and without
// create_before_destroy: afterwards the rows are those of one instance.
func TestAccFaults_replacement(t *testing.T) {
	t.Parallel()
	x := anExchange(t)
	for i, createFirst := range []bool{true, false} {
		x.lifecycle = fmt.Sprintf("lifecycle {\n    create_before_destroy = %t\n    replace_triggered_by  = [terraform_data.trigger]\n  }", createFirst)
		x.set(t)
		if i == 0 {
			x.apply(t)
			x.expect(t, "create")
		} else {
			x.apply(t) // state has the lifecycle, too
		}
		for _, way := range ways {
			if testing.Short() && (createFirst == (way.name == "another key")) {
				continue
			}
			claim := fmt.Sprintf("%s, create_before_destroy = %t", way.name, createFirst)
			args := way.prepare(t, x, replacedTypes)
			x.set(t)
			code, said := x.terraform(append([]string{"apply", "-auto-approve"}, args...)...)
			if code != 0 {
				t.Fatalf("%s: the apply ends with %d\n%s", claim, code, said)
			}
			if !strings.Contains(said, fmt.Sprintf("%d added, 0 changed, %d destroyed", len(replacedTypes), len(replacedTypes))) && way.name != "another key" && way.name != "replace_triggered_by" {
				t.Errorf("%s: not everything was replaced\n%s", claim, said)
			}
			x.expect(t, claim)
		}
	}
}

// A server and a template are replaced in each way, and what depends on them stays.
// Without create_before_destroy the rows that name them are in the way of the delete,
// which says so and leaves everything as it was.
func TestAccFaults_replacementWithDependants(t *testing.T) {
	t.Parallel()
	x := anExchange(t)
	x.own = "1"
	for _, createFirst := range []bool{true, false} {
		x.lifecycle = fmt.Sprintf("lifecycle {\n    create_before_destroy = %t\n  }", createFirst)
		x.ownLife = strings.Replace(x.lifecycle, "\n  }", "\n    replace_triggered_by  = [terraform_data.trigger]\n  }", 1)
		x.set(t)
		x.apply(t)
		for _, way := range ways {
			claim := fmt.Sprintf("%s with dependants, create_before_destroy = %t", way.name, createFirst)
			own, address, trigger := x.own, x.address, x.trigger
			x.key = own // another one is for these two alone
			args := way.prepare(t, x, []string{"vicidial_server", "vicidial_conf_template"})
			x.own, x.key = x.key, "1"
			x.set(t)
			code, said := x.terraform(append([]string{"apply", "-auto-approve"}, args...)...)
			if createFirst != (code == 0) {
				t.Errorf("%s: the apply ends with %d\n%s", claim, code, said)
			}
			if !createFirst && (!holds(said, "Unable to delete server dial"+own) || !holds(said, "Unable to delete template trunks"+own)) {
				t.Errorf("%s: the apply does not say what stands in the way\n%s", claim, said)
			}
			if !createFirst && way.name == "taint" {
				x.must(t, "untaint", "vicidial_server.one")
				x.must(t, "untaint", "vicidial_conf_template.one")
			}
			if !createFirst {
				// What triggers a replacement is updated after the deletes.
				x.own, x.address, x.trigger = own, address, trigger
				x.set(t)
			}
			x.expect(t, claim)
		}
	}
}
