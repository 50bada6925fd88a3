package server

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

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

// drainTopology is the part of the store that the drain and undrain actions use.
type drainTopology interface {
	Servers(context.Context) (cluster.Servers, error)
	Expected(context.Context) (cluster.Servers, error)
	Alive(context.Context) (alive []string, heard bool, err error)
	RemoteAgents(context.Context) ([]cluster.RemoteAgents, error)
	VoicemailServer(context.Context) (string, error)
	CarrierRows(context.Context) ([]cluster.CarrierRow, error)
	AgentPhones(context.Context) ([]cluster.AgentPhone, []cluster.Alias, error)
	Activity(ctx context.Context, ip string) (maintenance.Activity, error)
	Writable(context.Context, ...cluster.Table) error
	writer
}

var (
	_ action.ActionWithConfigure      = (*Drain)(nil)
	_ action.ActionWithValidateConfig = (*Drain)(nil)
	_ action.ActionWithModifyPlan     = (*Drain)(nil)
)

//go:embed action_drain.md
var drainDescription string

// drainTimeout is the default of timeout.
const drainTimeout = 30 * time.Minute

// Drain is the action vicidial_server_drain.
type Drain struct{ store drainTopology }

func NewDrain() action.Action { return &Drain{} }

type drainModel struct {
	ServerIP     types.String `tfsdk:"server_ip"`
	RemoteAgents types.Bool   `tfsdk:"remote_agents"`
	EvenIfLast   types.Bool   `tfsdk:"even_if_last"`
	Timeout      types.String `tfsdk:"timeout"`
	Interval     types.String `tfsdk:"interval"`
}

// remote reports whether remote agents are stopped, too.
func (m drainModel) remote() bool { return m.RemoteAgents.IsNull() || m.RemoteAgents.ValueBool() }

func (a *Drain) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_server_drain"
}

func (a *Drain) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: drainDescription,
		Attributes: map[string]schema.Attribute{
			"server_ip": serverIPAttribute(),
			"remote_agents": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the remote agents of the server are set `INACTIVE`. The default is `true`. The output of the action names each range that was `ACTIVE`. It is stored nowhere else, so write it down.",
			},
			"even_if_last": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to drain the server also if it is the last one that agents can log in to. The default is `false`: the action refuses that.",
			},
			"timeout":  timeoutAttribute("How long to wait until nobody is logged in and no call is up. The default is `30m`."),
			"interval": intervalAttribute(),
		},
	}
}

func serverIPAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "`server_ip`: the server. Refer to `vicidial_server.NAME.server_ip`, but not in an action that this server triggers itself.",
		Validators:          []validator.String{tfhelper.StringValidator("an IPv4 address without leading zeros", cluster.CheckServerIP)},
	}
}

func (a *Drain) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &a.store)...)
}

// ValidateConfig refuses contradictory attributes.
func (a *Drain) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if m, ok := tfhelper.Get[drainModel](ctx, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(reviewWaitTimes(m.Timeout, m.Interval, drainTimeout)...)
	}
}

// ModifyPlan returns the errors of the invocation, and warnings of what a drain does not
// change.
func (a *Drain) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m, ok := tfhelper.Get[drainModel](ctx, req.Config, &resp.Diagnostics)
	if ok && a.store != nil && !m.ServerIP.IsUnknown() {
		resp.Diagnostics.Append(a.review(ctx, m)...)
	}
}

// Invoke closes the server to logins and balance calls, and waits until it is
// empty.
func (a *Drain) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if m, ok := tfhelper.Get[drainModel](ctx, req.Config, &resp.Diagnostics); ok {
		err := a.drain(ctx, m, tfhelper.Progress(ctx, resp))
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to drain server", m.ServerIP.ValueString(), err)...)
	}
}

