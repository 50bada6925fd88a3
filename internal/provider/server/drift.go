package server

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
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

// changesSince compares the row with its previous values, and looks up in the admin
// change log who changed it.
func (r *Resource) changesSince(ctx context.Context, seen cluster.Row, server cluster.Server) []columnChange {
	if seen == nil {
		return nil
	}
	var changes []columnChange
	for _, column := range slices.Sorted(maps.Keys(server.Row)) {
		if was, known := seen[column]; known && !cluster.Equivalent(column, was, server.Row[column]) {
			changes = append(changes, columnChange{column, fmt.Sprintf("%s: %s → %s", column, was, server.Row[column])})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	change, found, err := r.topology.LastChange(ctx, server.ID(), "", [2]string{"SERVERS", "SERVERS"})
	if err == nil && found {
		for i := range changes {
			changes[i].Text += ", last changed " + change.String()
		}
	}
	return changes
}

// warn warns of the changes that the configuration is going to undo. Columns that
// it does not manage may change.
func (m memory) warn(declared *expanded) diag.Diagnostics {
	managed := declared.row()
	var lines []string
	for _, change := range m.Moved {
		if _, ours := managed[change.Column]; ours {
			lines = append(lines, change.Text)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Server "+declared.id()+" was changed outside of this configuration", strings.Join(lines, "\n"))}
}
