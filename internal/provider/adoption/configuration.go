package adoption

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// choice determines which attributes of an object are written.
type choice struct {
	usual func(at string, value tftypes.Value) bool // whether the value is the default, so that it is not written
	kept  map[string]bool                           // written even if it is the default
	off   map[string]bool                           // not written: the provider refuses it, or it has a password in it
}

// configuration returns the attributes of a state that a configuration needs.
func (c choice) configuration(attributes []*tfprotov6.SchemaAttribute, kind tftypes.Type, state tftypes.Value, at string) tftypes.Value {
	values := fields(state)
	chosen := map[string]tftypes.Value{}
	for _, attribute := range attributes {
		value, path := values[attribute.Name], below(at, attribute.Name)
		if attribute.WriteOnly || !attribute.Optional && !attribute.Required || value.IsNull() || c.off[path] {
			continue
		}
		value = c.value(attribute, value, path)
		if attribute.Required || !value.IsNull() && (c.kept[path] || attribute.NestedType != nil || !attribute.Computed || !c.usual(path, value)) {
			chosen[attribute.Name] = value
		}
	}
	return objectValue(kind, chosen)
}

// value returns an attribute as it is written: null for an object without written
// attributes.
func (c choice) value(attribute *tfprotov6.SchemaAttribute, value tftypes.Value, at string) tftypes.Value {
	nested := attribute.NestedType
	switch {
	case nested == nil:
		if text, ok := textOf(value); ok && !c.kept[at+" as it is"] {
			return tftypes.NewValue(tftypes.String, ended(text))
		}
		return value
	case nested.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
		inner := c.configuration(nested.Attributes, value.Type(), value, at)
		for _, field := range fields(inner) {
			if !field.IsNull() {
				return inner
			}
		}
		return tftypes.NewValue(value.Type(), nil)
	case nested.Nesting == tfprotov6.SchemaObjectNestingModeMap:
		elements := fields(value)
		for key, element := range elements { // into a map: the order does not show
			elements[key] = c.configuration(nested.Attributes, element.Type(), element, below(at, key))
		}
		return tftypes.NewValue(value.Type(), elements)
	}
	return value
}

// ended adds a line end to a text of several lines, which a heredoc requires.
func ended(text string) string {
	if strings.Contains(text, "\n") && !strings.HasSuffix(text, "\n") && terraform.Heredoc(text+"\n") {
		return text + "\n"
	}
	return text
}

func textOf(value tftypes.Value) (string, bool) {
	text := ""
	ok := !value.IsNull() && value.Type().Is(tftypes.String) && value.As(&text) == nil
	return text, ok
}

func below(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
