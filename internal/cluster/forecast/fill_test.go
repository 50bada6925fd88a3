package forecast

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestForecast_fill(t *testing.T) {
	// A is kept off dial1 and wants 100 lines; dial2 and dial3 balance.
	aShortage := func() Input {
		in := aForecast()
		in.Servers = append(in.Servers,
			aServer{IP: dial2, MaxTrunks: 40, Balance: true}.row(),
			aServer{IP: dial3, MaxTrunks: 50, Balance: true}.row())
		in.Trunks = []cluster.Trunk{{ServerIP: dial1, CampaignID: "A", Limit: cluster.Limit{Restriction: cluster.MaximumLimit}}}
		in.Goals = []Goal{{dial1, "A", 100}}
		return in
	}

	t.Run("equal ranks are asked by address", func(t *testing.T) {
		f := New(aShortage())
		if f.Fill[0].ServerIP != dial2 || f.Fill[1].ServerIP != dial3 {
			t.Errorf("asked in the order %+v", f.Fill)
		}
		wantFill(t, f, dial2, "A", 40)
		wantFill(t, f, dial3, "A", 50)
		if f.FillSeconds != 9 { // 90 calls at 10 a second
			t.Errorf("the fill takes %v s, want 9", f.FillSeconds)
		}
	})

	t.Run("a higher rank is asked first", func(t *testing.T) {
		in := aShortage()
		in.Goals[0].Lines = 45
		in.Servers[2].Row["vicidial_balance_rank"] = cluster.Number(5)
		f := New(in)
		wantFill(t, f, dial3, "A", 45)
		wantFill(t, f, dial2, "A", 0)
	})

	t.Run("addresses are ordered as text", func(t *testing.T) {
		in := aShortage()
		in.Servers[2].Row["server_ip"] = cluster.Text("10.0.0.10") // before 10.0.0.2 as text
		in.Goals[0].Lines = 50
		wantFill(t, New(in), "10.0.0.10", "A", 50)
	})

	t.Run("offlimits is ignored where the campaign has a MAXIMUM_LIMIT row", func(t *testing.T) {
		in := aShortage()
		in.Servers[1].Row["balance_trunks_offlimits"] = cluster.Number(40)
		f := New(in)
		wantFill(t, f, dial2, "A", 0)
		in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: dial2, CampaignID: "A", Limit: cluster.Limit{Dedicated: 20, Restriction: cluster.MaximumLimit}})
		f = New(in)
		wantFill(t, f, dial2, "A", 20)
	})

	t.Run("a server that is itself short for the campaign is not asked, for another it is", func(t *testing.T) {
		in := aShortage()
		in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: dial2, CampaignID: "A", Limit: cluster.Limit{Dedicated: 5, Restriction: cluster.MaximumLimit}})
		in.Goals = []Goal{{dial1, "A", 30}, {dial2, "A", 10}, {dial1, "B", 120}}
		f := New(in)
		wantLocal(t, f, dial2, "A", 5, 5)
		wantLocal(t, f, dial1, "B", 100, 20)
		for _, fill := range f.Fill {
			if fill.Campaign == "A" && fill.ServerIP == dial2 {
				t.Errorf("dial2 was asked: %+v", fill)
			}
		}
		wantFill(t, f, dial3, "A", 35) // 30 of dial1 and 5 of dial2
		// B on dial2: 40-0-5 = 35 may be had, 40-5 = 35 are free; 20 are needed.
		wantFill(t, f, dial2, "B", 20)
	})

	t.Run("campaigns are filled by their id, and the next one cannot get the lines of one before", func(t *testing.T) {
		in := aShortage()
		in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: dial1, CampaignID: "B", Limit: cluster.Limit{Restriction: cluster.MaximumLimit}})
		in.Goals = []Goal{{dial1, "B", 60}, {dial1, "A", 60}}
		f := New(in)
		wantFill(t, f, dial2, "A", 40)
		wantFill(t, f, dial3, "A", 20)
		wantFill(t, f, dial2, "B", 0)
		wantFill(t, f, dial3, "B", 30)
	})

	t.Run("nothing is placed while every agent is paused", func(t *testing.T) {
		in := aShortage()
		in.Campaigns[0].Unpaused = false
		f := New(in)
		wantFill(t, f, dial2, "A", 0)
		if !strings.Contains(f.Shortfalls[0], "no agent of the campaign is unpaused") {
			t.Errorf("%q", f.Shortfalls)
		}
	})

	t.Run("calls of an earlier fill count against the shortage and the row", func(t *testing.T) {
		in := aShortage()
		in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: dial2, CampaignID: "A", Limit: cluster.Limit{Dedicated: 20, Restriction: cluster.MaximumLimit}})
		in.InUse = []Lines{{ServerIP: dial2, Campaign: "A", Fill: 13, FillIVR: 1, FillEnded: 1}}
		in.Goals[0].Lines = 30
		f := New(in)
		wantFill(t, f, dial2, "A", 5)  // 20-15
		wantFill(t, f, dial3, "A", 10) // 30-15-5
	})

	t.Run("the cap counts all calls on the server, ended ones among them", func(t *testing.T) {
		in := aShortage()
		in.InUse = []Lines{{ServerIP: dial2, Campaign: "SUPPORT", Local: 30, IVR: 2, Ended: 1}}
		wantFill(t, New(in), dial2, "A", 7)
	})

	t.Run("a server beyond its maximum does not make the next place more than is needed", func(t *testing.T) {
		in := aShortage()
		in.InUse = []Lines{{ServerIP: dial2, Campaign: "SUPPORT", Local: 46}}
		in.Goals[0].Lines = 30
		f := New(in)
		wantFill(t, f, dial2, "A", 0)  // 40-46 = -6, the tally is -6
		wantFill(t, f, dial3, "A", 30) // asked for 36, held to 30
	})

	t.Run("no server balances", func(t *testing.T) {
		in := aShortage()
		in.Servers[1].Row["vicidial_balance_active"], in.Servers[2].Row["vicidial_balance_active"] = cluster.YesNo(false), cluster.YesNo(false)
		f := New(in)
		if len(f.Fill) != 0 || !strings.Contains(f.Shortfalls[0], "vicidial_balance_active=Y") {
			t.Errorf("%+v %q", f.Fill, f.Shortfalls)
		}
	})

	t.Run("keepalive 7 runs nowhere", func(t *testing.T) {
		in := aShortage()
		in.FillOff = true
		f := New(in)
		if len(f.Fill) != 0 || !strings.Contains(f.Shortfalls[0], "keepalive 7") {
			t.Errorf("%+v %q", f.Fill, f.Shortfalls)
		}
	})
}
