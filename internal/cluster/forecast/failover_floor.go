package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// failoverFloor is the floor before anything is lost.
type failoverFloor struct {
	in     FailoverInput
	phones [][]phoneOf // by seat
	home   []int       // by seat: the server on which it sits, -1 if nowhere
	failed []loginFailure
	agents []int // by server, seated or live
	rooms  []int // by server
}

func newFailoverFloor(in FailoverInput) *failoverFloor {
	hall := newLoginHall(in)
	f := &failoverFloor{in: in, phones: make([][]phoneOf, len(in.Seats)), home: make([]int, len(in.Seats)), failed: make([]loginFailure, len(in.Seats))}
	for i, seat := range in.Seats {
		f.phones[i] = hall.phones(seat)
		if in.Live == nil {
			f.home[i], f.failed[i] = hall.login(f.phones[i])
			continue
		}
		f.home[i] = -1
		if server, ok := hall.index[in.Live.Seats[seat.ID]]; ok {
			f.home[i] = server
		}
	}
	if in.Live != nil {
		for i, server := range in.Servers {
			hall.agents[i] = in.Live.Agents[server.IP()]
			hall.rooms[i] = in.Live.Agents[server.IP()] + in.Live.FreeRooms[server.IP()]
		}
	}
	f.agents, f.rooms = hall.agents, hall.rooms
	return f
}

// lose works out what is left without the given servers. Today is the same
// with all of them, nil while that itself is worked out.
func (f *failoverFloor) lose(lost []string, today *FailoverLoss) FailoverLoss {
	hall := newLoginHall(f.in)
	hall.agents, hall.rooms = slices.Clone(f.agents), f.rooms
	loss := FailoverLoss{Lost: lost}
	for i, server := range f.in.Servers {
		if slices.Contains(lost, server.IP()) {
			hall.alive[i] = false
			loss.AgentsCut += hall.agents[i]
			hall.agents[i] = 0
			if f.in.Live != nil {
				loss.CallsCut += f.in.Live.Calls[server.IP()]
			}
		}
	}
	f.reseat(hall, &loss)
	f.dial(hall, &loss, today)
	f.answer(hall, &loss, today)
	loss.Survivable = len(loss.Reasons) == 0
	return loss
}

// reseat lets the agents of lost servers log in again, in the order of the
// seats; everybody else stays where they are.
func (f *failoverFloor) reseat(hall *loginHall, loss *FailoverLoss) {
	arrived := make([]int, len(f.in.Servers))
	stranded := make(map[loginFailure][]string)
	for i, seat := range f.in.Seats {
		home, why := f.home[i], f.failed[i]
		if home >= 0 && !hall.alive[home] {
			if home, why = hall.login(f.phones[i]); home >= 0 {
				arrived[home]++
			}
		} else if home < 0 && loss.Lost != nil {
			continue // it could not log in before, or is not logged in now
		}
		if why != loginWorks {
			stranded[why] = append(stranded[why], seat.ID)
			loss.Stranded = append(loss.Stranded, seat.ID)
		}
	}
	for i, server := range f.in.Servers {
		if hall.alive[i] {
			loss.Seats = append(loss.Seats, FailoverSeats{ServerIP: server.IP(), Agents: hall.agents[i], Arrived: arrived[i], Rooms: hall.rooms[i]})
		}
	}
	for _, why := range []loginFailure{loginUnknown, loginPinned, loginGated, loginFull, loginTrapped} {
		if seats := stranded[why]; len(seats) > 0 {
			loss.Reasons = append(loss.Reasons, why.sentence(seats))
		}
	}
}

func (l loginFailure) sentence(seats []string) string {
	who := cluster.PluralNamed(len(seats), "seat", seats)
	switch l {
	case loginUnknown:
		return "No phone of " + who + " accepts the login: every one is inactive, has another password, or is on a server with active_agent_login_server=N."
	case loginPinned:
		return "There is no phone on a server that is left for " + who + "."
	case loginGated:
		return "The servers that are left refuse logins (active, active_agent_login_server, or a twin without heartbeat) for " + who + "."
	case loginFull:
		return "The servers that are left have no free conference room for " + who + "."
	default:
		return "The login balancer chooses a phone that is inactive or has another password for " + who + "."
	}
}

