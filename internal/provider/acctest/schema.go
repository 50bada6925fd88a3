package acctest

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
)

// server returns the provider's server. Its schema has no descriptions: Terraform reads
// the schema at the start of each command and uses them for documentation only, and
// without them the commands of the tests are a fifth faster.
func server() (tfprotov6.ProviderServer, error) {
	s, err := provider.Server("test")
	if err != nil {
		return nil, err
	}
	return &undescribed{s.(fastpath.Framework)}, nil //nolint:forcetypeassert // Server returns one
}

type undescribed struct{ fastpath.Framework }

// schema is the response for all servers of the tests, which serve the same provider.
var schema struct {
	once sync.Once
	resp *tfprotov6.GetProviderSchemaResponse
	err  error
}

func (u *undescribed) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schema.once.Do(func() {
		schema.resp, schema.err = u.Framework.GetProviderSchema(ctx, req)
		if schema.err != nil {
			return
		}
		for _, schemas := range []map[string]*tfprotov6.Schema{schema.resp.ResourceSchemas, schema.resp.DataSourceSchemas, schema.resp.EphemeralResourceSchemas, schema.resp.ListResourceSchemas} {
			for _, s := range schemas {
				undescribe(s.Block)
			}
		}
		undescribe(schema.resp.Provider.Block)
	})
	return schema.resp, schema.err
}

func undescribe(block *tfprotov6.SchemaBlock) {
	block.Description = ""
	undescribeAttributes(block.Attributes)
	for _, nested := range block.BlockTypes {
		undescribe(nested.Block)
	}
}

func undescribeAttributes(attributes []*tfprotov6.SchemaAttribute) {
	for _, attribute := range attributes {
		attribute.Description = ""
		if attribute.NestedType != nil {
			undescribeAttributes(attribute.NestedType.Attributes)
		}
	}
}
