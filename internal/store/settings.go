package store

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// The defaults of settings.
const (
	DefaultLockTimeout = 2 * time.Minute
	DefaultAuditUser   = "VDAD"
)

// The limits of LockTimeout: the database's unit is a second, and more than an hour
// is a mistake.
const (
	minLockTimeout = time.Second
	maxLockTimeout = time.Hour
)

// Settings are the settings of the connection and of writes.
type Settings struct {
	conn.Settings

	// ReadOnly rejects every write.
	ReadOnly bool
	// LockTimeout is how long a writer waits for another writer of this
	// provider; 0 stands for DefaultLockTimeout.
	LockTimeout time.Duration
	// AuditEnabled writes a row to vicidial_admin_log for each change, in the
	// name of AuditUser; an empty AuditUser stands for DefaultAuditUser.
	AuditEnabled bool
	AuditUser    string

	// Log is the logger; nil disables logging.
	Log *slog.Logger
}

// LogValue shows the settings without their secrets.
func (s Settings) LogValue() slog.Value {
	return slog.GroupValue(append(
		s.Settings.LogValue().Group(),
		slog.Bool("read_only", s.ReadOnly),
		slog.Duration("lock_timeout", s.LockTimeout),
		slog.Bool("audit_enabled", s.AuditEnabled),
		slog.String("audit_user", s.AuditUser),
	)...)
}

// Violations returns the invalid settings, as [conn.Settings.Violations] does.
func (s Settings) Violations() []conn.Violation {
	violations := s.Settings.Violations()
	if s.LockTimeout != 0 && (s.LockTimeout < minLockTimeout || s.LockTimeout > maxLockTimeout) {
		violations = append(violations, conn.Violation{Setting: "lock_timeout", Err: fmt.Errorf("%s is out of range", s.LockTimeout), Advice: "Give 1s to 1h."})
	}
	if len(s.AuditUser) > 20 {
		violations = append(violations, conn.Violation{
			Setting: "audit.user", Err: fmt.Errorf("%q is longer than 20 characters", s.AuditUser),
			Advice: "`vicidial_admin_log`.`user` holds 20 characters.",
		})
	}
	return violations
}
