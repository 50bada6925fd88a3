package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

const selectLiveAgents = `
SELECT COALESCE(user, ''),
       COALESCE(server_ip, ''),
       COALESCE(extension, ''),
       COALESCE(campaign_id, ''),
       COALESCE(status, ''),
       COALESCE(outbound_autodial, '') = 'Y',
       COALESCE(last_call_time, '')
  FROM vicidial_live_agents%s
 ORDER BY user`

// liveAgents reads the logged-in agents, including remote agents, of one server, or
// of all if ip is empty.
func (s *Store) liveAgents(ctx context.Context, ip string) ([]cluster.LiveAgent, error) {
	s.prefetch(ctx, s.campaigns)
	where, args := onServer(ip)
	agents, err := selectAll(ctx, s, "live agents", fmt.Sprintf(selectLiveAgents, where), args, func(rows *sql.Rows, a *cluster.LiveAgent) error {
		return rows.Scan(&a.User, keyText{&a.ServerIP}, &a.Extension, &a.Campaign, &a.Status, &a.Autodial, &a.LastCall)
	})
	spelled, unknown := s.campaignSpelling(ctx)
	for i := range agents {
		agents[i].Campaign = spelled(agents[i].Campaign)
	}
	return agents, cmp.Or(err, unknown)
}

func onServer(ip string) (where string, args []any) {
	if ip == "" {
		return "", nil
	}
	return "\n WHERE server_ip = ?", []any{ip}
}

// LiveAgents returns the agents who are logged in on a phone. Plans, and changes that are
// decided together, share one read.
func (s *Store) LiveAgents(ctx context.Context) ([]cluster.LiveAgent, error) {
	return s.onPhones.get(ctx)
}

func (s *Store) readLiveAgents(ctx context.Context) ([]cluster.LiveAgent, error) {
	agents, err := s.liveAgents(ctx, "")
	return slices.DeleteFunc(agents, cluster.LiveAgent.Remote), err
}

const countCalls = `
SELECT server_ip,
       COALESCE(campaign_id, ''),
       COALESCE(call_type, ''),
       COALESCE(status, ''),
       COUNT(*)
  FROM vicidial_auto_calls%s
 GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2, 3, 4`

// liveCalls counts the current calls of one server, or of all if ip is empty.
func (s *Store) liveCalls(ctx context.Context, ip string) ([]cluster.CallCount, error) {
	s.prefetch(ctx, s.campaigns)
	where, args := onServer(ip)
	calls, err := selectAll(ctx, s, "live calls", fmt.Sprintf(countCalls, where), args, func(rows *sql.Rows, c *cluster.CallCount) error {
		return rows.Scan(keyText{&c.ServerIP}, &c.Campaign, &c.Type, &c.Status, &c.Count)
	})
	spelled, unknown := s.campaignSpelling(ctx)
	for i := range calls {
		calls[i].Campaign = spelled(calls[i].Campaign)
	}
	return calls, cmp.Or(err, unknown)
}

// Live counts the current agents on phones and calls of a server. It is not cached.
func (s *Store) Live(ctx context.Context, ip string) (cluster.Live, error) {
	live, err := s.countLive(ctx, s.readLiveAgents)
	return live[cluster.FoldKey(ip)], err
}

// countLive counts the agents that are read and the current calls of each server, by folded
// server_ip.
func (s *Store) countLive(ctx context.Context, read func(context.Context) ([]cluster.LiveAgent, error)) (map[string]cluster.Live, error) {
	live := map[string]cluster.Live{}
	var agents []cluster.LiveAgent
	var calls []cluster.CallCount
	err := concurrently(
		func() (err error) { agents, err = read(ctx); return err },
		func() (err error) { calls, err = s.liveCalls(ctx, ""); return err },
	)
	for _, agent := range agents {
		at := cluster.FoldKey(agent.ServerIP)
		live[at] = cluster.Live{Agents: live[at].Agents + 1, Calls: live[at].Calls}
	}
	for _, group := range calls {
		at := cluster.FoldKey(group.ServerIP)
		live[at] = cluster.Live{Agents: live[at].Agents, Calls: live[at].Calls + group.Count}
	}
	return live, err
}

const selectShortages = `
SELECT server_ip,
       campaign_id,
       COALESCE(local_trunk_shortage, 0),
       TIMESTAMPDIFF(SECOND, update_time, NOW())
  FROM vicidial_campaign_server_stats
 WHERE local_trunk_shortage > 0
 ORDER BY 1, 2`

func (s *Store) shortages(ctx context.Context) ([]health.Shortage, error) {
	spelled, err := s.campaignSpelling(ctx)
	if err != nil {
		return nil, err
	}
	return selectAll(ctx, s, "trunk shortages", selectShortages, nil, func(rows *sql.Rows, shortage *health.Shortage) error {
		var age sql.NullInt64
		err := rows.Scan(keyText{&shortage.ServerIP}, &shortage.Campaign, &shortage.Lines, &age)
		shortage.Campaign = spelled(shortage.Campaign)
		shortage.Age, shortage.AgeKnown = time.Duration(age.Int64)*time.Second, age.Valid
		return err
	})
}
