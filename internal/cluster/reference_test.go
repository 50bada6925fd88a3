package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// addresses is a database as far as addresses are concerned: how many rows name
// which one, by table and column, and the address of the server itself.
type addresses struct {
	rows   map[string]map[string]int
	server string
}

// theAddresses of a server "old" that each reference names twice.
func theAddresses() addresses {
	const ip = "old"
	a := addresses{map[string]map[string]int{}, ip}
	for _, reference := range References {
		a.rows[at(reference)] = map[string]int{ip: 2}
	}
	return a
}

func at(r Reference) string { return string(r.Table) + "." + r.Column }

func (a addresses) mentions(ip string) Referencing {
	var mentions Referencing
	counted := map[string]bool{}
	for _, reference := range References {
		// Of the two sorts of trunk rows one has them all here.
		rows := a.rows[at(reference)][ip]
		if counted[at(reference)] {
			rows = 0
		}
		counted[at(reference)] = true
		mentions = append(mentions, ReferencingRows{Reference: reference, Rows: rows})
	}
	return mentions
}

func (a addresses) do(step Step) {
	if step.Table == TableServers && step.Key["server_id"].Text != "" {
		if a.server == step.From["server_ip"].Text { // compare and set
			a.server = step.To["server_ip"].Text
		}
		a.rows["servers.server_ip"] = map[string]int{a.server: 1}
		return
	}
	for column, from := range step.Key {
		table := a.rows[string(step.Table)+"."+column]
		if step.Verb == Update {
			table[step.To[column].Text] += table[from.Text]
		}
		delete(table, from.Text)
	}
}

func TestPlanAddress(t *testing.T) {
	server := aServer("dial1", "old")
	steps := func(t *testing.T, a addresses, clashes Referencing) []Step {
		t.Helper()
		plan, err := PlanAddress(server, "new", a.mentions("old"), clashes)
		if err != nil {
			t.Fatal(err)
		}
		if !plan.Rebuild.All {
			t.Error("all peers embed the address")
		}
		return plan.Ordered()
	}
	all := steps(t, theAddresses(), nil)
	t.Run("names every column that holds an address, and the server's own row last", func(t *testing.T) {
		named := map[string]bool{}
		for _, step := range all[:len(all)-1] {
			for column := range step.Key {
				named[string(step.Table)+"."+column] = true
			}
		}
		for _, reference := range References {
			if !named[at(reference)] {
				t.Errorf("%s is left behind", at(reference))
			}
		}
		if last := all[len(all)-1]; last.Table != TableServers || last.From["server_ip"].Text != "old" || last.To["server_ip"].Text != "new" {
			t.Errorf("the last step is %+v", last)
		}
	})
	for killed := range len(all) + 1 {
		t.Run(fmt.Sprintf("killed after %d steps it is found again and finished", killed), func(t *testing.T) {
			a := theAddresses()
			for _, step := range all[:killed] {
				a.do(step)
			}
			if a.rows["servers.server_ip"]["new"] == 0 { // the row still says the old address: there is a plan
				for _, step := range steps(t, a, nil) {
					a.do(step)
				}
			}
			for _, reference := range References {
				if rows := a.rows[at(reference)]; rows["old"] != 0 || rows["new"] != 2 {
					t.Errorf("%s: %v", at(reference), rows)
				}
			}
		})
	}
	t.Run("rows that a key would refuse are reported before anything moves", func(t *testing.T) {
		clash := Referencing{{Reference: References[0], Rows: 3}}
		_, err := PlanAddress(server, "new", theAddresses().mentions("old"), clash)
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "phones: 3 (phones)") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a heartbeat under the new address is the node's own, and the old one is deleted", func(t *testing.T) {
		beat := References[slices.IndexFunc(References, func(r Reference) bool { return r.Table == TableServerUpdater })]
		for _, step := range steps(t, theAddresses(), Referencing{{Reference: beat, Rows: 1}}) {
			if step.Table == TableServerUpdater && step.Verb != Delete {
				t.Errorf("%+v", step)
			}
		}
	})
}

