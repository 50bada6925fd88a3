package forecast

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const (
	dial1 = "10.0.0.1"
	dial2 = "10.0.0.2"
	dial3 = "10.0.0.3"
)

// aServer is the test's part of a row of servers.
type aServer struct {
	IP                                                string
	MaxTrunks, CallsPerSecond, BalanceRank, OffLimits int
	Balance                                           bool
}

func (s aServer) row() cluster.Server {
	return cluster.Server{Row: cluster.Row{
		"server_id": cluster.Text("dial" + s.IP[len(s.IP)-1:]), "server_ip": cluster.Text(s.IP),
		"max_vicidial_trunks": cluster.Number(int64(s.MaxTrunks)), "outbound_calls_per_second": cluster.Number(int64(s.CallsPerSecond)),
		"vicidial_balance_active": cluster.YesNo(s.Balance), "vicidial_balance_rank": cluster.Number(int64(s.BalanceRank)),
		"balance_trunks_offlimits": cluster.Number(int64(s.OffLimits)),
	}}
}

func aForecastCampaign(id string) Campaign {
	return Campaign{ID: id, Active: true, Unpaused: true}
}

// aForecast is one server of 100 lines that does not balance, and campaigns
// A, B and C without rows.
func aForecast() Input {
	return Input{
		Servers:            cluster.Servers{aServer{IP: dial1, MaxTrunks: 100, CallsPerSecond: 20}.row()},
		Campaigns:          []Campaign{aForecastCampaign("A"), aForecastCampaign("B"), aForecastCampaign("C")},
		FillCallsPerSecond: 10,
		Schema:             1720,
	}
}

func wantLocal(t *testing.T, f Forecast, server, campaign string, place, shortage int) {
	t.Helper()
	for _, line := range f.Local {
		if line.ServerIP == server && line.Campaign == campaign {
			if line.Place != place || line.Shortage != shortage {
				t.Errorf("%s on %s: places %d with a shortage of %d, want %d and %d (%+v)",
					campaign, server, line.Place, line.Shortage, place, shortage, line)
			}
			return
		}
	}
	t.Errorf("%s is not dialed on %s", campaign, server)
}

func wantFill(t *testing.T, f Forecast, server, campaign string, place int) {
	t.Helper()
	for _, fill := range f.Fill {
		if fill.ServerIP == server && fill.Campaign == campaign {
			if fill.Place != place {
				t.Errorf("fill of %s on %s: places %d, want %d (%+v)", campaign, server, fill.Place, place, fill)
			}
			return
		}
	}
	t.Errorf("the fill does not ask %s for %s", server, campaign)
}

