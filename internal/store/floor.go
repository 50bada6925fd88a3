package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// selectLoginPhones reads a salted hash of each password, with a new salt for every
// read, which only shows which phones have equal passwords.
const selectLoginPhones = `
SELECT COALESCE(login, ''),
       COALESCE(server_ip, ''),
       COALESCE(extension, ''),
       COALESCE(dialplan_number, ''),
       COALESCE(protocol, ''),
       COALESCE(fullname, ''),
       COALESCE(template_id, ''),
       COALESCE(active, '') = 'Y',
       SHA2(CONCAT(?, COALESCE(pass, '')), 256),
       %s
  FROM phones
 WHERE COALESCE(login, '') <> ''
 ORDER BY login, server_ip`

// AgentPhones returns all phones with a login, and all aliases.
func (s *Store) AgentPhones(ctx context.Context) ([]cluster.AgentPhone, []cluster.Alias, error) {
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	var phones []cluster.AgentPhone
	query := fmt.Sprintf(selectLoginPhones, info.column("phones", "peer_status", "''"))
	err = s.query(ctx, "phones", query, []any{rand.Text()}, func(rows *sql.Rows) error {
		var phone cluster.AgentPhone
		err := rows.Scan(&phone.Login, joined{&phone.ServerIP}, &phone.Extension, &phone.DialplanNumber, &phone.Protocol, &phone.FullName, &phone.TemplateID, &phone.Active, &phone.Password, &phone.PeerStatus)
		phones = append(phones, phone)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	aliases, err := s.loginLists(ctx)
	return phones, aliases, err
}

// selectCarriers reads no account and no registration, which contain passwords. The
// database computes whether a line of the account or its template sends calls to
// the DIDs, and whether the dialplan dials.
const selectCarriers = `
SELECT c.carrier_id,
       c.carrier_name,
       COALESCE(c.protocol, ''),
       c.template_id,
       c.server_ip,
       COALESCE(c.active, '') = 'Y',
       CONCAT(COALESCE(c.account_entry, ''), '\n', COALESCE(t.template_contents, '')) REGEXP ?,
       COALESCE(c.dialplan_entry, '') REGEXP ?
  FROM vicidial_server_carriers AS c
  LEFT JOIN vicidial_conf_templates AS t
    ON t.template_id = c.template_id
 ORDER BY c.carrier_id`

const (
	inboundPattern = `(?mi)^[ \t]*(endpoint/)?context[ \t]*=>?[ \t]*` + asterisk.InboundContext + `[ \t\r]*(;|$)`
	dialPattern    = `(?mi)^[^;\n]*\bDial[ \t]*\(`
)

// CarrierRows returns all carriers.
func (s *Store) CarrierRows(ctx context.Context) ([]cluster.CarrierRow, error) {
	if _, err := s.info.get(ctx); err != nil {
		return nil, err
	}
	var carriers []cluster.CarrierRow
	err := s.query(ctx, "carriers", selectCarriers, []any{inboundPattern, dialPattern}, func(rows *sql.Rows) error {
		var carrier cluster.CarrierRow
		err := rows.Scan(&carrier.ID, &carrier.Name, &carrier.Protocol, &carrier.TemplateID, joined{&carrier.ServerIP}, &carrier.Active, &carrier.Inbound, &carrier.Outbound)
		carriers = append(carriers, carrier)
		return err
	})
	return carriers, err
}

// FailoverInput reads the input of a failover plan: telephony servers, seats, trunk
// rows and inbound carriers. With live it also reads agents, calls and heartbeats.
func (s *Store) FailoverInput(ctx context.Context, pinned, live bool) (forecast.FailoverInput, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	var in forecast.FailoverInput
	servers, err := s.Expected(ctx)
	if err != nil {
		return in, err
	}
	rooms, err := s.roomCounts(ctx, live)
	if err != nil {
		return in, err
	}
	var telephony []string
	for _, server := range servers.Distinct() {
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
	if in.Trunks, err = s.trunkRows(ctx); err != nil {
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
	return in, s.readFloorLoad(ctx, &in, rooms, phones)
}

// readFloorLoad reads the seats in use, the calls and the dead servers.
func (s *Store) readFloorLoad(ctx context.Context, in *forecast.FailoverInput, rooms map[string]roomCount, phones []cluster.AgentPhone) error {
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
			floor.Phones = append(floor.Phones, seating.Phone{Seat: seat, ServerIP: phone.ServerIP, Extension: phone.Extension, DialplanNumber: phone.DialplanNumber})
		}
	}
	agents, err := s.LiveAgents(ctx)
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
	for ip, count := range rooms { // the order does not matter
		live.FreeRooms[ip] = count.free
	}
	alive, _, err := s.Alive(ctx)
	for i, server := range in.Servers {
		in.Servers[i].Dead = !slices.Contains(alive, server.IP())
	}
	return err
}
