// Package computed has the attributes of the results of data sources.
package computed

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Text returns the attribute of a text.
func Text(doc string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: doc}
}

// Int returns the attribute of a number.
func Int(doc string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: doc}
}

// Float returns the attribute of a number with decimals.
func Float(doc string) schema.Float64Attribute {
	return schema.Float64Attribute{Computed: true, MarkdownDescription: doc}
}

// Bool returns the attribute of a truth value.
func Bool(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: doc}
}

// Texts returns the attribute of a list of texts.
func Texts(doc string) schema.ListAttribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
}

// TextMap returns the attribute of a map of texts.
func TextMap(doc string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
}

// IntMap returns the attribute of a map of numbers.
func IntMap(doc string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: doc}
}

// Objects returns a map of objects.
func Objects(doc string, attributes map[string]schema.Attribute) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Computed: true, MarkdownDescription: doc,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}
