// Package carriers implements the data source vicidial_carriers.
package carriers

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	CarrierRows(context.Context) ([]cluster.CarrierRow, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("carriers", "Unable to read carriers", newSchema, read)
}

//go:embed description.md
var description string

type model struct {
	Active     types.Bool              `tfsdk:"active"`
	Inbound    types.Bool              `tfsdk:"inbound"`
	Protocol   types.String            `tfsdk:"protocol"`
	ServerIP   types.String            `tfsdk:"server_ip"`
	CarrierID  types.String            `tfsdk:"carrier_id_matches"`
	CarrierIDs []string                `tfsdk:"carrier_ids"`
	Carriers   map[string]carrierModel `tfsdk:"carriers"`
}

type carrierModel struct {
	Name       types.String `tfsdk:"carrier_name"`
	Protocol   types.String `tfsdk:"protocol"`
	TemplateID types.String `tfsdk:"template_id"`
	ServerIP   types.String `tfsdk:"server_ip"`
	Active     types.Bool   `tfsdk:"active"`
	Inbound    types.Bool   `tfsdk:"inbound"`
	Outbound   types.Bool   `tfsdk:"outbound"`
}

// newSchema returns the filters and the results.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"active":             argument.Bool("`true`: only active carriers; `false`: only inactive ones. Without it: both."),
			"inbound":            argument.Bool("Only carriers whose account entry or template sends calls into `trunkinbound`, or with `false` only those that do not."),
			"protocol":           argument.Text("Only carriers of this protocol: `SIP`, `PJSIP`, `PJSIP_WIZ`, `IAX2`, `Zap` or `EXTERNAL`."),
			"server_ip":          argument.Text("Only carriers that are on this server, including those on all servers (`0.0.0.0`)."),
			"carrier_id_matches": argument.Text("Only carriers whose `carrier_id` matches this regular expression (RE2), without regard to case.", tfhelper.IsRegexp()),
			"carrier_ids":        computed.Texts("The `carrier_id` of every carrier found, sorted."),
			"carriers": computed.Objects("The carriers found, by `carrier_id`.", map[string]schema.Attribute{
				"carrier_name": computed.Text("Display name. Copies of one carrier for several servers have the same."),
				"protocol":     computed.Text("Protocol. Only `SIP`, `PJSIP`, `PJSIP_WIZ` and `IAX2` are generated."),
				"template_id":  computed.Text("Configuration template; empty or `--NONE--` for none."),
				"server_ip":    computed.Text("Server that the carrier is on; `0.0.0.0` means all."),
				"active":       computed.Bool("Whether the carrier is generated. The admin page adds carriers as inactive."),
				"inbound":      computed.Bool("Whether its account entry, or its template, has `context=trunkinbound`, without which inbound calls are lost."),
				"outbound":     computed.Bool("Whether its dialplan entry dials."),
			}),
		},
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	rows, err := s.CarrierRows(ctx)
	*m = m.withResult(rows)
	return nil, err
}

func (m model) withResult(rows []cluster.CarrierRow) model {
	m.Carriers = make(map[string]carrierModel)
	m.CarrierIDs = []string{}
	for _, row := range rows { // sorted by carrier_id
		if !m.matches(row) {
			continue
		}
		m.CarrierIDs = append(m.CarrierIDs, row.ID)
		m.Carriers[row.ID] = carrierModel{
			Name: types.StringValue(row.Name), Protocol: types.StringValue(row.Protocol), TemplateID: types.StringValue(row.TemplateID),
			ServerIP: types.StringValue(row.ServerIP), Active: types.BoolValue(row.Active), Inbound: types.BoolValue(row.Inbound), Outbound: types.BoolValue(row.Outbound),
		}
	}
	return m
}

func (m model) matches(row cluster.CarrierRow) bool {
	return (m.Active.IsNull() || m.Active.ValueBool() == row.Active) &&
		(m.Inbound.IsNull() || m.Inbound.ValueBool() == row.Inbound) &&
		(m.Protocol.IsNull() || m.Protocol.ValueString() == row.Protocol) &&
		(m.ServerIP.IsNull() || row.ServerIP == cluster.AllServers || m.ServerIP.ValueString() == row.ServerIP) &&
		tfhelper.MatchesRegexp(m.CarrierID, row.ID)
}
