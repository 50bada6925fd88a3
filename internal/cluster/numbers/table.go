package numbers

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// Table is vicidial_inbound_dids: all rows and some columns. It is immutable.
type Table struct {
	Columns []string // those of Record.Values
	Records []Record // in the order of did_id
	byName  map[string]int
	at      map[string]int // of columns
}

// Record is one row.
type Record struct {
	ID      string // did_id
	Pattern string // did_pattern
	Values  []cluster.Value
}

// NewTable returns the table of rows.
func NewTable(columns []string, records []Record) Table {
	t := Table{Columns: columns, Records: records, byName: make(map[string]int, len(records)), at: make(map[string]int, len(columns))}
	for i, column := range columns {
		t.at[column] = i
	}
	for i, record := range records {
		t.byName[cluster.FoldKey(record.Pattern)] = i
	}
	return t
}

// ByPattern returns the row of a did_pattern, as the database compares it.
func (t Table) ByPattern(pattern string) (Record, bool) {
	at, found := t.byName[cluster.FoldKey(pattern)]
	if !found {
		return Record{}, false
	}
	return t.Records[at], true
}

// value returns a column of a record; false where the table does not have it.
func (t Table) value(record Record, column string) (cluster.Value, bool) {
	at, ok := t.at[column]
	if !ok {
		return cluster.Value{}, false
	}
	return record.Values[at], true
}

// row returns those of the columns of a record that the table has.
func (t Table) row(record Record, columns []string) cluster.Row {
	row := make(cluster.Row, len(columns))
	for _, column := range columns {
		if value, ok := t.value(record, column); ok {
			row[column] = value
		}
	}
	return row
}

// Group is a set of numbers whose rows have the same values.
type Group struct {
	Ranges []string    `json:"dids"`
	Row    cluster.Row `json:"row"`
	// IDs are the did_ids in the order of the numbers, runs of consecutive ones as
	// ranges.
	IDs []string `json:"ids"`
	// Digest is that of all columns. A group has it, or Row and IDs.
	Digest string `json:"digest,omitempty"`
}

// Groups groups numbers by the values of some columns, and by the digests of their rows.
// It omits numbers without a row.
func (t Table) Groups(members ranges.Set, columns []string) []Group {
	at := make([]int, 0, len(columns))
	for _, column := range columns {
		if i, ok := t.at[column]; ok {
			at = append(at, i)
		}
	}
	names, ids := map[string][]string{}, map[string][]string{}
	digests := map[string][]string{}
	first := map[string]Record{}
	var order []string
	var signature strings.Builder
	var key, digest string
	var before []cluster.Value // those of most rows, too
	for name := range members.Values() {
		record, found := t.ByPattern(name)
		if !found {
			continue
		}
		if before == nil || !slices.Equal(record.Values, before) {
			signature.Reset()
			for _, i := range at {
				value := record.Values[i]
				if value.Null {
					signature.WriteByte(1)
				}
				signature.WriteString(value.Text)
				signature.WriteByte(0)
			}
			before, key, digest = record.Values, signature.String(), cluster.Digest(t.Columns, record.Values)
		}
		if _, known := first[key]; !known {
			first[key] = record
			order = append(order, key)
		}
		names[key], ids[key] = append(names[key], name), append(ids[key], record.ID)
		digests[digest] = append(digests[digest], name)
	}
	groups := make([]Group, 0, len(order)+len(digests))
	for _, key := range order {
		groups = append(groups, Group{Ranges: ranges.Of(names[key]).Ranges(), Row: t.row(first[key], columns), IDs: cluster.Runs(ids[key])})
	}
	for _, digest := range slices.Sorted(maps.Keys(digests)) {
		groups = append(groups, Group{Ranges: ranges.Of(digests[digest]).Ranges(), Digest: digest})
	}
	return groups
}

// CommonValues returns those of the values that all rows with that wanted value have
// already.
func (t Table) CommonValues(members ranges.Set, want Wanted, values cluster.Row) cluster.Row {
	common := maps.Clone(values)
	for name := range members.Values() {
		record, found := t.ByPattern(name)
		wanted, _ := want.Row(name)
		for column, value := range common {
			if wanted[column] != value {
				continue
			}
			if !found {
				delete(common, column)
			} else if current, ok := t.value(record, column); !ok || !cluster.EquivalentDID(column, value, current) {
				delete(common, column)
			}
		}
	}
	return common
}

// Route is a set of numbers with the same routing after a change.
type Route struct {
	Numbers ranges.Set
	Row     cluster.Row     // the columns that decide where calls go
	Changed map[string]bool // those of them that the change sets; all for a new number
}

