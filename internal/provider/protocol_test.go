package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// What a newer Terraform asks of identities and lists, asked by hand: these run
// whichever Terraform is installed.

// conversation is a configured provider server, with its schemas.
type conversation struct {
	tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
}

func converse(t *testing.T, d *sandbox.Database) conversation {
	t.Helper()
	clearEnvironment(t)
	server, config := serve(t, block{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password})
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config, TerraformVersion: "1.14.0"})
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, configured.Diagnostics, "")
	expect(t, identities.Diagnostics, "")
	return conversation{server, schemas, identities.IdentitySchemas}
}

// found is one result of a list, unpacked.
type found struct {
	name     string
	identity map[string]string
	resource map[string]tftypes.Value // nil where it was not asked for
	warning  string                   // with a limit only
}

// unfiltered returns the configuration of a list without filters.
func unfiltered(t *testing.T, schema *tfprotov6.Schema) *tfprotov6.DynamicValue {
	t.Helper()
	kind, filters := schema.ValueType(), map[string]tftypes.Value{}
	for _, attribute := range schema.Block.Attributes {
		filters[attribute.Name] = tftypes.NewValue(attribute.Type, nil)
	}
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, filters))
	if err != nil {
		t.Fatal(err)
	}
	return &config
}

// list asks for things until the provider stops, or after as many as are taken.
func (c conversation) list(t *testing.T, noun string, limit int64, whole bool, take int) []found {
	t.Helper()
	lister, ok := c.ProviderServer.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatalf("%T lists nothing", c.ProviderServer)
	}
	config := unfiltered(t, c.schemas.ListResourceSchemas[noun])
	stream, err := lister.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: noun, Config: config, Limit: limit, IncludeResource: whole})
	if err != nil {
		t.Fatal(err)
	}
	var all []found
	for result := range stream.Results {
		warning := ""
		if limit > 0 && len(result.Diagnostics) == 1 && result.Diagnostics[0].Severity == tfprotov6.DiagnosticSeverityWarning {
			warning, result.Diagnostics = result.Diagnostics[0].Summary, nil
		}
		expect(t, result.Diagnostics, "")
		one := found{warning: warning, name: result.DisplayName, identity: c.identity(t, noun, result.Identity)}
		if result.Resource != nil {
			one.resource = fields(t, *result.Resource, c.schemas.ResourceSchemas[noun].ValueType())
		}
		if all = append(all, one); len(all) == take {
			break
		}
	}
	return all
}

func (c conversation) identity(t *testing.T, noun string, data *tfprotov6.ResourceIdentityData) map[string]string {
	t.Helper()
	if data == nil || data.IdentityData == nil {
		t.Fatalf("%s without an identity", noun)
	}
	identity := map[string]string{}
	for name, value := range fields(t, *data.IdentityData, c.identities[noun].ValueType()) {
		identity[name] = text(t, value)
	}
	return identity
}

func fields(t *testing.T, dynamic tfprotov6.DynamicValue, kind tftypes.Type) map[string]tftypes.Value {
	t.Helper()
	value, err := dynamic.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]tftypes.Value
	if err := value.As(&fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

func text(t *testing.T, value tftypes.Value) string {
	t.Helper()
	var text string
	if err := value.As(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// imports takes a thing by its identity, and reads it.
func (c conversation) imports(t *testing.T, noun, attribute, key string) (state map[string]tftypes.Value, identity map[string]string) {
	t.Helper()
	kind := c.identities[noun].ValueType()
	given, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{attribute: tftypes.NewValue(tftypes.String, key)}))
	if err != nil {
		t.Fatal(err)
	}
	imported, err := c.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: noun, Identity: &tfprotov6.ResourceIdentityData{IdentityData: &given}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, imported.Diagnostics, "")
	if len(imported.ImportedResources) != 1 {
		t.Fatalf("%d things imported", len(imported.ImportedResources))
	}
	one := imported.ImportedResources[0]
	read, err := c.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: noun, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, read.Diagnostics, "")
	return fields(t, *read.NewState, c.schemas.ResourceSchemas[noun].ValueType()), c.identity(t, noun, read.NewIdentity)
}

// aCluster is a database with n servers, and as many campaigns with a split each.
func aCluster(t *testing.T, n int) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, 1720)
	for i := n; i > 0; i-- { // the order of the rows is not that of the keys
		for _, statement := range []string{
			fmt.Sprintf("INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial%d', '10.0.0.%d', 100)", i, i),
			fmt.Sprintf("INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active) VALUES ('C%d', 'C%d', 'Y')", i, i),
			fmt.Sprintf("INSERT INTO vicidial_server_trunks VALUES ('10.0.0.%d', 'C%d', 10, 'MAXIMUM_LIMIT')", i, i),
		} {
			if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func TestListAndIdentity(t *testing.T) {
	c := converse(t, aCluster(t, 4))
	for _, noun := range []struct{ name, key, first, prefix string }{
		{"vicidial_server", "server_id", "dial1", "dial"},
		{"vicidial_trunk_split", "campaign_id", "C1", "C"},
	} {
		t.Run(noun.name, func(t *testing.T) {
			t.Run("lists all, in the order of their keys", func(t *testing.T) {
				all := c.list(t, noun.name, 0, false, 0)
				if len(all) != 4 {
					t.Fatalf("%d found, want 4", len(all))
				}
				for i, one := range all {
					if want := fmt.Sprint(noun.prefix, i+1); one.identity[noun.key] != want || one.name == "" || one.resource != nil {
						t.Errorf("found %v at %d, want %s without the resource", one, i, want)
					}
				}
			})
			t.Run("stops at the limit", func(t *testing.T) {
				some := c.list(t, noun.name, 2, false, 0)
				if len(some) != 2 {
					t.Fatalf("%d found, want 2", len(some))
				}
				if some[0].warning != "" || !strings.HasPrefix(some[1].warning, "The list ends at its limit of 2 ") {
					t.Errorf("warnings %q and %q, want the second alone to tell of the limit", some[0].warning, some[1].warning)
				}
			})
			t.Run("stops when nobody wants more", func(t *testing.T) {
				if some := c.list(t, noun.name, 0, false, 1); len(some) != 1 || some[0].identity[noun.key] != noun.first {
					t.Errorf("found %v, want %s", some, noun.first)
				}
			})
			t.Run("brings the resource as an import would", func(t *testing.T) {
				for _, one := range c.list(t, noun.name, 0, true, 0) {
					key := one.identity[noun.key]
					state, identity := c.imports(t, noun.name, noun.key, key)
					if identity[noun.key] != key || text(t, state[noun.key]) != key {
						t.Errorf("%s came in as %v", key, identity)
					}
					for name, value := range state {
						if listed, ok := one.resource[name]; !ok || !listed.Equal(value) {
							t.Errorf("%s.%s is listed as %s and read as %s", key, name, listed, value)
						}
					}
				}
			})
		})
	}
}

func TestListWithoutADatabase(t *testing.T) {
	clearEnvironment(t)
	server, config := serve(t, block{})
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config}); err != nil {
		t.Fatal(err)
	}
	lister, ok := server.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatalf("%T lists nothing", server)
	}
	all, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := lister.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: "vicidial_server", Config: unfiltered(t, all.ListResourceSchemas["vicidial_server"])})
	if err != nil {
		t.Fatal(err)
	}
	results := 0
	for result := range stream.Results {
		results++
		expect(t, result.Diagnostics, ": VICIDIAL_HOST")
	}
	if results != 1 {
		t.Errorf("%d results, want one that says what is missing", results)
	}
}
