package server

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// setFirstRoom sets the first room at plan time to the engine's default, if the
// configuration omits it. Rooms that are not managed are unknown when the engine
// changes, since those of another engine are in another table. If the first of the
// existing rooms was removed, the range keeps its beginning.
func (o *expanded) setFirstRoom(declared, prior *expanded, before cluster.RoomRange) {
	engineChanged := prior != nil && !prior.conference.Engine.Equal(o.conference.Engine)
	switch {
	case declared.Conference.IsUnknown() || declared.conference.Rooms.IsUnknown() || declared.conference.FirstRoom.IsUnknown():
		return
	case declared.conference.Rooms.IsNull():
		if engineChanged {
			o.conference.Rooms, o.conference.FirstRoom = types.Int64Unknown(), types.Int64Unknown()
		}
	case declared.conference.FirstRoom.IsNull() && declared.conference.Engine.IsUnknown():
		o.conference.FirstRoom = types.Int64Unknown()
	case declared.conference.FirstRoom.IsNull():
		first := o.conference.FirstRoom
		if engineChanged || first.IsNull() || first.IsUnknown() {
			o.conference.FirstRoom = tfhelper.Int64(o.engine().FirstRoom())
		} else if before.Count > 0 && declared.conference.Rooms.ValueInt64() == int64(before.Count) {
			o.conference.FirstRoom = tfhelper.Int64(before.First)
		}
	}
}

// reviewRooms checks the numbers of rooms: the static dialplan must reach them, and
// their count is limited.
func (o *expanded) reviewRooms(declared, prior *expanded) diag.Diagnostics {
	rooms, managed := o.rooms(declared)
	if !managed || rooms.Count == 0 || o.conference.Engine.IsUnknown() {
		return nil
	}
	existing := false
	if prior != nil {
		before, managed := prior.rooms(prior)
		existing = managed && before == rooms && prior.engine() == o.engine()
	}
	diags := tfhelper.DiagnoseNew(path.Root("conference").AtName("first_room"), "Rooms outside of the dialplan", rooms.Check(o.engine()), existing)
	if rooms.Count < 0 || rooms.Count > mostRooms {
		diags.Append(tfhelper.DiagnoseNew(path.Root("conference").AtName("rooms"), "Invalid value", fmt.Errorf("%d must be between 0 and %d; to leave rooms unmanaged, leave it out", rooms.Count, mostRooms), existing)...)
	}
	return diags
}

// mostRooms is the largest number of rooms of a server.
const mostRooms = 1000

// roomList returns the first of the numbers, and the count of the others.
func roomList(numbers []int) string {
	texts := make([]string, 0, len(numbers))
	for _, number := range numbers {
		texts = append(texts, strconv.Itoa(number))
	}
	return cluster.ListOf(texts)
}

// planRooms returns the plan of the declared rooms; rooms that are not managed stay.
// Rooms of the other engine are removed by a change of the engine, or later if some were
// in use. Otherwise they stay, since a new system has rooms of both engines.
func (o *expanded) planRooms(declared *expanded, ip string, have state, waiting bool) cluster.Plan {
	rooms, managed := o.rooms(declared)
	if !managed {
		return cluster.Plan{}
	}
	existing := maps.Clone(have.rooms)
	if !waiting && (have.server.Row == nil || have.server.Engine() == o.engine()) {
		delete(existing, o.engine().Other())
	}
	return cluster.PlanRooms(ip, o.engine(), existing, rooms)
}

// remember returns the private state after a write.
func (o *expanded) remember(declared *expanded, prior privateState, before cluster.Engine) privateState {
	rooms, managed := o.rooms(declared)
	if !managed {
		return privateState{Waiting: prior.Waiting}
	}
	return privateState{Rooms: rooms, Waiting: prior.Waiting || before != o.engine() && !declared.conference.Engine.IsNull()}
}
