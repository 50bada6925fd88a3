package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// aBusyCluster has 40 telephony nodes, 5,000 seats of three phones, 1,000 live
// agents, 3,000 calls, a million rows of performance history and 100,000 lines
// of admin change log.
func aBusyCluster(b *testing.B) *Store {
	b.Helper()
	d := sandbox.New(b, 1720)
	number := "(SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM digits a, digits b, digits c, digits d)"
	for _, statement := range []string{
		"CREATE TABLE digits (n INT) ENGINE=MyISAM",
		"INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
		"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks, vicidial_balance_active) SELECT CONCAT('dial', n), CONCAT('10.0.0.', n + 1), 'Y', 250, 'Y' FROM " + number + " AS s WHERE n < 40",
		"INSERT INTO server_updater (server_ip, last_update, db_time) SELECT server_ip, NOW(), NOW() FROM servers",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) SELECT 8600051 + n, server_ip, '' FROM servers, " + number + " AS s WHERE n < 249",
		"INSERT INTO phones (extension, server_ip, login, pass, active, template_id, protocol) SELECT 10000 + s.n, CONCAT('10.0.0.', (s.n + k.n * 13) % 40 + 1), CONCAT(10000 + s.n, CHAR(97 + k.n)), 'open', 'Y', '', 'SIP' FROM " + number + " AS s, digits k WHERE s.n < 5000 AND k.n < 3",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) SELECT 10000 + n, 'seat', CONCAT(10000 + n, 'a,', 10000 + n, 'b,', 10000 + n, 'c') FROM " + number + " AS s WHERE n < 5000",
		"INSERT INTO vicidial_campaigns (campaign_id, active, dial_method, auto_dial_level) SELECT CONCAT('CAMP', n), 'Y', 'RATIO', '2' FROM digits",
		"INSERT INTO vicidial_server_trunks SELECT server_ip, CONCAT('CAMP', n), 20, 'MAXIMUM_LIMIT' FROM servers, digits",
		"INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension, lead_id, outbound_autodial, last_call_time) SELECT n, CONCAT('10.0.0.', n % 40 + 1), CONCAT('CAMP', n % 10), IF(n % 3, 'INCALL', 'READY'), CONCAT('SIP/', 10000 + n), 0, 'Y', NOW() FROM " + number + " AS s WHERE n < 1000",
		"INSERT INTO vicidial_auto_calls (server_ip, campaign_id, status, lead_id, call_type) SELECT CONCAT('10.0.0.', n % 40 + 1), CONCAT('CAMP', n % 10), 'LIVE', n, IF(n % 4, 'OUT', 'IN') FROM " + number + " AS s WHERE n < 3000",
		"INSERT INTO vicidial_campaign_server_stats SELECT CONCAT('CAMP', n), server_ip, NOW(), n % 2 FROM servers, digits",
		"INSERT INTO server_performance (start_time, server_ip, sysload, freeram, usedram, processes, channels_total, trunks_total, clients_total, clients_zap, clients_iax, clients_local, clients_sip, live_recordings, cpu_idle_percent) SELECT NOW() - INTERVAL (s.n * 8 + k.n) SECOND, CONCAT('10.0.0.', (s.n + j.n) % 40 + 1), 100, 1, 1, 1, 80, s.n % 90, 25, 0, 0, 0, 25, 0, 60 FROM " + number + " AS s, digits k, digits j",
		"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code) SELECT NOW(), '6666', '10.0.0.9', 'PHONES', 'MODIFY', s.n, 'ADMIN MODIFY PHONE' FROM " + number + " AS s, digits k",
	} {
		if _, err := d.DB().ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	s := New(settingsOf(d))
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	if _, err := s.Schema(b.Context()); err != nil { // the first connection is not what is measured
		b.Fatal(err)
	}
	return s
}

// BenchmarkReads shows that every read of a busy cluster takes a part of a second:
// go test -run '^$' -bench Looking ./internal/store/.
func BenchmarkReads(b *testing.B) {
	s := aBusyCluster(b)
	looks := []struct {
		name string
		look func(context.Context) (string, error)
	}{
		{"health", func(ctx context.Context) (string, error) {
			snapshot, err := s.Health(ctx)
			health := health.NewReport(snapshot)
			return fmt.Sprintf("%d agents, %d calls", health.Agents, health.Calls), err
		}},
		{"failover plan", func(ctx context.Context) (string, error) {
			floor, err := s.FailoverInput(ctx, true, false)
			if err != nil {
				return "", err
			}
			plan, err := forecast.NewFailoverPlan(floor)
			return fmt.Sprintf("%d losses", len(plan.Losses)), err
		}},
		{"failover plan now", func(ctx context.Context) (string, error) {
			floor, err := s.FailoverInput(ctx, true, true)
			if err != nil {
				return "", err
			}
			plan, err := forecast.NewFailoverPlan(floor)
			return fmt.Sprintf("%d losses", len(plan.Losses)), err
		}},
		{"failover plan of pairs", func(ctx context.Context) (string, error) {
			floor, err := s.FailoverInput(ctx, true, false)
			if err != nil {
				return "", err
			}
			floor.Depth = 2
			for i := range 10 {
				floor.Campaigns = append(floor.Campaigns, forecast.FailoverCampaign{ID: fmt.Sprintf("CAMP%d", i), Lines: 600})
			}
			plan, err := forecast.NewFailoverPlan(floor)
			return fmt.Sprintf("%d losses", len(plan.Losses)), err
		}},
		{"dial forecast", func(ctx context.Context) (string, error) {
			in, err := s.ForecastInput(ctx, true)
			return fmt.Sprintf("%d campaigns", len(forecast.New(in).Campaigns)), err
		}},
		{"capacity", func(ctx context.Context) (string, error) {
			measures, err := s.CapacityMeasurements(ctx, 24*time.Hour)
			return fmt.Sprintf("%d nodes, %d samples of the first", len(measures), measures[0].Samples), err
		}},
		{"topology", func(ctx context.Context) (string, error) {
			topology, err := s.Topology(ctx, true)
			return fmt.Sprintf("%d nodes", len(topology.Nodes)), err
		}},
		{"agent phones", func(ctx context.Context) (string, error) {
			phones, aliases, err := s.AgentPhones(ctx)
			return fmt.Sprintf("%d phones", len(cluster.WithAliases(phones, aliases))), err
		}},
	}
	wants := []string{"1000 agents, 3000 calls", "40 losses", "40 losses", "820 losses", "10 campaigns", "40 nodes, 25000 samples of the first", "40 nodes", "15000 phones"}
	for i, look := range looks {
		b.Run(look.name, func(b *testing.B) {
			for b.Loop() {
				s.Forget() // as at the beginning of a run
				saw, err := look.look(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				if saw != wants[i] {
					b.Fatalf("saw %s, want %s", saw, wants[i])
				}
			}
		})
	}
}
