package store

import (
	"context"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// FailoverInput reads the input of a failover plan: telephony servers, seats, trunk
// rows and inbound carriers. With live it also reads agents, calls and heartbeats.
func (s *Store) FailoverInput(ctx context.Context, pinned, live bool) (forecast.FailoverInput, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var in forecast.FailoverInput
	servers, err := s.ExpectedServers(ctx)
	if err != nil {
		return in, err
	}
	rooms, err := s.roomCounts(ctx, live)
	if err != nil {
		return in, err
	}
	var telephony []string
	for _, server := range servers.FirstByAddress() {
		if !server.Telephony() {
			continue // a database server
		}
		ip := server.IP()
		telephony = append(telephony, ip)
		in.Servers = append(in.Servers, forecast.FailoverServer{Server: server, Rooms: rooms[ip].total})
	}
	phones, aliases, err := s.AgentPhones(ctx)
	if err != nil {
		return in, err
	}
	in.Seats = cluster.SeatsFrom(phones, aliases, pinned)
	if in.Trunks, err = s.Trunks(ctx); err != nil {
		return in, err
	}
	carriers, err := s.CarrierRows(ctx)
	if err != nil {
		return in, err
	}
	in.Inbound, in.Outbound = cluster.InboundOf(carriers, telephony), cluster.OutboundOf(carriers, telephony)
	if in.RemoteAgents, err = s.RemoteAgents(ctx); err != nil {
		return in, err
	}
	if in.DIDs, err = s.DIDs(ctx); err != nil {
		return in, err
	}
	settings, err := s.settingsRow.latest(ctx, live)
	if err != nil {
		return in, err
	}
	in.VoicemailServer, in.SoundsServer, in.Replica = settings.VoicemailServer(), settings.Row["sounds_web_server"].Text, settings.Replica()
	in.Weights, _ = cluster.ParseWeights(settings.Weights.Text)
	if !live {
		return in, nil
	}
	return in, s.readClusterLoad(ctx, &in, rooms, phones)
}

// readClusterLoad reads the seats in use, the calls and the dead servers.
func (s *Store) readClusterLoad(ctx context.Context, in *forecast.FailoverInput, rooms map[string]roomCount, phones []cluster.AgentPhone) error {
	live := &forecast.FailoverLive{FreeRooms: map[string]int{}, Calls: map[string]int{}}
	in.Live = live
	login := make(map[string]string)
	for _, seat := range in.Seats {
		for _, phone := range seat.Phones {
			login[phone.Login] = seat.ID
		}
	}
	var floor seating.FloorRows
	for _, phone := range phones {
		if seat, found := login[phone.Login]; found {
			floor.Phones = append(floor.Phones, seating.Phone{Seat: seat, PhoneRow: &seating.PhoneRow{ServerIP: phone.ServerIP, Extension: phone.Extension, DialplanNumber: phone.DialplanNumber}})
		}
	}
	agents, err := s.readLiveAgents(ctx)
	if err != nil {
		return err
	}
	seats := floor.SeatsByUser(agents)
	for _, agent := range agents {
		live.Agents = append(live.Agents, forecast.FailoverAgent{User: agent.User, ServerIP: agent.ServerIP, Campaign: agent.Campaign, Seat: seats[agent.User]})
	}
	calls, err := s.liveCalls(ctx, "")
	if err != nil {
		return err
	}
	for _, call := range calls {
		live.Calls[call.ServerIP] += call.Count
	}
	for ip, count := range rooms {
		live.FreeRooms[ip] = count.free
	}
	alive, _, err := s.Alive(ctx)
	for i, server := range in.Servers {
		in.Servers[i].Dead = !slices.Contains(alive, server.IP())
	}
	return err
}
