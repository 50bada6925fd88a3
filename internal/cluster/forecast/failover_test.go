package forecast

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

// aNode takes logins, has 10 rooms and 50 lines.
func aNode(ip string) FailoverServer {
	row := aServer{IP: ip, MaxTrunks: 50, CallsPerSecond: 10}.row()
	row.Row["active"], row.Row["active_agent_login_server"] = cluster.YesNo(true), cluster.YesNo(true)
	return FailoverServer{Server: row, Rooms: 10}
}

// aSeat has a usable phone on each server, in that order.
func aSeat(id string, servers ...string) cluster.LoginSeat {
	seat := cluster.LoginSeat{ID: id}
	for i, server := range servers {
		seat.Phones = append(seat.Phones, cluster.LoginPhone{Login: fmt.Sprintf("%s%c", id, 'a'+i), ServerIP: server, Usable: true})
	}
	return seat
}

func seatsOf(count int, servers ...string) []cluster.LoginSeat {
	seats := make([]cluster.LoginSeat, count)
	for i := range seats {
		seats[i] = aSeat(fmt.Sprint(2000+i), servers...)
	}
	return seats
}

func aFloor() FailoverInput {
	return FailoverInput{
		Servers: []FailoverServer{aNode(dial1), aNode(dial2), aNode(dial3)},
		Seats:   seatsOf(12, dial1, dial2, dial3),
	}
}

