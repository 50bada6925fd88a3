package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AccessSet holds the rows that a plan writes, decides by or refers to.
type AccessSet struct {
	writes    map[AccessKey]bool // rows that the plan writes, or reads to decide
	refersTo  map[AccessKey]bool // rows that a written row refers to, and others that the plan reads
	demand    map[string]TrunkDemand
	limits    bool           // of the trunks of servers
	agents    []RemoteAgents // ranges that are added
	exclusive bool           // the rows have no known keys
}

// AccessKey is the table and the key of a row, or all rows of some tables.
type AccessKey string

// LoginKey is the key of what an agent types to log in: the login of phones, or the id of
// an alias.
func LoginKey(login string) AccessKey { return AccessKey("login " + FoldKey(login)) }

// UserKey is the key of a user.
func UserKey(user string) AccessKey { return AccessKey("user " + FoldKey(user)) }

// All rows of tables that a plan reads to decide.
const (
	allTrunks       AccessKey = "all trunks"
	allRemoteAgents AccessKey = "all remote agents"
)

// Access returns the rows that the plan writes, decides by or refers to.
func (p Plan) Access() AccessSet {
	a := AccessSet{writes: map[AccessKey]bool{}, refersTo: map[AccessKey]bool{}, demand: p.Demand}
	for _, step := range p.Steps {
		a.add(step)
	}
	for _, key := range p.Reads {
		a.refersTo[key] = true
	}
	return a
}

// Independent reports whether the steps of two plans that were decided over the same
// rows may be written in any order.
func (a AccessSet) Independent(other AccessSet) bool {
	return !a.exclusive && !other.exclusive && disjoint(a.writes, other.writes) && disjoint(a.writes, other.refersTo) && disjoint(a.refersTo, other.writes) &&
		(!a.limits || !other.hasTrunks()) && (!a.hasTrunks() || !other.limits) && !a.overlaps(other) && a.fits(other)
}

// hasTrunks reports whether a plan writes trunks.
func (a AccessSet) hasTrunks() bool { return a.writes[allTrunks] || a.refersTo[allTrunks] }

// overlaps reports whether remote agents of both plans share a user.
func (a AccessSet) overlaps(other AccessSet) bool {
	return slices.ContainsFunc(a.agents, func(agents RemoteAgents) bool { return slices.ContainsFunc(other.agents, agents.overlaps) })
}

// fits reports whether servers have the trunks for both plans, without those that the
// plans release.
func (a AccessSet) fits(other AccessSet) bool {
	for ip, demand := range other.demand {
		if own, both := a.demand[ip]; both && own.Needed+demand.Needed > min(own.Free, demand.Free) {
			return false
		}
	}
	return true
}

// Union returns the rows of two plans.
func (a AccessSet) Union(other AccessSet) AccessSet {
	both := AccessSet{writes: maps.Clone(a.writes), refersTo: maps.Clone(a.refersTo), demand: map[string]TrunkDemand{}, exclusive: a.exclusive || other.exclusive}
	both.limits, both.agents = a.limits || other.limits, slices.Concat(a.agents, other.agents)
	maps.Copy(both.writes, other.writes)
	maps.Copy(both.refersTo, other.refersTo)
	maps.Copy(both.demand, a.demand)
	for ip, demand := range other.demand {
		if own, found := a.demand[ip]; found {
			demand = TrunkDemand{own.Needed + demand.Needed, min(own.Free, demand.Free)}
		}
		both.demand[ip] = demand
	}
	return both
}

func disjoint(a, b map[AccessKey]bool) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for name := range a {
		if b[name] {
			return false
		}
	}
	return true
}

