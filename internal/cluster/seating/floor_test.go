package seating

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

func aNaming(t interface{ Fatalf(string, ...any) }, texts map[string]string) Naming {
	naming, err := ParseNaming(texts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return naming
}

func aStyle(t interface{ Fatalf(string, ...any) }, nodes []FloorNode) FloorStyle {
	style := FloorStyle{
		Naming: aNaming(t, nil), Labels: map[string]Label{}, Users: true,
		Phone: cluster.Row{"protocol": cluster.Text("PJSIP"), "pass": cluster.Text("secret1")},
	}
	for _, node := range nodes {
		index, _ := IndexOf(node.Suffix)
		style.Labels[node.ServerIP] = Label{Suffix: node.Suffix, Index: index}
	}
	return style
}

func floorRowsOf(t interface{ Fatalf(string, ...any) }, style FloorStyle, p *Placement) FloorRows {
	rows, err := style.Rows(p)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return rows
}

// tables is a database in memory: what the steps of a floor plan do to it.
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
		p := Phone{
			ServerIP: row["server_ip"].Text, Login: row["login"].Text, Extension: row["extension"].Text,
			DialplanNumber: row["dialplan_number"].Text, VoicemailID: row["voicemail_id"].Text,
		}
		for _, column := range d.columns {
			p.Values = append(p.Values, row[column])
		}
		f.Phones = append(f.Phones, p)
	}
	for _, row := range d.rows[cluster.TableAliases] {
		a := PhoneAlias{ID: row["alias_id"].Text, Name: row["alias_name"].Text, Group: row["user_group"].Text}
		if list := row["logins_list"].Text; list != "" {
			a.Logins = strings.Split(list, ",")
		}
		f.Aliases = append(f.Aliases, a)
	}
	for _, row := range d.rows[cluster.TableUsers] {
		f.Users = append(f.Users, SeatUser{User: row["user"].Text, PhoneLogin: row["phone_login"].Text})
	}
	return f
}

func holds(r, part cluster.Row) bool {
	for column, value := range part {
		if r[column] != value {
			return false
		}
	}
	return true
}

// write runs a step, or as much of it as most rows: a statement on MyISAM tables
// that is killed leaves the rows changed that it came to.
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
			d.rows[step.Table] = append(d.rows[step.Table], step.Whole(row))
		}
	case cluster.Update, cluster.Delete:
		for i, in := range step.In[:min(most, len(step.In))] {
			hit := false
			d.rows[step.Table] = slices.DeleteFunc(d.rows[step.Table], func(row cluster.Row) bool {
				if row[step.InColumn] != in || !holds(row, step.Key) || row[step.Column] != step.Was[i] {
					return false
				}
				hit = true
				if step.Become == nil {
					return true
				}
				row[step.Column] = step.Become[i]
				return false
			})
			if !hit {
				t.Fatalf("%s of %s finds no row %s that says %s", step.Column, step.Table, in, step.Was[i])
			}
		}
	default:
		t.Fatalf("a floor plan has no verb %d", step.Verb)
	}
}

// check proves that every agent can log in: no alias names a phone that is not
// there, no user an alias that is not there, all phones of an alias share their
// password, and no alias has lost its last live node that had one.
func (d *tables) check(t *rapid.T, live, lively map[string]bool) {
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
			server, there := phones[login]
			if !there {
				t.Fatalf("alias %s names %q, which is not there", id, login)
			}
			alive = alive || live[server]
			words[passwords[login]] = true
		}
		if lively[id] && !alive {
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

// lively lists the aliases that have a live node in both placements.
func lively(before, after *Placement, live map[string]bool) map[string]bool {
	has := func(nodes []string) bool {
		return slices.ContainsFunc(nodes, func(node string) bool { return live[node] })
	}
	seats := map[string]bool{}
	for _, seat := range after.Seats().All() {
		seats[seat] = has(before.Of(seat)) && has(after.Of(seat))
	}
	return seats
}

// A floor changes in any way at all: seats come and go, nodes come and go, phones
// get another password. The writes are cut at any row; the next plan goes on from
// there, knowing only what it knew before. Every agent can log in throughout.
func TestPlanFloor_everyPrefixIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 20, 5, 2)
		before := place(t, floor, nil)
		style := aStyle(t, floor.Nodes)
		d := newTables()
		for _, seat := range floor.Seats.All() {
			if rapid.IntRange(0, 2).Draw(t, "has a user") > 0 {
				d.rows[cluster.TableUsers] = append(d.rows[cluster.TableUsers], cluster.Row{"user": cluster.Text(seat), "phone_login": cluster.Text("")})
			}
		}
		chunk := rapid.IntRange(1, 40).Draw(t, "rows per step")
		build(t, d, FloorRows{}, floorRowsOf(t, style, before), chunk, nil, nil)

		next := floor
		next.Nodes = slices.Clone(floor.Nodes)
		if len(next.Nodes) > 1 && rapid.Bool().Draw(t, "a node leaves") {
			next.Nodes = next.Nodes[1:]
		}
		if rapid.Bool().Draw(t, "a node joins") {
			next.Nodes = append(next.Nodes, aFloorNode("z"))
		}
		if rapid.Bool().Draw(t, "other seats") {
			next.Seats = someSeats(t, append(floor.Seats.Ranges()[1:], "9000-9004")...)
		}
		next.NodesPerSeat = rapid.IntRange(1, len(next.Nodes)).Draw(t, "nodes per seat then")
		after, err := Place(next, before)
		if err != nil {
			return // what is left cannot hold the seats
		}
		then := aStyle(t, append(next.Nodes, floor.Nodes...))
		if rapid.Bool().Draw(t, "another password") {
			then.Phone["pass"] = cluster.Text("secret2")
		}
		live := map[string]bool{}
		for _, node := range next.Nodes {
			live[node.ServerIP] = rapid.IntRange(0, 3).Draw(t, "alive "+node.Suffix) > 0
		}
		have, want := floorRowsOf(t, style, before), floorRowsOf(t, then, after)
		build(t, d, have, want, chunk, live, lively(before, after, live))

		rest, err := PlanFloor(want, d.seen(), want, FloorPlan{})
		if err != nil || !rest.Empty() {
			t.Fatalf("after all is written, this is left: %v (%v)", rest.Steps, err)
		}
		if got := d.seen(); len(got.Phones) != len(want.Phones) || len(got.Aliases) != len(want.Aliases) {
			t.Fatalf("%d phones and %d aliases are left, want %d and %d", len(got.Phones), len(got.Aliases), len(want.Phones), len(want.Aliases))
		}
	})
}

