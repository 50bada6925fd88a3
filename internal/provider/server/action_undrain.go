package server

import (
	"context"
	_ "embed"
	"errors"
	"strings"

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

var (
	_ action.ActionWithConfigure  = (*Undrain)(nil)
	_ action.ActionWithModifyPlan = (*Undrain)(nil)
)

//go:embed action_undrain.md
var undrainDescription string

// Undrain is the action vicidial_server_undrain.
type Undrain struct{ store drainTopology }

func NewUndrain() action.Action { return &Undrain{} }

type undrainModel struct {
	ServerIP     types.String `tfsdk:"server_ip"`
	Balance      types.Bool   `tfsdk:"balance"`
	RemoteAgents types.List   `tfsdk:"remote_agents"`
}

// wanted returns the first users of the ranges to activate, without unknown values.
func (m undrainModel) wanted() []string { return knownTexts(m.RemoteAgents) }

// knownTexts returns the strings of a list, without unknown values.
func knownTexts(list types.List) []string {
	var texts []string
	for _, element := range list.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() && !text.IsNull() {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

func (a *Undrain) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_server_undrain"
}

func (a *Undrain) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: undrainDescription,
		Attributes: map[string]schema.Attribute{
			"server_ip": serverIPAttribute(),
			"balance": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "`vicidial_balance_active`: whether the server takes balance calls after this action. If you leave it out, the column stays as it is.",
			},
			"remote_agents": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "First users (`user_start`) of the ranges of remote agents on the server that are set `ACTIVE`. If you leave it out, none is changed.",
				Validators:          []validator.List{listvalidator.UniqueValues(), listvalidator.NoNullValues()},
			},
		},
	}
}

func (a *Undrain) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &a.store)...)
}

// ModifyPlan returns the errors of the invocation, and warnings if agents still cannot
// log in.
func (a *Undrain) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m, ok := tfhelper.Get[undrainModel](ctx, req.Config, &resp.Diagnostics)
	if ok && a.store != nil && !m.ServerIP.IsUnknown() {
		resp.Diagnostics.Append(a.review(ctx, m)...)
	}
}

// Invoke returns the server to work.
func (a *Undrain) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if m, ok := tfhelper.Get[undrainModel](ctx, req.Config, &resp.Diagnostics); ok {
		err := a.undrain(ctx, m, tfhelper.Progress(ctx, resp))
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to undrain server", m.ServerIP.ValueString(), err)...)
	}
}

func (a *Undrain) review(ctx context.Context, m undrainModel) diag.Diagnostics {
	ip := m.ServerIP.ValueString()
	u, err := a.input(ctx, m)
	if errors.Is(err, cluster.ErrNotFound) {
		return reviewMissing(ctx, a.store, ip)
	}
	var alive []string
	if err == nil {
		alive, _, err = a.store.Alive(ctx)
	}
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the undrain of server", ip, err)
	}
	var diags diag.Diagnostics
	for i, element := range m.RemoteAgents.Elements() {
		if first, ok := element.(types.String); ok && !first.IsUnknown() && !first.IsNull() {
			_, err := u.Run(first.ValueString())
			diags.Append(tfhelper.DiagnoseAt(path.Root("remote_agents").AtListIndex(i), "Unknown remote agents", err)...)
		}
	}
	if warnings := u.Warnings(alive); len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("server_ip"), "Server "+u.Server.ID()+" is going to be undrained", strings.Join(warnings, "\n"))...)
	}
	tables := []cluster.Table{cluster.TableServers}
	if len(u.Wanted) > 0 {
		tables = append(tables, cluster.TableRemoteAgents)
	}
	diags.Append(tfhelper.Diagnose("Unable to undrain server", ip, a.store.Writable(ctx, tables...))...)
	return diags
}

// input reads the input of the decision.
func (a *Undrain) input(ctx context.Context, m undrainModel) (maintenance.Undrain, error) {
	u := maintenance.Undrain{Wanted: m.wanted()}
	if !m.Balance.IsNull() && !m.Balance.IsUnknown() {
		u.Balance = m.Balance.ValueBoolPointer()
	}
	var err error
	if _, u.Server, err = find(ctx, a.store, m.ServerIP.ValueString()); err != nil || len(u.Wanted) == 0 {
		return u, err
	}
	u.RemoteAgents, err = a.store.RemoteAgents(ctx)
	return u, err
}

func (a *Undrain) undrain(ctx context.Context, m undrainModel, progress func(string)) error {
	if a.store == nil {
		return tfhelper.ErrUnconfigured
	}
	u, err := applyDecision(ctx, a.store, "vicidial_server_undrain", func(ctx context.Context) (maintenance.Undrain, error) { return a.input(ctx, m) })
	if err != nil {
		return err
	}
	report(progress, u.Summary(), u.Server.String()+" is already in use")
	return nil
}
