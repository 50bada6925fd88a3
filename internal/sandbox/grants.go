package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// writePrivileges has the privileges for the tables that the provider writes,
// besides SELECT.
var writePrivileges = map[string]string{
	"servers":                      "INSERT, UPDATE, DELETE",
	"vicidial_server_trunks":       "INSERT, UPDATE, DELETE",
	"vicidial_conferences":         "INSERT, UPDATE, DELETE",
	"vicidial_confbridges":         "INSERT, UPDATE, DELETE",
	"conferences":                  "INSERT, UPDATE, DELETE",
	"server_updater":               "INSERT, UPDATE, DELETE",
	"phones":                       "INSERT, UPDATE, DELETE",
	"phones_alias":                 "INSERT, UPDATE, DELETE",
	"vicidial_server_carriers":     "INSERT, UPDATE, DELETE",
	"vicidial_conf_templates":      "INSERT, UPDATE, DELETE",
	"vicidial_inbound_dids":        "INSERT, UPDATE, DELETE",
	"vicidial_remote_agents":       "INSERT, UPDATE, DELETE",
	"vicidial_settings_containers": "INSERT, UPDATE, DELETE",
	"inbound_numbers":              "INSERT, UPDATE, DELETE",
	"vicidial_stations":            "INSERT, UPDATE, DELETE",
	"phone_favorites":              "INSERT, UPDATE, DELETE",
	"vicidial_automated_reports":   "INSERT, UPDATE, DELETE",
	"vicidial_drop_lists":          "INSERT, UPDATE, DELETE",
	"vicidial_users":               "UPDATE",
	"system_settings":              "UPDATE",
	"vicidial_admin_log":           "INSERT",
}

// withoutPrivileges are tables that the provider's user must not even see: who writes
// process triggers has a root shell on every node (docs/vicidial/daemons.md#process-triggers).
var withoutPrivileges = []string{"vicidial_process_triggers"}

// Grants returns the statements that give the provider's user the least privileges,
// one for each table, sorted by table: SELECT on all tables, privileges to write
// the tables that the provider writes, and none on vicidial_process_triggers. The
// user must exist. tables are those of the database, see [Tables], since a grant on
// a missing table fails.
func Grants(database, user, host string, tables []string) []string {
	tables = slices.Clone(tables)
	slices.Sort(tables)
	grants := make([]string, 0, len(tables))
	for _, name := range tables {
		if slices.Contains(withoutPrivileges, name) {
			continue
		}
		rights := "SELECT"
		if more := writePrivileges[name]; more != "" {
			rights += ", " + more
		}
		grants = append(grants, fmt.Sprintf("GRANT %s ON %s.%s TO %s",
			rights, quoteName(database), quoteName(name), account(user, host)))
	}
	return grants
}

// account formats a user for a statement: 'terraform'@'10.0.0.%'.
func account(user, host string) string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	return quote(user) + "@" + quote(host)
}
