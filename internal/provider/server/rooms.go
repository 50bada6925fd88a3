package server

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// setFirstRoom sets the first room at plan time to the engine's default, if the
// configuration omits it. Rooms that are not managed are unknown when the engine
// changes, since those of another engine are in another table. Rooms that were there
// before, of which the first one is gone, begin where they began.
func (o *expanded) setFirstRoom(declared, prior *expanded, before cluster.RoomRange) {
	other := prior != nil && !prior.conference.Engine.Equal(o.conference.Engine)
	switch {
	case declared.Conference.IsUnknown() || declared.conference.Rooms.IsUnknown() || declared.conference.FirstRoom.IsUnknown():
		return
	case declared.conference.Rooms.IsNull():
		if other {
			o.conference.Rooms, o.conference.FirstRoom = types.Int64Unknown(), types.Int64Unknown()
		}
	case declared.conference.FirstRoom.IsNull():
		first := o.conference.FirstRoom
		if other || first.IsNull() || first.IsUnknown() {
			o.conference.FirstRoom = types.Int64Value(int64(o.engine().FirstRoom()))
		} else if before.Count > 0 && declared.conference.Rooms.ValueInt64() == int64(before.Count) {
			o.conference.FirstRoom = types.Int64Value(int64(before.First))
		}
	}
}

// reviewRooms judges numbers of rooms: those that the static dialplan does not reach, and
// those beyond the bounds.
func (o *expanded) reviewRooms(declared, prior *expanded) diag.Diagnostics {
	rooms, managed := o.rooms(declared)
	if !managed || rooms.Count == 0 || o.conference.Engine.IsUnknown() && !o.Conference.IsUnknown() && o.conference.FirstRoom.IsUnknown() {
		return nil
	}
	existing := false
	if prior != nil {
		was, managed := prior.rooms(prior)
		existing = managed && was == rooms && prior.engine() == o.engine()
	}
	diags := tfhelper.Judge(path.Root("conference").AtName("first_room"), "Rooms out of reach", rooms.Check(o.engine()), existing)
	if rooms.Count < 0 || rooms.Count > mostRooms {
		diags.Append(tfhelper.Judge(path.Root("conference").AtName("rooms"), "Invalid value", fmt.Errorf("%d must be between 0 and %d; leave it out, and rooms are not managed", rooms.Count, mostRooms), existing)...)
	}
	return diags
}

// mostRooms bounds the rooms of a server.
const mostRooms = 1000

// warnRoomsInUse warns of rooms outside the declared range that are in use. State
// keeps what the plan said; the next refresh finds them, and a later apply removes
// them.
func warnRoomsInUse(id string, busy []int) diag.Diagnostics {
	return diag.Diagnostics{diag.NewWarningDiagnostic("Rooms of server "+id+" are still in use",
		"Somebody has reserved rooms that are to go: "+some(busy)+". They are left; apply again when they are free.")}
}

// some lists the first of some numbers, and counts the others.
func some(numbers []int) string {
	texts := make([]string, 0, len(numbers))
	for _, number := range numbers {
		texts = append(texts, strconv.Itoa(number))
	}
	return strings.Join(cluster.FirstOf(texts, 5), ", ")
}

// planRooms returns the plan of the declared rooms; rooms that are not managed
// stay. Rooms of the other engine are removed by the change that leaves it, or by a
// later one if some were in use: a fresh system has rooms of both.
func (o *expanded) planRooms(declared *expanded, ip string, have state, waiting bool) cluster.Plan {
	rooms, managed := o.rooms(declared)
	if !managed {
		return cluster.Plan{}
	}
	there := maps.Clone(have.rooms)
	if !waiting && (have.server.Row == nil || have.server.Engine() == o.engine()) {
		delete(there, o.engine().Other())
	}
	return cluster.PlanRooms(ip, o.engine(), there, rooms)
}

// remember is the private state of a write.
func (o *expanded) remember(declared *expanded, was memory, from cluster.Engine) memory {
	rooms, managed := o.rooms(declared)
	if !managed {
		return memory{Waiting: was.Waiting}
	}
	return memory{Rooms: rooms, Waiting: was.Waiting || from != o.engine()}
}
