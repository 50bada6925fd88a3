package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// RemoteAgents returns all rows of vicidial_remote_agents.
func (s *Store) RemoteAgents(ctx context.Context) ([]cluster.RemoteAgents, error) {
	return s.remoteAgents.get(ctx)
}

func (s *Store) readRemoteAgents(ctx context.Context) ([]cluster.RemoteAgents, error) {
	rows, err := s.rows(ctx, cluster.TableRemoteAgents, cluster.RemoteAgentsColumns, "remote_agent_id", "")
	runs := make([]cluster.RemoteAgents, len(rows))
	for at, row := range rows {
		runs[at] = cluster.RemoteAgents(row)
	}
	return runs, err
}

func (s *Store) renewRemoteAgents(ctx context.Context, rows []cluster.RemoteAgents, steps []writtenStep) ([]cluster.RemoteAgents, error) {
	return renewRows(ctx, s, rows, steps, cluster.TableRemoteAgents, cluster.RemoteAgentsColumns, "remote_agent_id", "user_start")
}
