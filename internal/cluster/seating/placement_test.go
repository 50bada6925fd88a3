package seating

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testNode(suffix string) FloorNode {
	return FloorNode{ServerIP: "10.0.0." + fmt.Sprint(int(suffix[0]-'a')+1), Suffix: suffix, Weight: 1, Capacity: Unbounded}
}

func testNodes(suffixes string) []FloorNode {
	nodes := make([]FloorNode, 0, len(suffixes))
	for _, suffix := range suffixes {
		nodes = append(nodes, testNode(string(suffix)))
	}
	return nodes
}

func suffixesOf(nodes []FloorNode) Suffixes {
	suffixes := Suffixes{}
	for _, node := range nodes {
		suffixes[node.ServerIP] = node.Suffix
	}
	return suffixes
}

// patterns formats a placement as one line: "2000-2019=ab 2020-2039=bc".
func patterns(p *Placement, suffixes Suffixes) string {
	var words []string
	for _, run := range p.runs() {
		words = append(words, run.Seats+"="+suffixes.Pattern(run.Nodes))
	}
	return strings.Join(words, " ")
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name  string
		floor Floor
		want  string
	}{
		{
			"one node per seat pins the seats in runs",
			Floor{Seats: mustSeats(t, "2000-2059"), Nodes: testNodes("abc"), NodesPerSeat: 1},
			"2000-2019=a 2020-2039=b 2040-2059=c",
		},
		{
			"all nodes per seat only differ in who wins ties",
			Floor{Seats: mustSeats(t, "2000-2059"), Nodes: testNodes("abc")},
			"2000-2019=bca 2020-2039=cab 2040-2059=abc",
		},
		{
			"one node takes all",
			Floor{Seats: mustSeats(t, "2000-2009", "2100"), Nodes: testNodes("a")},
			"2000-2009=a 2100=a",
		},
		{"twice the weight has twice the seats", Floor{
			Seats: mustSeats(t, "2000-2029"), NodesPerSeat: 1,
			Nodes: []FloorNode{{ServerIP: "10.0.0.1", Suffix: "a", Weight: 2, Capacity: Unbounded}, testNode("b")},
		}, "2000-2019=a 2020-2029=b"},
		{"seats over the capacity of a node go to the others", Floor{
			Seats: mustSeats(t, "2000-2029"), NodesPerSeat: 1,
			Nodes: []FloorNode{{ServerIP: "10.0.0.1", Suffix: "a", Weight: 1, Capacity: 4}, testNode("b"), testNode("c")},
		}, "2000-2003=a 2004-2016=b 2017-2029=c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			placed, err := Place(c.floor, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := patterns(placed, suffixesOf(c.floor.Nodes)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestPlace_errors(t *testing.T) {
	seats := mustSeats(t, "2000-2149")
	small := testNodes("ab")
	small[0].Capacity, small[1].Capacity = 60, 100
	for _, c := range []struct {
		name  string
		floor Floor
		err   []string
	}{
		{
			"too little capacity, and says how much is missing",
			Floor{Seats: seats, Nodes: small, NodesPerSeat: 2},
			[]string{"short by 140 places", "150 seats on 2 nodes each need 300", "10.0.0.1 (a) holds 60, 10.0.0.2 (b) holds 100"},
		},
		{
			"more nodes per seat than servers",
			Floor{Seats: seats, Nodes: testNodes("ab"), NodesPerSeat: 3},
			[]string{"3 nodes per seat but 2 servers declared"},
		},
		{"no server", Floor{Seats: seats}, []string{"no server"}},
		{"zero weight", Floor{Seats: seats, Nodes: []FloorNode{{ServerIP: "10.0.0.1", Suffix: "a"}}}, []string{"10.0.0.1 has a weight below 1"}},
		{
			"a suffix that two servers share",
			Floor{Seats: seats, Nodes: []FloorNode{testNode("a"), {ServerIP: "10.0.0.2", Suffix: "a", Weight: 1}}},
			[]string{`share the suffix "a"`},
		},
		{"duplicate server", Floor{Seats: seats, Nodes: testNodes("aa")}, []string{"10.0.0.1 is declared twice"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Place(c.floor, nil)
			if err == nil {
				t.Fatal("placed them all the same")
			}
			for _, words := range c.err {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
	t.Run("error has the missing places", func(t *testing.T) {
		_, err := Place(Floor{Seats: seats, Nodes: small, NodesPerSeat: 2}, nil)
		var short *capacityError
		if !errors.As(err, &short) || short.short() != 140 || short.Hint() == "" {
			t.Errorf("got %v", err)
		}
	})
}

// drawFloor draws a floor with enough capacity for its seats.
func drawFloor(t *rapid.T, maxSeats, maxNodes, maxWeight int) Floor {
	floor := Floor{Seats: drawSeats(t, maxSeats)}
	nodes := rapid.IntRange(1, maxNodes).Draw(t, "nodes")
	floor.NodesPerSeat = rapid.IntRange(1, nodes).Draw(t, "nodes per seat")
	places := 0
	for i := range nodes {
		node := testNode(string(rune('a' + i)))
		node.Weight = rapid.IntRange(1, maxWeight).Draw(t, "weight "+node.Suffix)
		if rapid.IntRange(0, 3).Draw(t, "bounded "+node.Suffix) == 0 {
			node.Capacity = rapid.IntRange(0, floor.Seats.Len()+1).Draw(t, "capacity "+node.Suffix)
		}
		floor.Nodes = append(floor.Nodes, node)
		places += reach(floor, node)
	}
	for i := 0; places < floor.Seats.Len()*floor.NodesPerSeat; i++ { // raise limits until the seats fit
		places += floor.Seats.Len() - reach(floor, floor.Nodes[i])
		floor.Nodes[i].Capacity = Unbounded
	}
	return floor
}

// reach returns how many of the floor's seats a node can have.
func reach(floor Floor, node FloorNode) int {
	if node.Capacity < 0 {
		return floor.Seats.Len()
	}
	return min(node.Capacity, floor.Seats.Len())
}

// drawPlacement draws a placement of seats inside and outside the floor, on nodes
// inside and outside it.
func drawPlacement(t *rapid.T, floor Floor) *Placement {
	ranges := floor.Seats.Ranges()
	if rapid.Bool().Draw(t, "other seats") {
		ranges = append(ranges[1:], "9000-9003")
	}
	seats, err := ParseSeats(ranges)
	if err != nil {
		t.Fatal(err)
	}
	all := append(testNodes("xy"), floor.Nodes...)
	p := NewPlacement(seats)
	for position := range seats.Len() {
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 0, min(len(all), floor.NodesPerSeat+1), rapid.ID).Draw(t, "nodes of a seat")
		var nodes []string
		for _, i := range picked {
			nodes = append(nodes, all[i].ServerIP)
		}
		p.Set(position, nodes)
	}
	return p
}

func place(t interface{ Fatalf(string, ...any) }, floor Floor, now *Placement) *Placement {
	placed, err := Place(floor, now)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return placed
}

// checkPlacement checks the guarantees of Place for a placement.
func checkPlacement(t *rapid.T, floor Floor, placed *Placement) {
	if !placed.Seats().Equal(floor.Seats) {
		t.Fatalf("placed %s of %s", placed.Seats(), floor.Seats)
	}
	for position, seat := range placed.Seats().All() {
		nodes := slices.Clone(placed.at(position))
		slices.Sort(nodes)
		if len(slices.Compact(nodes)) != floor.NodesPerSeat || len(placed.at(position)) != floor.NodesPerSeat {
			t.Fatalf("seat %s has the nodes %v, want %d distinct ones", seat, placed.at(position), floor.NodesPerSeat)
		}
	}
	has, last := placed.PerServer(), map[string]int{}
	for position := range placed.Seats().Len() {
		nodes := placed.at(position)
		last[nodes[len(nodes)-1]]++
	}
	for _, node := range floor.Nodes {
		seats := has[node.ServerIP]
		if seats > reach(floor, node) {
			t.Fatalf("%s has %d seats, more than its capacity of %d", node.Suffix, seats, node.Capacity)
		}
		if ties := last[node.ServerIP]; ties < seats/floor.NodesPerSeat || ties > (seats+floor.NodesPerSeat-1)/floor.NodesPerSeat {
			t.Fatalf("%s wins the ties of %d of its %d seats at %d nodes per seat", node.Suffix, ties, seats, floor.NodesPerSeat)
		}
		for _, other := range floor.Nodes {
			// seats/weight <= other seats/other weight + 1, unless the other node
			// is full
			if has[other.ServerIP] < reach(floor, other) &&
				seats*other.Weight > (has[other.ServerIP]+other.Weight)*node.Weight {
				t.Fatalf("%s has %d seats at weight %d, but %s %d at %d", node.Suffix, seats, node.Weight,
					other.Suffix, has[other.ServerIP], other.Weight)
			}
		}
	}
}

// inserts returns the number of moves from now to placed: nodes that a seat did not
// have.
func inserts(now, placed *Placement) int {
	count := 0
	for position, seat := range placed.Seats().All() {
		count += len(difference(placed.at(position), now.Of(seat)))
	}
	return count
}

func TestPlace_anyFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 40, 8, 4)
		placed := place(t, floor, drawPlacement(t, floor))
		checkPlacement(t, floor, placed)
		if again := place(t, floor, placed); !again.Equal(placed) {
			t.Fatalf("placing again what is placed moves seats:\n%+v", MovesBetween(placed, again))
		}
	})
}

