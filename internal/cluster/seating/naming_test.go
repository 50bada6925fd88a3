package seating

import (
	"errors"
	"strings"
	"testing"
)

func TestNaming_conventions(t *testing.T) {
	// docs/vicidial/agent-login.md#naming-conventions: login, extension, dialplan number and alias id on the first three nodes.
	for _, c := range []struct {
		name  string
		texts map[string]string
		want  [3]string
		alias string
	}{
		{"sample of 151 phones", nil, [3]string{"2000a 2000 20000", "2000b 2000 20001", "2000c 2000 20002"}, "2000"},
		{
			"the bulk page",
			map[string]string{"dialplan_number": "{index?}{seat}", "alias_id": "{seat}z"},
			[3]string{"2000a 2000 2000", "2000b 2000 12000", "2000c 2000 22000"},
			"2000z",
		},
		{
			"create-phone-alias.pl",
			map[string]string{"extension": "{seat}{suffix}", "dialplan_number": "{seat}", "alias_id": "{seat}x"},
			[3]string{"2000a 2000a 2000", "2000b 2000b 2000", "2000c 2000c 2000"},
			"2000x",
		},
		{
			"sip-iax_phones.sql",
			map[string]string{"login": "{seat}", "extension": "cc{seat}", "dialplan_number": "{seat}", "alias_id": ""},
			[3]string{"2000 cc2000 2000", "2000 cc2000 2000", "2000 cc2000 2000"},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := mustNaming(t, c.texts)
			for index, want := range c.want {
				on := Label{Suffix: nthSuffix(index), Index: index}
				got := strings.Join([]string{n.Login.Name("2000", on), n.Extension.Name("2000", on), n.DialplanNumber.Name("2000", on)}, " ")
				if got != want {
					t.Errorf("node %d: got %s, want %s", index, got, want)
				}
			}
			if got := n.AliasID.Name("2000", Label{}); got != c.alias || n.HasAlias() != (c.alias != "") {
				t.Errorf("alias %q, want %q", got, c.alias)
			}
		})
	}
}

