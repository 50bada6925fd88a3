package cluster

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestTemplateChange(t *testing.T) {
	row := Row{"template_id": Text("t1"), "template_name": Text("one"), "template_contents": Text("type=friend\n")}
	use := TemplateUse{
		Phones:   []TemplatePhone{{Extension: "101", ServerIP: "10.0.0.2"}, {Extension: "102", ServerIP: "10.0.0.1"}},
		Carriers: Carriers{aCarrier("A", "10.0.0.3")},
	}
	t.Run("new contents flag every node that has a phone or a carrier using it", func(t *testing.T) {
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row, Want: Row{"template_contents": Text("type=peer\n")}, Use: use}.Plan()
		if err != nil || len(plan.Steps) != 1 || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}) {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("a carrier for all servers flags all", func(t *testing.T) {
		use := TemplateUse{Carriers: Carriers{aCarrier("A", AllServers)}}
		if plan, err := (TemplateChange{ID: "t1", Have: row, Seen: row, Want: Row{"template_contents": Text("a=b")}, Use: use}).Plan(); err != nil || !plan.Rebuild.All {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("an apply that died before its flags leaves its users stale", func(t *testing.T) {
		have := Row{"template_id": Text("t1"), "template_name": Text("two"), "template_contents": Text("type=peer\n")}
		if stale := (TemplateChange{ID: "t1", Have: have, Seen: row, Use: use}).Stale(); len(stale.Servers) != 3 {
			t.Errorf("stale %v", stale)
		}
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row, Want: row, Use: use, PendingRebuild: RebuildOf([]string{"10.0.0.9"})}.Plan()
		if err != nil || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.9"}) {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("a new name flags no server", func(t *testing.T) {
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row, Want: Row{"template_name": Text("two")}, Use: use}.Plan()
		if err != nil || len(plan.Steps) != 1 || len(plan.Rebuild.Servers) > 0 {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("CR LF from the form is no change", func(t *testing.T) {
		have := Row{"template_id": Text("t1"), "template_contents": Text("type=friend\r\n")}
		if plan, err := (TemplateChange{ID: "t1", Have: have, Seen: row, Want: row, Use: use}).Plan(); err != nil || len(plan.Steps) != 1 || !maps.Equal(plan.Steps[0].To, Row{"template_name": Text("one")}) {
			t.Errorf("%v, %+v", err, plan) // the name was not in have, so that alone is written
		}
	})
	t.Run("a template in use does not go, and its users are named", func(t *testing.T) {
		_, err := TemplateChange{ID: "t1", Have: row, Seen: row, Use: use}.Plan()
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "phone 101 on 10.0.0.2") || !strings.Contains(err.Error(), "carrier A on 10.0.0.3") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an unused template is removed", func(t *testing.T) {
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row}.Plan()
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Verb != Delete || plan.Steps[0].Audit.Code != "ADMIN DELETE CONF TEMPLATE" {
			t.Errorf("%v, %+v", err, plan)
		}
	})
}
