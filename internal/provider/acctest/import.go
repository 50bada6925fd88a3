package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Imported has the text attributes and the identity of an imported object.
type Imported struct{ Texts, Identity map[string]string }

// Import imports an object by its id, as `terraform import` does. It fails the test if
// the import fails.
func Import(t *testing.T, d *sandbox.Database, kind, id string) Imported {
	t.Helper()
	server, schema := connected(t, d, nil)
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	refuse(t, resp.Diagnostics)
	if len(resp.ImportedResources) != 1 || resp.ImportedResources[0].Identity == nil {
		t.Fatalf("%s %q: imported %+v", kind, id, resp.ImportedResources)
	}
	found := resp.ImportedResources[0]
	return Imported{
		Texts:    texts(t, schema.ResourceSchemas[kind].ValueType(), found.State),
		Identity: texts(t, identities.IdentitySchemas[kind].ValueType(), found.Identity.IdentityData),
	}
}