func (a *AccessSet) add(step Step) {
	keys := step.Keys()
	seats := step.Table == TablePhones || step.Table == TableAliases || step.Table == TableUsers
	if seats && !step.AllowNoMatch {
		a.addSeats(step)
		return
	}
	if len(keys) == 0 || step.Column != "" || step.Verb == Update && step.AllowNoMatch {
		a.exclusive = true
		return
	}
	for _, row := range append(slices.Clone(step.Rows), step.Common, step.To) {
		a.refer(row)
	}
	switch step.Table {
	case TableDIDs, TableCarriers, TableTemplates:
		for _, key := range keys {
			a.writes[keyOf(step.Table, key)] = true
		}
	case TableTrunks: // additions depend on all splits, removals do not
		for _, key := range keys {
			a.refer(key)
			a.writes[keyOf(step.Table, key)] = true
			if step.Verb == Delete || a.demand != nil {
				a.refersTo[allTrunks] = true
			} else {
				a.writes[allTrunks] = true
			}
		}
	case TableRemoteAgents: // ranges must not overlap
		for _, key := range keys {
			a.writes[keyOf(step.Table, key)] = true
		}
		for _, row := range step.Rows {
			a.agents = append(a.agents, RemoteAgents(step.FullRow(row)))
		}
		if _, lines := step.To["number_of_lines"]; lines {
			a.writes[allRemoteAgents] = true
		}
		a.refersTo[allRemoteAgents] = true
	case TableServers, TableMeetmeRooms, TableConfbridges, TableServerUpdater:
		a.addServer(step, keys)
	default:
		a.exclusive = true
	}
}

// addSeats adds a step on rows of seats.
func (a *AccessSet) addSeats(step Step) {
	rows := slices.Concat(step.Rows, []Row{step.Key, step.Common, step.From, step.To}, step.InKeys())
	for _, value := range slices.Concat(step.Old, step.New) {
		rows = append(rows, Row{step.Column: value})
	}
	named := false
	for _, row := range rows {
		named = a.addSeat(row) || named
		a.refer(row)
	}
	a.exclusive = a.exclusive || !named
}

// addSeat adds a row of a seat, or a part of one, and reports whether it has a name. No key
// of the tables keeps logins, ids of aliases and mailboxes apart: a placement refuses those
// that it finds taken.
func (a *AccessSet) addSeat(row Row) (named bool) {
	write := func(key AccessKey) { a.writes[key], named = true, true }
	for column, value := range row {
		switch {
		case value.Text == "":
		case column == "login" || column == "alias_id":
			write(LoginKey(value.Text))
		case column == "user":
			write(UserKey(value.Text))
		case column == "voicemail_id":
			write(AccessKey("mailbox " + FoldKey(value.Text)))
		case column == "extension":
			write(keyOf(TablePhones, row.Only("extension", ColumnServerIP)))
		case column == "logins_list" || column == "phone_login":
			for login := range strings.SplitSeq(value.Text, ",") {
				a.refersTo[LoginKey(login)] = true
			}
		}
	}
	return named
}

// addServer adds a step on a server. Plans that refer to its address depend on its row,
// and its removal depends on the rows that refer to it.
func (a *AccessSet) addServer(step Step, keys []Row) {
	for _, row := range slices.Concat(keys, step.Rows, []Row{step.From, step.To}) {
		if id, named := row["server_id"]; named {
			a.writes[keyOf(TableServers, Row{"server_id": id})] = true
		}
		if ip, named := row[ColumnServerIP]; named {
			a.writes[keyOf(TableServers, Row{ColumnServerIP: ip})] = true
		}
	}
	if step.Table != TableServers {
		return
	}
	if !slices.ContainsFunc(keys, func(key Row) bool { _, named := key["server_id"]; return named }) {
		a.exclusive = true
	}
	_, moves := step.To[ColumnServerIP]
	_, limits := step.To["max_vicidial_trunks"]
	if moves {
		a.writes[allTrunks] = true
	}
	a.limits = a.limits || limits
}

// referring has the columns that name a row of another table, by that row's column of the
// same name.
var referring = map[string]Table{ColumnServerIP: TableServers, columnTemplateID: TableTemplates}

// refer adds the rows that a row names.
func (a *AccessSet) refer(row Row) {
	for column, table := range referring {
		if value := row[column]; value.Text != "" {
			a.refersTo[keyOf(table, Row{column: value})] = true
		}
	}
}