// The sentences of docs/vicidial/dialer.md#trunk-limits.
func TestForecast_consequences(t *testing.T) {
	t.Run("OVERFLOW_ALLOWED withholds its lines from every other campaign and does not cap its own", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 30}}}
		in.Goals = []Goal{{dial1, "A", 60}}
		f := New(in)
		// A alone: no limit; others = 0, allowed = 100; 0 + 60 <= 100, so all 60.
		wantLocal(t, f, dial1, "A", 60, 0)

		in.Goals = []Goal{{dial1, "B", 90}}
		f = New(in)
		// B alone: others = 30, allowed = 70; 0 + 90 > 70, so 70 and a shortage of 20.
		wantLocal(t, f, dial1, "B", 70, 20)
	})

	t.Run("OVERFLOW_ALLOWED guarantees nothing beyond what it withholds", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 30}}}
		in.Goals = []Goal{{dial1, "B", 70}, {dial1, "A", 60}}
		f := New(in)
		// B first: allowed 70, active 0, 70 placed. A: allowed 100, active 70,
		// 70+60 = 130 > 100: step 4 cuts to 30, shortage 30; step 6 says the same.
		wantLocal(t, f, dial1, "B", 70, 0)
		wantLocal(t, f, dial1, "A", 30, 30)
	})

	t.Run("MAXIMUM_LIMIT 0 keeps a campaign off a server, and the fill places its lines", func(t *testing.T) {
		in := aForecast()
		in.Servers = append(in.Servers, aServer{IP: dial2, MaxTrunks: 50, Balance: true}.row())
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 0, Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 40}}
		f := New(in)
		// limit 0 < goal 40: place 0-0, shortage 40-0. The fill has 50 lines free on dial2.
		wantLocal(t, f, dial1, "A", 0, 40)
		wantFill(t, f, dial2, "A", 40)
		if got := f.campaign("A"); got.Missing != 0 || got.Filled != 40 {
			t.Errorf("A: %+v", got)
		}
	})

	t.Run("without rows the first that comes is served first, up to the maximum", func(t *testing.T) {
		in := aForecast()
		in.Goals = []Goal{{dial1, "B", 80}, {dial1, "A", 50}}
		f := New(in)
		// B: 0+80 <= 100: 80. A: 80+50 = 130 > 100: cut to 20, shortage 30.
		wantLocal(t, f, dial1, "B", 80, 0)
		wantLocal(t, f, dial1, "A", 20, 30)
	})

	t.Run("reserved lines are withheld while their campaign is inactive or has no agents", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Dedicated: 60}}}
		in.Campaigns = []Campaign{aForecastCampaign("A"), {ID: "B"}}
		in.Goals = []Goal{{dial1, "A", 100}}
		// B reserves 60: allowed 40; 0+100 > 40: 40 placed, shortage 60.
		wantLocal(t, New(in), dial1, "A", 40, 60)

		in.Goals = []Goal{{dial1, "B", 30}, {dial1, "A", 100}}
		f := New(in)
		wantLocal(t, f, dial1, "B", 0, 0) // inactive: its goal is 0
		wantLocal(t, f, dial1, "A", 40, 60)
	})

	t.Run("inbound and transferred calls use lines up as well", func(t *testing.T) {
		in := aForecast()
		in.InUse = []Lines{{ServerIP: dial1, Campaign: "SUPPORT", Local: 70}}
		in.Goals = []Goal{{dial1, "A", 50}}
		// 70+50 = 120 > 100: cut to 30, shortage 20.
		wantLocal(t, New(in), dial1, "A", 30, 20)
	})

	t.Run("a call in an IVR is a line of the server and none of its campaign", func(t *testing.T) {
		in := aForecast()
		in.InUse = []Lines{{ServerIP: dial1, Campaign: "A", Local: 10, IVR: 30, Ended: 5}}
		in.Goals = []Goal{{dial1, "A", 80}}
		// A has 10: wanted 70; active 10+30 = 40; 40+70 = 110 > 100: cut to 60,
		// shortage 10. The 5 that have ended are no lines.
		wantLocal(t, New(in), dial1, "A", 60, 10)
	})

	t.Run("reservations are counted twice: half a server idles while a campaign gets nothing", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Dedicated: 50}}}
		in.InUse = []Lines{{ServerIP: dial1, Campaign: "B", Local: 50}}
		in.Goals = []Goal{{dial1, "C", 40}}
		f := New(in)
		// allowed = 100-50 = 50; active = 50; 50+40 = 90 > 50: 50-50 = 0 placed,
		// shortage 90-50 = 40, though 50 lines are idle.
		wantLocal(t, f, dial1, "C", 0, 40)
		if f.Nodes[0].Lines != 50 {
			t.Errorf("%d lines are up, want 50", f.Nodes[0].Lines)
		}
		if len(f.Shortfalls) != 1 || !strings.Contains(f.Shortfalls[0], "stops at 50 lines in use by anybody") {
			t.Errorf("the reason is not told: %q", f.Shortfalls)
		}
	})

	t.Run("a campaign without a limit stops at the maximum less the reservations of others", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 20, Restriction: cluster.MaximumLimit}}, {ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Dedicated: 30}}}
		in.InUse = []Lines{{ServerIP: dial1, Campaign: "C", Local: 10}, {ServerIP: dial1, Campaign: "A", Local: 20}}
		in.Goals = []Goal{{dial1, "C", 60}}
		// allowed 100-20-30 = 50, active 30, C has 10: wanted 50, 30+50 = 80 > 50:
		// 20 placed, shortage min(30, 50) = 30.
		wantLocal(t, New(in), dial1, "C", 20, 30)
	})
}

