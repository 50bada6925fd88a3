package adoption

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fields returns the attributes of an object, which the caller may change; none of
// null.
func fields(value tftypes.Value) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	if value.IsNull() || !value.IsKnown() || value.As(&found) != nil {
		return map[string]tftypes.Value{}
	}
	return maps.Clone(found) // As gives those of the value itself
}

func objectValue(kind tftypes.Type, of map[string]tftypes.Value) tftypes.Value {
	types, _ := kind.(tftypes.Object)
	for name, attribute := range types.AttributeTypes {
		if _, set := of[name]; !set {
			of[name] = tftypes.NewValue(attribute, nil)
		}
	}
	return tftypes.NewValue(kind, of)
}

// proposed returns what Terraform proposes as the new state of an object: the
// configuration, and the prior value of what the configuration leaves to the provider.
func proposed(attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) (tftypes.Value, error) {
	was, given := fields(prior), fields(config)
	merged := map[string]tftypes.Value{}
	for _, attribute := range attributes {
		value := given[attribute.Name]
		before, known := was[attribute.Name]
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

// differing returns the paths at which two values differ, the longest that both have.
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

// dotted is a path by its attribute names and keys: conference.rooms.
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
			return text // inside a list or a set: what holds it counts
		}
		if text != "" {
			text += "."
		}
		text += name
	}
	return text
}
