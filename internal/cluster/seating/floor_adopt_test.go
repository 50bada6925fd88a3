package seating

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

// A floor that is declared, written and read back is adopted as it was declared:
// the plan that follows an import writes nothing.
func TestAdoptFloor_importsWithoutChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 5, 3)
		floor.KeepOrder = rapid.Bool().Draw(t, "order as by hand")
		convention := rapid.SampledFrom([]map[string]string{
			nil,
			{"dialplan_number": "{index?}{seat}", "alias_id": "{seat}z", "alias_name": "{seat}", "fullname": "ext {seat}"},
			{"extension": "{seat}{suffix}", "dialplan_number": "{seat}", "alias_id": "{seat}x", "alias_name": "{seat}x"},
			{"login": "p{seat}{suffix}", "extension": "cc{seat}", "voicemail_id": "{seat}{index}"},
		}).Draw(t, "convention")
		style := aStyle(t, floor.Nodes)
		style.Naming, style.Phone = aNaming(t, convention), nil
		placed := place(t, floor, nil)
		rows := floorRowsOf(t, style, placed)

		var ids []string
		for _, text := range floor.Seats.Ranges() {
			first, last, _ := strings.Cut(text, "-")
			id := style.Naming.AliasID.Name(first, Label{})
			if last != "" {
				id += "-" + style.Naming.AliasID.Name(last, Label{})
			}
			ids = append(ids, id)
		}
		found, err := AdoptFloor(ids, rows)
		if err != nil {
			t.Fatal(err)
		}
		again := FloorStyle{Labels: map[string]Label{}, Users: true, Naming: aNaming(t, found.Naming)}
		for _, node := range found.Nodes {
			index, _ := IndexOf(node.Suffix)
			if own, set := found.Index[node.ServerIP]; set {
				index = own
			}
			again.Labels[node.ServerIP] = Label{Suffix: node.Suffix, Index: index}
		}
		own := again.Own(rows, found.Seats)
		now := again.Sitting(own, found.Seats)
		after, err := Place(Floor{Seats: found.Seats, Nodes: found.Nodes, NodesPerSeat: found.NodesPerSeat, KeepOrder: found.KeepOrder}, now)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := PlanFloor(own, rows, floorRowsOf(t, again, after), FloorPlan{})
		if err != nil || !plan.Empty() {
			t.Fatalf("the import plans %v (%v)\nnaming %v", plan.Steps, err, found.Naming)
		}
		if len(maps.Collect(maps.All(convention))) != 0 && len(found.Naming) == 0 {
			t.Fatalf("a convention of its own is adopted as the default")
		}
	})
}

