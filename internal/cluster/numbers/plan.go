package numbers

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The columns that name a row.
const (
	columnID      = "did_id"
	columnPattern = "did_pattern"
)

// Plan returns the steps of a change: numbers are added before others change, and
// removed last. Every row has a line of its own in the admin change log, as a change
// on the admin page has.
func (c Change) Plan() (cluster.Plan, error) {
	d, err := c.Diff()
	if err != nil {
		return cluster.Plan{}, err
	}
	var plan cluster.Plan
	plan.Steps = append(plan.Steps, c.inserts(d.Add)...)
	for _, update := range d.Update {
		for chunk := range slices.Chunk(update.Records, cluster.MaxStepRows) {
			step := cluster.Step{
				Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableDIDs, InColumn: columnID,
				From: update.From, To: update.To, Audit: audit("MODIFY"),
			}
			for _, record := range chunk {
				step.In = append(step.In, cluster.Text(record.ID))
			}
			plan.Steps = append(plan.Steps, step)
		}
	}
	for chunk := range slices.Chunk(d.Remove, cluster.MaxStepCases) {
		step := cluster.Step{
			Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableDIDs, InColumn: columnID, Column: columnPattern, Audit: audit("DELETE"),
		}
		for _, record := range chunk {
			step.In = append(step.In, cluster.Text(record.ID))
			step.Old = append(step.Old, cluster.Text(record.Pattern))
		}
		plan.Steps = append(plan.Steps, step)
	}
	return plan, nil
}

// inserts adds numbers. The rows of a statement name the same columns, so that
// numbers with an override of another column are in a statement of their own.
func (c Change) inserts(names []string) []cluster.Step {
	byColumns := map[string][]cluster.Row{}
	var order []string
	for _, name := range names {
		want, _ := c.Want.Row(name)
		row := maps.Clone(want)
		if row == nil {
			row = cluster.Row{}
		}
		row[columnPattern] = cluster.Text(name)
		columns := strings.Join(slices.Sorted(maps.Keys(row)), " ")
		if byColumns[columns] == nil {
			order = append(order, columns)
		}
		byColumns[columns] = append(byColumns[columns], row)
	}
	var steps []cluster.Step
	for _, columns := range order {
		all := byColumns[columns]
		common, own := cluster.Row{}, slices.Sorted(maps.Keys(all[0]))
		if len(all) > 1 {
			common, own = commonColumns(all)
		}
		for chunk := range slices.Chunk(all, min(cluster.MaxStepRows, max(1, cluster.MaxStepValues/len(all[0])))) {
			rows := make([]cluster.Row, 0, len(chunk))
			for _, row := range chunk {
				rows = append(rows, row.Only(own...))
			}
			steps = append(steps, cluster.Step{
				Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TableDIDs, Rows: rows, Common: common,
				Key: cluster.Row{columnPattern: rows[0][columnPattern]}, Audit: audit("ADD"),
			})
		}
	}
	return steps
}

func audit(event string) cluster.Audit {
	return cluster.Audit{Section: "DIDS", Type: event, Numbered: columnID, EachRow: true, Code: "ADMIN " + event + " DID"}
}
