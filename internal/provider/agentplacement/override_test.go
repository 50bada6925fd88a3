package agentplacement

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// A user group that is set is spelled as its row spells it; one that stands is warned of.
func TestReviewUserGroups(t *testing.T) {
	t.Parallel()
	declare := func(alias, phone, seat string) declaration {
		group := func(name string) cluster.Row { return cluster.Row{"user_group": cluster.Text(name)} }
		return declaration{style: seating.FloorStyle{AliasGroup: alias, Phone: group(phone), Seats: map[string]cluster.Row{"2000": group(seat)}}}
	}
	schema := cluster.Schema{UserGroups: []string{"SALES"}}
	for name, c := range map[string]struct {
		want, before     declaration
		errors, warnings int
	}{
		"rows' own letters":      {declare("SALES", "SALES", "---ALL---"), declaration{}, 0, 0},
		"groups that are not":    {declare("b", "c", ""), declaration{}, 0, 0},
		"other letters":          {declare("Sales", "sales", "sAles"), declaration{}, 3, 0},
		"other letters as found": {declare("Sales", "sales", "sAles"), declare("Sales", "sales", "sAles"), 0, 3},
		"one changes":            {declare("Sales", "sales", "sAles"), declare("Sales", "SALES", "sAles"), 1, 2},
	} {
		found := reviewUserGroups(schema, c.want, c.before)
		if len(found.Errors()) != c.errors || len(found.Warnings()) != c.warnings {
			t.Errorf("%s: %v", name, found)
		}
		for _, d := range found {
			if !strings.Contains(d.Detail(), "SALES; write it so here too") {
				t.Errorf("%s: %s", name, d.Detail())
			}
		}
	}
}
