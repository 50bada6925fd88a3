// Package singlerow is what resources have in common whose object is one row of a
// table: it finds, writes and imports the row, and reports who changed it. A
// resource keeps its schema, its model and its checks.
// docs/design/0017-a-resource-of-one-row.md says how to write a new one.
package singlerow

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Store is what every table needs of the database. A resource embeds it in its own
// interface and adds the reads that its Find and Change need.
type Store interface {
	Schema(context.Context) (cluster.Schema, error)
	tfhelper.ChangeLog
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

// Model is the model of a resource. An attribute has the name of its column.
type Model[M any] interface {
	// Key returns the natural key of the row.
	Key() string
	// Expand returns the columns whose attributes are set.
	Expand() cluster.Row
	// Flatten returns the model with the values of a row. A value that means the same
	// to VICIdial stays as it is in the model.
	Flatten(row cluster.Row) M
}

// Table describes how a resource uses its table.
type Table[M Model[M]] struct {
	Noun    string          // in diagnostics, such as "template"
	Key     string          // attribute and column of the natural key
	Tables  []cluster.Table // the table, and the others that a write changes
	Section string          // event_section in the admin change log
	Records []string        // columns that are the record_id there
	Store   Store           // nil until the provider is configured
	Rules   cluster.Rules   // what values must be, beside what the database can hold

	// Find reads the row of a model. Values that a daemon changes and that are no
	// drift are those of the model.
	Find func(context.Context, M) (cluster.Row, bool, error)
	// Change plans the step from the row as it is to the wanted one, nil for none.
	// seen is the row as it was read last, nil for a row that is to be created.
	Change func(ctx context.Context, m M, seen, want cluster.Row) (cluster.Plan, error)
	// Same compares a value that was read before with what the column holds.
	Same cluster.Equivalence
	// Review judges a row that is wanted, as a plan does. What it says of a row that is
	// imported is warned of. Nil checks the columns.
	Review func(ctx context.Context, m M, want cluster.Row) diag.Diagnostics
}

// find is Find, unless there is no database.
func (t Table[M]) find(ctx context.Context, m M) (cluster.Row, bool, error) {
	if t.Store == nil {
		return nil, false, tfhelper.ErrUnconfigured
	}
	return t.Find(ctx, m)
}

// write changes the row to the wanted one.
func (t Table[M]) write(ctx context.Context, m M, seen, want cluster.Row) error {
	if t.Store == nil {
		return tfhelper.ErrUnconfigured
	}
	return tfhelper.AwaitOthers(ctx, func(ctx context.Context) error {
		return t.Store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) { return t.Change(ctx, m, seen, want) })
	})
}

// create writes a new row, and removes it when a later step fails.
func (t Table[M]) create(ctx context.Context, m M, want cluster.Row) error {
	return tfhelper.UndoPartial(ctx, t.Store, t.write(ctx, m, nil, want), func(ctx context.Context) (cluster.Plan, error) {
		row, found, err := t.Find(ctx, m)
		if err != nil || !found {
			return cluster.Plan{}, err
		}
		return t.Change(ctx, m, row, nil)
	})
}

// publish sets the state to the row, or removes an object without a row from it.
func (t Table[M]) publish(ctx context.Context, m M, to tfhelper.Response) {
	row, found, err := t.find(ctx, m)
	switch {
	case err != nil:
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read "+t.Noun, m.Key(), err)...)
	case !found:
		to.RemoveResource(ctx, t.identity(m))
	default:
		m = m.Flatten(row)
		to.SetState(ctx, t.identity(m), m, row)
	}
}

func (t Table[M]) identity(m M) types.Object { return tfhelper.Identity(t.Key, m.Key()) }

// drift warns of columns that changed since the row was read last, and of a row that
// is gone. It names who did it, where the admin change log has it.
func (t Table[M]) drift(ctx context.Context, m M, seen cluster.Row, since int64) diag.Diagnostics {
	row, found, err := t.Find(ctx, m)
	if err != nil {
		return nil // publish reports it
	}
	if !found {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Deleted outside of this configuration: "+t.Noun+" "+m.Key(), "The row is gone"+t.author(ctx, seen, since)+".")}
	}
	columns := cluster.Drift(row, seen, t.Same)
	if len(columns) == 0 {
		return nil
	}
	text := "Changed: " + strings.Join(columns, ", ") + t.author(ctx, row, since)
	return diag.Diagnostics{diag.NewWarningDiagnostic("Changed outside of this configuration: "+t.Noun+" "+m.Key(), text+".")}
}

// author names who changed a row last, where the admin change log has a line.
func (t Table[M]) author(ctx context.Context, row cluster.Row, since int64) string {
	lines := cluster.ChangeLogFilter{After: since, Sections: []string{t.Section}}
	for _, column := range t.Records {
		lines.Records = append(lines.Records, row[column].Text)
	}
	return tfhelper.Author(ctx, t.Store, lines)
}

// CheckColumns returns errors at the attributes whose values the connected database
// cannot hold or that break a rule. What the row holds already is warned of.
func (t Table[M]) CheckColumns(ctx context.Context, m M, want cluster.Row) diag.Diagnostics {
	schema, err := t.Store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan "+t.Noun, m.Key(), err)
	}
	held, _, err := t.Find(ctx, m)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan "+t.Noun, m.Key(), err)
	}
	row := maps.Clone(want)
	row[t.Key] = cluster.Text(m.Key()) // which some models have beside their columns
	return t.breaches(m, t.Rules.Violations(schema, t.Tables[0], held, row))
}

func (t Table[M]) breaches(m M, found []cluster.Violation) diag.Diagnostics {
	return tfhelper.Breaches(t.Noun+" "+m.Key(), found, path.Root)
}

// warnOfImport warns of what breaks a rule in a row that is imported.
func (t Table[M]) warnOfImport(ctx context.Context, m M) diag.Diagnostics {
	row, found, err := t.find(ctx, m)
	if err != nil || !found {
		return nil // publish reports it
	}
	if review := t.Review; review != nil {
		return review(ctx, m.Flatten(row), row).Warnings()
	}
	return t.CheckColumns(ctx, m, row).Warnings()
}

// CheckNew returns an error where a row that is to be created exists, and differs.
func (t Table[M]) CheckNew(ctx context.Context, m M, want cluster.Row) diag.Diagnostics {
	_, err := t.Change(ctx, m, nil, want)
	return tfhelper.DiagnoseAt(path.Root(t.Key), tfhelper.TitleOf(err, strings.ToUpper(t.Noun[:1])+t.Noun[1:]+" exists already", "Unable to plan "+t.Noun+" "+m.Key()), err)
}

// CheckWritable returns an error where the database user may not write the row.
func (t Table[M]) CheckWritable(ctx context.Context, m M) diag.Diagnostics {
	return tfhelper.Diagnose("Unable to write "+t.Noun, m.Key(), t.Store.Writable(ctx, t.Tables...))
}
