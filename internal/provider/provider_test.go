package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// A resource without a guard deletes what its successor has.
func TestResources_areGuarded(t *testing.T) {
	t.Parallel()
	v := &vicidial{}
	for _, construct := range v.Resources(t.Context()) {
		r := construct()
		var meta resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &meta)
		// The Delete of vicidial_node_config removes nothing.
		if _, guarded := r.(*replacement.Guarded); guarded == (meta.TypeName == "vicidial_node_config") {
			t.Errorf("%s is guarded: %v; see docs/design/0018-replacement.md", meta.TypeName, guarded)
		}
	}
}

// A resource declares the methods that it needs, and only Configure finds out
// whether the store has them: the compiler cannot.
func TestConfigure_everyResourceAcceptsTheStore(t *testing.T) {
	t.Parallel()
	v, data := &vicidial{}, store.New(store.Settings{})
	configured := 0
	takes := func(r any, configure func(*diag.Diagnostics)) {
		var diags diag.Diagnostics
		configure(&diags)
		configured++
		for _, found := range diags {
			t.Errorf("%T: %s: %s", r, found.Summary(), found.Detail())
		}
	}
	for _, open := range v.Resources(t.Context()) {
		if r, ok := open().(resource.ResourceWithConfigure); ok {
			takes(r, func(diags *diag.Diagnostics) {
				var resp resource.ConfigureResponse
				r.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.DataSources(t.Context()) {
		if r, ok := open().(datasource.DataSourceWithConfigure); ok {
			takes(r, func(diags *diag.Diagnostics) {
				var resp datasource.ConfigureResponse
				r.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.ListResources(t.Context()) {
		if r, ok := open().(list.ListResourceWithConfigure); ok {
			takes(r, func(diags *diag.Diagnostics) {
				var resp resource.ConfigureResponse
				r.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.Actions(t.Context()) {
		if r, ok := open().(action.ActionWithConfigure); ok {
			takes(r, func(diags *diag.Diagnostics) {
				var resp action.ConfigureResponse
				r.Configure(t.Context(), action.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	// Those that need no cluster: files are rendered without one.
	if all := len(v.Resources(t.Context())) + len(v.DataSources(t.Context())) + len(v.ListResources(t.Context())) + len(v.Actions(t.Context())); configured < all-4 {
		t.Errorf("only %d of %d configured are configured", configured, all)
	}
}
