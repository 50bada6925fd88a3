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

// LastChange returns the newest of some lines of the admin change log, which has the
// author of a change. It returns none for the provider's own line: later changes have no
// line, and the provider has overwritten earlier ones.
func (s *Store) LastChange(ctx context.Context, lines cluster.ChangeLogFilter) (cluster.ChangeLogEntry, bool, error) {
	var change cluster.ChangeLogEntry
	if len(lines.Records) == 0 || len(lines.Sections) == 0 {
		return change, false, nil
	}
	query := fmt.Sprintf(selectLastChange, placeholders(len(lines.Records)), placeholders(len(lines.Sections)))
	var args []any
	for _, value := range slices.Concat(lines.Records, lines.Sections) {
		args = append(args, value)
	}
	notes := "%"
	if lines.Notes != "" {
		notes = likePattern(lines.Notes)
	}
	args = append(args, lines.After, notes, "%"+likePattern(lines.SQL)+"%")
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

// LogPosition returns the admin_log_id of the newest line of the admin change log when
// this process read it first, or wrote its own last line.
func (s *Store) LogPosition(ctx context.Context) (int64, error) {
	position, err := s.logPosition.get(ctx)
	return max(position, s.lastLine.Load()), err
}

// position is a position in the change log and when it was read.
type position struct {
	line int64
	at   time.Time
}

// notePosition reads the position before rows are cached, so that the first writer can
// tell whether somebody has written since. An error leaves it unknown: the account may
// lack the privilege.
func (s *Store) notePosition(ctx context.Context) {
	at := time.Now()
	if line, err := s.logPosition.get(ctx); err == nil {
		s.noted.Store(&position{line, at})
	}
}

func (s *Store) readLogPosition(ctx context.Context) (position int64, err error) {
	err = s.query(ctx, "the admin change log", "SELECT "+newestLine, nil, func(rows *sql.Rows) error {
		return rows.Scan(&position)
	})
	return position, err
}

// likePattern returns the pattern with which LIKE matches a text.
func likePattern(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}
