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

// memory is kept beside the state: what the row said when it was last read, for
// the comparison before a write, and what had moved by then. No secret is in it.
type memory struct {
	Row   cluster.Row
	Moved []move `json:",omitempty"`
	// Rooms is the range that was last wanted or found whole. What is there is
	// described beside it.
	Rooms cluster.RoomRange
	// Waiting says that rooms of another engine are to go once they are free.
	Waiting bool `json:",omitempty"`
}

// move is a column that no longer says what it said.
type move struct {
	Column string
	Text   string
}

// moved compares what the row said with what it says, and asks the admin change
// log who did it.
func (r *Resource) moved(ctx context.Context, seen cluster.Row, server cluster.Server) []move {
	if seen == nil {
		return nil
	}
	var moves []move
	for _, column := range slices.Sorted(maps.Keys(server.Row)) {
		if was, known := seen[column]; known && !cluster.Equivalent(column, was, server.Row[column]) {
			moves = append(moves, move{column, fmt.Sprintf("%s: %s → %s", column, was, server.Row[column])})
		}
	}
	if len(moves) == 0 {
		return nil
	}
	change, found, err := r.topology.LastChange(ctx, server.ID(), "", [2]string{"SERVERS", "SERVERS"})
	if err == nil && found {
		for i := range moves {
			moves[i].Text += ", last changed " + change.String()
		}
	}
	return moves
}

// warn tells of the moves that the configuration is going to undo. What it does
// not manage may move.
func (m memory) warn(declared *opened) diag.Diagnostics {
	managed := declared.row()
	var lines []string
	for _, move := range m.Moved {
		if _, ours := managed[move.Column]; ours {
			lines = append(lines, move.Text)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Server "+declared.id()+" was changed outside of this configuration", strings.Join(lines, "\n"))}
}
