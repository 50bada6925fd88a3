package cluster

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Rows are deactivated before others are added, and added before others are removed, in
// each table.
func TestPhasesOfPlans(t *testing.T) {
	t.Parallel()
	one, run := aCarrier("MAIN_00001", "10.0.0.1"), aRun("1", "1000", "10", "10.0.0.1")
	off := with(one, "active", "N")
	inactive := Row{"status": Text("INACTIVE")}
	run["status"] = Text("ACTIVE")
	for claim, c := range map[string]struct {
		plan  func() (Plan, error)
		phase Phase
	}{
		"a carrier that is switched off": {CarrierChange{Have: Carriers{one}, Seen: Carriers{one}, Want: Carriers{off}}.Plan, Release},
		"a carrier that is switched on":  {CarrierChange{Have: Carriers{off}, Seen: Carriers{off}, Want: Carriers{one}}.Plan, Grow},
		"a carrier that changes":         {CarrierChange{Have: Carriers{one}, Seen: Carriers{one}, Want: Carriers{with(one, "carrier_name", "x")}}.Plan, Grow},
		"remote agents that stop":        {RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{run}, Seen: Row(run), Want: inactive}.Plan, Release},
		"remote agents that move":        {RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{run}, Seen: Row(run), Want: Row{"server_ip": Text("10.0.0.2")}}.Plan, Grow},
		"new remote agents":              {RemoteAgentsChange{UserStart: "3000", Want: Row{"server_ip": Text("10.0.0.2")}}.Plan, Add},
		"remote agents that go":          {RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{run}, Seen: Row(run)}.Plan, Remove},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			plan, err := c.plan()
			if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Phase != c.phase {
				t.Errorf("%v, %+v", err, plan.Steps)
			}
		})
	}
}

// A carrier that followed its server to another address is its route's still; on a
// node that the route does not name it is somebody's change.
func TestCarrierChange_followsItsServer(t *testing.T) {
	t.Parallel()
	seen, moved := aCarrier("MAIN_00001", "10.0.0.1"), aCarrier("MAIN_00001", "10.0.0.9")
	plan, err := CarrierChange{Have: Carriers{moved}, Seen: Carriers{seen}, Want: Carriers{aCarrier("MAIN_00002", "10.0.0.9")}}.Plan()
	if err != nil || !slices.ContainsFunc(plan.Steps, func(step Step) bool { return step.Verb == Delete }) {
		t.Errorf("%v, %+v", err, plan.Steps)
	}
	var conflict *Conflict
	if _, err := (CarrierChange{Have: Carriers{moved}, Seen: Carriers{seen}}).Plan(); !errors.As(err, &conflict) {
		t.Errorf("a row that somebody moved is removed: %v", err)
	}
}

func TestCarrierChange_stale(t *testing.T) {
	t.Parallel()
	one, two, changed := aCarrier("MAIN_00001", "10.0.0.1"), aCarrier("MAIN_00002", "10.0.0.2"), with(aCarrier("MAIN_00001", "10.0.0.1"), "carrier_name", "x")
	for claim, c := range map[string]struct {
		have, seen Carriers
		nodes      []string
	}{
		"nothing was seen":    {Carriers{one}, nil, nil},
		"all is as it was":    {Carriers{one}, Carriers{one}, nil},
		"a row changed":       {Carriers{changed}, Carriers{one}, []string{"10.0.0.1"}},
		"a row went":          {Carriers{one}, Carriers{one, two}, []string{"10.0.0.2"}},
		"a row moved":         {Carriers{with(one, "server_ip", "10.0.0.3")}, Carriers{one}, []string{"10.0.0.1", "10.0.0.3"}},
		"a row of it came":    {Carriers{one, two}, Carriers{one}, []string{"10.0.0.2"}},
		"another's row there": {Carriers{one, aCarrier("EAST_00001", "10.0.0.4")}, Carriers{one}, nil},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			change := CarrierChange{Route: "MAIN", Have: c.have, Seen: c.seen}
			if stale := change.Stale(); stale.All || !slices.Equal(stale.Servers, c.nodes) {
				t.Errorf("%+v", stale)
			}
			drift := change.Drift()
			if _, drifted := drift["MAIN_00001"]; drifted != (claim == "a row changed" || claim == "a row moved") {
				t.Errorf("drift %v", drift)
			}
			if _, gone := drift["MAIN_00002"]; gone != (claim == "a row went") {
				t.Errorf("drift %v", drift)
			}
		})
	}
}

func TestRebuild_addresses(t *testing.T) {
	t.Parallel()
	for claim, rebuild := range map[string]Rebuild{"all": {All: true}, "none": {}, "some": {Servers: []string{"10.0.0.1", "10.0.0.2"}}} {
		if again := RebuildOf(rebuild.Addresses()); again.All != rebuild.All || !slices.Equal(again.Servers, rebuild.Servers) {
			t.Errorf("%s: %+v", claim, again)
		}
	}
}

