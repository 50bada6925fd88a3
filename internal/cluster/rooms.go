package cluster

import (
	"fmt"
	"slices"
)

// Engine is the conference engine of a server: servers.conf_engine.
type Engine string

// The engines. Each keeps its rooms in a table of its own.
const (
	Meetme     Engine = "MEETME"
	Confbridge Engine = "CONFBRIDGE"
)

// Table holds the engine's rooms.
func (e Engine) Table() Table {
	if e == Confbridge {
		return TableConfbridges
	}
	return TableMeetmeRooms
}

// FirstRoom is the first number of VICIdial's samples
// (docs/vicidial/agent-login.md#room-numbers). The old client has the numbers below the
// one of MeetMe, in the table conferences.
func (e Engine) FirstRoom() int {
	if e == Confbridge {
		return 9600000
	}
	return 8600051
}

// lastRoom is the last number that the static dialplan accepts.
func (e Engine) lastRoom() int {
	if e == Confbridge {
		return 9600999
	}
	return 8600999
}

// Other is the engine that this one is not.
func (e Engine) Other() Engine {
	if e == Confbridge {
		return Meetme
	}
	return Confbridge
}

// Room is one conference room of a server.
type Room struct {
	Number int  // conf_exten
	InUse  bool // somebody has reserved it: extension is neither NULL nor empty
}

// Rooms are one engine's rooms by server_ip, sorted by number.
type Rooms map[string][]Room

// RoomsOf picks one server's rooms out of those of all servers.
func RoomsOf(ip string, rooms map[Engine]Rooms) map[Engine][]Room {
	return map[Engine][]Room{Meetme: rooms[Meetme][ip], Confbridge: rooms[Confbridge][ip]}
}

// RoomRange is a run of rooms: Count of them from First on.
type RoomRange struct {
	First int
	Count int
}

// Check returns an error if the engine does not support the range.
func (r RoomRange) Check(engine Engine) error {
	last := r.First + r.Count - 1
	if r.First < engine.FirstRoom() || last > engine.lastRoom() {
		return fmt.Errorf("%s rooms %d to %d are outside %d to %d, the numbers that VICIdial's dialplan answers and the old client leaves free",
			engine, r.First, last, engine.FirstRoom(), engine.lastRoom())
	}
	return nil
}

// Missing lists the numbers of the range of which there is no room.
func (r RoomRange) Missing(rooms []Room) []int {
	exists := map[int]bool{}
	for _, room := range rooms {
		exists[room.Number] = true
	}
	var missing []int
	for number := r.First; number < r.First+r.Count; number++ {
		if !exists[number] {
			missing = append(missing, number)
		}
	}
	return missing
}

func (r RoomRange) includes(number int) bool { return number >= r.First && number < r.First+r.Count }

// Contains reports whether the rooms of the other range are among those of r.
func (r RoomRange) Contains(other RoomRange) bool {
	return r.First <= other.First && other.First+other.Count <= r.First+r.Count
}

// DescribeRooms returns the present rooms as a range, and whether they are exactly one
// run. For other rooms it returns a range that differs from the wanted one, so that a
// plan corrects them. Rooms of the other engine count with waiting: they were in use when
// the engine changed. If want is the zero range, only a run is described.
func DescribeRooms(engine Engine, have map[Engine][]Room, want RoomRange, waiting bool) (RoomRange, bool) {
	rooms, all := have[engine], len(have[engine])
	if waiting {
		all += len(have[engine.Other()])
	}
	run := RoomRange{First: want.First}
	if len(rooms) > 0 {
		run.First = rooms[0].Number
	}
	for _, room := range rooms {
		if room.Number == run.First+run.Count {
			run.Count++
		}
	}
	isRun := run.Count == all
	switch {
	case !isRun && want == RoomRange{}:
		return RoomRange{}, false
	case !isRun && run == want:
		run.Count = all
	}
	return run, isRun
}

