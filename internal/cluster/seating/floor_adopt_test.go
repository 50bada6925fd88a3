package seating

import (
	"maps"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

// TestAdoptFloor_planIsEmpty imports floors of several naming conventions and
// checks that the next plan is empty.
func TestAdoptFloor_planIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 5, 3)
		floor.KeepOrder = rapid.Bool().Draw(t, "order as by hand")
		convention := rapid.SampledFrom([]map[string]string{
			nil,
			{"dialplan_number": "{index?}{seat}", "alias_id": "{seat}z", "alias_name": "{seat}", "fullname": "ext {seat}"},
			{"extension": "{seat}{suffix}", "dialplan_number": "{seat}", "alias_id": "{seat}x", "alias_name": "{seat}x"},
			{"login": "p{seat}{suffix}", "extension": "cc{seat}", "voicemail_id": "{seat}{index}"},
		}).Draw(t, "convention")
		style := testStyle(t, floor.Nodes)
		style.Naming, style.Phone = mustNaming(t, convention), nil
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
		again := FloorStyle{Labels: map[string]Label{}, Users: true, Naming: mustNaming(t, found.Naming)}
		for _, node := range found.Nodes {
			index, _ := IndexOf(node.Suffix)
			if own, set := found.Index[node.ServerIP]; set {
				index = own
			}
			again.Labels[node.ServerIP] = Label{Suffix: node.Suffix, Index: index}
		}
		own := again.Own(rows, found.Seats)
		now := again.PlacementOf(own, found.Seats)
		after, err := Place(Floor{Seats: found.Seats, Nodes: found.Nodes, NodesPerSeat: found.NodesPerSeat, KeepOrder: found.KeepOrder}, now)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := PlanFloor(own, rows, floorRowsOf(t, again, after), PlanOptions{})
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
		return Phone{PhoneRow: &PhoneRow{Login: login, ServerIP: ip, Extension: extension, DialplanNumber: dialplan, VoicemailID: extension, Values: []cluster.Value{cluster.Text("Ann")}}}
	}
	columns := []string{"fullname"}
	t.Run("phones without aliases", func(t *testing.T) {
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
	t.Run("a single seat whose names do not have its number", func(t *testing.T) {
		all := FloorRows{Columns: columns, Phones: []Phone{phone("100", "10.0.0.1", "grandstream", "7001"), phone("101", "10.0.0.1", "other", "101")}}
		found, err := AdoptFloor([]string{"100"}, all)
		if err != nil || found.Naming["extension"] != "grandstream" || found.Naming["dialplan_number"] != "7001" || found.Naming["voicemail_id"] != "grandstream" {
			t.Fatalf("got %v (%v)", found.Naming, err)
		}
		naming, err := ParseNaming(found.Naming)
		if err != nil {
			t.Fatal(err)
		}
		if err := naming.Check(1, 1); err != nil {
			t.Error(err)
		}
		if err := naming.Check(2, 1); err == nil {
			t.Error("two seats would have the same extension")
		}
		own := FloorStyle{Naming: naming, Labels: map[string]Label{"10.0.0.1": {Suffix: "a"}}}.Own(all, found.Seats)
		if len(own.Phones) != 1 || own.Phones[0].Login != "100" {
			t.Errorf("own are %v", own.Phones)
		}
		if _, err := AdoptFloor([]string{"100-101"}, all); err == nil {
			t.Error("two seats are adopted with names of one")
		}
	})
	t.Run("indexes that differ from suffixes", func(t *testing.T) {
		found, err := AdoptFloor([]string{"100-101"}, FloorRows{
			Columns: columns,
			Phones: []Phone{
				phone("100a", "10.0.0.1", "100", "1007"), phone("100b", "10.0.0.2", "100", "1003"),
				phone("101a", "10.0.0.1", "101", "1017"), phone("101b", "10.0.0.2", "101", "1013"),
			},
			Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: "100", List: "100a,100b"}}, {AliasRow: &AliasRow{ID: "101", List: "101a,101b"}}},
		})
		if err != nil || found.Index["10.0.0.1"] != 7 || found.Index["10.0.0.2"] != 3 {
			t.Errorf("got %v (%v)", found, err)
		}
	})
	t.Run("ids with hyphens", func(t *testing.T) {
		for _, c := range []struct{ ids, text, ranges string }{
			{"agent-010-agent-014", "agent-{seat}", "010-014"},
			{"agent-010", "agent-{seat}", "010-010"},
			{"100-1-104-1", "{seat}-1", "100-104"},
			{"10-0-10-0", "{seat}-0", "10-10"},
			{"a-1-b-a-3-b", "a-{seat}-b", "1-3"},
			{"2000-2149", "{seat}", "2000-2149"},
			{"98-102", "{seat}", "98-102"},
		} {
			ranges, alias, err := aliasTemplate([]string{c.ids})
			if err != nil || alias.text != c.text || strings.Join(ranges, ",") != c.ranges {
				t.Errorf("%s is %v named %q (%v)", c.ids, ranges, alias.text, err)
			}
		}
	})
	for _, c := range []struct {
		name string
		ids  []string
		rows FloorRows
		err  string
	}{
		{"unknown seats", []string{"100-101"}, FloorRows{}, "not found: no alias or phone login 100, 101"},
		{"different text around numbers", []string{"100x-101y"}, FloorRows{}, "the same text around the number"},
		{"ids with and without text", []string{"100", "200x"}, FloorRows{}, "the same text around the number"},
		{"id without a number", []string{"abc"}, FloorRows{}, "the same text around the number"},
		{"logins without the seat", []string{"100"}, FloorRows{
			Phones: []Phone{phone("ann", "10.0.0.1", "100", "100")}, Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: "100", List: "ann"}}},
		}, "login ann of seat 100 does not name the seat"},
		{"two suffixes of a server", []string{"100-101"}, FloorRows{
			Phones:  []Phone{phone("100a", "10.0.0.1", "100", "100"), phone("101b", "10.0.0.1", "101", "101")},
			Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: "100", List: "100a"}}, {AliasRow: &AliasRow{ID: "101", List: "101b"}}},
		}, `logins on 10.0.0.1 end in "a" and in "b"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := AdoptFloor(c.ids, c.rows); err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}
