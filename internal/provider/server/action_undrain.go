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

//go:embed action_undrain.md
var undrainDescription string

// NewUndrain returns the action vicidial_server_undrain.
func NewUndrain() action.Action {
	return tfhelper.NewAction(tfhelper.Action[drainTopology, undrainModel]{
		Name: "server_undrain", Schema: undrainSchema, Review: reviewUndrain, Invoke: undrain,
		Failure: func(m undrainModel) (string, string) { return "Unable to undrain server", m.ServerIP.ValueString() },
	})
}

type undrainModel struct {
	ServerIP     types.String `tfsdk:"server_ip"`
	Balance      types.Bool   `tfsdk:"balance"`
	RemoteAgents types.List   `tfsdk:"remote_agents"`
}

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

func undrainSchema() schema.Schema {
	return schema.Schema{
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

// reviewUndrain returns the errors of the invocation, and warnings if agents still cannot
// log in.
func reviewUndrain(ctx context.Context, s drainTopology, m undrainModel) diag.Diagnostics {
	if m.ServerIP.IsUnknown() {
		return nil
	}
	ip := m.ServerIP.ValueString()
	u, err := undrainInput(ctx, s, m)
	if errors.Is(err, cluster.ErrNotFound) {
		return reviewMissing(ctx, s, ip)
	}
	var alive []string
	if err == nil {
		alive, _, err = s.Alive(ctx)
	}
	if err != nil {
		return tfhelper.Diagnose("Unable to plan the undrain of server", ip, err)
	}
	var diags diag.Diagnostics
	for i, element := range m.RemoteAgents.Elements() {
		if first, ok := element.(types.String); ok && !first.IsUnknown() && !first.IsNull() {
			_, err := u.RemoteAgentsFrom(first.ValueString())
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
	diags.Append(tfhelper.Diagnose("Unable to undrain server", ip, s.Writable(ctx, tables...))...)
	return diags
}

// undrainInput reads the input of the decision.
func undrainInput(ctx context.Context, s drainTopology, m undrainModel) (maintenance.Undrain, error) {
	u := maintenance.Undrain{Wanted: knownTexts(m.RemoteAgents)}
	if !m.Balance.IsNull() && !m.Balance.IsUnknown() {
		u.Balance = m.Balance.ValueBoolPointer()
	}
	var err error
	if _, u.Server, err = find(ctx, s, m.ServerIP.ValueString()); err != nil || len(u.Wanted) == 0 {
		return u, err
	}
	u.RemoteAgents, err = s.RemoteAgents(ctx)
	return u, err
}

// undrain returns the server to work.
func undrain(ctx context.Context, s drainTopology, m undrainModel, progress func(string)) error {
	u, err := applyDecision(ctx, s, "vicidial_server_undrain", func(ctx context.Context) (maintenance.Undrain, error) { return undrainInput(ctx, s, m) })
	if err != nil {
		return err
	}
	report(progress, u.Summary(), u.Server.String()+" is already in use")
	return nil
}
