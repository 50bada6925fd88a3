package seating

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// A plan of a placement does not depend on others that may be written with it: it is the
// same after them, unless they add rows that it would take for its own. It leaves those alone.
func TestPlanFloor_independent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newTables()
		for _, user := range []string{"1", "2", "11", "12"} {
			d.rows[cluster.TableUsers] = append(d.rows[cluster.TableUsers], cluster.Row{"user": cluster.Text(user), "phone_login": cluster.Text("")})
		}
		// Names of one naming are those of other seats in the other ones.
		drawFloor := func() (FloorStyle, *Placement) {
			nodes := testNodes(rapid.SampledFrom([]string{"a", "ab", "bc", "abc"}).Draw(t, "servers"))
			style := testStyle(t, nodes)
			style.Naming = mustNaming(t, rapid.SampledFrom([]map[string]string{
				nil,
				{"login": "1{seat}{suffix}", "extension": "1{seat}{suffix}", "alias_id": "1{seat}", "voicemail_id": "1{seat}"},
				{"alias_id": "{seat}a"},
				{"voicemail_id": "1{seat}"},
			}).Draw(t, "naming"))
			style.Phone["pass"] = cluster.Text(rapid.SampledFrom([]string{"secret1", "secret2"}).Draw(t, "password"))
			style.Users = rapid.Bool().Draw(t, "assigns users")
			seats := mustSeats(t, rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3", "11", "12"}), 0, 3, rapid.ID).Draw(t, "seats")...)
			return style, place(t, Floor{Seats: seats, Nodes: nodes, NodesPerSeat: rapid.IntRange(1, len(nodes)).Draw(t, "per seat")}, nil)
		}
		type change struct {
			before  FloorStyle
			seats   Seats
			rows    FloorRows
			options PlanOptions
		}
		decide := func(c change) (cluster.Plan, error) {
			all := d.seen()
			return PlanFloor(c.before.Own(all, c.seats), all, c.rows, c.options)
		}
		write := func(plan cluster.Plan) {
			for _, step := range plan.Ordered() {
				d.write(t, step, 1<<30)
			}
		}
		var claims FloorClaims
		var changes []change
		for i := range 2 {
			style, placed := drawFloor()
			rows := floorRowsOf(t, style, placed)
			c := change{before: style, seats: placed.Seats(), rows: rows, options: PlanOptions{Defaults: cluster.Row{"status": cluster.Text("ACTIVE")}}}
			claim := FloorClaim{Name: string(rune('A' + i)), Seats: placed.Seats(), Style: style}
			if rapid.Bool().Draw(t, "exists") {
				before := claim
				if plan, err := decide(c); err == nil {
					write(plan)
				}
				claim.Style, placed = drawFloor()
				claim.Seats, claim.Before, c.rows = placed.Seats(), &before, floorRowsOf(t, claim.Style, placed)
			}
			var err error
			if claims, err = claims.With(claim); err != nil {
				return // Terraform's plan fails
			}
			changes = append(changes, c)
		}
		var plans []cluster.Plan
		for _, c := range changes {
			plan, err := decide(c)
			if err != nil || len(plan.Steps) == 0 {
				return
			}
			plans = append(plans, plan)
		}
		if !plans[0].Access().Independent(plans[1].Access()) {
			return
		}
		own := func() FloorRows { return changes[1].before.Own(d.seen(), changes[1].seats) }
		before := own()
		write(plans[0])
		if more := own().without(before); len(more.Phones)+len(more.Aliases) > 0 {
			return
		}
		after, err := decide(changes[1])
		if err != nil || !reflect.DeepEqual(after, plans[1]) {
			t.Fatalf("after the other one it is %+v (%v), and was %+v", after, err, plans[1])
		}
		write(after)
	})
}