// Rows that do not block a removal are reported as removed with the server.
func TestRemoval_ownRows(t *testing.T) {
	t.Parallel()
	var all Referencing
	for _, reference := range References {
		all = append(all, ReferencingRows{Reference: reference, Rows: 1}, ReferencingRows{Reference: reference})
	}
	for _, mention := range (Removal{Referencing: all}).OwnRows() {
		if !mention.Own || mention.Rows == 0 {
			t.Errorf("%s goes with it", mention)
		}
	}
	if own := (Removal{Referencing: all, Force: true}).OwnRows(); own != nil {
		t.Errorf("with force: %v", own)
	}
	// Trunks are counted in two ways; the rows of one are not removed as those of the other.
	blocks := Referencing{{Reference: References[slices.IndexFunc(References, func(r Reference) bool { return r.Table == TableTrunks && !r.Unlike })], Rows: 1}}
	plan, err := PlanRemoval(Removal{Server: aServer("dial1", "10.0.0.1"), Referencing: blocks})
	if err != nil || !maps.Equal(plan.Steps[len(plan.Steps)-2].Key, Row{"server_ip": Text("10.0.0.1"), "dedicated_trunks": Number(0)}) {
		t.Errorf("%v, %+v", err, plan.Steps)
	}
	advice := func(force bool) string {
		_, err := PlanRemoval(Removal{Server: aServer("dial1", "10.0.0.1"), Live: Live{Agents: 1}, Force: force})
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Fatal(err)
		}
		return refused.Hint()
	}
	if strings.Contains(advice(true), "force_destroy") || !strings.Contains(advice(false), "force_destroy") {
		t.Errorf("force_destroy is advised: %t with it, %t without", strings.Contains(advice(true), "force_destroy"), strings.Contains(advice(false), "force_destroy"))
	}
}

// A joined delete compares the values of each row, so that no two of one key are
// in a statement; a step over many rows stays alone.
func TestStep_namesAndShapes(t *testing.T) {
	t.Parallel()
	remove := func(says string) Step {
		return Step{Phase: Remove, Verb: Delete, Table: TableTrunks, Key: Row{"campaign_id": Text("A")}, From: Row{"dedicated_trunks": Text(says)}}
	}
	if slices.Equal(remove("1").Names(), remove("2").Names()) || !slices.Equal(remove("1").Names(), remove("1").Names()) {
		t.Errorf("names %q and %q", remove("1").Names(), remove("2").Names())
	}
	if !remove("1").CanCombine(remove("2")) {
		t.Error("deletes do not join")
	}
	for claim, change := range map[string]func(*Step){
		"of many rows": func(s *Step) { s.InColumn, s.In = "server_ip", []Value{Text("10.0.0.1")} },
		"of a column":  func(s *Step) { s.Column = "dedicated_trunks" },
		"with a guard": func(s *Step) { s.Guard = FreeRoom },
	} {
		guarded := remove("1")
		change(&guarded)
		if guarded.CanCombine(guarded) {
			t.Errorf("a delete %s joins", claim)
		}
	}
}

func TestRoomsAreFlaggedAndDropped(t *testing.T) {
	t.Parallel()
	rooms := func(engine Engine, numbers ...int) map[Engine][]Room {
		var all []Room
		for _, number := range numbers {
			all = append(all, Room{Number: number})
		}
		return map[Engine][]Room{engine: all}
	}
	if plan := PlanRooms("10.0.0.1", Meetme, nil, RoomRange{First: Meetme.FirstRoom(), Count: 2}); !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.1"}) {
		t.Errorf("MeetMe rooms are in a file: %+v", plan.Rebuild)
	}
	if plan := PlanRooms("10.0.0.1", Confbridge, nil, RoomRange{First: Confbridge.FirstRoom(), Count: 2}); !maps.Equal(plan.Steps[0].Key, Row{"conf_exten": {}, "server_ip": {}}) || len(plan.Rebuild.Servers) > 0 {
		t.Errorf("ConfBridge rooms are in no file: %+v", plan.Rebuild)
	}
	first := Meetme.FirstRoom()
	plan := RemoveRooms("10.0.0.1", rooms(Meetme, first, first+1), rooms(Meetme, first))
	if len(plan.Steps) != 1 || !slices.Equal(plan.Steps[0].In, []Value{Number(int64(first + 1))}) {
		t.Errorf("%+v", plan.Steps)
	}
	if missing := (RoomRange{First: first, Count: 3}).Missing([]Room{{Number: first + 1}}); !slices.Equal(missing, []int{first, first + 2}) {
		t.Errorf("missing %v", missing)
	}
}

