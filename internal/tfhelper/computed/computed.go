// Package computed has the attributes of the results of data sources.
package computed

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func Text(doc string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: doc}
}

func Int(doc string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: doc}
}

func Float(doc string) schema.Float64Attribute {
	return schema.Float64Attribute{Computed: true, MarkdownDescription: doc}
}

func Bool(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: doc}
}

func Texts(doc string) schema.ListAttribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
}

func TextMap(doc string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
}

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