func TestRemoval(t *testing.T) {
	named := func(rows ...string) Referencing {
		var mentions Referencing
		for _, reference := range References {
			mention := ReferencingRows{Reference: reference}
			if slices.Contains(rows, reference.Label) {
				mention.Rows = 2
			}
			mentions = append(mentions, mention)
		}
		return mentions
	}
	for _, c := range []struct {
		name    string
		removal Removal
		want    []string // parts of the reasons; none: it may go
	}{
		{"an unused server may be removed", Removal{}, nil},
		{"its own rooms, blocks and heartbeat hold nothing up", Removal{Referencing: named("MeetMe rooms", "ConfBridge rooms", "heartbeats", "trunk rows that only block a campaign")}, nil},
		{"agents and calls do", Removal{Live: Live{Agents: 2, Calls: 3}}, []string{"2 agents are logged in on it", "3 calls are up on it"}},
		{"agents and calls do even with force", Removal{Live: Live{Agents: 2, Calls: 3}, Force: true}, []string{"2 agents", "3 calls"}},
		{"the voicemail server stays, even with force", Removal{Voicemail: "10.0.0.1", Force: true}, []string{"active voicemail server"}},
		{"rows that name it do, and each is reported", Removal{Referencing: named("phones", "carriers")}, []string{"phones: 2 (phones.server_ip)", "carriers: 2 (vicidial_server_carriers.server_ip)"}},
		{"rows that name it do not with force", Removal{Referencing: named("phones", "carriers"), Force: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.removal.Server = aServer("dial1", "10.0.0.1")
			plan, err := PlanRemoval(c.removal)
			var refused *Refused
			if errors.As(err, &refused) != (c.want != nil) {
				t.Fatalf("got %v", err)
			}
			if c.want == nil {
				return
			}
			if len(refused.Reasons) != len(c.want) || !plan.Empty() || refused.Hint() == "" {
				t.Errorf("reasons %q, hint %q", refused.Reasons, refused.Hint())
			}
			for i, part := range c.want {
				if !strings.Contains(refused.Reasons[i], part) {
					t.Errorf("%q lacks %q", refused.Reasons[i], part)
				}
			}
		})
	}
	t.Run("every row that is not its own blocks the removal, unless it is removed too", func(t *testing.T) {
		for _, reference := range References {
			removal := Removal{Server: aServer("dial1", "10.0.0.1"), Referencing: Referencing{{reference, 1}}}
			free := reference.Own || reference.Table == TableSettings // of which AtWork tells
			if _, err := PlanRemoval(removal); (err == nil) != free {
				t.Errorf("%s: %v", at(reference), err)
			}
			removal.Force = true
			plan, err := PlanRemoval(removal)
			if err != nil {
				t.Errorf("%s: %v", at(reference), err)
			}
			gone := slices.ContainsFunc(plan.Steps, func(step Step) bool {
				_, named := step.Key[reference.Column]
				return step.Table == reference.Table && named
			})
			if gone == (reference.Table == TableSettings) {
				t.Errorf("%s with force: %+v", at(reference), plan.Steps)
			}
		}
	})
	t.Run("where another server has the address, only the server's row is removed", func(t *testing.T) {
		plan, err := PlanRemoval(Removal{
			Server: aServer("dial1", "10.0.0.1"), SameAddress: "dial0", Force: true, Voicemail: "10.0.0.1", Live: Live{Agents: 3},
		})
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].Table != TableServers || plan.Steps[0].Verb != Delete {
			t.Errorf("%+v, %v", plan, err)
		}
	})
	t.Run("an active server that only its own rows name is deleted after them", func(t *testing.T) {
		plan, err := PlanRemoval(Removal{Server: aServer("dial1", "10.0.0.1"), Referencing: named("ConfBridge rooms", "heartbeats")})
		if err != nil || !plan.Rebuild.All {
			t.Fatalf("%+v, %v", plan, err)
		}
		var deleted []Table
		for _, step := range plan.Ordered() {
			if step.Verb != Delete {
				t.Errorf("%+v", step)
			}
			deleted = append(deleted, step.Table)
		}
		if want := []Table{TableConfbridges, TableServerUpdater, TableServers}; !slices.Equal(deleted, want) {
			t.Errorf("deleted %v", deleted)
		}
	})
	t.Run("it is deactivated first, its phones leave the aliases before they are deleted, and its row is last", func(t *testing.T) {
		server := aServer("dial1", "10.0.0.1")
		server.Row["active"] = YesNo(false)
		plan, err := PlanRemoval(Removal{
			Server: server, Force: true, Referencing: named("phones", "trunk rows", "inbound DIDs", "heartbeats", "active voicemail server settings"), Logins: []string{"100A", "101a"},
			Aliases: []Alias{{"100", []string{"100a", "100b"}}, {"101", []string{"101a"}}, {"102", []string{"102b"}}},
		})
		if err != nil || !plan.Rebuild.All {
			t.Fatalf("%+v, %v", plan, err)
		}
		verbs := map[Verb]string{Update: "update", Delete: "delete"}
		var counted []string
		for _, step := range plan.Ordered() {
			counted = append(counted, strings.TrimSpace(fmt.Sprintf("%s %s %s", verbs[step.Verb], step.Table, step.To["logins_list"].Text)))
		}
		want := []string{
			"update servers", "update phones_alias 100b", "delete phones_alias",
			"delete phones", "delete vicidial_server_trunks", "update vicidial_inbound_dids", "delete server_updater", "delete servers",
		}
		if !slices.Equal(counted, want) {
			t.Errorf("planned %q", counted)
		}
		if idle := plan.Ordered()[0].To; !maps.Equal(idle, Row{"active_asterisk_server": YesNo(false)}) {
			t.Errorf("put out of work with %v", idle)
		}
	})
}

// A removal is refused where somebody has edited the row since it was planned. What
// daemons write into the row all the time, and what the removal itself has written, is
// no edit.
func TestPlanRemoval_edited(t *testing.T) {
	t.Parallel()
	row := func(with Row) Row {
		row := Row{"server_id": Text("dial1"), ColumnServerIP: Text("10.0.0.1"), "active": Text("Y"), "max_vicidial_trunks": Text("90"), "sysload": Text("10")}
		maps.Copy(row, with)
		return row
	}
	for name, c := range map[string]struct {
		seen, now Row
		conflict  bool
	}{
		"as it was planned":             {row(nil), row(nil), false},
		"edited":                        {row(nil), row(Row{"max_vicidial_trunks": Text("96")}), true},
		"its load":                      {row(nil), row(Row{"sysload": Text("250")}), false},
		"cleared by an earlier removal": {row(nil), row(Row{"active": Text("N")}), false},
		"activated":                     {row(Row{"active": Text("N")}), row(nil), true},
		"not known":                     {nil, row(nil), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := PlanRemoval(Removal{Server: Server{Row: c.now}, Seen: c.seen})
			if conflict := (*Conflict)(nil); errors.As(err, &conflict) != c.conflict || !c.conflict && err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}