func plan(t *testing.T, in FailoverInput) FailoverPlan {
	t.Helper()
	p, err := NewFailoverPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lossOf(t *testing.T, p FailoverPlan, servers ...string) FailoverLoss {
	t.Helper()
	for _, loss := range p.Losses {
		if slices.Equal(loss.Lost, servers) {
			return loss
		}
	}
	t.Fatalf("the plan does not tell of the loss of %v", servers)
	return FailoverLoss{}
}

func agentsOn(loss FailoverLoss) map[string]int {
	agents := make(map[string]int)
	for _, seats := range loss.Seats {
		agents[seats.ServerIP] = seats.Agents
	}
	return agents
}

func wantReason(t *testing.T, loss FailoverLoss, part string) {
	t.Helper()
	if loss.Survivable || !strings.Contains(strings.Join(loss.Reasons, "\n"), part) {
		t.Errorf("no reason says %q: survivable %v, %q", part, loss.Survivable, loss.Reasons)
	}
}

func TestFailoverPlan_seats(t *testing.T) {
	t.Run("agents spread evenly and log in again on what is left", func(t *testing.T) {
		p := plan(t, aFloor())
		if !p.Survivable || len(p.Losses) != 3 {
			t.Fatalf("%+v", p)
		}
		// 12 seats over three servers: 4 each. The four of dial1 go to the other two.
		if got := agentsOn(p.Today); got[dial1] != 4 || got[dial2] != 4 || got[dial3] != 4 {
			t.Errorf("today %v", got)
		}
		loss := lossOf(t, p, dial1)
		if got := agentsOn(loss); got[dial2] != 6 || got[dial3] != 6 || loss.AgentsCut != 4 {
			t.Errorf("%v, %d cut", got, loss.AgentsCut)
		}
	})

	t.Run("the later login of the alias wins a tie", func(t *testing.T) {
		in := aFloor()
		in.Seats = seatsOf(1, dial1, dial2, dial3)
		if got := agentsOn(plan(t, in).Today); got[dial3] != 1 {
			t.Errorf("%v", got)
		}
	})

	t.Run("rooms bound what a server takes", func(t *testing.T) {
		in := aFloor()
		for i := range in.Servers {
			in.Servers[i].Rooms = 5
		}
		loss := lossOf(t, plan(t, in), dial2)
		// 8 sit on dial1 and dial3, which have 10 rooms: 2 of the 4 find none.
		if len(loss.Stranded) != 2 {
			t.Errorf("stranded: %v", loss.Stranded)
		}
		wantReason(t, loss, "no free conference room for 2 seats")
	})

	t.Run("a seat pinned to one server is lost with it", func(t *testing.T) {
		in := aFloor()
		in.Seats = append(in.Seats, aSeat("3000", dial2))
		p := plan(t, in)
		wantReason(t, lossOf(t, p, dial2), "no phone on a server that is left for 1 seat (3000)")
		if p.Survivable || !lossOf(t, p, dial1).Survivable {
			t.Errorf("%+v", p)
		}
	})

	t.Run("a twin of a lost server refuses logins", func(t *testing.T) {
		in := aFloor()
		in.Seats = seatsOf(4, dial1, dial2)
		in.Servers[1].Row["active_twin_server_ip"] = cluster.Text(dial1)
		wantReason(t, lossOf(t, plan(t, in), dial1), "a twin without heartbeat")
	})

	t.Run("an alias is balanced although one of its logins is no phone", func(t *testing.T) {
		in := aFloor()
		in.Servers[0].Row["active"] = cluster.YesNo(false)
		in.Seats = []cluster.LoginSeat{{ID: "2000", Phones: []cluster.LoginPhone{{Login: "2000a", ServerIP: dial1, Usable: true}, {Login: "2000z"}}}}
		wantReason(t, plan(t, in).Today, "refuse logins (active, active_agent_login_server, or a twin without heartbeat) for 1 seat (2000)")
	})

	t.Run("an inactive server is skipped by aliases but not by a login that is no list", func(t *testing.T) {
		in := aFloor()
		in.Servers[0].Row["active"] = cluster.YesNo(false)
		in.Seats = []cluster.LoginSeat{aSeat("2000", dial1, dial2), aSeat("3000", dial1)}
		p := plan(t, in)
		if got := agentsOn(p.Today); got[dial1] != 1 || got[dial2] != 1 {
			t.Errorf("%v", got)
		}
		wantReason(t, lossOf(t, p, dial2), "refuse logins")
	})

	t.Run("after a CONFBRIDGE server later MEETME servers look full", func(t *testing.T) {
		in := aFloor()
		in.Servers[0].Row["conf_engine"] = cluster.Text("CONFBRIDGE")
		in.Seats = seatsOf(3, dial1, dial2) // dial2 is MEETME
		p := plan(t, in)
		if got := agentsOn(p.Today); got[dial1] != 3 || got[dial2] != 0 {
			t.Errorf("%v", got)
		}
		// The row of the dead server is still looked at.
		wantReason(t, lossOf(t, p, dial1), "no free conference room for 3 seats")
		in.Seats = seatsOf(3, dial2, dial1)
		if !lossOf(t, plan(t, in), dial1).Survivable {
			t.Error("a MEETME server before the CONFBRIDGE one is fine")
		}
	})

	t.Run("the balancer chooses a phone with a wrong password and the agent is refused", func(t *testing.T) {
		in := aFloor()
		in.Seats = []cluster.LoginSeat{aSeat("2000", dial1, dial2, dial3)}
		in.Seats[0].Phones[0].Usable = false
		p := plan(t, in)
		if len(p.Today.Stranded) != 0 { // dial3 is the last of three empty ones
			t.Errorf("%+v", p.Today)
		}
		in.Seats[0].Phones[2].Usable = false
		wantReason(t, plan(t, in).Today, "chooses a phone that is inactive or has another password for 1 seat")
		in.Seats[0].Phones[1].Usable = false
		wantReason(t, plan(t, in).Today, "No phone of 1 seat (2000) accepts the login")
	})

	t.Run("weights draw agents, and a server without one is avoided yet wins an empty floor", func(t *testing.T) {
		in := aFloor()
		in.Weights = map[string]int{dial1: 3, dial2: 1}
		in.Seats = seatsOf(9, dial1, dial2, dial3)
		// First all quotients are 0 and dial3 is last; then 1/0.001 is far away.
		// dial2 (tie at 0), dial1; then 1/.75 < 1/.25 ... : 8 seats as 6 to 2.
		if got := agentsOn(plan(t, in).Today); got[dial3] != 1 || got[dial1] != 6 || got[dial2] != 2 {
			t.Errorf("%v", got)
		}
	})

	t.Run("what does not work today is reported once and blamed on no loss", func(t *testing.T) {
		in := aFloor()
		in.Seats = append(in.Seats, aSeat("4000", "10.9.9.9"))
		p := plan(t, in)
		if p.Today.Survivable || !slices.Equal(p.Today.Stranded, []string{"4000"}) {
			t.Errorf("%+v", p.Today)
		}
		if !lossOf(t, p, dial1).Survivable {
			t.Errorf("%+v", lossOf(t, p, dial1))
		}
	})
}

func TestFailoverPlan_lines(t *testing.T) {
	limits := func(each int) []cluster.Trunk {
		var trunks []cluster.Trunk
		for _, ip := range []string{dial1, dial2, dial3} {
			trunks = append(trunks, cluster.Trunk{ServerIP: ip, CampaignID: "SALES", Limit: cluster.Limit{Dedicated: each, Restriction: cluster.MaximumLimit}})
		}
		return trunks
	}

	t.Run("a dead server's MAXIMUM_LIMIT share does not move", func(t *testing.T) {
		in := aFloor()
		in.Campaigns = []FailoverCampaign{{"SALES", 60}}
		in.Trunks = limits(20)
		p := plan(t, in)
		if p.Today.Campaigns[0].Carried != 60 {
			t.Errorf("today %+v", p.Today.Campaigns)
		}
		// 6 and 6 agents want 30 and 30 lines, each server may have 20.
		loss := lossOf(t, p, dial1)
		if loss.Campaigns[0].Carried != 40 {
			t.Errorf("%+v", loss.Campaigns)
		}
		wantReason(t, loss, "Campaign SALES gets 40 lines instead of 60. Its MAXIMUM_LIMIT on server 10.0.0.2 is 20.")
	})

	t.Run("shares sized for the loss of one server carry the campaign", func(t *testing.T) {
		in := aFloor()
		in.Campaigns = []FailoverCampaign{{"SALES", 60}}
		in.Trunks = limits(30)
		in.Depth = 2
		p := plan(t, in)
		if loss := lossOf(t, p, dial1); !loss.Survivable || loss.Campaigns[0].Carried != 60 {
			t.Errorf("%+v", loss)
		}
		// Without two servers all 12 agents are on one server of 10 rooms and 30 lines.
		loss := lossOf(t, p, dial1, dial2)
		if loss.Campaigns[0].Carried != 30 || len(loss.Stranded) != 2 {
			t.Errorf("%+v", loss)
		}
	})

	t.Run("the balance fill helps where a server may still dial", func(t *testing.T) {
		in := aFloor()
		in.Seats = seatsOf(8, dial1, dial2) // nobody on dial3
		in.Campaigns = []FailoverCampaign{{"SALES", 60}}
		in.Trunks = limits(30)
		in.Servers[2].Row["vicidial_balance_active"] = cluster.YesNo(true)
		loss := lossOf(t, plan(t, in), dial1)
		if !loss.Survivable || loss.Campaigns[0].Carried != 60 { // 30 on dial2, 30 by the fill
			t.Errorf("%+v", loss)
		}
		in.FillOff = true
		wantReason(t, lossOf(t, plan(t, in), dial1), "gets 30 lines instead of 60")
	})

	t.Run("calls per second are those of the servers that are left", func(t *testing.T) {
		in := aFloor()
		in.CallsPerSecond = 25
		loss := lossOf(t, plan(t, in), dial3)
		wantReason(t, loss, "The servers can place 20 calls a second, 25 are needed.")
	})
}

func TestFailoverPlan_inboundAndSingletons(t *testing.T) {
	in := aFloor()
	in.Inbound = []cluster.CarrierServers{{Name: "TELCO", Servers: []string{dial1}}, {Name: "SIPCO", Servers: []string{dial1, dial2}}}
	in.VoicemailServer = dial1
	p := plan(t, in)

	t.Run("calls of a carrier that delivers only to the lost server are lost", func(t *testing.T) {
		loss := lossOf(t, p, dial1)
		wantReason(t, loss, "Inbound calls of carrier TELCO reach no server that is up")
		if !slices.Equal(loss.Inbound, []string{"TELCO"}) {
			t.Errorf("%v", loss.Inbound)
		}
	})

	t.Run("what is to do by hand is no reason against survival", func(t *testing.T) {
		todo := strings.Join(lossOf(t, p, dial1).ToDo, "\n")
		for _, part := range []string{"active_voicemail_server", "Carrier SIPCO must stop delivering inbound calls to 10.0.0.1"} {
			if !strings.Contains(todo, part) {
				t.Errorf("%q does not say %q", todo, part)
			}
		}
		if loss := lossOf(t, p, dial2); !loss.Survivable || len(loss.ToDo) != 1 {
			t.Errorf("%+v", loss)
		}
	})
}

func TestFailoverPlan_live(t *testing.T) {
	in := aFloor()
	in.Live = &FailoverLive{
		Agents:    []FailoverAgent{{"1000", dial1, "SALES", "2000"}, {"1001", dial1, "SALES", "2001"}, {"1002", dial2, "SALES", "2002"}},
		FreeRooms: map[string]int{dial1: 8, dial2: 1, dial3: 0},
		Calls:     map[string]int{dial1: 17},
	}
	p := plan(t, in)

	t.Run("only who is logged in matters, and only free rooms count", func(t *testing.T) {
		loss := lossOf(t, p, dial1)
		if !slices.Equal(loss.Stranded, []string{"2001"}) || loss.CallsCut != 17 || loss.AgentsCut != 2 {
			t.Errorf("%+v", loss)
		}
	})

	t.Run("a server that is dead already is not lost again, and its agents count as stranded today", func(t *testing.T) {
		in.Servers[0].Dead = true
		p := plan(t, in)
		if len(p.Losses) != 2 || !slices.Equal(p.Today.Stranded, []string{"2001"}) {
			t.Errorf("%+v", p)
		}
	})
}

func TestFailoverPlan_liveAgents(t *testing.T) {
	t.Run("agents on phones of no seat are named, not forgotten", func(t *testing.T) {
		in := aFloor()
		in.Live = &FailoverLive{
			Agents:    []FailoverAgent{{"1000", dial1, "SALES", "2000"}, {"1001", dial1, "SALES", ""}, {"1002", dial1, "SALES", ""}},
			FreeRooms: map[string]int{dial1: 8, dial2: 8, dial3: 8},
		}
		loss := lossOf(t, plan(t, in), dial1)
		wantReason(t, loss, "The phones of 2 agents (user 1001, user 1002) belong to no seat: no other phone is known for them.")
		if loss.AgentsCut != 3 || len(loss.Stranded) != 2 {
			t.Errorf("%+v", loss)
		}
	})

	t.Run("agents on no server are reported today", func(t *testing.T) {
		in := aFloor()
		in.Live = &FailoverLive{Agents: []FailoverAgent{{"1000", "", "SALES", "2000"}}}
		p := plan(t, in)
		wantReason(t, p.Today, "On no telephony server, and so not able to work: 1 agent (2000).")
		if loss := lossOf(t, p, dial1); loss.AgentsCut != 0 || len(loss.Stranded) != 0 {
			t.Errorf("%+v", loss)
		}
	})

	t.Run("a campaign's lines are wanted where its own agents are", func(t *testing.T) {
		in := aFloor()
		in.Campaigns = []FailoverCampaign{{"SALES", 40}}
		in.FillOff = true
		in.Live = &FailoverLive{FreeRooms: map[string]int{dial1: 8, dial2: 8, dial3: 8}}
		for i := range 4 { // SALES on dial1, others on dial2 and dial3
			in.Live.Agents = append(in.Live.Agents, FailoverAgent{fmt.Sprint(1000 + i), dial1, "sales", fmt.Sprint(2000 + i)})
			in.Live.Agents = append(in.Live.Agents, FailoverAgent{fmt.Sprint(1100 + i), dial2, "OTHER", fmt.Sprint(2004 + i)})
			in.Live.Agents = append(in.Live.Agents, FailoverAgent{fmt.Sprint(1200 + i), dial3, "OTHER", fmt.Sprint(2008 + i)})
		}
		in.Trunks = []cluster.Trunk{{ServerIP: dial2, CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 0, Restriction: cluster.MaximumLimit}}}
		p := plan(t, in)
		if loss := lossOf(t, p, dial2); !loss.Survivable || loss.Campaigns[0].Carried != 40 {
			t.Errorf("the loss of a node without SALES agents costs SALES lines: %+v", loss)
		}
	})
}

