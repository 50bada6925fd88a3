package seating

import (
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
)

// Every column of text that can be declared comes back from the phone form as it is, or
// is warned of.
func TestPhoneForm(t *testing.T) {
	page := clustertest.ReadPage(t)
	counted := func(s cluster.Schema, column, text string) bool {
		return PhoneForm[column].Check(s, cluster.Text(text)) != nil
	}
	same := func(column string, meant, held cluster.Value) bool {
		if column == "conf_override" {
			return cluster.EquivalentText(meant.Text, held.Text)
		}
		return cluster.TablePhones.Equivalent(column, meant, held)
	}
	page.CheckSaved(t, cluster.TablePhones, page.Columns(cluster.TablePhones), counted, same)
	// What a list offers comes back as it is.
	lists := []string{"protocol", "local_gmt", "user_group", "template_id", "is_webphone", "webphone_dialpad", "webphone_settings", "nva_search_method"}
	for _, column := range PhoneColumns {
		if _, ruled := PhoneForm[column.Name]; column.Kind == KindText && !ruled && !slices.Contains(lists, column.Name) {
			t.Errorf("nothing says what the form makes of %s", column.Name)
		}
	}
}