func TestPlace_keepsOrder(t *testing.T) {
	floor := Floor{Seats: mustSeats(t, "2000-2059"), Nodes: testNodes("abc"), KeepOrder: true}
	suffixes := suffixesOf(testNodes("abcd"))
	now := place(t, floor, nil)
	if got := patterns(now, suffixes); got != "2000-2059=abc" {
		t.Errorf("new seats list %s, want the order of the suffixes", got)
	}
	now.Set(7, []string{"10.0.0.3", "10.0.0.1", "10.0.0.2"})
	if after := place(t, floor, now); !after.Equal(now) {
		t.Errorf("got %s", patterns(after, suffixes))
	}
	floor.Nodes = append(floor.Nodes, testNode("d"))
	if got := patterns(place(t, floor, now), suffixes); got != "2000-2006=abcd 2007=cabd 2008-2059=abcd" {
		t.Errorf("a node that joins is listed in %s", got)
	}
}

// An alias that lost a login, or is gone, gets the order back that it had.
func TestPlace_restoresAlias(t *testing.T) {
	for _, nodes := range []string{"ab", "abc", "abcd"} {
		for _, seats := range []string{"2000", "2000-2002", "2000-2003", "2000-2006", "2000-2016"} {
			floor := Floor{Seats: mustSeats(t, seats), Nodes: testNodes(nodes)}
			before := place(t, floor, nil)
			for position, seat := range floor.Seats.All() {
				had := before.at(position)
				for _, edited := range [][]string{had[1:], had[:len(had)-1], nil} {
					now := place(t, floor, nil)
					now.Set(position, edited)
					if after := place(t, floor, now); !after.Equal(before) {
						t.Errorf("seats %s on %s: after an edit of %s to %v the plan has %s, before it was %s",
							seats, nodes, seat, edited, patterns(after, suffixesOf(floor.Nodes)), patterns(before, suffixesOf(floor.Nodes)))
					}
				}
			}
		}
	}
}

