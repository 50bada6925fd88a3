package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// becomeKnown are values that are unknown when the run is planned. Most are refused.
var becomeKnown = []string{"Zq01\nsecond", "Zq02 $ecret!;[x] \"y\x1b", strings.Repeat("Zq03", 80)}

// A text that becomes known when the plan is applied, and is refused then, is refused at
// its attribute, before anything of the object is written. A sensitive one is in no
// diagnostic.
func TestAccUnknown_textThatIsRefusedWhenItIsKnown(t *testing.T) {
	t.Parallel()
	all, _, _ := schemas(t)
	elsewhere := map[string]string{ // what else refuses it
		"vicidial_carrier_route.account_entry": "dial", "vicidial_carrier_route.per_server": "dial",
		"vicidial_haproxy_config.file": "", "vicidial_nginx_config.file": "", // the machine has no such command
	}
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		attributes := all.ResourceSchemas[l.resource].Block.Attributes
		secret := map[string]bool{}
		for _, at := range sensitive(attributes, nil) {
			secret[strings.Join(at, ".")] = true
		}
		refused := 0
		for _, at := range texts(attributes, nil) {
			name := strings.Join(at, ".")
			open := with(l.first, attributes, at, tftypes.UnknownValue)
			object := acctest.NewSession(t, d).Object(t, l.resource)
			object.Validate(t, open)
			object.Plan(t, open)
			values := becomeKnown
			if !secret[name] {
				values = values[:1]
			}
			for _, text := range values {
				config := with(l.first, attributes, at, text)
				object := acctest.NewSession(t, d).Object(t, l.resource) // as for each run
				answer := object.Validate(t, config)
				said := answer.Diagnostics
				planned := acctest.Planned{}
				if answer.Errors() == "" {
					planned = object.Plan(t, config)
					answer, said = planned.Answer, append(said, planned.Diagnostics...)
				}
				if answer.Errors() == "" {
					const lines = "SELECT COUNT(*) AS n FROM vicidial_admin_log"
					before := d.Table(t.Context(), lines)
					answer = object.Apply(t, planned)
					said = append(said, answer.Diagnostics...)
					if answer.Errors() == "" {
						object.Change(t, nil)
					} else if d.Table(t.Context(), lines) != before {
						t.Errorf("%s = %q is refused after something was written: %s", name, text, answer.Errors())
					}
				}
				placed := false
				for _, one := range said {
					if whole := one.Summary + "\n" + one.Detail; secret[name] && holdsPart(whole, text) {
						t.Errorf("%s: a diagnostic shows %q: %s", name, text, whole)
					}
					if one.Severity == tfprotov6.DiagnosticSeverityError {
						at, other := at[0], dotted(one.Attribute)
						also, may := elsewhere[l.resource+"."+at]
						placed = placed || strings.HasPrefix(other, at) || may && strings.HasPrefix(other, also)
					}
				}
				if answer.Errors() != "" {
					refused++
					if !placed {
						t.Errorf("%s = %q is refused elsewhere: %s", name, text, answer.Errors())
					}
				}
			}
		}
		if refused < 1 {
			t.Errorf("%d values were refused", refused)
		}
	})
}

// An attribute that is unknown when the run is planned, as a whole or in part, may have
// any value in the apply, null too: what the first plan shows as known is so in the second
// one, which Terraform checks.
func TestAccUnknown_plansAgree(t *testing.T) {
	t.Parallel()
	all, _, _ := schemas(t)
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		fresh := acctest.NewSession(t, d).Object(t, l.resource)
		existing := acctest.NewSession(t, d).Object(t, l.resource)
		compared := 0
		agree := func(object *acctest.Object) {
			t.Helper()
			plan := func(config acctest.Values) (acctest.Planned, string) {
				object := object.In(acctest.NewSession(t, d))
				if said := object.Validate(t, config).Errors(); said != "" {
					return acctest.Planned{}, said
				}
				planned := object.Plan(t, config)
				return planned, planned.Errors()
			}
			unchanged, refused := plan(l.first)
			for _, at := range paths(all.ResourceSchemas[l.resource].Block.Attributes, nil) {
				name := strings.Join(at, ".")
				first, said := plan(replaced(l.first, at, tftypes.UnknownValue))
				if strings.Contains(said, "error in the provider") {
					t.Errorf("%s is unknown: %s", name, said)
				}
				omitted, wrong := plan(replaced(l.first, at, nil))
				if strings.Contains(wrong, "error in the provider") {
					t.Errorf("%s is null: %s", name, wrong)
				}
				later := map[*acctest.Planned]string{&omitted: wrong}
				if len(at) == 1 {
					changed, unfit := plan(replaced(l.first, at, l.second[at[0]]))
					later[&unchanged], later[&changed] = refused, unfit
				}
				for second, wrong := range later {
					if said+wrong != "" {
						continue
					}
					compared++
					if where := disagreement(first.After, second.After); where != "" {
						t.Errorf("%s is unknown in the first plan: the second one differs at %s", name, where)
					}
				}
			}
		}
		agree(fresh)
		existing.Change(t, l.first)
		agree(existing)
		if compared == 0 {
			t.Error("no plans were compared")
		}
	})
}

