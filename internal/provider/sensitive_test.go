package provider_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// refusedSecrets are values that one rule or another refuses.
var refusedSecrets = []string{
	"Top$ecret!;x y", "Zq7\nsecond", "Zq8\x00nul", " Zq9 blank", "Zq10\"quoted\"'single'", `Zq11\back\`, "Zq12,comma|bar", "Zq13{secret:x}", "{secret:zq14}",
	"Zq15äöü", "[general]\nZq16", strings.Repeat("Zq17", 80), strings.Repeat("Zq18", 3000), "#exec Zq19", "Zq20 has no equals sign", "Q",
}

// A value of each sensitive or write-only attribute of each schema that is refused is
// in no diagnostic, whatever refuses it.
func TestNoDiagnosticShowsASecret(t *testing.T) {
	all, _, server := schemas(t)
	refusals := map[string]int{}
	check := func(t *testing.T, at, secret string, diagnostics []*tfprotov6.Diagnostic) {
		t.Helper()
		for _, one := range diagnostics {
			text := one.Summary + "\n" + one.Detail
			written := strconv.Quote(secret)
			if len(secret) > 1 && (strings.Contains(text, secret) || strings.Contains(text, written[1:len(written)-1])) || strings.Contains(text, `"`+secret+`"`) {
				t.Errorf("%s: a diagnostic shows the value:\n%s", at, text)
			}
			if one.Severity == tfprotov6.DiagnosticSeverityError && !strings.Contains(one.Summary, "Missing") && !strings.Contains(text, "must be configured") {
				refusals[at]++
			}
		}
	}
	for _, name := range append(slices.Sorted(keys(all.ResourceSchemas)), "provider") {
		schema := all.ResourceSchemas[name]
		if name == "provider" {
			schema = all.Provider
		}
		for _, attribute := range sensitive(schema.Block.Attributes, nil) {
			at := name + "." + strings.Join(attribute, ".")
			t.Run(at, func(t *testing.T) {
				kind := schema.ValueType()
				values := map[string]tftypes.Value{"": holding(t, kind, attribute, tftypes.UnknownValue)}
				for _, secret := range refusedSecrets {
					values[secret] = holding(t, kind, attribute, secret)
				}
				number := 7_719_283_746
				values[strconv.Itoa(number)] = mistyped(t, kind, attribute, tftypes.NewValue(tftypes.Number, number))
				inside := tftypes.NewValue(tftypes.String, "Zq21 in a value of another type")
				values["Zq21 in a value of another type"] = mistyped(t, kind, attribute, tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{inside}))
				inside = tftypes.NewValue(tftypes.String, "Zq22 in an object")
				values["Zq22 in an object"] = mistyped(t, kind, attribute, tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"value": tftypes.String}}, map[string]tftypes.Value{"value": inside}))
				for secret, value := range values {
					config, err := tfprotov6.NewDynamicValue(value.Type(), value)
					if err != nil {
						t.Fatal(err)
					}
					none, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
					if err != nil {
						t.Fatal(err)
					}
					if name == "provider" {
						validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &config})
						if err != nil {
							t.Fatal(err)
						}
						check(t, at, secret, validated.Diagnostics)
						continue
					}
					validated, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: &config, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}})
					if err != nil {
						t.Fatal(err)
					}
					check(t, at, secret, validated.Diagnostics)
					planned, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: name, Config: &config, ProposedNewState: &config, PriorState: &none})
					if err != nil {
						t.Fatal(err)
					}
					check(t, at, secret, planned.Diagnostics)
				}
			})
		}
	}
	for _, at := range []string{
		"vicidial_server.conf_secret_wo", "vicidial_server.manager_secret_wo", "vicidial_cluster_settings.default_server_password_wo",
		"vicidial_agent_placement.phone.pass_wo", "vicidial_agent_placement.phone.conf_secret_wo", "vicidial_carrier_route.secrets_wo",
		"vicidial_conf_template.secrets_wo", "vicidial_node_config.secrets",
	} {
		if refusals[at] < 2 {
			t.Errorf("%s: %d values were refused", at, refusals[at])
		}
	}
	actions := map[string]*tfprotov6.Schema{}
	for name, action := range all.ActionSchemas {
		actions[name] = action.Schema
	}
	for kind, schemas := range map[string]int{
		"an action":     secretsIn(actions),
		"a data source": secretsIn(all.DataSourceSchemas), "a list resource": secretsIn(all.ListResourceSchemas), "an ephemeral resource": secretsIn(all.EphemeralResourceSchemas),
	} {
		if schemas > 0 {
			t.Errorf("%s has a sensitive attribute, which this test does not try", kind)
		}
	}
}

// Addresses in which VICIdial's users write passwords are marked in every schema, and so
// are the earlier values of such columns.
func TestAddressesAreSensitive(t *testing.T) {
	all, _, _ := schemas(t)
	open := []string{"web_socket_url", "external_web_socket_url"} // which browsers call
	found := 0
	var check func(at string, attributes []*tfprotov6.SchemaAttribute)
	check = func(at string, attributes []*tfprotov6.SchemaAttribute) {
		for _, attribute := range attributes {
			if attribute.NestedType != nil {
				check(at+"."+attribute.Name, attribute.NestedType.Attributes)
			}
			if !strings.HasSuffix(attribute.Name, "_url") && attribute.Name != "found" || slices.Contains(open, attribute.Name) {
				continue
			}
			found++
			if !attribute.Sensitive {
				t.Errorf("%s.%s is not marked as sensitive", at, attribute.Name)
			}
		}
	}
	for name, schema := range all.ResourceSchemas {
		check(name, schema.Block.Attributes)
	}
	if found < 8 {
		t.Errorf("%d addresses were found", found)
	}
}

func keys[Thing any](things map[string]Thing) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range things {
			if !yield(name) {
				return
			}
		}
	}
}

func secretsIn(schemas map[string]*tfprotov6.Schema) int {
	count := 0
	for _, schema := range schemas {
		count += len(sensitive(schema.Block.Attributes, nil))
	}
	return count
}

// sensitive are the paths of the attributes that a configuration may set and that
// Terraform does not show.
func sensitive(attributes []*tfprotov6.SchemaAttribute, in []string) [][]string {
	var found [][]string
	for _, attribute := range attributes {
		at := append(slices.Clone(in), attribute.Name)
		if (attribute.Sensitive || attribute.WriteOnly) && (attribute.Optional || attribute.Required) {
			found = append(found, at)
		} else if attribute.NestedType != nil {
			found = append(found, sensitive(attribute.NestedType.Attributes, at)...)
		}
	}
	return found
}

// mistyped is an object that holds a value of another type at a path.
func mistyped(t *testing.T, kind tftypes.Type, at []string, value tftypes.Value) tftypes.Value {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok || len(at) == 0 {
		return value
	}
	types, values := maps.Clone(object.AttributeTypes), map[string]tftypes.Value{}
	for name, attribute := range object.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
		if name == at[0] {
			values[name] = mistyped(t, attribute, at[1:], value)
			types[name] = values[name].Type()
		}
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
}

// holding is an object that holds a text, or an unknown one, at a path, and nothing else.
func holding(t *testing.T, kind tftypes.Type, at []string, text any) tftypes.Value {
	t.Helper()
	switch kind := kind.(type) {
	case tftypes.Object:
		values := map[string]tftypes.Value{}
		for name, attribute := range kind.AttributeTypes {
			values[name] = tftypes.NewValue(attribute, nil)
			if len(at) > 0 && name == at[0] {
				values[name] = holding(t, attribute, at[1:], text)
			}
		}
		return tftypes.NewValue(kind, values)
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{"VARDB_pass": holding(t, kind.ElementType, nil, text)})
	}
	if list, ok := kind.(tftypes.List); ok {
		return tftypes.NewValue(list, []tftypes.Value{holding(t, list.ElementType, nil, text)})
	}
	if !kind.Is(tftypes.String) {
		t.Fatalf("%s is a %s", strings.Join(at, "."), kind)
	}
	return tftypes.NewValue(kind, text)
}
