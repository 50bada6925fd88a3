package provider

import (
	"context"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/adoption"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/redact"
	"github.com/vicidial/terraform-provider-vicidial/internal/store"
)

// Adopt is the command that writes the configuration of a cluster. It returns the exit
// code.
func Adopt(ctx context.Context, version string, args []string, output, errors io.Writer) int {
	v := &vicidial{version: version}
	defer func() {
		if opened := v.store.Load(); opened != nil {
			_ = opened.Close()
		}
	}()
	command := adoption.Command{
		Server: redacted(v), //nolint:contextcheck // a server has no context
		Store:  func() adoption.Store { return v.store.Load() }, Output: output, Errors: errors,
	}
	if version != "dev" {
		command.Version = version
	}
	return command.Run(ctx, args)
}

// redacted serves a provider, without the fast path.
func redacted(p provider.Provider) tfprotov6.ProviderServer {
	server := providerserver.NewProtocol6(p)()
	if framework, ok := server.(redact.Framework); ok {
		return redact.New(framework)
	}
	return server
}

// attached is the provider on a store that is already open.
type attached struct {
	*vicidial

	opened *store.Store
}

// ValidateConfig checks nothing: the configuration is empty.
func (a *attached) ValidateConfig(context.Context, provider.ValidateConfigRequest, *provider.ValidateConfigResponse) {
}

func (a *attached) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.ResourceData = a.opened
}

// openAgain opens the provider on another store of the same database.
func openAgain(data any) (adoption.Opened, bool) {
	opened, ok := data.(*store.Store)
	if !ok {
		return adoption.Opened{}, false
	}
	readOnly := opened.ReadOnlyCopy()
	return adoption.Opened{
		Server: redacted(&attached{&vicidial{}, readOnly}), Store: readOnly, Close: func() { _ = readOnly.Close() },
	}, true
}