func (a *Drain) review(ctx context.Context, m drainModel) diag.Diagnostics {
	at, ip := path.Root("server_ip"), m.ServerIP.ValueString()
	d, err := a.input(ctx, m)
	if errors.Is(err, cluster.ErrNotFound) {
		return reviewMissing(ctx, a.store, ip)
	}
	var around maintenance.DrainContext
	if err == nil {
		around, err = a.around(ctx)
	}
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the drain of server", ip, err)
	}
	var diags diag.Diagnostics
	if !m.EvenIfLast.IsUnknown() {
		diags.Append(tfhelper.DiagnoseAt(at, "Last server that agents can log in to", d.Refusal())...)
	}
	if warnings := d.Warnings(around); len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Server "+d.Server.ID()+" is going to be drained", strings.Join(warnings, "\n"))...)
	}
	tables := []cluster.Table{cluster.TableServers}
	if m.remote() {
		tables = append(tables, cluster.TableRemoteAgents)
	}
	diags.Append(tfhelper.Diagnose("Unable to drain server", ip, a.store.Writable(ctx, tables...))...)
	return diags
}

// reviewMissing accepts a server that the same run is going to create.
func reviewMissing(ctx context.Context, f drainTopology, ip string) diag.Diagnostics {
	expected, err := f.Expected(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", ip, err)
	}
	if _, found := expected.ByIP(ip); found {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("server_ip"), "Unknown server",
		"No row of the table servers has the address "+ip+", and no resource of this configuration creates one.")}
}

// input reads the input of the decision.
func (a *Drain) input(ctx context.Context, m drainModel) (maintenance.Drain, error) {
	d := maintenance.Drain{EvenIfLast: m.EvenIfLast.ValueBool()}
	var err error
	if d.Servers, d.Server, err = find(ctx, a.store, m.ServerIP.ValueString()); err != nil {
		return d, err
	}
	if d.Alive, _, err = a.store.Alive(ctx); err != nil || !m.remote() {
		return d, err
	}
	d.RemoteAgents, err = a.store.RemoteAgents(ctx)
	return d, err
}

// find reads the servers, and also returns the one with the address.
func find(ctx context.Context, f drainTopology, ip string) (cluster.Servers, cluster.Server, error) {
	servers, err := f.Servers(ctx)
	if err != nil {
		return nil, cluster.Server{}, err
	}
	server, found := servers.ByIP(ip)
	if !found {
		return nil, cluster.Server{}, fmt.Errorf("server %s: %w", ip, cluster.ErrNotFound)
	}
	return servers, server, nil
}

// around reads the rows that a drain warns of but does not change.
func (a *Drain) around(ctx context.Context) (maintenance.DrainContext, error) {
	var around maintenance.DrainContext
	var err error
	if around.Voicemail, err = a.store.VoicemailServer(ctx); err != nil {
		return around, err
	}
	if around.Carriers, err = a.store.CarrierRows(ctx); err != nil {
		return around, err
	}
	around.Phones, around.Aliases, err = a.store.AgentPhones(ctx)
	return around, err
}

// drain writes under the lock, and releases the lock before it waits.
func (a *Drain) drain(ctx context.Context, m drainModel, progress func(string)) error {
	if a.store == nil {
		return tfhelper.ErrUnconfigured
	}
	d, err := applyDecision(ctx, a.store, "vicidial_server_drain", func(ctx context.Context) (maintenance.Drain, error) { return a.input(ctx, m) })
	if err != nil {
		return err
	}
	report(progress, d.Summary(), d.Server.String()+" is already out of use")
	timeout, pause := waitTimes(m.Timeout, m.Interval, drainTimeout)
	if timeout == 0 {
		progress("The action does not wait until nobody is at work on " + d.Server.String())
		return nil
	}
	watch := &maintenance.DrainWatch{Server: d.Server}
	return await(ctx, timeout, pause, progress, func(ctx context.Context, waited time.Duration) maintenance.PollResult {
		now, err := a.store.Activity(ctx, d.Server.IP())
		return watch.Update(now, err, waited)
	}, watch.Unfinished)
}
