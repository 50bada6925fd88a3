package conftemplate

import (
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
)

// A save of the form without a change is no drift, or it was warned of.
func TestSavedForm(t *testing.T) {
	page := clustertest.ReadPage(t)
	counted := func(s cluster.Schema, column, text string) bool {
		return len(rules.Violations(s, cluster.TableTemplates, nil, cluster.Row{column: cluster.Text(text)})) > 0
	}
	columns := slices.DeleteFunc(page.Columns(cluster.TableTemplates), func(column string) bool { _, ruled := rules[column]; return !ruled })
	page.CheckSaved(t, cluster.TableTemplates, columns, counted, cluster.EquivalentTemplate)
}
