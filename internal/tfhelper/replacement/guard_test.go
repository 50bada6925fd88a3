package replacement_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// rows are what the objects of a test stand for, and what a provider's data knows.
type rows struct {
	planned.Instances

	held     map[string]bool // by id, or by "id part"
	failing  bool            // Create leaves no state, Delete fails
	warning  string          // of each plan and read
	plans    int             // of the inner resource
	parts    string          // what a read finds
	gone     bool            // a read finds nothing
	position int64           // of the admin change log
	noLog    bool
}

func (r *rows) ExpectedServers(context.Context) (cluster.Servers, error) {
	return cluster.Servers{{Row: cluster.Row{"server_id": cluster.Text("dial1"), "server_ip": cluster.Text("10.0.0.1")}}}, nil
}

func (r *rows) PrefetchRemovals(context.Context) {}

func (r *rows) LogPosition(context.Context) (int64, error) {
	if r.noLog {
		return 0, errors.New("no log")
	}
	return r.position, nil
}

// thing is an object with an id, and for multiRow with parts.
type thing struct{ rows *rows }

func (x *thing) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "vicidial_thing"
}

func (x *thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Required: true}, "parts": schema.StringAttribute{Optional: true},
	}}
}

func (x *thing) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{"id": identityschema.StringAttribute{RequiredForImport: true}}}
}

func (x *thing) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	x.rows, _ = req.ProviderData.(*rows)
}

type model struct {
	ID    types.String `tfsdk:"id"`
	Parts types.String `tfsdk:"parts"`
}

func (m model) rows() []string {
	if m.Parts.ValueString() == "" {
		return []string{m.ID.ValueString()}
	}
	return strings.Split(m.Parts.ValueString(), " ")
}

func (x *thing) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if x.rows.failing {
		resp.Diagnostics.AddError("failed", "")
		return
	}
	for _, row := range m.rows() {
		x.rows.held[row] = true
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), m.ID)...)
}

func (x *thing) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	if x.rows == nil {
		return
	}
	if x.rows.gone {
		resp.State.RemoveResource(ctx)
		return
	}
	if x.rows.parts != "" {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("parts"), x.rows.parts)...)
	}
	if x.rows.warning != "" {
		resp.Diagnostics.AddWarning("read", x.rows.warning)
	}
}

func (x *thing) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (x *thing) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	x.deleteExcept(ctx, req, resp, nil)
}

func (x *thing) deleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, kept map[string]bool) {
	var m model
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if x.rows.failing {
		resp.Diagnostics.AddError("failed", "")
		return
	}
	for _, row := range m.rows() {
		if !kept[row] {
			delete(x.rows.held, row)
		}
	}
}

func (x *thing) ModifyPlan(_ context.Context, _ resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if x.rows == nil {
		return
	}
	x.rows.plans++
	if x.rows.warning != "" {
		resp.Diagnostics.AddWarning("plan", x.rows.warning)
	}
}

func (x *thing) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), req.ID)...)
}

// multiRow has several rows.
type multiRow struct{ thing }

func (x *multiRow) ValidateConfig(_ context.Context, _ resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	resp.Diagnostics.AddWarning("validated", "")
}

func (x *multiRow) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{}}
}

// file is an object in no table.
type file struct{ thing }

func (x *file) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "vicidial_file"
}

func (x *multiRow) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "vicidial_parts"
}

func (x *multiRow) Rows(ctx context.Context, of replacement.State) []string {
	var m model
	_ = of.Get(ctx, &m)
	return m.rows()
}

func (x *multiRow) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, kept map[string]bool) {
	x.deleteExcept(ctx, req, resp, kept)
}

// plugin is a provider of the two.
type plugin struct{ rows *rows }

func (p plugin) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vicidial"
}

func (p plugin) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p plugin) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.ResourceData = p.rows
}

func (p plugin) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p plugin) Resources(context.Context) []func() resource.Resource { return guarded }

var (
	id      = replacement.Column(path.Root("id"))
	guarded = []func() resource.Resource{
		replacement.Guard(func() replacement.Resource { return &thing{} }, id),
		replacement.Guard(func() replacement.Resource { return &multiRow{} }, id),
		replacement.Guard(func() replacement.Resource { return &file{} }, replacement.File(path.Root("id"))),
	}
)

