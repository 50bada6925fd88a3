package moduletest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// newEmptySystem returns a database of a new system with what sites name.
func newEmptySystem(t *testing.T) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, 1720)
	for _, statement := range []string{
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO'), ('SURVEY', 'Survey', 'Y', 'RATIO')",
		"INSERT INTO vicidial_inbound_groups (group_id, group_name, active) VALUES ('SALESLINE', 'Sales', 'Y'), ('SUPPORT', 'Support', 'Y')",
		"INSERT INTO vicidial_users (user, pass) VALUES ('9000', 'x')",
	} {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// expectEmpty checks that the rows of a site are deleted and other rows are
// unchanged.
func expectEmpty(t *testing.T, d *sandbox.Database) {
	t.Helper()
	d.Expect(t, "SELECT (SELECT COUNT(*) FROM servers) AS servers, (SELECT COUNT(*) FROM vicidial_server_trunks) AS trunks, "+
		"(SELECT COUNT(*) FROM vicidial_confbridges) + (SELECT COUNT(*) FROM vicidial_conferences) AS rooms, "+
		"(SELECT COUNT(*) FROM vicidial_settings_containers WHERE container_id = 'AGENT_LOAD_BALANCING_WEIGHT') AS containers, "+
		"(SELECT COUNT(*) FROM vicidial_server_carriers WHERE carrier_id REGEXP '^(MAIN|BACKUP|SPARE|EAST|WEST|NORTH|TRUNK|WORLD)_[0-9a-z]{5}$') AS carriers, "+
		"(SELECT COUNT(*) FROM phones WHERE login REGEXP '^[0-9]{4}[a-z]$') + (SELECT COUNT(*) FROM phones_alias) AS phones, "+
		"(SELECT COUNT(*) FROM vicidial_remote_agents) AS agents, "+
		"(SELECT COUNT(*) FROM vicidial_inbound_dids WHERE did_pattern NOT IN ('default', 'did_system_filter')) AS numbers", `
		| servers | trunks | rooms | containers | carriers | phones | agents | numbers |
		|       0 |      0 |     0 |          0 |        0 |      0 |      0 |       0 |`)
	d.Expect(t, "SELECT active_voicemail_server, slave_db_server, outbound_calls_per_second AS cps FROM system_settings", `
		| active_voicemail_server | slave_db_server | cps |
		|                         |                 |  10 |`)
}

func TestSite_mocked(t *testing.T) {
	t.Parallel()
	// A mocked provider needs no database.
	said := newCLI(t, "modules/site").run(0, "test", "-filter=tests/mocked.tftest.hcl")
	if !strings.Contains(said, "33 passed, 0 failed") {
		t.Errorf("terraform test says\n%s", said)
	}
}

func TestSite_database(t *testing.T) {
	t.Parallel()
	d := newEmptySystem(t)
	said := newCLI(t, "modules/site", connection(d)...).run(0, "test", "-filter=tests/site.tftest.hcl")
	if !strings.Contains(said, "4 passed, 0 failed") {
		t.Errorf("terraform test says\n%s", said)
	}
	expectEmpty(t, d)
}

// secrets are passwords for any of the sites here.
var secrets = map[string]any{
	"conf_secret": "pw-conf-77", "manager_secret": "pw-manager-77", "phone_password": "pw-phone-77", "registration_password": "pw-registration-77",
	"carriers": map[string]any{"EAST": map[string]any{"password": "pw-east-77"}, "WEST": map[string]any{"password": "pw-west-77"}, "MAIN": map[string]any{"password": "pw-main-77"}},
}

// The examples of three sizes are applied, and change nothing after that.
func TestSite_sizes(t *testing.T) {
	t.Parallel()
	for size, want := range map[string]string{
		"small":  "| servers | phones | carriers | numbers |\n|       4 |     80 |        3 |       1 |",
		"medium": "| servers | phones | carriers | numbers |\n|      13 |   1300 |       48 |     122 |",
		"large":  "| servers | phones | carriers | numbers |\n|      41 |   5000 |      120 |    3000 |",
	} {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			d := newEmptySystem(t)
			c := newCLI(t, "modules/site/examples/"+size, append(connection(d), variableSetting(t, "secrets", secrets))...)
			c.run(0, "apply", "-auto-approve")
			d.Expect(t, "SELECT (SELECT COUNT(*) FROM servers) AS servers, (SELECT COUNT(*) FROM phones WHERE login REGEXP '^[0-9]{4,5}[a-z]+$') AS phones, "+
				"(SELECT COUNT(*) FROM vicidial_server_carriers WHERE carrier_id REGEXP '^(MAIN|BACKUP|SPARE|EAST|WEST|NORTH|TRUNK|WORLD)_[0-9a-z]{5}$') AS carriers, "+
				"(SELECT COUNT(*) FROM vicidial_inbound_dids WHERE did_pattern NOT IN ('default', 'did_system_filter')) AS numbers", want)
			c.run(0, "plan", "-detailed-exitcode")
		})
	}
}

