package seating

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPlacement_copiesSeats checks that seats in use keep their current nodes and
// all others get the planned ones.
func TestPlacement_copiesSeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 6, 3)
		now := drawPlacement(t, floor)
		planned, err := Place(floor, now)
		if err != nil {
			return
		}
		var held []string
		for _, seat := range planned.Seats().All() {
			if rapid.Bool().Draw(t, "held") {
				held = append(held, seat)
			}
		}
		written, err := Place(floor, now)
		if err != nil {
			t.Fatal(err)
		}
		written.CopyFrom(append(held, "no seat of this floor"), now)
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