// Every agent who is cut arrives on a server that is left or is stranded.
func TestFailoverPlan_nobodyVanishes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ips := []string{dial1, dial2, dial3}
		in := FailoverInput{Depth: rapid.IntRange(1, 3).Draw(t, "depth")}
		for _, ip := range ips {
			node := aNode(ip)
			node.Rooms = rapid.IntRange(0, 8).Draw(t, "rooms")
			node.Dead = rapid.IntRange(0, 5).Draw(t, "dead") == 0
			node.Row["active"] = cluster.YesNo(rapid.IntRange(0, 5).Draw(t, "inactive") > 0)
			in.Servers = append(in.Servers, node)
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "seats") {
			seat := aSeat(fmt.Sprint(2000+i), rapid.SliceOfNDistinct(rapid.SampledFrom(append(ips, "10.9.9.9")), 1, 3, rapid.ID[string]).Draw(t, "phones")...)
			for j := range seat.Phones {
				seat.Phones[j].Usable = rapid.IntRange(0, 5).Draw(t, "unusable") > 0
			}
			in.Seats = append(in.Seats, seat)
		}
		if rapid.Bool().Draw(t, "live") {
			in.Live = &FailoverLive{FreeRooms: map[string]int{}}
			for _, ip := range ips {
				in.Live.FreeRooms[ip] = rapid.IntRange(0, 4).Draw(t, "free")
			}
			for i := range rapid.IntRange(0, 15).Draw(t, "agents") {
				in.Live.Agents = append(in.Live.Agents, FailoverAgent{
					fmt.Sprint(1000 + i), rapid.SampledFrom(append(ips, "")).Draw(t, "at"), "SALES", rapid.SampledFrom([]string{"", "2000", "2001", "2005", "gone"}).Draw(t, "seat"),
				})
			}
		}
		p, err := NewFailoverPlan(in)
		if err != nil {
			t.Fatal(err)
		}
		all := len(in.Seats)
		if in.Live != nil {
			all = len(in.Live.Agents)
		}
		for _, loss := range p.Losses {
			arrived, after := 0, 0
			for _, seats := range loss.Seats {
				arrived += seats.Arrived
				after += seats.Agents
			}
			dead := len(loss.Stranded) + arrived - loss.AgentsCut // agents of servers that are dead already
			if dead < 0 || in.Live == nil && dead != 0 {
				t.Fatalf("%d cut, %d arrive, %d stranded: %+v", loss.AgentsCut, arrived, len(loss.Stranded), loss)
			}
			if after+len(loss.Stranded) > all {
				t.Fatalf("%d agents work and %d are stranded, of %d: %+v", after, len(loss.Stranded), all, loss)
			}
		}
	})
}

