package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SettingsColumns are the columns of system_settings that the provider reads
// and may own.
var SettingsColumns = []string{
	"active_voicemail_server", "sounds_web_server", "slave_db_server", "reports_use_slave_db",
	"outbound_calls_per_second", "generate_cross_server_exten", "default_codecs", "allowed_sip_stacks",
	"webphone_url", "default_webphone",
}

// settingsForEveryNode go into the configuration files of all nodes, which the admin
// page does not flag (docs/vicidial/admin-page.md#settings-flags).
var settingsForEveryNode = []string{"active_voicemail_server", "generate_cross_server_exten", "default_codecs"}

// The secrets of the system settings: the initial passwords of new servers and phones.
// They are written but never read.
const (
	DefaultServerPassword       = "default_server_password"
	DefaultRegistrationPassword = "default_phone_registration_password"
	DefaultLoginPassword        = "default_phone_login_password"
)

// Settings is the part of the row of system_settings that the provider reads.
type Settings struct {
	Row Row // the columns of [SettingsColumns] that the schema has
	// SchemaVersion is db_schema_version. The table has no key; this is what
	// selects the row.
	SchemaVersion Value
	// CentralSounds reports whether nodes fetch sounds from sounds_web_server.
	CentralSounds bool
	// PasswordLength is the least length of passwords, require_password_length.
	PasswordLength int
	// Weights is the container of agent login weights.
	Weights Container
	// DIDFilter reports whether VICIdial evaluates the DID did_system_filter before every call.
	DIDFilter bool
	// AutoDialOff reports that no node dials: outbound_autodial_active is 0.
	AutoDialOff bool
	// AutoDialPaused reports that dialing is paused: disable_auto_dial is 1.
	AutoDialPaused bool
}

// VoicemailServer is the address of the node with all mailboxes, which also runs the
// end of day.
func (s Settings) VoicemailServer() string {
	return strings.TrimRight(s.Row["active_voicemail_server"].Text, " ")
}

// Replica is the reporting replica, as host or host:port. It is empty where reports use
// none.
func (s Settings) Replica() string { return usedReplica(s.Row["slave_db_server"].Text) }

// usedReplica returns the host, or the empty text for one so short that reports ignore it
// (docs/vicidial/web-pages.md#replica-name-length).
func usedReplica(host string) string {
	if len(host) > 5 {
		return host
	}
	return ""
}

// Container is a row of vicidial_settings_containers.
type Container struct {
	Exists bool
	Text   string // container_entry
}

// SavedSettings are the values of the columns that a resource owns: those found before
// its first write, and those written, so that its removal can restore the former. A
// write that fails may have written nothing: Before is what the columns held before it.
type SavedSettings struct {
	Found  Row `json:"found"`
	Wrote  Row `json:"wrote"`
	Before Row `json:"before,omitempty"`
}

// owns reports whether a column still holds what was found or written.
func (g SavedSettings) owns(column string, now Value) bool {
	for _, known := range []Row{g.Wrote, g.Before, g.Found} {
		if value, ok := known[column]; ok && EquivalentSetting(column, now, value) {
			return true
		}
	}
	return false
}

// WeightsColumn stands for the text of the agent login weights among the
// columns of [SavedSettings]; a NULL is a container that is not there.
const WeightsColumn = "agent_login_weights"

// All returns the settings as one row, with the agent login weights.
func (s Settings) All() Row {
	row := maps.Clone(s.Row)
	if row == nil {
		row = Row{}
	}
	row[WeightsColumn] = Null
	if s.Weights.Exists {
		row[WeightsColumn] = Text(s.Weights.Text)
	}
	return row
}

// Save adds the present values of columns that were not owned before, and the values
// that all of them get. Columns that are no longer wanted stay, to be restored.
func (g SavedSettings) Save(have Settings, want Row) SavedSettings {
	taken := SavedSettings{Found: maps.Clone(g.Found), Wrote: maps.Clone(g.Wrote), Before: Row{}}
	if taken.Found == nil {
		taken.Found, taken.Wrote = Row{}, Row{}
	}
	now := have.All()
	for column, value := range want {
		if _, owned := taken.Found[column]; !owned {
			taken.Found[column] = now[column]
		} else if g.owns(column, now[column]) {
			taken.Before[column] = now[column]
		}
		taken.Wrote[column] = value
	}
	return taken
}

