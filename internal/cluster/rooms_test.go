package cluster_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func someRooms(t *rapid.T, engine cluster.Engine) []cluster.Room {
	first := engine.FirstRoom()
	numbers := rapid.SliceOfN(rapid.IntRange(first-2, first+12), 0, 8).Draw(t, string(engine)) // a number may be there twice
	slices.Sort(numbers)
	var rooms []cluster.Room
	for _, number := range numbers {
		rooms = append(rooms, cluster.Room{Number: number, InUse: rapid.Bool().Draw(t, "in use")})
	}
	return rooms
}

// written does to rooms what a plan's statements do to rows.
func written(have map[cluster.Engine][]cluster.Room, plan cluster.Plan) map[cluster.Engine][]cluster.Room {
	now := maps.Clone(have)
	for _, step := range plan.Ordered() {
		for _, engine := range []cluster.Engine{cluster.Meetme, cluster.Confbridge} {
			if step.Table != engine.Table() {
				continue
			}
			for _, row := range step.Rows {
				number, _ := row["conf_exten"].Int()
				now[engine] = append(slices.Clone(now[engine]), cluster.Room{Number: int(number)})
			}
			if step.Verb == cluster.Delete {
				now[engine] = slices.DeleteFunc(slices.Clone(now[engine]), func(room cluster.Room) bool {
					return slices.Contains(step.In, cluster.Number(int64(room.Number))) && (!room.InUse || step.Guard != cluster.FreeRoom)
				})
			}
			if step.Verb == cluster.DeleteDuplicates {
				number, _ := step.Key["conf_exten"].Int()
				copies := 0
				for _, room := range now[engine] {
					if room.Number == int(number) {
						copies++
					}
				}
				now[engine] = slices.DeleteFunc(slices.Clone(now[engine]), func(room cluster.Room) bool {
					goes := copies > 1 && room.Number == int(number) && !room.InUse
					if goes {
						copies--
					}
					return goes
				})
			}
			slices.SortFunc(now[engine], func(a, b cluster.Room) int { return a.Number - b.Number })
		}
	}
	return now
}

func TestPlanRooms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		engine := rapid.SampledFrom([]cluster.Engine{cluster.Meetme, cluster.Confbridge}).Draw(t, "engine")
		have := map[cluster.Engine][]cluster.Room{cluster.Meetme: someRooms(t, cluster.Meetme), cluster.Confbridge: someRooms(t, cluster.Confbridge)}
		want := cluster.RoomRange{First: engine.FirstRoom() + rapid.IntRange(0, 5).Draw(t, "first"), Count: rapid.IntRange(0, 8).Draw(t, "count")}
		plan := cluster.PlanRooms("10.0.0.1", engine, have, want)
		now := written(have, plan)

		for of, rooms := range have {
			for _, room := range rooms {
				if room.InUse && copies(now[of], room) != copies(rooms, room) {
					t.Fatalf("room %d is in use and gone", room.Number)
				}
			}
		}
		for number := want.First; number < want.First+want.Count; number++ {
			if !slices.ContainsFunc(now[engine], func(room cluster.Room) bool { return room.Number == number }) {
				t.Fatalf("room %d is not there", number)
			}
		}
		busy := cluster.BusyRooms(engine, have, want, true)
		if left := len(now[engine]) + len(now[engine.Other()]); left != want.Count+len(busy) {
			t.Fatalf("%d rooms, want %d and the %d in use", left, want.Count, len(busy))
		}
		if described, _ := cluster.DescribeRooms(engine, now, want, true); (described == want) != (len(busy) == 0) {
			t.Fatalf("described as %v, while %v are in use beside %v", described, busy, want)
		}
		if again := cluster.PlanRooms("10.0.0.1", engine, now, want); !again.Empty() && len(busy) == 0 {
			t.Fatalf("a second plan does %v", again)
		}
		if described, _ := cluster.DescribeRooms(engine, have, want, true); described == want && !plan.Empty() {
			t.Fatalf("described as declared, but the plan does %v", plan)
		}
	})
}

func copies(rooms []cluster.Room, like cluster.Room) int {
	count := 0
	for _, room := range rooms {
		if room == like {
			count++
		}
	}
	return count
}

func TestDescribe_roomsThatNobodyWants(t *testing.T) {
	meetme := func(numbers ...int) map[cluster.Engine][]cluster.Room {
		var rooms []cluster.Room
		for _, number := range numbers {
			rooms = append(rooms, cluster.Room{Number: number})
		}
		return map[cluster.Engine][]cluster.Room{cluster.Meetme: rooms}
	}
	for _, c := range []struct {
		claim string
		rooms map[cluster.Engine][]cluster.Room
		want  cluster.RoomRange
		whole bool
	}{
		{"none", nil, cluster.RoomRange{}, true},
		{"a run", meetme(8600051, 8600052, 8600053), cluster.RoomRange{First: 8600051, Count: 3}, true},
		{"rooms with a gap are no range", meetme(8600051, 8600053), cluster.RoomRange{}, false},
		{"nor is a room that is there twice", meetme(8600051, 8600051), cluster.RoomRange{}, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if found, whole := cluster.DescribeRooms(cluster.Meetme, c.rooms, cluster.RoomRange{}, false); found != c.want || whole != c.whole {
				t.Errorf("described as %v, %v", found, whole)
			}
		})
	}
}

func TestRoomRangeCheck(t *testing.T) {
	for _, c := range []struct {
		claim  string
		engine cluster.Engine
		rooms  cluster.RoomRange
		fine   bool
	}{
		{"where VICIdial's samples begin", cluster.Meetme, cluster.RoomRange{First: 8600051, Count: 250}, true},
		{"up to the last that the dialplan answers", cluster.Meetme, cluster.RoomRange{First: 8600990, Count: 10}, true},
		{"one beyond it", cluster.Meetme, cluster.RoomRange{First: 8600990, Count: 11}, false},
		{"where the old client's rooms are", cluster.Meetme, cluster.RoomRange{First: 8600050, Count: 1}, false},
		{"a thousand", cluster.Confbridge, cluster.RoomRange{First: 9600000, Count: 1000}, true},
		{"the other engine's numbers", cluster.Confbridge, cluster.RoomRange{First: 8600051, Count: 1}, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if err := c.rooms.Check(c.engine); (err == nil) != c.fine {
				t.Errorf("%v of %s: %v", c.rooms, c.engine, err)
			}
		})
	}
}
