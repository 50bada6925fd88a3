// Package privileges declares the privileges of the provider's database user, by table
// and column, and writes the script that grants them. It is a package of its own because
// the store, the guide and the databases of tests use it, and the store's tests use
// those databases.
package privileges

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// The verbs of privileges on tables. A privilege to delete has no columns.
const (
	Select = "SELECT"
	Insert = "INSERT"
	Update = "UPDATE"
	Delete = "DELETE"
)

// AdminLog is the table of VICIdial's admin change log.
const AdminLog cluster.Table = "vicidial_admin_log"

// Table is what the provider does with a table. Without columns it is all of the
// table, and columns that a later version of VICIdial adds.
type Table struct {
	Name  cluster.Table
	Verbs []string // of a writer, besides SELECT
	// Own are the columns that are written, and read back. Nil stands for all columns
	// besides Except and Read, if there are Verbs.
	Own    []string
	Except []string
	// Read are the columns that are only read.
	Read []string
	// Further are the columns on which a writer has some of the verbs, by verb.
	Further map[string][]string
}

// Whole reports whether the privileges are those of the whole table.
func (t Table) Whole() bool { return t.Own == nil && t.Except == nil && t.Read == nil }

// allBut reports whether all columns are written besides those of Except and Read.
func (t Table) allBut() bool { return t.Own == nil && len(t.Verbs) > 0 }

// Needs returns those of the columns on which a verb is needed.
func (t Table) Needs(verb string, columns []string) []string {
	return slices.DeleteFunc(slices.Clone(columns), func(column string) bool {
		switch {
		case t.Whole():
			return false
		case slices.Contains(t.Own, column), slices.Contains(t.Further[verb], column):
			return false
		case slices.Contains(t.Read, column):
			return verb != Select
		default:
			return !t.allBut() || slices.Contains(t.Except, column)
		}
	})
}

// Columns returns the declared columns that a reader reads.
func (t Table) Columns() []string {
	columns := slices.Concat(t.Own, t.Read)
	slices.Sort(columns)
	return slices.Compact(columns)
}

// Declared returns all columns that are declared, besides those of Except.
func (t Table) Declared() []string {
	return slices.Concat(append([][]string{t.Columns()}, slices.Collect(maps.Values(t.Further))...)...)
}

// Denied reports whether the provider's user gets no privilege on a table.
func Denied(name cluster.Table) bool { return slices.Contains(denied, name) }

// Tables returns the tables that the provider uses, sorted by name.
func Tables() []Table { return slices.Clone(tables) }

// Of returns the privileges for a table; those of a writer for the whole table if it
// is not declared.
func Of(name cluster.Table) Table {
	if i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name }); i >= 0 {
		return tables[i]
	}
	return Table{Name: name, Verbs: change}
}

var change = []string{Insert, Update, Delete}

// tables are sorted by name.
var tables = sorted(slices.Concat(readOnly, configuration, referencing()))

// readOnly are the tables that the provider only reads.
var readOnly = []Table{
	{Name: "server_performance", Read: words("server_ip start_time trunks_total cpu_idle_percent clients_total clients_local")},
	{Name: "vicidial_auto_calls", Read: words("server_ip campaign_id call_type status")},
	{Name: cluster.TableCallMenus, Read: words("menu_id")},
	{Name: "vicidial_campaign_server_stats", Read: words("server_ip campaign_id local_trunk_shortage update_time")},
	{Name: cluster.TableCampaigns, Read: words("campaign_id campaign_name active dial_method auto_dial_level")},
	{Name: cluster.TableInGroups, Read: words("group_id")},
	{Name: "vicidial_live_agents", Read: words("user server_ip extension campaign_id status outbound_autodial last_call_time")},
	{Name: cluster.TableUserGroups, Read: words("user_group")},
	{Name: cluster.TableVoicemail, Read: words("voicemail_id")},
	{Name: cluster.TableWebServers, Read: words("hostname")},
}

// configuration are the tables that the provider manages rows or columns of.
var configuration = []Table{
	{Name: cluster.TableTrunks, Verbs: change},
	{Name: cluster.TableCarriers, Verbs: change},
	{Name: cluster.TableTemplates, Verbs: change},
	{Name: cluster.TableDIDs, Verbs: change},
	{Name: cluster.TableRemoteAgents, Verbs: change},
	{Name: cluster.TableAliases, Verbs: change},
	{Name: cluster.TableContainers, Verbs: change},
	{Name: cluster.TablePhones, Verbs: change, Except: seating.ForeignPhoneColumns, Read: seating.PhoneStatusColumns},
	{
		Name: cluster.TableServers, Verbs: change, Read: append(words("server_id"), cluster.ServerStatusColumns...),
		Own: slices.DeleteFunc(slices.Concat(cluster.ServerColumns, []string{cluster.ServerSecret, cluster.ManagerSecret}, words("rebuild_conf_files")), isServerID),
		Further: map[string][]string{
			Select: words("rebuild_music_on_hold sounds_update"), // whether a row was added
			Insert: words("server_id rebuild_music_on_hold sounds_update"),
		},
	},
	// MariaDB wants UPDATE on each column of an INSERT with ON DUPLICATE KEY UPDATE.
	{Name: cluster.TableMeetmeRooms, Verbs: change, Own: words("conf_exten server_ip extension")},
	{Name: cluster.TableConfbridges, Verbs: change, Own: words("conf_exten server_ip extension")},
	{
		Name: cluster.TableSettings, Verbs: []string{Update},
		Own:     cluster.SettingsColumns,
		Further: map[string][]string{Select: writtenSettings, Update: writtenSettings}, // a writer looks whether they were written
		Read: words("db_schema_version first_login_trigger use_non_latin sounds_central_control_active require_password_length " +
			"outbound_autodial_active disable_auto_dial did_system_filter"),
	},
	{Name: cluster.TableUsers, Verbs: []string{Update}, Own: words("phone_login"), Read: words("user")},
	{
		Name: AdminLog, Verbs: []string{Insert}, Read: words("admin_log_id"),
		Own:     words("event_date user ip_address event_section record_id event_code event_sql event_notes"),
		Further: map[string][]string{Insert: words("event_type")},
	},
}

// writtenSettings are columns of system_settings that no plan reads.
var writtenSettings = []string{cluster.DefaultServerPassword, cluster.DefaultRegistrationPassword, cluster.DefaultLoginPassword, cluster.ColumnReload}

func isServerID(column string) bool { return column == "server_id" }

// denied are tables on which the provider's user gets no privilege: a user who may write
// process triggers has a root shell on every node (docs/vicidial/daemons.md#process-triggers).
var denied = []cluster.Table{cluster.TableProcessTriggers}

// referencing returns the tables that only refer to a server: their column is updated
// when a server changes its address or is removed.
func referencing() []Table {
	var found []Table
	for _, reference := range cluster.References {
		same := func(t Table) bool { return t.Name == reference.Table }
		if slices.ContainsFunc(configuration, same) || slices.ContainsFunc(found, same) || Denied(reference.Table) {
			continue
		}
		table := Table{Name: reference.Table, Own: []string{reference.Column}, Verbs: []string{Update}}
		if reference.Blank == nil {
			table.Verbs = append(table.Verbs, Delete)
		}
		if beside, _ := reference.Unique(); beside != "" {
			table.Read = []string{beside}
		}
		if reference.Table == cluster.TableServerUpdater {
			table.Read = words("last_update db_time")
		}
		found = append(found, table)
	}
	return found
}

func sorted(tables []Table) []Table {
	slices.SortFunc(tables, func(a, b Table) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return tables
}

func words(text string) []string { return strings.Fields(text) }