// run is a run of Terraform: a server with what it knows of instances.
type run struct {
	*rows
	server tfprotov6.ProviderServer
	kind   tftypes.Object
}

func newRun(t *testing.T, held ...string) *run {
	t.Helper()
	r := unconfigured(held...)
	none, err := tfprotov6.NewDynamicValue(tftypes.Object{}, tftypes.NewValue(tftypes.Object{}, map[string]tftypes.Value{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &none}); err != nil {
		t.Fatal(err)
	}
	return r
}

// unconfigured is a run that does not know the provider's configuration yet.
func unconfigured(held ...string) *run {
	r := &rows{held: map[string]bool{}, position: 7}
	for _, row := range held {
		r.held[row] = true
	}
	return &run{r, providerserver.NewProtocol6(plugin{r})(), tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "parts": tftypes.String}}}
}

// instance is what Terraform's state has of an object.
type instance struct {
	name     string
	state    *tfprotov6.DynamicValue
	identity *tfprotov6.ResourceIdentityData
	private  []byte
}

func (r *run) value(t *testing.T, texts ...string) *tfprotov6.DynamicValue {
	t.Helper()
	value := tftypes.NewValue(r.kind, nil)
	if len(texts) > 0 {
		parts := tftypes.NewValue(tftypes.String, nil)
		if len(texts) > 1 {
			parts = tftypes.NewValue(tftypes.String, strings.Join(texts[1:], " "))
		}
		value = tftypes.NewValue(r.kind, map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, texts[0]), "parts": parts})
	}
	sent, err := tfprotov6.NewDynamicValue(r.kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return &sent
}

// plan plans an instance, to be removed where there are no texts. It returns the
// private state for the apply.
func (r *run) plan(t *testing.T, i instance, texts ...string) ([]byte, []*tfprotov6.Diagnostic) {
	t.Helper()
	planned, err := r.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.name, Config: r.value(t, texts...), ProposedNewState: r.value(t, texts...), PriorState: i.state, PriorPrivate: i.private, PriorIdentity: i.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	return planned.PlannedPrivate, planned.Diagnostics
}

// apply applies what was planned.
func (r *run) apply(t *testing.T, i instance, private []byte, texts ...string) (instance, []*tfprotov6.Diagnostic) {
	t.Helper()
	applied, err := r.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: i.name, Config: r.value(t, texts...), PlannedState: r.value(t, texts...), PriorState: i.state, PlannedPrivate: private, PlannedIdentity: i.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	return instance{i.name, applied.NewState, applied.NewIdentity, applied.Private}, applied.Diagnostics
}

func (r *run) create(t *testing.T, name string, texts ...string) instance {
	t.Helper()
	none := instance{name: name, state: r.value(t)}
	private, _ := r.plan(t, none, texts...)
	made, _ := r.apply(t, none, private, texts...)
	return made
}

// remove plans the removal and applies it.
func (r *run) remove(t *testing.T, i instance) []*tfprotov6.Diagnostic {
	t.Helper()
	private, _ := r.plan(t, i)
	_, diags := r.apply(t, i, private)
	return diags
}

func (r *run) read(t *testing.T, i instance) (instance, []*tfprotov6.Diagnostic) {
	t.Helper()
	read, err := r.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: i.name, CurrentState: i.state, CurrentIdentity: i.identity, Private: i.private})
	if err != nil {
		t.Fatal(err)
	}
	return instance{i.name, read.NewState, read.NewIdentity, read.Private}, read.Diagnostics
}

func (r *run) holds(t *testing.T, want ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(r.held)); !slices.Equal(got, want) {
		t.Errorf("the rows are %q, not %q", got, want)
	}
}

func says(diags []*tfprotov6.Diagnostic) string {
	var text strings.Builder
	for _, d := range diags {
		text.WriteString(d.Severity.String() + ": " + d.Summary + ": " + d.Detail + "\n")
	}
	return text.String()
}

const single, parts, inFile = "vicidial_thing", "vicidial_parts", "vicidial_file"

