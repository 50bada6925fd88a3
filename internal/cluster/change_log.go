package cluster

import "fmt"

// ChangeLogEntry is an entry of VICIdial's admin change log: who did what, and when.
type ChangeLogEntry struct {
	User    string
	Address string // where from, as VICIdial noted it
	When    string // date and time by the clock of the web server that wrote it
	Code    string // event_code
}

func (c ChangeLogEntry) String() string {
	return fmt.Sprintf("by user %s from %s at %s (%s)", c.User, c.Address, c.When, c.Code)
}

// ChangeLogFilter selects the entries of the admin change log that are about an object
// (docs/vicidial/admin-page.md#log-sections).
type ChangeLogFilter struct {
	// After is the admin_log_id of the newest entry when the object was read or written
	// last. What has changed since is in none of the entries up to it.
	After    int64
	Sections []string // event_section
	Records  []string // record_id
	Notes    string   // event_notes, in full; any where empty
	SQL      string   // a part of event_sql; any where empty
}
