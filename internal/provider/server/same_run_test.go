package server_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Rows of objects that the same run removes are no obstacle, although nothing in the
// configuration says in which order the objects go.
func TestAccServer_removedWithWhatNamesIt(t *testing.T) {
	t.Parallel()
	twin := func(id, ip, twin string) string {
		return anotherServer(id, ip, `active_twin_server_ip = "`+twin+`"`, "conference = { rooms = 2 }")
	}
	for name, c := range map[string]struct{ first, before, after string }{
		"twins of each other":         {before: twin("dial1", "10.0.0.1", "10.0.0.2") + twin("dial2", "10.0.0.2", "10.0.0.1")},
		"twins in a ring":             {before: twin("dial1", "10.0.0.1", "10.0.0.2") + twin("dial2", "10.0.0.2", "10.0.0.3") + twin("dial3", "10.0.0.3", "10.0.0.1")},
		"a server that is its twin":   {before: twin("dial1", "10.0.0.1", "10.0.0.1")},
		"a twin that names one alone": {before: twin("dial1", "10.0.0.1", "") + twin("dial2", "10.0.0.2", "10.0.0.1")},
		"a twin that is given up": {
			before: twin("dial1", "10.0.0.1", "10.0.0.2") + twin("dial2", "10.0.0.2", "10.0.0.1"),
			after:  twin("dial2", "10.0.0.2", ""),
		},
		"all that may name it by its address": {first: anotherServer("dial1", "10.0.0.1", "max_vicidial_trunks = 50", "conference = { rooms = 5 }") +
			anotherServer("dial2", "10.0.0.2", "max_vicidial_trunks = 50", "conference = { rooms = 5 }"), before: `
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 10
  servers     = { "10.0.0.1" = {}, "10.0.0.2" = {} }
}
resource "vicidial_carrier_route" "main" {
  name           = "MAIN"
  servers        = ["10.0.0.1"]
  protocol       = "SIP"
  account_entry  = "[main]\nhost=x\n"
  template_id    = "trunks"
}
resource "vicidial_conf_template" "trunks" {
  template_id       = "trunks"
  template_name     = "Trunks"
  template_contents = "qualify=yes"
}
resource "vicidial_agent_placement" "floor" {
  name    = "floor"
  seats   = ["2000-2003"]
  servers = { "10.0.0.1" = { suffix = "a" }, "10.0.0.2" = { suffix = "b" } }
  phone   = { pass_wo = "secret1", pass_wo_version = 1 }
}
resource "vicidial_inbound_did" "main" {
  did_pattern = "5551000"
  did_route   = "PHONE"
  phone       = "2000"
  server_ip   = "10.0.0.1"
}
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			acctest.Campaigns(t, d, "SALES")
			var steps []resource.TestStep
			if c.first != "" {
				steps = append(steps, resource.TestStep{Config: acctest.Provider(d) + c.first})
			}
			steps = append(steps, resource.TestStep{Config: acctest.Provider(d) + c.first + c.before})
			if c.after == "" {
				steps = append(steps, resource.TestStep{
					Config: acctest.Provider(d), Check: acctest.Expect(t, d, rows, "| server_id |"),
				})
			} else {
				steps = append(steps, resource.TestStep{
					Config: acctest.Provider(d) + c.after, Check: acctest.Expect(t, d, rows, "| server_id |\n| dial2     |"),
				})
			}
			acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Providers(), Steps: steps})
		})
	}
}
