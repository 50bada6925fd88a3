package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const selectLastChange = `
SELECT user,
       ip_address,
       DATE_FORMAT(event_date, '%%Y-%%m-%%d %%H:%%i:%%s'),
       event_code
  FROM vicidial_admin_log
 WHERE record_id IN (%s)
   AND event_section IN (%s)
   AND admin_log_id > ?
   AND COALESCE(event_notes, '') LIKE ?
   AND COALESCE(event_sql, '') LIKE ?
 ORDER BY admin_log_id DESC
 LIMIT 1`

// LastChange returns the newest of some entries of the admin change log, which has the
// author of a change. It returns none for the provider's own entry: later changes have no
// entry, and the provider has overwritten earlier ones.
func (s *Store) LastChange(ctx context.Context, entries cluster.ChangeLogFilter) (cluster.ChangeLogEntry, bool, error) {
	var change cluster.ChangeLogEntry
	if len(entries.Records) == 0 || len(entries.Sections) == 0 {
		return change, false, nil
	}
	query := fmt.Sprintf(selectLastChange, placeholders(len(entries.Records)), placeholders(len(entries.Sections)))
	var args []any
	for _, value := range slices.Concat(entries.Records, entries.Sections) {
		args = append(args, value)
	}
	notes := "%"
	if entries.Notes != "" {
		notes = likePattern(entries.Notes)
	}
	args = append(args, entries.After, notes, "%"+likePattern(entries.SQL)+"%")
	found := false
	err := s.query(ctx, "the admin change log", query, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&change.User, &change.Address, &change.When, &change.Code)
	})
	if err != nil || !found {
		return change, false, err
	}
	info, err := s.info.get(ctx)
	own := change.User == s.settings.AuditUser && (change.User == DefaultAuditUser || change.Address == info.address)
	return change, !own, err
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

// likePattern returns the pattern with which LIKE matches a text.
func likePattern(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}
