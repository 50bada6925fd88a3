package cluster

import (
	"errors"
	"testing"
)

func TestDIDChange(t *testing.T) {
	row := Row{"did_id": Text("7"), "did_pattern": Text("8005551212"), "did_route": Text("IN_GROUP"), "group_id": Text("SALES")}
	want := row.Only("did_route", "group_id")
	t.Run("a new DID is one row and flags no server", func(t *testing.T) {
		plan, err := DIDChange{Pattern: "8005551212", Want: want}.Plan()
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Rows[0]["did_pattern"].Text != "8005551212" || plan.Rebuild.All || len(plan.Rebuild.Servers) > 0 {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("a change is logged under did_id, as the admin page does", func(t *testing.T) {
		plan, err := DIDChange{Pattern: "8005551212", Have: row, Seen: row, Want: Row{"group_id": Text("OTHER")}}.Plan()
		if err != nil || plan.Steps[0].Audit != (Audit{Section: "DIDS", Type: "MODIFY", Record: "7", Code: "ADMIN MODIFY DID"}) {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("NULL, blank and ---NONE--- are one in-group", func(t *testing.T) {
		for _, held := range []Value{Null, Text(""), Text("---NONE---")} {
			plan, err := DIDChange{Pattern: "1", Have: Row{"did_id": Text("1"), "group_id": held}, Seen: Row{"group_id": Null}, Want: Row{"group_id": Text("")}}.Plan()
			if err != nil || !plan.Empty() {
				t.Errorf("%v: %v, %+v", held, err, plan)
			}
		}
	})
	t.Run("an existing DID is a conflict that advises an import", func(t *testing.T) {
		_, err := DIDChange{Pattern: "8005551212", Have: row, Want: Row{"group_id": Text("OTHER")}}.Plan()
		var conflict *Conflict
		if !errors.As(err, &conflict) || conflict.Hint() != ImportHint {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a DID that an interrupted create left is taken up", func(t *testing.T) {
		if plan, err := (DIDChange{Pattern: "8005551212", Have: row, Want: want}).Plan(); err != nil || !plan.Empty() {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("VICIdial's own rows never go", func(t *testing.T) {
		for _, pattern := range []string{didDefault, didSystemFilter, "DEFAULT "} {
			_, err := DIDChange{Pattern: pattern, Have: row, Seen: row}.Plan()
			var refused *Refused
			if !errors.As(err, &refused) || refused.Hint() == "" {
				t.Errorf("%s: %v", pattern, err)
			}
		}
	})
	t.Run("a DID that changed since the plan is not removed", func(t *testing.T) {
		_, err := DIDChange{Pattern: "8005551212", Have: row, Seen: Row{"group_id": Text("BEFORE")}}.Plan()
		var conflict *Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
	})
}