func TestGuard_removal(t *testing.T) {
	t.Parallel()
	t.Run("object of the last run is deleted", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "a")
		r := newRun(t, "a", "b")
		old, _ = r.read(t, old)
		if said := says(r.remove(t, old)); said != "" {
			t.Error(said)
		}
		r.holds(t, "b")
	})
	t.Run("object without private state is deleted", func(t *testing.T) {
		t.Parallel()
		r := newRun(t, "a")
		made := r.create(t, single, "a")
		made.private = nil
		if _, diags := r.apply(t, made, nil); says(diags) != "" {
			t.Error(says(diags))
		}
		r.holds(t)
	})
	t.Run("what fails may be tried again", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		made := r.create(t, single, "a")
		r.failing = true
		if said := says(r.remove(t, made)); !strings.Contains(said, "ERROR") || strings.Contains(said, "Rows kept") {
			t.Error(said)
		}
		r.holds(t, "a")
		r.failing = false
		r.remove(t, made)
		r.holds(t)
	})
	t.Run("object that is made again in the same process is another one", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		first := r.create(t, single, "a")
		r.remove(t, first)
		second := r.create(t, single, "a")
		if _, diags := r.plan(t, second, "a"); says(diags) != "" {
			t.Error(says(diags))
		}
		if said := says(r.remove(t, second)); said != "" {
			t.Error(said)
		}
		r.holds(t)
	})
	t.Run("object without a key", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		first := r.create(t, single, "")
		r.create(t, single, "")
		r.holds(t, "")
		if said := says(r.remove(t, first)); said != "" {
			t.Error(said)
		}
		r.holds(t)
	})
}

