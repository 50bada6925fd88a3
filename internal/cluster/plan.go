package cluster

import (
	"cmp"
	"maps"
	"slices"
)

// Table names a table of VICIdial's database. Every table that the provider reads or
// writes is a constant; none comes from input.
type Table string

// The tables that steps are written to.
const (
	TableServers       Table = "servers"
	TableTrunks        Table = "vicidial_server_trunks"
	TableMeetmeRooms   Table = "vicidial_conferences"
	TableConfbridges   Table = "vicidial_confbridges"
	TableServerUpdater Table = "server_updater"
	TableSettings      Table = "system_settings"
	TableContainers    Table = "vicidial_settings_containers"
	TableCarriers      Table = "vicidial_server_carriers"
	TableDIDs          Table = "vicidial_inbound_dids"
	TableTemplates     Table = "vicidial_conf_templates"
	TableRemoteAgents  Table = "vicidial_remote_agents"
	TablePhones        Table = "phones"
	TableAliases       Table = "phones_alias"
	TableUsers         Table = "vicidial_users"
)

// Further tables: those that are only read, and those whose rows a removal deletes or
// changes.
const (
	TableCampaigns         Table = "vicidial_campaigns"
	TableInGroups          Table = "vicidial_inbound_groups"
	TableCallMenus         Table = "vicidial_call_menu"
	TableVoicemail         Table = "vicidial_voicemail"
	TableWebServers        Table = "vicidial_webservers"
	TableUserGroups        Table = "vicidial_user_groups"
	TableProcessTriggers   Table = "vicidial_process_triggers"
	TableClientConferences Table = "conferences"
)

// Phase orders the steps of a plan so that agents can work in every half-applied state:
// trunks are released before others grow, and rows are removed after their successors
// are added.
type Phase int

// The phases, in the order in which they are written. Rebuild flags follow after the last
// of them; see [Plan.Rebuild].
const (
	Release Phase = iota // shrink, deactivate
	Add
	Grow
	Remove
)

// Verb is what a step does to rows.
type Verb int

// The verbs of a step.
const (
	Insert Verb = iota
	Update
	Delete
	// DeleteDuplicates removes rows that equal another until one is left. The tables
	// without a unique key need it (docs/vicidial/schema.md#duplicate-trunk-rows).
	DeleteDuplicates
)

// Guard is a condition in the statement that writes, since a daemon may change the row
// between a read and the write.
type Guard int

// The guards that steps can ask for.
const (
	Unguarded Guard = iota
	// FreeRoom deletes a conference room only while nobody has reserved it.
	FreeRoom
)

// Limits of one statement.
const (
	MaxStepValues = 12_000 // bound values; MariaDB accepts 65,535, and this stays far below max_allowed_packet
	MaxStepRows   = 1000   // rows
	MaxStepCases  = 250    // rows with a value of their own: each is a case of the statement, and the database tests all cases for each row
)

// Step is one statement: safe alone, and safe twice.
type Step struct {
	Phase Phase
	Verb  Verb
	Table Table
	// Rows are the rows to insert. All name the same columns; Key says which of them
	// identify a row that already exists.
	Rows []Row
	// Common are the columns that are equal in all Rows; none is a column of Key.
	Common Row
	// Key selects the rows to update or delete.
	Key Row
	// In narrows Key to the rows whose column InColumn holds one of these.
	In       []Value
	InColumn string
	// Column is one more column of the rows that In names, whose value differs
	// from row to row: Old is what each of them must still hold, in the order of
	// In, and New what an update writes. A row that holds neither is a [Conflict].
	// Where New is nil, the rows are deleted.
	Column   string
	Old, New []Value
	// From is what the selected rows must still hold. If no row holds it, the step
	// is a [Conflict], and nothing is overwritten.
	From Row
	// To is what an update writes.
	To Row
	// Guard is checked in the statement itself.
	Guard Guard
	// AllowNoMatch reports that it is no conflict where no row matches.
	AllowNoMatch bool
	// Counted reports that the plan has counted the rows of a step that may match none.
	Counted bool
	// Shown is what the change log shows in place of a text that has secrets in it:
	// the text with placeholders.
	Shown map[string]string
	Audit Audit
}

// FullRow returns a row to insert with the common columns.
func (s Step) FullRow(row Row) Row {
	if len(s.Common) == 0 {
		return row
	}
	full := make(Row, len(row)+len(s.Common))
	maps.Copy(full, s.Common)
	maps.Copy(full, row)
	return full
}

