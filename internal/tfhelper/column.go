package tfhelper

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Column ties one attribute of a model to one column of a row, in both
// directions, so that a room says each pair once.
type Column struct {
	Name string
	At   path.Path
	// set says what the attribute wants the column to hold; false while it is
	// null (not managed) or unknown.
	set func() (cluster.Value, bool)
	// open says whether the attribute is unknown.
	open func() bool
	// show puts what the column holds into the attribute; a column that the
	// schema lacks is null there.
	show func(cluster.Value, bool)
}

// Text ties a string attribute to a text or enum column. NULL shows as the empty
// text, since a save in the admin form turns one into the other
// (docs/vicidial/measured.md#null-and-empty).
func Text(name string, at path.Path, attribute *types.String) Column {
	return Column{
		Name: name, At: at,
		set: func() (cluster.Value, bool) {
			return cluster.Text(attribute.ValueString()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		open: func() bool { return attribute.IsUnknown() },
		show: func(value cluster.Value, there bool) {
			*attribute = types.StringNull()
			if there {
				*attribute = types.StringValue(cluster.Normal(name, value).Text)
			}
		},
	}
}

// Int ties a whole number attribute to a number column.
func Int(name string, at path.Path, attribute *types.Int64) Column {
	return Column{
		Name: name, At: at,
		set: func() (cluster.Value, bool) {
			return cluster.Number(attribute.ValueInt64()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		open: func() bool { return attribute.IsUnknown() },
		show: func(value cluster.Value, there bool) {
			*attribute = types.Int64Null()
			if number, ok := value.Int(); ok && there {
				*attribute = types.Int64Value(number)
			}
		},
	}
}

// YesNo ties a bool attribute to an ENUM('Y','N') column. NULL is no, as
// VICIdial reads it.
func YesNo(name string, at path.Path, attribute *types.Bool) Column {
	return Column{
		Name: name, At: at,
		set: func() (cluster.Value, bool) {
			return cluster.YesNo(attribute.ValueBool()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		open: func() bool { return attribute.IsUnknown() },
		show: func(value cluster.Value, there bool) {
			*attribute = types.BoolNull()
			if there {
				*attribute = types.BoolValue(value.Yes())
			}
		},
	}
}

// Row collects what the attributes want the columns to hold.
func Row(columns []Column) cluster.Row {
	row := make(cluster.Row, len(columns))
	for _, column := range columns {
		if value, wanted := column.set(); wanted {
			row[column.Name] = value
		}
	}
	return row
}

// Show puts a row into the attributes.
func Show(columns []Column, row cluster.Row) {
	for _, column := range columns {
		value, there := row[column.Name]
		column.show(value, there)
	}
}

// Foretell puts into the attributes of a thing that is yet to be made what its
// columns will hold by default, so that a plan says so. A column that the schema
// lacks will be null.
func Foretell(columns []Column, declared, defaults cluster.Row, schema cluster.Schema, table cluster.Table) {
	for _, column := range columns {
		if _, said := declared[column.Name]; said || !column.open() {
			continue
		}
		value, known := defaults[column.Name]
		if there := schema.Has(table, column.Name); known || !there {
			column.show(value, there)
		}
	}
}

// Waiting names the columns whose attributes wait for another resource.
func Waiting(columns []Column) []string {
	var names []string
	for _, column := range columns {
		if column.open() {
			names = append(names, column.Name)
		}
	}
	return names
}