func TestFailoverPlan_dependents(t *testing.T) {
	in := aFloor()
	in.Campaigns = []FailoverCampaign{{"SALES", 90}}
	in.Trunks = []cluster.Trunk{{ServerIP: dial2, CampaignID: "SALES", Limit: cluster.Limit{Dedicated: 20, Restriction: cluster.MaximumLimit}}}
	in.VoicemailServer, in.SoundsServer = dial1, dial1
	in.Outbound = []cluster.CarrierServers{{Name: "TELCO", Servers: []string{dial1}}, {Name: "SIPCO", Servers: []string{dial1, dial2}}}
	in.DIDs = cluster.DIDs{
		{"did_pattern": cluster.Text("8005550100"), "did_active": cluster.YesNo(true), "did_route": cluster.Text("PHONE"), "server_ip": cluster.Text(dial1)},
		{"did_pattern": cluster.Text("8005550101"), "did_active": cluster.YesNo(false), "did_route": cluster.Text("PHONE"), "server_ip": cluster.Text(dial1)},
		{"did_pattern": cluster.Text("8005550102"), "did_active": cluster.YesNo(true), "did_route": cluster.Text("IN_GROUP"), "server_ip": cluster.Text(dial1)},
	}
	in.RemoteAgents = []cluster.RemoteAgents{
		{"user_start": cluster.Text("7000"), "number_of_lines": cluster.Number(10), "server_ip": cluster.Text(dial1), "status": cluster.Text("ACTIVE")},
		{"user_start": cluster.Text("7100"), "number_of_lines": cluster.Number(10), "server_ip": cluster.Text(dial1), "status": cluster.Text("INACTIVE")},
	}
	in.Duties = map[string]string{"hopper": dial1, balanceFill: dial1, "table_optimize": dial2}
	in.WebNodes = []string{dial1, "10.0.0.8"}
	for i := range in.Servers {
		in.Servers[i].Row["vicidial_balance_active"] = cluster.YesNo(true)
	}
	p := plan(t, in)
	want := []string{
		"Route 1 DID (8005550100) elsewhere", "Carrier TELCO is on no other server", "Server 10.0.0.1 is the active_voicemail_server",
		"Give the duties of server 10.0.0.1 to another node: balance_fill, hopper.", "Move remote agents 7000 to 7009 on 10.0.0.1 to another server",
		"serves the sounds", "serves web pages too: the proxy takes it out by itself, 1 web node is left.",
	}
	loss := lossOf(t, p, dial1)
	if len(loss.ToDo) != len(want) {
		t.Fatalf("%d to do, want %d: %q", len(loss.ToDo), len(want), loss.ToDo)
	}
	for i, part := range want {
		if !strings.Contains(loss.ToDo[i], part) {
			t.Errorf("%d: %q does not say %q", i, loss.ToDo[i], part)
		}
	}
	without := in
	without.Duties = nil
	if with, other := loss.Campaigns[0].Carried, lossOf(t, plan(t, without), dial1).Campaigns[0].Carried; with >= other {
		t.Errorf("%d lines without the fill, %d with it", with, other)
	}
	machines := map[string]MachineLoss{}
	for _, m := range p.Machines {
		machines[m.Role+" "+m.Name] = m
	}
	if m := machines["web 10.0.0.8"]; !m.Survivable || machines["database database"].Survivable || len(p.Machines) != 3 {
		t.Errorf("%+v", p.Machines)
	}
	in.WebNodes, in.Replica = []string{"web1"}, "10.0.0.9"
	p = plan(t, in)
	for _, m := range p.Machines {
		if survives := m.Role == "replica"; m.Survivable != survives || len(m.ToDo) == 0 {
			t.Errorf("%+v", m)
		}
	}
}

