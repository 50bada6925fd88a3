package server

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
		return len(rules.Violations(s, cluster.TableServers, nil, cluster.Row{column: cluster.Text(text)})) > 0
	}
	columns := slices.DeleteFunc(page.Columns(cluster.TableServers), func(column string) bool { _, ruled := rules[column]; return !ruled })
	page.CheckSaved(t, cluster.TableServers, columns, counted, cluster.TableServers.Equivalent)
}

// The column of the conference engine is older than the code that reads it.
func TestConfbridgeIsWarnedOfBeforeItsCode(t *testing.T) {
	for version, warned := range map[int]bool{1669: true, 1690: true, 1713: true, 1714: false, 1720: false} {
		for _, engine := range []cluster.Engine{cluster.Confbridge, cluster.Meetme} {
			s := cluster.Schema{Version: version, Tables: map[cluster.Table]map[string]cluster.Column{cluster.TableServers: {"conf_engine": {Type: "enum('MEETME','CONFBRIDGE')"}}}}
			found := rules.Violations(s, cluster.TableServers, nil, cluster.Row{"conf_engine": cluster.Text(string(engine))})
			if want := warned && engine == cluster.Confbridge; (len(found) > 0) != want || want && !found[0].Advice {
				t.Errorf("schema %d, %s: %+v", version, engine, found)
			}
		}
	}
}