// What was measured on a running VICIdial, docs/vicidial/measured.md#dialing.
func TestForecast_measured(t *testing.T) {
	t.Run("a MAXIMUM_LIMIT above the maximum is not capped: 15 calls on a server of 12", func(t *testing.T) {
		in := aForecast()
		in.Servers[0].Row["max_vicidial_trunks"] = cluster.Number(12)
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 15, Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 20}}
		f := New(in)
		// Step 4: 0+20 > 12: place 12, shortage 8. Step 5: 15 < 20: place 15-0, shortage 5.
		wantLocal(t, f, dial1, "A", 15, 5)
		if f.Nodes[0].OverMaximum != 3 {
			t.Errorf("over the maximum by %d, want 3", f.Nodes[0].OverMaximum)
		}
	})

	t.Run("a MAXIMUM_LIMIT that the goal does not reach leaves step 4 in force", func(t *testing.T) {
		in := aForecast()
		in.Servers[0].Row["max_vicidial_trunks"] = cluster.Number(12)
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 20, Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 20}}
		wantLocal(t, New(in), dial1, "A", 12, 8) // 20 < 20 is false
	})

	t.Run("limits that sum above the maximum push the server past it", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{
			{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 60, Restriction: cluster.MaximumLimit}},
			{ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Dedicated: 60, Restriction: cluster.MaximumLimit}},
		}
		in.Goals = []Goal{{dial1, "A", 80}, {dial1, "B", 80}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 60, 20)
		wantLocal(t, f, dial1, "B", 60, 20) // step 4 said 40; step 5 says 60
		if f.Nodes[0].Lines != 120 || f.Nodes[0].OverMaximum != 20 {
			t.Errorf("%+v", f.Nodes[0])
		}
	})

	t.Run("of duplicate rows 10 and 3 the last limits, and others lose 13", func(t *testing.T) {
		in := aForecast()
		in.Servers[0].Row["max_vicidial_trunks"] = cluster.Number(20)
		in.Trunks = []cluster.Trunk{
			{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 10, Restriction: cluster.MaximumLimit}},
			{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 3, Restriction: cluster.MaximumLimit}},
		}
		in.Goals = []Goal{{dial1, "A", 15}, {dial1, "B", 15}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 3, 12)
		// B: allowed 20-13 = 7; active 3; 3+15 = 18 > 7: 4 placed, shortage 11.
		wantLocal(t, f, dial1, "B", 4, 11)
	})

	t.Run("rows and campaigns are the same in other letters, as MariaDB compares them", func(t *testing.T) {
		in := aForecast()
		in.Servers = append(in.Servers, aServer{IP: dial2, MaxTrunks: 100, Balance: true}.row())
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "a", Limit: cluster.Limit{Dedicated: 10, Restriction: cluster.MaximumLimit}}, {ServerIP: dial2, CampaignID: "a", Limit: cluster.Limit{Dedicated: 5, Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 15}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 10, 5)
		wantFill(t, f, dial2, "A", 5)
	})

	t.Run("the fill reads the first of duplicate rows where the local dialer reads the last", func(t *testing.T) {
		in := aForecast()
		in.Servers = append(in.Servers, aServer{IP: dial2, MaxTrunks: 100, Balance: true}.row())
		in.Trunks = []cluster.Trunk{
			{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 0, Restriction: cluster.MaximumLimit}},
			{ServerIP: dial2, CampaignID: "A", Limit: cluster.Limit{Dedicated: 10, Restriction: cluster.MaximumLimit}},
			{ServerIP: dial2, CampaignID: "A", Limit: cluster.Limit{Dedicated: 3, Restriction: cluster.MaximumLimit}},
		}
		in.Goals = []Goal{{dial1, "A", 50}}
		wantFill(t, New(in), dial2, "A", 10)
	})

	t.Run("a limit binds over many loops", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 12, Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 30}}
		for range 5 {
			f := New(in)
			if f.Nodes[0].Lines != 12 {
				t.Fatalf("%d lines are up, want 12", f.Nodes[0].Lines)
			}
			in = after(f, in)
		}
		wantLocal(t, New(in), dial1, "A", 0, 18)
	})

	t.Run("fill takes the maximum less offlimits less the reservations of others", func(t *testing.T) {
		in := aForecast()
		in.Servers = append(in.Servers, aServer{IP: dial2, MaxTrunks: 100, Balance: true, OffLimits: 25}.row())
		in.Trunks = []cluster.Trunk{
			{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 10, Restriction: cluster.MaximumLimit}},
			{ServerIP: dial2, CampaignID: "B", Limit: cluster.Limit{Dedicated: 15}},
		}
		in.Goals = []Goal{{dial1, "A", 90}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 10, 80)
		wantFill(t, f, dial2, "A", 60) // 100-25-15
		if got := f.campaign("A"); got.Missing != 20 {
			t.Errorf("A misses %d, want 20", got.Missing)
		}
	})
}

