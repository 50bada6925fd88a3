package cluster

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDIDChange(t *testing.T) {
	row := Row{"did_id": Text("7"), "did_pattern": Text("8005551212"), "did_route": Text("IN_GROUP"), "group_id": Text("SALES")}
	want := row.Only("did_route", "group_id")
	t.Run("a new DID is one row and flags nobody", func(t *testing.T) {
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
	t.Run("a DID that is there already is a conflict that says import", func(t *testing.T) {
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
		for _, pattern := range []string{DIDDefault, DIDSystemFilter, "DEFAULT "} {
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
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row, Want: row, Use: use, Owed: RebuildOf([]string{"10.0.0.9"})}.Plan()
		if err != nil || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.9"}) {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("another name flags nobody", func(t *testing.T) {
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row, Want: Row{"template_name": Text("two")}, Use: use}.Plan()
		if err != nil || len(plan.Steps) != 1 || len(plan.Rebuild.Servers) > 0 {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("CR LF from the form is no change", func(t *testing.T) {
		have := Row{"template_id": Text("t1"), "template_contents": Text("type=friend\r\n")}
		if plan, err := (TemplateChange{ID: "t1", Have: have, Seen: row, Want: row, Use: use}).Plan(); err != nil || len(plan.Steps) != 1 || !plan.Steps[0].To.Equal(Row{"template_name": Text("one")}) {
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
	t.Run("a template that nobody uses goes", func(t *testing.T) {
		plan, err := TemplateChange{ID: "t1", Have: row, Seen: row}.Plan()
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Verb != Delete || plan.Steps[0].Audit.Code != "ADMIN DELETE CONF TEMPLATE" {
			t.Errorf("%v, %+v", err, plan)
		}
	})
}

func aRun(id, start, lines, serverIP string) RemoteAgents {
	return RemoteAgents{
		"remote_agent_id": Text(id), "user_start": Text(start), "number_of_lines": Text(lines), "server_ip": Text(serverIP),
		"status": Text("ACTIVE"), "closer_campaigns": Text(" SALES -"),
	}
}

func TestRemoteAgents(t *testing.T) {
	t.Run("runs are compared as numbers, where the admin page compares text", func(t *testing.T) {
		for _, test := range []struct {
			one, lines, other, more string
			overlap                 bool
		}{
			{"99", "5", "100", "1", true}, // "100" < "99" as text
			{"9", "1", "10", "5", false},
			{"1000", "10", "1009", "1", true},
			{"1000", "10", "1010", "1", false},
			{"1005", "1", "1000", "10", true},
			{"remote1", "1", "REMOTE1", "1", true},
			{"remote1", "1", "1", "5", false},
		} {
			one, other := aRun("1", test.one, test.lines, "10.0.0.1"), aRun("2", test.other, test.more, "10.0.0.2")
			if one.Overlaps(other) != test.overlap || other.Overlaps(one) != test.overlap {
				t.Errorf("%s and %s: overlap is not %v", one, other, test.overlap)
			}
		}
	})
	t.Run("two runs overlap where some user is in both", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			first, other := rapid.Int64Range(1, 120).Draw(t, "first"), rapid.Int64Range(1, 120).Draw(t, "other")
			lines, more := rapid.Int64Range(1, 30).Draw(t, "lines"), rapid.Int64Range(1, 30).Draw(t, "more")
			users := map[int64]bool{}
			for at := range lines {
				users[first+at] = true
			}
			shared := false
			for at := range more {
				shared = shared || users[other+at]
			}
			one := RemoteAgents{"user_start": Number(first), "number_of_lines": Number(lines)}
			two := RemoteAgents{"user_start": Number(other), "number_of_lines": Number(more)}
			if one.Overlaps(two) != shared {
				t.Errorf("%s and %s: overlap is not %v", one, two, shared)
			}
		})
	})
	have := []RemoteAgents{aRun("1", "1000", "10", "10.0.0.1"), aRun("2", "2000", "5", "10.0.0.2")}
	t.Run("a run that shares users with another is refused by name", func(t *testing.T) {
		_, err := RemoteAgentsChange{UserStart: "995", Have: have, Want: Row{"number_of_lines": Text("10"), "server_ip": Text("10.0.0.3")}}.Plan()
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "1000 to 1009 on 10.0.0.1") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a run that grows into another is refused", func(t *testing.T) {
		_, err := RemoteAgentsChange{UserStart: "1000", ID: "1", Have: have, Seen: Row(have[0]), Want: Row{"number_of_lines": Text("1001")}}.Plan()
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a new run is logged under its first user, a change under its id", func(t *testing.T) {
		added, err := RemoteAgentsChange{UserStart: "3000", Have: have, Want: Row{"server_ip": Text("10.0.0.3")}}.Plan()
		if err != nil || added.Steps[0].Audit.Record != "3000" || added.Steps[0].Audit.Type != "ADD" {
			t.Errorf("%v, %+v", err, added)
		}
		changed, err := RemoteAgentsChange{UserStart: "2000", ID: "2", Have: have, Seen: Row(have[1]), Want: Row{"server_ip": Text("10.0.0.3")}}.Plan()
		if err != nil || changed.Steps[0].Audit.Record != "2" || changed.Steps[0].Audit.Code != "ADMIN MODIFY REMOTE AGENT" {
			t.Errorf("%v, %+v", err, changed)
		}
	})
	t.Run("groups that the daemon blanked are left blank until others are chosen", func(t *testing.T) {
		blanked := aRun("1", "1000", "10", "10.0.0.1")
		blanked["closer_campaigns"] = Text("")
		seen := Row(aRun("1", "1000", "10", "10.0.0.1"))
		change := RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{blanked}, Seen: seen, Want: Row{"closer_campaigns": Text(" SALES -")}}
		if plan, err := change.Plan(); err != nil || !plan.Empty() {
			t.Errorf("unasked: %v, %+v", err, plan)
		}
		change.Want = Row{"closer_campaigns": Text(" SALES SUPPORT -")}
		if plan, err := change.Plan(); err != nil || len(plan.Steps) != 1 || plan.Steps[0].From["closer_campaigns"] != Text("") {
			t.Errorf("asked: %v, %+v", err, plan)
		}
		change.Want = nil
		if plan, err := change.Plan(); err != nil || len(plan.Steps) != 1 {
			t.Errorf("removed: %v, %+v", err, plan)
		}
	})
	t.Run("two rows from one user are a conflict", func(t *testing.T) {
		_, _, err := FindRemoteAgents([]RemoteAgents{aRun("1", "1000", "1", "10.0.0.1"), aRun("2", "1000", "1", "10.0.0.2")}, "", "1000")
		var conflict *Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("in-groups read back as they were written", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			groups := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z]{2,8}`), 0, 5, rapid.ID).Draw(t, "groups")
			if !slices.Equal(InGroups(CloserCampaigns(groups)), groups) {
				t.Errorf("%v became %v", groups, InGroups(CloserCampaigns(groups)))
			}
		})
	})
}
