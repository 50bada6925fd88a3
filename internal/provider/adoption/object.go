package adoption

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
)

// adoptedObject is an object whose configuration plans no change.
type adoptedObject struct {
	adopt.Object
	name     string // in Terraform
	state    tftypes.Value
	config   tftypes.Value
	notes    []string // attributes that are not declared, with the reasons
	warnings []string // warnings of the provider
}

// maxTries limits how often a configuration is corrected by the provider's diagnostics.
const maxTries = 12

// errChanges reports that every configuration of an object plans a change.
type errChanges struct{ paths []string }

func (e *errChanges) Error() string {
	return "an import of it would plan a change of " + strings.Join(e.paths, ", ")
}

// findConfiguration finds a configuration of an object that plans no change.
func (c *client) findConfiguration(ctx context.Context, o adopt.Object, usual func(at string, value, state tftypes.Value) bool) (adoptedObject, error) {
	found := adoptedObject{Object: o}
	imported, err := c.read(ctx, o.Kind, o.ID)
	if err != nil {
		return found, err
	}
	found.state = imported.state
	chosen := choice{kept: map[string]bool{}, off: map[string]bool{}, usual: func(at string, value tftypes.Value) bool { return usual(at, value, imported.state) }}
	attributes := c.block(o.Kind).Attributes
	for _, at := range withPasswords(attributes, imported.state) {
		chosen.omit(at, notDeclared, &found)
	}
	for range maxTries {
		found.config = chosen.configuration(attributes, imported.state.Type(), imported.state, "")
		plan, err := c.plan(ctx, o.Kind, imported, found.config)
		if err != nil {
			return found, err
		}
		changed, err := chosen.applyDiagnostics(plan, imported.state, attributes, &found)
		if err != nil {
			return found, err
		}
		if !changed {
			found.warnings = slices.Concat(imported.warnings, warnings(plan.diagnostics))
			slices.Sort(found.warnings)
			found.warnings = slices.Compact(found.warnings)
			slices.Sort(found.notes)
			return found, nil
		}
	}
	return found, errors.New("no configuration of it has a plan without changes")
}

// omit removes an attribute from the configuration.
func (c *choice) omit(at, why string, object *adoptedObject) {
	c.off[at] = true
	object.notes = append(object.notes, fmt.Sprintf("%s is not declared and not changed. %s", at, why))
}

// applyDiagnostics corrects the choice by the diagnostics of a plan. It returns false
// for an empty plan.
func (c *choice) applyDiagnostics(plan planned, state tftypes.Value, attributes []*tfprotov6.SchemaAttribute, found *adoptedObject) (bool, error) {
	if err := failure(plan.diagnostics); err != nil {
		progress := false
		for _, d := range plan.diagnostics {
			if d.Severity != tfprotov6.DiagnosticSeverityError {
				continue
			}
			at := droppable(attributes, dotted(d.Attribute))
			if at == "" {
				return false, err
			}
			if !c.off[at] {
				progress = true
				c.omit(at, sentence(d), found)
			}
		}
		if !progress {
			return false, err
		}
		return true, nil
	}
	paths, err := differing(state, plan.state)
	if err != nil || len(paths) == 0 && !plan.replace {
		return false, err
	}
	progress := false
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		at := dotted(path)
		names = append(names, at)
		switch _, ok := textOf(valueAt(state, path)); {
		case ok && !c.kept[at+" as it is"]:
			c.kept[at+" as it is"], c.kept[at], progress = true, true, true
		case !c.kept[at] && !c.off[at]:
			c.kept[at], progress = true, true
		}
	}
	if !progress {
		slices.Sort(names)
		return false, &errChanges{slices.Compact(names)}
	}
	return true, nil
}

func valueAt(state tftypes.Value, path *tftypes.AttributePath) tftypes.Value {
	found, _, err := tftypes.WalkAttributePath(state, path)
	if value, ok := found.(tftypes.Value); err == nil && ok {
		return value
	}
	return tftypes.NewValue(tftypes.Bool, nil)
}

// droppable returns the path of the attribute to omit so that the one at a path is not
// written; empty if there is none, or if an omitted attribute is not unmanaged.
func droppable(attributes []*tfprotov6.SchemaAttribute, at string) string {
	name, rest, nested := strings.Cut(at, ".")
	for _, attribute := range attributes {
		if attribute.Name != name || attribute.Required {
			continue
		}
		if nested && attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
			if inner := droppable(attribute.NestedType.Attributes, rest); inner != "" {
				return name + "." + inner
			}
		}
		if attribute.Optional && attribute.Computed {
			return name
		}
	}
	return ""
}
