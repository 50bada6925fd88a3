package tfhelper

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// KeyAttribute returns the attribute of a natural key: another value replaces the
// object.
func KeyAttribute(doc string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: doc, Validators: validators,
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

// IdentitySchema returns the schema of an identity of one attribute.
func IdentitySchema(attribute, doc string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		attribute: identityschema.StringAttribute{RequiredForImport: true, Description: doc},
	}}
}

// SensitiveURL marks the attribute of a URL as sensitive: VICIdial's users write
// passwords into URLs.
func SensitiveURL(text schema.StringAttribute) schema.StringAttribute {
	text.Sensitive = true
	text.MarkdownDescription += " It is marked as sensitive, since it may have a password in it, and the state contains it."
	return text
}