// build brings the tables to want, cut at every row in turn and taken up again.
func build(t *rapid.T, d *tables, have, want FloorRows, chunk int, live, lively map[string]bool) {
	for {
		plan, err := planFloor(have, d.seen(), want, FloorPlan{Born: cluster.Row{"status": cluster.Text("ACTIVE")}}, 12*chunk, chunk)
		if err != nil {
			t.Fatalf("%v", err)
		}
		steps := plan.Ordered()
		cut := rapid.IntRange(0, len(steps)).Draw(t, "cut before step")
		for i, step := range steps {
			if i == cut {
				if part := rapid.IntRange(0, max(len(step.Rows), len(step.In))-1).Draw(t, "rows of the step"); !changesPasswords(step) {
					d.write(t, step, part)
					d.check(t, live, lively)
				}
				break
			}
			d.write(t, step, 1<<30)
			d.check(t, live, lively)
		}
		if cut == len(steps) {
			return
		}
	}
}

// changesPasswords says that a statement cut in its middle would leave one alias
// with two passwords: MyISAM has no way to prevent it, and the next apply mends it.
func changesPasswords(step cluster.Step) bool { return step.Column == "pass" }

func TestPlanFloor(t *testing.T) {
	nodes := someNodes("abc")
	seats := someSeats(t, "2000-2002")
	style := aStyle(t, nodes)
	floor := Floor{Seats: seats, Nodes: nodes, NodesPerSeat: 2}
	placed := place(t, floor, nil)
	want := floorRowsOf(t, style, placed)
	phone := func(login, ip, extension string) Phone {
		return Phone{Login: login, ServerIP: ip, Extension: extension, VoicemailID: "77"}
	}

	t.Run("flags every node that gets phones, and the one that keeps voicemail, once", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, want, FloorPlan{Voicemail: "10.0.0.9"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(plan.Rebuild.Servers, " "); got != "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.9" {
			t.Errorf("flags %s", got)
		}
	})
	t.Run("flags all nodes where each has the phones of all others in its dialplan", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, want, FloorPlan{Voicemail: "10.0.0.9", Everywhere: true})
		if err != nil || !plan.Rebuild.All {
			t.Errorf("flags %v (%v)", plan.Rebuild, err)
		}
		if plan, err = PlanFloor(want, want, want, FloorPlan{Everywhere: true}); err != nil || !plan.Empty() {
			t.Errorf("where nothing changes it flags %v (%v)", plan.Rebuild, err)
		}
	})
	t.Run("flags again what an apply that was cut off has written but not flagged", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, want, want, FloorPlan{Voicemail: "10.0.0.9"})
		if err != nil || len(plan.Steps) != 0 || len(plan.Rebuild.Servers) != 4 {
			t.Errorf("got %v (%v)", plan, err)
		}
	})
	t.Run("10,000 seats on two nodes are a few dozen statements", func(t *testing.T) {
		large := aLargeFloor(t, 10_000, 2, 2)
		rows := floorRowsOf(t, aStyle(t, large.Nodes), place(t, large, nil))
		plan, err := PlanFloor(FloorRows{}, FloorRows{}, rows, FloorPlan{})
		if err != nil || len(plan.Steps) > 40 {
			t.Errorf("%d steps (%v)", len(plan.Steps), err)
		}
	})

	for _, c := range []struct {
		claim string
		seen  FloorRows
		says  string
	}{
		{"a login that somebody else has", FloorRows{Phones: []Phone{phone("2000a", "10.9.9.9", "9")}}, "login 2000a belongs to the phone with extension 9 on 10.9.9.9"},
		{"a login in other letters", FloorRows{Phones: []Phone{phone("2000A", "10.9.9.9", "9")}}, "login 2000a belongs"},
		{"an extension that is on the node already", FloorRows{Phones: []Phone{phone("x", "10.0.0.1", "2000")}}, "phone x on 10.0.0.1 has the extension 2000 already"},
		{"an alias id that is a phone's login", FloorRows{Phones: []Phone{phone("2001", "10.9.9.9", "9")}}, "alias id 2001 is the login of the phone with extension 9"},
		{"a login that is an alias", FloorRows{Aliases: []PhoneAlias{{ID: want.Phones[2].Login}}}, "login " + want.Phones[2].Login + " is the id of an alias"},
		{"an alias that says something else", FloorRows{Aliases: []PhoneAlias{{ID: "2002", Name: "2002 phone", Logins: []string{"x"}}}}, "alias 2002 exists already and says something else: logins_list"},
		{"a voicemail id in vicidial_voicemail", FloorRows{Mailboxes: []string{"2002"}}, "voicemail id 2002 belongs to a mailbox in vicidial_voicemail"},
		{"a voicemail id of another phone", FloorRows{Phones: []Phone{{Login: "z", ServerIP: "10.9.9.9", Extension: "9", VoicemailID: "2001"}}}, "voicemail id 2001 belongs to phone z on 10.9.9.9"},
	} {
		t.Run("refuses "+c.claim, func(t *testing.T) {
			plan, err := PlanFloor(FloorRows{}, c.seen, want, FloorPlan{})
			var refused *cluster.Refused
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || !plan.Empty() {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
	}
	t.Run("refuses another suffix on a node where the seat stays", func(t *testing.T) {
		other := aStyle(t, nodes)
		other.Labels["10.0.0.1"] = Label{Suffix: "x", Index: 23}
		_, err := PlanFloor(want, want, floorRowsOf(t, other, placed), FloorPlan{})
		if err == nil || !strings.Contains(err.Error(), "would become 2000x") && !strings.Contains(err.Error(), "would become 2001x") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a server that takes another's place takes its suffix along", func(t *testing.T) {
		moved := aStyle(t, append(someNodes("bc"), FloorNode{ServerIP: "10.7.7.7", Suffix: "a"}))
		replaced := NewPlacement(seats)
		for position := range seats.Len() {
			var servers []string
			for _, node := range placed.At(position) {
				servers = append(servers, strings.ReplaceAll(node, "10.0.0.1", "10.7.7.7"))
			}
			replaced.Put(position, servers)
		}
		plan, err := PlanFloor(want, want, floorRowsOf(t, moved, replaced), FloorPlan{})
		if err != nil || len(plan.Steps) != 2 || plan.Steps[0].Verb != cluster.Insert || plan.Ordered()[1].Verb != cluster.Delete {
			t.Errorf("got %v (%v), want the new phones added and the old ones removed", plan.Steps, err)
		}
	})
	t.Run("takes a user's login away only while it is this seat's", func(t *testing.T) {
		seen := want
		seen.Users = []SeatUser{{User: "2000", PhoneLogin: "2000"}, {User: "2001", PhoneLogin: "other"}}
		plan, err := PlanFloor(want, seen, FloorRows{}, FloorPlan{})
		if err != nil {
			t.Fatal(err)
		}
		step := plan.Ordered()[0]
		if step.Table != cluster.TableUsers || fmt.Sprint(step.In) != "[2000]" || fmt.Sprint(step.Become) != "[]" {
			t.Errorf("the first step is %+v", step)
		}
	})
}

func TestDeviations(t *testing.T) {
	nodes := someNodes("ab")
	placed := place(t, Floor{Seats: someSeats(t, "2000-2003"), Nodes: nodes}, nil)
	want := floorRowsOf(t, aStyle(t, nodes), placed)
	clean := func() FloorRows { return floorRowsOf(t, aStyle(t, nodes), placed) }

	t.Run("a floor as declared has none", func(t *testing.T) {
		if got := Deviations(want, clean(), want); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("each is told by seat, row and column", func(t *testing.T) {
		seen := clean()
		seen.Phones[0].Values = []cluster.Value{cluster.Text("station 2000"), cluster.Text("9999"), cluster.Text("SIP")}
		seen.Aliases[1].Logins = []string{"2001a"}
		seen.Users[2].PhoneLogin = "other"
		seen.Phones = slices.Delete(seen.Phones, 7, 8)
		got := Deviations(want, seen, want)
		var lines []string
		for _, d := range got {
			lines = append(lines, d.Seat+" "+strings.Join(d.Texts, "; "))
		}
		missing := want.Phones[7]
		wants := []string{
			fmt.Sprintf(`2000 phone %s on %s: pass is another than the floor's; phone %s on %s: protocol is "SIP", not "PJSIP"`,
				want.Phones[0].Login, want.Phones[0].ServerIP, want.Phones[0].Login, want.Phones[0].ServerIP),
			fmt.Sprintf(`2001 alias 2001: logins_list is "2001a", not "%s"`, want.Aliases[1].List()),
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
