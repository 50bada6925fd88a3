package cluster

import (
	"errors"
	"testing"
)

// A row that was deleted since the plan was made is a conflict, and is not made again in
// silence; one that no plan has seen is new.
func TestPlansOfRemovedRows(t *testing.T) {
	plans := map[string]func(seen Row) (Plan, error){
		"DID": func(seen Row) (Plan, error) {
			return DIDChange{Pattern: "100", Seen: seen, Want: Row{"did_description": Text("a")}}.Plan()
		},
		"template": func(seen Row) (Plan, error) {
			return TemplateChange{ID: "t", Seen: seen, Want: Row{"template_name": Text("a")}}.Plan()
		},
		"remote agents": func(seen Row) (Plan, error) {
			return RemoteAgentsChange{UserStart: "9000", Seen: seen, Want: Row{"number_of_lines": Text("1")}}.Plan()
		},
		"carrier": func(seen Row) (Plan, error) {
			change := CarrierChange{Route: "EAST", Want: Carriers{{"carrier_id": Text("EAST"), "server_ip": Text("10.0.0.1")}}}
			if seen != nil {
				change.Seen = change.Want
			}
			return change.Plan()
		},
	}
	for name, plan := range plans {
		if made, err := plan(nil); err != nil || len(made.Steps) != 1 || made.Steps[0].Verb != Insert {
			t.Errorf("a new %s: %v, %v", name, made.Steps, err)
		}
		var conflict *Conflict
		if made, err := plan(Row{"server_ip": Text("10.0.0.1")}); !errors.As(err, &conflict) || len(made.Steps) > 0 {
			t.Errorf("a %s that is gone: %v, %v", name, made.Steps, err)
		}
	}
}
