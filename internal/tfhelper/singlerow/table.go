// Package singlerow implements what resources of one table row have in common: it finds,
// writes and imports the row, and reports who changed it. A resource has its schema, its
// model and its checks. docs/design/0017-a-resource-of-one-row.md describes how to write
// a new one.
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

// Store is the part of the store that every table needs. A resource embeds it in its own
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
	Noun       string // in diagnostics, such as "template"
	Key        string // attribute and column of the natural key
	Table      cluster.Table
	AlsoWrites []cluster.Table // other tables that a write changes
	Section    string          // event_section in the admin change log
	Records    []string        // columns that are the record_id there
	Store      Store           // nil until the provider is configured
	Rules      cluster.Rules   // rules for values, in addition to those of the column types

	// Find reads the row of a model. Columns that a daemon changes get the values of the
	// model, so that they are not drift.
	Find func(context.Context, M) (cluster.Row, bool, error)
	// Change plans the step from the current row to want, which is nil for a removal.
	// prior is the row as it was read last, nil for a row that is to be created.
	Change func(ctx context.Context, m M, prior, want cluster.Row) (cluster.Plan, error)
	// Same compares a prior value with the current one.
	Same cluster.Equivalence
	// Review returns the warnings of an imported row other than those of
	// [Table.CheckColumns]. Its errors are not reported. It may be nil.
	Review func(ctx context.Context, m M, want cluster.Row) diag.Diagnostics
}

// find calls Find. Without a configured provider, it returns an error.
func (t Table[M]) find(ctx context.Context, m M) (cluster.Row, bool, error) {
	if t.Store == nil {
		return nil, false, tfhelper.ErrUnconfigured
	}
	return t.Find(ctx, m)
}

// write changes the row to the wanted one.
func (t Table[M]) write(ctx context.Context, m M, prior, want cluster.Row) error {
	if t.Store == nil {
		return tfhelper.ErrUnconfigured
	}
	return tfhelper.AwaitOthers(ctx, func(ctx context.Context) error {
		return t.Store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) { return t.Change(ctx, m, prior, want) })
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

// drift warns of columns that changed since the row was read last, and of a row that was
// deleted. It names the author if the admin change log has one.
func (t Table[M]) drift(ctx context.Context, m M, prior cluster.Row, since int64) diag.Diagnostics {
	row, found, err := t.Find(ctx, m)
	if err != nil {
		return nil // publish reports it
	}
	if !found {
		return tfhelper.WarnDeleted(t.Noun+" "+m.Key(), "The row does not exist any more", t.author(ctx, prior, since))
	}
	columns := cluster.Drift(row, prior, t.Same)
	if len(columns) == 0 {
		return nil
	}
	text := "Changed: " + strings.Join(columns, ", ") + t.author(ctx, row, since)
	return tfhelper.WarnChanged(t.Noun+" "+m.Key(), []string{text + "."})
}

// author describes the last change of a row in the admin change log.
func (t Table[M]) author(ctx context.Context, row cluster.Row, since int64) string {
	entries := cluster.ChangeLogFilter{After: since, Sections: []string{t.Section}}
	for _, column := range t.Records {
		entries.Records = append(entries.Records, row[column].Text)
	}
	return tfhelper.Author(ctx, t.Store, entries)
}

// CheckColumns returns errors at the attributes whose values the connected database
// cannot hold or that break a rule. For values that the row already has, it returns
// warnings.
func (t Table[M]) CheckColumns(ctx context.Context, m M, want cluster.Row) diag.Diagnostics {
	schema, err := t.Store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan "+t.Noun, m.Key(), err)
	}
	existing, _, err := t.Find(ctx, m)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan "+t.Noun, m.Key(), err)
	}
	row := maps.Clone(want)
	row[t.Key] = cluster.Text(m.Key()) // not among the columns of DIDs and remote agents
	return tfhelper.DiagnoseViolations(t.Noun+" "+m.Key(), t.Rules.Violations(schema, t.Table, existing, row), path.Root)
}

// warnOfImport warns of values of an imported row that break a rule.
func (t Table[M]) warnOfImport(ctx context.Context, m M) diag.Diagnostics {
	row, found, err := t.Find(ctx, m)
	if err != nil || !found {
		return nil // publish reports it
	}
	m = m.Flatten(row)
	diags := t.CheckColumns(ctx, m, row)
	if t.Review != nil {
		diags.Append(t.Review(ctx, m, row)...)
	}
	return diags.Warnings()
}

// CheckNew returns an error where a row that is to be created exists, and differs.
func (t Table[M]) CheckNew(ctx context.Context, m M, want cluster.Row) diag.Diagnostics {
	_, err := t.Change(ctx, m, nil, want)
	return tfhelper.DiagnoseAt(path.Root(t.Key), tfhelper.TitleOf(err, strings.ToUpper(t.Noun[:1])+t.Noun[1:]+" already exists", "Unable to plan "+t.Noun+" "+m.Key()), err)
}

// CheckWritable returns an error where the database user may not write the row.
func (t Table[M]) CheckWritable(ctx context.Context, m M) diag.Diagnostics {
	return tfhelper.Diagnose("Unable to write "+t.Noun, m.Key(), t.Store.Writable(ctx, append(t.AlsoWrites, t.Table)...))
}
