package server

import (
	"context"
	_ "embed"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// generator is the part of the cluster that asking for new configuration files
// reads and changes.
type generator interface {
	Schema(context.Context) (cluster.Schema, error)
	Servers(context.Context) (cluster.Servers, error)
	Expected(context.Context) (cluster.Servers, error)
	Alive(context.Context) (alive []string, heard bool, err error)
	ReloadStamp(context.Context) (cluster.ReloadStamp, error)
	RebuildPending(context.Context) ([]string, error)
	Writable(context.Context, ...cluster.Table) error
	Apply(context.Context, func(context.Context) (cluster.Plan, error)) error
}

var (
	_ action.ActionWithConfigure      = (*RebuildConf)(nil)
	_ action.ActionWithValidateConfig = (*RebuildConf)(nil)
	_ action.ActionWithModifyPlan     = (*RebuildConf)(nil)
)

//go:embed action_rebuild.md
var rebuildDescription string

// RebuildConf is the action vicidial_rebuild_conf.
type RebuildConf struct{ generator generator }

// NewRebuildConf makes the action.
func NewRebuildConf() action.Action { return &RebuildConf{} }

type rebuildModel struct {
	Servers  types.List   `tfsdk:"servers"`
	Reload   types.Bool   `tfsdk:"reload"`
	Timeout  types.String `tfsdk:"timeout"`
	Interval types.String `tfsdk:"interval"`
}

// Metadata names the action.
func (a *RebuildConf) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_rebuild_conf"
}

// Schema describes whose files are generated.
func (a *RebuildConf) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: rebuildDescription,
		Attributes: map[string]schema.Attribute{
			"servers": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "`server_ip` of the servers whose files are generated anew. Left out, those of all servers that generate theirs. An empty list is refused, so that a list which came out empty does not mean all.",
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1), listvalidator.UniqueValues(), listvalidator.NoNullValues(),
					listvalidator.ValueStringsAre(tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)),
				},
			},
			"reload": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether `system_settings.reload_timestamp` is set to the present, so that files which are equal to those before are reloaded as well. Needs schema 1369. The default is `false`.",
			},
			"timeout":  timeoutAttribute("How long to wait until each node has picked its flag up. The default is `0s`."),
			"interval": intervalAttribute(),
		},
	}
}

// Configure takes the cluster from the provider.
func (a *RebuildConf) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &a.generator)...)
}

// ValidateConfig refuses what contradicts itself.
func (a *RebuildConf) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(reviewLengths(m.Timeout, m.Interval, 0)...)
	}
}

// ModifyPlan tells what the invocation would refuse.
func (a *RebuildConf) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics)
	if ok && a.generator != nil {
		resp.Diagnostics.Append(a.review(ctx, m)...)
	}
}

// Invoke sets the flags, and waits until they are picked up.
func (a *RebuildConf) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics); ok {
		err := a.rebuild(ctx, m, tfhelper.Progress(ctx, resp))
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to rebuild configuration files", "", err)...)
	}
}

// review goes by the servers as this run is going to leave them.
func (a *RebuildConf) review(ctx context.Context, m rebuildModel) diag.Diagnostics {
	schema, err := a.generator.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan a rebuild", "", err)
	}
	expected, err := a.generator.Expected(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan a rebuild", "", err)
	}
	r := cluster.RebuildConf{Servers: expected}
	var diags diag.Diagnostics
	if m.Servers.IsNull() {
		_, err := r.Targets()
		diags.Append(tfhelper.Diagnose("Nothing to rebuild", "", err)...)
	}
	for i, element := range m.Servers.Elements() {
		if ip, ok := element.(types.String); ok && !ip.IsUnknown() && !ip.IsNull() {
			_, err := r.Target(ip.ValueString())
			diags.Append(tfhelper.DiagnoseAt(path.Root("servers").AtListIndex(i), "No files to rebuild", err)...)
		}
	}
	tables := []cluster.Table{cluster.TableServers}
	if m.Reload.ValueBool() {
		tables = append(tables, cluster.TableSettings)
		diags.Append(tfhelper.DiagnoseAt(path.Root("reload"), "The database cannot hold this", schema.Check(cluster.TableSettings, cluster.ColumnReload, cluster.Null))...)
	}
	diags.Append(tfhelper.Diagnose("Unable to rebuild configuration files", "", a.generator.Writable(ctx, tables...))...)
	return diags
}

// look reads what is decided by.
func (a *RebuildConf) look(ctx context.Context, m rebuildModel) (cluster.RebuildConf, error) {
	r := cluster.RebuildConf{Wanted: known(m.Servers)}
	var err error
	if r.Servers, err = a.generator.Servers(ctx); err != nil || !m.Reload.ValueBool() {
		return r, err
	}
	stamp, err := a.generator.ReloadStamp(ctx)
	r.Reload = &stamp
	return r, err
}

func (a *RebuildConf) rebuild(ctx context.Context, m rebuildModel, tell func(string)) error {
	if a.generator == nil {
		return tfhelper.ErrUnconfigured
	}
	r, err := written(ctx, a.generator, func(ctx context.Context) (cluster.RebuildConf, error) { return a.look(ctx, m) })
	if err != nil {
		return err
	}
	targets, err := r.Targets()
	if err != nil {
		return err
	}
	tell(r.Says())
	timeout, pause := lengths(m.Timeout, m.Interval, 0)
	if timeout == 0 {
		return nil
	}
	watch := cluster.RebuildWatch{Targets: targets}
	return await(ctx, timeout, pause, tell, func(ctx context.Context, waited time.Duration) cluster.Watched {
		pending, err := a.generator.RebuildPending(ctx)
		var watched cluster.Watched
		watch, watched = cluster.NextRebuildStep(watch, pending, err, waited)
		return watched
	}, func(waited time.Duration, stopped bool) error {
		return a.unfinished(context.WithoutCancel(ctx), watch, waited, stopped)
	})
}

// unfinished says which nodes have not picked up their flags, and what is known
// of them.
func (a *RebuildConf) unfinished(ctx context.Context, watch cluster.RebuildWatch, waited time.Duration, stopped bool) error {
	alive, _, err := a.generator.Alive(ctx)
	if err != nil {
		alive = watch.Targets.IPs() // nothing is known against them
	}
	return watch.Unfinished(alive, waited, stopped)
}
