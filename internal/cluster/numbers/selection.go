package numbers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// Selection selects the numbers of an import: those of a list, or all whose rows meet
// every condition.
type Selection struct {
	Name       string // of the block
	Listed     []string
	Conditions []Condition
}

// Condition is a required value of a column. The column prefix is the beginning of the
// number.
type Condition struct{ Column, Value string }

const prefix = "prefix"

var errImportID = errors.New(`the import id is a name and numbers, like "sales=8005550100-8005550199,8005550300", or a name and conditions that all hold, like "sales=prefix:800555", "sales=group_id:SALESLINE" or "sales=prefix:800,did_carrier_description:Telco"`)

// ParseSelection reads an import id.
func ParseSelection(id string) (Selection, error) {
	name, rest, found := strings.Cut(id, "=")
	s := Selection{Name: strings.TrimSpace(name)}
	if !found || s.Name == "" || rest == "" {
		return s, errImportID
	}
	for part := range strings.SplitSeq(rest, ",") {
		part = strings.TrimSpace(part)
		column, value, isCondition := strings.Cut(part, ":")
		known := column == prefix || column != columnID && column != columnPattern && slices.Contains(cluster.DIDColumns, column)
		switch {
		case isCondition && known: // a number may hold a colon, too
			s.Conditions = append(s.Conditions, Condition{column, value})
		default:
			s.Listed = append(s.Listed, part)
		}
	}
	if len(s.Conditions) > 0 && len(s.Listed) > 0 {
		return s, fmt.Errorf("%s are numbers, or columns that vicidial_inbound_dids does not have, beside conditions: %w", strings.Join(s.Listed, ", "), errImportID)
	}
	return s, nil
}

// Columns returns the columns that [Selection.Numbers] needs.
func (s Selection) Columns() []string {
	var columns []string
	for _, condition := range s.Conditions {
		if condition.Column != prefix {
			columns = append(columns, condition.Column)
		}
	}
	return columns
}

// Numbers returns the numbers of the table that are selected, in the letters of their
// rows. VICIdial's own rows meet no condition. It is an error where a listed number
// has no row, or no row meets the conditions.
func (s Selection) Numbers(t Table) (ranges.Set, error) {
	var names []string
	if len(s.Conditions) == 0 {
		listed, err := ranges.Parse(s.Listed)
		if err != nil {
			return ranges.Set{}, err
		}
		var missing []string
		for name := range listed.Values() {
			record, found := t.ByPattern(name)
			if !found {
				missing = append(missing, name)
				continue
			}
			names = append(names, record.Pattern)
		}
		if len(missing) > 0 {
			return ranges.Set{}, fmt.Errorf("%w: %s", cluster.ErrNotFound, ranges.Of(missing).Brief())
		}
		return ranges.Of(names), nil
	}
	for _, record := range t.Records {
		if !cluster.ReservedDID(record.Pattern) && !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return !c.holds(t, record) }) {
			names = append(names, record.Pattern)
		}
	}
	if len(names) == 0 {
		return ranges.Set{}, fmt.Errorf("%w: no number meets the conditions", cluster.ErrNotFound)
	}
	if len(names) > ranges.Max {
		return ranges.Set{}, fmt.Errorf("%d numbers meet the conditions, more than the %d that one block can have", len(names), ranges.Max)
	}
	return ranges.Of(names), nil
}

func (c Condition) holds(t Table, record Record) bool {
	if c.Column == prefix {
		return strings.HasPrefix(record.Pattern, c.Value)
	}
	current, ok := t.value(record, c.Column)
	return ok && cluster.EquivalentDID(c.Column, cluster.Text(c.Value), current)
}