func TestForecast_campaignsThatAreNotDialed(t *testing.T) {
	t.Run("a campaign dialed by hand places nothing, yet takes lines from the next", func(t *testing.T) {
		in := aForecast()
		in.Campaigns[0].NoDial = true
		in.Goals = []Goal{{dial1, "A", 70}, {dial1, "B", 50}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 0, 0)
		wantLocal(t, f, dial1, "B", 30, 20) // the count of active lines is 70
		if f.Nodes[0].Lines != 30 {
			t.Errorf("%d lines are up, want 30", f.Nodes[0].Lines)
		}
	})

	t.Run("a dial level below 1 reports no shortage", func(t *testing.T) {
		in := aForecast()
		in.Campaigns[0].LowLevel = true
		in.Goals = []Goal{{dial1, "A", 130}}
		wantLocal(t, New(in), dial1, "A", 100, 0)
	})

	t.Run("auto dialing switched off places nothing and still reports shortages", func(t *testing.T) {
		in := aForecast()
		in.AutoDialOff = true
		in.Servers = append(in.Servers, aServer{IP: dial2, MaxTrunks: 100, Balance: true}.row())
		in.Goals = []Goal{{dial1, "A", 130}}
		f := New(in)
		wantLocal(t, f, dial1, "A", 0, 30)
		if len(f.Fill) != 0 || !strings.Contains(f.Shortfalls[0], "switched off") {
			t.Errorf("%+v %q", f.Fill, f.Shortfalls)
		}
	})

	t.Run("a server whose maximum is 0 dials nothing", func(t *testing.T) {
		in := aForecast()
		in.Servers[0].Row["max_vicidial_trunks"] = cluster.Number(0)
		in.Goals = []Goal{{dial1, "A", 10}}
		wantLocal(t, New(in), dial1, "A", 0, 10)
	})

	t.Run("over-committed reservations stop every campaign without a limit", func(t *testing.T) {
		in := aForecast()
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Dedicated: 70}}, {ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Dedicated: 60}}}
		in.Goals = []Goal{{dial1, "C", 5}}
		// allowed = 100-130 = -30: place min(5, -30), shortage min(5+30, 5).
		wantLocal(t, New(in), dial1, "C", 0, 5)
	})

	t.Run("a goal below what is up places nothing and is no shortage", func(t *testing.T) {
		in := aForecast()
		in.InUse = []Lines{{ServerIP: dial1, Campaign: "A", Local: 40}}
		in.Goals = []Goal{{dial1, "A", 10}}
		wantLocal(t, New(in), dial1, "A", 0, 0)
	})
}

func TestForecast_rates(t *testing.T) {
	for column, want := range map[int]float64{0: 40, 1: 1, 5: 5, 200: 200, 201: 40, 500: 40, -1: 40} {
		if got := localCallsPerSecond(column); got != want {
			t.Errorf("the column %d makes %v calls a second locally, want %v", column, got, want)
		}
	}
	for schema, rates := range map[int]map[int]float64{
		1606: {0: 40, 10: 10, 200: 200, 201: 40, 1000: 40},
		1694: {200: 200, 201: 40},
		1720: {0: 40, 10: 10, 201: 201, 1000: 1000, 1001: 40},
	} {
		for column, want := range rates {
			if got := fillCallsPerSecond(column, schema); got != want {
				t.Errorf("schema %d: the column %d makes %v calls a second of the fill, want %v", schema, column, got, want)
			}
		}
	}
	t.Run("5 calls a second take 20 s for 100 lines", func(t *testing.T) {
		in := aForecast()
		in.Servers[0].Row["outbound_calls_per_second"] = cluster.Number(5)
		in.Goals = []Goal{{dial1, "A", 100}}
		if got := New(in).Nodes[0].Seconds; got != 20 {
			t.Errorf("%v s", got)
		}
	})
}

func TestGoalLines(t *testing.T) {
	cases := []struct {
		agents int
		level  float64
		want   int
	}{{10, 2.5, 25}, {1, 2.5, 2}, {3, 2.5, 8}, {5, 1.1, 6}, {7, 0, 0}, {0, 3, 0}, {3, -1, 0}}
	for _, c := range cases { // 2.5 and 7.5 are ties and go to the even number; 5.5 is above the tie in binary
		if got := goalLines(c.agents, c.level); got != c.want {
			t.Errorf("%d agents at %v want %d lines, got %d", c.agents, c.level, c.want, got)
		}
	}
}
