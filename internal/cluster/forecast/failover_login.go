package forecast

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// loginFailure is the reason why an agent cannot log in.
type loginFailure int

const (
	loginWorks loginFailure = iota
	loginUnknown
	loginNoServer
	loginRefused
	loginFull
	loginWrongPhone
	loginNoSeat  // the phone belongs to no seat
	loginNowhere // logged in on no telephony server
)

// seatPhone is a phone of a seat with the index of its server; -1 is an unknown one.
type seatPhone struct {
	server int
	usable bool
}

// loginServer is what the agent login page reads of one row of servers.
type loginServer struct {
	ip             string
	active, logins bool
	confbridge     bool
	twin           string // active_twin_server_ip
}

// loginState is the state that the agent login page reads: servers and their agents.
type loginState struct {
	servers []loginServer
	index   map[string]int
	weights map[string]int
	weighed int // sum of the weights
	alive   []bool
	agents  []int
	rooms   []int // per server, free or not
}

func newLoginState(in FailoverInput) *loginState {
	h := &loginState{servers: make([]loginServer, len(in.Servers)), index: make(map[string]int, len(in.Servers)), weights: in.Weights}
	h.alive = make([]bool, len(in.Servers))
	h.agents = make([]int, len(in.Servers))
	h.rooms = make([]int, len(in.Servers))
	for i, server := range in.Servers {
		h.servers[i] = loginServer{
			ip: server.IP(), active: server.Active(), logins: server.Logins(),
			confbridge: server.Engine() == cluster.Confbridge, twin: server.Row["active_twin_server_ip"].Text,
		}
		h.index[server.IP()] = i
		h.alive[i] = !server.Dead
		h.rooms[i] = server.Rooms
	}
	for _, weight := range in.Weights { // a sum: the order does not show
		h.weighed += weight
	}
	return h
}

func (h *loginState) phones(seat cluster.LoginSeat) []seatPhone {
	phones := make([]seatPhone, len(seat.Phones))
	for i, phone := range seat.Phones {
		server, ok := h.index[phone.ServerIP]
		if !ok {
			server = -1
		}
		phones[i] = seatPhone{server: server, usable: phone.Usable}
	}
	return phones
}

// login chooses a server as the agent login page does for a phone login
// (docs/vicidial/agent-login.md#algorithm; www/agc
// vicidial.php:4291-4534) and returns the server on which the agent ends.
func (h *loginState) login(phones []seatPhone) (int, loginFailure) {
	if !slices.ContainsFunc(phones, func(p seatPhone) bool { return p.usable && p.server >= 0 && h.servers[p.server].logins }) {
		return -1, loginUnknown // "phone login and password are not active"
	}
	if len(phones) == 1 {
		return h.loginDirect(phones[0].server)
	}
	chosen, failure := -1, loginNoServer
	least := 0.0
	usable := false
	confbridge := false // never reset, as in the page's loop (docs/vicidial/agent-login.md#engine-loop)
	for _, phone := range phones {
		if phone.server < 0 {
			continue
		}
		confbridge = confbridge || h.servers[phone.server].confbridge
		if why := h.eligible(phone.server, confbridge); why != loginWorks {
			failure = max(failure, why)
			continue
		}
		if load := h.load(phone.server); chosen < 0 || least >= load { // a tie goes to the later one
			chosen, least, usable = phone.server, load, phone.usable
		}
	}
	switch {
	case chosen < 0:
		return -1, failure
	case !usable:
		return -1, loginWrongPhone
	}
	h.agents[chosen]++
	return chosen, loginWorks
}

// loginDirect is a login that is not a list: only a free room is checked.
func (h *loginState) loginDirect(server int) (int, loginFailure) {
	if !h.alive[server] {
		return -1, loginNoServer // the page lets the agent in, but the phone does not ring
	}
	if h.agents[server] >= h.rooms[server] {
		return -1, loginFull
	}
	h.agents[server]++
	return server, loginWorks
}

func (h *loginState) eligible(server int, confbridge bool) loginFailure {
	s := h.servers[server]
	switch {
	case !h.alive[server]:
		return loginNoServer
	case !s.active, !s.logins:
		return loginRefused
	case h.agents[server] >= h.rooms[server], confbridge && !s.confbridge:
		return loginFull
	case len(s.twin) > 4:
		if twin, ok := h.index[s.twin]; !ok || !h.alive[twin] {
			return loginRefused
		}
	}
	return loginWorks
}

// load is the number of agents, divided by the server's part of the weights
// where there are any. A server that the container leaves out, or gives 0, is
// divided by 0.001: avoided, but with nobody on it still as empty as any.
func (h *loginState) load(server int) float64 {
	agents := float64(h.agents[server])
	if h.weighed == 0 {
		return agents
	}
	part := float64(h.weights[h.servers[server].ip]) / float64(h.weighed)
	if part == 0 {
		part = 0.001
	}
	return agents / part
}
