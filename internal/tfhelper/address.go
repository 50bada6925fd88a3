package tfhelper

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

// Address returns the attribute of an address, in which VICIdial's users write
// passwords.
func Address(text schema.StringAttribute) schema.StringAttribute {
	text.Sensitive = true
	text.MarkdownDescription += " It is marked as sensitive, since it may have a password in it, and the state contains it."
	return text
}