func TestPlace_deterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 6, 3)
		now := drawPlacement(t, floor)
		placed := place(t, floor, now)
		floor.Nodes = rapid.Permutation(floor.Nodes).Draw(t, "order of declaration")
		if again := place(t, floor, now); !again.Equal(placed) {
			t.Fatalf("the order of declaration moves seats:\n%+v", MovesBetween(placed, again))
		}
	})
}

// fewestMoves returns the fewest moves over all placements of a small floor.
func fewestMoves(floor Floor, now *Placement) int {
	demands := make([]demand, len(floor.Nodes))
	for i, node := range floor.Nodes {
		demands[i] = demand{weight: node.Weight, ceiling: reach(floor, node)}
	}
	bounds := quotas(floor.Seats.Len()*floor.NodesPerSeat, demands)
	var sets [][]int
	for bits := range 1 << len(floor.Nodes) {
		var set []int
		for i := range floor.Nodes {
			if bits&(1<<i) != 0 {
				set = append(set, i)
			}
		}
		if len(set) == floor.NodesPerSeat {
			sets = append(sets, set)
		}
	}
	fewest := 1 << 30
	has := make([]int, len(floor.Nodes))
	var try func(position, moves int)
	try = func(position, moves int) {
		if moves >= fewest {
			return
		}
		if position == floor.Seats.Len() {
			for i, b := range bounds {
				if has[i] < b.low || has[i] > b.high {
					return
				}
			}
			fewest = moves
			return
		}
		sits := now.Of(floor.Seats.At(position))
		for _, set := range sets {
			cost := 0
			for _, i := range set {
				has[i]++
				if !slices.Contains(sits, floor.Nodes[i].ServerIP) {
					cost++
				}
			}
			try(position+1, moves+cost)
			for _, i := range set {
				has[i]--
			}
		}
	}
	try(0, 0)
	return fewest
}

