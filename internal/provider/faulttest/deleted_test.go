package faulttest_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// deleteRows deletes the rows of each object of updated.
var deleteRows = []string{
	"DELETE FROM servers WHERE server_id = 'dial1'",
	"DELETE FROM vicidial_confbridges WHERE server_ip = '10.0.0.1'",
	"DELETE FROM vicidial_server_trunks",
	"DELETE FROM vicidial_conf_templates WHERE template_id = 'trunks1'",
	"DELETE FROM vicidial_server_carriers WHERE carrier_id LIKE 'TELCO%'",
	"DELETE FROM vicidial_inbound_dids WHERE did_pattern LIKE '800555010%'",
	"DELETE FROM vicidial_remote_agents",
	"DELETE FROM phones",
	"DELETE FROM phones_alias",
	"UPDATE system_settings SET outbound_calls_per_second = 55",
}

// All rows of an object are deleted by hand. Terraform refreshes and plans it in one
// command, and passes the private state of the deleted object to the plan.
func TestAccFaults_deletedRows(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	d := databaseOfUpdates(t, s)
	w := open(t, d, d.Port)
	none := d.Table(t.Context(), drawUpdated)
	w.declare(t, updated(false)+`
resource "vicidial_inbound_numbers" "one" {
  name            = "numbers"
  dids            = ["8005550105-8005550107"]
  did_description = "Numbers"
  did_route       = "EXTEN"
  extension       = "8304"
}
`)
	w.apply(t)
	rows := d.Table(t.Context(), drawUpdated)
	t.Run("the next apply inserts them", func(t *testing.T) {
		acctest.Run(t, d, deleteRows...)()
		w.apply(t)
		w.settled(t)
		if have := d.Table(t.Context(), drawUpdated); have != rows {
			t.Errorf("the rows are\n%s\nwant\n%s", have, rows)
		}
	})
	t.Run("a destroy ends", func(t *testing.T) {
		acctest.Run(t, d, deleteRows...)()
		w.must(t, "destroy", "-auto-approve")
		if have := d.Table(t.Context(), drawUpdated); have != none {
			t.Errorf("it leaves the rows\n%s\nwant\n%s", have, none)
		}
	})
}
