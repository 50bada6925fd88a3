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
	ExpectedServers(context.Context) (cluster.Servers, error)
	Alive(context.Context) (alive []string, heard bool, err error)
	RemoteAgents(context.Context) ([]cluster.RemoteAgents, error)
	VoicemailServer(context.Context) (string, error)
	CarrierRows(context.Context) ([]cluster.CarrierRow, error)
	AgentPhones(context.Context) ([]cluster.AgentPhone, []cluster.Alias, error)
	Activity(ctx context.Context, ip string) (maintenance.Activity, error)
	Writable(context.Context, ...cluster.Table) error
	writer
}

//go:embed action_drain.md
var drainDescription string

// drainTimeout is the default of timeout.
const drainTimeout = 30 * time.Minute

// NewDrain returns the action vicidial_server_drain.
func NewDrain() action.Action {
	return tfhelper.NewAction(tfhelper.Action[drainTopology, drainModel]{
		Name: "server_drain", Schema: drainSchema, Review: reviewDrain, Invoke: drain,
		Validate: func(m drainModel) diag.Diagnostics { return checkWaitTimes(m.Timeout, m.Interval, drainTimeout) },
		Failure:  func(m drainModel) (string, string) { return "Unable to drain server", m.ServerIP.ValueString() },
	})
}

type drainModel struct {
	ServerIP     types.String `tfsdk:"server_ip"`
	RemoteAgents types.Bool   `tfsdk:"remote_agents"`
	EvenIfLast   types.Bool   `tfsdk:"even_if_last"`
	Timeout      types.String `tfsdk:"timeout"`
	Interval     types.String `tfsdk:"interval"`
}

// remote reports whether remote agents are stopped, too.
func (m drainModel) remote() bool { return m.RemoteAgents.IsNull() || m.RemoteAgents.ValueBool() }

func drainSchema() schema.Schema {
	return schema.Schema{
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

// reviewDrain returns the errors of the invocation, and warnings of what a drain does not
// change.
func reviewDrain(ctx context.Context, s drainTopology, m drainModel) diag.Diagnostics {
	if m.ServerIP.IsUnknown() {
		return nil
	}
	at, ip := path.Root("server_ip"), m.ServerIP.ValueString()
	d, err := drainInput(ctx, s, m)
	if errors.Is(err, cluster.ErrNotFound) {
		return reviewMissing(ctx, s, ip)
	}
	var rows maintenance.DrainContext
	if err == nil {
		rows, err = drainContext(ctx, s)
	}
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the drain of server", ip, err)
	}
	var diags diag.Diagnostics
	if !m.EvenIfLast.IsUnknown() {
		diags.Append(tfhelper.DiagnoseAt(at, "Last server that agents can log in to", d.Refusal())...)
	}
	if warnings := d.Warnings(rows); len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Server "+d.Server.ID()+" is going to be drained", strings.Join(warnings, "\n"))...)
	}
	tables := []cluster.Table{cluster.TableServers}
	if m.remote() {
		tables = append(tables, cluster.TableRemoteAgents)
	}
	diags.Append(tfhelper.Diagnose("Unable to drain server", ip, s.Writable(ctx, tables...))...)
	return diags
}

// reviewMissing accepts a server that the same run is going to create.
func reviewMissing(ctx context.Context, f drainTopology, ip string) diag.Diagnostics {
	expected, err := f.ExpectedServers(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan server", ip, err)
	}
	if _, found := expected.ByIP(ip); found {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("server_ip"), "Unknown server",
		"No row of the table servers has the address "+ip+", and no resource of this configuration creates one.")}
}

// drainInput reads the input of the decision.
func drainInput(ctx context.Context, s drainTopology, m drainModel) (maintenance.Drain, error) {
	d := maintenance.Drain{EvenIfLast: m.EvenIfLast.ValueBool()}
	var err error
	if d.Servers, d.Server, err = find(ctx, s, m.ServerIP.ValueString()); err != nil {
		return d, err
	}
	if d.Alive, _, err = s.Alive(ctx); err != nil || !m.remote() {
		return d, err
	}
	d.RemoteAgents, err = s.RemoteAgents(ctx)
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

// drainContext reads the rows that a drain warns of but does not change.
func drainContext(ctx context.Context, s drainTopology) (maintenance.DrainContext, error) {
	var rows maintenance.DrainContext
	var err error
	if rows.Voicemail, err = s.VoicemailServer(ctx); err != nil {
		return rows, err
	}
	if rows.Carriers, err = s.CarrierRows(ctx); err != nil {
		return rows, err
	}
	rows.Phones, rows.Aliases, err = s.AgentPhones(ctx)
	return rows, err
}

// drain writes under the lock, and releases the lock before it waits.
func drain(ctx context.Context, s drainTopology, m drainModel, progress func(string)) error {
	d, err := applyDecision(ctx, s, "vicidial_server_drain", func(ctx context.Context) (maintenance.Drain, error) { return drainInput(ctx, s, m) })
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
		now, err := s.Activity(ctx, d.Server.IP())
		return watch.Update(now, err, waited)
	}, watch.Unfinished)
}
