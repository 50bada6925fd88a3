package server

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// memory is the private state: the row when it was last read, to compare before a
// write, and what had changed by then. It contains no secrets.
type memory struct {
	Row   cluster.Row
	Moved []columnChange `json:",omitempty"`
	// Rooms is the range that was last declared, or found without gaps.
	Rooms cluster.RoomRange
	// Waiting is set while rooms of the other engine are still to be removed.
	Waiting bool `json:",omitempty"`
}

// columnChange is a column whose value somebody else has changed.
type columnChange struct {
	Column string
	Text   string
}

// roomsColumn stands for the conference rooms in a [columnChange].
const roomsColumn = "conference.rooms"

// changesSince compares the row and the rooms with the previous ones, and looks up in
// the admin change log, from a position on, who changed them.
func (r *Resource) changesSince(ctx context.Context, seen memory, server cluster.Server, rooms []cluster.Room, since int64) []columnChange {
	if seen.Row == nil {
		return nil
	}
	var changes []columnChange
	for _, column := range slices.Sorted(maps.Keys(server.Row)) {
		if was, known := seen.Row[column]; known && !cluster.Equivalent(column, was, server.Row[column]) {
			changes = append(changes, columnChange{column, cluster.DescribeChange(column, was.String(), server.Row[column].String())})
		}
	}
	if len(changes) > 0 {
		author := r.author(ctx, server.ID(), since)
		for i := range changes {
			changes[i].Text += author
		}
	}
	missing := seen.Rooms.Missing(rooms)
	if sameEngine := cluster.Equivalent("conf_engine", seen.Row["conf_engine"], server.Row["conf_engine"]); sameEngine && len(missing) > 0 {
		changes = append(changes, columnChange{roomsColumn, "conference rooms: no " + some(missing) + " any more" + r.roomAuthor(ctx, missing[0], server, since)})
	}
	return changes
}

// author names who changed or deleted a server last.
func (r *Resource) author(ctx context.Context, id string, since int64) string {
	return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{"SERVERS"}, Records: []string{id}})
}

// roomAuthor names who deleted a room. Rooms have the same numbers on all servers: only
// the statement tells which server it was.
func (r *Resource) roomAuthor(ctx context.Context, room int, server cluster.Server, since int64) string {
	return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{
		After: since, Sections: []string{"CONFERENCES", "VICICONF"}, Records: []string{strconv.Itoa(room)}, SQL: "'" + server.IP() + "'",
	})
}

// warnRemoved warns of a server whose row is gone.
func (r *Resource) warnRemoved(ctx context.Context, id string, since int64) diag.Diagnostics {
	return diag.Diagnostics{diag.NewWarningDiagnostic("Deleted outside of this configuration: server "+id, "The row is gone"+r.author(ctx, id, since)+".")}
}

// warn warns of the changes that the configuration is going to undo. Columns that
// it does not manage may change.
func (m memory) warn(declared *expanded) diag.Diagnostics {
	managed := declared.row()
	_, rooms := declared.rooms(declared)
	var lines []string
	for _, change := range m.Moved {
		if _, ours := managed[change.Column]; ours || rooms && change.Column == roomsColumn {
			lines = append(lines, change.Text)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Server "+declared.id()+" was changed outside of this configuration", strings.Join(lines, "\n"))}
}
