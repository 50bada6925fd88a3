package acceptance

import (
	"context"
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Found is one result of a list resource.
type Found struct {
	Name     string
	Identity map[string]string
	Texts    map[string]string // the attributes that are texts
}

// List asks a list resource for all there is, as `terraform query` does. It
// speaks the protocol itself, since the command needs a newer Terraform than the
// oldest one that the tests run on.
func List(t *testing.T, d *sandbox.Database, kind string) []Found {
	t.Helper()
	ctx := context.Background()
	server, err := Providers()["vicidial"]()
	if err != nil {
		t.Fatal(err)
	}
	lister, ok := server.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatalf("%T serves no list resources", server)
	}
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, schema.Provider.ValueType(), map[string]tftypes.Value{
		"host": tftypes.NewValue(tftypes.String, d.Host), "port": tftypes.NewValue(tftypes.Number, big.NewFloat(float64(d.Port))),
		"database": tftypes.NewValue(tftypes.String, d.Name), "username": tftypes.NewValue(tftypes.String, d.Username),
		"password": tftypes.NewValue(tftypes.String, d.Password),
	})})
	if err != nil {
		t.Fatal(err)
	}
	refuse(t, configured.Diagnostics)
	stream, err := lister.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: kind, Config: dynamic(t, schema.ListResourceSchemas[kind].ValueType(), nil), IncludeResource: true, Limit: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []Found
	for result := range stream.Results {
		refuse(t, result.Diagnostics)
		all = append(all, Found{
			Name:     result.DisplayName,
			Identity: texts(t, identities.IdentitySchemas[kind].ValueType(), result.Identity.IdentityData),
			Texts:    texts(t, schema.ResourceSchemas[kind].ValueType(), result.Resource),
		})
	}
	return all
}

func refuse(t *testing.T, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}

// dynamic is an object as Terraform sends it; what is not given is null.
func dynamic(t *testing.T, kind tftypes.Type, given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is no object", kind)
	}
	values := make(map[string]tftypes.Value, len(object.AttributeTypes))
	for name, attribute := range object.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
		if value, is := given[name]; is {
			values[name] = value
		}
	}
	sent, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	return &sent
}

// texts are those attributes of an object that are texts and not null.
func texts(t *testing.T, kind tftypes.Type, from *tfprotov6.DynamicValue) map[string]string {
	t.Helper()
	value, err := from.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for name, attribute := range attributes {
		var text string
		if attribute.Type().Is(tftypes.String) && !attribute.IsNull() && attribute.As(&text) == nil {
			found[name] = text
		}
	}
	return found
}
