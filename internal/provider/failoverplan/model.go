package failoverplan

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/charts"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	Campaigns      map[string]int64  `tfsdk:"campaigns"`
	CallsPerSecond types.Int64       `tfsdk:"calls_per_second"`
	LostAtOnce     types.Int64       `tfsdk:"lost_at_once"`
	Live           types.Bool        `tfsdk:"live"`
	PinnedPhones   types.Bool        `tfsdk:"pinned_phones"`
	BalanceFill    types.Bool        `tfsdk:"balance_fill"`
	Duties         map[string]string `tfsdk:"duties"`
	WebNodes       []string          `tfsdk:"web_nodes"`
	Survivable     types.Bool        `tfsdk:"survivable"`
	Table          types.String      `tfsdk:"table"`
	SVG            types.String      `tfsdk:"svg"`
	Today          *todayModel       `tfsdk:"today"`
	Losses         []lossModel       `tfsdk:"losses"`
	Machines       []machineModel    `tfsdk:"machines"`
}

type machineModel struct {
	Role       types.String `tfsdk:"role"`
	Name       types.String `tfsdk:"name"`
	Survivable types.Bool   `tfsdk:"survivable"`
	Reasons    []string     `tfsdk:"reasons"`
	ToDo       []string     `tfsdk:"to_do"`
}

type todayModel struct {
	Survivable     types.Bool       `tfsdk:"survivable"`
	Reasons        []string         `tfsdk:"reasons"`
	ToDo           []string         `tfsdk:"to_do"`
	Agents         map[string]int64 `tfsdk:"agents_per_server"`
	Arrivals       map[string]int64 `tfsdk:"arrivals"`
	StrandedSeats  []string         `tfsdk:"stranded_seats"`
	Stranded       types.Int64      `tfsdk:"stranded"`
	Lines          map[string]int64 `tfsdk:"lines"`
	CallsPerSecond types.Float64    `tfsdk:"calls_per_second"`
	InboundClosed  []string         `tfsdk:"inbound_closed"`
	AgentsCut      types.Int64      `tfsdk:"agents_cut"`
	CallsCut       types.Int64      `tfsdk:"calls_cut"`
}

type lossModel struct {
	todayModel
	Lost []string `tfsdk:"lost"`
}

func (m model) withResult(in forecast.FailoverInput, plan forecast.FailoverPlan) model {
	servers := make(cluster.Servers, 0, len(in.Servers))
	for _, server := range in.Servers {
		servers = append(servers, server.Server)
	}
	names := servers.IDsByIP()
	m.Survivable = types.BoolValue(plan.Survivable)
	m.Table = types.StringValue(plan.Table(func(ip string) string { return names[ip] }))
	m.SVG = types.StringValue(string(charts.Failover(servers, plan)))
	today := newTodayModel(plan.Today)
	m.Today = &today
	m.Losses = make([]lossModel, 0, len(plan.Losses))
	for _, loss := range plan.Losses {
		m.Losses = append(m.Losses, lossModel{todayModel: newTodayModel(loss), Lost: loss.Lost})
	}
	m.Machines = make([]machineModel, 0, len(plan.Machines))
	for _, machine := range plan.Machines {
		m.Machines = append(m.Machines, machineModel{
			Role: types.StringValue(machine.Role), Name: types.StringValue(machine.Name), Survivable: types.BoolValue(machine.Survivable),
			Reasons: notNil(machine.Reasons), ToDo: notNil(machine.ToDo),
		})
	}
	return m
}

func newTodayModel(loss forecast.FailoverLoss) todayModel {
	m := todayModel{
		Survivable: types.BoolValue(loss.Survivable), Reasons: notNil(loss.Reasons), ToDo: notNil(loss.ToDo),
		Agents: map[string]int64{}, Arrivals: map[string]int64{}, Lines: map[string]int64{},
		StrandedSeats: notNil(cluster.Runs(loss.Stranded)), Stranded: tfhelper.Int64(len(loss.Stranded)),
		CallsPerSecond: types.Float64Value(loss.CallsPerSecond), InboundClosed: notNil(loss.Inbound),
		AgentsCut: tfhelper.Int64(loss.AgentsCut), CallsCut: tfhelper.Int64(loss.CallsCut),
	}
	for _, seats := range loss.Seats {
		m.Agents[seats.ServerIP] = int64(seats.Agents)
		if seats.Arrived > 0 {
			m.Arrivals[seats.ServerIP] = int64(seats.Arrived)
		}
	}
	for _, campaign := range loss.Campaigns {
		m.Lines[campaign.Campaign] = int64(campaign.Carried)
	}
	return m
}

// notNil returns an empty list for nil, which Terraform would show as null.
func notNil(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