func TestFailoverPlan_size(t *testing.T) {
	t.Run("pairs of 50 servers are worked out, triples are refused", func(t *testing.T) {
		in := FailoverInput{Depth: 2}
		for i := range 50 {
			in.Servers = append(in.Servers, aNode(fmt.Sprintf("10.0.1.%d", i+1)))
		}
		if p := plan(t, in); len(p.Losses) != 50+50*49/2 {
			t.Errorf("%d losses", len(p.Losses))
		}
		in.Depth = 3
		_, err := NewFailoverPlan(in)
		var refused *cluster.Refused
		if !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("%v", err)
		}
	})

	t.Run("a cluster in which every server is dead already survives nothing", func(t *testing.T) {
		in := aFloor()
		for i := range in.Servers {
			in.Servers[i].Dead = true
		}
		p := plan(t, in)
		wantReason(t, p.Today, "No telephony server has a fresh heartbeat")
		if p.Survivable || len(p.Losses) != 0 {
			t.Errorf("%+v", p)
		}
	})

	t.Run("an empty cluster has nothing to lose", func(t *testing.T) {
		if p := plan(t, FailoverInput{}); !p.Survivable || len(p.Losses) != 0 {
			t.Errorf("%+v", p)
		}
	})
}

func TestFailoverPlan_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := FailoverInput{Depth: rapid.IntRange(1, 3).Draw(t, "depth")}
		ips := []string{dial1, dial2, dial3, "10.0.0.4"}
		for _, ip := range ips {
			node := aNode(ip)
			node.Rooms = rapid.IntRange(0, 8).Draw(t, "rooms")
			node.Row["active"] = cluster.YesNo(rapid.IntRange(0, 5).Draw(t, "active") > 0)
			if rapid.IntRange(0, 5).Draw(t, "engine") == 0 {
				node.Row["conf_engine"] = cluster.Text("CONFBRIDGE")
			}
			node.Row["vicidial_balance_active"] = cluster.YesNo(rapid.Bool().Draw(t, "balance"))
			in.Servers = append(in.Servers, node)
		}
		for i := range rapid.IntRange(0, 15).Draw(t, "seats") {
			on := rapid.Permutation(ips).Draw(t, "order")[:rapid.IntRange(1, 4).Draw(t, "phones")]
			in.Seats = append(in.Seats, aSeat(fmt.Sprint(i), on...))
		}
		in.Campaigns = []FailoverCampaign{{"A", rapid.IntRange(0, 300).Draw(t, "lines")}}
		p, err := NewFailoverPlan(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, loss := range append(p.Losses, p.Today) {
			agents := len(loss.Stranded)
			for _, seats := range loss.Seats {
				agents += seats.Agents
				if seats.Agents > seats.Rooms || slices.Contains(loss.Lost, seats.ServerIP) {
					t.Fatalf("%+v after the loss of %v", seats, loss.Lost)
				}
			}
			if loss.Lost != nil {
				agents += len(p.Today.Stranded)
			}
			if agents != len(in.Seats) {
				t.Fatalf("%d of %d seats are accounted for after the loss of %v", agents, len(in.Seats), loss.Lost)
			}
			if loss.Campaigns[0].Carried > loss.Campaigns[0].Needed || loss.Survivable != (len(loss.Reasons) == 0) {
				t.Fatalf("%+v", loss)
			}
		}
	})
}

func TestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 8).Draw(t, "weights")
		total := rapid.IntRange(0, 500).Draw(t, "total")
		sum, weighed := 0, 0
		for i, part := range divide(total, weights) {
			sum += part
			weighed += weights[i]
			if part < 0 || (weights[i] == 0 && part > 0) {
				t.Fatalf("%d for the weight %d", part, weights[i])
			}
		}
		if weighed > 0 && sum != total {
			t.Fatalf("parts sum to %d, not %d", sum, total)
		}
	})
}
