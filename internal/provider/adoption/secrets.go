package adoption

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
)

// notDeclared is the reason for omitting an attribute with a password.
const notDeclared = "It contains a password, which the file would show"

// withPasswords returns the paths of attributes with a password in their texts that may be
// omitted from the files.
func withPasswords(all []*tfprotov6.SchemaAttribute, state tftypes.Value) []string {
	var paths []string
	var walk func(attributes []*tfprotov6.SchemaAttribute, value tftypes.Value, in string)
	walk = func(attributes []*tfprotov6.SchemaAttribute, value tftypes.Value, in string) {
		values := fields(value)
		for _, attribute := range attributes {
			at := below(in, attribute.Name)
			if nested := attribute.NestedType; nested != nil && nested.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
				walk(nested.Attributes, values[attribute.Name], at)
			}
			text, ok := textOf(values[attribute.Name])
			if ok && asterisk.HasSecret(text) && droppable(all, at) == at {
				paths = append(paths, at)
			}
		}
	}
	walk(all, state, "")
	return paths
}
