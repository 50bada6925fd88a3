package seating

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAssignments(t *testing.T) {
	t.Run("suffixes of one letter", func(t *testing.T) {
		floor := Floor{Seats: mustSeats(t, "2000-2003", "2100-2101"), Nodes: testNodes("ab"), NodesPerSeat: 1}
		got := place(t, floor, nil).Assignments(suffixesOf(floor.Nodes))
		want := map[string]string{"2000-2002": "a", "2003": "b", "2100-2101": "b"}
		if len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		for seats, pattern := range want {
			if got[seats] != pattern {
				t.Errorf("%s is on %q, want %q", seats, got[seats], pattern)
			}
		}
	})
	t.Run("longer suffixes", func(t *testing.T) {
		suffixes := Suffixes{"10.0.0.1": "a", "10.0.0.2": "aa", "10.0.0.3": ""}
		if got, want := suffixes.Pattern([]string{"10.0.0.2", "10.0.0.1", "10.0.0.3"}), "aa,a,10.0.0.3"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if nodes, err := suffixes.nodes("aa"); err != nil || len(nodes) != 1 || nodes[0] != "10.0.0.2" {
			t.Errorf("aa alone reads as %v (%v)", nodes, err)
		}
	})
	t.Run("ambiguous suffixes", func(t *testing.T) {
		suffixes := Suffixes{"10.0.0.1": "a", "10.0.0.2": "b", "10.0.0.28": "ab"}
		for _, nodes := range [][]string{{"10.0.0.1", "10.0.0.2"}, {"10.0.0.2", "10.0.0.1"}, {"10.0.0.28"}, {"10.0.0.28", "10.0.0.1"}} {
			pattern := suffixes.Pattern(nodes)
			if again, err := suffixes.nodes(pattern); err != nil || !slices.Equal(again, nodes) {
				t.Errorf("%v is written as %q and reads as %v (%v)", nodes, pattern, again, err)
			}
		}
	})
	for _, c := range []struct {
		name, seats, pattern, err string
	}{
		{"unknown suffix", "2000", "ac", `suffix "c" belongs to no server`},
		{"duplicate node", "2000", "aa", "named twice"},
		{"no node", "2000", "", "names no node"},
		{"invalid range", "2000-", "a", "neither a number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseAssignments(map[string]string{c.seats: c.pattern}, suffixesOf(testNodes("ab")))
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}

func TestAssignments_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 60, 8, 3)
		switch rapid.IntRange(0, 2).Draw(t, "suffixes") {
		case 1: // all suffixes are long
			for i := range floor.Nodes {
				floor.Nodes[i].Suffix += "1"
			}
		case 2: // as on the bulk page for many nodes: a, b, aa, ab, ba, ……
			for i, suffix := range []string{"a", "b", "aa", "ab", "ba", "bb", "aab", "c"}[:len(floor.Nodes)] {
				floor.Nodes[i].Suffix = suffix
			}
		}
		placed := place(t, floor, nil)
		again, err := ParseAssignments(placed.Assignments(suffixesOf(floor.Nodes)), suffixesOf(floor.Nodes))
		if err != nil || !again.Equal(placed) {
			t.Fatalf("%s is read back as %v (%v)", placed.draw(floor), again, err)
		}
	})
}

func TestMovesBetween(t *testing.T) {
	nodes := testNodes("abc")
	suffixes := suffixesOf(nodes)
	parse := func(runs map[string]string) *Placement {
		p, err := ParseAssignments(runs, suffixes)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	before := parse(map[string]string{"2000-2009": "ab", "2010-2019": "bc", "2020-2029": "ca", "2900": "ab"})
	after := parse(map[string]string{"2000-2006": "ab", "2007-2009": "bc", "2010-2019": "bc", "2020-2029": "ac", "2030-2034": "ab"})

	t.Run("Summary lists counts, moves, runs", func(t *testing.T) {
		want := strings.TrimSpace(`
5 seats new
1 seat gone
3 seats on other nodes than before
10 seats with the same nodes in another order
  10.0.0.1 (a) to 10.0.0.3 (c): 3 seats
  2007-2009: ab to bc
  2020-2029: ca to ac
  2030-2034: none to ab
  2900: ab to none`)
		if got := strings.Join(MovesBetween(before, after).Summary(suffixes, 20), "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("Summary is limited", func(t *testing.T) {
		lines := MovesBetween(before, after).Summary(suffixes, 1)
		if last := lines[len(lines)-1]; last != "  and 3 more runs" {
			t.Errorf("ends with %q", last)
		}
	})
	t.Run("further node", func(t *testing.T) {
		moves := MovesBetween(parse(map[string]string{"2000": "a"}), parse(map[string]string{"2000": "ab"}))
		if got := strings.Join(moves.Summary(suffixes, 20), "\n"); !strings.Contains(got, "onto 10.0.0.2 (b): 1 seat") {
			t.Errorf("got\n%s", got)
		}
		back := MovesBetween(parse(map[string]string{"2000": "ab"}), parse(map[string]string{"2000": "a"}))
		if got := strings.Join(back.Summary(suffixes, 20), "\n"); !strings.Contains(got, "off 10.0.0.2 (b): 1 seat") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("equal placements", func(t *testing.T) {
		if moves := MovesBetween(before, before); len(moves.Runs) > 0 {
			t.Errorf("got %+v", moves)
		}
	})
	t.Run("nil before", func(t *testing.T) {
		if moves := MovesBetween(nil, before); moves.Added != 31 || len(moves.Flows) != 0 {
			t.Errorf("got %+v", moves)
		}
	})
}
