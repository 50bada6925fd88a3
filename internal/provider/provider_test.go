package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
)

// A room states the verbs that it needs, and learns only when it is configured
// whether the store has them: the compiler sees neither of the two.
func TestEveryRoomTakesTheStore(t *testing.T) {
	t.Parallel()
	v, data := &vicidial{}, store.New(store.Settings{})
	rooms := 0
	takes := func(room any, configure func(*diag.Diagnostics)) {
		var diags diag.Diagnostics
		configure(&diags)
		rooms++
		for _, found := range diags {
			t.Errorf("%T: %s: %s", room, found.Summary(), found.Detail())
		}
	}
	for _, open := range v.Resources(t.Context()) {
		if room, ok := open().(resource.ResourceWithConfigure); ok {
			takes(room, func(diags *diag.Diagnostics) {
				var resp resource.ConfigureResponse
				room.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.DataSources(t.Context()) {
		if room, ok := open().(datasource.DataSourceWithConfigure); ok {
			takes(room, func(diags *diag.Diagnostics) {
				var resp datasource.ConfigureResponse
				room.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.ListResources(t.Context()) {
		if room, ok := open().(list.ListResourceWithConfigure); ok {
			takes(room, func(diags *diag.Diagnostics) {
				var resp resource.ConfigureResponse
				room.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	for _, open := range v.Actions(t.Context()) {
		if room, ok := open().(action.ActionWithConfigure); ok {
			takes(room, func(diags *diag.Diagnostics) {
				var resp action.ConfigureResponse
				room.Configure(t.Context(), action.ConfigureRequest{ProviderData: data}, &resp)
				diags.Append(resp.Diagnostics...)
			})
		}
	}
	// Those that need no cluster: files are rendered without one.
	if all := len(v.Resources(t.Context())) + len(v.DataSources(t.Context())) + len(v.ListResources(t.Context())) + len(v.Actions(t.Context())); rooms < all-4 {
		t.Errorf("only %d of %d rooms are configured", rooms, all)
	}
}