func TestPlace_fewestMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 5, 4, 3)
		now := drawPlacement(t, floor)
		placed := place(t, floor, now)
		if got, want := inserts(now, placed), fewestMoves(floor, now); got != want {
			t.Fatalf("%d moves from\n%s\nto\n%s, %d would do", got, now.draw(floor), placed.draw(floor), want)
		}
	})
}

func (p *Placement) draw(floor Floor) string { return patterns(p, suffixesOf(floor.Nodes)) }

func TestPlace_nodeAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 60, 8, 3)
		before := place(t, floor, nil)
		node := testNode("z")
		node.Weight = rapid.IntRange(1, 4).Draw(t, "weight of the new node")
		joined := floor
		joined.Nodes = append(slices.Clone(floor.Nodes), node)
		after := place(t, joined, before)
		checkPlacement(t, joined, after)
		weights := 0
		for _, node := range joined.Nodes {
			weights += node.Weight
		}
		// Without capacities the share of the new node is its quota. With
		// capacities of the others it is at least that.
		share := max(after.PerServer()[node.ServerIP], rounded(node.Weight*joined.Seats.Len()*joined.NodesPerSeat, weights).high)
		rounding := 0 // two nodes of different weight may have been rounded to either side
		if weights != len(joined.Nodes) {
			rounding = len(floor.Nodes)
		}
		if moves := inserts(before, after); moves > share+rounding {
			t.Fatalf("%d moves for a node whose share is %d:\n%+v", moves, share, MovesBetween(before, after))
		}
	})
}

