package tfhelper

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// StringList returns a list of strings, which is empty and not null for none.
func StringList(texts []string) types.List {
	elements := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		elements = append(elements, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, elements)
}

// StringMap returns a map of strings, which is empty and not null for none.
func StringMap(texts map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(texts))
	for key, text := range texts {
		elements[key] = types.StringValue(text)
	}
	return types.MapValueMust(types.StringType, elements)
}

// Int64Map returns a map of numbers, which is empty and not null for none.
func Int64Map(numbers map[string]int) types.Map {
	elements := make(map[string]attr.Value, len(numbers))
	for key, number := range numbers {
		elements[key] = Int64(number)
	}
	return types.MapValueMust(types.Int64Type, elements)
}

// Strings returns the elements of a list or a set of strings.
func Strings(elements []attr.Value) []string {
	var texts []string
	for _, element := range elements {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

// Texts returns the known texts of a map, by key.
func Texts(elements types.Map) map[string]string {
	values := make(map[string]string, len(elements.Elements()))
	for key, element := range elements.Elements() {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			values[key] = text.ValueString()
		}
	}
	return values
}

// Int64 returns a number as an attribute.
func Int64(number int) types.Int64 { return types.Int64Value(int64(number)) }
