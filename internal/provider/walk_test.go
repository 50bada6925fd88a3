package provider_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	vicidial "github.com/vicidial/terraform-provider-vicidial/internal/provider"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// schemas returns the schemas of the provider.
func schemas(t *testing.T) (*tfprotov6.GetProviderSchemaResponse, map[string]*tfprotov6.ResourceIdentitySchema, tfprotov6.ProviderServer) {
	t.Helper()
	server, err := vicidial.Server("test")
	if err != nil {
		t.Fatal(err)
	}
	all, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Concat(all.Diagnostics, identities.Diagnostics) {
		t.Fatalf("%s: %s", d.Summary, d.Detail)
	}
	return all, identities.IdentitySchemas, server
}

// each visits what a map holds, in the order of its keys.
func each[Thing any](t *testing.T, things map[string]Thing, claim string, visit func(t *testing.T, name string, thing Thing)) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(things)) {
		t.Run(name+" "+claim, func(t *testing.T) { visit(t, name, things[name]) })
	}
}

// described wants full sentences, and no set of objects: Terraform compares the
// members of a set with one another, which takes minutes where there are many.
func described(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := at + attribute.Name
		if text := attribute.Description; len(text) < 8 || !strings.HasSuffix(text, ".") {
			t.Errorf("%s is described by %q", name, text)
		}
		if set, ok := attribute.Type.(tftypes.Set); ok && set.ElementType.Is(tftypes.Object{}) {
			t.Errorf("%s is a set of objects", name)
		}
		if nested := attribute.NestedType; nested != nil {
			if nested.Nesting == tfprotov6.SchemaObjectNestingModeSet {
				t.Errorf("%s is a set of objects", name)
			}
			described(t, name+".", nested.Attributes)
		}
	}
}

func TestSchemasAreDescribed(t *testing.T) {
	all, identities, _ := schemas(t)
	block := func(t *testing.T, _ string, s *tfprotov6.Schema) {
		if len(strings.TrimSpace(s.Block.Description)) < 20 {
			t.Errorf("described by %q", s.Block.Description)
		}
		if len(s.Block.BlockTypes) > 0 {
			t.Errorf("has blocks, where attributes do")
		}
		described(t, "", s.Block.Attributes)
	}
	block(t, "provider", all.Provider)
	each(t, all.ResourceSchemas, "as a resource", block)
	each(t, all.DataSourceSchemas, "as a data source", block)
	each(t, all.ListResourceSchemas, "as a list resource", block)
	each(t, all.EphemeralResourceSchemas, "as an ephemeral resource", block)
	each(t, all.ActionSchemas, "as an action", func(t *testing.T, name string, action *tfprotov6.ActionSchema) { block(t, name, action.Schema) })
	each(t, all.Functions, "as a function", func(t *testing.T, _ string, function *tfprotov6.Function) {
		if len(function.Summary) < 10 || !strings.HasSuffix(function.Description, ".") {
			t.Errorf("described by %q: %q", function.Summary, function.Description)
		}
		parameters := function.Parameters
		if function.VariadicParameter != nil {
			parameters = append(slices.Clone(parameters), function.VariadicParameter)
		}
		for _, parameter := range parameters {
			if !strings.HasSuffix(parameter.Description, ".") {
				t.Errorf("%s is described by %q", parameter.Name, parameter.Description)
			}
			if parameter.AllowNullValue { // OpenTofu sends a null as no data
				t.Errorf("%s may be null: make it variadic", parameter.Name)
			}
		}
	})
	each(t, identities, "as an identity", func(t *testing.T, _ string, identity *tfprotov6.ResourceIdentitySchema) {
		for _, attribute := range identity.IdentityAttributes {
			if attribute.Description == "" {
				t.Errorf("%s has no description", attribute.Name)
			}
		}
	})
}

func TestResourcesHaveIdentityAndImport(t *testing.T) {
	all, identities, _ := schemas(t)
	served := vicidial.New("test")()
	var names []string
	for _, newResource := range served.Resources(t.Context()) {
		r := newResource()
		var name resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &name)
		names = append(names, name.TypeName)
		t.Run(name.TypeName, func(t *testing.T) {
			if _, ok := r.(resource.ResourceWithImportState); !ok {
				t.Error("cannot be imported")
			}
			if identity, ok := identities[name.TypeName]; !ok || len(identity.IdentityAttributes) == 0 {
				t.Error("has no identity")
			}
			if _, ok := r.(resource.ResourceWithModifyPlan); !ok {
				t.Error("does not plan")
			}
		})
	}
	if len(names) != len(all.ResourceSchemas) {
		t.Errorf("%d resources, %d schemas", len(names), len(all.ResourceSchemas))
	}
	lister, ok := served.(provider.ProviderWithListResources)
	if !ok {
		t.Fatal("no list resources")
	}
	for _, newList := range lister.ListResources(t.Context()) {
		var name resource.MetadataResponse
		found := newList()
		found.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &name)
		if !slices.Contains(names, name.TypeName) {
			t.Errorf("list resource %s has no resource of its name", name.TypeName)
		}
	}
}

