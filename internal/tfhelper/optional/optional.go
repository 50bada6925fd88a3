// Package optional has attributes of resources that are optional and not computed.
package optional

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Text returns the attribute of a text.
func Text(doc string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: doc, Validators: validators}
}

// Int returns the attribute of a number.
func Int(doc string, validators ...validator.Int64) schema.Int64Attribute {
	return schema.Int64Attribute{Optional: true, MarkdownDescription: doc, Validators: validators}
}

// Bool returns the attribute of a truth value.
func Bool(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: doc}
}

// Texts returns the attribute of a list of texts.
func Texts(doc string, validators ...validator.List) schema.ListAttribute {
	return schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: doc, Validators: validators}
}

// TextSet returns the attribute of a set of texts.
func TextSet(doc string, validators ...validator.Set) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: doc, Validators: validators}
}

// TextMap returns the attribute of a map of texts.
func TextMap(doc string, validators ...validator.Map) schema.MapAttribute {
	return schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: doc, Validators: validators}
}

// IntMap returns the attribute of a map of numbers.
func IntMap(doc string, validators ...validator.Map) schema.MapAttribute {
	return schema.MapAttribute{Optional: true, ElementType: types.Int64Type, MarkdownDescription: doc, Validators: validators}
}
