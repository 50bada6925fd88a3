package server

import (
	"context"
	"strconv"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// privateState is the private state: the row as it was read last, which a write compares, and
// the changes that the read found. It contains no secrets.
type privateState struct {
	Row     cluster.Row
	Changes []tfhelper.ColumnChange `json:"Moved,omitempty"`
	// Rooms is the last range that was declared, or read without gaps.
	Rooms cluster.RoomRange
	// Waiting is true while rooms of the other engine remain to be removed.
	Waiting bool `json:",omitempty"`
}

// forgetOtherRooms forgets rooms of another engine than the server has.
func (m *privateState) forgetOtherRooms(server cluster.Server) {
	if m.Row != nil && (cluster.Server{Row: m.Row}).Engine() != server.Engine() {
		m.Rooms, m.Waiting = cluster.RoomRange{}, false
	}
}

// roomsColumn represents the conference rooms in a [tfhelper.ColumnChange].
const roomsColumn = "conference.rooms"

// changesSince compares the row and the rooms with the previous ones, and finds the
// author of a change in the entries of the admin change log after a position.
func (r *Resource) changesSince(ctx context.Context, prior privateState, server cluster.Server, rooms []cluster.Room, since int64) []tfhelper.ColumnChange {
	if prior.Row == nil {
		return nil
	}
	author := sync.OnceValue(func() string { return r.author(ctx, server.ID(), since) })
	changes := tfhelper.ChangedColumns(prior.Row, server.Row, cluster.TableServers.Equivalent, func(string) string { return author() })
	missing := prior.Rooms.Missing(rooms)
	if sameEngine := cluster.TableServers.Equivalent("conf_engine", prior.Row["conf_engine"], server.Row["conf_engine"]); sameEngine && len(missing) > 0 {
		changes = append(changes, tfhelper.ColumnChange{Column: roomsColumn, Text: "conference rooms removed: " + roomList(missing) + r.roomAuthor(ctx, missing[0], server, since)})
	}
	return changes
}

// author describes the last change or removal of a server.
func (r *Resource) author(ctx context.Context, id string, since int64) string {
	return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{"SERVERS"}, Records: []string{id}})
}

// roomAuthor describes the removal of a room. Rooms have the same numbers on all
// servers: only the logged statement contains the server.
func (r *Resource) roomAuthor(ctx context.Context, room int, server cluster.Server, since int64) string {
	return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{
		After: since, Sections: []string{"CONFERENCES", "VICICONF"}, Records: []string{strconv.Itoa(room)}, SQL: "'" + server.IP() + "'",
	})
}

// warn warns of the changes that an apply reverts. Columns that are not managed may
// change.
func (m privateState) warn(declared *expanded) diag.Diagnostics {
	managed := declared.row()
	_, rooms := declared.rooms(declared)
	return tfhelper.WarnColumns("server "+declared.id(), m.Changes, func(column string) bool {
		_, isManaged := managed[column]
		return isManaged || rooms && column == roomsColumn
	})
}
