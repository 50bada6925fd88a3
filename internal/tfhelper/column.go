package tfhelper

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Column maps one attribute of a model to one column of a table, in both
// directions. Its attribute has the column's name, unless At gives another path.
type Column struct {
	Name string
	Path path.Path
	// expand returns the attribute as a column value; false while it is null (not
	// managed) or unknown.
	expand    func() (cluster.Value, bool)
	isUnknown func() bool
	// flatten sets the attribute from the column; to null where the connected
	// database does not have the column.
	flatten func(table cluster.Table, value cluster.Value, exists bool)
}

// At returns the column with another path of its attribute.
func (c Column) At(attribute path.Path) Column {
	c.Path = attribute
	return c
}

// Text maps a string attribute to a text or enum column. NULL becomes the empty
// string, since a save in the admin form turns one into the other
// (docs/vicidial/measured.md#null-and-empty).
func Text(name string, attribute *types.String) Column {
	return Column{
		Name: name, Path: path.Root(name),
		expand: func() (cluster.Value, bool) {
			return cluster.Text(attribute.ValueString()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		isUnknown: func() bool { return attribute.IsUnknown() },
		flatten: func(table cluster.Table, value cluster.Value, exists bool) {
			*attribute = types.StringNull()
			if exists {
				*attribute = types.StringValue(table.Normal(name, value).Text)
			}
		},
	}
}

// Int maps an int64 attribute to an integer column.
func Int(name string, attribute *types.Int64) Column {
	return Column{
		Name: name, Path: path.Root(name),
		expand: func() (cluster.Value, bool) {
			return cluster.Number(attribute.ValueInt64()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		isUnknown: func() bool { return attribute.IsUnknown() },
		flatten: func(_ cluster.Table, value cluster.Value, exists bool) {
			*attribute = types.Int64Null()
			if number, ok := value.Int(); ok && exists {
				*attribute = types.Int64Value(number)
			}
		},
	}
}

// YesNo maps a bool attribute to an ENUM('Y','N') column. NULL is false, as
// VICIdial reads it.
func YesNo(name string, attribute *types.Bool) Column {
	return boolean(name, attribute, cluster.YesNo, cluster.Value.Yes)
}

// Switch maps a bool attribute to an ENUM('0','1') column.
func Switch(name string, attribute *types.Bool) Column {
	return boolean(name, attribute, cluster.Switch, func(value cluster.Value) bool { return value.Text == "1" })
}

func boolean(name string, attribute *types.Bool, valueOf func(bool) cluster.Value, isTrue func(cluster.Value) bool) Column {
	return Column{
		Name: name, Path: path.Root(name),
		expand: func() (cluster.Value, bool) {
			return valueOf(attribute.ValueBool()), !attribute.IsNull() && !attribute.IsUnknown()
		},
		isUnknown: func() bool { return attribute.IsUnknown() },
		flatten: func(_ cluster.Table, value cluster.Value, exists bool) {
			*attribute = types.BoolNull()
			if exists {
				*attribute = types.BoolValue(isTrue(value))
			}
		},
	}
}

// ValueOf returns an attribute as a column value, a bool by the function; false if it is
// null or unknown. [FromBlank] converts a text.
func ValueOf(attribute attr.Value, boolean func(bool) cluster.Value) (cluster.Value, bool) {
	if attribute == nil || attribute.IsNull() || attribute.IsUnknown() {
		return cluster.Value{}, false
	}
	switch value := attribute.(type) {
	case types.String:
		return FromBlank(value.ValueString()), true
	case types.Int64:
		return cluster.Number(value.ValueInt64()), true
	case types.Bool:
		return boolean(value.ValueBool()), true
	}
	return cluster.Value{}, false
}

// Expand returns the row that the attributes describe; null and unknown
// attributes are left out.
func Expand(columns []Column) cluster.Row {
	row := make(cluster.Row, len(columns))
	for _, column := range columns {
		if value, set := column.expand(); set {
			row[column.Name] = value
		}
	}
	return row
}

// Flatten sets the attributes from a row of a table.
func Flatten(table cluster.Table, columns []Column, row cluster.Row) {
	for _, column := range columns {
		value, exists := row[column.Name]
		column.flatten(table, value, exists)
	}
}

// FlattenNull sets the attributes that are null from a row of a table.
func FlattenNull(table cluster.Table, columns []Column, row cluster.Row) {
	for _, column := range columns {
		value, exists := row[column.Name]
		if _, set := column.expand(); exists && !set && !column.isUnknown() {
			column.flatten(table, value, true)
		}
	}
}

// SetDefaults sets the unknown attributes of an object that is to be created to
// the defaults of their columns, so that the plan shows them. An attribute whose
// column the connected database does not have becomes null.
func SetDefaults(columns []Column, declared, defaults cluster.Row, schema cluster.Schema, table cluster.Table) {
	for _, column := range columns {
		if _, isDeclared := declared[column.Name]; isDeclared || !column.isUnknown() {
			continue
		}
		value, known := defaults[column.Name]
		if exists := schema.Has(table, column.Name); known || !exists {
			column.flatten(table, value, exists)
		}
	}
}

// UnknownColumns returns the names of the columns whose attributes are unknown.
func UnknownColumns(columns []Column) []string {
	var names []string
	for _, column := range columns {
		if column.isUnknown() {
			names = append(names, column.Name)
		}
	}
	return names
}

// PlannedColumns returns what an update writes: the planned values of the columns
// that the configuration declares. The values are not the configuration's, since
// with ignore_changes the two differ: Terraform applies it to the plan only, and
// passes the configuration to an apply as it is written.
func PlannedColumns(planned, declared cluster.Row) cluster.Row {
	return planned.Only(slices.Collect(maps.Keys(declared))...)
}

// Blank represents an empty string in an attribute where null means "not managed" or "as
// on the other nodes": generated configuration writes an empty string as null.
// VICIdial's own API uses the same word. The empty string is accepted, too.
const Blank = "--BLANK--"

// FromBlank returns the value that the text of such an attribute represents.
func FromBlank(text string) cluster.Value {
	if text == Blank {
		return cluster.Text("")
	}
	return cluster.Text(text)
}

// ToBlank is the reverse of [FromBlank].
func ToBlank(text string) string { return cmp.Or(text, Blank) }
