package redact

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// framework is a server whose diagnostics say everything.
type framework struct {
	Framework
	says string
}

func (f framework) said() []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{Summary: f.says, Detail: f.says}}
}

var (
	nested = []*tfprotov6.SchemaAttribute{{Name: "hidden", Type: tftypes.String, WriteOnly: true}, {Name: "open", Type: tftypes.String}}
	thing  = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
		{Name: "open", Type: tftypes.String},
		{Name: "sealed", Type: tftypes.String, Sensitive: true},
		{Name: "many", Type: tftypes.Map{ElementType: tftypes.String}, WriteOnly: true},
		{Name: "list", Type: tftypes.List{ElementType: tftypes.String}, WriteOnly: true},
		{Name: "one", NestedType: &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeSingle, Attributes: nested}},
		{Name: "each", NestedType: &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: nested}},
		{Name: "named", NestedType: &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeMap, Attributes: nested}},
	}}}
	account = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{{Name: "password", Type: tftypes.String, Sensitive: true}}}}
)

func (f framework) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{Provider: account, ResourceSchemas: map[string]*tfprotov6.Schema{"vicidial_thing": thing}}, nil
}

func (f framework) ValidateProviderConfig(context.Context, *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{Diagnostics: f.said()}, nil
}

func (f framework) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{Diagnostics: f.said()}, nil
}

func (f framework) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: f.said()}, nil
}

func (f framework) ReadResource(context.Context, *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{Diagnostics: f.said()}, nil
}

func (f framework) PlanResourceChange(context.Context, *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return &tfprotov6.PlanResourceChangeResponse{Diagnostics: f.said()}, nil
}

func (f framework) ApplyResourceChange(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: f.said()}, nil
}

func (f framework) ImportResourceState(context.Context, *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return &tfprotov6.ImportResourceStateResponse{Diagnostics: f.said()}, nil
}

func (f framework) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return &tfprotov6.ReadDataSourceResponse{Diagnostics: f.said()}, nil
}

func object(t *testing.T, schema *tfprotov6.Schema, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	kind, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("a schema is no object")
	}
	all := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		all[name] = tftypes.NewValue(of, nil)
		if value, found := values[name]; found {
			all[name] = value
		}
	}
	sent, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, all))
	if err != nil {
		t.Fatal(err)
	}
	return &sent
}

func text(of string) tftypes.Value { return tftypes.NewValue(tftypes.String, of) }

// quiet is a framework whose schemas nobody asks for, since it has no diagnostics.
type quiet struct {
	Framework
	t *testing.T
}

func (q quiet) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	q.t.Error("all schemas are made to configure the provider")
	return nil, nil
}

func (quiet) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func TestServer_makesNoSchemasWithoutADiagnostic(t *testing.T) {
	t.Parallel()
	if _, err := New(quiet{t: t}).ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{}); err != nil {
		t.Error(err)
	}
}

// Each request's secrets, wherever they stand in its objects, and the provider's own
// are in no diagnostic of its answer.
func TestServer(t *testing.T) {
	t.Parallel()
	part := func(secret string) tftypes.Value {
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"hidden": tftypes.String, "open": tftypes.String}}
		return tftypes.NewValue(kind, map[string]tftypes.Value{"hidden": text(secret), "open": text("shown-inside")})
	}
	kind := part("").Type()
	config := object(t, thing, map[string]tftypes.Value{
		"open": text("shown-outside"), "sealed": text("secret-one"),
		"many": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"a": text("secret-two"), "b": tftypes.NewValue(tftypes.String, nil), "c": text("")}),
		"list": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{text("secret-three")}),
		"one":  part("secret-four"), "each": tftypes.NewValue(tftypes.List{ElementType: kind}, []tftypes.Value{part("secret-five")}),
		"named": tftypes.NewValue(tftypes.Map{ElementType: kind}, map[string]tftypes.Value{"x": part("secret-six")}),
	})
	state := object(t, thing, map[string]tftypes.Value{"sealed": text("secret-seven")})
	unknown := object(t, thing, map[string]tftypes.Value{"sealed": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	own := object(t, account, map[string]tftypes.Value{"password": text("secret-own")})
	all := []string{"secret-one", "secret-two", "secret-three", "secret-four", "secret-five", "secret-six"}
	says := strings.Join(append(all, "secret-seven", "secret-own", "shown-inside", "shown-outside", `""`), " ")
	server := New(framework{says: says})

	check := func(what string, diagnostics []*tfprotov6.Diagnostic, err error, hidden ...string) {
		t.Helper()
		if err != nil || len(diagnostics) != 1 {
			t.Fatalf("%s: %v, %d diagnostics", what, err, len(diagnostics))
		}
		want := says
		for _, secret := range hidden {
			want = strings.ReplaceAll(want, secret, replacement)
		}
		if one := diagnostics[0]; one.Summary != want || one.Detail != want {
			t.Errorf("%s says %q and %q, not %q", what, one.Summary, one.Detail, want)
		}
	}
	validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: own})
	check("ValidateProviderConfig", validated.Diagnostics, err, "secret-own")
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: own})
	check("ConfigureProvider", configured.Diagnostics, err, "secret-own")
	all = append(all, "secret-own")
	resource, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "vicidial_thing", Config: config})
	check("ValidateResourceConfig", resource.Diagnostics, err, all...)
	resource, err = server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "vicidial_thing", Config: unknown})
	check("ValidateResourceConfig of an unknown value", resource.Diagnostics, err, "secret-own")
	resource, err = server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "vicidial_other", Config: config})
	check("ValidateResourceConfig of an unknown resource", resource.Diagnostics, err, "secret-own")
	read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "vicidial_thing", CurrentState: config})
	check("ReadResource", read.Diagnostics, err, all...)
	planned, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: "vicidial_thing", Config: config, PriorState: state})
	check("PlanResourceChange", planned.Diagnostics, err, append(all, "secret-seven")...)
	applied, err := server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: "vicidial_thing", Config: config, PriorState: state})
	check("ApplyResourceChange", applied.Diagnostics, err, append(all, "secret-seven")...)
	imported, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "vicidial_thing"})
	check("ImportResourceState", imported.Diagnostics, err, "secret-own")
	data, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "vicidial_thing"})
	check("ReadDataSource", data.Diagnostics, err, "secret-own")
}
