package charts

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg/svgtest"
)

func server(number, lines int) cluster.Server {
	return cluster.Server{Row: cluster.Row{
		"server_id": cluster.Text(fmt.Sprintf("dial%d", number)), "server_ip": cluster.Text(fmt.Sprintf("10.10.20.%d", 10+number)),
		"max_vicidial_trunks": cluster.Number(int64(lines)), "active": cluster.YesNo(true), "active_asterisk_server": cluster.YesNo(true),
		"vicidial_balance_active": cluster.YesNo(number%3 == 0), "outbound_calls_per_second": cluster.Number(20), "active_agent_login_server": cluster.YesNo(true),
	}}
}

// someServers are telephony nodes.
func someServers(nodes int) cluster.Servers {
	var servers cluster.Servers
	for i := range nodes {
		servers = append(servers, server(i+1, 250))
	}
	return servers
}

// aForecast is one of a cluster in which limits starve SALES, and the balance fill helps
// SURVEY.
func aForecast(nodes int) (cluster.Servers, forecast.Forecast) {
	in := forecast.Input{Servers: someServers(nodes), FillCallsPerSecond: 40, Schema: 1720}
	for _, id := range []string{"RENEWALS", "SALES", "SUPPORT", "SURVEY"} {
		in.Campaigns = append(in.Campaigns, forecast.Campaign{ID: id, Active: true, Unpaused: true})
	}
	for i, server := range in.Servers {
		in.Trunks = append(in.Trunks,
			cluster.Trunk{ServerIP: server.IP(), CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 120, Restriction: cluster.MaximumLimit}},
			cluster.Trunk{ServerIP: server.IP(), CampaignID: "SURVEY", Limit: cluster.Limit{Dedicated: 40, Restriction: cluster.MaximumLimit}})
		in.Goals = append(in.Goals, forecast.Goal{ServerIP: server.IP(), Campaign: "SALES", Lines: 100 + 15*(i%4)}, forecast.Goal{ServerIP: server.IP(), Campaign: "SUPPORT", Lines: 30})
		if i%3 == 1 {
			in.Goals = append(in.Goals, forecast.Goal{ServerIP: server.IP(), Campaign: "SURVEY", Lines: 60}, forecast.Goal{ServerIP: server.IP(), Campaign: "RENEWALS", Lines: 45})
		}
	}
	return in.Servers, forecast.New(in)
}

// aPlan is one of a cluster with two nodes for each seat; the last node has seats of its
// own, and lines that the others cannot carry.
func aPlan(t *testing.T, nodes int) (cluster.Servers, forecast.FailoverPlan) {
	t.Helper()
	servers := someServers(nodes)
	in := forecast.FailoverInput{
		Campaigns:    []forecast.FailoverCampaign{{ID: "SALES", Lines: 118 * (nodes - 1)}, {ID: "SURVEY", Lines: 20 * nodes}},
		Inbound:      []cluster.CarrierServers{{Name: "TELCO", Servers: servers.IPs()}, {Name: "NUMBERS", Servers: []string{servers[0].IP()}}},
		WebNodes:     []string{"web1", "web2"},
		Replica:      "10.10.10.6",
		Duties:       map[string]string{"balance_fill": servers[0].IP()},
		SoundsServer: servers[nodes-1].IP(),
	}
	for i, server := range servers {
		in.Servers = append(in.Servers, forecast.FailoverServer{Server: server, Rooms: 300})
		limit := 120
		if i == nodes-1 {
			limit = 200
		}
		in.Trunks = append(in.Trunks,
			cluster.Trunk{ServerIP: server.IP(), CampaignID: "SALES", Limit: cluster.Limit{Dedicated: limit, Restriction: cluster.MaximumLimit}},
			cluster.Trunk{ServerIP: server.IP(), CampaignID: "SURVEY", Limit: cluster.Limit{Dedicated: 40, Restriction: cluster.MaximumLimit}})
		for seat := range 25 {
			id := fmt.Sprintf("%d", 2000+25*i+seat)
			phones := []cluster.LoginPhone{{Login: id + "a", ServerIP: server.IP(), Usable: true}, {Login: id + "b", ServerIP: servers[(i+1+seat%max(1, nodes-1))%nodes].IP(), Usable: true}}
			if i == nodes-1 && seat < 3 {
				phones = phones[:1]
			}
			in.Seats = append(in.Seats, cluster.LoginSeat{ID: id, Phones: phones})
		}
	}
	plan, err := forecast.NewFailoverPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return servers, plan
}

// anEvilForecast and anEvilPlan have labels that would break the document.
const evil = "\"]; --> <script>alert('x')</script> & \\N\n\tline\x00\x1b[31m\u202e\xff"

func anEvilForecast() (cluster.Servers, forecast.Forecast) {
	row := server(1, 10)
	row.Row["server_id"], row.Row["server_ip"] = cluster.Text(evil), cluster.Text(evil)
	f := forecast.Forecast{Shortfalls: []string{evil, strings.Repeat(evil, 9)}, Nodes: []forecast.Node{{ServerIP: evil, Lines: 99_999, OverMaximum: 99_989}, {ServerIP: "of no server", Lines: 1}}}
	for i := range 14 {
		campaign := fmt.Sprint(i, evil)
		f.Campaigns = append(f.Campaigns, forecast.Total{Campaign: campaign, Goal: 65_535, Missing: 65_000, Filled: 65_535, Reasons: []string{evil}})
		f.Local = append(f.Local, forecast.Local{ServerIP: evil, Campaign: campaign, Goal: 65_535, Place: 65_000})
		f.Fill = append(f.Fill, forecast.Fill{ServerIP: evil, Campaign: campaign, Place: 32_767})
	}
	return cluster.Servers{row}, f
}

