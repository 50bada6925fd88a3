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
	ExpectedServers(context.Context) (cluster.Servers, error)
	Alive(context.Context) (alive []string, heard bool, err error)
	ReloadStamp(context.Context) (maintenance.ReloadStamp, error)
	RebuildPending(context.Context) ([]string, error)
	Writable(context.Context, ...cluster.Table) error
	writer
}

//go:embed action_rebuild.md
var rebuildDescription string

// NewRebuildConf returns the action vicidial_rebuild_conf.
func NewRebuildConf() action.Action {
	return tfhelper.NewAction(tfhelper.Action[rebuildTopology, rebuildModel]{
		Name: "rebuild_conf", Schema: rebuildSchema, Review: reviewRebuildConf, Invoke: rebuild,
		Validate: func(m rebuildModel) diag.Diagnostics { return checkWaitTimes(m.Timeout, m.Interval, 0) },
		Failure:  func(rebuildModel) (string, string) { return "Unable to rebuild configuration files", "" },
	})
}

type rebuildModel struct {
	Servers  types.List   `tfsdk:"servers"`
	Reload   types.Bool   `tfsdk:"reload"`
	Timeout  types.String `tfsdk:"timeout"`
	Interval types.String `tfsdk:"interval"`
}

func rebuildSchema() schema.Schema {
	return schema.Schema{
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

// reviewRebuildConf checks the action against the servers after this run.
func reviewRebuildConf(ctx context.Context, s rebuildTopology, m rebuildModel) diag.Diagnostics {
	schema, err := s.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan a rebuild", "", err)
	}
	expected, err := s.ExpectedServers(ctx)
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
	diags.Append(tfhelper.Diagnose("Unable to rebuild configuration files", "", s.Writable(ctx, tables...))...)
	return diags
}

// rebuildInput reads the input of the decision.
func rebuildInput(ctx context.Context, s rebuildTopology, m rebuildModel) (maintenance.RebuildConf, error) {
	r := maintenance.RebuildConf{Wanted: knownTexts(m.Servers)}
	var err error
	if r.Servers, err = s.Servers(ctx); err != nil || !m.Reload.ValueBool() {
		return r, err
	}
	stamp, err := s.ReloadStamp(ctx)
	r.Reload = &stamp
	return r, err
}

// rebuild sets the flags, and waits until the nodes have cleared them.
func rebuild(ctx context.Context, s rebuildTopology, m rebuildModel, progress func(string)) error {
	r, err := applyDecision(ctx, s, "vicidial_rebuild_conf", func(ctx context.Context) (maintenance.RebuildConf, error) { return rebuildInput(ctx, s, m) })
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
		pending, err := s.RebuildPending(ctx)
		return watch.Update(pending, err, waited)
	}, func(waited time.Duration, stopped bool) error {
		return rebuildUnfinished(context.WithoutCancel(ctx), s, watch, waited, stopped)
	})
}

// rebuildUnfinished returns an error that names the nodes that have not cleared their flags, and
// whether they are alive.
func rebuildUnfinished(ctx context.Context, s rebuildTopology, watch *maintenance.RebuildWatch, waited time.Duration, stopped bool) error {
	alive, _, err := s.Alive(ctx)
	if err != nil {
		alive = watch.Targets.IPs() // without heartbeats, all count as alive
	}
	return watch.Unfinished(alive, waited, stopped)
}