// paths are the paths of all attributes that a configuration sets, where * is each
// element of a map.
func paths(attributes []*tfprotov6.SchemaAttribute, in []string) [][]string {
	var found [][]string
	for _, attribute := range attributes {
		if !attribute.Optional && !attribute.Required {
			continue
		}
		at := append(slices.Clone(in), attribute.Name)
		found = append(found, at)
		if nested := attribute.NestedType; nested != nil && nested.Nesting != tfprotov6.SchemaObjectNestingModeList {
			if nested.Nesting == tfprotov6.SchemaObjectNestingModeMap {
				at = append(at, "*")
				found = append(found, at)
			}
			found = append(found, paths(nested.Attributes, at)...)
		}
	}
	return found
}

// replaced returns a configuration with another value at a path.
func replaced(config acctest.Values, at []string, value any) acctest.Values {
	changed, keys := maps.Clone(config), at[:1]
	if changed == nil {
		changed = acctest.Values{}
	}
	if at[0] == "*" {
		if keys = slices.Collect(maps.Keys(config)); len(keys) == 0 {
			keys = []string{"10.0.0.9"}
		}
	}
	for _, key := range keys {
		if changed[key] = value; len(at) > 1 {
			inside, _ := config[key].(acctest.Values)
			changed[key] = replaced(inside, at[1:], value)
		}
	}
	return changed
}

// disagreement returns where a value that is known in a plan is another one in the next.
func disagreement(first, second tftypes.Value) string {
	var have, want map[string]tftypes.Value
	switch {
	case !first.IsKnown():
		return ""
	case first.IsNull() || second.IsNull() || first.As(&have) != nil || second.As(&want) != nil:
		if (first.IsFullyKnown() || first.IsNull() != second.IsNull()) && !first.Equal(second) {
			return fmt.Sprintf("%s, which becomes %s", first, second)
		}
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if where := disagreement(have[key], want[key]); where != "" {
			return key + ": " + where
		}
	}
	return ""
}

// holdsPart reports whether a diagnostic shows a value, as it is or quoted.
func holdsPart(text, value string) bool {
	quoted := strconv.Quote(value)
	return strings.Contains(text, value[:4]) || strings.Contains(text, quoted[1:len(quoted)-1])
}

// texts are the paths of the attributes that a configuration sets to a text.
func texts(attributes []*tfprotov6.SchemaAttribute, in []string) [][]string {
	var found [][]string
	for _, attribute := range attributes {
		at := append(slices.Clone(in), attribute.Name)
		switch {
		case !attribute.Optional && !attribute.Required:
		case attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeList:
		case attribute.NestedType != nil:
			found = append(found, texts(attribute.NestedType.Attributes, at)...)
		case attribute.Type.Is(tftypes.String), elementType(attribute.Type) != nil && elementType(attribute.Type).Is(tftypes.String):
			found = append(found, at)
		}
	}
	return found
}

// with returns a configuration with a text at a path, which is the only element of a list
// or map, and with the version of a write-only one.
func with(config acctest.Values, attributes []*tfprotov6.SchemaAttribute, at []string, text any) acctest.Values {
	changed := maps.Clone(config)
	if changed == nil {
		changed = acctest.Values{}
	}
	for _, attribute := range attributes {
		if attribute.Name == at[0]+"_version" {
			changed[attribute.Name] = 1
		}
		if at[0] == "seat_passwords_wo" && attribute.Name == "phone" { // it takes the place of a password
			changed["phone"] = acctest.Values{"protocol": "SIP"}
		}
		if attribute.Name != at[0] {
			continue
		}
		switch nested := attribute.NestedType; {
		case nested == nil && attribute.Type.Is(tftypes.Map{}):
			changed[at[0]] = acctest.Values{"10.0.0.9": text}
		case nested == nil && attribute.Type.Is(tftypes.String):
			changed[at[0]] = text
		case nested == nil:
			kind := attribute.Type
			changed[at[0]] = []tftypes.Value{tftypes.NewValue(elementType(kind), text)}
		case nested.Nesting == tfprotov6.SchemaObjectNestingModeMap:
			objects, _ := config[at[0]].(acctest.Values)
			objects = maps.Clone(objects)
			if len(objects) == 0 {
				objects = acctest.Values{"10.0.0.9": acctest.Values{}}
			}
			for key, inside := range objects {
				values, _ := inside.(acctest.Values)
				objects[key] = with(values, nested.Attributes, at[1:], text)
			}
			changed[at[0]] = objects
		default:
			inside, _ := config[at[0]].(acctest.Values)
			changed[at[0]] = with(inside, nested.Attributes, at[1:], text)
		}
	}
	return changed
}

func elementType(kind tftypes.Type) tftypes.Type {
	switch kind := kind.(type) {
	case tftypes.List:
		return kind.ElementType
	case tftypes.Set:
		return kind.ElementType
	case tftypes.Map:
		return kind.ElementType
	}
	return nil
}
