package tfhelper

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
)

// DescribeEffects adds to the descriptions of attributes when a new value takes effect.
// Facts can be those of a nested attribute or of the attributes in it.
func DescribeEffects(attributes map[string]schema.Attribute, facts effect.Facts) {
	describeEffects(attributes, facts, "")
}

func describeEffects(attributes map[string]schema.Attribute, facts effect.Facts, within string) {
	for name, attribute := range attributes {
		fact, found := facts[within+name]
		also := ""
		if found && (attribute.IsOptional() || attribute.IsRequired()) {
			also = " " + fact.Sentence()
		}
		switch a := attribute.(type) {
		case schema.StringAttribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.Int64Attribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.BoolAttribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.ListAttribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.SetAttribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.MapAttribute:
			a.MarkdownDescription += also
			attributes[name] = a
		case schema.SingleNestedAttribute:
			a.MarkdownDescription += also
			describeEffects(a.Attributes, facts, within+name+".")
			attributes[name] = a
		case schema.MapNestedAttribute:
			a.MarkdownDescription += also
			describeEffects(a.NestedObject.Attributes, facts, within+name+".")
			attributes[name] = a
		case schema.ListNestedAttribute:
			a.MarkdownDescription += also
			describeEffects(a.NestedObject.Attributes, facts, within+name+".")
			attributes[name] = a
		}
	}
}
