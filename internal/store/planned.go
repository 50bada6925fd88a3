package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Expected returns the servers as they will be after this run.
func (s *Store) Expected(ctx context.Context) (cluster.Servers, error) {
	now, err := s.Servers(ctx)
	return s.ServersAfter(now), err
}

// ExpectedCarriers returns the carriers as they will be after this run, with the
// current rows of one route.
func (s *Store) ExpectedCarriers(ctx context.Context, except string) (cluster.Carriers, error) {
	now, err := s.Carriers(ctx)
	return s.CarriersAfter(now, except), err
}

// ExpectedTemplates returns the templates as they will be after this run.
func (s *Store) ExpectedTemplates(ctx context.Context) (cluster.Templates, error) {
	now, err := s.Templates(ctx)
	return s.TemplatesAfter(now), err
}

// ExpectedRemoteAgents returns the remote agents as they will be after this run,
// with the current row of one user_start.
func (s *Store) ExpectedRemoteAgents(ctx context.Context, except string) ([]cluster.RemoteAgents, error) {
	now, err := s.RemoteAgents(ctx)
	return s.RemoteAgentsAfter(now, except), err
}

// ExpectedRooms returns the number of conference rooms of each server after this
// run.
func (s *Store) ExpectedRooms(ctx context.Context) (map[cluster.Engine]map[string]int, error) {
	now, err := s.Rooms(ctx)
	return s.RoomsAfter(now), err
}
