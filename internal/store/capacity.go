package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
)

// selectPeaks reads the history once, since it has no index and a row of every node
// every five seconds. The busiest sample is found in the same pass: lines and idle
// processor are packed into one number, so that the largest one carries both.
const selectPeaks = `
SELECT server_ip,
       COUNT(*),
       MAX(trunks_total * 1000 + 100 - LEAST(cpu_idle_percent, 100)),
       MAX(CAST(clients_total AS SIGNED) - CAST(clients_local AS SIGNED)),
       TIMESTAMPDIFF(SECOND, MIN(start_time), MAX(start_time)) / 3600
  FROM server_performance
 WHERE start_time >= NOW() - INTERVAL ? SECOND
 GROUP BY server_ip`

// CapacityMeasurements reads what each telephony server carried within the given time, and
// carries now.
func (s *Store) CapacityMeasurements(ctx context.Context, within time.Duration) ([]forecast.CapacityMeasurement, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	servers, err := s.Servers(ctx)
	if err != nil {
		return nil, err
	}
	rooms, err := s.roomCounts(ctx, true)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int)
	var measures []forecast.CapacityMeasurement
	for _, server := range servers {
		if _, twice := at[server.IP()]; twice || !server.Telephony() {
			continue
		}
		at[server.IP()] = len(measures)
		measures = append(measures, forecast.CapacityMeasurement{
			ServerIP: server.IP(), ID: server.ID(), MaxTrunks: server.MaxTrunks(), Rooms: rooms[server.IP()].total,
			LogsPerformance: server.Row["sys_perf_log"].Yes(),
		})
	}
	err = s.query(ctx, "the performance history", selectPeaks, []any{int(within / time.Second)}, func(rows *sql.Rows) error {
		var ip string
		var samples, packed, clients int
		var hours float64
		if err := rows.Scan(keyText{&ip}, &samples, &packed, &clients, &hours); err != nil {
			return err
		}
		if i, known := at[ip]; known {
			measures[i].Samples, measures[i].PeakAgents, measures[i].Hours = samples, max(0, clients), hours
			measures[i].PeakLines, measures[i].PeakIdle = packed/1000, 100-packed%1000
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return measures, s.addLoad(ctx, within, measures, at)
}

// selectDialers finds the campaigns that the dialer of each server has worked on within
// a time. It writes the row in each of its loops
// (docs/vicidial/dialer.md#shortage-age).
const selectDialers = `
SELECT server_ip,
       campaign_id
  FROM vicidial_campaign_server_stats
 WHERE update_time >= NOW() - INTERVAL ? SECOND`

// addLoad adds the current agents and lines, and which servers dial: those that have trunks of a
// campaign, or whose dialer has worked on a campaign that dials.
func (s *Store) addLoad(ctx context.Context, within time.Duration, measures []forecast.CapacityMeasurement, at map[string]int) error {
	agents, err := s.readLiveAgents(ctx)
	if err != nil {
		return err
	}
	for _, agent := range agents {
		if i, known := at[agent.ServerIP]; known {
			measures[i].Agents++
		}
	}
	calls, err := s.liveCalls(ctx, "")
	if err != nil {
		return err
	}
	for _, call := range calls {
		if i, known := at[call.ServerIP]; known {
			measures[i].Lines += call.Count
		}
	}
	campaigns, err := s.campaigns.get(ctx)
	if err != nil {
		return err
	}
	err = s.query(ctx, "dialed campaigns", selectDialers, []any{int(within / time.Second)}, func(rows *sql.Rows) error {
		var ip, id string
		if err := rows.Scan(keyText{&ip}, &id); err != nil {
			return err
		}
		if campaign, found := campaigns.Find(id); found && campaign.Dials() {
			if i, known := at[ip]; known {
				measures[i].Outbound = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	trunks, err := s.Trunks(ctx)
	for _, trunk := range trunks {
		if i, known := at[trunk.ServerIP]; known && trunk.Dedicated > 0 {
			measures[i].Outbound = true
		}
	}
	return err
}
