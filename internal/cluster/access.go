package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AccessSet holds the rows that a plan writes, decides by or refers to.
type AccessSet struct {
	owns      map[string]bool // rows that the plan writes, or reads to decide
	uses      map[string]bool // rows that a written row refers to
	takes     map[string]Headroom
	exclusive bool // the rows have no known keys
}

// Access returns the rows that the plan writes, decides by or refers to.
func (p Plan) Access() AccessSet {
	t := AccessSet{owns: map[string]bool{}, uses: map[string]bool{}, takes: p.Takes}
	for _, step := range p.Steps {
		t.add(step)
	}
	return t
}

// Independent reports whether the steps of two plans that were decided over the same
// rows may be written in any order.
func (t AccessSet) Independent(other AccessSet) bool {
	return !t.exclusive && !other.exclusive && disjoint(t.owns, other.owns) && disjoint(t.owns, other.uses) && disjoint(t.uses, other.owns) && t.fits(other)
}

// fits reports whether servers have the trunks for both plans, without those that the
// plans release.
func (t AccessSet) fits(other AccessSet) bool {
	for ip, more := range other.takes {
		if own, both := t.takes[ip]; both && own.Takes+more.Takes > min(own.Free, more.Free) {
			return false
		}
	}
	return true
}

// Union returns the rows of two plans.
func (t AccessSet) Union(other AccessSet) AccessSet {
	both := AccessSet{owns: maps.Clone(t.owns), uses: maps.Clone(t.uses), takes: map[string]Headroom{}, exclusive: t.exclusive || other.exclusive}
	maps.Copy(both.owns, other.owns)
	maps.Copy(both.uses, other.uses)
	maps.Copy(both.takes, t.takes)
	for ip, more := range other.takes {
		if own, both := t.takes[ip]; both {
			more = Headroom{own.Takes + more.Takes, min(own.Free, more.Free)}
		}
		both.takes[ip] = more
	}
	return both
}

func disjoint(a, b map[string]bool) bool {
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

// Names for tables of which a plan reads all rows to decide.
const (
	allTrunks       = "the sums of trunks"
	allRemoteAgents = "the runs of remote agents"
	allSeats        = "the seats"
)

func (t *AccessSet) add(step Step) {
	keys := step.Keys()
	seats := step.Table == TablePhones || step.Table == TableAliases || step.Table == TableUsers
	if seats && !step.AllowNoMatch {
		t.addSeats(step)
		return
	}
	if len(keys) == 0 || step.Column != "" || step.Verb == Update && step.AllowNoMatch {
		t.exclusive = true
		return
	}
	for _, row := range append(slices.Clone(step.Rows), step.Common, step.To) {
		t.refer(row)
	}
	switch step.Table {
	case TableDIDs, TableCarriers, TableTemplates:
		for _, key := range keys {
			t.owns[rowName(step.Table, key)] = true
		}
	case TableTrunks: // additions depend on all splits, removals do not
		for _, key := range keys {
			t.refer(key)
			t.owns[rowName(step.Table, key)] = true
			if step.Verb == Delete || t.takes != nil {
				t.uses[allTrunks] = true
			} else {
				t.owns[allTrunks] = true
			}
		}
	case TableRemoteAgents: // runs must not overlap
		t.owns[allRemoteAgents] = true
	case TableServers, TableMeetmeRooms, TableConfbridges, TableServerUpdater:
		t.addServer(step, keys)
	default:
		t.exclusive = true
	}
}

// addSeats adds a step on rows of seats. A placement decides by those of all others.
func (t *AccessSet) addSeats(step Step) {
	t.owns[allSeats] = true
	for _, row := range slices.Concat(step.Rows, []Row{step.Key, step.Common, step.From, step.To}) {
		t.refer(row)
	}
	for _, value := range step.New {
		t.refer(Row{step.Column: value})
	}
}

// addServer adds a step on a server. Plans that refer to its address depend on its row,
// and its removal depends on the rows that refer to it.
func (t *AccessSet) addServer(step Step, keys []Row) {
	for _, row := range slices.Concat(keys, step.Rows, []Row{step.From, step.To}) {
		if id, named := row["server_id"]; named {
			t.owns[rowName(TableServers, Row{"server_id": id})] = true
		}
		if ip, named := row[ColumnServerIP]; named {
			t.owns[rowName(TableServers, Row{ColumnServerIP: ip})] = true
		}
	}
	if step.Table != TableServers {
		return
	}
	if !slices.ContainsFunc(keys, func(key Row) bool { _, named := key["server_id"]; return named }) {
		t.exclusive = true
	}
	_, moves := step.To[ColumnServerIP]
	_, limits := step.To["max_vicidial_trunks"]
	if moves || limits {
		t.owns[allTrunks] = true
	}
}

// refer adds the server and the template that a row names.
func (t *AccessSet) refer(row Row) {
	if ip := row[ColumnServerIP]; ip.Text != "" {
		t.uses[rowName(TableServers, Row{ColumnServerIP: ip})] = true
	}
	if id := row[columnTemplateID]; id.Text != "" {
		t.uses[rowName(TableTemplates, Row{columnTemplateID: id})] = true
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
	keys := make([]Row, len(s.Rows))
	for i, row := range s.Rows {
		keys[i] = row.Only(slices.Collect(maps.Keys(s.Key))...)
	}
	return keys
}

func rowName(table Table, key Row) string {
	name := string(table)
	for _, column := range slices.Sorted(maps.Keys(key)) {
		name += "|" + column + "=" + FoldKey(key[column].Text)
	}
	return name
}

// Joins reports whether two steps of one phase can be one statement that is as safe
// as each of them, apart from the rows that they name.
func (s Step) Joins(other Step) bool { return s.shape() != "" && s.shape() == other.shape() }

// Names returns a name for each row of a step, so that no statement names a row twice.
func (s Step) Names() []string {
	keys := s.Keys()
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = rowName(s.Table, key)
		if s.Verb == Delete { // several rows may have the key
			names[i] += rowName("", s.From)
		}
	}
	return names
}

// shape is empty for a step that is not joined with others. Updates of a table without a
// unique key are not: the number of matched rows would be right if one row had changed
// and another had a duplicate. Nor are updates of key columns, since a joined statement
// selects the values of each row by its key.
func (s Step) shape() string {
	if s.Column != "" || s.InColumn != "" || s.Guard != Unguarded || len(s.Keys()) == 0 {
		return ""
	}
	columns := func(row Row) string { return strings.Join(slices.Sorted(maps.Keys(row)), ",") }
	switch {
	case s.Verb == Insert:
		return fmt.Sprint("insert ", s.Table, columns(s.FullRow(s.Rows[0])), ";", columns(s.Key), len(s.Rows) > 1)
	case s.Verb == Update && !s.AllowNoMatch && s.Table != TableTrunks && len(s.Key.Only(slices.Collect(maps.Keys(s.To))...)) == 0:
		return fmt.Sprint("update ", s.Table, columns(s.To), ";", columns(s.Key))
	case s.Verb == Delete && s.Phase == Remove:
		return fmt.Sprint("delete ", s.Table, s.AllowNoMatch)
	}
	return ""
}
