package carrierroute

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
)

// A save of the form without a change is no drift, or it was warned of. Package asterisk
// has the same for the texts of a carrier.
func TestSavedForm(t *testing.T) {
	page := clustertest.ReadPage(t)
	counted := func(s cluster.Schema, column, text string) bool {
		return len(rules.Violations(s, cluster.TableCarriers, nil, cluster.Row{column: cluster.Text(text)})) > 0
	}
	page.CheckSaved(t, cluster.TableCarriers, []string{"carrier_name", "user_group"}, counted, cluster.TableCarriers.Equivalent)
}