func TestEverythingHasAnExampleAndAPage(t *testing.T) {
	all, _, _ := schemas(t)
	root := filepath.Join("..", "..")
	there := func(t *testing.T, at ...string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(append([]string{root}, at...)...))
		if err != nil || len(strings.TrimSpace(string(text))) == 0 {
			t.Errorf("%s is missing or empty", filepath.Join(at...))
		}
	}
	noun := func(name string) string { return strings.TrimPrefix(name, "vicidial_") + ".md" }
	there(t, "examples", "provider", "provider.tf")
	there(t, "docs", "index.md")
	each(t, all.ResourceSchemas, "as a resource", func(t *testing.T, name string, _ *tfprotov6.Schema) {
		there(t, "examples", "resources", name, "resource.tf")
		there(t, "examples", "resources", name, "import.sh")
		there(t, "docs", "resources", noun(name))
	})
	each(t, all.DataSourceSchemas, "as a data source", func(t *testing.T, name string, _ *tfprotov6.Schema) {
		there(t, "examples", "data-sources", name, "data-source.tf")
		there(t, "docs", "data-sources", noun(name))
	})
	each(t, all.ListResourceSchemas, "as a list resource", func(t *testing.T, name string, _ *tfprotov6.Schema) {
		there(t, "examples", "list-resources", name, "list-resource.tfquery.hcl")
		there(t, "docs", "list-resources", noun(name))
	})
	each(t, all.ActionSchemas, "as an action", func(t *testing.T, name string, _ *tfprotov6.ActionSchema) {
		there(t, "examples", "actions", name, "action.tf")
		there(t, "docs", "actions", noun(name))
	})
	each(t, all.Functions, "as a function", func(t *testing.T, name string, _ *tfprotov6.Function) {
		there(t, "examples", "functions", name, "function.tf")
		there(t, "docs", "functions", name+".md")
	})
}

// Without a cluster to ask, as while the provider's own configuration is still
// unknown, what was known stays known. Terraform below 1.12 ends with "Missing
// Resource Identity After Read" where a resource does not set the identity.
func TestReadWithoutAClusterKeepsStateAndIdentity(t *testing.T) {
	all, identities, server := schemas(t)
	each(t, all.ResourceSchemas, "", func(t *testing.T, name string, s *tfprotov6.Schema) {
		object, ok := s.Block.ValueType().(tftypes.Object)
		if !ok {
			t.Fatalf("a block of type %s", s.Block.ValueType())
		}
		values := map[string]tftypes.Value{}
		for attribute, kind := range object.AttributeTypes {
			values[attribute] = tftypes.NewValue(kind, nil)
		}
		for _, attribute := range identities[name].IdentityAttributes {
			if kind, ok := object.AttributeTypes[attribute.Name]; ok && kind.Is(tftypes.String) {
				values[attribute.Name] = tftypes.NewValue(kind, "known")
			}
		}
		state, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: &state})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range resp.Diagnostics {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
		kept, err := resp.NewState.Unmarshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if want := tftypes.NewValue(object, values); !kept.Equal(want) && !derived(kept, want) {
			t.Errorf("state is now %s", kept)
		}
		if resp.NewIdentity == nil || resp.NewIdentity.IdentityData == nil {
			t.Fatal("no identity")
		}
		identity, err := resp.NewIdentity.IdentityData.Unmarshal(identities[name].ValueType())
		if err != nil {
			t.Fatal(err)
		}
		if identity.IsNull() {
			t.Error("an empty identity")
		}
	})
}

// derived says whether a state only holds more than it did: what a resource that
// needs no cluster works out by itself.
func derived(kept, want tftypes.Value) bool {
	diffs, err := want.Diff(kept)
	if err != nil {
		return false
	}
	for _, diff := range diffs {
		if diff.Value1 != nil && !diff.Value1.IsNull() && diff.Value1.IsKnown() && len(diff.Path.Steps()) > 0 {
			return false
		}
	}
	return true
}