func TestGuard_replacement(t *testing.T) {
	t.Parallel()
	t.Run("rows of the new instance stay", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "A ")
		r := newRun(t, "a")
		old, _ = r.read(t, old)
		private, _ := r.plan(t, old)
		r.create(t, single, "a") // the same key in other letters
		_, diags := r.apply(t, old, private)
		if said := says(diags); !strings.Contains(said, "WARNING: Rows kept: vicidial_thing a") {
			t.Error(said)
		}
		r.holds(t, "a")
	})
	t.Run("new instance that was not made has no rows", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "a")
		r := newRun(t, "a")
		r.failing = true
		r.create(t, single, "a")
		r.failing = false
		if said := says(r.remove(t, old)); said != "" {
			t.Error(said)
		}
		r.holds(t)
	})
	t.Run("first half without create_before_destroy", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "a")
		r := newRun(t, "a")
		private, _ := r.plan(t, old, "a") // the replacement's plan
		if _, diags := r.apply(t, old, private); says(diags) != "" {
			t.Error(says(diags))
		}
		r.holds(t)
	})
	t.Run("instance without a token", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "a")
		old.private = nil
		r := newRun(t, "a")
		private, _ := r.plan(t, old)
		r.create(t, single, "a")
		if _, diags := r.apply(t, old, private); !strings.Contains(says(diags), "Rows kept") {
			t.Error(says(diags))
		}
		r.holds(t, "a")
	})
	t.Run("removal that was not planned by itself", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, single, "a")
		r := newRun(t, "a")
		private, _ := r.plan(t, old, "a")
		r.create(t, single, "a")
		if _, diags := r.apply(t, old, private); !strings.Contains(says(diags), "Rows kept") {
			t.Error(says(diags))
		}
		r.holds(t, "a")
	})
	t.Run("plan of a removal, by the run or by the state", func(t *testing.T) {
		t.Parallel()
		before := newRun(t)
		old, living := before.create(t, single, "a"), before.create(t, single, "a")
		r := newRun(t, "a")
		unmarked, _ := r.read(t, old)
		_, _ = r.read(t, living)
		r.plan(t, unmarked)
		marked, _ := r.read(t, old)
		next := newRun(t, "a")
		next.plan(t, marked)
		if r.plans+next.plans != 0 {
			t.Errorf("%d and %d plans of rows that stay", r.plans, next.plans)
		}
	})
	t.Run("old instance of an earlier run", func(t *testing.T) {
		t.Parallel()
		before := newRun(t)
		old, living := before.create(t, single, "a"), before.create(t, single, "a")
		for _, oldFirst := range []bool{true, false} {
			r := newRun(t, "a")
			for range 2 { // as refresh and plan do; the second read knows both
				if oldFirst {
					old, _ = r.read(t, old)
				}
				living, _ = r.read(t, living)
				old, _ = r.read(t, old)
			}
			r.plans = 0
			private, _ := r.plan(t, old)
			if r.plans != 0 {
				t.Error("the removal of an old instance is planned as one of the rows")
			}
			next := newRun(t, "a") // an apply of the plan, which has read nothing
			if _, diags := next.apply(t, old, private); !strings.Contains(says(diags), "Rows kept: vicidial_thing a") {
				t.Errorf("old first %v: %s", oldFirst, says(diags))
			}
			next.holds(t, "a")
			if said := says(newRun(t, "a").remove(t, living)); strings.Contains(said, "Rows kept") {
				t.Errorf("the living instance is not deleted: %s", said)
			}
		}
	})
	t.Run("old instance becomes the living one", func(t *testing.T) {
		t.Parallel()
		before := newRun(t)
		old, living := before.create(t, single, "a"), before.create(t, single, "a")
		r := newRun(t, "a")
		_, _ = r.read(t, living)
		old, _ = r.read(t, old)
		alone := newRun(t, "a") // the other was taken out of state
		old, _ = alone.read(t, old)
		if said := says(alone.remove(t, old)); said != "" {
			t.Error(said)
		}
		alone.holds(t)
	})
	t.Run("run that would delete one and keep the other", func(t *testing.T) {
		t.Parallel()
		before := newRun(t)
		old, living := before.create(t, single, "a"), before.create(t, single, "a")
		r := newRun(t, "a")
		r.plan(t, living)
		if _, diags := r.plan(t, old, "a"); !strings.Contains(says(diags), "ERROR: One run would delete and keep vicidial_thing a") {
			t.Error(says(diags))
		}
		r = newRun(t, "a")
		r.plan(t, old, "a")
		private, _ := r.plan(t, living)
		next := newRun(t, "a")
		if _, diags := next.apply(t, living, private); !strings.Contains(says(diags), "Rows kept") {
			t.Error(says(diags))
		}
		next.holds(t, "a")
	})
	t.Run("object of several rows loses those that no new one has", func(t *testing.T) {
		t.Parallel()
		old := newRun(t).create(t, parts, "a", "one", "two")
		r := newRun(t, "one", "two")
		private, _ := r.plan(t, old)
		r.create(t, parts, "a", "two", "three")
		r.failing = true
		if _, diags := r.apply(t, old, private); strings.Contains(says(diags), "Rows kept") || !strings.Contains(says(diags), "ERROR") {
			t.Error(says(diags))
		}
		r.failing = false
		if _, diags := r.apply(t, old, private); !strings.Contains(says(diags), "Rows kept: vicidial_parts a") {
			t.Error(says(diags))
		}
		r.holds(t, "three", "two")
	})
	t.Run("object of several rows without a new one", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		made := r.create(t, parts, "a", "one", "two")
		if said := says(r.remove(t, made)); said != "" {
			t.Error(said)
		}
		r.holds(t)
		made = r.create(t, parts, "a", "one", "two")
		if _, diags := r.apply(t, made, nil); says(diags) != "" { // tainted: no private state
			t.Error(says(diags))
		}
		r.holds(t)
	})
}

