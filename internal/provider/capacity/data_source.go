// Package capacity implements the data source vicidial_capacity: the measured load of
// each node and its dimensioning. Package forecast computes them.
package capacity

import (
	"context"
	_ "embed"
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	CapacityMeasurements(ctx context.Context, within time.Duration) ([]forecast.CapacityMeasurement, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("capacity", "Unable to measure capacity", newSchema, read)
}

//go:embed description.md
var description string

const defaultPeriod = 24 * time.Hour

type model struct {
	Hours      types.Int64          `tfsdk:"hours"`
	SingleBox  types.Bool           `tfsdk:"single_box_suffices"`
	AgentsPeak types.Int64          `tfsdk:"agents_peak"`
	LinesPeak  types.Int64          `tfsdk:"lines_peak"`
	Nodes      types.Int64          `tfsdk:"nodes_needed"`
	WebNodes   types.Int64          `tfsdk:"web_nodes_needed"`
	Findings   []string             `tfsdk:"findings"`
	Near       []string             `tfsdk:"near_limit"`
	Servers    map[string]nodeModel `tfsdk:"servers"`
}

type nodeModel struct {
	AgentsPeak    types.Int64   `tfsdk:"agents_peak"`
	LinesPeak     types.Int64   `tfsdk:"lines_peak"`
	AgentsCeiling types.Int64   `tfsdk:"agents_ceiling"`
	LinesCeiling  types.Int64   `tfsdk:"lines_ceiling"`
	LinesMeasured types.Int64   `tfsdk:"lines_ceiling_measured"`
	Hours         types.Float64 `tfsdk:"hours_measured"`
	UsePercent    types.Float64 `tfsdk:"use_percent"`
	Near          types.Bool    `tfsdk:"near_limit"`
	Why           types.String  `tfsdk:"why"`
}

// newSchema returns the period and the report.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"hours":               argument.Int("The period in hours for which `server_performance` is read, 1 to 744. Defaults to 24.", int64validator.Between(1, 744)),
			"single_box_suffices": computed.Bool("Whether one machine with all roles is enough for the peak: at most 15 agents and 75 lines, and one telephony node needed."),
			"agents_peak":         computed.Int("The sum of the peak numbers of agents of all nodes, also if the nodes had their peaks at different times."),
			"lines_peak":          computed.Int("The sum of the peak numbers of lines of all nodes."),
			"nodes_needed":        computed.Int("The number of telephony nodes that the peak load needs, by the guidance of ViciBox, or by a measured limit if that is lower."),
			"web_nodes_needed":    computed.Int("The number of web nodes that the peak load needs, by the guidance of ViciBox."),
			"findings":            computed.Texts("Explanations of the numbers, one sentence each."),
			"near_limit":          computed.Texts("The `server_ip` of nodes that use 80 percent or more of any ceiling, sorted."),
			"servers": computed.Objects("Every telephony node, by `server_ip`.", map[string]schema.Attribute{
				"agents_peak":            computed.Int("Agents at the peak, or now if that is more."),
				"lines_peak":             computed.Int("Lines at the peak, or now if that is more."),
				"agents_ceiling":         computed.Int("The largest number of agents for the node: the guidance, or its conference rooms if they are fewer."),
				"lines_ceiling":          computed.Int("The largest number of lines for the node: the guidance, or `max_vicidial_trunks` if that is less."),
				"lines_ceiling_measured": computed.Int("The number of lines at which the node's processor would be 70 percent busy, estimated from its busiest sample. Null if the node was too idle for an estimate, or does not log its performance."),
				"hours_measured":         computed.Float("Hours between the first and the last sample of the node in the period. Null without a sample: the node then counts with its present load."),
				"use_percent":            computed.Float("How much of its most used ceiling (agents or lines) the node uses, in percent. Null if that ceiling is 0 and something is used."),
				"near_limit":             computed.Bool("Whether `use_percent` is 80 or more."),
				"why":                    computed.Text("Which ceiling `use_percent` refers to."),
			}),
		},
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	within := defaultPeriod
	if !m.Hours.IsNull() {
		within = time.Duration(m.Hours.ValueInt64()) * time.Hour
	}
	measures, err := s.CapacityMeasurements(ctx, within)
	*m = m.withResult(forecast.NewCapacity(measures))
	return nil, err
}

func (m model) withResult(c forecast.Capacity) model {
	m.SingleBox = types.BoolValue(c.SingleBox)
	m.AgentsPeak, m.LinesPeak = tfhelper.Int64(c.AgentsPeak), tfhelper.Int64(c.LinesPeak)
	m.Nodes, m.WebNodes = tfhelper.Int64(c.NodesNeeded), tfhelper.Int64(c.WebNeeded)
	m.Findings = c.Findings
	m.Near = []string{}
	m.Servers = make(map[string]nodeModel, len(c.Nodes))
	for _, node := range c.Nodes {
		if node.Near {
			m.Near = append(m.Near, node.ServerIP)
		}
		n := nodeModel{
			AgentsPeak: tfhelper.Int64(node.AgentsPeak), LinesPeak: tfhelper.Int64(node.LinesPeak),
			AgentsCeiling: tfhelper.Int64(node.AgentsCeiling), LinesCeiling: tfhelper.Int64(node.LinesCeiling), LinesMeasured: types.Int64Null(),
			Hours: types.Float64Null(), UsePercent: types.Float64Null(), Near: types.BoolValue(node.Near), Why: types.StringValue(node.Reason),
		}
		if node.Hours > 0 {
			n.Hours = types.Float64Value(math.Round(node.Hours*10) / 10)
		}
		if node.LinesMeasured > 0 {
			n.LinesMeasured = tfhelper.Int64(node.LinesMeasured)
		}
		if !math.IsInf(node.Use, 0) {
			n.UsePercent = types.Float64Value(math.Round(node.Use*1000) / 10)
		}
		m.Servers[node.ServerIP] = n
	}
	return m
}