// A state that the module without a version made is taken over without a change.
func TestSite_upgrade(t *testing.T) {
	t.Parallel()
	d := newEmptySystem(t)
	c := newCLI(t, "sites", append(connection(d), variableSetting(t, "secrets", secrets))...)
	old := filepath.Join(filepath.Dir(c.folder), "modules", "old")
	if err := os.CopyFS(old, os.DirFS(filepath.Join("testdata", "unversioned"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.tf", "variables.tf", "outputs.tf"} {
		if err := os.Remove(filepath.Join(c.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	const call = `
terraform {
  required_providers { vicidial = { source = "vicidial/vicidial" } }
}
variable "secrets" {
  type      = any
  ephemeral = true
}
provider "vicidial" {}
module "site" {
  source  = "../modules/old"
  secrets = var.secrets
  site = {
    name      = "anchor"
    database  = "10.10.10.5"
    replica   = "10.10.10.6"
    telephony = { dial1 = { address = "10.10.10.11", trunks = 250 }, dial2 = { address = "10.10.10.12", trunks = 150, engine = "MEETME" } }
    campaigns = { SALES = { lines = 120, spare = 1 } }
    web       = { web1 = "10.10.10.31" }
    reports   = ["Agent Time Detail"]
    hostname  = "agents.example.com"
    carriers  = {
      MAIN   = { host = "192.0.2.10", prefix = "9", failover = ["BACKUP"], inbound = true }
      BACKUP = { host = "192.0.2.20", prefix = "8" }
    }
    numbers = { "5550100" = { extension = "8600051", description = "Front desk" } }
  }
}
`
	c.write("main.tf", call)
	c.run(0, "init")
	c.run(0, "apply", "-auto-approve")
	d.Expect(t, "SELECT COUNT(*) AS c FROM vicidial_server_carriers WHERE carrier_id REGEXP '^(MAIN|BACKUP|SPARE|EAST|WEST|NORTH|TRUNK|WORLD)_[0-9a-z]{5}$'", "| c |\n| 4 |")
	c.write("main.tf", strings.Replace(call, "../modules/old", "../modules/site", 1)+`
moved {
  from = module.site.vicidial_carrier_route.first["MAIN"]
  to   = module.site.vicidial_carrier_route.carrier["MAIN"]
}
`)
	c.run(0, "init")
	said := c.run(0, "plan", "-out=moved")
	if !regexp.MustCompile(`0 to add, [01] to change, 0 to destroy`).MatchString(said) {
		t.Errorf("the plan says\n%s", said)
	}
	c.run(0, "apply", "moved")
	c.run(0, "plan", "-detailed-exitcode")
	c.run(0, "destroy", "-auto-approve")
	expectEmpty(t, d)
}

// The README shows the types of the variables as they are, and all outputs.
func TestSite_readme(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", "modules", "site", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	readme := read("README.md")
	types := regexp.MustCompile(`(?ms)^  type = (object\(\{.*?^  \}\))$`).FindAllStringSubmatch(read("variables.tf"), -1)
	for _, found := range types {
		if !strings.Contains(readme, strings.ReplaceAll(found[1], "\n  ", "\n")) {
			t.Errorf("README.md has another type than\n%s", found[1])
		}
	}
	outputs := regexp.MustCompile(`(?m)^output "(\w+)" \{\n  description = "(.*)"$`).FindAllStringSubmatch(read("outputs.tf"), -1)
	for _, found := range outputs {
		if !strings.Contains(readme, `<a name="output_`+found[1]+`"></a>`) || !strings.Contains(readme, found[2]) {
			t.Errorf("README.md does not describe the output %s", found[1])
		}
	}
	if len(types) != 2 || len(outputs) != strings.Count(readme, `<a name="output_`) {
		t.Errorf("%d types and %d outputs are compared", len(types), len(outputs))
	}
}
