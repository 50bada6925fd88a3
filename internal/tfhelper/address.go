package tfhelper

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

// Address marks the attribute of an address as sensitive: VICIdial's users write
// passwords into addresses.
func Address(text schema.StringAttribute) schema.StringAttribute {
	text.Sensitive = true
	text.MarkdownDescription += " It is marked as sensitive, since it may have a password in it, and the state contains it."
	return text
}
