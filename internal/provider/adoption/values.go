package adoption

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fields returns a copy of the attributes of an object; none for null.
func fields(value tftypes.Value) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	if value.IsNull() || !value.IsKnown() || value.As(&found) != nil {
		return map[string]tftypes.Value{}
	}
	return maps.Clone(found) // As returns the map of the value itself
}

func objectValue(kind tftypes.Type, values map[string]tftypes.Value) tftypes.Value {
	types, _ := kind.(tftypes.Object)
	for name, attribute := range types.AttributeTypes {
		if _, set := values[name]; !set {
			values[name] = tftypes.NewValue(attribute, nil)
		}
	}
	return tftypes.NewValue(kind, values)
}

// proposed returns the new state that Terraform proposes: the configuration, with prior
// values of computed attributes that it omits.
func proposed(attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) (tftypes.Value, error) {
	old, given := fields(prior), fields(config)
	merged := map[string]tftypes.Value{}
	for _, attribute := range attributes {
		value := given[attribute.Name]
		before, known := old[attribute.Name]
		var err error
		switch {
		case value.IsNull() && attribute.Computed && known:
			value = before
		case value.IsNull():
		case attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			value, err = proposed(attribute.NestedType.Attributes, before, value)
		case attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeMap:
			elements, olds := fields(value), fields(before)
			for _, key := range slices.Sorted(maps.Keys(elements)) {
				if elements[key], err = proposed(attribute.NestedType.Attributes, olds[key], elements[key]); err != nil {
					return value, err
				}
			}
			value = tftypes.NewValue(value.Type(), elements)
		}
		if err != nil {
			return value, err
		}
		merged[attribute.Name] = value
	}
	return objectValue(config.Type(), merged), nil
}

// differing returns the longest paths at which two values differ.
func differing(a, b tftypes.Value) ([]*tftypes.AttributePath, error) {
	diffs, err := a.Diff(b)
	if err != nil {
		return nil, err
	}
	var paths []*tftypes.AttributePath
	for _, diff := range diffs {
		if len(diff.Path.Steps()) > 0 {
			paths = append(paths, diff.Path)
		}
	}
	return paths, nil
}

// dotted returns a path as attribute names and keys: conference.rooms.
func dotted(path *tftypes.AttributePath) string {
	text := ""
	if path == nil {
		return text
	}
	for _, step := range path.Steps() {
		name := ""
		switch at := step.(type) {
		case tftypes.AttributeName:
			name = string(at)
		case tftypes.ElementKeyString:
			name = string(at)
		default:
			return text // the path of the list or set
		}
		if text != "" {
			text += "."
		}
		text += name
	}
	return text
}
