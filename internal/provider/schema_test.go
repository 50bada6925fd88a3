package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func TestSchema(t *testing.T) {
	t.Run("the protocol server takes it", func(t *testing.T) {
		server, err := providerserver.NewProtocol6WithError(New("test")())()
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range resp.Diagnostics {
			t.Error(shown(d))
		}
	})
	eachAttribute(theSchema(t).Attributes, "", func(name string, attribute schema.Attribute) {
		t.Run(name+" is described in full sentences", func(t *testing.T) {
			text := attribute.GetMarkdownDescription()
			if !strings.HasSuffix(text, ".") || len(strings.Fields(text)) < 5 {
				t.Errorf("description = %q", text)
			}
		})
		secret := false
		for _, ending := range []string{"password", "passphrase", "private_key"} {
			secret = secret || strings.HasSuffix(name, ending)
		}
		if secret != attribute.IsSensitive() {
			t.Errorf("%s: sensitive = %t, want %t", name, attribute.IsSensitive(), secret)
		}
	})
}

func eachAttribute(attributes map[string]schema.Attribute, within string, visit func(string, schema.Attribute)) {
	for name, attribute := range attributes {
		visit(within+name, attribute)
		if group, ok := attribute.(schema.SingleNestedAttribute); ok {
			eachAttribute(group.Attributes, within+name+".", visit)
		}
	}
}
