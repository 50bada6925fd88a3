package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// RemoteAgents returns all rows of vicidial_remote_agents.
func (s *Store) RemoteAgents(ctx context.Context) ([]cluster.RemoteAgents, error) {
	return s.remoteAgents.get(ctx)
}
