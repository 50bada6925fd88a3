package numbers

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Table is vicidial_inbound_dids: all rows, some of the columns. It is shared;
// nothing changes it.
type Table struct {
	Columns []string // those of Record.Values
	Records []Record // in the order of did_id
	byName  map[string]int
}

// Record is one row.
type Record struct {
	ID      string // did_id
	Pattern string // did_pattern
	Values  []cluster.Value
}

// NewTable returns the table of rows.
func NewTable(columns []string, records []Record) Table {
	t := Table{Columns: columns, Records: records, byName: make(map[string]int, len(records))}
	for at, record := range records {
		t.byName[cluster.FoldKey(record.Pattern)] = at
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

// Row returns the columns of a record that the table has of those asked for.
func (t Table) Row(record Record, columns []string) cluster.Row {
	row := make(cluster.Row, len(columns))
	for _, column := range columns {
		if at := slices.Index(t.Columns, column); at >= 0 {
			row[column] = record.Values[at]
		}
	}
	return row
}

// Group is numbers whose rows hold the same values.
type Group struct {
	Ranges []string    `json:"dids"`
	Row    cluster.Row `json:"row"`
	// IDs are the did_ids in the order of the numbers, runs of consecutive ones as
	// ranges.
	IDs []string `json:"ids"`
}

// Groups returns what the rows of numbers hold in some columns, equal rows together.
// Numbers without a row are left out.
func (t Table) Groups(of Set, columns []string) []Group {
	at := make([]int, 0, len(columns))
	for _, column := range columns {
		if i := slices.Index(t.Columns, column); i >= 0 {
			at = append(at, i)
		}
	}
	names, ids := map[string][]string{}, map[string][]string{}
	first := map[string]Record{}
	var order []string
	var signature strings.Builder
	for name := range of.All() {
		record, found := t.ByPattern(name)
		if !found {
			continue
		}
		signature.Reset()
		for _, i := range at {
			value := record.Values[i]
			if value.Null {
				signature.WriteByte(1)
			}
			signature.WriteString(value.Text)
			signature.WriteByte(0)
		}
		same := signature.String()
		if _, known := first[same]; !known {
			first[same] = record
			order = append(order, same)
		}
		names[same], ids[same] = append(names[same], name), append(ids[same], record.ID)
	}
	groups := make([]Group, 0, len(order))
	for _, same := range order {
		groups = append(groups, Group{Ranges: Of(names[same]).Ranges(), Row: t.Row(first[same], columns), IDs: cluster.Runs(ids[same])})
	}
	return groups
}

// Held returns those of the values that the rows of all numbers hold already which
// are to hold them.
func (t Table) Held(of Set, want Wanted, values cluster.Row) cluster.Row {
	held := maps.Clone(values)
	for name := range of.All() {
		record, found := t.ByPattern(name)
		wanted, _ := want.Row(name)
		for column, value := range held {
			if at := slices.Index(t.Columns, column); wanted[column] == value && (!found || at < 0 || !cluster.SameInDID(column, value, record.Values[at])) {
				delete(held, column)
			}
		}
	}
	return held
}

// Route is numbers whose calls are treated alike once a change is written.
type Route struct {
	Numbers Set
	Row     cluster.Row     // the columns that decide where calls go
	Changed map[string]bool // those of them that the change sets; all for a new number
}

// Routes returns how the calls of a block are treated once it is written: what is
// declared, over what the rows hold, or over the defaults of a new row.
func (t Table) Routes(want Wanted, defaults cluster.Row) []Route {
	at := make([]int, 0, len(cluster.DIDRouteColumns))
	for _, column := range cluster.DIDRouteColumns {
		at = append(at, slices.Index(t.Columns, column))
	}
	names, routes := map[string][]string{}, map[string]Route{}
	var order []string
	var signature strings.Builder
	for name, row := range want.All() {
		record, found := t.ByPattern(name)
		signature.Reset()
		after, changed := make(cluster.Row, len(at)), map[string]bool{}
		for i, column := range cluster.DIDRouteColumns {
			value, known := row[column]
			switch {
			case at[i] < 0: // a column that this database does not have
				continue
			case found && !known:
				value = record.Values[at[i]]
			case found:
				changed[column] = !cluster.SameInDID(column, value, record.Values[at[i]])
			case known:
				changed[column] = true
			default:
				value, known = defaults[column]
				changed[column] = true
			}
			if !known && !found {
				continue
			}
			after[column] = value
			signature.WriteString(value.Text)
			if changed[column] {
				signature.WriteByte(1)
			}
			signature.WriteByte(0)
		}
		key := signature.String()
		if _, known := routes[key]; !known {
			order = append(order, key)
			routes[key] = Route{Row: after, Changed: changed}
		}
		names[key] = append(names[key], name)
	}
	all := make([]Route, 0, len(order))
	for _, key := range order {
		route := routes[key]
		route.Numbers = Of(names[key])
		all = append(all, route)
	}
	return all
}

// Seen is what rows held when they were read last, by their numbers.
type Seen map[string]cluster.Row

// SeenIn returns what groups say of each number.
func SeenIn(groups []Group) Seen {
	seen := Seen{}
	for _, group := range groups {
		set, err := Parse(group.Ranges)
		if err != nil {
			continue // private state that another version wrote; every number counts as not seen
		}
		for name := range set.All() {
			seen[cluster.FoldKey(name)] = group.Row
		}
	}
	return seen
}

// IDs returns the did_ids that numbers had, by [cluster.FoldKey] of the number.
func IDs(groups []Group) map[string]string {
	ids := map[string]string{}
	for _, group := range groups {
		var of []string
		for _, text := range group.IDs {
			if run, err := Parse([]string{text}); err == nil {
				of = slices.AppendSeq(of, run.All())
			}
		}
		set, err := Parse(group.Ranges)
		if err != nil || set.Len() != len(of) {
			continue // private state that another version wrote
		}
		for name := range set.All() {
			ids[cluster.FoldKey(name)], of = of[0], of[1:]
		}
	}
	return ids
}

// value returns what was seen in a column of a number.
func (s Seen) value(name, column string) (cluster.Value, bool) {
	value, known := s[cluster.FoldKey(name)][column]
	return value, known
}

// Deviation is numbers whose rows are not as declared, all in the same way.
type Deviation struct {
	Numbers Set
	Text    string
}

// Deviations compares the rows of a block with what they are to hold, in the order
// of the numbers.
func (t Table) Deviations(want Wanted) []Deviation {
	names := map[string][]string{}
	var order []string
	for name, row := range want.All() {
		text := "is not there"
		if record, there := t.ByPattern(name); there {
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
		deviations = append(deviations, Deviation{Numbers: Of(names[text]), Text: text})
	}
	return deviations
}

// differences says in which columns a record does not hold what is wanted, empty for
// none.
func (t Table) differences(record Record, want cluster.Row) string {
	var texts []string
	for i, column := range t.Columns {
		if wanted, managed := want[column]; managed && !cluster.SameInDID(column, wanted, record.Values[i]) {
			texts = append(texts, column+" is "+shown(record.Values[i]))
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}

func shown(value cluster.Value) string {
	if value.Text == "" {
		return "blank"
	}
	return value.Text
}

// commonColumns returns what rows hold alike, and the columns in which they differ.
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
