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

// ValidateConfig checks the configuration only. It reads no environment variable and no
// file, since `terraform validate` may run on a machine that has neither.
func (v *vicidial) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var c configuration
	resp.Diagnostics.Append(req.Config.Get(ctx, &c)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, g, diags := resolve(ctx, c, environment{})
	resp.Diagnostics.Append(diags...)
	unknown := map[string]bool{"tls": !fullyKnown(ctx, c.TLS), "ssh": !fullyKnown(ctx, c.SSH), "audit": !fullyKnown(ctx, c.Audit)}
	for _, fault := range append(g.faults, settings.Violations()...) {
		// A setting that an unknown group lacks may be set when it is known.
		group, _, _ := strings.Cut(fault.Setting, ".")
		if !unknown[group] {
			resp.Diagnostics.Append(g.diagnostic(fault))
		}
	}
}

// Configure opens the store for resources of every kind. It dials nothing: a plan
// that needs no database does not wait for one.
//
// While a part of the configuration is unknown there is no store, and resources keep
// their state. A guess, or a value from the environment, could connect to another
// cluster.
func (v *vicidial) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	v.store.Store(nil)
	if !req.Config.Raw.IsFullyKnown() {
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
			return
		}
		resp.Diagnostics.AddWarning(
			"The provider's configuration is not known yet",
			"A part of the provider \"vicidial\" block depends on a value that this run creates. "+
				"Until the value is known, the provider does not connect: existing objects keep their state, and are not compared with the database. "+
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

// connectionSettings returns the settings of the connection, and an error at each
// attribute that is invalid. A missing host or user is not an error here: the store
// returns it at the first use of the database.
func connectionSettings(ctx context.Context, c configuration, around environment) (store.Settings, diag.Diagnostics) {
	settings, g, diags := resolve(ctx, c, around)
	faults := slices.Concat(g.faults, settings.Violations())
	if len(faults) == 0 {
		faults = settings.FileViolations()
	}
	for _, fault := range faults {
		diags.Append(g.diagnostic(fault))
	}
	return settings, diags
}

// diagnostic returns an error at the attribute of a fault, also when the value came from
// another place: the attribute overrides it.
func (g *resolver) diagnostic(fault conn.Violation) diag.Diagnostic {
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
