package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func aCarrier(id, serverIP string) Carrier {
	return Carrier{
		"carrier_id": Text(id), "carrier_name": Text("main"), "server_ip": Text(serverIP), "protocol": Text("SIP"), "active": YesNo(true),
		"template_id": Text(""), "account_entry": Text("[" + id + "]\ntype=peer\nhost=sip.example.com\n"),
		"globals_string": Null, "registration_string": Null,
		"dialplan_entry": Text("exten => _9" + id + "X.,1,Hangup()\n"), "carrier_description": Null,
	}
}

func with(carrier Carrier, column, value string) Carrier {
	changed := maps.Clone(carrier)
	changed[column] = Text(value)
	return changed
}

// write does to rows what the database does with a step.
func write(t interface{ Fatalf(string, ...any) }, rows []Row, step Step) []Row {
	picked := func(row Row, by Row) bool {
		for column, value := range by {
			if row[column].Text != value.Text {
				return false
			}
		}
		return true
	}
	switch step.Verb {
	case Insert:
		for _, row := range rows {
			if picked(row, step.Key) {
				t.Fatalf("%v already exists", step.Key)
			}
		}
		return append(slices.Clone(rows), step.Rows...)
	case Update:
		var written []Row
		for _, row := range rows {
			if picked(row, step.Key) && picked(row, step.From) {
				row = maps.Clone(row)
				maps.Copy(row, step.To)
			}
			written = append(written, row)
		}
		return written
	case Delete:
		return slices.DeleteFunc(slices.Clone(rows), func(row Row) bool { return picked(row, step.Key) && picked(row, step.From) })
	default:
		t.Fatalf("verb %d is not written here", step.Verb)
		return nil
	}
}

func rowsOf(carriers Carriers) []Row {
	rows := make([]Row, len(carriers))
	for i, carrier := range carriers {
		rows[i] = Row(carrier)
	}
	return rows
}

func carriersOf(rows []Row) Carriers {
	carriers := make(Carriers, len(rows))
	for i, row := range rows {
		carriers[i] = Carrier(row)
	}
	return carriers
}

