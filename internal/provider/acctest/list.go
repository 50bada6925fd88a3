package acctest

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Found is one result of a list resource.
type Found struct {
	Name     string
	Identity map[string]string
	Texts    map[string]string // the text attributes
	State    []byte            // as it was sent
}

// List returns all results of a list resource, as `terraform query` does. It uses the
// protocol, since the command requires a newer Terraform than the oldest one of the
// tests.
func List(t *testing.T, d *sandbox.Database, kind string) []Found {
	t.Helper()
	all, _ := Query(t, d, kind, 1000, nil)
	return all
}

// Query returns the results of a list resource for filters, up to a limit, and the
// warnings.
func Query(t *testing.T, d *sandbox.Database, kind string, limit int64, filters Values) (all []Found, warnings []string) {
	t.Helper()
	ctx := context.Background()
	server, schema := connected(t, d, nil)
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: kind, Config: object(t, schema.ListResourceSchemas[kind].ValueType(), filters), IncludeResource: true, Limit: limit,
	})
	if err != nil {
		t.Fatal(err)
	}
	for result := range stream.Results {
		refuse(t, result.Diagnostics)
		for _, diagnostic := range result.Diagnostics {
			warnings = append(warnings, diagnostic.Summary+": "+diagnostic.Detail)
		}
		if result.Identity == nil {
			continue // warnings of a list without results
		}
		all = append(all, Found{
			Name:     result.DisplayName,
			Identity: texts(t, identities.IdentitySchemas[kind].ValueType(), result.Identity.IdentityData),
			Texts:    texts(t, schema.ResourceSchemas[kind].ValueType(), result.Resource),
			State:    encoded(result.Resource),
		})
	}
	return all, warnings
}

func refuse(t *testing.T, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}

// texts returns the text attributes of an object that are not null, those of nested
// attributes with their paths.
func texts(t *testing.T, kind tftypes.Type, from *tfprotov6.DynamicValue) map[string]string {
	t.Helper()
	value, err := from.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	return textsOf(t, value)
}

func textsOf(t *testing.T, value tftypes.Value) map[string]string {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for name, attribute := range attributes {
		if kind := attribute.Type(); kind.Is(tftypes.Object{}) && attribute.IsKnown() && !attribute.IsNull() {
			for within, text := range textsOf(t, attribute) {
				found[name+"."+within] = text
			}
		}
		var text string
		if attribute.Type().Is(tftypes.String) && !attribute.IsNull() && attribute.As(&text) == nil {
			found[name] = text
		}
	}
	return found
}
