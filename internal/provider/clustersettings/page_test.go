package clustersettings

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
)

// A save of the form without a change is no drift, or it was warned of.
func TestSavedForm(t *testing.T) {
	page := clustertest.ReadPage(t)
	counted := func(s cluster.Schema, column, text string) bool {
		return len(rules.Violations(s, cluster.TableSettings, nil, cluster.Row{column: cluster.Text(text)})) > 0
	}
	columns := slices.DeleteFunc(page.Columns(cluster.TableSettings), func(column string) bool { _, ruled := rules[column]; return !ruled })
	page.CheckSaved(t, cluster.TableSettings, columns, counted, cluster.EquivalentSetting)
}

// The page marks a title as selected where the list holds it with a blank before it, as
// its options are, and saves the options that are selected
// (docs/vicidial/admin-page.md#report-list).
func TestSavedReports(t *testing.T) {
	options := []string{"NONE", " Real-Time Main Report", " Agent Time Detail", " Inbound Report"}
	for _, titles := range [][]string{{"Agent Time Detail"}, {"Inbound Report", "Real-Time Main Report"}, {}} {
		written := cluster.FormatReports(titles)
		saved := ""
		for _, option := range options {
			if option != "NONE" && len(written) > 0 && strings.Contains(written, option) {
				if saved != "" {
					saved += ","
				}
				saved += option
			}
		}
		if !cluster.TableSettings.Equivalent("reports_use_slave_db", cluster.Text(written), cluster.Text(saved)) {
			t.Errorf("%q is saved as %q", written, saved)
		}
	}
}
