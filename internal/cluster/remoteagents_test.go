package cluster

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

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
			if one.overlaps(other) != test.overlap || other.overlaps(one) != test.overlap {
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
			if one.overlaps(two) != shared {
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
			if !slices.Equal(ParseCloserCampaigns(FormatCloserCampaigns(groups)), groups) {
				t.Errorf("%v became %v", groups, ParseCloserCampaigns(FormatCloserCampaigns(groups)))
			}
		})
	})
}
