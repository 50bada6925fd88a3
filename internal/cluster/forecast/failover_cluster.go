package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// failoverCluster is the cluster before anything is lost.
type failoverCluster struct {
	in     FailoverInput
	phones [][]seatPhone // by seat
	agents []failoverAgent
	seated []int // agents by server
	rooms  []int // by server
}

// failoverAgent is an agent: one for each seat, or one who is logged in now.
type failoverAgent struct {
	name     string
	seat     int // -1 for a phone of no seat
	server   int // where the agent is logged in; -1 for nowhere
	failed   loginFailure
	campaign string // folded; "" where it is not known
}

func newFailoverCluster(in FailoverInput) *failoverCluster {
	state := newLoginState(in)
	f := &failoverCluster{in: in, phones: make([][]seatPhone, len(in.Seats))}
	for i, seat := range in.Seats {
		f.phones[i] = state.phones(seat)
	}
	if in.Live == nil {
		for i, seat := range in.Seats {
			agent := failoverAgent{name: seat.ID, seat: i}
			agent.server, agent.failed = state.login(f.phones[i])
			f.agents = append(f.agents, agent)
		}
	} else {
		f.agents = liveAgents(in, state)
		for i, server := range in.Servers {
			state.rooms[i] = state.agents[i] + in.Live.FreeRooms[server.IP()]
		}
	}
	f.seated, f.rooms = state.agents, state.rooms
	return f
}

// liveAgents returns the agents who are logged in, in the order of their seats, those on
// phones of no seat last. It counts them in the state.
func liveAgents(in FailoverInput, state *loginState) []failoverAgent {
	seats := make(map[string]int, len(in.Seats))
	for i, seat := range in.Seats {
		seats[seat.ID] = i
	}
	agents := make([]failoverAgent, 0, len(in.Live.Agents))
	for _, live := range in.Live.Agents {
		agent := failoverAgent{name: live.Seat, seat: -1, server: -1, campaign: cluster.FoldKey(live.Campaign)}
		if seat, found := seats[live.Seat]; found {
			agent.seat = seat
		} else {
			agent.name = "user " + live.User
		}
		if server, found := state.index[live.ServerIP]; found {
			agent.server = server
			state.agents[server]++
		} else {
			agent.failed = loginNowhere
		}
		agents = append(agents, agent)
	}
	slices.SortStableFunc(agents, func(a, b failoverAgent) int {
		return cmp.Or(cmp.Compare(uint(a.seat), uint(b.seat)), cmp.Compare(a.name, b.name)) // -1 is the greatest
	})
	return agents
}

// lose computes the effect of the loss of the given servers. today is the result without
// a loss; nil while that is computed.
func (f *failoverCluster) lose(lost []string, today *FailoverLoss) FailoverLoss {
	state := newLoginState(f.in)
	state.agents, state.rooms = slices.Clone(f.seated), f.rooms
	loss := FailoverLoss{Lost: lost}
	for i, server := range f.in.Servers {
		if slices.Contains(lost, server.IP()) {
			state.alive[i] = false
			loss.AgentsCut += state.agents[i]
			state.agents[i] = 0
			if f.in.Live != nil {
				loss.CallsCut += f.in.Live.Calls[server.IP()]
			}
		}
	}
	agents := f.logInAgain(state, &loss)
	f.dial(state, agents, &loss, today)
	f.checkInbound(state, &loss, today)
	f.dependents(&loss)
	loss.Survivable = len(loss.Reasons) == 0
	return loss
}

// logInAgain logs the agents of lost servers in again; the others stay. Such an agent either
// gets a remaining server or is stranded. It returns the agents with their new servers.
func (f *failoverCluster) logInAgain(state *loginState, loss *FailoverLoss) []failoverAgent {
	arrived := make([]int, len(f.in.Servers))
	stranded := make(map[loginFailure][]string)
	agents := slices.Clone(f.agents)
	for i, agent := range agents {
		server, why := agent.server, agent.failed
		switch {
		case server >= 0 && !state.alive[server] && agent.seat < 0:
			server, why = -1, loginNoSeat
		case server >= 0 && !state.alive[server]:
			if server, why = state.login(f.phones[agent.seat]); server >= 0 {
				arrived[server]++
			}
		case server < 0 && loss.Lost != nil:
			continue // could not log in before
		}
		agents[i].server = server
		if why != loginWorks {
			stranded[why] = append(stranded[why], agent.name)
			loss.Stranded = append(loss.Stranded, agent.name)
		}
	}
	for i, server := range f.in.Servers {
		if state.alive[i] {
			loss.Seats = append(loss.Seats, FailoverSeats{ServerIP: server.IP(), Agents: state.agents[i], Arrived: arrived[i], Rooms: state.rooms[i]})
		}
	}
	for _, why := range []loginFailure{loginUnknown, loginNoServer, loginRefused, loginFull, loginWrongPhone, loginNoSeat, loginNowhere} {
		if seats := stranded[why]; len(seats) > 0 {
			loss.Reasons = append(loss.Reasons, why.sentence(seats))
		}
	}
	return agents
}

