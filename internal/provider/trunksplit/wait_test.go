package trunksplit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	fwresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/trunksplit"
	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// A new split waits for trunks and gets them, and another one that it writes as well
// does not: the error is that of its Create, which therefore leaves no rows.
func TestCreate_otherSplitFails(t *testing.T) {
	t.Parallel()
	d := aFloor(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SURVEY', 100, 'MAXIMUM_LIMIT')")()
	s := store.New(store.Settings{Settings: conn.Settings{Host: d.Host, Port: d.Port, Database: d.Name, Username: d.Username, Password: d.Password}, LockTimeout: time.Minute})
	r, _ := trunksplit.New().(fwresource.ResourceWithConfigure)
	r.Configure(t.Context(), fwresource.ConfigureRequest{ProviderData: s}, &fwresource.ConfigureResponse{})
	var schema fwresource.SchemaResponse
	r.Schema(t.Context(), fwresource.SchemaRequest{}, &schema)
	none := tftypes.NewValue(schema.Schema.Type().TerraformType(t.Context()), nil)
	plan := tfsdk.Plan{Schema: schema.Schema, Raw: none}
	for _, set := range []struct {
		at    path.Path
		value any
	}{
		{path.Root("campaign_id"), "SALES"},
		{path.Root("total"), 10},
		{path.Root("servers").AtMapKey("10.0.0.1").AtName("trunks"), 10},
		{path.Root("trunk_restriction"), cluster.MaximumLimit},
		{path.Root("elsewhere"), "ignore"},
		{path.Root("survive_node_loss"), 0},
	} {
		if diags := plan.SetAttribute(t.Context(), set.at, set.value); diags.HasError() {
			t.Fatal(diags)
		}
	}

	var requests tfhelper.Requests
	ctx, end := requests.Begin(t.Context())
	defer end()
	_, other := requests.Begin(t.Context()) // the split waits longer while another object is written
	created := fwresource.CreateResponse{State: tfsdk.State{Schema: schema.Schema, Raw: none}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Create(ctx, fwresource.CreateRequest{Plan: plan}, &created)
	}()
	for len(s.WaitingSplits().All()) == 0 {
		select {
		case <-done:
			t.Fatalf("the split does not wait: %v", created.Diagnostics)
		case <-time.After(time.Millisecond):
		}
	}
	s.WaitingSplits().Add("OTHER", func(context.Context) (cluster.Plan, error) {
		return cluster.Plan{}, errors.New("the row has changed")
	})
	acctest.Run(t, d, "UPDATE vicidial_server_trunks SET dedicated_trunks = 90")()
	other()
	<-done
	if !created.Diagnostics.HasError() || !created.State.Raw.IsNull() {
		t.Errorf("the state is %s", created.State.Raw)
	}
	d.Expect(t, rows, `
		| server_ip | campaign_id | dedicated_trunks | trunk_restriction |
		| 10.0.0.1  | SURVEY      |               90 | MAXIMUM_LIMIT     |`)
}
