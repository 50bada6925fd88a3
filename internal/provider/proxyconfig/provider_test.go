package proxyconfig_test

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/proxyconfig"
)

// alone is a provider of this room only: it needs no cluster.
type alone struct{ provider.Provider }

func (alone) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vicidial"
}
func (alone) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (alone) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (alone) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (alone) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return proxyconfig.NewHAProxy() },
		func() resource.Resource { return proxyconfig.NewNginx() },
	}
}

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"vicidial": providerserver.NewProtocol6WithError(alone{}),
}
