// Package provider wires the resource packages: it reads the provider's own
// configuration, opens the store and configures every resource with it. It is the only
// package that imports both the store and the resources.
package provider

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/adoption"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/agentphones"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/agentplacement"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/campaigns"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/capacity"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/carrierroute"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/carriers"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/clusterhealth"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/clustersettings"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/conftemplate"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/dialforecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/failoverplan"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/inbounddid"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/nodeconfig"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/proxyconfig"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/remoteagents"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/server"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/servers"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/topology"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/trunksplit"
	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

var (
	_ provider.Provider                       = (*vicidial)(nil)
	_ provider.ProviderWithActions            = (*vicidial)(nil)
	_ provider.ProviderWithEphemeralResources = (*vicidial)(nil)
	_ provider.ProviderWithFunctions          = (*vicidial)(nil)
	_ provider.ProviderWithListResources      = (*vicidial)(nil)
	_ provider.ProviderWithValidateConfig     = (*vicidial)(nil)
)

// vicidial is the provider.
type vicidial struct {
	version string
	store   atomic.Pointer[store.Store] // the data of the resources; nil until the provider is configured
}

// New returns a function that constructs the provider, as providerserver takes it.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &vicidial{version: version} }
}

// The resources that [replacement.Guard] guards, with their keys.
var (
	newCarrierRoute    = replacement.Guard(carrierroute.New, replacement.Column(path.Root("name")))
	newClusterSettings = replacement.Guard(clustersettings.New, replacement.KeyOf(clustersettings.Key))
	newConfTemplate    = replacement.Guard(conftemplate.New, replacement.Column(path.Root("template_id")))
	newInboundDID      = replacement.Guard(inbounddid.New, replacement.Column(path.Root("did_pattern")))
	newInboundNumbers  = replacement.Guard(inbounddid.NewNumbers, replacement.KeyOf(inbounddid.NumbersKey))
	newHAProxyConfig   = replacement.Guard(proxyconfig.NewHAProxy, replacement.File(path.Root("file").AtName("path")))
	newNginxConfig     = replacement.Guard(proxyconfig.NewNginx, replacement.File(path.Root("file").AtName("path")))
	newRemoteAgents    = replacement.Guard(remoteagents.New, replacement.Column(path.Root("user_start")))
	newAgentPlacement  = replacement.Guard(agentplacement.New, replacement.KeyOf(agentplacement.Key))
	newServer          = replacement.Guard(server.New, replacement.Column(path.Root("server_id")))
	newTrunkSplit      = replacement.Guard(trunksplit.New, replacement.Column(path.Root("campaign_id")))
)

func (v *vicidial) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = tfhelper.ProviderType
	resp.Version = v.version
}

func (v *vicidial) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newCarrierRoute,
		newClusterSettings,
		newConfTemplate,
		newInboundDID,
		newInboundNumbers,
		nodeconfig.New, // its Delete removes nothing
		newHAProxyConfig,
		newNginxConfig,
		newRemoteAgents,
		newAgentPlacement,
		newServer,
		newTrunkSplit,
	}
}

func (v *vicidial) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		adoption.NewDataSource(openAgain),
		agentphones.New,
		campaigns.New,
		capacity.New,
		carriers.New,
		clusterhealth.New,
		dialforecast.New,
		failoverplan.New,
		servers.New,
		topology.New,
	}
}

func (v *vicidial) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return nil
}

func (v *vicidial) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		agentplacement.NewExpandSeats,
		nodeconfig.NewKeepalives,
		nodeconfig.NewParse,
		server.NewPaddedIP,
		trunksplit.NewApportion,
	}
}

func (v *vicidial) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		carrierroute.NewList,
		clustersettings.NewList,
		conftemplate.NewList,
		inbounddid.NewList,
		inbounddid.NewNumbersList,
		remoteagents.NewList,
		agentplacement.NewList,
		server.NewList,
		trunksplit.NewList,
	}
}

func (v *vicidial) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		server.NewDrain,
		server.NewRebuildConf,
		server.NewUndrain,
	}
}
