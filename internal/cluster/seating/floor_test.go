package seating

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func mustNaming(t interface{ Fatalf(string, ...any) }, texts map[string]string) Naming {
	naming, err := ParseNaming(texts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return naming
}

func testStyle(t interface{ Fatalf(string, ...any) }, nodes []FloorNode) FloorStyle {
	style := FloorStyle{
		Naming: mustNaming(t, nil), Labels: map[string]Label{}, Users: true,
		Phone: cluster.Row{"protocol": cluster.Text("PJSIP"), "pass": cluster.Text("secret1")},
	}
	for _, node := range nodes {
		index, _ := IndexOf(node.Suffix)
		style.Labels[node.ServerIP] = Label{Suffix: node.Suffix, Index: index}
	}
	return style
}

func floorRowsOf(t interface{ Fatalf(string, ...any) }, style FloorStyle, p *Placement) FloorRows {
	rows, err := style.Rows(p, FloorRows{})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return rows
}

// tables is a database in memory that executes the steps of a floor plan.
type tables struct {
	columns []string
	rows    map[cluster.Table][]cluster.Row
}

func newTables() *tables {
	return &tables{columns: []string{"fullname", "pass", "protocol"}, rows: map[cluster.Table][]cluster.Row{}}
}

func (d *tables) seen() FloorRows {
	f := FloorRows{Columns: d.columns}
	for _, row := range d.rows[cluster.TablePhones] {
		p := Phone{PhoneRow: &PhoneRow{
			ServerIP: row["server_ip"].Text, Login: row["login"].Text, Extension: row["extension"].Text,
			DialplanNumber: row["dialplan_number"].Text, VoicemailID: row["voicemail_id"].Text,
		}}
		for _, column := range d.columns {
			p.Values = append(p.Values, row[column])
		}
		f.Phones = append(f.Phones, p)
	}
	for _, row := range d.rows[cluster.TableAliases] {
		a := PhoneAlias{AliasRow: &AliasRow{ID: row["alias_id"].Text, Name: row["alias_name"].Text, Group: row["user_group"].Text}}
		a.List = row["logins_list"].Text
		f.Aliases = append(f.Aliases, a)
	}
	for _, row := range d.rows[cluster.TableUsers] {
		f.Users = append(f.Users, SeatUser{User: row["user"].Text, PhoneLogin: row["phone_login"].Text})
	}
	return f
}

func hasValues(r, part cluster.Row) bool {
	for column, value := range part {
		if r[column] != value {
			return false
		}
	}
	return true
}

// write executes a step for at most the given number of rows, as when a statement
// on a MyISAM table is killed.
func (d *tables) write(t *rapid.T, step cluster.Step, most int) {
	switch step.Verb {
	case cluster.Insert:
		for _, row := range step.Rows[:min(most, len(step.Rows))] {
			for _, other := range d.rows[step.Table] {
				same := true
				for column := range step.Key {
					same = same && other[column] == row[column]
				}
				if same {
					t.Fatalf("%v is inserted over %v", row, other)
				}
			}
			d.rows[step.Table] = append(d.rows[step.Table], step.FullRow(row))
		}
	case cluster.Update, cluster.Delete:
		for i, in := range step.In[:min(most, len(step.In))] {
			hit := false
			d.rows[step.Table] = slices.DeleteFunc(d.rows[step.Table], func(row cluster.Row) bool {
				if row[step.InColumn] != in || !hasValues(row, step.Key) || row[step.Column] != step.Old[i] {
					return false
				}
				hit = true
				if step.New == nil {
					return true
				}
				row[step.Column] = step.New[i]
				return false
			})
			if !hit {
				t.Fatalf("%s of %s finds no row %s that says %s", step.Column, step.Table, in, step.Old[i])
			}
		}
	default:
		t.Fatalf("a floor plan has no verb %d", step.Verb)
	}
}

// check checks that every agent can log in: the phones of aliases and the aliases
// of users exist, all phones of an alias have the same password, and every alias
// that had a live node has one.
func (d *tables) check(t *rapid.T, live, reachable map[string]bool) {
	phones, passwords := map[string]string{}, map[string]string{}
	for _, row := range d.rows[cluster.TablePhones] {
		login := row["login"].Text
		if _, twice := phones[login]; !twice || live[row["server_ip"].Text] {
			phones[login] = row["server_ip"].Text
		}
		passwords[login] = row["pass"].Text
	}
	aliases := map[string]bool{}
	for _, row := range d.rows[cluster.TableAliases] {
		id, alive := row["alias_id"].Text, false
		aliases[id] = true
		words := map[string]bool{}
		for _, login := range strings.Split(row["logins_list"].Text, ",") {
			server, existing := phones[login]
			if !existing {
				t.Fatalf("alias %s names %q, which is not there", id, login)
			}
			alive = alive || live[server]
			words[passwords[login]] = true
		}
		if reachable[id] && !alive {
			t.Fatalf("alias %s has lost its last live node: %s", id, row["logins_list"])
		}
		if len(words) > 1 {
			t.Fatalf("the phones of alias %s have different passwords", id)
		}
	}
	for _, row := range d.rows[cluster.TableUsers] {
		if login := row["phone_login"].Text; login != "" && !aliases[login] {
			t.Fatalf("user %s logs in with %q, which is not there", row["user"], login)
		}
	}
}

// reachable returns the aliases that have a live node in both placements.
func reachable(before, after *Placement, live map[string]bool) map[string]bool {
	has := func(nodes []string) bool {
		return slices.ContainsFunc(nodes, func(node string) bool { return live[node] })
	}
	seats := map[string]bool{}
	for _, seat := range after.Seats().All() {
		seats[seat] = has(before.Of(seat)) && has(after.Of(seat))
	}
	return seats
}

// TestPlanFloor_everyPrefixIsSafe changes the seats, nodes and passwords of random
// floors, interrupts the writes at every row, plans again with the rows that were
// known before, and checks that all agents can log in throughout.
func TestPlanFloor_everyPrefixIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 20, 5, 2)
		before := place(t, floor, nil)
		style := testStyle(t, floor.Nodes)
		d := newTables()
		for _, seat := range floor.Seats.All() {
			if rapid.IntRange(0, 2).Draw(t, "has a user") > 0 {
				d.rows[cluster.TableUsers] = append(d.rows[cluster.TableUsers], cluster.Row{"user": cluster.Text(seat), "phone_login": cluster.Text("")})
			}
		}
		chunk := rapid.IntRange(1, 40).Draw(t, "rows per step")
		writeInterrupted(t, d, FloorRows{}, floorRowsOf(t, style, before), chunk, nil, nil)

		next := floor
		next.Nodes = slices.Clone(floor.Nodes)
		if len(next.Nodes) > 1 && rapid.Bool().Draw(t, "a node leaves") {
			next.Nodes = next.Nodes[1:]
		}
		if rapid.Bool().Draw(t, "a node joins") {
			next.Nodes = append(next.Nodes, testNode("z"))
		}
		if rapid.Bool().Draw(t, "other seats") {
			next.Seats = mustSeats(t, append(floor.Seats.Ranges()[1:], "9000-9004")...)
		}
		next.NodesPerSeat = rapid.IntRange(1, len(next.Nodes)).Draw(t, "nodes per seat then")
		after, err := Place(next, before)
		if err != nil {
			return // the remaining nodes have too little capacity
		}
		then := testStyle(t, append(next.Nodes, floor.Nodes...))
		if rapid.Bool().Draw(t, "another password") {
			then.Phone["pass"] = cluster.Text("secret2")
		}
		live := map[string]bool{}
		for _, node := range next.Nodes {
			live[node.ServerIP] = rapid.IntRange(0, 3).Draw(t, "alive "+node.Suffix) > 0
		}
		have, want := floorRowsOf(t, style, before), floorRowsOf(t, then, after)
		writeInterrupted(t, d, have, want, chunk, live, reachable(before, after, live))

		rest, err := PlanFloor(want, d.seen(), want, PlanOptions{})
		if err != nil || !rest.Empty() {
			t.Fatalf("after all is written, this is left: %v (%v)", rest.Steps, err)
		}
		if got := d.seen(); len(got.Phones) != len(want.Phones) || len(got.Aliases) != len(want.Aliases) {
			t.Fatalf("%d phones and %d aliases are left, want %d and %d", len(got.Phones), len(got.Aliases), len(want.Phones), len(want.Aliases))
		}
	})
}