// Keys returns the keys of a step: one key for each row that it inserts.
func (s Step) Keys() []Row {
	if s.Verb != Insert {
		if len(s.Key) == 0 {
			return nil
		}
		return []Row{s.Key}
	}
	keys, columns := make([]Row, len(s.Rows)), slices.Collect(maps.Keys(s.Key))
	for i, row := range s.Rows {
		keys[i] = row.Only(columns...)
	}
	return keys
}

// InKeys returns the keys of the rows that In names.
func (s Step) InKeys() []Row {
	keys := make([]Row, len(s.In))
	for i, value := range s.In {
		keys[i] = maps.Clone(s.Key)
		if keys[i] == nil {
			keys[i] = Row{}
		}
		keys[i][s.InColumn] = value
	}
	return keys
}

func keyOf(table Table, key Row) AccessKey {
	return AccessKey(rowName(table, key, slices.Sorted(maps.Keys(key))))
}

// rowName names a row by the columns that it has of those.
func rowName(table Table, row Row, columns []string) string {
	var name strings.Builder
	name.WriteString(string(table))
	for _, column := range columns {
		if value, ok := row[column]; ok {
			name.WriteString("|" + column + "=" + FoldKey(value.Text))
		}
	}
	return name.String()
}

// CanCombine reports whether two steps of one phase can be one statement that is as safe
// as each of them, apart from the rows that they name.
func (s Step) CanCombine(other Step) bool {
	kind := s.statementKind()
	return kind != "" && kind == other.statementKind()
}

// IsIndependent reports whether a step is right whatever rows of other keys there are, so
// that it may be written over a connection that does not hold the lock.
func (s Step) IsIndependent() bool {
	tables := []Table{TableDIDs, TableCarriers, TableMeetmeRooms, TableConfbridges}
	if s.Verb == Delete {
		tables = append(tables, TableTrunks, TablePhones, TableAliases)
	}
	return !s.AllowNoMatch && s.Verb != DeleteDuplicates && slices.Contains(tables, s.Table)
}

// FeedsFiles reports whether nodes build configuration files from the table of a step
// (docs/vicidial/generator.md#who-is-flagged).
func (s Step) FeedsFiles() bool {
	return !slices.Contains([]Table{TableDIDs, TableTrunks, TableAliases, TableConfbridges}, s.Table)
}

// Names returns a name for each row that a step names by its key, so that no statement
// names a row twice.
func (s Step) Names() []string {
	if s.InColumn != "" {
		return nil
	}
	columns := slices.Sorted(maps.Keys(s.Key))
	rows := s.Rows
	if s.Verb != Insert && len(s.Key) > 0 {
		rows = []Row{s.Key}
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = rowName(s.Table, row, columns)
		if s.Verb == Delete { // several rows may have the key
			names[i] += string(keyOf("", s.From))
		}
	}
	return names
}

// statementKind is equal for steps that can be combined, and empty for one that cannot be.
// Updates of key columns cannot, since a combined statement selects the values of each row
// by its key.
func (s Step) statementKind() string {
	columns := func(row Row) string { return strings.Join(slices.Sorted(maps.Keys(row)), ",") }
	if s.Column != "" && s.InColumn != "" && (s.Verb == Delete && s.New == nil && s.Phase == Remove || s.Verb == Update && len(s.Key) == 0) {
		return fmt.Sprint(s.Verb, s.Table, s.Column, s.InColumn)
	}
	if s.Column != "" || s.InColumn != "" || s.Guard != Unguarded || len(s.Key) == 0 || s.Verb == Insert && len(s.Rows) == 0 {
		return ""
	}
	switch {
	case s.Verb == Insert:
		return fmt.Sprint("insert ", s.Table, columns(s.FullRow(s.Rows[0])), ";", columns(s.Key), len(s.Rows) > 1)
	case s.Verb == Update && !s.AllowNoMatch && len(s.Key.Only(slices.Collect(maps.Keys(s.To))...)) == 0:
		return fmt.Sprint("update ", s.Table, columns(s.To), ";", columns(s.Key))
	case s.Verb == Delete && s.Phase == Remove:
		return fmt.Sprint("delete ", s.Table, s.AllowNoMatch, columns(s.From))
	}
	return ""
}
