package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Expect notes a server that this run is going to write, so that what depends on
// it can be planned before it is there. A plan is made in one process, and
// whoever refers to a server is planned after it.
func (s *Store) Expect(server cluster.Server) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	s.expected = s.expected.With(server)
}

// Expected returns the servers as they will be once this run has written: those
// of the table, with those that are planned in their place or beside them.
func (s *Store) Expected(ctx context.Context) (cluster.Servers, error) {
	servers, err := s.Servers(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	for _, server := range s.expected {
		servers = servers.With(server)
	}
	return servers, nil
}
