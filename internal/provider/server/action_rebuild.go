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
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// rebuildTopology is the part of the store that the action uses.
type rebuildTopology interface {
	Schema(context.Context) (cluster.Schema, error)
	Servers(context.Context) (cluster.Servers, error)
	Expected(context.Context) (cluster.Servers, error)
	Alive(context.Context) (alive []string, heard bool, err error)
	ReloadStamp(context.Context) (maintenance.ReloadStamp, error)
	RebuildPending(context.Context) ([]string, error)
	Writable(context.Context, ...cluster.Table) error
	writer
}

var (
	_ action.ActionWithConfigure      = (*RebuildConf)(nil)
	_ action.ActionWithValidateConfig = (*RebuildConf)(nil)
	_ action.ActionWithModifyPlan     = (*RebuildConf)(nil)
)

//go:embed action_rebuild.md
var rebuildDescription string

// RebuildConf is the action vicidial_rebuild_conf.
type RebuildConf struct{ store rebuildTopology }

func NewRebuildConf() action.Action { return &RebuildConf{} }

type rebuildModel struct {
	Servers  types.List   `tfsdk:"servers"`
	Reload   types.Bool   `tfsdk:"reload"`
	Timeout  types.String `tfsdk:"timeout"`
	Interval types.String `tfsdk:"interval"`
}

func (a *RebuildConf) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_rebuild_conf"
}

func (a *RebuildConf) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: rebuildDescription,
		Attributes: map[string]schema.Attribute{
			"servers": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "`server_ip` of the servers whose files are generated again. If you leave it out, these are all servers that generate files. An empty list is refused, so that a list that is empty by mistake does not mean all servers.",
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1), listvalidator.UniqueValues(), listvalidator.NoNullValues(),
					listvalidator.ValueStringsAre(tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)),
				},
			},
			"reload": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether Asterisk reloads also the files that have not changed. The action sets `system_settings.reload_timestamp` to the present time for that. Needs schema 1369. The default is `false`.",
			},
			"timeout":  timeoutAttribute("How long to wait until each node has cleared its rebuild flag. The default is `0s`."),
			"interval": intervalAttribute(),
		},
	}
}

func (a *RebuildConf) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &a.store)...)
}

// ValidateConfig refuses contradictory attributes.
func (a *RebuildConf) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(reviewWaitTimes(m.Timeout, m.Interval, 0)...)
	}
}

// ModifyPlan returns the errors of the invocation.
func (a *RebuildConf) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics)
	if ok && a.store != nil {
		resp.Diagnostics.Append(a.review(ctx, m)...)
	}
}

// Invoke sets the flags, and waits until the nodes have reset them.
func (a *RebuildConf) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if m, ok := tfhelper.Get[rebuildModel](ctx, req.Config, &resp.Diagnostics); ok {
		err := a.rebuild(ctx, m, tfhelper.Progress(ctx, resp))
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to rebuild configuration files", "", err)...)
	}
}

// review checks the action against the servers after this run.
func (a *RebuildConf) review(ctx context.Context, m rebuildModel) diag.Diagnostics {
	schema, err := a.store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan a rebuild", "", err)
	}
	expected, err := a.store.Expected(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan a rebuild", "", err)
	}
	r := maintenance.RebuildConf{Servers: expected}
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
		diags.Append(tfhelper.DiagnoseAt(path.Root("reload"), "Value not supported by the database", schema.Check(cluster.TableSettings, cluster.ColumnReload, cluster.Null))...)
	}
	diags.Append(tfhelper.Diagnose("Unable to rebuild configuration files", "", a.store.Writable(ctx, tables...))...)
	return diags
}

// input reads the input of the decision.
func (a *RebuildConf) input(ctx context.Context, m rebuildModel) (maintenance.RebuildConf, error) {
	r := maintenance.RebuildConf{Wanted: knownTexts(m.Servers)}
	var err error
	if r.Servers, err = a.store.Servers(ctx); err != nil || !m.Reload.ValueBool() {
		return r, err
	}
	stamp, err := a.store.ReloadStamp(ctx)
	r.Reload = &stamp
	return r, err
}

func (a *RebuildConf) rebuild(ctx context.Context, m rebuildModel, progress func(string)) error {
	if a.store == nil {
		return tfhelper.ErrUnconfigured
	}
	r, err := applyDecision(ctx, a.store, "vicidial_rebuild_conf", func(ctx context.Context) (maintenance.RebuildConf, error) { return a.input(ctx, m) })
	if err != nil {
		return err
	}
	targets, err := r.Targets()
	if err != nil {
		return err
	}
	progress(r.Summary())
	timeout, pause := waitTimes(m.Timeout, m.Interval, 0)
	if timeout == 0 {
		return nil
	}
	watch := &maintenance.RebuildWatch{Targets: targets}
	return await(ctx, timeout, pause, progress, func(ctx context.Context, waited time.Duration) maintenance.PollResult {
		pending, err := a.store.RebuildPending(ctx)
		return watch.Update(pending, err, waited)
	}, func(waited time.Duration, stopped bool) error {
		return a.unfinished(context.WithoutCancel(ctx), watch, waited, stopped)
	})
}

// unfinished returns an error that names the nodes that have not reset their flags, and
// whether they are alive.
func (a *RebuildConf) unfinished(ctx context.Context, watch *maintenance.RebuildWatch, waited time.Duration, stopped bool) error {
	alive, _, err := a.store.Alive(ctx)
	if err != nil {
		alive = watch.Targets.IPs() // without heartbeats, all count as alive
	}
	return watch.Unfinished(alive, waited, stopped)
}