func TestCarrierChange(t *testing.T) {
	one, two := aCarrier("MAIN_00001", "10.0.0.1"), aCarrier("MAIN_00002", "10.0.0.2")
	t.Run("a new route adds a row a node, active, and flags each node", func(t *testing.T) {
		plan, err := CarrierChange{Want: Carriers{two, one}}.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Steps) != 2 || plan.Steps[0].Verb != Insert || plan.Steps[0].Phase != Add || !plan.Steps[0].Rows[0]["active"].Yes() {
			t.Errorf("%+v", plan.Steps)
		}
		if want := (Audit{Section: "CARRIERS", Type: "ADD", Record: "MAIN_00001", Code: "ADMIN ADD CARRIER"}); plan.Steps[0].Audit != want {
			t.Errorf("audit %+v", plan.Steps[0].Audit)
		}
		if plan.Rebuild.All || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.1", "10.0.0.2"}) {
			t.Errorf("flags %+v", plan.Rebuild)
		}
	})
	t.Run("a change writes just what changed and names the value of before", func(t *testing.T) {
		plan, err := CarrierChange{Have: Carriers{one}, Seen: Carriers{one}, Want: Carriers{with(one, "carrier_description", "new")}}.Plan()
		if err != nil {
			t.Fatal(err)
		}
		step := plan.Steps[0]
		if !maps.Equal(step.From, Row{"carrier_description": Null}) || !maps.Equal(step.To, Row{"carrier_description": Text("new")}) || step.Audit.Type != "MODIFY" {
			t.Errorf("%+v", step)
		}
	})
	t.Run("a row that moves flags the old node and the new", func(t *testing.T) {
		plan, err := CarrierChange{Have: Carriers{one}, Seen: Carriers{one}, Want: Carriers{with(one, "server_ip", "10.0.0.9")}}.Plan()
		if err != nil || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.1", "10.0.0.9"}) {
			t.Errorf("%v, flags %+v", err, plan.Rebuild)
		}
	})
	t.Run("a route that moves to all servers flags all, and is added before it is removed", func(t *testing.T) {
		all := aCarrier("MAIN", AllServers)
		plan, err := CarrierChange{Have: Carriers{one, two}, Seen: Carriers{one, two}, Want: Carriers{all}}.Plan()
		if err != nil || !plan.Rebuild.All {
			t.Errorf("%v, flags %+v", err, plan.Rebuild)
		}
		if ordered := plan.Ordered(); ordered[0].Verb != Insert || ordered[2].Verb != Delete {
			t.Errorf("%+v", ordered)
		}
	})
	t.Run("a removed route deletes its rows and flags their nodes", func(t *testing.T) {
		plan, err := CarrierChange{Have: Carriers{one, two}, Seen: Carriers{one}}.Plan()
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Verb != Delete || !slices.Equal(plan.Rebuild.Servers, []string{"10.0.0.1"}) {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("a row that was removed already is not removed", func(t *testing.T) {
		if plan, err := (CarrierChange{Seen: Carriers{one}}).Plan(); err != nil || !plan.Empty() {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("CR LF, NULL for blank and --NONE-- are no change", func(t *testing.T) {
		have := with(with(with(one, "dialplan_entry", strings.ReplaceAll(one["dialplan_entry"].Text, "\n", "\r\n")), "template_id", "--NONE--"), "globals_string", "")
		if plan, err := (CarrierChange{Have: Carriers{have}, Seen: Carriers{one}, Want: Carriers{one}}).Plan(); err != nil || !plan.Empty() {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("deactivating comes before everything that adds", func(t *testing.T) {
		plan, err := CarrierChange{Have: Carriers{two}, Seen: Carriers{two}, Want: Carriers{one, with(two, "active", "N")}}.Plan()
		if err != nil || plan.Ordered()[0].Verb != Update {
			t.Errorf("%v, %+v", err, plan.Ordered())
		}
	})
	t.Run("a foreign row with the id is a conflict that advises an import", func(t *testing.T) {
		_, err := CarrierChange{Have: Carriers{with(one, "account_entry", "[theirs]")}, Want: Carriers{one}}.Plan()
		var conflict *Conflict
		if !errors.As(err, &conflict) || !strings.Contains(conflict.Hint(), "Import") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a row that changed since the plan is a conflict, to change and to remove", func(t *testing.T) {
		moved := with(one, "carrier_description", "by hand")
		for _, want := range []Carriers{{with(one, "carrier_description", "new")}, nil} {
			_, err := CarrierChange{Have: Carriers{moved}, Seen: Carriers{one}, Want: want}.Plan()
			var conflict *Conflict
			if !errors.As(err, &conflict) || !strings.Contains(err.Error(), "carrier_description") {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("rows that an interrupted create left are taken up, and their nodes flagged", func(t *testing.T) {
		plan, err := CarrierChange{Have: Carriers{one}, Want: Carriers{one, two}}.Plan()
		if err != nil || len(plan.Steps) != 1 || len(plan.Rebuild.Servers) != 2 {
			t.Errorf("%v, %+v", err, plan)
		}
	})
	t.Run("an apply that died before its flags leaves stale nodes, whatever it did to the rows", func(t *testing.T) {
		gone, came, moved := aCarrier("MAIN_00003", "10.0.0.3"), aCarrier("MAIN_00004", "10.0.0.4"), with(two, "server_ip", "10.0.0.5")
		stale := CarrierChange{Route: "MAIN", Have: Carriers{one, moved, came}, Seen: Carriers{one, two, gone}}.Stale()
		if !slices.Equal(stale.Addresses(), []string{"10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}) {
			t.Errorf("stale %v", stale)
		}
		plan, err := CarrierChange{Have: Carriers{one}, Seen: Carriers{one}, Want: Carriers{one}, PendingRebuild: RebuildOf(stale.Addresses())}.Plan()
		if err != nil || !slices.Equal(plan.Rebuild.Servers, stale.Servers) {
			t.Errorf("%v, flags %v", err, plan.Rebuild)
		}
	})
	t.Run("a secret takes the place of its placeholder and not again until it is renewed", func(t *testing.T) {
		want := with(one, "account_entry", "[a]\nsecret={secret:main}\nhost=x\n")
		held := with(one, "account_entry", "[a]\nsecret=old\nhost=x\n")
		secrets := map[string]string{"main": "new"}
		if plan, err := (CarrierChange{Have: Carriers{held}, Seen: Carriers{want}, Want: Carriers{want}, Secrets: secrets}).Plan(); err != nil || !plan.Empty() {
			t.Errorf("unasked: %v, %+v", err, plan)
		}
		plan, err := CarrierChange{Have: Carriers{held}, Seen: Carriers{want}, Want: Carriers{want}, Secrets: secrets, Renew: true}.Plan()
		if err != nil || plan.Steps[0].To["account_entry"].Text != "[a]\nsecret=new\nhost=x\n" || plan.Steps[0].From["account_entry"] != held["account_entry"] {
			t.Errorf("renewed: %v, %+v", err, plan)
		}
		var refused *Refused
		if _, err := (CarrierChange{Want: Carriers{want}}).Plan(); !errors.As(err, &refused) {
			t.Errorf("without a value: %v", err)
		}
	})
	t.Run("whatever is changed leads there, stopped anywhere it resumes, and then nothing is left", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			before, after := anyRoute(t, "before"), anyRoute(t, "after")
			others := Carriers{aCarrier("OTHER", "10.0.0.1")}
			have := rowsOf(append(slices.Clone(others), before...))
			plan, err := CarrierChange{Have: carriersOf(have), Seen: before, Want: after}.Plan()
			if err != nil {
				t.Fatal(err)
			}
			steps := plan.Ordered()
			stop := rapid.IntRange(0, len(steps)).Draw(t, "stop")
			for _, step := range steps[:stop] {
				have = write(t, have, step)
			}
			seen := Carriers{} // what a refresh makes of the rows
			for _, row := range have {
				if _, other := others.ByID(Carrier(row).ID()); !other {
					seen = append(seen, Carrier(row))
				}
			}
			plan, err = CarrierChange{Have: carriersOf(have), Seen: seen, Want: after}.Plan()
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Steps) > len(steps)-stop {
				t.Errorf("%d steps were left and %d are planned", len(steps)-stop, len(plan.Steps))
			}
			for _, step := range plan.Ordered() {
				have = write(t, have, step)
			}
			if len(have) != len(after)+1 {
				t.Errorf("%d rows, wanted %d", len(have), len(after)+1)
			}
			plan, err = CarrierChange{Have: carriersOf(have), Seen: after, Want: after}.Plan()
			if err != nil || !plan.Empty() {
				t.Errorf("still to do: %v, %+v", err, plan)
			}
		})
	})
}

func anyRoute(t *rapid.T, label string) Carriers {
	var rows Carriers
	for node := range 5 {
		serverIP := fmt.Sprintf("10.0.0.%d", node+1)
		if !rapid.Bool().Draw(t, label+" on "+serverIP) {
			continue
		}
		id, err := CarrierID("MAIN", serverIP)
		if err != nil {
			t.Fatal(err)
		}
		row := with(aCarrier(id, serverIP), "dialplan_entry", rapid.SampledFrom([]string{"exten => 9,1,Hangup()\n", "exten => 8,1,Hangup()\n", ""}).Draw(t, "dialplan"))
		row["active"] = YesNo(rapid.Bool().Draw(t, "active"))
		rows = append(rows, row)
	}
	return rows
}

func TestCarriersOfARoute(t *testing.T) {
	derived, err := CarrierID("MAIN", "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	have := Carriers{aCarrier(derived, "10.0.0.1"), aCarrier(derived+"x", "10.0.0.1"), aCarrier("byhand", "10.0.0.2"), aCarrier("MAIN", AllServers), aCarrier("MAIN2", AllServers)}
	found := have.OfRoute("MAIN", "BYHAND")
	ids := make([]string, len(found))
	for i, carrier := range found {
		ids[i] = carrier.ID()
	}
	if !slices.Equal(ids, []string{"MAIN", derived, "byhand"}) {
		t.Errorf("found %v", ids)
	}
}

func TestRoutes(t *testing.T) {
	var have Carriers
	for _, address := range []string{"10.0.0.1", "10.0.0.2"} {
		for _, route := range []string{"MAIN", "northern_east_1"} {
			id, err := CarrierID(route, address)
			if err != nil {
				t.Fatal(err)
			}
			have = append(have, with(aCarrier(id, address), "carrier_name", map[string]string{"MAIN": "a label", "northern_east_1": route}[route]))
		}
	}
	have = append(have, aCarrier("BYHAND", "10.0.0.1"), aCarrier("ALL", AllServers), aCarrier("with-hyphen", "10.0.0.1"), aCarrier("a_00009", "10.0.0.1"))
	have = append(have, with(aCarrier("ANALOG", "10.0.0.1"), "protocol", "Zap"), with(aCarrier("OTHERS", "10.0.0.1"), "protocol", "EXTERNAL"))
	if routes := have.Routes(); !slices.Equal(routes, []string{"ALL", "BYHAND", "MAIN", "a_00009", "northern_east_1"}) {
		t.Errorf("found %v", routes)
	}
	for route, rows := range map[string]int{"MAIN": 2, "northern_east_1": 2, "BYHAND": 1, "ALL": 1} {
		if found := have.OfRoute(route); len(found) != rows {
			t.Errorf("%s has %d rows, wanted %d", route, len(found), rows)
		}
	}
}

func TestAdoptable(t *testing.T) {
	have := Carriers{
		aCarrier("EAST1", "10.0.0.1"), aCarrier("EAST2", "10.0.0.2"), aCarrier("SPARE1", "10.0.0.1"), aCarrier("ALL", AllServers),
		with(aCarrier("PJ2", "10.0.0.2"), "protocol", "PJSIP"), with(aCarrier("ANALOG", "10.0.0.3"), "protocol", "Zap"),
	}
	for says, ids := range map[string][]string{
		"":                                   {"EAST1", "EAST2"},
		"there is no carrier TYPO":           {"EAST1", "TYPO"},
		"EAST1 and SPARE1 are both on 10.0.": {"EAST1", "EAST2", "SPARE1"},
		"ALL is on all servers and EAST1 on": {"ALL", "EAST1"},
		"EAST1 is SIP and PJ2 is PJSIP":      {"EAST1", "PJ2"},
		`ANALOG has the protocol "Zap"`:      {"ANALOG"},
	} {
		t.Run(strings.Join(ids, ","), func(t *testing.T) {
			err := have.Adoptable("EAST", ids...)
			if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