func TestPlace_nodeRemoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 60, 8, 3)
		if len(floor.Nodes) > 1 && rapid.Bool().Draw(t, "all nodes but one") {
			floor.NodesPerSeat = len(floor.Nodes) - 1
		} else {
			floor.NodesPerSeat = 1
		}
		weights := 0
		for i := range floor.Nodes {
			floor.Nodes[i].Capacity = Unbounded
			weights += floor.Nodes[i].Weight
		}
		before := place(t, floor, nil)
		deleted := rapid.IntRange(0, len(floor.Nodes)-1).Draw(t, "the node that leaves")
		left := floor
		left.Nodes = slices.Delete(slices.Clone(floor.Nodes), deleted, deleted+1)
		if floor.NodesPerSeat > len(left.Nodes) {
			return
		}
		after := place(t, left, before)
		checkPlacement(t, left, after)
		lost := before.PerServer()[floor.Nodes[deleted].ServerIP]
		rounding := 0 // two nodes of different weight may have been rounded to either side
		if weights != len(floor.Nodes) {
			rounding = len(left.Nodes)
		}
		if moves := inserts(before, after); moves < lost || moves > lost+rounding {
			t.Fatalf("%d moves for a node that loses %d seats:\n%s\n%s", moves, lost, before.draw(floor), after.draw(floor))
		}
	})
}

// Typical floors: when any node is removed, only its seats move. On few seats, or
// with very different weights, balance may need one more move; the test above
// checks that it is never more than needed.
func TestPlace_nodeRemoved_typicalFloors(t *testing.T) {
	for _, c := range []struct{ seats, nodes, perSeat int }{
		{60, 3, 2}, {150, 4, 2}, {150, 8, 2}, {150, 8, 3}, {1000, 10, 2}, {1000, 12, 4}, {5000, 50, 2},
	} {
		floor := largeFloor(t, c.seats, c.nodes, c.perSeat)
		before := place(t, floor, nil)
		for deleted, node := range floor.Nodes {
			left := floor
			left.Nodes = slices.Delete(slices.Clone(floor.Nodes), deleted, deleted+1)
			after := place(t, left, before)
			if moves, lost := inserts(before, after), before.PerServer()[node.ServerIP]; moves != lost {
				t.Errorf("%d seats, %d of %d nodes each: %d moves when %s loses %d seats", c.seats, c.perSeat, c.nodes, moves, node.Suffix, lost)
			}
		}
	}
}

func TestPlace_newSeatsInRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 200, 10, 3)
		placed := place(t, floor, nil)
		// Each of at most three sections has one run per node, and one more where
		// the last node changes.
		if runs, most := len(placed.runs()), 6*(len(floor.Nodes)+1); runs > most {
			t.Fatalf("%d runs for %d nodes, want at most %d:\n%s", runs, len(floor.Nodes), most, placed.draw(floor))
		}
	})
	floor := largeFloor(t, 10_000, 100, 2)
	if runs := len(place(t, floor, nil).runs()); runs > 100 {
		t.Errorf("10,000 seats on 100 nodes make %d runs, want one a node", runs)
	}
}

func largeFloor(t interface{ Fatalf(string, ...any) }, seats, nodes, perSeat int) Floor {
	floor := Floor{Seats: mustSeats(t, fmt.Sprintf("20000-%d", 20000+seats-1)), NodesPerSeat: perSeat}
	for i := range nodes {
		floor.Nodes = append(floor.Nodes, FloorNode{
			ServerIP: fmt.Sprintf("10.0.%d.1", i), Suffix: nthSuffix(i), Weight: 1, Capacity: Unbounded,
		})
	}
	return floor
}

// nthSuffix returns the i-th of a to z, aa, ab and so on.
func nthSuffix(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return string(rune('a'+i/26-1)) + string(rune('a'+i%26))
}

func BenchmarkPlace(b *testing.B) {
	floor := largeFloor(b, 10_000, 100, 2)
	before := place(b, floor, nil)
	joined := floor
	joined.Nodes = append(slices.Clone(floor.Nodes), FloorNode{ServerIP: "10.9.9.9", Suffix: "zz", Weight: 1, Capacity: Unbounded})
	left := floor
	left.Nodes = floor.Nodes[1:]
	for _, c := range []struct {
		name  string
		floor Floor
		now   *Placement
	}{
		{"10,000 new seats on 100 nodes", floor, nil},
		{"node added", joined, before},
		{"node removed", left, before},
		{"no change", floor, before},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				place(b, c.floor, c.now)
			}
		})
	}
}
