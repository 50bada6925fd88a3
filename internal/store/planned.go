package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ExpectedServers returns the servers as they will be after this run.
func (s *Store) ExpectedServers(ctx context.Context) (cluster.Servers, error) {
	current, err := s.Servers(ctx)
	return s.ServersAfter(current), err
}

// ExpectedCarriers returns the carriers as they will be after this run, with the
// current rows of one route.
func (s *Store) ExpectedCarriers(ctx context.Context, except string) (cluster.Carriers, error) {
	current, err := s.Carriers(ctx)
	return s.CarriersAfter(current, except), err
}

// ExpectedTemplates returns the templates as they will be after this run.
func (s *Store) ExpectedTemplates(ctx context.Context) (cluster.Templates, error) {
	current, err := s.Templates(ctx)
	return s.TemplatesAfter(current), err
}

// ExpectedRemoteAgents returns the remote agents as they will be after this run,
// with the current row of one user_start.
func (s *Store) ExpectedRemoteAgents(ctx context.Context, except string) ([]cluster.RemoteAgents, error) {
	current, err := s.RemoteAgents(ctx)
	return s.RemoteAgentsAfter(current, except), err
}

// ExpectedRooms returns the number of conference rooms of each server after this
// run.
func (s *Store) ExpectedRooms(ctx context.Context) (map[cluster.Engine]map[string]int, error) {
	current, err := s.Rooms(ctx)
	return s.RoomsAfter(current), err
}
