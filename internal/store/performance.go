package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// selectPeaks passes once over the history, which has no index at all and a row
// of every node every five seconds. The busiest sample is found in the same
// pass: lines and idle processor are packed into one number, so that the
// largest one carries both.
const selectPeaks = `
SELECT server_ip,
       COUNT(*),
       MAX(trunks_total * 1000 + 100 - LEAST(cpu_idle_percent, 100)),
       MAX(clients_total)
  FROM server_performance
 WHERE start_time >= NOW() - INTERVAL ? SECOND
 GROUP BY server_ip`

// Measures reads what each telephony server carried within the given time, and
// carries now.
func (s *Store) Measures(ctx context.Context, within time.Duration) ([]cluster.CapacityMeasure, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, err
	}
	servers, err := s.Servers(ctx)
	if err != nil {
		return nil, err
	}
	rooms, err := s.roomCounts(ctx, info)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int)
	var measures []cluster.CapacityMeasure
	for _, server := range servers {
		if _, twice := at[server.IP()]; twice || !server.Row["active_asterisk_server"].Yes() {
			continue
		}
		at[server.IP()] = len(measures)
		measures = append(measures, cluster.CapacityMeasure{
			ServerIP: server.IP(), ID: server.ID(), MaxTrunks: server.MaxTrunks(), Rooms: rooms[server.IP()].total,
		})
	}
	err = s.query(ctx, "the performance history", selectPeaks, []any{int(within / time.Second)}, func(rows *sql.Rows) error {
		var ip string
		var samples, packed, clients int
		if err := rows.Scan(&ip, &samples, &packed, &clients); err != nil {
			return err
		}
		if i, ours := at[ip]; ours {
			measures[i].Samples, measures[i].PeakAgents = samples, clients
			measures[i].PeakLines, measures[i].PeakIdle = packed/1000, 100-packed%1000
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return measures, s.addLoad(ctx, measures, at)
}

const selectDialingServers = `
SELECT DISTINCT t.server_ip
  FROM vicidial_server_trunks AS t
 WHERE t.dedicated_trunks > 0`

// addLoad adds what is up now, and which servers dial: those that place calls
// or have trunks of a campaign.
func (s *Store) addLoad(ctx context.Context, measures []cluster.CapacityMeasure, at map[string]int) error {
	agents, err := s.liveAgents(ctx)
	if err != nil {
		return err
	}
	for _, group := range agents {
		if i, ours := at[group.ServerIP]; ours && !group.Remote {
			measures[i].Agents += group.Count
		}
	}
	calls, err := s.liveCalls(ctx)
	if err != nil {
		return err
	}
	for _, call := range calls {
		if i, ours := at[call.ServerIP]; ours {
			measures[i].Lines += call.Count
			measures[i].Outbound = measures[i].Outbound || call.Type != "IN"
		}
	}
	return s.query(ctx, "trunk rows", selectDialingServers, nil, func(rows *sql.Rows) error {
		var ip string
		err := rows.Scan(&ip)
		if i, ours := at[ip]; ours {
			measures[i].Outbound = true
		}
		return err
	})
}