func (l loginFailure) sentence(seats []string) string {
	who := cluster.PluralNamed(len(seats), "seat", seats)
	switch l {
	case loginNoSeat:
		return "The phones of " + cluster.PluralNamed(len(seats), "agent", seats) + " belong to no seat: no other phone is known for them."
	case loginNowhere:
		return "On no telephony server, and so not able to work: " + cluster.PluralNamed(len(seats), "agent", seats) + "."
	case loginUnknown:
		return "No phone of " + who + " accepts the login: every one is inactive, has another password, or is on a server with active_agent_login_server=N."
	case loginNoServer:
		return "There is no phone on a server that is left for " + who + "."
	case loginRefused:
		return "The servers that are left refuse logins (active, active_agent_login_server, or a twin without heartbeat) for " + who + "."
	case loginFull:
		return "The servers that are left have no free conference room for " + who + "."
	default:
		return "The login balancer chooses a phone that is inactive or has another password for " + who + "."
	}
}

// dial computes with VICIdial's own trunk arithmetic what the surviving servers carry. A
// campaign's lines are distributed by its agents, or if it has none by all agents, or
// without any by the capacity of the servers.
func (f *failoverCluster) dial(state *loginState, agents []failoverAgent, loss *FailoverLoss, today *FailoverLoss) {
	fill, known := f.in.Duties[balanceFill]
	in := Input{Trunks: f.in.Trunks, FillOff: f.in.FillOff || known && slices.Contains(loss.Lost, fill)}
	position := make([]int, len(f.in.Servers)) // position among the servers that are left
	for i, server := range f.in.Servers {
		position[i] = -1
		if state.alive[i] {
			position[i] = len(in.Servers)
			in.Servers = append(in.Servers, server.Server)
			if server.MaxTrunks() > 0 {
				loss.CallsPerSecond += localCallsPerSecond(server.Row.Int("outbound_calls_per_second"))
			}
		}
	}
	all := make([]int, len(in.Servers))
	byCampaign := map[string][]int{}
	for _, agent := range agents {
		if agent.server < 0 || position[agent.server] < 0 {
			continue
		}
		all[position[agent.server]]++
		if byCampaign[agent.campaign] == nil {
			byCampaign[agent.campaign] = make([]int, len(in.Servers))
		}
		byCampaign[agent.campaign][position[agent.server]]++
	}
	if !slices.ContainsFunc(all, func(n int) bool { return n > 0 }) {
		for i, server := range in.Servers {
			all[i] = server.MaxTrunks()
		}
	}
	for _, campaign := range f.in.Campaigns {
		in.Campaigns = append(in.Campaigns, Campaign{ID: campaign.ID, Active: true, Unpaused: true})
		weights, working := byCampaign[cluster.FoldKey(campaign.ID)]
		if !working {
			weights = all
		}
		for i, lines := range divide(campaign.Lines, weights) {
			if lines > 0 {
				in.Goals = append(in.Goals, Goal{ServerIP: in.Servers[i].IP(), Campaign: campaign.ID, Lines: lines})
			}
		}
	}
	forecast := New(in)
	for i, campaign := range f.in.Campaigns {
		total := forecast.campaign(campaign.ID)
		lines := FailoverLines{Campaign: campaign.ID, Needed: campaign.Lines, Carried: min(total.Lines, campaign.Lines)}
		loss.Campaigns = append(loss.Campaigns, lines)
		before := lines.Needed
		if today != nil {
			before = today.Campaigns[i].Carried
		}
		if lines.Carried < before {
			why := ""
			if len(total.Reasons) > 0 {
				why = " " + strings.Join(total.Reasons, " ")
			}
			loss.Reasons = append(loss.Reasons, fmt.Sprintf("Campaign %s gets %d lines instead of %d.%s", campaign.ID, lines.Carried, before, why))
		}
	}
	if short := loss.CallsPerSecond < float64(f.in.CallsPerSecond); short && (today == nil || today.CallsPerSecond > loss.CallsPerSecond) {
		loss.Reasons = append(loss.Reasons, fmt.Sprintf("The servers can place %g calls a second, %d are needed.", loss.CallsPerSecond, f.in.CallsPerSecond))
	}
}

// checkInbound checks inbound carriers and the work that only one server does.
func (f *failoverCluster) checkInbound(state *loginState, loss *FailoverLoss, today *FailoverLoss) {
	open := func(server string) bool {
		i, ok := state.index[server]
		return ok && state.alive[i]
	}
	for _, inbound := range f.in.Inbound {
		if slices.ContainsFunc(inbound.Servers, open) {
			continue
		}
		loss.Inbound = append(loss.Inbound, inbound.Name)
		if today == nil || !slices.Contains(today.Inbound, inbound.Name) {
			loss.Reasons = append(loss.Reasons, fmt.Sprintf("Inbound calls of carrier %s reach no server that is up: it delivers only to %s.", inbound.Name, strings.Join(inbound.Servers, ", ")))
		}
	}
	for _, inbound := range f.in.Inbound {
		var lost []string
		for _, server := range inbound.Servers {
			if slices.Contains(loss.Lost, server) {
				lost = append(lost, server)
			}
		}
		if len(lost) > 0 && len(lost) < len(inbound.Servers) {
			loss.ToDo = append(loss.ToDo, fmt.Sprintf("Carrier %s must stop delivering inbound calls to %s.", inbound.Name, strings.Join(lost, ", ")))
		}
	}
}

// divide divides a number by weights: whole parts first, then by the largest remainder,
// ties to the earlier. It distributes wanted calls; trunks are apportioned otherwise.
func divide(total int, weights []int) []int {
	sum := 0
	for _, weight := range weights {
		sum += weight
	}
	shares := make([]int, len(weights))
	if sum == 0 {
		return shares
	}
	left := total
	order := make([]int, len(weights))
	for i, weight := range weights {
		shares[i] = total * weight / sum
		left -= shares[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(total*weights[b]%sum, total*weights[a]%sum)
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
