package forecast

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func drawForecast(t *rapid.T) Input {
	ips := []string{dial1, dial2, dial3}
	ids := []string{"A", "B", "C"}
	small := rapid.IntRange(0, 120)
	in := Input{FillOff: rapid.Bool().Draw(t, "fillOff"), AutoDialOff: rapid.IntRange(0, 9).Draw(t, "off") == 0}
	for _, ip := range ips {
		in.Servers = append(in.Servers, aServer{
			IP: ip, MaxTrunks: small.Draw(t, "max"), CallsPerSecond: rapid.IntRange(0, 300).Draw(t, "cps"),
			Balance: rapid.Bool().Draw(t, "balance"), BalanceRank: rapid.IntRange(0, 2).Draw(t, "rank"), OffLimits: rapid.IntRange(0, 30).Draw(t, "off limits"),
		}.row())
	}
	for _, id := range ids {
		in.Campaigns = append(in.Campaigns, Campaign{
			ID: id, Active: rapid.IntRange(0, 5).Draw(t, "active") > 0, NoDial: rapid.IntRange(0, 5).Draw(t, "no dial") == 0,
			LowLevel: rapid.IntRange(0, 5).Draw(t, "level") == 0, Unpaused: rapid.IntRange(0, 5).Draw(t, "unpaused") > 0,
		})
		for _, ip := range ips {
			for range rapid.IntRange(0, 2).Draw(t, "rows") {
				in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: ip, CampaignID: id, Limit: cluster.Limit{Dedicated: rapid.IntRange(0, 60).Draw(t, "dedicated"), Restriction: rapid.SampledFrom([]string{cluster.MaximumLimit, cluster.OverflowAllowed}).Draw(t, "limit")}})
			}
			if rapid.Bool().Draw(t, "agents") {
				in.Goals = append(in.Goals, Goal{ServerIP: ip, Campaign: id, Lines: small.Draw(t, "goal")})
			}
			in.InUse = append(in.InUse, Lines{ServerIP: ip, Campaign: id, Local: rapid.IntRange(0, 20).Draw(t, "up"), Fill: rapid.IntRange(0, 10).Draw(t, "filled"), IVR: rapid.IntRange(0, 3).Draw(t, "in an IVR"), FillEnded: rapid.IntRange(0, 2).Draw(t, "ended")})
		}
	}
	return in
}

func linesIn(in Input) int {
	sum := 0
	for _, lines := range in.InUse {
		sum += lines.up()
	}
	return sum
}

func TestForecast_properties(t *testing.T) {
	t.Run("nothing is ever negative", rapid.MakeCheck(func(t *rapid.T) {
		f := New(drawForecast(t))
		for _, line := range f.Local {
			if line.Place < 0 || line.Shortage < 0 {
				t.Fatalf("%+v", line)
			}
		}
		for _, fill := range f.Fill {
			if fill.Place < 0 || fill.Available < 0 {
				t.Fatalf("%+v", fill)
			}
		}
		for _, total := range f.Campaigns {
			if total.Missing < 0 || total.Filled < 0 || total.Lines < 0 {
				t.Fatalf("%+v", total)
			}
		}
	}))

	t.Run("lines after the loop are the lines before it and those placed", rapid.MakeCheck(func(t *rapid.T) {
		in := drawForecast(t)
		f := New(in)
		want := linesIn(in)
		for _, line := range f.Local {
			want += line.Place
		}
		for _, fill := range f.Fill {
			want += fill.Place
		}
		got := 0
		for _, node := range f.Nodes {
			got += node.Lines
		}
		if got != want || linesIn(after(f, in)) != want {
			t.Fatalf("%d lines on the servers, %d in the next input, want %d", got, linesIn(after(f, in)), want)
		}
	}))

	t.Run("no campaign places more than it wants, and no shortage is larger", rapid.MakeCheck(func(t *rapid.T) {
		for _, line := range New(drawForecast(t)).Local {
			wanted := max(0, line.Goal-line.Existing)
			if line.Place > wanted || line.Shortage > wanted {
				t.Fatalf("wanted %d: %+v", wanted, line)
			}
		}
	}))

	t.Run("a campaign that dials has no more lines than its limit, unless it had them", rapid.MakeCheck(func(t *rapid.T) {
		for _, line := range New(drawForecast(t)).Local {
			if line.Limited && line.Place > 0 && line.Existing+line.Place > line.Limit {
				t.Fatalf("%+v", line)
			}
		}
	}))

	t.Run("without a MAXIMUM_LIMIT row no campaign dials a server past its maximum", rapid.MakeCheck(func(t *rapid.T) {
		in := drawForecast(t)
		for i := range in.Trunks {
			in.Trunks[i].Restriction = cluster.OverflowAllowed
		}
		before := New(Input{Servers: in.Servers, InUse: in.InUse})
		for i, node := range New(in).Nodes {
			if node.OverMaximum > before.Nodes[i].OverMaximum {
				t.Fatalf("%+v was over by %d", node, before.Nodes[i].OverMaximum)
			}
		}
	}))

	t.Run("the fill places no more than the shortage, and only on servers that balance and are not short", rapid.MakeCheck(func(t *rapid.T) {
		in := drawForecast(t)
		f := New(in)
		for _, total := range f.Campaigns {
			if total.Filled > total.Shortage {
				t.Fatalf("%+v", total)
			}
		}
		for _, fill := range f.Fill {
			if server, _ := in.Servers.ByIP(fill.ServerIP); !server.Balance() {
				t.Fatalf("%+v on %+v", fill, server)
			}
			for _, line := range f.Local {
				if line.ServerIP == fill.ServerIP && line.Campaign == fill.Campaign && line.Shortage > 0 {
					t.Fatalf("%+v while %+v", fill, line)
				}
			}
		}
	}))

	t.Run("limits that sum below the maximum, one for each campaign, are met whatever the order", rapid.MakeCheck(func(t *rapid.T) {
		in := Input{Servers: cluster.Servers{aServer{IP: dial1, MaxTrunks: 300}.row()}, FillOff: true}
		for _, id := range []string{"A", "B", "C"} {
			in.Campaigns = append(in.Campaigns, aForecastCampaign(id))
			in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: dial1, CampaignID: id, Limit: cluster.Limit{Dedicated: rapid.IntRange(0, 100).Draw(t, "limit"), Restriction: cluster.MaximumLimit}})
			in.Goals = append(in.Goals, Goal{ServerIP: dial1, Campaign: id, Lines: rapid.IntRange(0, 100).Draw(t, "goal")})
		}
		in.Goals = rapid.Permutation(in.Goals).Draw(t, "order")
		for _, line := range New(in).Local {
			if line.Place != min(line.Goal, line.Limit) {
				t.Fatalf("%+v", line)
			}
		}
	}))
}

// after returns the input of the next loop, in which the lines that this loop
// placed are up.
func after(f Forecast, in Input) Input {
	next := in
	next.InUse = slices.Clone(in.InUse)
	for _, local := range f.Local {
		if local.Place > 0 {
			next.InUse = append(next.InUse, Lines{ServerIP: local.ServerIP, Campaign: local.Campaign, Local: local.Place})
		}
	}
	for _, fill := range f.Fill {
		if fill.Place > 0 {
			next.InUse = append(next.InUse, Lines{ServerIP: fill.ServerIP, Campaign: fill.Campaign, Fill: fill.Place})
		}
	}
	return next
}
