package acctest

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Values are attributes by name, as Go's own types; missing ones are null.
type Values map[string]any

// connected returns a server of the provider, configured for a database. The test acts
// as Terraform, since some requests require a newer Terraform than the oldest one of the
// tests.
func connected(t *testing.T, d *sandbox.Database, more Values) (fastpath.Framework, *tfprotov6.GetProviderSchemaResponse) {
	t.Helper()
	served, err := Providers()["vicidial"]()
	if err != nil {
		t.Fatal(err)
	}
	server, ok := served.(fastpath.Framework)
	if !ok {
		t.Fatalf("%T does not implement the whole protocol", served)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	settings := Values{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password}
	maps.Copy(settings, more)
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: object(t, schema.Provider.ValueType(), settings), TerraformVersion: "1.14.0",
	})
	if err != nil {
		t.Fatal(err)
	}
	refuse(t, configured.Diagnostics)
	return server, schema
}

// object returns an object as Terraform sends it.
func object(t *testing.T, kind tftypes.Type, given Values) *tfprotov6.DynamicValue {
	t.Helper()
	sent, err := tfprotov6.NewDynamicValue(kind, valueOf(t, kind, given))
	if err != nil {
		t.Fatal(err)
	}
	return &sent
}

func valueOf(t *testing.T, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch kind := kind.(type) {
	case tftypes.Object:
		named, ok := given.(Values)
		if !ok && given != nil {
			break
		}
		for name := range named {
			if _, found := kind.AttributeTypes[name]; !found {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		if given == nil {
			break
		}
		values := make(map[string]tftypes.Value, len(kind.AttributeTypes))
		for name, attribute := range kind.AttributeTypes {
			values[name] = valueOf(t, attribute, named[name])
		}
		return tftypes.NewValue(kind, values)
	case tftypes.List:
		if texts, ok := given.([]string); ok {
			return tftypes.NewValue(kind, elements(kind.ElementType, texts))
		}
	case tftypes.Set:
		if texts, ok := given.([]string); ok {
			return tftypes.NewValue(kind, elements(kind.ElementType, texts))
		}
	case tftypes.Map:
		if named, ok := given.(Values); ok {
			values := make(map[string]tftypes.Value, len(named))
			for name, value := range named {
				values[name] = valueOf(t, kind.ElementType, value)
			}
			return tftypes.NewValue(kind, values)
		}
	}
	return tftypes.NewValue(kind, given)
}

func elements(kind tftypes.Type, texts []string) []tftypes.Value {
	values := make([]tftypes.Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, tftypes.NewValue(kind, text))
	}
	return values
}
