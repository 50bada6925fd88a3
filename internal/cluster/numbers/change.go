package numbers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// Change is a change of the rows of a block to its declaration.
type Change struct {
	Have Table // the rows as they are now
	// Before is the previous declaration: its rows may be changed and removed.
	// It is empty for a block that is created.
	Before Wanted
	// Seen is what the plan saw. Other values are compared in rows to remove only.
	Seen Seen
	// Want is empty for a block that is removed.
	Want Wanted
	// Released are numbers that leave the block and keep their rows.
	Released ranges.Set
	// TakeOver makes existing rows that differ the block's own.
	TakeOver bool
}

// Diff is the rows that a change adds, updates and removes.
type Diff struct {
	Add    []string // numbers without a row
	Update []Update
	Remove []Record
	Adopt  []string // numbers whose existing rows join the block unchanged
}

// Update is the same change of several rows.
type Update struct {
	From, To cluster.Row
	Records  []Record
}

// mostNamed is how many rows an error names.
const mostNamed = 5

// Diff returns the changes. A row that differs from what the plan saw is a
// [*cluster.Conflict]; foreign rows of wanted numbers are a [*cluster.Refused].
func (c Change) Diff() (Diff, error) {
	var d Diff
	updates := map[string]int{}
	var foreign []string
	for name, want := range c.Want.all() {
		record, ok := c.Have.ByPattern(name)
		if _, seen := c.Seen.rows[cluster.FoldKey(name)]; !ok && seen && c.Before.Numbers.Has(name) {
			return Diff{}, &cluster.Conflict{Subject: "DID " + name, Found: "was deleted by somebody else"}
		}
		if !ok {
			d.Add = append(d.Add, name)
			continue
		}
		from, to, err := c.change(name, record, want)
		if err != nil {
			return Diff{}, err
		}
		own := c.Before.Numbers.Has(name)
		switch {
		case len(to) == 0 && own:
		case len(to) == 0:
			d.Adopt = append(d.Adopt, name)
		case own || c.TakeOver:
			key := signature(from, to)
			at, known := updates[key]
			if !known {
				at = len(d.Update)
				updates[key] = at
				d.Update = append(d.Update, Update{From: from, To: to})
			}
			d.Update[at].Records = append(d.Update[at].Records, record)
		default:
			foreign = append(foreign, name+": "+c.Have.differences(record, want))
		}
	}
	if len(foreign) > 0 {
		return Diff{}, c.refused(foreign)
	}
	for name := range c.Before.Numbers.Values() {
		record, ok := c.Have.ByPattern(name)
		if !ok || c.Want.Numbers.Has(name) || c.Released.Has(name) {
			continue
		}
		if err := c.checkUnchanged(name, record, c.Seen.rows[cluster.FoldKey(name)]); err != nil {
			return Diff{}, err
		}
		if digest, known := c.Seen.digests[cluster.FoldKey(name)]; known && digest != cluster.Digest(c.Have.Columns, record.Values) {
			return Diff{}, &cluster.Conflict{Subject: "DID " + name, Found: "has other values than when it was read, in a column that is not managed"}
		}
		d.Remove = append(d.Remove, record)
	}
	return d, nil
}

// change returns the present and the wanted values of the columns that change.
func (c Change) change(name string, record Record, want cluster.Row) (from, to cluster.Row, err error) {
	for column, wanted := range want {
		current, ok := c.Have.value(record, column)
		if !ok || cluster.EquivalentDID(column, wanted, current) {
			continue
		}
		if from == nil {
			from, to = cluster.Row{}, cluster.Row{}
		}
		from[column], to[column] = current, wanted
	}
	return from, to, c.checkUnchanged(name, record, from)
}

// checkUnchanged returns a conflict if a row differs from what the plan saw in some columns.
func (c Change) checkUnchanged(name string, record Record, expected cluster.Row) error {
	seen := c.Seen.rows[cluster.FoldKey(name)]
	for _, column := range slices.Sorted(maps.Keys(expected)) {
		before, known := seen[column]
		current, ok := c.Have.value(record, column)
		if known && ok && !cluster.EquivalentDID(column, before, current) {
			return &cluster.Conflict{Subject: "DID " + name, Found: "has another " + column + " than when it was read"}
		}
	}
	return nil
}

func (c Change) refused(foreign []string) error {
	return &cluster.Refused{
		Subject: cluster.Plural(len(foreign), "existing number") + " with other values",
		Reasons: cluster.FirstOf(foreign, mostNamed),
		Advice: cluster.ImportHint + " In an existing block, set take_over = true to change them, or declare their values in overrides." +
			" Numbers that another block releases in the same run must be in its released.",
	}
}

func signature(from, to cluster.Row) string {
	var text strings.Builder
	for _, column := range slices.Sorted(maps.Keys(to)) {
		fmt.Fprintf(&text, "%s\x00%t%s\x00%s\x00", column, from[column].Null, from[column].Text, to[column].Text)
	}
	return text.String()
}

// Empty reports whether no row is written.
func (d Diff) Empty() bool { return len(d.Add)+len(d.Update)+len(d.Remove) == 0 }

// Summary describes the diff, in counts and by number.
func (d Diff) Summary() string {
	var lines []string
	add := func(kind string, names []string) {
		if len(names) > 0 {
			lines = append(lines, fmt.Sprintf("%d %s: %s", len(names), kind, ranges.Of(names).Brief()))
		}
	}
	add("added", d.Add)
	add("adopted without a change", d.Adopt)
	for _, update := range d.Update {
		columns := make([]string, 0, len(update.To))
		for _, column := range slices.Sorted(maps.Keys(update.To)) {
			if cluster.MayHoldPassword(column) {
				columns = append(columns, column)
				continue
			}
			columns = append(columns, fmt.Sprintf("%s %s → %s", column, update.From[column].Describe(), update.To[column].Describe()))
		}
		add("changed, "+strings.Join(columns, ", "), patterns(update.Records))
	}
	add("removed", patterns(d.Remove))
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines:mostLines], fmt.Sprintf("and %d more changes of other values", more))
	}
	return strings.Join(lines, "\n")
}

// mostLines is how many lines a summary has.
const mostLines = 20

func patterns(records []Record) []string {
	names := make([]string, 0, len(records))
	for _, record := range records {
		names = append(names, record.Pattern)
	}
	return names
}
