package tfhelper

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Equal is [tftypes.Value.Equal], which walks from the top of both values for each part of
// them. It walks once where the values are [Identical].
func Equal(a, b tftypes.Value) bool { return Identical(a, b) || a.Equal(b) }

// Identical reports whether two values are equal, including the order of sets.
func Identical(a, b tftypes.Value) bool {
	if a.IsKnown() != b.IsKnown() || a.IsNull() != b.IsNull() || !a.IsKnown() || a.IsNull() {
		return a.Equal(b)
	}
	var fields, otherFields map[string]tftypes.Value
	if a.As(&fields) == nil {
		return b.As(&otherFields) == nil && maps.EqualFunc(fields, otherFields, Identical)
	}
	var elements, otherElements []tftypes.Value
	if a.As(&elements) == nil {
		return b.As(&otherElements) == nil && slices.EqualFunc(elements, otherElements, Identical)
	}
	return a.Equal(b)
}
