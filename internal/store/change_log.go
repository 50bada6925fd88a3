package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const selectChanges = `
SELECT admin_log_id,
       COALESCE(record_id, ''),
       COALESCE(event_notes, ''),
       %s,
       user,
       ip_address,
       DATE_FORMAT(event_date, '%%Y-%%m-%%d %%H:%%i:%%s'),
       event_code
  FROM vicidial_admin_log
 WHERE %s
 ORDER BY admin_log_id DESC
 LIMIT %d`

// maxRecentChanges is how many entries are read at once. Those up to recentBefore before
// the position of the first object that looks for one are among them, since the positions of
// objects differ.
const (
	maxRecentChanges = 1000
	recentBefore     = 10_000
)

// recentChanges are the newest entries of some sections: all of them after a position, unless
// there are too many.
type recentChanges struct {
	entries  []loggedChange
	complete int64
}

// loggedChange is an entry of the admin change log, with what a filter compares.
type loggedChange struct {
	cluster.ChangeLogEntry
	id                 int64
	record, notes, sql string // as the database compares them
}

// isAbout reports whether a filter selects the entry, whose section it has.
func (c loggedChange) isAbout(entries cluster.ChangeLogFilter) bool {
	return c.id > entries.After &&
		slices.ContainsFunc(entries.Records, func(record string) bool { return cluster.FoldKey(record) == c.record }) &&
		(entries.Notes == "" || cluster.FoldKey(entries.Notes) == c.notes) &&
		strings.Contains(c.sql, strings.ToLower(entries.SQL))
}

// readChanges reads the newest entries, the newest first.
func (s *Store) readChanges(ctx context.Context, text, where string, args []any) ([]loggedChange, error) {
	return selectAll(ctx, s, "the admin change log", fmt.Sprintf(selectChanges, text, where, maxRecentChanges), args, func(rows *sql.Rows, change *loggedChange) error {
		err := rows.Scan(&change.id, &change.record, &change.notes, &change.sql, &change.User, &change.Address, &change.When, &change.Code)
		change.record, change.notes, change.sql = cluster.FoldKey(change.record), cluster.FoldKey(change.notes), strings.ToLower(change.sql)
		return err
	})
}

// LastChange returns the newest of some entries of the admin change log, which has the
// author of a change. It returns none for the provider's own entry: later changes have no
// entry, and the provider has overwritten earlier ones.
func (s *Store) LastChange(ctx context.Context, entries cluster.ChangeLogFilter) (cluster.ChangeLogEntry, bool, error) {
	change, found, err := s.lastChange(ctx, entries)
	if err != nil || !found {
		return change, false, err
	}
	info, err := s.info.get(ctx)
	own := change.User == s.settings.AuditUser && (change.User == DefaultAuditUser || change.Address == info.address)
	return change, !own, err
}

func (s *Store) lastChange(ctx context.Context, entries cluster.ChangeLogFilter) (change cluster.ChangeLogEntry, found bool, err error) {
	if len(entries.Records) == 0 || len(entries.Sections) == 0 || entries.After == math.MaxInt64 {
		return change, false, nil
	}
	text, sections := "''", entries.Sections
	if entries.SQL != "" {
		text = "COALESCE(event_sql, '')" // it may be long
		sections = append(slices.Clone(sections), text)
	}
	where := "event_section IN (" + placeholders(len(entries.Sections)) + ") AND admin_log_id > ?"
	recent, err := s.changeQueries.get(ctx, sections, func(ctx context.Context, _ []string) (recent recentChanges, err error) {
		recent.complete = entries.After - recentBefore
		recent.entries, err = s.readChanges(ctx, text, where, append(argsOf(entries.Sections), recent.complete))
		if len(recent.entries) == maxRecentChanges {
			recent.complete = recent.entries[maxRecentChanges-1].id
		}
		return recent, err
	})
	if err != nil {
		return change, false, err
	}
	if change, found = newestAbout(recent.entries, entries); found || recent.complete <= entries.After {
		return change, found, nil
	}
	where += " AND record_id IN (" + placeholders(len(entries.Records)) + ")"
	own, err := s.readChanges(ctx, text, where, append(append(argsOf(entries.Sections), entries.After), argsOf(entries.Records)...))
	change, found = newestAbout(own, entries)
	return change, found, err
}

// newestAbout returns the first entry that a filter selects.
func newestAbout(logged []loggedChange, entries cluster.ChangeLogFilter) (cluster.ChangeLogEntry, bool) {
	i := slices.IndexFunc(logged, func(change loggedChange) bool { return change.isAbout(entries) })
	if i < 0 {
		return cluster.ChangeLogEntry{}, false
	}
	return logged[i].ChangeLogEntry, true
}

// LogPosition returns the admin_log_id of the newest entry of the admin change log when
// this process read it first, or wrote its own last entry.
func (s *Store) LogPosition(ctx context.Context) (int64, error) {
	position, err := s.logPosition.get(ctx)
	return max(position, s.lastEntry.Load()), err
}

// position is a position in the change log and when it was read.
type position struct {
	entry int64
	at    time.Time
}

func (s *Store) readLogPosition(ctx context.Context) (position int64, err error) {
	err = s.query(ctx, "the admin change log", "SELECT "+newestEntry, nil, func(rows *sql.Rows) error {
		return rows.Scan(&position)
	})
	return position, err
}