// dial asks VICIdial's own trunk arithmetic what the surviving servers carry.
// A campaign's lines are wanted where agents are.
func (f *failoverFloor) dial(hall *loginHall, loss *FailoverLoss, today *FailoverLoss) {
	in := Input{Trunks: f.in.Trunks, FillOff: f.in.FillOff}
	var weights []int
	for i, server := range f.in.Servers {
		if hall.alive[i] {
			in.Servers = append(in.Servers, server.Server)
			weights = append(weights, hall.agents[i])
			if server.MaxTrunks() > 0 {
				loss.CallsPerSecond += LocalCallsPerSecond(server.Row.Int("outbound_calls_per_second"))
			}
		}
	}
	if !slices.ContainsFunc(weights, func(n int) bool { return n > 0 }) {
		for i, server := range in.Servers {
			weights[i] = server.MaxTrunks() // nobody is known to sit anywhere
		}
	}
	for _, campaign := range f.in.Campaigns {
		in.Campaigns = append(in.Campaigns, Campaign{ID: campaign.ID, Active: true, Unpaused: true})
		for i, lines := range parts(campaign.Lines, weights) {
			if lines > 0 {
				in.Goals = append(in.Goals, Goal{ServerIP: in.Servers[i].IP(), Campaign: campaign.ID, Lines: lines})
			}
		}
	}
	forecast := New(in)
	for i, campaign := range f.in.Campaigns {
		total := forecast.Campaign(campaign.ID)
		lines := FailoverLines{Campaign: campaign.ID, Needed: campaign.Lines, Carried: min(total.Lines, campaign.Lines)}
		loss.Campaigns = append(loss.Campaigns, lines)
		before := lines.Needed
		if today != nil {
			before = today.Campaigns[i].Carried
		}
		if lines.Carried < before {
			why := ""
			if len(total.Why) > 0 {
				why = " " + strings.Join(total.Why, " ")
			}
			loss.Reasons = append(loss.Reasons, fmt.Sprintf("Campaign %s gets %d lines instead of %d.%s", campaign.ID, lines.Carried, before, why))
		}
	}
	if short := loss.CallsPerSecond < float64(f.in.CallsPerSecond); short && (today == nil || today.CallsPerSecond > loss.CallsPerSecond) {
		loss.Reasons = append(loss.Reasons, fmt.Sprintf("The servers can place %g calls a second, %d are needed.", loss.CallsPerSecond, f.in.CallsPerSecond))
	}
}

// answer looks at the ways in and at what only one server does.
func (f *failoverFloor) answer(hall *loginHall, loss *FailoverLoss, today *FailoverLoss) {
	open := func(server string) bool {
		i, ok := hall.index[server]
		return ok && hall.alive[i]
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
	if slices.Contains(loss.Lost, f.in.VoicemailServer) {
		loss.ToDo = append(loss.ToDo, fmt.Sprintf("Server %s is the active_voicemail_server: voicemail and the end of day stop until another server is named in the system settings.", f.in.VoicemailServer))
	}
	for _, inbound := range f.in.Inbound {
		var gone []string
		for _, server := range inbound.Servers {
			if slices.Contains(loss.Lost, server) {
				gone = append(gone, server)
			}
		}
		if len(gone) > 0 && len(gone) < len(inbound.Servers) {
			loss.ToDo = append(loss.ToDo, fmt.Sprintf("Carrier %s must stop delivering inbound calls to %s.", inbound.Name, strings.Join(gone, ", ")))
		}
	}
}

// parts shares a number out by weights: whole parts first, then by the largest
// remainder, ties to the earlier. It is not how trunks are shared out, only
// where calls are wanted.
func parts(total int, weights []int) []int {
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