func TestAdoptFloor(t *testing.T) {
	phone := func(login, ip, extension, dialplan string) Phone {
		return Phone{Login: login, ServerIP: ip, Extension: extension, DialplanNumber: dialplan, VoicemailID: extension, Values: []cluster.Value{cluster.Text("Ann")}}
	}
	columns := []string{"fullname"}
	t.Run("phones without aliases are seats of one node", func(t *testing.T) {
		found, err := AdoptFloor([]string{"100-101"}, FloorRows{Columns: columns, Phones: []Phone{
			phone("100", "10.0.0.1", "cc100", "100"), phone("101", "10.0.0.1", "cc101", "101"),
		}})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"login": "{seat}", "extension": "cc{seat}", "dialplan_number": "{seat}", "voicemail_id": "cc{seat}", "alias_id": "", "fullname": "Ann"}
		delete(want, "fullname")
		want["fullname"] = ""
		if !maps.Equal(found.Naming, want) || found.NodesPerSeat != 1 {
			t.Errorf("got %v", found.Naming)
		}
	})
	t.Run("nodes whose numbers do not follow their suffixes keep their own", func(t *testing.T) {
		found, err := AdoptFloor([]string{"100-101"}, FloorRows{
			Columns: columns,
			Phones: []Phone{
				phone("100a", "10.0.0.1", "100", "1007"), phone("100b", "10.0.0.2", "100", "1003"),
				phone("101a", "10.0.0.1", "101", "1017"), phone("101b", "10.0.0.2", "101", "1013"),
			},
			Aliases: []PhoneAlias{{ID: "100", Logins: []string{"100a", "100b"}}, {ID: "101", Logins: []string{"101a", "101b"}}},
		})
		if err != nil || found.Index["10.0.0.1"] != 7 || found.Index["10.0.0.2"] != 3 {
			t.Errorf("got %v (%v)", found, err)
		}
	})
	for _, c := range []struct {
		claim string
		ids   []string
		rows  FloorRows
		says  string
	}{
		{"seats that are not there", []string{"100-101"}, FloorRows{}, "not found: no alias or phone login 100, 101"},
		{"ids that are not numbered alike", []string{"100x-101y"}, FloorRows{}, "not numbered alike"},
		{"ids of two kinds", []string{"100", "200x"}, FloorRows{}, "not numbered alike"},
		{"an id without a number", []string{"abc"}, FloorRows{}, "not numbered alike"},
		{"logins that do not name the seat", []string{"100"}, FloorRows{
			Phones: []Phone{phone("ann", "10.0.0.1", "100", "100")}, Aliases: []PhoneAlias{{ID: "100", Logins: []string{"ann"}}},
		}, "login ann of seat 100 does not name the seat"},
		{"a server with two suffixes", []string{"100-101"}, FloorRows{
			Phones:  []Phone{phone("100a", "10.0.0.1", "100", "100"), phone("101b", "10.0.0.1", "101", "101")},
			Aliases: []PhoneAlias{{ID: "100", Logins: []string{"100a"}}, {ID: "101", Logins: []string{"101b"}}},
		}, `logins on 10.0.0.1 end in "a" and in "b"`},
	} {
		t.Run("refuses "+c.claim, func(t *testing.T) {
			if _, err := AdoptFloor(c.ids, c.rows); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestFindFloors(t *testing.T) {
	var all FloorRows
	all.Columns = []string{"fullname"}
	phone := func(login, ip, extension string) {
		all.Phones = append(all.Phones, Phone{Login: login, ServerIP: ip, Extension: extension, DialplanNumber: extension, VoicemailID: extension, Values: []cluster.Value{cluster.Text("x")}})
	}
	alias := func(id string, logins ...string) {
		all.Aliases = append(all.Aliases, PhoneAlias{ID: id, Name: id, Logins: logins})
	}
	for _, seat := range []string{"2000", "2001", "2003"} { // one floor, with a hole
		phone(seat+"a", "10.0.0.1", seat)
		phone(seat+"b", "10.0.0.2", seat)
		alias(seat, seat+"a", seat+"b")
	}
	for _, seat := range []string{"3000", "3001"} { // another, that counts its servers anew
		phone(seat+"a", "10.0.0.2", seat)
		phone(seat+"b", "10.0.0.3", seat)
		alias(seat, seat+"a", seat+"b")
	}
	for _, seat := range []string{"4000", "4001"} { // and one whose aliases are named otherwise
		phone("p"+seat+"a", "10.0.0.1", seat)
		alias(seat+"x", "p"+seat+"a")
	}
	phone("front", "10.0.0.1", "front") // an alias that is no seat, and one that leads nowhere
	alias("5000", "front")
	alias("6000", "6000a")

	var got []string
	for _, floor := range FindFloors(all) {
		var nodes []string
		for _, node := range floor.Nodes {
			nodes = append(nodes, node.ServerIP+"="+node.Suffix)
		}
		got = append(got, floor.Name+": "+floor.Seats.String()+" on "+strings.Join(nodes, " "))
	}
	want := []string{
		"floor: 2000-2001, 2003 on 10.0.0.1=a 10.0.0.2=b",
		"floor-2: 3000-3001 on 10.0.0.2=a 10.0.0.3=b",
		"floor-x: 4000-4001 on 10.0.0.1=a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
