package numbers

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// mostValues is how many values of a column an import writes into overrides where no
// value is that of at least half of the numbers.
const mostValues = 20

// Adopt returns the declaration of existing rows: the most common value of each column,
// and overrides for the other rows. It omits columns that have the database's default in
// all rows; those in which almost every number has its own value, such as a description,
// which are in individual; and those with a password in some value, which a list or a file
// would show, which are in secret.
func (t Table) Adopt(of ranges.Set, defaults cluster.Row, hasPassword func(column string, value cluster.Value) bool) (block Block, individual, secret []string) {
	block = Block{Numbers: of, Shared: cluster.Row{}}
	var members []Record
	for member := range of.Values() {
		if record, found := t.ByPattern(member); found {
			members = append(members, record)
		}
	}
	own := make([]cluster.Row, len(members))
	for i, column := range t.Columns {
		counts := map[cluster.Value]int{}
		for _, record := range members {
			counts[cluster.NormalInDID(column, record.Values[i])]++
		}
		var most cluster.Value
		for _, value := range slices.SortedFunc(maps.Keys(counts), func(a, b cluster.Value) int { return strings.Compare(a.Text, b.Text) }) {
			if counts[value] > counts[most] {
				most = value
			}
		}
		if usual, known := defaults[column]; len(counts) == 1 && known && cluster.EquivalentDID(column, most, usual) {
			continue
		}
		if slices.ContainsFunc(slices.Collect(maps.Keys(counts)), func(value cluster.Value) bool { return hasPassword(column, value) }) {
			secret = append(secret, column)
			continue
		}
		if len(counts) > mostValues && 2*counts[most] < len(members) {
			individual = append(individual, column)
			continue
		}
		block.Shared[column] = most
		for index, record := range members {
			if value := cluster.NormalInDID(column, record.Values[i]); value != most {
				if own[index] == nil {
					own[index] = cluster.Row{}
				}
				own[index][column] = value
			}
		}
	}
	block.Overrides = overridesOf(members, own)
	return block, individual, secret
}

// overridesOf groups numbers that differ from the others in the same way.
func overridesOf(members []Record, own []cluster.Row) []Override {
	names, rows := map[string][]string{}, map[string]cluster.Row{}
	var order []string
	for i, record := range members {
		if own[i] == nil {
			continue
		}
		key := signature(cluster.Row{}, own[i])
		if rows[key] == nil {
			order = append(order, key)
			rows[key] = own[i]
		}
		names[key] = append(names[key], record.Pattern)
	}
	overrides := make([]Override, 0, len(order))
	for _, key := range order {
		set := ranges.Of(names[key])
		overrides = append(overrides, Override{Key: strings.Join(set.Ranges(), ","), Numbers: set, Row: rows[key]})
	}
	return overrides
}

// Candidate is a group of numbers that are routed to the same place.
type Candidate struct {
	Name    string
	Numbers ranges.Set
}

// targets are the columns with the target of a route.
var targets = map[string]string{
	"EXTEN": "extension", "VOICEMAIL": "voicemail_ext", "VMAIL_NO_INST": "voicemail_ext", "AGENT": "user",
	"PHONE": "phone", "IN_GROUP": "group_id", "CALLMENU": "menu_id",
}

// Candidates returns the groups of at least two numbers that are routed to the same place,
// without VICIdial's own rows.
func (t Table) Candidates() []Candidate {
	names := map[string][]string{}
	for _, record := range t.Records {
		route, ok := t.value(record, "did_route")
		if !ok || cluster.ReservedDID(record.Pattern) {
			continue
		}
		kind, target := route.Text, ""
		if value, ok := t.value(record, targets[kind]); ok {
			target = cluster.NormalInDID(targets[kind], value).Text
		}
		name := strings.TrimSpace(kind + " " + target)
		names[name] = append(names[name], record.Pattern)
	}
	var found []Candidate
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if len(names[name]) > 1 {
			found = append(found, Candidate{Name: name, Numbers: ranges.Of(names[name])})
		}
	}
	return found
}