// Single returns the step for one of its rows.
func (s Step) Single(row int) Step {
	if s.Verb == Insert {
		s.Rows = s.Rows[row : row+1]
		return s
	}
	s.In = s.In[row : row+1]
	if s.Column != "" {
		s.Old = s.Old[row : row+1]
		if s.New != nil {
			s.New = s.New[row : row+1]
		}
	}
	return s
}

// Audit is the entry of a step in VICIdial's admin change log, in the terms of the admin
// page. A step without a section is not logged.
type Audit struct {
	Section string // event_section, e.g. SERVERTRUNKS
	Type    string // event_type, a member of the column's enum
	Record  string // record_id
	// Numbered names the column whose number, which the database gives to an
	// inserted row, takes the place of Record.
	Numbered string
	// EachRow reports that each row of the step has its own entry. Its record is the
	// value of In, or of Numbered where rows are inserted.
	EachRow bool
	Code    string // event_code
	Notes   string // event_notes
}

// Rebuild names the servers whose Asterisk configuration files must be generated anew.
type Rebuild struct {
	All     bool
	Servers []string // server_ip
}

// Addresses lists the servers; [AllServers] stands for all of them.
func (r Rebuild) Addresses() []string {
	if r.All {
		return []string{AllServers}
	}
	return r.Servers
}

// RebuildOf is the reverse of [Rebuild.Addresses].
func RebuildOf(addresses []string) Rebuild {
	var rebuild Rebuild
	for _, address := range addresses {
		rebuild = rebuild.And(rebuildOf(address))
	}
	return rebuild
}

func rebuildOf(serverIP string) Rebuild {
	switch serverIP {
	case AllServers:
		return Rebuild{All: true}
	case "":
		return Rebuild{}
	}
	return Rebuild{Servers: []string{serverIP}}
}

// And returns the servers of both.
func (r Rebuild) And(other Rebuild) Rebuild {
	return Rebuild{All: r.All || other.All, Servers: SortedUnique(r.Servers, other.Servers)}
}

// Empty reports whether no server is named.
func (r Rebuild) Empty() bool { return !r.All && len(r.Servers) == 0 }

// Plan is the ordered steps from the present rows to the wanted ones.
type Plan struct {
	Steps   []Step
	Rebuild Rebuild
	// Demand is what a split needs of servers, by server_ip. Splits are written at once
	// only where each server has enough for all of them, and Demand is not nil.
	Demand map[string]TrunkDemand
	// Reads are further rows by which the plan was decided.
	Reads []AccessKey
}

// Empty reports whether the plan writes nothing at all.
func (p Plan) Empty() bool { return len(p.Steps) == 0 && p.Rebuild.Empty() }

// Ordered returns the steps in the order in which they are safe to write. Within a phase
// the order in which they were planned stays.
func (p Plan) Ordered() []Step {
	steps := slices.Clone(p.Steps)
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.Phase, b.Phase) })
	return steps
}

// Releases reports whether a step sets the row inactive that a later one deletes.
func (s Step) Releases(later Step) bool {
	return s.Phase == Release && s.Verb == Update && later.Phase == Remove && later.Verb == Delete && later.Table == s.Table && maps.Equal(later.Key, s.Key)
}

// WithoutReleases returns ordered steps of a plan that delete rows at once, with the values
// that they had to have before they were set inactive. It returns all steps of a plan that does
// anything else.
func WithoutReleases(steps []Step) []Step {
	var deletes []Step
	for _, step := range steps {
		i := slices.IndexFunc(steps, func(first Step) bool { return first.Releases(step) })
		switch {
		case i >= 0:
			expected := Row{}
			maps.Copy(expected, step.From)
			maps.Copy(expected, steps[i].From)
			step.From = expected
			deletes = append(deletes, step)
		case step.Phase == Remove && step.Verb == Delete && step.Table == steps[0].Table: // of a row that is inactive
			deletes = append(deletes, step)
		case !slices.ContainsFunc(steps, step.Releases):
			return steps
		}
	}
	return deletes
}

// And returns the steps of both plans, which [Plan.Ordered] orders, and the servers of
// both. Plans with a Demand are not combined.
func (p Plan) And(other Plan) Plan {
	return Plan{Steps: slices.Concat(p.Steps, other.Steps), Rebuild: p.Rebuild.And(other.Rebuild), Reads: slices.Concat(p.Reads, other.Reads)}
}

// SortedUnique returns the elements of all lists, sorted, each once.
func SortedUnique(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
