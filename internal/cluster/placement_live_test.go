package cluster

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whoever is at work keeps the node in use, whatever is declared; everybody else
// is placed as always, and again once they have left.
func TestPlace_anyoneAtWorkStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 6, 3)
		now := drawSitting(t, floor)
		live := map[string]string{}
		for position, seat := range now.Seats().All() {
			if nodes := now.At(position); len(nodes) > 0 && rapid.IntRange(0, 2).Draw(t, "at work") == 0 {
				live[seat] = rapid.SampledFrom(nodes).Draw(t, "node in use")
			}
		}
		placed, err := Place(floor, Sitting{Placement: now, Live: live})
		if err != nil {
			var short *CapacityShort
			if !errors.As(err, &short) {
				t.Fatalf("%v\nnow %s, live %v", err, now.draw(floor), live)
			}
			return
		}
		has := placed.PerServer()
		pinned := map[string]int{}
		for position, seat := range placed.Seats().All() {
			nodes := placed.At(position)
			if sorted := slices.Sorted(slices.Values(nodes)); len(slices.Compact(sorted)) != floor.NodesPerSeat {
				t.Fatalf("seat %s has the nodes %v, want %d distinct ones", seat, nodes, floor.NodesPerSeat)
			}
			if node, works := live[seat]; works {
				if !slices.Contains(nodes, node) {
					t.Fatalf("seat %s is in use on %s and goes to %v", seat, node, nodes)
				}
				pinned[node]++
			}
		}
		for _, node := range floor.Nodes {
			if has[node.ServerIP] > max(reach(floor, node), pinned[node.ServerIP]) {
				t.Fatalf("%s has %d seats, %d of them in use, and a capacity of %d", node.Suffix, has[node.ServerIP], pinned[node.ServerIP], node.Capacity)
			}
			delete(has, node.ServerIP)
		}
		for node, seats := range has {
			if seats > pinned[node] {
				t.Fatalf("%d seats are on %s, which is declared no more; %d are in use", seats, node, pinned[node])
			}
		}
		checkPlacement(t, floor, place(t, floor, placed))
	})
}

// An apply that finds agents at work leaves their seats where they are; all other
// seats are where the plan says.
func TestPlacement_holdsSeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 6, 3)
		now := drawSitting(t, floor)
		planned, err := Place(floor, Sitting{Placement: now})
		if err != nil {
			return
		}
		var held []string
		for _, seat := range planned.Seats().All() {
			if rapid.Bool().Draw(t, "held") {
				held = append(held, seat)
			}
		}
		written, err := Place(floor, Sitting{Placement: now})
		if err != nil {
			t.Fatal(err)
		}
		written.Hold(append(held, "no seat of this floor"), now)
		for _, seat := range planned.Seats().All() {
			want := planned.Of(seat)
			if slices.Contains(held, seat) {
				want = now.Of(seat)
			}
			if !slices.Equal(written.Of(seat), want) {
				t.Fatalf("seat %s is at %v, want %v", seat, written.Of(seat), want)
			}
		}
	})
}
