package dialforecast

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/charts"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	Goals       map[string]map[string]int64 `tfsdk:"goals"`
	ServeOrder  []string                    `tfsdk:"serve_order"`
	Live        types.Bool                  `tfsdk:"live"`
	BalanceFill types.Bool                  `tfsdk:"balance_fill"`
	Shortfalls  []string                    `tfsdk:"shortfalls"`
	Campaigns   map[string]campaignModel    `tfsdk:"campaigns"`
	Servers     map[string]serverModel      `tfsdk:"servers"`
	FillSeconds types.Float64               `tfsdk:"fill_seconds"`
	SVG         types.String                `tfsdk:"svg"`
}

type campaignModel struct {
	Goal      types.Int64      `tfsdk:"goal"`
	Lines     types.Int64      `tfsdk:"lines"`
	Missing   types.Int64      `tfsdk:"missing"`
	Shortage  types.Int64      `tfsdk:"shortage"`
	Filled    types.Int64      `tfsdk:"filled"`
	Placed    map[string]int64 `tfsdk:"lines_placed"`
	Fills     map[string]int64 `tfsdk:"fill_placed"`
	Shortages map[string]int64 `tfsdk:"local_shortages"`
}

type serverModel struct {
	Lines          types.Int64   `tfsdk:"lines"`
	OverMaximum    types.Int64   `tfsdk:"over_maximum"`
	CallsPerSecond types.Float64 `tfsdk:"calls_per_second"`
	Seconds        types.Float64 `tfsdk:"seconds"`
}

func (m model) withResult(servers cluster.Servers, forecast forecast.Forecast) model {
	m.Shortfalls = forecast.Shortfalls
	if m.Shortfalls == nil {
		m.Shortfalls = []string{}
	}
	m.Campaigns = make(map[string]campaignModel, len(forecast.Campaigns))
	for _, total := range forecast.Campaigns {
		campaign := campaignModel{
			Goal: tfhelper.Int64(total.Goal), Lines: tfhelper.Int64(total.Lines), Missing: tfhelper.Int64(total.Missing), Shortage: tfhelper.Int64(total.Shortage), Filled: tfhelper.Int64(total.Filled),
			Placed: map[string]int64{}, Fills: map[string]int64{}, Shortages: map[string]int64{},
		}
		for _, local := range forecast.Local {
			if local.Campaign == total.Campaign {
				campaign.Placed[local.ServerIP] = int64(local.Place)
				campaign.Shortages[local.ServerIP] = int64(local.Shortage)
			}
		}
		for _, fill := range forecast.Fill {
			if fill.Campaign == total.Campaign {
				campaign.Fills[fill.ServerIP] = int64(fill.Place)
			}
		}
		m.Campaigns[total.Campaign] = campaign
	}
	m.Servers = make(map[string]serverModel, len(forecast.Nodes))
	for _, node := range forecast.Nodes {
		m.Servers[node.ServerIP] = serverModel{
			Lines: tfhelper.Int64(node.Lines), OverMaximum: tfhelper.Int64(node.OverMaximum),
			CallsPerSecond: types.Float64Value(node.CallsPerSecond), Seconds: types.Float64Value(node.Seconds),
		}
	}
	m.FillSeconds = types.Float64Value(forecast.FillSeconds)
	m.SVG = types.StringValue(string(charts.Forecast(servers, forecast)))
	return m
}