func anEvilPlan() (cluster.Servers, forecast.FailoverPlan) {
	row := server(1, 10)
	row.Row["server_id"], row.Row["server_ip"] = cluster.Text(evil), cluster.Text(evil)
	loss := forecast.FailoverLoss{
		Lost: []string{evil, "b"}, Reasons: []string{evil, strings.Repeat(evil, 9)}, ToDo: []string{evil}, Stranded: []string{evil, "2000"}, Inbound: []string{evil},
		Seats: []forecast.FailoverSeats{{ServerIP: evil, Agents: 99_999, Arrived: 99_999}}, Campaigns: []forecast.FailoverLines{{Campaign: evil, Needed: 99_999}}, AgentsCut: 99_999, CallsCut: 99_999, CallsPerSecond: 1e9,
	}
	today := loss
	today.Lost = nil
	return cluster.Servers{row}, forecast.FailoverPlan{
		Today: today, Losses: []forecast.FailoverLoss{loss, loss}, Machines: []forecast.MachineLoss{{Role: evil, Name: evil, Reasons: []string{evil, evil, evil, evil}, ToDo: []string{evil}}},
	}
}

func TestCharts_matchGoldenFiles(t *testing.T) {
	for _, nodes := range []int{3, 12, 40} {
		svgtest.Golden(t, fmt.Sprintf("forecast-%d.svg", nodes), Forecast(aForecast(nodes)))
		svgtest.Golden(t, fmt.Sprintf("failover-%d.svg", nodes), Failover(aPlan(t, nodes)))
	}
	svgtest.Golden(t, "../../../../docs/pictures/forecast.svg", Forecast(aForecast(3)))
	svgtest.Golden(t, "../../../../docs/pictures/failover.svg", Failover(aPlan(t, 3)))
	svgtest.Golden(t, "forecast-hostile.svg", Forecast(anEvilForecast()))
	svgtest.Golden(t, "failover-hostile.svg", Failover(anEvilPlan()))
}

func TestCharts_areXMLAndLabelsDoNotOverlap(t *testing.T) {
	for _, nodes := range []int{1, 2, 3, 12, 40} {
		svgtest.Check(t, Forecast(aForecast(nodes)))
		svgtest.Check(t, Failover(aPlan(t, nodes)))
	}
	svgtest.Check(t, Forecast(nil, forecast.Forecast{}))
	svgtest.Check(t, Failover(nil, forecast.FailoverPlan{}))
	svgtest.Check(t, Forecast(anEvilForecast()))
	svgtest.Check(t, Failover(anEvilPlan()))
	rapid.Check(t, func(t *rapid.T) {
		servers, label := someServers(rapid.IntRange(0, 6).Draw(t, "servers")), rapid.StringMatching(`[A-Za-z0-9_.Ä-]{0,40}`)
		number := rapid.IntRange(0, 99_999)
		var f forecast.Forecast
		var plan forecast.FailoverPlan
		for range rapid.IntRange(0, 9).Draw(t, "campaigns") {
			total := forecast.Total{Campaign: label.Draw(t, "campaign"), Goal: number.Draw(t, "goal"), Missing: number.Draw(t, "missing"), Filled: number.Draw(t, "filled")}
			f.Campaigns = append(f.Campaigns, total)
			for _, s := range servers {
				f.Local = append(f.Local, forecast.Local{ServerIP: s.IP(), Campaign: total.Campaign, Goal: number.Draw(t, "wanted"), Place: number.Draw(t, "placed")})
				f.Fill = append(f.Fill, forecast.Fill{ServerIP: s.IP(), Campaign: total.Campaign, Place: number.Draw(t, "fill")})
			}
		}
		for _, s := range servers {
			f.Nodes = append(f.Nodes, forecast.Node{ServerIP: s.IP(), Lines: number.Draw(t, "lines"), OverMaximum: number.Draw(t, "over")})
			loss := forecast.FailoverLoss{
				Lost: []string{s.IP()}, Survivable: rapid.Bool().Draw(t, "survivable"), Reasons: rapid.SliceOfN(label, 0, 5).Draw(t, "reasons"), ToDo: rapid.SliceOfN(label, 0, 5).Draw(t, "to do"),
				Stranded: rapid.SliceOfN(label, 0, 5).Draw(t, "stranded"), Inbound: rapid.SliceOfN(label, 0, 3).Draw(t, "inbound"), AgentsCut: number.Draw(t, "agents"), CallsCut: number.Draw(t, "calls"),
			}
			for _, other := range servers {
				loss.Seats = append(loss.Seats, forecast.FailoverSeats{ServerIP: other.IP(), Arrived: number.Draw(t, "arrived")})
			}
			plan.Losses = append(plan.Losses, loss)
		}
		svgtest.Check(t, Forecast(servers, f))
		svgtest.Check(t, Failover(servers, plan))
	})
}