// Only returns the columns that are still owned.
func (g SavedSettings) Only(want Row) SavedSettings {
	kept := SavedSettings{Found: Row{}, Wrote: Row{}}
	for column := range want {
		kept.Found[column], kept.Wrote[column] = g.Found[column], g.Wrote[column]
	}
	return kept
}

// Restore returns the values to write into the columns that are no longer wanted. left
// are the columns that keep their values: those that somebody else has changed since, and
// the voicemail server if the previous one was removed from the cluster.
func (g SavedSettings) Restore(have Settings, want Row, servers Servers) (back Row, left []string) {
	back = Row{}
	now := have.All()
	for _, column := range slices.Sorted(maps.Keys(g.Found)) {
		if _, wanted := want[column]; wanted {
			continue
		}
		unknown := column == "active_voicemail_server" && g.Found[column].Text != "" && CheckVoicemailServer(g.Found[column].Text, servers) != nil
		if unknown || !g.owns(column, now[column]) {
			left = append(left, column)
			continue
		}
		back[column] = g.Found[column]
	}
	return back, left
}

// PlanSettings returns the plan from the present settings to the wanted ones. A column
// that is neither as wanted nor as seen is a [Conflict], and nothing is overwritten.
// Columns that seen lacks are not compared. Secrets are written when given.
func PlanSettings(have Settings, seen, want, secrets Row) (Plan, error) {
	now := have.All()
	from, to := Row{}, Row{}
	var plan Plan
	for _, column := range slices.Sorted(maps.Keys(want)) {
		found := now[column]
		if EquivalentSetting(column, found, want[column]) {
			continue
		}
		if was, known := seen[column]; known && !EquivalentSetting(column, found, was) {
			return Plan{}, &Conflict{
				Subject: "system settings",
				Found:   "were " + changed(column, fmt.Sprintf("%q", found)),
			}
		}
		if column == WeightsColumn {
			plan.Steps = append(plan.Steps, planWeights(have.Weights, want[column]))
			continue
		}
		from[column], to[column] = found, want[column]
	}
	maps.Copy(to, secrets)
	if len(to) == 0 {
		return plan, nil
	}
	for _, column := range settingsForEveryNode {
		if _, changed := from[column]; changed {
			plan.Rebuild.All = true
		}
	}
	plan.Steps = append(plan.Steps, Step{
		Phase: Grow, Verb: Update, Table: TableSettings, Key: Row{"db_schema_version": have.SchemaVersion}, From: from, To: to,
		Audit: Audit{
			Section: "SYSTEMSETTINGS", Type: "MODIFY", Record: SettingsRecord, Code: "ADMIN MODIFY SYSTEM SETTINGS",
			Notes: "Updated: " + strings.Join(slices.Sorted(maps.Keys(to)), ", "),
		},
	})
	return plan, nil
}

// SettingsRecord names the system settings in the admin change log.
const SettingsRecord = "system_settings"

// EquivalentSetting reports whether two values of a setting mean the same to VICIdial.
// Absent login weights differ from empty ones.
func EquivalentSetting(column string, a, b Value) bool {
	if column == WeightsColumn {
		return a.Null == b.Null && EquivalentWeights(a.Text, b.Text)
	}
	return TableSettings.Equivalent(column, a, b)
}

// CheckVoicemailServer returns an error if no server has the address. VICIdial does not
// check it: with an unknown address, end of day, purges, timed jobs and notifications run
// nowhere
// (docs/vicidial/daemons.md#voicemail-server).
func CheckVoicemailServer(ip string, servers Servers) error {
	if _, found := servers.ByIP(ip); !found {
		return fmt.Errorf("server %s is not in the table servers, so that no node would run the cluster's end of day", ip)
	}
	return nil
}

// ColumnReload is the column of system_settings that the generator writes into the footer
// of every file: after a change of it, nodes reload all files (docs/vicidial/generator.md#reload-timestamp).
const ColumnReload = "reload_timestamp"
