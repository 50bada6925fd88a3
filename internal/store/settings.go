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

// The bounds of LockTimeout: the database counts in seconds, and a wait of more
// than an hour is a hang.
const (
	minLockTimeout = time.Second
	maxLockTimeout = time.Hour
)

// Settings say which database the store uses, and what it may do there.
type Settings struct {
	conn.Settings

	// ReadOnly refuses every write before it is sent.
	ReadOnly bool
	// LockTimeout is how long a writer waits for another writer of this
	// provider; 0 stands for DefaultLockTimeout.
	LockTimeout time.Duration
	// AuditEnabled writes a row to vicidial_admin_log for each change, in the
	// name of AuditUser; an empty AuditUser stands for DefaultAuditUser.
	AuditEnabled bool
	AuditUser    string

	// Log takes what the store does; nil logs nothing.
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

// Faults returns the invalid settings, as [conn.Settings.Faults] does.
func (s Settings) Faults() []conn.Fault {
	faults := s.Settings.Faults()
	if s.LockTimeout != 0 && (s.LockTimeout < minLockTimeout || s.LockTimeout > maxLockTimeout) {
		faults = append(faults, conn.Fault{Setting: "lock_timeout", Err: fmt.Errorf("%s is out of range", s.LockTimeout), Advice: "Give 1s to 1h."})
	}
	if len(s.AuditUser) > 20 {
		faults = append(faults, conn.Fault{
			Setting: "audit.user", Err: fmt.Errorf("%q is longer than 20 characters", s.AuditUser),
			Advice: "`vicidial_admin_log`.`user` holds 20 characters.",
		})
	}
	return faults
}