// PlanRooms returns the steps from a server's rooms to the wanted range of the wanted
// engine. New rooms are added first; other rooms are deleted last and only while nobody
// has reserved them, since that would cut an agent off (docs/vicidial/agent-login.md#room-in-use).
func PlanRooms(ip string, engine Engine, have map[Engine][]Room, want RoomRange) Plan {
	var plan Plan
	count := map[int]int{}
	var surplus []Value
	for _, room := range have[engine] {
		count[room.Number]++
		if !want.includes(room.Number) {
			surplus = append(surplus, Number(int64(room.Number)))
		}
	}
	var missing []Row
	for number := want.First; number < want.First+want.Count; number++ {
		if count[number] == 0 {
			missing = append(missing, Row{"conf_exten": Number(int64(number)), "server_ip": Text(ip), "extension": Text("")})
		}
	}
	if len(missing) > 0 {
		first, last := missing[0]["conf_exten"].Text, missing[len(missing)-1]["conf_exten"].Text
		plan.Steps = append(plan.Steps, Step{
			Phase: Add, Verb: Insert, Table: engine.Table(), Rows: missing, Key: Row{"conf_exten": {}, "server_ip": {}},
			Audit: Audit{
				Section: "VICICONF", Type: "ADD", Record: first, Code: "ADMIN ADD VICIDIAL " + engine.noun(),
				Notes: fmt.Sprintf("%d rooms %s to %s on %s", len(missing), first, last, ip),
			},
		})
	}
	for number := want.First; number < want.First+want.Count; number++ {
		if count[number] > 1 {
			plan.Steps = append(plan.Steps, removeDuplicateRooms(ip, engine, number))
		}
	}
	plan.Steps = append(plan.Steps, removeRooms(ip, engine, surplus)...)
	var other []Value
	for _, room := range have[engine.Other()] {
		other = append(other, Number(int64(room.Number)))
	}
	plan.Steps = append(plan.Steps, removeRooms(ip, engine.Other(), other)...)
	if len(plan.Steps) > 0 && slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Table == TableMeetmeRooms }) {
		plan.Rebuild.Servers = []string{ip} // meetme-vicidial.conf lists the rooms
	}
	return plan
}

// RemoveRooms returns the plan that deletes the rooms that were added since before.
func RemoveRooms(ip string, now, before map[Engine][]Room) Plan {
	var plan Plan
	for _, engine := range []Engine{Meetme, Confbridge} {
		var added []Value
		for _, room := range now[engine] {
			if !slices.ContainsFunc(before[engine], func(old Room) bool { return old.Number == room.Number }) {
				added = append(added, Number(int64(room.Number)))
			}
		}
		plan.Steps = append(plan.Steps, removeRooms(ip, engine, added)...)
	}
	return plan
}

func removeRooms(ip string, engine Engine, numbers []Value) []Step {
	if len(numbers) == 0 {
		return nil
	}
	return []Step{{
		Phase: Remove, Verb: Delete, Table: engine.Table(), Key: Row{"server_ip": Text(ip)},
		InColumn: "conf_exten", In: numbers, Guard: FreeRoom, AllowNoMatch: true,
		Audit: Audit{
			Section: "CONFERENCES", Type: "DELETE", Record: numbers[0].Text, Code: "ADMIN DELETE " + engine.noun(),
			Notes: fmt.Sprintf("%d rooms from %s on %s", len(numbers), numbers[0].Text, ip),
		},
	}}
}

// removeDuplicateRooms leaves one of several rows of a room. A cluster with many
// upgrades may lack the unique key (docs/vicidial/schema.md#missing-keys), and two agents
// who reserve one row each hear one another.
func removeDuplicateRooms(ip string, engine Engine, number int) Step {
	room := Number(int64(number))
	return Step{
		Phase: Remove, Verb: DeleteDuplicates, Table: engine.Table(), Key: Row{"server_ip": Text(ip), "conf_exten": room}, Guard: FreeRoom,
		Audit: Audit{
			Section: "CONFERENCES", Type: "DELETE", Record: room.Text, Code: "ADMIN DELETE " + engine.noun(),
			Notes: fmt.Sprintf("duplicates of room %d on %s", number, ip),
		},
	}
}

func (e Engine) noun() string {
	if e == Confbridge {
		return "CONFBRIDGE"
	}
	return "CONFERENCE"
}

// BusyRooms lists the reserved rooms that are to be deleted: those outside of the wanted
// range, duplicates inside of it, and with waiting those of the other engine. If want is
// the zero range, there are none.
func BusyRooms(engine Engine, have map[Engine][]Room, want RoomRange, waiting bool) []int {
	var busy []int
	if want == (RoomRange{}) {
		return nil
	}
	reserved := map[int]bool{}
	for _, each := range []Engine{engine, engine.Other()} {
		for _, room := range have[each] {
			if !room.InUse {
				continue
			}
			if each == engine && (!want.includes(room.Number) || reserved[room.Number]) || each != engine && waiting {
				busy = append(busy, room.Number)
			}
			reserved[room.Number] = true
		}
	}
	return busy
}