// Routes returns the routing of a block after the change: the declared columns over the
// present rows, or over the defaults of a new row.
func (t Table) Routes(want Wanted, defaults cluster.Row) []Route {
	names, routes := map[string][]string{}, map[string]Route{}
	var order []string
	var signature []byte
	for name, row := range want.all() {
		record, found := t.ByPattern(name)
		signature = signature[:0]
		each := func(visit func(column string, value cluster.Value, changed bool)) {
			for _, column := range cluster.DIDRouteColumns {
				current, exists := cluster.Value{}, false
				if found {
					current, exists = t.value(record, column)
				} else if _, exists = t.at[column]; exists {
					current, exists = defaults[column]
				}
				value, declared := row[column]
				switch {
				case declared:
					visit(column, value, !found || !exists || !cluster.EquivalentDID(column, value, current))
				case exists:
					visit(column, current, !found)
				}
			}
		}
		each(func(column string, value cluster.Value, changed bool) {
			signature = append(append(signature, value.Text...), 0)
			if changed {
				signature = append(signature, column...)
			}
		})
		if _, known := routes[string(signature)]; !known {
			route := Route{Row: cluster.Row{}, Changed: map[string]bool{}}
			each(func(column string, value cluster.Value, changed bool) {
				route.Row[column], route.Changed[column] = value, changed
			})
			order = append(order, string(signature))
			routes[string(signature)] = route
		}
		names[string(signature)] = append(names[string(signature)], name)
	}
	all := make([]Route, 0, len(order))
	for _, key := range order {
		route := routes[key]
		route.Numbers = ranges.Of(names[key])
		all = append(all, route)
	}
	return all
}

// Seen are the rows when they were last read, by [cluster.FoldKey] of the number.
type Seen struct {
	rows    map[string]cluster.Row
	digests map[string]string
}

// SeenIn returns the rows of the numbers of groups.
func SeenIn(groups []Group) Seen {
	seen := Seen{map[string]cluster.Row{}, map[string]string{}}
	for _, group := range groups {
		set, err := ranges.Parse(group.Ranges)
		if err != nil {
			continue // private state that another version wrote; every number counts as not seen
		}
		for name := range set.Values() {
			if group.Digest == "" {
				seen.rows[cluster.FoldKey(name)] = group.Row
			} else {
				seen.digests[cluster.FoldKey(name)] = group.Digest
			}
		}
	}
	return seen
}

// IDs returns the did_ids that numbers had, by [cluster.FoldKey] of the number.
func IDs(groups []Group) map[string]string {
	ids := map[string]string{}
	for _, group := range groups {
		var groupIDs []string
		for _, text := range group.IDs {
			if run, err := ranges.Parse([]string{text}); err == nil {
				groupIDs = slices.AppendSeq(groupIDs, run.Values())
			}
		}
		set, err := ranges.Parse(group.Ranges)
		if err != nil || set.Len() != len(groupIDs) {
			continue // private state that another version wrote
		}
		for name := range set.Values() {
			ids[cluster.FoldKey(name)], groupIDs = groupIDs[0], groupIDs[1:]
		}
	}
	return ids
}

// Deviation is a set of numbers whose rows differ from the declaration in the same way.
type Deviation struct {
	Numbers ranges.Set
	Text    string
}

// Deviations compares the rows of a block with the wanted ones, in the order of the
// numbers.
func (t Table) Deviations(want Wanted) []Deviation {
	names := map[string][]string{}
	var order []string
	for name, row := range want.all() {
		text := "does not exist"
		if record, ok := t.ByPattern(name); ok {
			text = t.differences(record, row)
		}
		if text == "" {
			continue
		}
		if names[text] == nil {
			order = append(order, text)
		}
		names[text] = append(names[text], name)
	}
	deviations := make([]Deviation, 0, len(order))
	for _, text := range order {
		deviations = append(deviations, Deviation{Numbers: ranges.Of(names[text]), Text: text})
	}
	return deviations
}

// differences describes the columns in which a record differs from want, or returns "".
func (t Table) differences(record Record, want cluster.Row) string {
	var texts []string
	for column, wanted := range want {
		if current, ok := t.value(record, column); ok && !cluster.EquivalentDID(column, wanted, current) {
			if cluster.MayHoldPassword(column) {
				texts = append(texts, column+" is another")
				continue
			}
			texts = append(texts, column+" is "+current.Describe())
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}

// commonColumns returns the columns that are equal in all rows, and the names of others.
func commonColumns(rows []cluster.Row) (common cluster.Row, own []string) {
	common = cluster.Row{}
	for _, column := range slices.Sorted(maps.Keys(rows[0])) {
		if slices.ContainsFunc(rows, func(row cluster.Row) bool { return row[column] != rows[0][column] }) {
			own = append(own, column)
		} else {
			common[column] = rows[0][column]
		}
	}
	return common, own
}
