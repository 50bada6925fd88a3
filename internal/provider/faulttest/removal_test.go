package faulttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// leaving has one of each thing whose removal compares rows with what was seen.
// KEY is in the key of each, and twice in that of a DID, whose keys are longer.
const leaving = `
resource "vicidial_trunk_split" "one" {
  campaign_id = "SALESKEY"
  total       = 60
  servers     = { "10.0.0.1" = {} }
}

resource "vicidial_carrier_route" "one" {
  name          = "TELCOKEY"
  servers       = ["10.0.0.1", "10.0.0.2"]
  protocol      = "SIP"
  account_entry = "[telco]\ntype=peer\nhost=sip.example.com\n"
  dial          = { prefix = "9" }
}

resource "vicidial_conf_template" "one" {
  template_id       = "softKEY"
  template_name     = "Softphones"
  template_contents = "type=friend\n"
}

resource "vicidial_inbound_did" "one" {
  did_pattern     = "800555010KEY"
  did_description = "Sales line"
  did_route       = "EXTEN"
  extension       = "8304"
}

resource "vicidial_remote_agents" "one" {
  user_start      = "900KEY"
  number_of_lines = 1
  server_ip       = "10.0.0.1"
  campaign_id     = "SALES1"
  conf_exten      = "8300"
}

resource "vicidial_agent_placement" "one" {
  name    = "floorKEY"
  seats   = ["2000-2003"]
  servers = {
    "10.0.0.1" = { suffix = "a" }
    "10.0.0.2" = { suffix = "b" }
  }
  phone = {
    protocol        = "SIP"
    pass_wo         = "open1234"
    pass_wo_version = 1
  }
}
`

// What is left of them, by the key that they have.
const left = `
SELECT 'split' AS what, COUNT(*) AS left_ FROM vicidial_server_trunks WHERE campaign_id = CONCAT('SALES', ?)
UNION ALL SELECT 'carriers', COUNT(*) FROM vicidial_server_carriers WHERE carrier_id LIKE CONCAT('TELCO', ?, '%')
UNION ALL SELECT 'template', COUNT(*) FROM vicidial_conf_templates WHERE template_id = CONCAT('soft', ?)
UNION ALL SELECT 'DID', COUNT(*) FROM vicidial_inbound_dids WHERE did_pattern = CONCAT('800555010', ?)
UNION ALL SELECT 'remote agents', COUNT(*) FROM vicidial_remote_agents WHERE user_start = CONCAT('900', ?)`

const (
	allLeft = `
		| what          | left_ |
		| split         |     1 |
		| carriers      |     2 |
		| template      |     1 |
		| DID           |     1 |
		| remote agents |     1 |`
	noneLeft = `
		| what          | left_ |
		| split         |     0 |
		| carriers      |     0 |
		| template      |     0 |
		| DID           |     0 |
		| remote agents |     0 |`
)

// expectLeft compares what is left of the things that have a key.
func expectLeft(t *testing.T, d *sandbox.Database, want, key string) {
	t.Helper()
	d.Expect(t, left, want, slices.Repeat([]any{key}, strings.Count(left, "?"))...)
}

// byHand changes a row of each thing, as somebody at the admin page would.
var byHand = []string{
	"UPDATE vicidial_server_trunks SET dedicated_trunks = 5",
	"UPDATE vicidial_server_carriers SET carrier_description = 'by hand' WHERE carrier_id LIKE 'TELCO%' LIMIT 1",
	"UPDATE vicidial_conf_templates SET template_name = 'by hand' WHERE template_id LIKE 'soft%'",
	"UPDATE vicidial_inbound_dids SET did_description = 'by hand' WHERE did_pattern LIKE '800555010%'",
	"UPDATE vicidial_remote_agents SET conf_exten = '8301', closer_campaigns = ' OTHERS -'",
}

const phoneByHand = "UPDATE phones SET fullname = 'by hand' WHERE login = '2000a'"

func aPlaceToLeave(t *testing.T) (*sandbox.Database, *workspace) {
	t.Helper()
	needTerraform(t)
	d := sandbox.Shared(t).Database(t, 1720)
	acctest.Campaigns(t, d, "SALES1", "SALES2")
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 200), ('dial2', '10.0.0.2', 200)",
		"INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4), ('9002', 'x', 'Night', 4)")()
	w := open(t, d, d.Port)
	w.declare(t, strings.ReplaceAll(leaving, "KEY", "1"))
	w.apply(t)
	w.settled(t)
	expectLeft(t, d, allLeft, "1")
	return d, w
}

// Somebody has changed rows since the last apply, and then their blocks leave the
// configuration: the plan tells of the change, and the rows go. Terraform plans
// such a removal by what it knew before it looked.
func TestAccFaults_changedAndThenRemoved(t *testing.T) {
	t.Parallel()
	d, w := aPlaceToLeave(t)
	acctest.Run(t, d, append([]string{phoneByHand}, byHand...)...)()
	w.declare(t, "")
	w.apply(t)
	expectLeft(t, d, noneLeft, "1")
	d.Expect(t, "SELECT (SELECT COUNT(*) FROM phones) AS phones, (SELECT COUNT(*) FROM phones_alias) AS aliases", "| phones | aliases |\n|      0 |       0 |")
	w.settled(t)
}

// A row that changes between the plan of its removal and the apply is reported with its author.
func TestAccFaults_changedWhileItIsRemoved(t *testing.T) {
	t.Parallel()
	d, w := aPlaceToLeave(t)
	w.declare(t, "")
	w.must(t, "plan", "-out=planned")
	acctest.Run(t, d, byHand...)()
	code, said := w.terraform("apply", "planned")
	if code == 0 {
		t.Error("the apply removed them")
	}
	for _, thing := range []string{"trunk split SALES1", "carrier route TELCO1", "template soft1", "DID 8005550101", "remote agents 9001"} {
		if !holds(said, "Unable to delete "+thing) {
			t.Errorf("nothing is reported of %s\n%s", thing, said)
		}
	}
	expectLeft(t, d, allLeft, "1")
}

// Another key makes another thing, and the old one goes.
func TestAccFaults_replaced(t *testing.T) {
	t.Parallel()
	d, w := aPlaceToLeave(t)
	w.declare(t, strings.ReplaceAll(leaving, "KEY", "2"))
	w.apply(t)
	expectLeft(t, d, noneLeft, "1")
	expectLeft(t, d, allLeft, "2")
	d.Expect(t, "SELECT (SELECT COUNT(*) FROM phones) AS phones, (SELECT COUNT(*) FROM phones_alias) AS aliases", "| phones | aliases |\n|      8 |       4 |")
	w.settled(t)
}

// What is tainted goes as well, although Terraform hands its removal no memory.
func TestAccFaults_taintedAndReplaced(t *testing.T) {
	t.Parallel()
	d, w := aPlaceToLeave(t)
	for _, thing := range []string{"trunk_split", "carrier_route", "conf_template", "inbound_did", "remote_agents", "agent_placement"} {
		w.must(t, "taint", "vicidial_"+thing+".one")
	}
	// That a route leaves with its prefix is not known of one that is tainted.
	w.declare(t, strings.ReplaceAll(strings.Replace(leaving, `prefix = "9"`, `prefix = "8"`, 1), "KEY", "2"))
	w.apply(t)
	expectLeft(t, d, noneLeft, "1")
	expectLeft(t, d, allLeft, "2")
	w.settled(t)
}
