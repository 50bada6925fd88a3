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

// settleRooms fills in at plan time where the rooms begin, when the
// configuration leaves it to the engine. Rooms that are not managed are another
// table's when the engine changes, so nothing is known of them then.
func (o *opened) settleRooms(declared, prior *opened) {
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
		}
	}
}

// reviewRooms refuses numbers that no call would reach.
func (o *opened) reviewRooms(declared *opened) diag.Diagnostics {
	rooms, managed := o.rooms(declared)
	if !managed || rooms.Count == 0 || o.conference.Engine.IsUnknown() && !o.Conference.IsUnknown() && o.conference.FirstRoom.IsUnknown() {
		return nil
	}
	return tfhelper.DiagnoseAt(path.Root("conference").AtName("first_room"), "Rooms out of reach", rooms.Check(o.engine()))
}

// stillInUse tells of rooms that stand beside the declared range. What the plan
// said stays said; the next refresh finds them, and a later apply removes them.
func stillInUse(id string, busy []int) diag.Diagnostics {
	const shown = 5
	var numbers []string
	for _, number := range busy[:min(len(busy), shown)] {
		numbers = append(numbers, strconv.Itoa(number))
	}
	if len(busy) > shown {
		numbers = append(numbers, fmt.Sprintf("and %d more", len(busy)-shown))
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Rooms of server "+id+" are still in use",
		"Somebody has reserved rooms that are to go: "+strings.Join(numbers, ", ")+". They are left; apply again when they are free.")}
}

// planRooms leads to the declared rooms; rooms that are not managed stay. Those
// of the other engine go when this change leaves it, or one before did that could
// not remove them all: stock systems have rooms of both.
func (o *opened) planRooms(declared *opened, ip string, have state, waiting bool) cluster.Plan {
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

// wanted is what a write remembers of the rooms it has led to.
func (o *opened) wanted(declared *opened, was memory, from cluster.Engine) memory {
	rooms, managed := o.rooms(declared)
	if !managed {
		return memory{Waiting: was.Waiting}
	}
	return memory{Rooms: rooms, Waiting: was.Waiting || from != o.engine()}
}
