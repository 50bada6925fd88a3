package asterisk

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
)

// A save of the form of a carrier or a template without a change is no drift, or it was
// warned of.
func TestSavedTexts(t *testing.T) {
	page := clustertest.ReadPage(t)
	counted := func(s cluster.Schema, column, text string) bool {
		return len(CheckForm(cluster.AsteriskText(column), text, s.Version)) > 0
	}
	same := func(_ string, meant, held cluster.Value) bool { return cluster.EquivalentText(meant.Text, held.Text) }
	texts := []string{"account_entry", "carrier_description", "dialplan_entry", "globals_string", "registration_string"}
	page.CheckSaved(t, cluster.TableCarriers, texts, counted, same)
	page.CheckSaved(t, cluster.TableTemplates, []string{"template_contents"}, counted, same)
}

// What a dial block becomes comes back from the form of every schema, and reads as the
// same block.
func TestSavedDial(t *testing.T) {
	page := clustertest.ReadPage(t)
	for _, schema := range clustertest.Schemas {
		dial := aDial()
		dial.NoComments = !KeepsComments(schema)
		text := dial.Dialplan()
		saved, _ := page.Save(cluster.TableCarriers, string(cluster.DialplanEntry), schema, text)
		if !cluster.EquivalentText(saved, text) || len(CheckForm(cluster.DialplanEntry, text, schema)) > 0 {
			t.Errorf("schema %d: the form makes %q of %q", schema, saved, text)
		}
		if read, ok := ReadDial(dial.Protocol, saved); !ok || read.Route != dial.Route || strings.Contains(text, ";") == dial.NoComments {
			t.Errorf("schema %d: %q reads as %+v", schema, saved, read)
		}
	}
	if !slices.Contains(clustertest.Schemas, 1302) {
		t.Error("no schema takes comments")
	}
}
