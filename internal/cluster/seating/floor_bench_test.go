package seating

import (
	"testing"
)

// BenchmarkFloorRows measures the parts of a plan of 10,000 seats on two nodes
// without changes.
func BenchmarkFloorRows(b *testing.B) {
	floor := largeFloor(b, 10_000, 2, 2)
	placed := place(b, floor, nil)
	style := testStyle(b, floor.Nodes)
	rows := floorRowsOf(b, style, placed)
	own := style.Own(rows, floor.Seats)
	b.Run("rows of a declaration", func(b *testing.B) {
		for b.Loop() {
			floorRowsOf(b, style, placed)
		}
	})
	b.Run("own rows among all", func(b *testing.B) {
		for b.Loop() {
			style.Own(rows, floor.Seats)
		}
	})
	b.Run("where seats sit", func(b *testing.B) {
		for b.Loop() {
			style.PlacementOf(own, floor.Seats)
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if violations := rows.Check(FloorRows{}); len(violations) != 0 {
				b.Fatal(violations)
			}
		}
	})
	b.Run("plan", func(b *testing.B) {
		for b.Loop() {
			if plan, err := PlanFloor(own, rows, rows, PlanOptions{}); err != nil || !plan.Empty() {
				b.Fatal(err)
			}
		}
	})
	b.Run("deviations", func(b *testing.B) {
		for b.Loop() {
			if found := Deviations(own, rows, rows); len(found) != 0 {
				b.Fatal(found)
			}
		}
	})
}
