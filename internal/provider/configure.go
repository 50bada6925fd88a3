package provider

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// ValidateConfig checks the configuration alone. It
// reads no environment variable and no file, since `terraform validate` runs where
// neither need be there.
func (v *vicidial) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var c configuration
	resp.Diagnostics.Append(req.Config.Get(ctx, &c)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, g, diags := resolve(ctx, c, environment{})
	resp.Diagnostics.Append(diags...)
	unknown := map[string]bool{"tls": !fullyKnown(ctx, c.TLS), "ssh": !fullyKnown(ctx, c.SSH), "audit": !fullyKnown(ctx, c.Audit)}
	for _, fault := range append(g.faults, settings.Faults()...) {
		// What an unknown group seems to lack may still come.
		group, _, _ := strings.Cut(fault.Setting, ".")
		if !unknown[group] {
			resp.Diagnostics.Append(g.diagnostic(fault))
		}
	}
}

// Configure opens the store for resources of every kind. It dials nothing: a plan
// that needs no database does not wait for one.
//
// While a part of the configuration is unknown there is no store, and resources
// keep the state that they have. To guess, or to take the environment's word
// instead, could read and write another cluster than the one that is meant.
func (v *vicidial) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	v.store.Store(nil)
	if !req.Config.Raw.IsFullyKnown() {
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
			return
		}
		resp.Diagnostics.AddWarning(
			"The provider's configuration is not known yet",
			"A part of the provider \"vicidial\" block depends on something that is made in this very run. "+
				"Until it is there, the provider does not connect: existing objects are shown as they were last seen, and are not compared with the database. "+
				"The apply connects when everything is known.",
		)
		return
	}

	var c configuration
	resp.Diagnostics.Append(req.Config.Get(ctx, &c)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diags := connectionSettings(ctx, c, environment{getenv: os.Getenv, readFile: os.ReadFile})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	settings.Log = newLog(os.Getenv)
	cluster := store.New(settings)
	v.store.Store(cluster)
	resp.ResourceData = cluster
	resp.DataSourceData = cluster
	resp.EphemeralResourceData = cluster
	resp.ListResourceData = cluster
	resp.ActionData = cluster
}

// connectionSettings returns settings that a connection can be tried with, or what is
// wrong with them, each at its attribute. That a host or a user is not given at
// all is no error here: the store returns it at the first use of the database.
func connectionSettings(ctx context.Context, c configuration, around environment) (store.Settings, diag.Diagnostics) {
	settings, g, diags := resolve(ctx, c, around)
	faults := slices.Concat(g.faults, settings.Faults())
	if len(faults) == 0 {
		faults = settings.FileFaults()
	}
	for _, fault := range faults {
		diags.Append(g.diagnostic(fault))
	}
	return settings, diags
}

// diagnostic points at the attribute that a fault is about, also where the
// value came from elsewhere: there it can be overruled.
func (g *resolver) diagnostic(fault conn.Fault) diag.Diagnostic {
	at := path.Empty()
	for name := range strings.SplitSeq(fault.Setting, ".") {
		at = at.AtName(name)
	}
	detail := "The provider's configuration cannot be used: " + fault.Error() + "."
	if origin, ok := g.origins[fault.Setting]; ok {
		detail += " The value was read from " + origin + "."
	}
	if fault.Hint() != "" {
		detail += "\n\n" + fault.Hint()
	}
	return diag.NewAttributeErrorDiagnostic(at, "Invalid provider configuration", detail)
}

func fullyKnown(ctx context.Context, object types.Object) bool {
	raw, err := object.ToTerraformValue(ctx)
	return err == nil && raw.IsFullyKnown()
}