func TestNaming_errors(t *testing.T) {
	for _, c := range []struct {
		name    string
		texts   map[string]string
		perSeat int
		err     string
	}{
		{"unknown placeholder", map[string]string{"login": "{seat}{sufix}"}, 1, `login "{seat}{sufix}": {sufix} is not one of`},
		{"opening brace only", map[string]string{"login": "{seat"}, 1, "unmatched brace"},
		{"closing brace only", map[string]string{"login": "seat}"}, 1, "unmatched brace"},
		{"login without the seat", map[string]string{"login": "x{suffix}"}, 1, "every seat would have the same"},
		{"same login on two nodes", map[string]string{"login": "p{seat}"}, 2, "the same on each node"},
		{"two nodes without alias", map[string]string{"alias_id": ""}, 2, "only an alias can list more than one"},
		{"alias id with the index", map[string]string{"alias_id": "{seat}{index}"}, 2, "one alias for all its nodes"},
		{"alias id equal to the login", map[string]string{"login": "{seat}"}, 1, "is the login itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := ParseNaming(c.texts)
			if err == nil {
				err = n.Check(2, c.perSeat)
			}
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}

// Of several invalid templates the first is reported, in each plan the same.
func TestNaming_firstError(t *testing.T) {
	t.Parallel()
	for range 50 {
		var invalid *NamingError
		if _, err := ParseNaming(map[string]string{"login": "{a}", "extension": "{b}", "fullname": "{c}", "alias_id": "{d}"}); !errors.As(err, &invalid) || invalid.Name != "login" {
			t.Fatal(err)
		}
		naming, err := ParseNaming(map[string]string{"login": "{seat}{seat+1}", "extension": "{seat}{seat+1}"})
		if err != nil {
			t.Fatal(err)
		}
		if err := naming.Check(10, 1); !errors.As(err, &invalid) || invalid.Name != "login" {
			t.Fatal(err)
		}
	}
}

func TestIndexOf(t *testing.T) {
	for suffix, want := range map[string]int{"a": 0, "z": 25, "aa": 26, "ax": 49, "A": 0, "1": -1, "": -1, "a1": -1} {
		index, ok := IndexOf(suffix)
		if ok != (want >= 0) || ok && index != want {
			t.Errorf("%q counts %d (%v), want %d", suffix, index, ok, want)
		}
	}
}

func TestFloorRows_Check(t *testing.T) {
	nodes := testNodes("ab")
	placed := place(t, Floor{Seats: mustSeats(t, "2000-2001"), Nodes: nodes}, nil)
	for _, c := range []struct {
		name  string
		texts map[string]string
		err   string
	}{
		{"login too long", map[string]string{"login": "telephone-{seat}{suffix}"}, `phone telephone-2000b on 10.0.0.2: the login "telephone-2000b" has 15`},
		{"login with a blank", map[string]string{"login": "{seat} {suffix}"}, `holds " ", which VICIdial drops`},
		{"alias id with an underscore", map[string]string{"alias_id": "{seat}_x"}, `alias 2000_x: the alias id "2000_x" holds "_"`},
		{"dialplan number with a letter", map[string]string{"dialplan_number": "{seat}{suffix}"}, `the dialplan number "2000b" holds "b"`},
		{"voicemail id too long", map[string]string{"voicemail_id": "1234567{seat}"}, "the column holds 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			style := testStyle(t, nodes)
			style.Naming = mustNaming(t, c.texts)
			violations := floorRowsOf(t, style, placed).Check(FloorRows{})
			if c.name == "login too long" {
				style.Naming = mustNaming(t, map[string]string{"login": "telephone--{seat}{suffix}"})
				if got := floorRowsOf(t, style, placed).Check(FloorRows{}); len(got) == 0 || len(violations) != 0 {
					t.Errorf("15 characters give %v, 16 give %v", violations, got)
				}
				return
			}
			if len(violations) == 0 || !strings.Contains(violations[0].Error(), c.err) {
				t.Errorf("got %v, want %q", violations, c.err)
			}
		})
	}
	t.Run("list of logins too long", func(t *testing.T) {
		large := largeFloor(t, 2, 40, 40)
		violations := floorRowsOf(t, testStyle(t, large.Nodes), place(t, large, nil)).Check(FloorRows{})
		if len(violations) == 0 || !strings.Contains(violations[0].Error(), "lower nodes_per_seat") {
			t.Errorf("got %v", violations)
		}
	})
	t.Run("same login of two seats", func(t *testing.T) {
		style := testStyle(t, []FloorNode{{ServerIP: "10.0.0.1", Suffix: "11"}, {ServerIP: "10.0.0.2", Suffix: "1"}})
		style.Labels = map[string]Label{"10.0.0.1": {Suffix: "11"}, "10.0.0.2": {Suffix: "1"}}
		p := NewPlacement(mustSeats(t, "200", "2001"))
		p.Set(0, []string{"10.0.0.1"})
		p.Set(1, []string{"10.0.0.2"})
		violations := floorRowsOf(t, style, p).Check(FloorRows{})
		if len(violations) == 0 || !strings.Contains(violations[0].Error(), "its login is that of seat 200") {
			t.Errorf("got %v", violations)
		}
	})
	t.Run("number of errors is limited", func(t *testing.T) {
		style := testStyle(t, nodes)
		style.Naming = mustNaming(t, map[string]string{"alias_id": "{seat}_"})
		if got := floorRowsOf(t, style, place(t, Floor{Seats: mustSeats(t, "2000-2999"), Nodes: nodes}, nil)).Check(FloorRows{}); len(got) != maxViolations {
			t.Errorf("%d violations, want %d", len(got), maxViolations)
		}
	})
	t.Run("default naming", func(t *testing.T) {
		if violations := floorRowsOf(t, testStyle(t, nodes), placed).Check(FloorRows{}); len(violations) != 0 {
			t.Errorf("got %v", violations)
		}
	})
}

func TestCheckPhonePassword(t *testing.T) {
	for password, fine := range map[string]bool{"ab": true, "a-b_C9": true, "a": false, "a.b": false, "a b": false, "": false, "pässe": false} {
		if err := CheckPhonePassword(password); (err == nil) != fine {
			t.Errorf("%q: %v", password, err)
		}
	}
}