// A secret that is a place for one would be replaced again by the next one.
func TestCheckSecret(t *testing.T) {
	t.Parallel()
	for secret, fits := range map[string]bool{
		"": false, "{secret:other}": false, "s3cr3t\nx": false, " s3cr3t": false, "s3cr3t ": false, "s3 cr3t": true,
		strings.Repeat("a", lineBytes): true, strings.Repeat("a", lineBytes+1): false,
	} {
		err := CheckSecret("main", secret)
		if (err == nil) != fits {
			t.Errorf("%d bytes: %v", len(secret), err)
		}
		if err != nil && secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}

// A text that is written again for its secrets is no change where they are there.
func TestChangeSealed(t *testing.T) {
	t.Parallel()
	held, wanted := Row{"account_entry": Text("secret=one")}, Row{"account_entry": Text("secret={secret:s}")}
	from, to, _, err := changedSecretColumns("carrier A", held, wanted, wanted, EquivalentCarrier, map[string]string{"s": "one"}, true)
	if err != nil || len(from) > 0 || len(to) > 0 {
		t.Errorf("the secret is there: from %v to %v, %v", from, to, err)
	}
	from, to, shown, err := changedSecretColumns("carrier A", held, wanted, wanted, EquivalentCarrier, map[string]string{"s": "two"}, true)
	if err != nil || !maps.Equal(from, held) || !maps.Equal(to, Row{"account_entry": Text("secret=two")}) {
		t.Errorf("from %v to %v, %v", from, to, err)
	}
	if shown["secret=one"] != "secret={secret:s}" || shown["secret=two"] != "secret={secret:s}" {
		t.Errorf("shown as %v", shown)
	}
}

// Every step that changes or removes a row names what the row said, so that what
// somebody else wrote meanwhile is not overwritten.
func TestPlansCompareAndSet(t *testing.T) {
	t.Parallel()
	template := Row{"template_id": Text("T"), "template_name": Text("old"), "template_contents": Text("a=b")}
	did := Row{"did_id": Text("7"), "did_pattern": Text("100"), "did_description": Text("old")}
	run, carrier := aRun("1", "1000", "10", "10.0.0.1"), aCarrier("MAIN_00001", "10.0.0.1")
	changed, fewer := Row{"template_name": Text("new")}, Row{"number_of_lines": Text("9")}
	for claim, c := range map[string]struct {
		plan func() (Plan, error)
		verb Verb
		from Row
	}{
		"a template changes":   {TemplateChange{ID: "T", Have: template, Seen: template, Want: changed}.Plan, Update, template.Only("template_name")},
		"a template goes":      {TemplateChange{ID: "T", Have: template, Seen: template}.Plan, Delete, template.Only("template_name")},
		"a DID changes":        {DIDChange{Pattern: "100", Have: did, Seen: did, Want: Row{"did_description": Text("new")}}.Plan, Update, did.Only("did_description")},
		"a DID goes":           {DIDChange{Pattern: "100", Have: did, Seen: did}.Plan, Delete, did.Only("did_pattern")},
		"remote agents change": {RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{run}, Seen: Row(run), Want: fewer}.Plan, Update, Row(run).Only("number_of_lines")},
		"remote agents go":     {RemoteAgentsChange{UserStart: "1000", ID: "1", Have: []RemoteAgents{run}, Seen: Row(run)}.Plan, Delete, Row(run).Only("user_start", "server_ip")},
		"a carrier changes":    {CarrierChange{Have: Carriers{carrier}, Seen: Carriers{carrier}, Want: Carriers{with(carrier, "carrier_name", "x")}}.Plan, Update, Row(carrier).Only("carrier_name")},
		"a carrier goes":       {CarrierChange{Have: Carriers{carrier}, Seen: Carriers{carrier}}.Plan, Delete, Row(carrier).Only("server_ip")},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			plan, err := c.plan()
			if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Verb != c.verb || !maps.Equal(plan.Steps[0].From, c.from) {
				t.Errorf("%v, %+v", err, plan.Steps)
			}
		})
	}
	t.Run("a new template has all that is wanted, and no change is no step", func(t *testing.T) {
		t.Parallel()
		plan, err := TemplateChange{ID: "T", Want: template.Only("template_name", "template_contents")}.Plan()
		if err != nil || len(plan.Steps) != 1 || !maps.Equal(plan.Steps[0].Rows[0], template) {
			t.Errorf("%v, %+v", err, plan.Steps)
		}
		if plan, err := (TemplateChange{ID: "T", Have: template, Seen: template, Want: template.Only("template_name")}).Plan(); err != nil || !plan.Empty() {
			t.Errorf("%v, %+v", err, plan)
		}
	})
}