func TestGuard_plan(t *testing.T) {
	t.Parallel()
	t.Run("key in other letters", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		made := r.create(t, single, "abc")
		r.plans = 0
		if _, diags := r.plan(t, made, "ABC"); !strings.Contains(says(diags), "ERROR: "+tfhelper.TitleMisspelled) || r.plans != 0 {
			t.Errorf("%d plans, %s", r.plans, says(diags))
		}
		for _, id := range []string{"abc", "abd"} {
			if _, diags := r.plan(t, made, id); says(diags) != "" {
				t.Error(says(diags))
			}
		}
	})
	t.Run("warnings name servers", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		made := r.create(t, single, "a")
		r.warning = "10.0.0.1 is busy"
		_, planned := r.plan(t, made, "a")
		_, read := r.read(t, made)
		for _, diags := range [][]*tfprotov6.Diagnostic{planned, read} {
			if !strings.Contains(says(diags), "dial1 (10.0.0.1) is busy") {
				t.Error(says(diags))
			}
		}
		if _, diags := r.plan(t, r.create(t, inFile, "b"), "b"); !strings.Contains(says(diags), ": 10.0.0.1 is busy") {
			t.Error(says(diags))
		}
	})
	t.Run("path in other letters", func(t *testing.T) {
		t.Parallel()
		r := newRun(t)
		made := r.create(t, inFile, "abc")
		if _, diags := r.plan(t, made, "ABC"); says(diags) != "" {
			t.Error(says(diags))
		}
	})
	t.Run("unknown provider configuration", func(t *testing.T) {
		t.Parallel()
		made := newRun(t).create(t, single, "a")
		r := unconfigured("a")
		read, diags := r.read(t, made)
		_, planned := r.plan(t, read)
		if says(diags)+says(planned) != "" || string(read.private) != string(made.private) {
			t.Errorf("%s%s%s", says(diags), says(planned), read.private)
		}
	})
}

func TestGuard_inner(t *testing.T) {
	t.Parallel()
	for inner, want := range map[replacement.Resource]int{&multiRow{}: 1, &thing{}: 0} {
		guarded := replacement.Guard(func() replacement.Resource { return inner }, replacement.Column(path.Root("id")))()
		whole, ok := guarded.(*replacement.Guarded)
		if !ok {
			t.Fatalf("%T", guarded)
		}
		var resp resource.ValidateConfigResponse
		whole.ValidateConfig(t.Context(), resource.ValidateConfigRequest{}, &resp)
		if len(resp.Diagnostics) != want || len(whole.MoveState(t.Context())) != want {
			t.Errorf("%T: %v, %d movers", inner, resp.Diagnostics, len(whole.MoveState(t.Context())))
		}
	}
}

func TestGuard_logPosition(t *testing.T) {
	t.Parallel()
	at := func(i instance, position string) bool { return strings.Contains(string(i.private), position) }
	r := newRun(t)
	made := r.create(t, single, "a")
	first := string(made.private)
	r.position = 8
	if read, _ := r.read(t, made); string(read.private) != first {
		t.Error("a read of what has not changed moves the position")
	}
	r.parts = "q"
	if read, _ := r.read(t, made); string(read.private) == first {
		t.Error("a read of what has changed does not move the position")
	}
	r.parts = ""
	bare := made
	bare.private = nil
	if read, _ := r.read(t, bare); len(read.private) == 0 {
		t.Error("a first read saves no position")
	}
	private, _ := r.plan(t, made, "a", "p")
	updated, _ := r.apply(t, made, private, "a", "p")
	if string(updated.private) == first {
		t.Error("an update does not move the position")
	}
	if value, err := updated.state.Unmarshal(r.kind); err != nil || !strings.Contains(value.String(), `"p"`) {
		t.Errorf("the state is %s, %v", value, err)
	}
	r.gone = true
	if read, diags := r.read(t, made); string(read.private) != first && len(read.private) > 0 || says(diags) != "" {
		t.Errorf("a read that finds nothing saves %s %s", read.private, says(diags))
	}
	r.gone = false
	r.noLog = true
	if none := r.create(t, single, "b"); len(none.private) == 0 || len(none.private) >= len(first) && at(none, "log") {
		t.Errorf("a position is saved without a log: %s", none.private)
	}
}

func TestGuard_import(t *testing.T) {
	t.Parallel()
	r := newRun(t, "a")
	imported, err := r.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: single, ID: "a"})
	if err != nil || len(imported.ImportedResources) != 1 {
		t.Fatalf("%v %+v", err, imported)
	}
	one := imported.ImportedResources[0]
	made := instance{single, one.State, one.Identity, one.Private}
	if !strings.Contains(string(one.Private), "instance") {
		t.Errorf("private state is %s", one.Private)
	}
	r.plan(t, made)
	r.create(t, single, "a")
	private, _ := newRun(t).plan(t, made)
	if _, diags := r.apply(t, made, private); !strings.Contains(says(diags), "Rows kept") {
		t.Error(says(diags))
	}
	r.holds(t, "a")
}