// writeInterrupted writes a plan for want and interrupts it at every row in turn.
func writeInterrupted(t *rapid.T, d *tables, have, want FloorRows, chunk int, live, reachable map[string]bool) {
	for {
		plan, err := planFloor(have, d.seen(), want, PlanOptions{Defaults: cluster.Row{"status": cluster.Text("ACTIVE")}}, stepLimits{12 * chunk, chunk})
		if err != nil {
			t.Fatalf("%v", err)
		}
		steps := plan.Ordered()
		cut := rapid.IntRange(0, len(steps)).Draw(t, "cut before step")
		for i, step := range steps {
			if i == cut {
				if part := rapid.IntRange(0, max(len(step.Rows), len(step.In))-1).Draw(t, "rows of the step"); !changesPasswords(step) {
					d.write(t, step, part)
					d.check(t, live, reachable)
				}
				break
			}
			d.write(t, step, 1<<30)
			d.check(t, live, reachable)
		}
		if cut == len(steps) {
			return
		}
	}
}

// changesPasswords reports whether an interrupted statement would leave an alias
// with two passwords. MyISAM cannot prevent it, and the next apply repairs it.
func changesPasswords(step cluster.Step) bool { return step.Column == "pass" }

func TestPlanFloor(t *testing.T) {
	nodes := testNodes("abc")
	seats := mustSeats(t, "2000-2002")
	style := testStyle(t, nodes)
	floor := Floor{Seats: seats, Nodes: nodes, NodesPerSeat: 2}
	placed := place(t, floor, nil)
	want := floorRowsOf(t, style, placed)
	phone := func(login, ip, extension string) Phone {
		return Phone{PhoneRow: &PhoneRow{Login: login, ServerIP: ip, Extension: extension, VoicemailID: "77"}}
	}

	t.Run("nodes with new phones and the voicemail server are flagged", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, want, PlanOptions{Voicemail: "10.0.0.9"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(plan.Rebuild.Servers, " "); got != "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.9" {
			t.Errorf("flags %s", got)
		}
	})
	t.Run("all nodes are flagged with AllNodes", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, want, PlanOptions{Voicemail: "10.0.0.9", AllNodes: true})
		if err != nil || !plan.Rebuild.All {
			t.Errorf("flags %v (%v)", plan.Rebuild, err)
		}
		if plan, err = PlanFloor(want, want, want, PlanOptions{AllNodes: true}); err != nil || !plan.Empty() {
			t.Errorf("where nothing changes it flags %v (%v)", plan.Rebuild, err)
		}
	})
	t.Run("rows of an interrupted apply are flagged", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, want, want, PlanOptions{Voicemail: "10.0.0.9"})
		if err != nil || len(plan.Steps) != 0 || len(plan.Rebuild.Servers) != 4 {
			t.Errorf("got %v (%v)", plan, err)
		}
	})
	t.Run("number of statements for 10,000 seats", func(t *testing.T) {
		large := largeFloor(t, 10_000, 2, 2)
		rows := floorRowsOf(t, testStyle(t, large.Nodes), place(t, large, nil))
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, rows, PlanOptions{})
		if err != nil || len(plan.Steps) > 40 {
			t.Errorf("%d steps (%v)", len(plan.Steps), err)
		}
	})

	for _, c := range []struct {
		name string
		seen FloorRows
		err  string
	}{
		{"login of another phone", FloorRows{Phones: []Phone{phone("2000a", "10.9.9.9", "9")}}, "login 2000a belongs to the phone with extension 9 on 10.9.9.9"},
		{"login of another phone in other case", FloorRows{Phones: []Phone{phone("2000A", "10.9.9.9", "9")}}, "login 2000a belongs"},
		{"existing extension on the node", FloorRows{Phones: []Phone{phone("x", "10.0.0.1", "2000")}}, "phone x on 10.0.0.1 has the extension 2000 already"},
		{"alias id equals a login", FloorRows{Phones: []Phone{phone("2001", "10.9.9.9", "9")}}, "alias id 2001 is the login of the phone with extension 9"},
		{"login equals an alias id", FloorRows{Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: want.Phones[2].Login}}}}, "login " + want.Phones[2].Login + " is the id of an alias"},
		{"alias with other values", FloorRows{Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: "2002", Name: "2002 phone", List: "x"}}}}, "alias 2002 already exists with other values in logins_list"},
		{"voicemail id in vicidial_voicemail", FloorRows{Mailboxes: []string{"2002"}}, "voicemail id 2002 belongs to a mailbox in vicidial_voicemail"},
		{"voicemail id of another phone", FloorRows{Phones: []Phone{{PhoneRow: &PhoneRow{Login: "z", ServerIP: "10.9.9.9", Extension: "9", VoicemailID: "2001"}}}}, "voicemail id 2001 belongs to phone z on 10.9.9.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := PlanFloor(FloorRows{}, c.seen, want, PlanOptions{})
			var refused *cluster.Refused
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.err) || !plan.Empty() {
				t.Errorf("got %v, want it to say %q", err, c.err)
			}
		})
	}
	t.Run("new suffix on a node of the seat", func(t *testing.T) {
		other := testStyle(t, nodes)
		other.Labels["10.0.0.1"] = Label{Suffix: "x", Index: 23}
		_, err := PlanFloor(want, want, floorRowsOf(t, other, placed), PlanOptions{})
		if err == nil || !strings.Contains(err.Error(), "would become 2000x") && !strings.Contains(err.Error(), "would become 2001x") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("server replaced with the same suffix", func(t *testing.T) {
		moved := testStyle(t, append(testNodes("bc"), FloorNode{ServerIP: "10.7.7.7", Suffix: "a"}))
		replaced := NewPlacement(seats)
		for position := range seats.Len() {
			var servers []string
			for _, node := range placed.at(position) {
				servers = append(servers, strings.ReplaceAll(node, "10.0.0.1", "10.7.7.7"))
			}
			replaced.Set(position, servers)
		}
		plan, err := PlanFloor(want, want, floorRowsOf(t, moved, replaced), PlanOptions{})
		if err != nil || len(plan.Steps) != 2 || plan.Steps[0].Verb != cluster.Insert || plan.Ordered()[1].Verb != cluster.Delete {
			t.Errorf("got %v (%v), want the new phones added and the old ones removed", plan.Steps, err)
		}
	})
	t.Run("only logins of the seat are cleared", func(t *testing.T) {
		seen := want
		seen.Users = []SeatUser{{User: "2000", PhoneLogin: "2000"}, {User: "2001", PhoneLogin: "other"}}
		plan, err := PlanFloor(want, seen, FloorRows{}, PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		step := plan.Ordered()[0]
		if step.Table != cluster.TableUsers || fmt.Sprint(step.In) != "[2000]" || fmt.Sprint(step.New) != "[]" {
			t.Errorf("the first step is %+v", step)
		}
	})
}

func TestDeviations(t *testing.T) {
	nodes := testNodes("ab")
	placed := place(t, Floor{Seats: mustSeats(t, "2000-2003"), Nodes: nodes}, nil)
	want := floorRowsOf(t, testStyle(t, nodes), placed)
	clean := func() FloorRows { return floorRowsOf(t, testStyle(t, nodes), placed) }

	t.Run("no deviations", func(t *testing.T) {
		if got := Deviations(want, clean(), want); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("deviations by seat, row and column", func(t *testing.T) {
		seen := clean()
		seen.Phones[0].Values = []cluster.Value{cluster.Text("station 2000"), cluster.Text("9999"), cluster.Text("SIP")}
		seen.Aliases[1].List = "2001a"
		seen.Users[2].PhoneLogin = "other"
		seen.Phones = slices.Delete(seen.Phones, 7, 8)
		got := Deviations(want, seen, want)
		var lines []string
		for _, d := range got {
			lines = append(lines, d.Seat+" "+strings.Join(d.Texts, "; "))
		}
		missing := want.Phones[7]
		wants := []string{
			fmt.Sprintf(`2000 phone %s on %s: pass differs from the floor's; phone %s on %s: protocol is "SIP", not "PJSIP"`,
				want.Phones[0].Login, want.Phones[0].ServerIP, want.Phones[0].Login, want.Phones[0].ServerIP),
			fmt.Sprintf(`2001 alias 2001: logins_list is "2001a", not "%s"`, want.Aliases[1].List),
			`2002 user 2002: phone_login is "other", not "2002"`,
			`2003 ` + missing.title() + " is missing",
		}
		if !slices.Equal(lines, wants) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(wants, "\n"))
		}
		if !got[0].Password || got[1].Password {
			t.Error("only seat 2000 has another password")
		}
	})
}
