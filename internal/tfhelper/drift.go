package tfhelper

import (
	"context"
	"math"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ChangeLog is the part of the store that reads the admin change log.
type ChangeLog interface {
	LastChange(context.Context, cluster.ChangeLogFilter) (cluster.ChangeLogEntry, bool, error)
}

// Author describes the last change of an object, to be added to the text of a warning.
// It returns [NoAuthor] when the admin change log has no entry about the object, and
// nothing when the log cannot be read.
func Author(ctx context.Context, log ChangeLog, entries cluster.ChangeLogFilter) string {
	change, found, err := log.LastChange(ctx, entries)
	switch {
	case err != nil:
		return ""
	case !found:
		return NoAuthor
	}
	return ", last changed " + change.String()
}

// NoAuthor is the text of [Author] for an object without an entry in the log.
const NoAuthor = "; the admin change log has no entry about it"

// WarnChanged warns that somebody else changed an object; nil for no lines.
func WarnChanged(object string, lines []string) diag.Diagnostics {
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Changed outside of this configuration: "+object, strings.Join(lines, "\n"))}
}

// WarnDeleted warns that somebody else deleted what an object is in the database, with
// the author from [Author].
func WarnDeleted(object, what, author string) diag.Diagnostics {
	return diag.Diagnostics{diag.NewWarningDiagnostic("Deleted outside of this configuration: "+object, what+author+".")}
}

// ColumnChange is a column whose value somebody else has changed.
type ColumnChange struct{ Column, Text string }

// ChangedColumns compares a row with its previous values. author returns the text of
// [Author] for a column.
func ChangedColumns(before, now cluster.Row, same cluster.Equivalence, author func(column string) string) []ColumnChange {
	var changes []ColumnChange
	for _, column := range cluster.Drift(now, before, same) {
		changes = append(changes, ColumnChange{column, cluster.DescribeChange(column, before[column], now[column]) + author(column)})
	}
	return changes
}

// WarnColumns warns of the changes of managed columns, which an apply reverts.
func WarnColumns(object string, changes []ColumnChange, managed func(column string) bool) diag.Diagnostics {
	var lines []string
	for _, change := range changes {
		if managed(change.Column) {
			lines = append(lines, change.Text)
		}
	}
	return WarnChanged(object, lines)
}

// positionKey is the key of private state for the position of the admin change log
// when the object was read or written last: a change since then is in a later entry.
const positionKey = "logged"

// SaveLogPosition saves a position of the admin change log in private state.
func SaveLogPosition(ctx context.Context, private PrivateSetter, position int64) diag.Diagnostics {
	return SavePrivate(ctx, private, positionKey, position)
}

// LogPosition returns the position that [SaveLogPosition] saved. Where there is none it
// returns false, and a position after which there is no entry.
func LogPosition(ctx context.Context, private PrivateGetter) (int64, bool) {
	position, found, _ := LoadPrivate[int64](ctx, private, positionKey)
	if !found {
		return math.MaxInt64, false
	}
	return position, true
}
